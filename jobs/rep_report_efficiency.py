"""On the working day after a month was closed: «Эффективность представителей» of the month, the quarter, the year."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW, Person
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from reports.report import Report
from reports.representatives import Month as Reported
from reports.representatives import Work, efficiency
from robots.count_tasks import Count, count_tasks
from robots.find_reports import PROCESS, month_of, representatives
from robots.notify import notify
from robots.store_report import store_report
from rules import money, region_sales, representative_month, returns
from rules.periods import Month, Quarter
from rules.region_sales import Region, RegionSales, Sale
from rules.working_time import WorkingCalendar

SALES = ("SOFT", "HARD")
READERS = ("COMMERCIAL_DIRECTOR", "COORDINATOR")
ZERO, AT = Decimal(0), time(10)


def _is_closed(month: Month, calendar: WorkingCalendar) -> datetime:
    closed = representative_month.of_office(month, MOSCOW, calendar).closes.date()
    return datetime.combine(calendar.nth_working_day_after(closed, 1), AT, MOSCOW)


@once_a(Month, _is_closed, zone="Europe/Moscow", of=PROCESS)
def find_periods_that_are_closed(engine, period: Period) -> Iterator[Subject]:
    """Once a month, and for what ends with it: the quarter, the year."""
    for title, months in _ending_with(period.of):
        yield Subject(title, what={"title": title, "months": [str(one) for one in months]})


def _ending_with(month: Month) -> Iterator[tuple[str, Sequence[Month]]]:
    yield month.title, [month]
    quarter = Quarter.of(month.first)
    if quarter.months[-1] == month:
        yield quarter.title, quarter.months
    if month.number == 12:
        yield f"{month.year} год", list(Month(month.year, 1).until(month))


@find_periods_that_are_closed.each
def tell_how_representatives_did(run: Run, deal: Deal | None) -> None:
    """The report lies on the company's Disk; the commercial director and the coordinator get its address."""
    title, months = run.change.what["title"], [Month.parse(one) for one in run.change.what["months"]]
    stored = store_report(run, PROCESS, lambda: _efficiency(run, title, months), year=months[-1].year)
    with run.together():
        for role in READERS:
            notify(run, role, f"[url={stored.address}]{stored.report.title}[/url]")


def _efficiency(run: Run, title: str, months: list[Month]) -> Report:
    people, cards = {person.id: (person, known) for person, known in representatives(run.engine)}, _cards(run, months)
    since, until = (datetime.combine(day, time(), MOSCOW) for day in (months[0].first, (months[-1] + 1).first))
    tasks = count_tasks(run.engine, people, since, until, run.now)
    regions = {one: Region(known.city, known.start, known.end) for one, (_, known) in people.items()}
    sales = region_sales.by_representative(_sales(run, since, until), regions)
    works = [_work(person, known.city, cards, tasks[one], sales) for one, (person, known) in people.items()]
    return efficiency(title, run.at, [one for one in works if one.months or one.sales], sales.unassigned)


def _cards(run: Run, months: list[Month]) -> list[Deal]:
    """The reports of the period, the oldest first."""
    dictionary = run.engine.dictionary
    which = {"=categoryId": dictionary.category(PROCESS)}
    which |= {f"@{dictionary.field(PROCESS, 'rp_month').code}": [str(month) for month in months]}
    return sorted(run.engine.cards_where(which), key=lambda card: (str(month_of(card)), card.id))


def _sales(run: Run, since: datetime, until: datetime) -> list[Sale]:
    """What was won in the period."""
    dictionary = run.engine.dictionary
    which = {"@stageId": [dictionary.stage_id(process, "WON") for process in SALES]}
    which |= {">=movedTime": since.isoformat(), "<movedTime": until.isoformat()}
    return [_sale(card) for card in run.engine.cards_where(which)]


def _sale(card: Deal) -> Sale:
    won = datetime.fromisoformat(card.raw["movedTime"]).astimezone(MOSCOW).date()
    return Sale(card.amount, card["city"], card.responsible, won)


def _work(person: Person, city: str, cards: list[Deal], tasks: Count, sales: RegionSales) -> Work:
    months = [_month(card) for card in cards if card["rp_who"] == person.id]
    return Work(person.name, city, months, tasks.closed, tasks.due.percent, sales.of[person.id])


def _month(card: Deal) -> Reported:
    balance, done, before = (_amount(card, name) for name in ("rp_balance", "rp_done", "rp_before"))
    return Reported(
        card["rp_vplan"] or 0, card["rp_vcount"] or 0, _amount(card, "rp_claim"), _amount(card, "rp_ok"),
        max(before, ZERO) + (done if balance > 0 else ZERO), max(-before, ZERO) + (done if balance < 0 else ZERO),
        _amount(card, "rp_carryout"),
        _late(card), returns.total(card["rp_returns"]),
    )  # fmt: skip


def _late(card: Deal) -> int | None:
    """None of a report that was never handed in."""
    return None if card["rp_claim"] is None else card["rp_late"] or 0


def _amount(card: Deal, name: str) -> Decimal:
    return money.known(card[name]) or ZERO
