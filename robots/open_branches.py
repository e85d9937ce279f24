"""Open the cards of a summary's branches, each with the task to ask for its report (DB-T1)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from robots.close_tasks import open_tasks
from robots.count_month import BRANCH, name_of
from robots.create_task import create_task
from robots.find_branches import find_branches
from robots.keep_months import month_of
from robots.open_deal import open_deal
from rules import distributor_month

TYPE = "Филиал"
ASKED = "DB-1"


def open_branches(run: Run, summary: Deal, branches: Sequence[int]) -> list[Deal]:
    """Each of these branches has a card on REQUEST with its rate of the month; returns the cards. Not inside `together()`.

    What else they need, their tasks and the parent's lines, can then leave together for all of them.
    """
    month = month_of(summary)
    known = run.fact(f"branches to open for {summary.id}", lambda: _look(run, month, branches))
    due = report_due(run, summary)
    with run.together():
        for one in known:
            city = {"city": one["city"]} if one["city"] in run.company.cities else {}
            open_deal(
                run, summary, BRANCH, "REQUEST", title=f"{one['name']} — {month.title}", subject=str(one["id"]),
                company=one["id"], db_type=TYPE, db_month=str(month), db_branch=one["id"], db_mgr=summary["db_mgr"],
                db_rate=one["rate"] and Decimal(one["rate"]), stage_plan=due, **city,
            )  # fmt: skip
    opened = {one["id"] for one in known}
    return [card for card in run.children(summary, BRANCH) if card["db_branch"] in opened]


def report_due(run: Run, card: Deal) -> datetime:
    """Until when branches report: the end of мес+3рд where whoever is responsible for the card works."""
    person = run.engine.people.user(card.responsible)
    zone, city = (person.zone, person.city) if person else (MOSCOW, None)
    return distributor_month.of_manager(month_of(card), zone, run.engine.calendar_of(city)).due


def ask_for_the_report(run: Run, branch: Deal) -> None:
    """DB-1, once while it is open."""
    if not run.fact(f"asked {branch.id}", lambda: open_tasks(run.engine, branch.id, (ASKED,))):
        month = month_of(branch)
        create_task(run, branch, ASKED, filled={"филиал": name_of(branch)}, day=month.first if month else None)


def _look(run: Run, month, branches: Sequence[int]) -> list[dict]:
    """Name, town and rate of the branches, in the order asked for."""
    policy = run.company.limits.distributor.rate_policy
    found = {one.id: one for one in find_branches(run.engine, only=branches)}
    rates = {number: one.rate_of(month, policy) for number, one in found.items()}
    return [
        {
            "id": number, "name": distributor_month.branch_name(found[number].name), "city": found[number].city,
            "rate": None if rates[number] is None else str(rates[number]),
        }
        for number in branches if number in found
    ]  # fmt: skip
