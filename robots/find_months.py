"""Find months of representatives of which something is due in these minutes, by dates alone: the portal is not asked."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Literal

from config import Representative
from engine.people import Person
from engine.schedule import Period
from robots.find_reports import representatives
from rules import representative_month
from rules.periods import Month, due_between

What = Literal["opens", "late"]
HOURS = {"opens": representative_month.OPENS, "late": representative_month.NOTICES}


def find_months(engine, period: Period, what: What) -> Iterator[tuple[Person, Month]]:
    """RP-T1, RP-T8, E-RP-11. Whose month is opened, or is late, since the job was done last; each in their own time."""
    for person, known in representatives(engine):
        if person.is_active or known.end is not None:
            since, until = period.since.astimezone(person.zone), period.due_at.astimezone(person.zone)
            if _may_lie_between(since, until, what):
                for month in due_between(Month, partial(_moment, engine, person, known, what), since, until):
                    yield person, month


def _moment(engine, person: Person, known: Representative, what: What, month: Month) -> datetime | None:
    if not representative_month.is_active(month, known.start, known.end):
        return None
    calendar = engine.calendar_of(known.city)
    return getattr(representative_month.of_representative(month, person.zone, calendar, known.end), what)


def _may_lie_between(since: datetime, until: datetime, what: What) -> bool:
    """Cheap, as most quarters of an hour hold no such hour."""
    at = datetime.combine(until.date(), HOURS[what], until.tzinfo)
    return since < at <= until or since.date() < until.date()
