"""What jobs of the clock have made: for IT, who asks `flask jobs`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.schedule import Trouble, troubles

OPENS = ("open_card", "open_deal")
WORDS = {
    "open_card": ("card opened", "cards opened"), "open_deal": ("card opened", "cards opened"),
    "move_card": ("card moved", "cards moved"), "set_fields": ("card changed", "cards changed"),
    "create_task": ("task", "tasks"), "create_task_of_no_card": ("task", "tasks"),
    "complete_task": ("task closed", "tasks closed"), "update_task": ("task changed", "tasks changed"),
    "renew_task": ("task opened again", "tasks opened again"),
    "add_checklist_item": ("item of a checklist", "items of checklists"), "notify": ("notification", "notifications"),
    "notify_at_once": ("notification", "notifications"),
    "comment": ("comment", "comments"), "say_in_task": ("message in a task", "messages in tasks"),
    "store_report": ("report", "reports"), "attach_file": ("file", "files"),
}  # fmt: skip
"""One, and several, of what a verb makes."""


@dataclass(frozen=True)
class Made:
    """One period of a job. `effects`: how often each verb was done, also by the cards that were opened, on their first stage.

    `requests`: how many HTTP requests these effects took; they may have carried others' as well. `steps`: runs that are over,
    of so many that are known; `ended_at`: when the last effect was done.
    """

    period: str
    started_at: datetime | None
    finished_at: datetime | None
    subjects: int
    begun: int
    runs: dict[str, int] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    steps: tuple[int, int] = (0, 0)
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do of what came up."""
        over, known = self.steps
        return over == known

    @property
    def counts(self) -> dict[str, object]:
        """For the log: subjects, cards and tasks, requests to the portal, seconds."""
        cards = sum(self.effects.get(verb, 0) for verb in OPENS)
        tasks = sum(number for verb, number in self.effects.items() if verb.startswith("create_task"))
        lasted = (self.ended_at - self.started_at).total_seconds() if self.ended_at and self.started_at else 0.0
        counted = {"subjects": self.begun, "cards": cards, "tasks": tasks, "requests": self.requests}
        return counted | {"seconds": round(lasted, 1)}

    def __str__(self) -> str:
        """«3 subjects: 2 done, 1 failed; 3 cards opened, 3 tasks»."""
        runs = ", ".join(f"{number} {state}" for state, number in self.runs.items())
        subjects = _counted(self.begun, "subject", "subjects") + (f": {runs}" if runs else "")
        effects: Counter = Counter()
        for verb, number in self.effects.items():
            effects[WORDS.get(verb, (verb.replace("_", " "),) * 2)] += number
        return "; ".join(filter(None, [subjects, ", ".join(_counted(n, *words) for words, n in effects.items())]))


@dataclass(frozen=True)
class Past:
    """What is known of a job: its newest period, the newest one in which something came up, and whether it fails now."""

    last: datetime | None
    made: Made | None
    trouble: Trouble | None


def past(connection: sa.Connection, jobs: list[str]) -> Iterator[tuple[str, Past]]:
    """For each of the jobs."""
    table, failing = storage.periods, {one.job: one for one in troubles(connection)}
    for job in jobs:
        newest = sa.select(table).where(table.c.job == job).order_by(table.c.due_at.desc()).limit(1)
        last = connection.execute(newest).first()
        busy = connection.execute(newest.where(sa.func.coalesce(table.c.begun, table.c.subjects) > 0)).first()
        yield job, Past(last and last.due_at, busy and made(connection, busy), failing.get(job))


def made(connection: sa.Connection, row: sa.Row) -> Made:
    """What came of a row of our table of periods."""
    changes = storage.changes
    of_period = sa.and_(
        changes.c.kind == "job", changes.c.at == row.due_at, changes.c.id.startswith(f"job:{row.job}:", autoescape=True)
    )
    own = dict(_runs(connection, of_period))
    found = _Effects()
    opened, begun, unseen = found.take(connection, list(own)), dict(own), 0
    while opened:
        following = sa.and_(changes.c.kind == "created", changes.c.deal_id.in_(opened))
        there = dict(_runs(connection, following))
        unseen += len(opened) - len(set(connection.scalars(sa.select(changes.c.deal_id).where(following))))
        begun |= there
        opened = found.take(connection, list(there))
    over = sum(state != "open" for state in begun.values())
    return Made(
        row.period, row.started_at, row.finished_at, row.subjects or 0, len(own) if row.begun is None else row.begun,
        dict(Counter(own.values())), dict(found.done), len(found.sendings), (over, len(begun) + unseen), found.ended_at,
    )  # fmt: skip


def _runs(connection: sa.Connection, which: sa.ColumnElement) -> list[tuple[int, str]]:
    """Ids and states of the runs of these changes."""
    changes, runs = storage.changes, storage.runs
    query = sa.select(runs.c.id, runs.c.state).join(changes, changes.c.id == runs.c.change_id).where(which)
    return [tuple(row) for row in connection.execute(query)]


class _Effects:
    """How often each verb was done, by which sendings, until when."""

    def __init__(self):
        self.done: Counter = Counter()
        self.sendings: set[str] = set()
        self.ended_at: datetime | None = None

    def take(self, connection: sa.Connection, run_ids: list[int]) -> list[int]:
        """Count what these runs did; returns the cards that they opened."""
        table, opened = storage.effects, []
        columns = (table.c.verb, table.c.result, table.c.sent, table.c.done_at)
        for start in range(0, len(run_ids), 500):
            these = sa.and_(table.c.run_id.in_(run_ids[start : start + 500]), table.c.state == "done")
            for verb, result, sent, done_at in connection.execute(sa.select(*columns).where(these)):
                self.done[verb] += 1
                self.ended_at = max(filter(None, (self.ended_at, done_at)), default=None)
                if sent:  # what left in one request has one stamp
                    self.sendings.add(f"{sent.get('by')} {sent['seconds']}")
                if verb in OPENS:
                    opened.append(int(result["item"]["id"]))
        return opened


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
