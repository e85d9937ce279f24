"""Every quarter of an hour, in each manager's own time: reports on receivables are asked for, late, given up."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.deal import Deal
from engine.people import Person
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.close_tasks import open_tasks
from robots.comment import comment
from robots.find_debtors import read_book
from robots.move_card import move_card
from robots.notify import notify
from robots.open_card import open_card
from robots.recount_report import hand_in, is_too_late, recount_report, report_fields
from robots.set_fields import set_fields
from rules import debtors, receivables_week
from rules.debtors import Debtor
from rules.periods import Week, due_between
from rules.receivables_week import ManagerWeek

REPORT = "RECEIVABLES"
STEP = timedelta(minutes=15)


@every(minutes=15, of=REPORT)
def find_reports(engine, period: Period) -> Iterator[Subject]:
    """RC-T1, RC-T8, E-RC-8. Managers whose report is due to be asked for, each once a week; reports whose time is nearly over, or
    over."""
    yield from _to_ask(engine, period)
    yield from _to_remind(engine, period)
    yield from _overdue(engine, period)


# — to be asked for —


def _to_ask(engine, period: Period) -> Iterator[Subject]:
    """What is owed is read only when somebody's hour comes; whoever has become a manager meanwhile is found then as well."""
    weeks = {week for person in _everybody(engine) for week in _beginning(engine, person, period)}
    if not weeks:
        return
    week = max(weeks)  # after a long downtime only the last one: what was owed before is not known any more
    book, told = read_book(engine, _day(engine, week)), _told(engine, week)
    for manager in book.managers:
        person, lines = engine.people.user(manager), book.debtors[manager]
        untold = [one for one in lines if one.deal_id not in told]
        times = _times(engine, person, week)
        if times is not None and _is_asked(times, period) and (untold or not lines):
            yield _asking(engine, person, times, untold, period)


def _day(engine, week: Week) -> date | None:
    """D, by the calendar of the head office: debts are as old as on that day."""
    return receivables_week.report_day(week, engine.calendar_of(None))


def _told(engine, week: Week) -> set[int]:
    """Cards that a report of the week lists: whoever has taken them over is not asked a second time (E-RC-2)."""
    reports = engine.cards_on(REPORT, "NEW", "CHECK", "WON", "LOSE", dz_week=str(week))
    return {listed for report in reports for listed in report["dz_list"] or []}


def _everybody(engine) -> list[Person]:
    """One person of each zone and city: their hours are the same."""
    places = {(str(one.zone), one.city): one for one in engine.people.everybody() if one.is_active}
    return list(places.values())


def _beginning(engine, person: Person, period: Period) -> Iterator[Week]:
    """Weeks of which a moment has come there, at which somebody is asked."""
    since, local = period.since or period.due_at - STEP, period.due_at.astimezone(person.zone)
    for name, hour in (("asks", receivables_week.ASKS), ("reminds", receivables_week.REMINDS)):
        if _last(hour, local) > since:  # else no day can have brought it

            def moment(week: Week, name: str = name) -> datetime | None:
                return getattr(_times(engine, person, week), name, None)

            yield from due_between(Week, moment, since, period.due_at)


def _last(hour: time, local: datetime) -> datetime:
    """When it was last that hour of the day."""
    today = datetime.combine(local.date(), hour, local.tzinfo)
    return today if today <= local else today - timedelta(days=1)


def _times(engine, person: Person, week: Week, asked: datetime | None = None) -> ManagerWeek | None:
    if _day(engine, week) is None:
        return None
    return receivables_week.of_manager(week, person.zone, engine.calendar_of(person.city), asked)


def _is_asked(times: ManagerWeek, period: Period) -> bool:
    """Since his hour came; after the deadline only if nobody was there to ask in time (E-RC-8)."""
    missed = period.since is not None and period.since < times.asks
    return times.asks <= period.due_at and (missed or period.due_at < times.deadline)


def _asking(engine, person: Person, times: ManagerWeek, lines: list[Debtor], period: Period) -> Subject:
    """E-RC-1. Of somebody who is away all the time the deputy makes the report."""
    day = _day(engine, times.week)
    due = _times(engine, person, times.week, period.due_at).deadline
    said = report_fields(lines, debtors.gaps(lines, day, times.asks))
    what = {
        "do": "ask", "week": str(times.week), "day": day.isoformat(), "manager": person.id, "name": person.name,
        "doer": _doer(engine, person, period.due_at, due).id, "list": [one.deal_id for one in lines],
        "deadline": due.isoformat(), "said": {name: str(value) for name, value in said.items() if value is not None},
    }  # fmt: skip
    return Subject(f"{times.week}:U{person.id}:open", what=what, once=True)


def _doer(engine, person: Person, asked: datetime, due: datetime) -> Person:
    people = engine.people
    return people.instead_of(person, asked, due, "SALES") if people.is_away(person, asked, due) else person


# — whose time is over, or nearly —


def _to_remind(engine, period: Period) -> Iterator[Subject]:
    """D 10:00. Who was asked so late that the task is too short to bring its own reminder (R-14)."""
    hours = engine.company.limits.escalation.remind_min_hours
    for card, person, deadline in _running(engine):
        asked, calendar = datetime.fromisoformat(card.raw["createdTime"]), engine.calendar_of(person.city)
        reminds = datetime.combine(deadline.astimezone(person.zone), receivables_week.REMINDS, person.zone)
        is_due = asked < reminds <= period.due_at < deadline
        if is_due and calendar.add_hours(asked, hours, person.zone) > deadline:
            what = {"do": "remind", "deadline": deadline.isoformat()}
            yield Subject(f"{card.id}:{deadline.isoformat()}:remind", card.id, REPORT, what, once=True)


def _overdue(engine, period: Period) -> Iterator[Subject]:
    """Each deadline once; after a downtime only the last chance."""
    for card, person, deadline in _running(engine):
        if deadline > period.due_at:
            continue
        chance = receivables_week.last_chance(deadline, person.zone, engine.calendar_of(person.city))
        do = "give up" if chance <= period.due_at else "late"
        if do == "give up" or card["dz_sent"] is None:
            what = {"do": do, "deadline": deadline.isoformat()}
            yield Subject(f"{card.id}:{deadline.isoformat()}:{do}", card.id, REPORT, what, once=True)


def _running(engine) -> Iterator[tuple[Deal, Person, datetime]]:
    """Reports that are being made, by whom, until when."""
    for card in engine.known_cards(REPORT, "NEW"):
        deadline, person = card["stage_plan"], engine.people.user(card.responsible)
        if deadline is not None and person is not None:
            yield card, person, deadline


# — what is done —


@find_reports.each
def go_on_with_the_week(run: Run, card: Deal | None) -> None:
    """RC-T1, RC-T8. A report is asked for, and reminded of; one that is late is told of; one that nobody made is given up."""
    match run.change.what["do"]:
        case "ask":
            _open(run)
        case "remind" if _is_still_due(run, card):
            _remind(run, card)
        case "late" if _is_still_due(run, card):
            _tell_that_it_is_late(run, card)
        case "give up" if _is_still_due(run, card):
            _give_up(run, card)


def _is_still_due(run: Run, card: Deal) -> bool:
    """Not one that was handed in meanwhile, nor one that was returned, or opened again, and has another deadline since."""
    return card.stage == "NEW" and card["stage_plan"] == datetime.fromisoformat(run.change.what["deadline"])


def _open(run: Run) -> None:
    """Without debts there is nothing to ask: the report is accepted as it is."""
    what = run.change.what
    said = {name: value if name in ("dz_table", "dz_gaps") else Decimal(value) for name, value in what["said"].items()}
    open_card(
        run, REPORT, "NEW" if what["list"] else "WON", title=f"Отчёт по ДЗ {what['week']} — {what['name']}",
        responsible=what["doer"], subject=str(what["manager"]), dz_week=what["week"], dz_date=date.fromisoformat(what["day"]),
        dz_manager=what["manager"], dz_list=what["list"],
        stage_plan=datetime.fromisoformat(what["deadline"]) if what["list"] else None, **said,
    )  # fmt: skip


def _remind(run: Run, card: Deal) -> None:
    """D 10:00. Whoever has not filled everything hears until when there is time."""
    counted = recount_report(run, card)
    if counted.gaps:
        until = card["stage_plan"].astimezone(run.engine.people.user(card.responsible).zone)
        text = f"Напоминание: сегодня в {until:%H:%M} срок отчёта по ДЗ за неделю {card['dz_week']}."
        notify(run, "SALES", f"{text} Не заполнено строк: {len(counted.gaps.splitlines())}.")


def _tell_that_it_is_late(run: Run, card: Deal) -> None:
    """D 12:00. The head and the coordinator hear of it, as the manager does from the task (R-14), or here where none is open."""
    counted = recount_report(run, card)
    if card["dz_sent"] is not None:
        return
    if not counted.gaps:
        hand_in(run, card)
        return
    text = (
        f"Отчёт по ДЗ за неделю {card['dz_week']} не сдан в срок. Не заполнено строк: {len(counted.gaps.splitlines())}."
    )
    asked = run.fact("still asked", lambda: open_tasks(run.engine, card.id, ("RC-1",)))
    with run.together():
        set_fields(run, card, overdue=True)
        comment(run, card, text)
        notify(run, "H-SALES", text)
        notify(run, "COORDINATOR", text)
        if not asked:
            notify(run, "SALES", text)


def _give_up(run: Run, card: Deal) -> None:
    """RC-T8. The next working day at noon; what was paid or said until then counts."""
    counted = recount_report(run, card)
    if counted.is_complete and not card["dz_returns"] and not is_too_late(run, card, counted.said_at):
        hand_in(run, card)
    else:
        move_card(run, card, "LOSE")
