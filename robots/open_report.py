"""Open a representative's month, and say who reports it until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from config import Representative
from engine.people import Person
from engine.run import Doing, Run
from robots.find_reports import PROCESS, Known
from robots.open_card import open_card
from rules import absence, deadline, representative_month
from rules.periods import Month
from rules.representative_month import OwnMonth

AT_ONCE = "0рд"


@dataclass(frozen=True)
class Duty:
    """Who makes the report, and until when."""

    user: int
    due: datetime


def own_month(engine, person: Person, known: Representative | None, month: Month, today: date) -> OwnMonth:
    """The dates of the month for that person. Whoever is dismissed and has no `end` yet leaves today (E-RP-2)."""
    ended = known.end if known is not None else None
    if ended is None and not person.is_active and today in month:
        ended = today
    city = known.city if known is not None else person.city
    return representative_month.of_representative(month, person.zone, engine.calendar_of(city), ended)


def duty(engine, person: Person, month: Month, at: datetime) -> Duty:
    """Who reports the month, asked at `at`: the person, or the deputy of config/representatives.yaml while they are away.

    R-12, E-RP-8: without a deputy the report waits for the person's return.
    """
    people, known = engine.people, engine.people.representative(person.id)
    calendar = engine.calendar_of(known.city if known is not None else person.city)
    dates = own_month(engine, person, known, month, at.astimezone(person.zone).date())
    due = dates.due
    if due <= at:
        due = deadline.parse(AT_ONCE).count(at, person.zone, calendar)
    instead = people.reporter(person, dates.opens, due, (known.deputy if known is not None else None) or "")
    if instead.id == person.id or not person.is_active or _is_deputy(instead, known):
        return Duty(instead.id, due)
    back = absence.back_on(people.absences.of(person.id), due.date(), calendar)
    return Duty(person.id, representative_month.due_after_leave(back, person.zone, calendar))


def _is_deputy(person: Person, known: Representative | None) -> bool:
    return known is not None and known.deputy == person.email


def open_report(
    run: Run,
    who: int,
    month: Month,
    *,
    responsible: int,
    carry: Decimal,
    stage: str = "NEW",
    mark: str = "",
    **said: object,
) -> Doing:
    """RP-T1. The card of the month stands on `stage`, with advance, carry and plan of visits; `said`: further fields."""
    people = run.engine.people
    person, known = people.user(who), people.representative(who)
    title = f"Отчёт представителя — {person.name} — {month.title}{mark}"
    values = {"rp_month": str(month), "rp_who": who, "rp_carry": carry, "rp_taken": carry}
    values |= given(run, who, month) | said
    city = known.city if known is not None else person.city
    return open_card(run, PROCESS, stage, title=title, responsible=responsible, city=city, **values)


def given(run: Run, who: int, month: Month) -> dict:
    """What config/representatives.yaml gives for the month: «Выдано под отчёт» and «План посещений» (E-RP-1)."""
    known, person = run.engine.people.representative(who), run.engine.people.user(who)
    if known is None:
        return {"rp_advance": Decimal(0), "rp_vplan": 0}
    calendar, ended = run.engine.calendar_of(known.city), known.end
    if ended is None and not person.is_active:
        ended = run.at.astimezone(person.zone).date()
    plan = representative_month.visits_planned(known.visits, month, calendar, known.start, ended)
    return {"rp_advance": known.advance, "rp_vplan": plan}


def carried(known: Iterable[Known], month: Month) -> Decimal:
    """What the last report before that month passes on."""
    before = sorted((one for one in known if one.month < month), key=lambda one: (one.month, one.id))
    return before[-1].carry_out if before else Decimal(0)
