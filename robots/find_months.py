"""Find months of representatives of which something is due in these minutes, by dates alone: the portal is not asked."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Literal

from config import Representative
from engine.people import Person
from engine.schedule import Period
from robots.find_reports import representatives
from rules import representative_month
from rules.periods import Month, due_between
from rules.representative_month import OwnMonth
from rules.working_time import WorkingCalendar

What = Literal["opens", "late"]
HOURS = {"opens": representative_month.OPENS, "late": representative_month.NOTICES}


def find_months(engine, period: Period, what: What) -> Iterator[tuple[Person, Month]]:
    """RP-T1, RP-T8, E-RP-11. Whose month is opened, or is late, since the job was done last; each in their own time.

    Whoever is dismissed and has no `end` yet begins no month; those that were opened may be late.
    """
    for person, known in representatives(engine):
        if person.is_active or known.end is not None or what == "late":
            since, until = period.since.astimezone(person.zone), period.due_at.astimezone(person.zone)
            if _may_lie_between(since, until, what):
                for month in due_between(Month, partial(_moment, engine, person, known, what), since, until):
                    yield person, month


def _moment(engine, person: Person, known: Representative, what: What, month: Month) -> datetime | None:
    if not representative_month.is_active(month, known.start, known.end):
        return None
    return getattr(_dates(month, person.zone, engine.calendar_of(known.city), known.end), what)


@lru_cache(maxsize=1024)
def _dates(month: Month, zone: tzinfo, calendar: WorkingCalendar, ended: date | None) -> OwnMonth:
    """The same every quarter of an hour."""
    return representative_month.of_representative(month, zone, calendar, ended)


def _may_lie_between(since: datetime, until: datetime, what: What) -> bool:
    """Cheap, as most quarters of an hour hold no such hour of any day."""
    days = range((until.date() - since.date()).days + 1)
    hours = (datetime.combine(since.date() + timedelta(days=day), HOURS[what], until.tzinfo) for day in days)
    return any(since < hour <= until for hour in hours)
