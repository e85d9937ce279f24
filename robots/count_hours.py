"""Count the working hours that a card spent on its way (C-14)."""

from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from rules import money


def count_hours(run: Run, card: Deal, first: str, last: str) -> Decimal:
    """Working hours of the card on the stages from `first` until it entered `last`, to one decimal.

    Re-entries are added; in the zone and with the days off of the card's responsible. What the guard refused does not count.
    """
    return Decimal(run.fact(f"hours {card.id} {first} {last}", lambda: str(_count(run, card, first, last))))


def _count(run: Run, card: Deal, first: str, last: str) -> Decimal:
    order = list(run.company.processes[card.process].stages)
    counted = order[order.index(first) : order.index(last)]
    person = run.engine.people.user(card.responsible)
    zone, total = person.zone if person else MOSCOW, timedelta()
    calendar = run.engine.calendar_of(person.city if person else None)
    way = _way(run, card)
    for (stage, since), (_, until) in zip(way, way[1:], strict=False):
        if stage in counted:
            total += calendar.hours_between(since, until, zone)
    return money.q1(Decimal(total / timedelta(minutes=1)) / 60)


def _way(run: Run, card: Deal) -> list[tuple[str, datetime]]:
    """Stages that the card stood on, with when it entered them: until this change, if it is the card's."""
    records = storage.stage_records
    of_card = sa.and_(records.c.deal_id == card.id, records.c.process == card.process, records.c.role == "ordinary")
    if run.change.is_entry and run.change.deal_id == card.id:
        of_card &= records.c.id <= run.change.what["record"]
    with run.engine.storage.read() as connection:
        rows = connection.execute(sa.select(records.c.stage, records.c.at).where(of_card).order_by(records.c.id))
        return [(row.stage, row.at) for row in rows]
