"""Count a manager's month anew from all of its branches (DB-T6): never by adding what has changed."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from robots.close_tasks import open_tasks
from robots.comment import comment
from robots.find_branches import find_branches
from robots.keep_months import (
    BranchMonth,
    LeftOver,
    frozen,
    has_changed,
    left_over,
    month_of,
    note_changes,
    open_summaries,
    paid_for,
)
from robots.say_in_task import say_in_task
from robots.set_fields import set_fields
from rules import bonus, distributor_month, money
from rules.bonus import ZERO, Summary
from rules.distributor_month import OfficeMonth
from rules.periods import Month

SUMMARY, BRANCH = "DISTRIBUTOR", "DISTRIBUTOR_BRANCH"
AGREES = "DS-2"
GONE, LOST, OVER = "CANCELLED", "LOSE", ("WON", "LOSE")
LACKS = {
    "NEW": bonus.SILENT, "REQUEST": bonus.SILENT, "LOSE": bonus.SILENT, "INPUT": bonus.NOT_ENTERED, "CHECK": bonus.NOT_CONFIRMED,
}  # fmt: skip
FIELDS = {
    "total": "ds_total", "done": "ds_done", "done_list": "ds_donelist", "missing_list": "ds_misslist", "sales": "ds_sales",
    "bonus": "ds_bonus", "corrections": "ds_corr", "carry": "ds_carry", "pay": "ds_pay",
}  # fmt: skip


def office_of(engine, month: Month) -> OfficeMonth:
    """The head office's dates of the month."""
    return distributor_month.of_office(month, MOSCOW, engine.calendar_of(None))


def count_month(run: Run, summary: Deal) -> Summary | None:
    """DB-T6. The summary shows what its branches, and the months before, say now.

    None: it was handed over, so it shows what it said then, and the next one takes over what has changed (DB-T11, DB-T12). Ask
    once a run, after whatever the run writes on a branch.
    """
    month = month_of(summary)
    if month is None:
        return None
    listed = run.fact(f"branches of {summary.id}", lambda: [_plain(one) for one in branches_of(run, summary)])
    known = [_read(one) for one in listed]
    handed_over = run.fact(f"{summary.id} said", lambda: _said(run, summary))
    if handed_over is not None:
        set_fields(run, summary, **_figures(handed_over))
        _pass_on(run, summary, known)
        return None
    took = run.fact(f"left over for {summary.id}", lambda: _taken(left_over(run.engine, summary["db_mgr"], month)))
    counted = summed(known, Decimal(took["corrected"]), Decimal(took["carry"]))
    told = took["lines"] if Decimal(took["corrected"]) != (summary["ds_corr"] or ZERO) else []
    with run.together():
        set_fields(run, summary, **figures(counted))
        if told:
            comment(run, summary, "\n".join(told))
        if summary.stage == "APPROVE":
            _tell_who_agrees(run, summary, counted)
    return counted


def _tell_who_agrees(run: Run, summary: Deal, counted: Summary) -> None:
    """DB-T6, DB-T9. Whoever is asked to agree to the month hears that it says something else than the task does."""
    if (counted.pay, counted.missing_list) == (summary["ds_pay"] or ZERO, summary["ds_misslist"] or ""):
        return
    text = f"Расчёт изменился. К начислению: {money.text(counted.pay)}"
    if counted.missing_list:
        text += f"\nНе предоставлено: {'; '.join(counted.missing_list.splitlines())}"
    for task in run.fact("asked to agree", lambda: open_tasks(run.engine, summary.id, (AGREES,))):
        say_in_task(run, task, text, deal_id=summary.id)


def figures(counted: Summary) -> dict[str, object]:
    """The DS_* fields of the card."""
    return _figures({name: getattr(counted, name) for name in FIELDS})


def _figures(said: dict) -> dict[str, object]:
    """Kept figures are texts."""
    kind = {"total": int, "done": int, "done_list": str, "missing_list": str}
    read = {name: kind.get(name, Decimal)(said[name]) for name in FIELDS}
    return {field: None if read[name] == "" else read[name] for name, field in FIELDS.items()}


def _said(run: Run, summary: Deal) -> dict | None:
    """What it said when it was handed over; None while it is open."""
    row = frozen(run.engine.storage, summary.id)
    return None if row is None else row.said["figures"]


def summed(branches: Iterable[BranchMonth], corrections: Decimal = ZERO, carry: Decimal = ZERO) -> Summary:
    """C-09."""
    listed = [bonus.Branch(one.name, one.sales or ZERO, one.bonus, one.lacks) for one in branches]
    return bonus.summary(listed, corrections, carry)


def branches_of(run: Run, summary: Deal) -> list[BranchMonth]:
    """Every branch of the summary as its card says now; one whose card was cancelled does not belong to the month."""
    cards: dict[int, list[Deal]] = {}
    for card in run.family_cards():
        if card.process == BRANCH and card.parent == summary.id and card["db_branch"]:
            cards.setdefault(card["db_branch"], []).append(card)
    ids = list(dict.fromkeys([*summary["ds_branches"], *cards]))
    found = [_of_cards(run, branch, cards.get(branch, [])) for branch in ids]
    return [one for one in found if one is not None]


def is_settled(run: Run, summary: Deal) -> bool:
    """DB-T7. Whether nothing is to be waited for: every branch is closed or has not reported."""
    cards = [card for card in run.children(summary, BRANCH) if card.stage != GONE]
    settled = {card["db_branch"] for card in cards if card.stage in OVER}
    return (
        bool(settled)
        and {*summary["ds_branches"]} - _cancelled(run, summary) <= settled
        and all(card.stage in OVER for card in cards)
    )


def name_of(branch_card: Deal) -> str:
    """«Казань» of the title «Казань — ноябрь 2026»."""
    return branch_card.title.rpartition(" — ")[0] or branch_card.title


def _cancelled(run: Run, summary: Deal) -> set[int]:
    return {card["db_branch"] for card in run.children(summary, BRANCH) if card.stage == GONE}


def _of_cards(run: Run, branch: int, cards: list[Deal]) -> BranchMonth | None:
    living = [card for card in cards if not card.is_deleted]
    counting = [card for card in living if card.stage != GONE]
    if counting:
        return _of_card(branch, counting[-1])
    if living:
        return None
    if cards:
        return BranchMonth(branch, name_of(cards[-1]), bonus.DELETED)
    return BranchMonth(branch, _title(run, branch), bonus.SILENT)


def _of_card(branch: int, card: Deal) -> BranchMonth:
    name, earned = name_of(card), card["db_bonus"]
    if card.stage == "WON" and earned is not None:
        return BranchMonth(branch, name, None, card["db_sales"], card["db_rate"], earned)
    lacks = LACKS.get(card.stage, bonus.NOT_CONFIRMED)
    return BranchMonth(branch, name, bonus.NO_RATE if lacks == bonus.NOT_CONFIRMED and earned is None else lacks)


def _title(run: Run, branch: int) -> str:
    """A branch that never had a card, as the portal calls it."""
    found = find_branches(run.engine, only=[branch])
    return distributor_month.branch_name(found[0].name) if found else f"№{branch}"


# — what is handed over is passed on —


def _pass_on(run: Run, summary: Deal, branches: list[BranchMonth]) -> None:
    """DB-T11. The next open summary counts what has changed; where there is none yet, it is kept for it."""
    given_up = run.fact(f"given up of {summary.id}", lambda: [[one, name] for one, name in _given_up(run, summary)])
    nothing = [BranchMonth(number, name, None, bonus=ZERO) for number, name in given_up]
    others = [one for one in branches if one.branch not in {none.branch for none in nothing}]
    store, now = run.engine.storage, [*others, *nothing]
    changed = run.fact(f"{summary.id} has changed", lambda: has_changed(store, summary, now))
    note_changes(store, summary, now)
    if changed:
        tell_next(run, summary)


def _given_up(run: Run, summary: Deal) -> list[tuple[int, str]]:
    """Branches that have earned nothing for good: they were handed over, and their cards are cancelled or lost since."""
    cards = [card for card in run.children(summary, BRANCH) if card["db_branch"]]
    going_on = {card["db_branch"] for card in cards if card.stage not in (GONE, LOST)}
    handed_over = paid_for(run.engine.storage, summary.id)
    return [
        (card["db_branch"], name_of(card))
        for card in cards
        if card["db_branch"] in handed_over and card["db_branch"] not in going_on
    ]


def tell_next(run: Run, summary: Deal) -> None:
    """The manager's next open summary counts anew; where there is none yet, it will when it is opened."""
    month, manager = month_of(summary), summary["db_mgr"]
    following = {one: card for one, card in open_summaries(run.engine, manager).items() if one > month}
    card = run.fact(f"after {summary.id}", lambda: following[min(following)] if following else None)
    if card is not None:
        run.signal(card, "month_before")


# — facts are plain values —


def _taken(took: LeftOver) -> dict:
    return {"corrected": str(took.corrected), "carry": str(took.carry), "lines": took.lines}


def _plain(one: BranchMonth) -> dict:
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(one).items()}


def _read(said: dict) -> BranchMonth:
    numbers = {name: said[name] and Decimal(said[name]) for name in ("sales", "rate", "bonus")}
    return BranchMonth(said["branch"], said["name"], said["lacks"], **numbers)
