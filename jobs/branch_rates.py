"""Every night: the rates of the distributor's branches that are in force from today on (DR-T3)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.find_branches import Branch, find_branches
from robots.find_review import PROCESS, find_review
from robots.keep_rates import keep_rates, read_rates
from robots.set_company_fields import set_companies
from robots.take_new_rates import say_from_when, take_new_rates, tell_what_was_refused
from rules import branch_rates
from rules.branch_rates import Interval

FROM_THE_CARD = "принята из карточки филиала"


@daily("00:10", zone="Europe/Moscow", newest_only=True, of=PROCESS)
def find_rates_of_today(engine, period: Period) -> Iterator[Subject]:
    """DR-T3, E-DB-2. «Текущая ставка филиала» is the rate of today; of one that begins inside a month the card says what it counts for.

    A rate on a card without a history begins one, from the day the branch began to report. A new rate whose day has come is
    taken at night where no review is under way, or the branch has none.
    """
    today, is_free = period.due_at.date(), find_review(engine) is None
    after = period.since.astimezone(MOSCOW).date()
    what: dict[str, list] = {"adopt": [], "take": [], "come": [], "begun": [], "show": []}
    for branch in find_branches(engine):
        rate = branch.rate_on(today)
        if _can_begin(engine, branch):
            what["adopt"].append(
                {"branch": branch.id, "since": (branch.starts or today).isoformat(), "rate": str(branch.shown_rate)}
            )
        elif branch.shown_rate != (rate.rate if rate else None):
            what["show"].append(branch.id)
        if (is_free or rate is None) and _has_come(branch, today):
            what["take"].append(branch.id)
            if branch.next_from > after:  # of what could not be taken is told once
                what["come"].append(branch.id)
        elif rate and after < rate.since <= today:
            what["begun"].append({"branch": branch.id, "opened": branch.starts and branch.starts.isoformat()})
    if any(what.values()):
        yield Subject("rates", process=PROCESS, what=what)


def _can_begin(engine, branch: Branch) -> bool:
    rate, highest = branch.shown_rate, engine.company.limits.distributor.max_rate
    return not branch.rates and isinstance(rate, Decimal) and branch_rates.wrong_rate(rate, highest) is None


def _has_come(branch: Branch, today: date) -> bool:
    return branch.next_rate is not None and isinstance(branch.next_from, date) and branch.next_from <= today


@find_rates_of_today.each
def show_them(run: Run, deal: Deal | None) -> None:
    """DR-T3, E-DB-2."""
    what, store = run.change.what, run.engine.storage
    for one in what["adopt"]:
        begun = Interval(Decimal(one["rate"]), date.fromisoformat(one["since"]), note=FROM_THE_CARD)
        keep_rates(store, {one["branch"]: lambda history, begun=begun: history or [begun]})
    if what["take"]:
        offers = take_new_rates(run, only=what["take"])
        tell_what_was_refused(run, [one for one in offers if one.branch in what["come"]])
    today, rates = run.at.astimezone(MOSCOW).date(), read_rates(store)
    shown = [*what["show"], *(one["branch"] for one in what["begun"])]
    found = {branch: branch_rates.rate_on(rates.get(branch, ()), today) for branch in shown}
    with run.together():
        set_companies(run, {branch: {"branch_rate": rate.rate if rate else None} for branch, rate in found.items()})
        for one in what["begun"]:
            opened = date.fromisoformat(one["opened"]) if one["opened"] else None
            say_from_when(run, one["branch"], found[one["branch"]], opened)
