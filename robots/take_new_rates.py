"""Take the new rates that the head entered on the branches' cards into their histories."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.people import MOSCOW
from engine.run import Run
from robots.comment_on_company import comment_on_company
from robots.find_branches import Branch, find_branches
from robots.keep_rates import keep_rates, read_rates
from robots.notify import notify
from robots.set_company_fields import set_companies
from rules import branch_rates, rate_review, reading
from rules.branch_rates import A_DAY, Interval, WrongRate
from rules.distributor_month import deciding_day
from rules.periods import Month

HEAD = "DIST_HEAD"
MONTHS, ASKS = "DISTRIBUTOR_BRANCH", "DB-4"


@dataclass(frozen=True)
class Offer:
    """A new rate as it stands on a branch's card. `before`: the rate until then; `opened`: when the branch began to report;
    `why`: what keeps the rate from being taken."""

    branch: int
    name: str
    manager: int | None
    rate: Decimal | None = None
    since: date | None = None
    before: Decimal | None = None
    opened: date | None = None
    why: str = ""


def take_new_rates(run: Run, *, source: int | None = None, only: Collection[int] | None = None) -> list[Offer]:
    """DR-T3. Each new rate is in force from its day on, the one before ends the day before; the card's fields are empty again.

    One that cannot be taken stays on the card, and says why. Months that waited for it (DB-4) hear «rate_set». `source`: the
    task it comes from.
    """
    stored = run.fact(
        "new rates",
        lambda: [_plain(run, branch) for branch in find_branches(run.engine, only) if branch.next_rate is not None],
    )
    offers = [_take(run, _offer(one), source) for one in stored]
    taken = [offer for offer in offers if not offer.why]
    _clear_cards(run, taken)
    _tell_those_who_wait(run, {offer.branch for offer in taken})
    return offers


def said(offer: Offer) -> str:
    """«Казань — 1,25% с 01.01.2027 (была 1%)»."""
    before = "ставки не было" if offer.before is None else f"была {reading.quantity_text(offer.before)}%"
    return f"{offer.name} — {branch_rates.said(Interval(offer.rate, offer.since))} ({before})"


def wrong_offer(run: Run, branch: Branch) -> str | None:
    """DR-T2. Why the new rate on the card cannot be, for people; None when it can."""
    rate, since = branch.next_rate, branch.next_from
    if not isinstance(rate, Decimal):
        return f"Ставка «{rate}» не принята: укажите число"
    wrong = branch_rates.wrong_rate(rate, run.company.limits.distributor.max_rate)
    if wrong is not None:
        return str(wrong)
    return rate_review.wrong_start(since, today(run), branch.rates) if isinstance(since, date) else None


def covers(run: Run, branch: Branch) -> str | None:
    """DR-T2. Why the new rate on the card will not fit the branch's history in the night in which it is taken; None when it will."""
    rate, since = branch.next_rate, branch.next_from
    if not isinstance(rate, Decimal) or not isinstance(since, date):
        return None
    try:
        branch_rates.plan(branch.rates, Interval(rate, since), max(since, today(run) + A_DAY))
    except WrongRate as reason:
        return str(reason).rstrip(".")
    return None


def tell_what_was_refused(run: Run, offers: Iterable[Offer]) -> None:
    """DR-T3. The head hears which new rates still stand on their cards, and why."""
    lines = [f"{offer.name}: {offer.why}." for offer in offers if offer.why]
    if lines:
        notify(run, HEAD, "\n".join(["Новые ставки не приняты, исправьте их в карточках филиалов:", *lines]))


def today(run: Run) -> date:
    """The day it is in the head office."""
    return run.now.astimezone(MOSCOW).date()


def _plain(run: Run, branch: Branch) -> dict:
    since = (
        branch.next_from
        if isinstance(branch.next_from, date)
        else rate_review.starts_on(today(run), branch.rates, branch.starts)
    )
    before, why = branch.rate_on(since - A_DAY), wrong_offer(run, branch) or ""
    return {
        "branch": branch.id, "name": branch.name, "manager": branch.manager, "rate": None if why else str(branch.next_rate),
        "since": since.isoformat(), "before": str(before.rate) if before else None,
        "opened": branch.starts.isoformat() if branch.starts else None, "why": why,
    }  # fmt: skip


def _offer(stored: dict) -> Offer:
    numbers = {name: Decimal(stored[name]) if stored[name] is not None else None for name in ("rate", "before")}
    days = {name: date.fromisoformat(stored[name]) if stored.get(name) else None for name in ("since", "opened")}
    return Offer(**{**stored, **numbers, **days})


def _take(run: Run, offer: Offer, source: int | None) -> Offer:
    if offer.why:
        return offer
    by = run.fact("head", lambda: run.engine.people.in_role(HEAD, None).id)
    new = Interval(offer.rate, offer.since, set_by=by, source=source)
    try:
        keep_rates(run.engine.storage, {offer.branch: lambda history: branch_rates.plan(history, new, today(run))})
    except WrongRate as reason:
        return replace(offer, why=str(reason).rstrip("."))
    return offer


def _clear_cards(run: Run, taken: list[Offer]) -> None:
    """Only where the card still says what was taken: another rate written meanwhile stays."""
    cards = {offer.branch: {"branch_next": None, "branch_from": None} for offer in taken}
    rates = read_rates(run.engine.storage) if taken else {}
    for offer in taken:
        rate = branch_rates.rate_on(rates.get(offer.branch, ()), today(run))
        if rate is not None and rate.since == offer.since:
            cards[offer.branch]["branch_rate"] = rate.rate
    with run.together():
        set_companies(run, cards, saying={offer.branch: {"branch_next": offer.rate} for offer in taken})
        for offer in taken:
            if offer.since <= today(run):
                say_from_when(run, offer.branch, Interval(offer.rate, offer.since), offer.opened)


def _tell_those_who_wait(run: Run, branches: set[int]) -> None:
    """E-DB-1. Cards of months whose bonus could not be counted without a rate."""
    tasks = storage.tasks
    asked = sa.select(tasks.c.deal_id).where(tasks.c.process == MONTHS, tasks.c.code == ASKS, tasks.c.state == "open")

    def learn() -> list[int]:
        with run.engine.storage.read() as connection:
            return sorted(set(connection.scalars(asked)))

    for number in run.fact("months that wait", learn) if branches else ():
        month = run.card(number)
        if month is not None and month["db_branch"] in branches:
            run.signal(number, "rate_set")


def say_from_when(run: Run, branch: int, rate: Interval, opened: date | None) -> None:
    """E-DB-2, E-DB-13. The card of the branch says from which month a rate counts that began inside one.

    `opened`: the day it began to report.
    """
    month = Month.of(rate.since)
    first = deciding_day(opened or month.first, month)
    if rate.since <= first or run.company.limits.distributor.rate_policy != "first_day":
        return
    text = f"Действует ставка {branch_rates.said(rate)}: за {month.title} вознаграждение считается по ставке на {{}}, по новой — с {{}}."
    comment_on_company(run, branch, text.format(reading.day_text(first), reading.day_text((month + 1).first)))
