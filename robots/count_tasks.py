"""Count what people have done of their tasks in a period: all tasks of the portal, the layer's own among them (C-17)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from rules import discipline
from rules.discipline import Discipline, Duty

CLOSED = "5"
SELECT = ["ID", "RESPONSIBLE_ID", "STATUS", "DEADLINE", "CLOSED_DATE", "CLOSED_BY"]


@dataclass(frozen=True)
class Count:
    """`closed` in the period; of those that were due in it, how they stand."""

    closed: int
    due: Discipline

    @property
    def text(self) -> str:
        """«Задач закрыто / просрочено»: «12 / 3»."""
        return f"{self.closed} / {self.due.late + self.due.overdue}"


def count_tasks(engine, people: Collection[int], since: datetime, until: datetime, now: datetime) -> dict[int, Count]:
    """By person, from `since` up to `until`. What the layer itself has closed was cancelled, and counts as nothing.

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-list.html
    """
    closed = _asked(engine, people, "CLOSED_DATE", since, until)
    due = _asked(engine, people, "DEADLINE", since, until)
    first, own = _first_deadlines(engine, (int(task["id"]) for task in due)), str(engine.own_user)
    done, duties = defaultdict(int), defaultdict(list)
    for task in closed:
        done[int(task["responsibleId"])] += task["status"] == CLOSED and str(task.get("closedBy")) != own
    for task in due:
        duties[int(task["responsibleId"])].append(_duty(task, first.get(int(task["id"])), own))
    return {one: Count(done[one], discipline.of(duties[one], now)) for one in people}


def _asked(engine, people: Collection[int], by: str, since: datetime, until: datetime) -> list[dict]:
    of = {"RESPONSIBLE_ID": sorted(people), f">={by}": since.isoformat(), f"<{by}": until.isoformat()}
    return list(engine.portal.list("tasks.task.list", {"filter": of, "select": SELECT}, "tasks", "id", "ID"))


def _duty(task: dict, first: datetime | None, own: str) -> Duty:
    is_closed = task["status"] == CLOSED
    done = datetime.fromisoformat(task["closedDate"]) if is_closed and task.get("closedDate") else None
    deadline = first or datetime.fromisoformat(task["deadline"])
    return Duty(deadline, done, is_cancelled=is_closed and str(task.get("closedBy")) == own)


def _first_deadlines(engine, ids: Iterable[int]) -> dict[int, datetime]:
    """Of the layer's tasks: what people moved counts by its first deadline (R-15)."""
    table = storage.tasks
    known = sa.select(table.c.task_id, table.c.original_deadline).where(table.c.task_id.in_(list(ids)))
    with engine.storage.read() as connection:
        return {row.task_id: row.original_deadline for row in connection.execute(known) if row.original_deadline}
