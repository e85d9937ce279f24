"""On the eighth working day at 18:00: the month closes, with the branches that have reported (DB-T8)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from robots.close_tasks import close_tasks
from robots.count_month import BRANCH, SUMMARY
from robots.move_card import move_card
from rules import distributor_month
from rules.periods import Month
from rules.working_time import WorkingCalendar

OPEN = ("NEW", "COLLECT")
SILENT = ("NEW", "REQUEST")


def _closes(month: Month, calendar: WorkingCalendar) -> datetime:
    return distributor_month.of_office(month, MOSCOW, calendar).closes


@once_a(Month, _closes, zone="Europe/Moscow", of=SUMMARY)
def find_open_months(engine, period: Period) -> Iterator[Subject]:
    """DB-T8. Summaries of the month that still wait for branches, and those that went on without some that are still asked."""
    waiting = [card.id for card in engine.cards_on(SUMMARY, *OPEN, db_month=str(period.of))]
    silent = [card.parent for card in engine.cards_on(BRANCH, *SILENT, db_month=str(period.of)) if card.parent]
    for summary in dict.fromkeys([*waiting, *silent]):
        yield Subject(f"DISTRIBUTOR:{period.of}:{summary}", summary, SUMMARY, once=True)


@find_open_months.each
def close_the_month(run: Run, summary: Deal) -> None:
    """DB-T8. Branches that are silent did not report; the head is asked about a summary that waited for them, which says who is missing."""
    silent = [card for card in run.children(summary, BRANCH) if card.stage in SILENT]
    with run.together():
        for card in silent:
            move_card(run, card, "LOSE")
        if summary.stage in OPEN:
            close_tasks(run, summary, "DS-1", because="Срок закрытия месяца наступил")
            move_card(run, summary, "APPROVE")
