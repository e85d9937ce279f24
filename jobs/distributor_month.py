"""On the first working day of a month: every manager of the distributor has a summary of the month before."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from robots.count_month import SUMMARY, figures, office_of, summed
from robots.find_branches import Branch, find_branches
from robots.keep_months import BranchMonth, left_over
from robots.open_card import open_card
from rules import bonus, distributor_month
from rules.periods import Month
from rules.working_time import WorkingCalendar

TYPE = "Сводная по менеджеру"
HEAD, MANAGER = "DIST_HEAD", "DIST_MANAGER"


def _opens(month: Month, calendar: WorkingCalendar) -> datetime:
    return distributor_month.of_office(month, MOSCOW, calendar).opens


@once_a(Month, _opens, zone="Europe/Moscow", of=SUMMARY)
def find_managers(engine, period: Period) -> Iterator[Subject]:
    """DB-T1, E-DB-4, E-DB-13, E-DB-14, E-DB-17, E-DB-20. Managers with a branch that reports the month, each once."""
    month = period.of
    found = _by_manager(engine, month)
    begun = _begun(engine, month) if found else set()
    for manager, branches in found.items():
        if manager in begun:
            continue
        what = {
            "month": str(month),
            "manager": manager,
            "branches": [[one.id, distributor_month.branch_name(one.name)] for one in branches],
        }
        yield Subject(f"DISTRIBUTOR:{month}:U{manager}", what=what, once=True)


def _begun(engine, month: Month) -> set[int]:
    """E-DB-20. Managers whose month people have opened by hand while the clock stood still."""
    dictionary = engine.dictionary
    said = {f"={key}": value for key, value in dictionary.encoded(SUMMARY, {"db_month": str(month)}).items()}
    cards = engine.cards_where({"=categoryId": dictionary.category(SUMMARY), **said})
    return {card["db_mgr"] for card in cards if card.process == SUMMARY and card.is_living(engine.company)}


def _by_manager(engine, month: Month) -> dict[int, list[Branch]]:
    """Branches that report the month, by whoever managed them then; those that nobody does are the head's."""
    partial, found = engine.company.limits.distributor.include_partial, defaultdict(list)
    reporting = [one for one in find_branches(engine) if one.reports_in(month, partial)]
    for one in reporting:
        manager = one.manager_of(month)
        known = manager is not None and engine.people.user(manager) is not None
        found[manager if known else engine.people.in_role(HEAD, None).id].append(one)
    return found


@find_managers.each
def open_the_month(run: Run, deal: Deal | None) -> None:
    """DB-T1, DB-T11, E-DB-7. The summary stands on «Сбор по филиалам», which asks the branches; it has what earlier months left."""
    what, month = run.change.what, Month.parse(run.change.what["month"])
    manager, office = run.engine.people.user(what["manager"]), office_of(run.engine, month)
    reporter = run.fact("reporter", lambda: _reporter(run, month).id)
    took = left_over(run.engine, manager.id, month)
    silent = [BranchMonth(number, name, bonus.SILENT) for number, name in what["branches"]]
    open_card(
        run, SUMMARY, "COLLECT", title=f"{manager.name} — {month.title}", responsible=reporter, db_type=TYPE, db_month=str(month),
        db_mgr=manager.id, ds_branches=[number for number, _ in what["branches"]], stage_plan=office.closes,
        **figures(summed(silent, took.corrected, took.carry)),
    )  # fmt: skip


def _reporter(run: Run, month: Month):
    """R-12, E-DB-5. The manager; of one who is away all the time, or has left, whoever stands in."""
    people, office = run.engine.people, office_of(run.engine, month)
    manager = people.user(run.change.what["manager"])
    deputy = run.company.roles[MANAGER].deputy or people.in_role(HEAD, None).email
    return people.reporter(manager, office.opens, office.closes, deputy)
