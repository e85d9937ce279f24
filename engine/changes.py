"""What can happen to a card, under identities that can be rebuilt from the portal alone."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from engine import storage


@dataclass(frozen=True)
class Change:
    """One thing that happened. `at` is its moment on the portal; `what` holds plain values only."""

    id: str
    kind: str
    deal_id: int | None
    process: str | None
    at: datetime
    what: dict = field(default_factory=dict)

    @property
    def company(self) -> int | None:
        """The company of the portal that it is about."""
        return self.what["company"] if self.kind == "company" else None

    @property
    def is_entry(self) -> bool:
        """Whether a card entered a stage by it; a card that appears enters its first one."""
        return self.kind in ("stage", "created")

    @property
    def of_task(self) -> str | None:
        """The family of a task of no card: whatever happens to it, happens in order."""
        return f"task-{self.what['task']}" if "task" in self.what and self.deal_id is None else None

    @classmethod
    def load(cls, tx: sa.Connection, change_id: str) -> "Change":
        row = tx.execute(sa.select(storage.changes).where(storage.changes.c.id == change_id)).one()
        return cls(row.id, row.kind, row.deal_id, row.process, row.at, row.what)


def created(history_id: int, deal_id: int, process: str, stage: str, at: datetime) -> Change:
    return Change(f"created:{history_id}", "created", deal_id, process, at, {"record": history_id, "stage": stage})


def stage_entered(history_id: int, deal_id: int, process: str, left: str | None, stage: str, at: datetime) -> Change:
    return Change(
        f"stage:{history_id}", "stage", deal_id, process, at, {"record": history_id, "left": left, "stage": stage}
    )


def entered_after_all(tx: sa.Connection, because: Change, record: int, stage: str) -> Change:
    """A card whose entry to its stage was held up, `record` of its history, now has what the stage requires. Whence it came
    counts as if it had entered at once."""
    entry = tx.scalar(sa.select(storage.changes.c.what).where(storage.changes.c.id == f"stage:{record}")) or {}
    what = {"record": record, "left": entry.get("left"), "stage": stage}
    return Change(f"entered:{because.id}", "stage", because.deal_id, because.process, because.at, what)


def funnel_left(history_id: int, deal_id: int, process: str, at: datetime) -> Change:
    """A card went to another funnel: for the process it left (R-19)."""
    return Change(f"funnel:{history_id}", "funnel", deal_id, process, at, {})


def field_changed(
    deal_id: int, process: str, name: str, old: object, new: object, at: datetime, by: int | None = None
) -> Change:
    """`by`: who updated the card last, which is whoever changed the field unless somebody else came right after."""
    identity = f"field:{deal_id}:{name}:{_digest(f'{old!r}→{new!r}')}:{at.isoformat()}"
    return Change(identity, "field", deal_id, process, at, {"field": name, "old": old, "new": new, "by": by})


def company_changed(
    company_id: int, process: str, name: str, old: object, new: object, at: datetime, by: int | None
) -> Change:
    """A field of a company of the portal, for a process that watches it. `by`: as with a card's field."""
    identity = f"company:{company_id}:{process}:{name}:{_digest(f'{old!r}→{new!r}')}:{at.isoformat()}"
    what = {"company": company_id, "field": name, "old": old, "new": new, "by": by}
    return Change(identity, "company", None, process, at, what)


def computed_overwritten(deal_id: int, process: str, name: str, old: object, new: object, at: datetime) -> Change:
    identity = f"computed:{deal_id}:{name}:{_digest(f'{old!r}→{new!r}')}:{at.isoformat()}"
    return Change(identity, "computed", deal_id, process, at, {"field": name, "old": old, "new": new})


def rows_changed(deal_id: int, process: str, before: list, after: list, at: datetime) -> Change:
    identity = f"rows:{deal_id}:{_digest(repr(before))}:{_digest(repr(after))}:{at.isoformat()}"
    return Change(identity, "rows", deal_id, process, at, {"before": before, "after": after})


def task_changed(
    task_id: int, kind: str, code: str, deal_id: int | None, process: str | None, at: datetime, **what: object
) -> Change:
    """`kind` is task_closed, task_moved (its deadline) or task_deleted."""
    identity = f"{kind}:{task_id}:{at.isoformat()}"
    return Change(identity, kind, deal_id, process, at, {"task": task_id, "code": code, **what})


def task_started(task_id: int, code: str, deal_id: int, process: str, at: datetime, by: int) -> Change:
    """A person took a task up, for the first time: what follows from it once."""
    return Change(
        f"task_started:{task_id}", "task_started", deal_id, process, at, {"task": task_id, "code": code, "by": by}
    )


def deleted(deal_id: int, process: str | None, at: datetime) -> Change:
    return Change(f"deleted:{deal_id}", "deleted", deal_id, process, at, {})


def commanded(
    command_id: int, name: str, deal_id: int | None, process: str | None, at: datetime, payload: dict
) -> Change:
    """A call of an automation rule. After an older copy was put back numbers come again, moments do not."""
    return Change(f"command:{command_id}:{at.isoformat()}", "command", deal_id, process, at, {"name": name, **payload})


def job_due(
    job: str, period: str, subject: str, deal_id: int | None, process: str | None, at: datetime, what: dict
) -> Change:
    """`period` is empty for a subject that comes up once for ever."""
    return Change(f"job:{job}:{period}:{subject}", "job", deal_id, process, at, {"job": job, **what})


def signalled(key: str, deal_id: int, process: str | None, at: datetime, name: str, run_id: int, what: dict) -> Change:
    """A run told a card something; `key` is the effect's by which it did."""
    return Change(f"signal:{key}", "signal", deal_id, process, at, {**what, "name": name, "from": run_id})


def failed(run_id: int, deal_id: int | None, process: str | None, at: datetime, what: dict) -> Change:
    """A run ended as a dead letter; one that fails again after `flask retry` is another change."""
    return Change(f"failed:{run_id}:{at.isoformat()}", "failed", deal_id, process, at, what)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
