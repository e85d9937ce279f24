"""The month of a manager of the distributor as it was handed over, for its calculation (T22)."""

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal


def read(engine, deal: Deal) -> dict:
    """{manager, branches, corrections, figures} as plain values; {} for a month that is still open."""
    table = storage.distributor_months
    with engine.storage.read() as connection:
        said = connection.scalar(sa.select(table.c.said).where(table.c.summary == deal.id))
    if not said:
        return {}
    person = engine.people.user(deal["db_mgr"])
    return {**said, "manager": person.name if person else ""}
