"""Every night: the rates of the distributor's branches that are in force from today on (DR-T3)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.comment_on_company import comment_on_company
from robots.find_branches import Branch, find_branches
from robots.find_review import PROCESS, find_review
from robots.keep_rates import keep_rates, read_rates
from robots.set_company_fields import set_companies
from robots.take_new_rates import take_new_rates
from rules import branch_rates, reading
from rules.branch_rates import Interval
from rules.periods import Month

FROM_THE_CARD = "принята из карточки филиала"


@daily("00:10", zone="Europe/Moscow", newest_only=True)
def find_rates_of_today(engine, period: Period) -> Iterator[Subject]:
    """DR-T3, E-DB-2. «Текущая ставка филиала» is the rate of today; of one that changes inside a month the card says what it counts for.

    A rate on a card without a history begins one, from the day the branch began to report. A new rate whose day has come is
    taken at night where no review is under way.
    """
    today, review = period.due_at.date(), find_review(engine)
    begun_since = period.since.astimezone(MOSCOW).date()
    what: dict[str, list] = {"adopt": [], "take": [], "show": [], "comment": []}
    for branch in find_branches(engine):
        rate = branch.rate_on(today)
        if not branch.rates and _can_begin(engine, branch):
            what["adopt"].append(_adopted(branch, today))
        elif branch.shown_rate != (rate.rate if rate else None):
            what["show"].append(branch.id)
        if review is None and _has_come(branch, today):
            what["take"].append(branch.id)
        if rate and begun_since < rate.since <= today and rate.since.day > 1:
            what["comment"].append(
                {"branch": branch.id, "said": branch_rates.said(rate), "since": rate.since.isoformat()}
            )
    if any(what.values()):
        yield Subject("rates", process=PROCESS, what=what)


def _can_begin(engine, branch: Branch) -> bool:
    rate, highest = branch.shown_rate, engine.company.limits.distributor.max_rate
    return isinstance(rate, Decimal) and branch_rates.wrong_rate(rate, highest) is None


def _adopted(branch: Branch, today: date) -> dict:
    return {"branch": branch.id, "rate": str(branch.shown_rate), "since": (branch.starts or today).isoformat()}


def _has_come(branch: Branch, today: date) -> bool:
    return branch.next_rate is not None and isinstance(branch.next_from, date) and branch.next_from <= today


@find_rates_of_today.each
def show_them(run: Run, deal: Deal | None) -> None:
    """DR-T3, E-DB-2."""
    what = run.change.what
    for one in what["adopt"]:
        begun = Interval(Decimal(one["rate"]), date.fromisoformat(one["since"]), note=FROM_THE_CARD)
        keep_rates(run.engine.storage, {one["branch"]: lambda history, begun=begun: history or [begun]})
    if what["take"]:
        take_new_rates(run, only=what["take"])
    today, rates = run.at.astimezone(MOSCOW).date(), read_rates(run.engine.storage)
    found = {branch: branch_rates.rate_on(rates.get(branch, ()), today) for branch in what["show"]}
    with run.together():
        set_companies(run, {branch: {"branch_rate": rate.rate if rate else None} for branch, rate in found.items()})
        if run.company.limits.distributor.rate_policy == "first_day":
            for one in what["comment"]:
                comment_on_company(run, one["branch"], _explained(one["said"], date.fromisoformat(one["since"])))


def _explained(rate: str, since: date) -> str:
    """E-DB-2."""
    month = Month.of(since)
    counts = f"за {month.title} вознаграждение считается по ставке на {reading.day_text(month.first)}"
    return f"Действует ставка {rate}: {counts}, новая — с {reading.day_text((month + 1).first)}."
