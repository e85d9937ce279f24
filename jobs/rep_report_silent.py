"""On the sixth working day: who has not handed in a report, and whose reports wait with whom (RP-T9)."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from reports.report import Link, Report
from reports.representatives import Missing, Waiting, lists
from robots.find_reports import PROCESS, find_deadline, find_reports, month_of, representatives
from robots.notify import notify
from robots.store_report import store_report
from rules import money, representative_month
from rules.periods import Month
from rules.working_time import WorkingCalendar

CHECKED = {
    "REWORK": "REP",
    "COORD": "COORDINATOR",
    "ACCOUNT": "ACCOUNTANT",
    "DIRECTOR": "COMMERCIAL_DIRECTOR",
    "SETTLE": "ACCOUNTANT",
}


def _is_listed(month: Month, calendar: WorkingCalendar) -> datetime:
    return representative_month.of_office(month, MOSCOW, calendar).lists_silent


@once_a(Month, _is_listed, zone="Europe/Moscow", of=PROCESS)
def find_the_month_to_list(engine, period: Period) -> Iterator[Subject]:
    """RP-T9. Once a month, for the month before; not if nobody was asked for it."""
    people = {person.id for person, _ in representatives(engine)}
    if people and find_reports(engine, people, period.of, period.of):
        yield Subject(str(period.of), what={"month": str(period.of)})


@find_the_month_to_list.each
def list_who_is_silent(run: Run, deal: Deal | None) -> None:
    """RP-T9. The commercial director reads who has not reported; the list lies on the company's Disk."""
    month = Month.parse(run.change.what["month"])
    stored = store_report(run, PROCESS, lambda: _lists(run, month), year=month.year)
    silent = [f"• {name} ({city})" for name, city, *_ in stored.report.sheets[0].rows]
    said = "\n".join([f"Не сдали отчёт за {month.title}: {len(silent)}.", *silent])
    text = said if silent else f"Отчёты за {month.title} сдали все представители."
    notify(run, "COMMERCIAL_DIRECTOR", f"{text}\n[url={stored.address}]{stored.report.title}[/url]")


def _lists(run: Run, month: Month) -> Report:
    cards = run.engine.cards_on(PROCESS, "NEW", *CHECKED)
    whose = [card for card in cards if run.engine.people.user(card["rp_who"] or 0) is not None]
    silent = [_missing(run, card) for card in whose if card.stage == "NEW" and month_of(card) == month]
    waiting = [_waiting(run, card) for card in whose if card.stage in CHECKED]
    return lists(month.title, run.at, silent, waiting)


def _missing(run: Run, card: Deal) -> Missing:
    person, deadline = run.engine.people.user(card["rp_who"]), find_deadline(run.engine, card.id)
    due = deadline.astimezone(person.zone) if deadline is not None else None
    late = representative_month.days_late(due, run.at, run.engine.calendar_of(card["city"])) if due is not None else 0
    advance, carry = _amount(card, "rp_advance"), _amount(card, "rp_carry")
    return Missing(person.name, card["city"] or "", _link(run, card), due, late, advance, carry)


def _waiting(run: Run, card: Deal) -> Waiting:
    """With whom: whoever checks on that stage."""
    people = run.engine.people
    since = datetime.fromisoformat(card.raw["movedTime"]).astimezone(MOSCOW).date()
    days = run.engine.calendar_of(None).working_days_between(since, run.at.astimezone(MOSCOW).date())
    stage = run.company.processes[PROCESS].stages[card.stage].title
    whose = people.in_role(CHECKED[card.stage], card).name
    return Waiting(people.user(card["rp_who"]).name, _link(run, card), stage, whose, days, _amount(card, "rp_ok"))


def _amount(card: Deal, name: str) -> Decimal:
    return money.known(card[name]) or Decimal(0)


def _link(run: Run, card: Deal) -> Link:
    return Link(card["rp_month"], run.portal.address + card.path)
