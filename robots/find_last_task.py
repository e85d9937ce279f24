"""Find the newest task of a code that the layer has set for a card."""

import sqlalchemy as sa

from engine import storage


def find_last_task(engine, deal_id: int, code: str) -> int | None:
    """Its id on the portal, whatever became of it; None where there was none."""
    table = storage.tasks
    of_code = sa.select(table.c.task_id).where(table.c.deal_id == deal_id, table.c.code == code)
    with engine.storage.read() as connection:
        return connection.scalar(of_code.order_by(table.c.task_id.desc()).limit(1))
