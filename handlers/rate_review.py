"""The distributor's branches: what people change on their cards, and the quarterly review of their rates (DR)."""

from collections.abc import Iterator
from datetime import date

from engine.company_card import CompanyCard
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import on_company, on_task_closed
from robots.comment_on_company import comment_on_company
from robots.find_branches import BRANCH, Branch, find_branches, keep_manager
from robots.find_review import PROCESS, REVIEW, find_review, quarter_of
from robots.keep_rates import keep_rates, read_rates
from robots.notify import notify
from robots.set_company_fields import set_company_fields
from robots.take_new_rates import HEAD, Offer, covers, said, take_new_rates, tell_what_was_refused, today, wrong_offer
from robots.tick_item import tick_item
from rules import branch_rates, rate_review, reading
from rules.periods import Quarter

# — what the head enters —


@on_company(PROCESS, "branch_next", kind=BRANCH)
@on_company(PROCESS, "branch_from", kind=BRANCH)
def check_the_new_rate(run: Run, card: CompanyCard) -> None:
    """DR-T2. A new rate is ticked off in the review and gets its first day; of one that cannot be, whoever entered it hears why."""
    edits = run.edits("branch_next", "branch_from")  # in one save, once
    if run.change.what["field"] != next(iter(edits)) or card["branch_next"] is None:
        return
    branch = _branch(run, card)
    if (wrong := run.fact("wrong", lambda: wrong_offer(run, branch) or covers(run, branch))) is not None:
        _refuse(run, branch, wrong)
        return
    if branch.next_from is None:
        since = run.fact("since", lambda: f"{rate_review.starts_on(today(run), branch.rates, branch.starts)}")
        set_company_fields(run, branch.id, branch_from=date.fromisoformat(since))
    if (review := run.fact("review", lambda: find_review(run.engine))) is not None:
        tick_item(run, review, rate_review.mark(branch.id))


@on_company(PROCESS, "branch_rate", kind=BRANCH)
def restore_the_rate(run: Run, card: CompanyCard) -> None:
    """R-22. The rate on the card is a copy of the history; where there is none yet, what is typed there begins it in the night."""
    branch = _branch(run, card)
    rate = branch.rate_on(today(run))
    if run.fact("is wrong", lambda: bool(branch.rates) and card["branch_rate"] != (rate.rate if rate else None)):
        text = "«Текущая ставка филиала, %» заполняется автоматически: новую ставку введите в «Новая ставка, %»."
        with run.together():
            set_company_fields(run, card.id, branch_rate=rate.rate if rate else None)
            comment_on_company(run, card.id, text)


@on_company(PROCESS, "branch_mgr", kind=BRANCH)
def remember_who_managed_it(run: Run, card: CompanyCard) -> None:
    """E-DB-4. Months that began before the branch was handed on stay with whoever managed it then."""
    what, since = run.change.what, run.at.astimezone(MOSCOW).date()
    if what["old"] is not None:
        keep_manager(run.engine.storage, card.id, what["old"], what["new"], since)


def _branch(run: Run, card: CompanyCard) -> Branch:
    """The card as it was when the run began, with the rates that are known now."""
    rates = tuple(read_rates(run.engine.storage).get(card.id, ()))
    return Branch(
        card.id, card.title, "", card["branch_mgr"], card["branch_on"], card["branch_off"], card["branch_rate"],
        card["branch_next"], card["branch_from"], rates,
    )  # fmt: skip


def _refuse(run: Run, branch: Branch, why: str) -> None:
    """DR-T2. The rate stays on the card to be corrected; it is not taken as it is."""
    writer = run.engine.people.user(run.change.what["by"] or 0)
    link = f"[url={run.portal.address}{branch.path}]{branch.title}[/url]"
    with run.together():
        notify(run, writer.id if writer is not None and writer.is_active else HEAD, f"{link}: {_sentence(why)}")
        comment_on_company(run, branch.id, _sentence(why))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


# — the review ends —


@on_task_closed(PROCESS, REVIEW)
def bring_the_new_rates_in(run: Run, deal: Deal | None) -> None:
    """DR-T3. New rates are in force from their days, the others go on; the managers hear theirs."""
    task = run.change.what["task"]
    quarter = run.fact("quarter", lambda: str(quarter_of(run.engine, task)))
    reviewed = run.fact("reviewed", lambda: [*_reviewed(run, Quarter.parse(quarter))])
    offers = {offer.branch: offer for offer in take_new_rates(run, source=task)}
    taken = {number: offer for number, offer in offers.items() if not offer.why}
    _note_the_others(run, Quarter.parse(quarter), [one["branch"] for one in reviewed if one["branch"] not in taken])
    with run.together():
        _tell_the_managers(run, Quarter.parse(quarter), reviewed, taken)
        tell_what_was_refused(run, offers.values())


def _reviewed(run: Run, quarter: Quarter) -> Iterator[dict]:
    """Branches that report in the quarter, with what is to be said of them where nothing changes."""
    for branch in find_branches(run.engine):
        if rate_review.is_reviewed(quarter, branch.starts, branch.ends):
            rate = branch.rate_on(quarter.first)
            goes_on = f"без изменений, {reading.quantity_text(rate.rate)}%" if rate else "ставки нет"
            yield {"branch": branch.id, "manager": branch.manager, "said": f"{branch.name} — {goes_on}"}


def _note_the_others(run: Run, quarter: Quarter, branches: list[int]) -> None:
    note = f"{quarter.title}: без изменений"
    keep_rates(
        run.engine.storage,
        {branch: lambda history: branch_rates.noted(history, quarter.first, note) for branch in branches},
    )


def _tell_the_managers(run: Run, quarter: Quarter, reviewed: list[dict], taken: dict[int, Offer]) -> None:
    """One letter to each, with all their branches."""
    lines: dict[int, list[str]] = {}
    for one in reviewed:
        offer = taken.get(one["branch"])
        lines.setdefault(one["manager"] or 0, []).append(said(offer) if offer else one["said"])
    for number in taken.keys() - {one["branch"] for one in reviewed}:
        lines.setdefault(taken[number].manager or 0, []).append(said(taken[number]))
    for manager, own in lines.items():
        if manager:
            notify(run, manager, "\n".join([f"Ставки ваших филиалов на {quarter.title}:", *sorted(own)]))
