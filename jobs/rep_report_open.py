"""Every quarter of an hour: reports of territorial representatives that begin in their own time (RP-T1)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.people import Person
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.find_months import find_months
from robots.find_reports import MONTHS_BACK, PROCESS, find_reports, is_cancelled, key_of, representatives
from robots.open_report import carried, duty, open_report, own_month
from rules.periods import Month


@every(minutes=15, of=PROCESS)
def find_months_to_report(engine, period: Period) -> Iterator[Subject]:
    """RP-T1, E-RP-2. At 09:00 of the last working day of the month, where they live, the month of each representative."""
    begun = [(person, month, f"{month}:U{person.id}") for person, month in find_months(engine, period, "opens")]
    due = begun + [one for one in _left(engine, period) if one not in begun]
    if not due:
        return
    months = sorted(month for _, month, _ in due)
    known = find_reports(engine, {person.id for person, _, _ in due}, months[0] - MONTHS_BACK, months[-1])
    for person, month, key in due:
        own = [one for one in known if one.who == person.id and one.month <= month]
        is_needless = is_cancelled(engine, key_of(person.id, month)) or any(one.month == month for one in own)
        what = {"who": person.id, "month": str(month), "is_needless": is_needless, "carry": str(carried(own, month))}
        yield Subject(key, what=what, once=True)


def _left(engine, period: Period) -> Iterator[tuple[Person, Month, str]]:
    """E-RP-2. Who left before config/representatives.yaml said so, dismissed on the portal or given their `end` late: once, at once."""
    for person, known in representatives(engine):
        today = period.due_at.astimezone(person.zone).date()
        month = Month.of(today)
        if known.end is None:
            is_gone, key = not person.is_active and known.start <= today, f"dismissed:U{person.id}"
        else:
            opens = own_month(engine, person, known, month, today).opens
            is_gone, key = known.end in month and opens <= period.due_at, f"{month}:U{person.id}"
        if is_gone and not _is_noticed(engine, key):
            yield person, month, key


def _is_noticed(engine, key: str) -> bool:
    changes = storage.changes
    with engine.storage.read() as connection:
        known = sa.select(changes.c.id).where(changes.c.id == f"job:{find_months_to_report.name}::{key}")
        return connection.scalar(known) is not None


@find_months_to_report.each
def open_the_month(run: Run, deal: Deal | None) -> None:
    """RP-T1. The card of the month, for whoever is to report it; its stage sets the task."""
    what = run.change.what
    if what["is_needless"]:
        return
    month = Month.parse(what["month"])
    person = run.engine.people.user(what["who"])
    whose, due = run.fact("whose duty", lambda: _duty(run, person, month))
    stage_plan, carry = datetime.fromisoformat(due), Decimal(what["carry"])
    open_report(run, person.id, month, responsible=whose, carry=carry, stage_plan=stage_plan)


def _duty(run: Run, person: Person, month: Month) -> list:
    found = duty(run.engine, person, month, run.at)
    return [found.user, found.due.isoformat()]
