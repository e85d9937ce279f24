"""At 09:30 of their own city heads find what is late in their department (R-14)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.create_task import title_of
from robots.notify import notify

SHOWN = 20


@every(minutes=15)
def find_heads_with_late_tasks(engine, period: Period) -> Iterator[Subject]:
    """R-14(e). Every head whose people had late tasks at 09:30, once a local working day."""
    late: dict[int, list[sa.Row]] = defaultdict(list)
    table = storage.tasks
    with engine.storage.read() as connection:
        rows = connection.execute(
            sa.select(table).where(table.c.state == "open", table.c.deadline < period.due_at).order_by(table.c.deadline)
        ).all()
    for row in rows:
        person = engine.people.user(row.responsible)
        if person is not None:
            late[engine.people.head_of(person).id].append(row)
    for head_id, rows in late.items():
        head = engine.people.user(head_id)
        local = period.due_at.astimezone(head.zone)
        morning = datetime.combine(local.date(), engine.company.limits.escalation.digest_at, head.zone)
        tasks = [row.task_id for row in rows if row.deadline < morning]
        if tasks and local >= morning and engine.calendar_of(head.city).is_working(local.date()):
            yield Subject(f"{head_id}:{local.date()}", what={"head": head_id, "tasks": tasks}, once=True)


@find_heads_with_late_tasks.each
def send_the_digest(run: Run, deal: Deal | None) -> None:
    """R-14(e). One notification: how many tasks are late, the oldest of them by name."""
    what = run.change.what
    lines = run.fact("lines", lambda: _lines(run, what["tasks"][:SHOWN]))
    more = len(what["tasks"]) - len(lines)
    text = (
        f"Просроченных задач отдела: {len(what['tasks'])}.\n"
        + "\n".join(lines)
        + (f"\n…и ещё {more}" if more > 0 else "")
    )
    notify(run, what["head"], text)


def _lines(run: Run, tasks: list[int]) -> list[str]:
    table, people = storage.tasks, run.engine.people
    with run.engine.storage.read() as connection:
        rows = connection.execute(sa.select(table).where(table.c.task_id.in_(tasks)).order_by(table.c.deadline)).all()
    lines = []
    for row in rows:
        person = people.user(row.responsible)
        title = title_of(run.engine, row.task_id)
        card = f" (сделка №{row.deal_id})" if row.deal_id is not None else ""
        lines.append(f"• {title}{card} — {person.name}, срок {row.deadline.astimezone(person.zone):%d.%m.%Y %H:%M}")
    return lines
