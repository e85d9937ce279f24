"""Every quarter of an hour: reports of territorial representatives that begin in their own time (RP-T1)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from config import Representative
from engine import storage
from engine.deal import Deal
from engine.people import Person
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.find_reports import MONTHS_BACK, Known, find_reports, representatives
from robots.open_report import duty, open_report
from rules import representative_month
from rules.periods import Month, due_between


@every(minutes=15)
def find_months_to_report(engine, period: Period) -> Iterator[Subject]:
    """RP-T1, E-RP-2. At 09:00 of the last working day of the month, where they live, the month of each representative."""
    due = [*_begun(engine, period), *_dismissed(engine, period)]
    if not due:
        return
    months = sorted(month for _, month, _ in due)
    known = find_reports(engine, {person.id for person, _, _ in due}, months[0] - MONTHS_BACK, months[-1])
    for person, month, key in due:
        own = [one for one in known if one.who == person.id and one.month <= month]
        is_there = any(one.month == month for one in own)
        what = {"who": person.id, "month": str(month), "is_there": is_there, "carry": str(_carry(own, month))}
        yield Subject(key, what=what, once=True)


def _begun(engine, period: Period) -> Iterator[tuple[Person, Month, str]]:
    for person, known in representatives(engine):
        if person.is_active or known.end is not None:
            zone, moments = person.zone, _Moments(engine, person, known)
            since, until = period.since.astimezone(zone), period.due_at.astimezone(zone)
            if moments.may_lie_between(since, until):
                for month in due_between(Month, moments, since, until):
                    yield person, month, f"{month}:U{person.id}"


class _Moments:
    """When the months of a representative are opened."""

    def __init__(self, engine, person: Person, known: Representative):
        self._zone, self._known, self._calendar = person.zone, known, engine.calendar_of(known.city)

    def __call__(self, month: Month) -> datetime | None:
        if not representative_month.is_active(month, self._known.start, self._known.end):
            return None
        return representative_month.of_representative(month, self._zone, self._calendar, self._known.end).opens

    def may_lie_between(self, since: datetime, until: datetime) -> bool:
        """Cheap, as most quarters of an hour do not begin any day's work."""
        opens = datetime.combine(until.date(), representative_month.OPENS, self._zone)
        return since < opens <= until or until.date() > since.date()


def _dismissed(engine, period: Period) -> Iterator[tuple[Person, Month, str]]:
    """E-RP-2. Whoever was dismissed on the portal before config/representatives.yaml had their `end`: once, at once."""
    for person, known in representatives(engine):
        today, key = period.due_at.astimezone(person.zone).date(), f"dismissed:U{person.id}"
        if not person.is_active and known.end is None and known.start <= today and not _is_noticed(engine, key):
            yield person, Month.of(today), key


def _is_noticed(engine, key: str) -> bool:
    changes = storage.changes
    with engine.storage.read() as connection:
        known = sa.select(changes.c.id).where(changes.c.id == f"job:{find_months_to_report.name}::{key}")
        return connection.scalar(known) is not None


def _carry(own: list[Known], month: Month) -> Decimal:
    """What the last report before that month passes on."""
    before = [one for one in own if one.month < month]
    return before[-1].carry_out if before else Decimal(0)


@find_months_to_report.each
def open_the_month(run: Run, deal: Deal | None) -> None:
    """RP-T1. The card of the month, for whoever is to report it; its stage sets the task."""
    what = run.change.what
    if what["is_there"]:
        return
    month = Month.parse(what["month"])
    person = run.engine.people.user(what["who"])
    responsible = run.fact("who reports", lambda: duty(run.engine, person, month, run.at).user)
    open_report(run, person.id, month, responsible=responsible, carry=Decimal(what["carry"]))
