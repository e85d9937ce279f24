"""Say whose task it will be and until when: whoever fills the role, or stands in for them while they are away (R-12)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from config import Task
from engine.deal import Deal
from engine.people import MOSCOW, Person
from engine.run import Run
from rules import absence, deadline
from rules.absence import Absence

TODAY = "0рд"

Counting = Callable[[datetime], datetime]


@dataclass(frozen=True)
class Doer:
    """Who does a task, and until when; `observers`: whoever the table names, and who would have done it but is away; `note`
    says so to the deputy."""

    person: Person
    due: datetime
    observers: list[int]
    note: str = ""


def choose_doer(
    run: Run,
    deal: Deal | None,
    task: Task,
    to: str | int | None = None,
    within: str | None = None,
    by: datetime | None = None,
    day: date | None = None,
) -> Doer:
    """Who is away for a part of the time does the task after the return; who is away for all of it watches the deputy do it.

    A deadline that nobody may move, or that is a date and no span, stays what it is. The rest as `create_task`.
    """
    span, name = within or task.deadline, f"{task.code} %s {deal.id if deal else ''} {to or ''}"
    person, away = _responsible(run, deal, task, to, name % "whose")
    started, count = (run.at, _always(by)) if by else _counting(run, deal, person, span, day)
    due = count(started)
    if task.fixed or (span and deadline.parse(span).anchor):
        count = _always(due)
    decision = absence.decide(started, count, away, person.zone, run.engine.calendar_of(person.city))
    if not decision.by_deputy:
        return Doer(person, decision.due, _observers(run, deal, task, person, name % "observers"))
    role = to if isinstance(to, str) else task.role or ""
    instead_of = run.engine.people.instead_of
    deputy = run.fact(f"{name % 'deputy'} {due}", lambda: instead_of(person, started, due, role).id)
    doer = run.engine.people.user(deputy)
    observers = _observers(run, deal, task, doer, name % "observers", person)
    return Doer(doer, due, observers, f"Исполнитель отсутствует: {person.name}. Задача передана вам.")


def due_at(run: Run, deal: Deal | None, person: Person, span: str, day: date | None = None) -> datetime:
    """When a task of a person who is there is due, counted from the change on the portal, or from `day`; if that has passed
    already, from now (spec §1)."""
    started, count = _counting(run, deal, person, span, day)
    return count(started)


def _responsible(
    run: Run, deal: Deal | None, task: Task, to: str | int | None, name: str
) -> tuple[Person, list[Absence]]:
    """Whose task it is, and when they are away, as it was known when they were chosen."""
    people = run.engine.people

    def choose() -> list:
        one = people.active(people.user(to)) if isinstance(to, int) else people.in_role(to or task.role, deal)
        days = people.absences.of(one.id, since=run.at.date() - timedelta(days=1))
        return [one.id, *([away.first.isoformat(), away.last.isoformat()] for away in days)]

    person, *days = run.fact(name, choose)
    return people.user(person), [Absence(*map(date.fromisoformat, pair)) for pair in days]


def _observers(
    run: Run, deal: Deal | None, task: Task, doer: Person, name: str, absent: Person | None = None
) -> list[int]:
    watching = [absent.id] if absent else []
    if task.observers:
        in_role = run.engine.people.in_role
        watching += run.fact(name, lambda: [in_role(role, deal).id for role in task.observers])
    return [one for one in dict.fromkeys(watching) if one != doer.id]


def _counting(run: Run, deal: Deal | None, person: Person, span: str, day: date | None) -> tuple[datetime, Counting]:
    """From when the time of a task runs, and how its deadline follows from that."""
    parsed = deadline.parse(span)
    zone, calendar = _zone(run, deal, person, parsed.zone), run.engine.calendar_of(person.city)
    if parsed.count(run.at, zone, calendar, day) > run.now:
        return run.at, lambda start: parsed.count(start, zone, calendar, day)
    late = deadline.parse(TODAY) if parsed.anchor else parsed
    return run.now, lambda start: late.count(start, zone, calendar)


def _always(due: datetime) -> Counting:
    return lambda _: due


def _zone(run: Run, deal: Deal | None, person: Person, of: str | None) -> ZoneInfo:
    city = run.company.cities.get((deal and deal["city"]) or "")
    return {"мск": MOSCOW, "город": ZoneInfo(city.zone) if city else person.zone}.get(of or "исп", person.zone)
