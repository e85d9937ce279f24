"""Find the review of the branches' rates that is under way."""

import sqlalchemy as sa

from engine import storage
from engine.people import MOSCOW
from rules.periods import Quarter

PROCESS, REVIEW = "DISTRIBUTOR", "DR-1"


def find_review(engine, quarter: Quarter | None = None) -> int | None:
    """The open task DR-1, that of the quarter where one is named; the newest of several."""
    table = storage.tasks
    with engine.storage.read() as connection:
        rows = connection.execute(
            sa.select(table.c.task_id, table.c.started_at, table.c.original_deadline)
            .where(table.c.process == PROCESS, table.c.code == REVIEW, table.c.state == "open")
            .order_by(table.c.task_id.desc())
        ).all()
    return next((row.task_id for row in rows if quarter in (None, _quarter(row))), None)


def quarter_of(engine, task_id: int) -> Quarter:
    """The quarter that a task DR-1 is about: the one after it was set."""
    table = storage.tasks
    with engine.storage.read() as connection:
        row = connection.execute(
            sa.select(table.c.started_at, table.c.original_deadline).where(table.c.task_id == task_id)
        ).one()
    return _quarter(row)


def _quarter(row: sa.Row) -> Quarter:
    """It is asked for and due in the quarter before; one that people deleted and that came back began anew."""
    begun = min(filter(None, [row.started_at, row.original_deadline]))
    return Quarter.of(begun.astimezone(MOSCOW).date()) + 1
