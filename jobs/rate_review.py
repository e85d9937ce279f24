"""Once a quarter: the head of distributors reviews the rates of the branches (DR-T1)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from reports.rate_review import OfBranch, rate_review
from reports.report import Link
from robots.create_task import create_task_of_no_card
from robots.find_branches import Branch, find_branches
from robots.find_review import PROCESS, REVIEW
from robots.store_report import store_report
from rules import money
from rules import rate_review as rules
from rules.periods import Month, Quarter
from rules.working_time import WorkingCalendar

MONTHS_OF = "DISTRIBUTOR_BRANCH"


def _asks(quarter: Quarter, calendar: WorkingCalendar) -> datetime:
    return rules.review(quarter, MOSCOW, calendar).asks


@once_a(Quarter, _asks, zone="Europe/Moscow", newest_only=True, of=PROCESS)
def find_the_review(engine, period: Period) -> Iterator[Subject]:
    """DR-T1. On the 10th of the quarter's last month, or the next working day."""
    quarter = period.of
    branches = [one for one in find_branches(engine) if rules.is_reviewed(quarter, one.starts, one.ends)]
    if branches:
        months = rules.closed_months(period.due_at, MOSCOW, engine.calendar_of(None))
        reported = _reported(engine, months)
        lines = [_line(engine, branch, months, reported, period.due_at) for branch in branches]
        what = {"quarter": str(quarter), "months": [str(month) for month in months[-rules.MONTHS :]], "lines": lines}
        yield Subject(f"RATE_REVIEW:{quarter}", process=PROCESS, what=what, once=True)


def _reported(engine, months: list[Month]) -> Mapping[int, dict[str, Deal]]:
    """What each branch reported, by month; what was cancelled does not count."""
    dictionary, found = engine.dictionary, defaultdict(dict)
    which = {"=categoryId": dictionary.category(MONTHS_OF), "@UF_CRM_SF_DB_MONTH": [str(month) for month in months]}
    for card in engine.cards_where(which):
        if card.process == MONTHS_OF and card["db_branch"] and card.is_living(engine.company):
            found[card["db_branch"]][card["db_month"]] = card
    return found


def _line(engine, branch: Branch, months: list[Month], reported: Mapping[int, dict[str, Deal]], at: datetime) -> dict:
    own = reported.get(branch.id, {})
    sales = [money.known(own[str(month)]["db_sales"]) if str(month) in own else None for month in months]
    growth = rules.trend([one or Decimal(0) for one in sales])
    manager, rate = engine.people.user(branch.manager or 0), branch.rate_on(at.astimezone(MOSCOW).date())
    acts = [own[str(month)]["db_act"] for month in months if str(month) in own]
    return {
        "branch": branch.id, "title": branch.title, "name": branch.name, "manager": manager.name if manager else "",
        "sales": [str(one) if one is not None else None for one in sales[-rules.MONTHS :]],
        "trend": str(growth) if growth is not None else None, "activity": next(filter(None, reversed(acts)), ""),
        "rate": str(rate.rate) if rate else None,
    }  # fmt: skip


@find_the_review.each
def ask_for_the_review(run: Run, deal: Deal | None) -> None:
    """DR-T1. The task has an item for each branch, and the figures as a file."""
    what = run.change.what
    quarter = Quarter.parse(what["quarter"])
    months = [Month.parse(month) for month in what["months"]]
    lines = [_of_branch(run, line) for line in what["lines"]]
    stored = store_report(run, PROCESS, lambda: rate_review(quarter, months, lines, run.at), year=quarter.first.year)
    ending = quarter - 1
    create_task_of_no_card(
        run, PROCESS, REVIEW, day=ending.last_working_day(run.engine.calendar_of(None)),
        title=run.company.processes[PROCESS].tasks[REVIEW].title.replace("{квартал}", quarter.title),
        note="Введите новые ставки в карточках филиалов («Новая ставка, %»), затем закройте задачу: без новой ставка продолжится.",
        checklist=[rules.item(line["title"], line["branch"]) for line in what["lines"]], files=[stored.file],
    )  # fmt: skip


def _of_branch(run: Run, line: dict) -> OfBranch:
    numbers = [Decimal(one) if one is not None else None for one in (*line["sales"], line["trend"], line["rate"])]
    card = Link(line["name"], f"{run.portal.address}/crm/company/details/{line['branch']}/")
    return OfBranch(card, line["manager"], tuple(numbers[:-2]), numbers[-2], line["activity"], numbers[-1])
