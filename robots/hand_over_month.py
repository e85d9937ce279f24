"""Hand a manager's month over to the accountants: frozen, printed (T22) and as a table (DB-T9)."""

from dataclasses import asdict
from decimal import Decimal

from documents import kept
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from reports.distributors import BonusLine, bonus_report
from robots.attach_file import attach_file
from robots.count_month import SUMMARY, branches_of, summed
from robots.fill_document import fill_document
from robots.keep_months import BranchMonth, LeftOver, freeze, frozen, left_over, month_of, thaw
from robots.store_report import Stored, store_report

CALCULATION = "T22"


def hand_over_month(run: Run, summary: Deal) -> bool:
    """The figures are frozen, T22 lies on the card and in the register. False: it could not be made, so the month stays open."""
    run.fact("frozen", lambda: _freeze(run, summary))
    filled = fill_document(run, summary, CALCULATION)
    if filled is None:
        run.fact("open again", lambda: thaw(run.engine.storage, summary.id))
        return False
    document = run.fact("calculation", lambda: kept.last(run.engine.storage, summary.id, CALCULATION).id)
    attach_file(run, summary, document, to="ds_file")
    return True


def report_month(run: Run, summary: Deal) -> Stored | None:
    """The calculation of a month that was handed over as a table on the Disk; None where it was not."""
    if run.fact("said", lambda: _said(run, summary)) is None:
        return None
    month = month_of(summary)
    return store_report(run, SUMMARY, lambda: _report(run, summary), year=month.first.year)


def _freeze(run: Run, summary: Deal) -> bool:
    """In one transaction; asked again it says the same."""
    month = month_of(summary)
    branches = branches_of(run, summary)
    took = left_over(run.engine, summary["db_mgr"], month)
    counted = summed(branches, took.corrected, took.carry)
    freeze(run.engine, summary, counted, branches, took, _to_say(branches, took))
    return True


def _to_say(branches: list[BranchMonth], took: LeftOver) -> dict:
    """What the papers show besides the figures, as plain values."""
    listed = [{name: None if value is None else str(value) for name, value in asdict(one).items()} for one in branches]
    corrections = [
        {"month": one.month.title, "branch": name, "amount": str(one.amount)}
        for one, name in zip(took.corrections, took.names, strict=True)
    ]
    return {"branches": listed, "corrections": corrections}


def _said(run: Run, summary: Deal) -> dict | None:
    row = frozen(run.engine.storage, summary.id)
    return None if row is None else row.said


def _report(run: Run, summary: Deal):
    said, month = run.known("said"), month_of(summary)
    person = run.engine.people.user(summary["db_mgr"])
    lines = [
        BonusLine(one["name"], one["lacks"] or "", *(one[name] and Decimal(one[name]) for name in ("sales", "rate", "bonus")))
        for one in said["branches"]
    ]  # fmt: skip
    corrections = [(f"За {one['month']}: {one['branch']}", Decimal(one["amount"])) for one in said["corrections"]]
    figures = {name: Decimal(said["figures"][name]) for name in ("carry", "pay", "to_next")}
    return bonus_report(
        person.name if person else "", month.title, run.now.astimezone(MOSCOW), lines, corrections, **figures
    )  # fmt: skip
