"""Every evening: reports that nobody has handed in by the end of the month's cycle (RP-T10)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.find_reports import PROCESS, find_deadline, find_standing, month_of
from robots.move_card import move_card
from rules import representative_month


@daily("18:00", zone="Europe/Moscow", newest_only=True, of=PROCESS)
def find_reports_that_nobody_hands_in(engine, period: Period) -> Iterator[Subject]:
    """RP-T10, E-RP-8. From the eleventh working day on; who was on leave, or has got the report back, has until their own deadline."""
    for report in find_standing(engine, "NEW"):
        month, due = month_of(report), find_deadline(engine, report.id, newest=True)
        if month is None or (due is not None and due > period.due_at):
            continue
        if representative_month.of_office(month, MOSCOW, engine.calendar_of(None)).closes <= period.due_at:
            yield Subject(f"{report.id}", report.id, PROCESS)


@find_reports_that_nobody_hands_in.each
def close_it_without_a_report(run: Run, report: Deal) -> None:
    """RP-T10. The stage does the rest."""
    if report.stage == "NEW":
        move_card(run, report, "LOSE")
