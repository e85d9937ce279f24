"""Count a manager's weekly report anew from the cards that it lists: what is owed, what is said, what is missing."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, load_card
from engine.people import Person
from engine.run import Run
from robots.close_tasks import close_tasks, open_tasks
from robots.find_debtors import READ, company_names, debtor_of
from robots.move_card import move_card
from robots.set_fields import set_fields
from robots.tick_checklist import tick_checklist
from rules import debtors, discipline, receivables_week
from rules.debt import BUCKETS, ZERO
from rules.debtors import Debtor
from rules.periods import Week
from rules.receivables_week import ManagerWeek

BUCKET_FIELDS = dict(zip(BUCKETS, ("dz_b30", "dz_b60", "dz_b90", "dz_b90p"), strict=True))
NO_DEBTS = "Просрочки нет"
ALL_SAID = "Все строки отчёта заполнены"


@dataclass(frozen=True)
class Counted:
    """The lines of a report and what they lack; `gaps` is empty when all is said."""

    debtors: list[Debtor]
    gaps: str

    @property
    def is_complete(self) -> bool:
        """Whether there is something to say, and all of it is said."""
        return bool(self.debtors) and not self.gaps

    @property
    def said_at(self) -> datetime | None:
        """When the last of it was said; None when there is nothing left to say."""
        return max((one.updated for one in self.debtors if one.updated and not one.is_paid), default=None)


def recount_report(run: Run, card: Deal) -> Counted:
    """RC-T2, RC-T4. Sums, table and gaps stand on the card; items of the checklist are ticked off line by line.

    A report that was handed in has no gaps any more: a promise that is broken later is no fault of it.
    """
    lines, week = _lines(run, card), week_of(run, card)
    since = min(week.asks, datetime.fromisoformat(card.raw["createdTime"]))
    counted = Counted(lines, debtors.gaps(lines, card["dz_date"], since) if card.stage == "NEW" else "")
    complete = [f"{one.name} — " for one in lines if not debtors.missing(one, card["dz_date"], since)]
    tasks = run.fact("open report tasks", lambda: open_tasks(run.engine, card.id, ("RC-1",)))
    with run.together():
        set_fields(run, card, **report_fields(lines, counted.gaps))
        for task in tasks if complete else ():
            tick_checklist(run, task, complete)
    return counted


def hand_in(run: Run, card: Deal) -> None:
    """RC-T2. The report goes to the coordinator."""
    note_when_handed_in(run, card)
    close_tasks(run, card, "RC-1", because=ALL_SAID)
    move_card(run, card, "CHECK")


def is_too_late(run: Run, card: Deal, said_at: datetime | None) -> bool:
    """RC-T8. Whether the last chance had passed by then: while the layer was down nobody gave the report up."""
    deadline, person = card["stage_plan"], reporter_of(run, card)
    if deadline is None or said_at is None:
        return False
    return said_at > receivables_week.last_chance(deadline, person.zone, run.engine.calendar_of(person.city))


def note_when_handed_in(run: Run, card: Deal) -> None:
    """When the report was first handed in, and whether that was late, stays known, whoever moved the card."""
    if card["dz_sent"] is None:
        deadline = run.fact("first deadline", lambda: _first_deadline(run, card))
        late = deadline is not None and not discipline.in_time(datetime.fromisoformat(deadline), run.at)
        set_fields(run, card, dz_sent=run.at.astimezone(reporter_of(run, card).zone), dz_late=late, overdue=None)


def _first_deadline(run: Run, card: Deal) -> str | None:
    """Of the first task: a report that was given up and is asked for again has a new one, and is late all the same (R-15)."""
    table = storage.tasks
    query = sa.select(table.c.original_deadline).where(table.c.deal_id == card.id, table.c.code == "RC-1")
    with run.engine.storage.read() as connection:
        deadline = connection.scalar(query.order_by(table.c.task_id).limit(1))
    return deadline and deadline.isoformat()


def report_fields(lines: list[Debtor], gaps: str) -> dict:
    """What the card of a report says of these lines."""
    ages = debtors.ages(lines)
    by_age = {name: ages[bucket] for bucket, name in BUCKET_FIELDS.items()}
    total = sum(ages.values(), ZERO)
    return {"dz_table": debtors.table(lines) or NO_DEBTS, "dz_total": total, "dz_gaps": gaps or None, **by_age}


def week_of(run: Run, card: Deal) -> ManagerWeek:
    """The week of the report, where whoever makes it is; for one that was asked for late with its own deadline (E-RC-8)."""
    person = reporter_of(run, card)
    asked = datetime.fromisoformat(card.raw["createdTime"])
    calendar = run.engine.calendar_of(person.city)
    return receivables_week.of_manager(Week.parse(card["dz_week"]), person.zone, calendar, asked)


def reporter_of(run: Run, card: Deal) -> Person:
    """Who makes the report."""
    people = run.engine.people
    return people.user(card.responsible) or people.administrator()


def _lines(run: Run, card: Deal) -> list[Debtor]:
    """The listed cards as the layer knows them now, debts as of the day of the report; one that is gone has no line."""
    known = run.fact("listed cards", lambda: _listed(run, card))
    shipments = [Deal(run.engine.dictionary, one) for one in known["cards"]]
    names = {int(company): name for company, name in known["names"].items()}
    return [debtor_of(run.engine, one, card["dz_date"], names) for one in shipments]


def _listed(run: Run, card: Deal) -> dict:
    with run.engine.storage.read() as connection:
        found = [load_card(connection, deal_id) for deal_id in card["dz_list"] or []]
    living = [_slim(run, one) for one in found if one is not None and one["process"] and not one["is_deleted"]]
    companies = [Deal(run.engine.dictionary, one)["company"] for one in living]
    return {"cards": living, "names": company_names(run.engine, companies)}


def _slim(run: Run, card: dict) -> dict:
    """The card without what a line of the report does not need: it is kept with the run."""
    dictionary = run.engine.dictionary
    keys = {dictionary.key(dictionary.field(card["process"], name)) for name in READ} | {"currencyId"}
    return {**card, "rows": None, "raw": {key: card["raw"][key] for key in keys & card["raw"].keys()}}
