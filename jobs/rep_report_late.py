"""Every quarter of an hour: reports of representatives that were due the day before (RP-T8)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.find_months import find_months
from robots.find_reports import PROCESS, find_deadline, find_standing, month_of
from robots.notify import notify
from robots.set_fields import set_fields


@every(minutes=15, of=PROCESS)
def find_late_reports(engine, period: Period) -> Iterator[Subject]:
    """RP-T8, E-RP-8. At 10:00 of the fourth working day, where they live: reports still being prepared whose task is late."""
    due = {(person.id, month) for person, month in find_months(engine, period, "late")}
    for report in find_standing(engine, "NEW") if due else ():
        deadline = find_deadline(engine, report.id)
        if (report["rp_who"], month_of(report)) in due and deadline is not None and deadline < period.due_at:
            yield Subject(f"{report.id}", report.id, PROCESS, once=True)


@find_late_reports.each
def tell_that_it_is_late(run: Run, report: Deal) -> None:
    """RP-T8. Whoever makes the report and the coordinator hear of it; the card says so."""
    if report.stage != "NEW":
        return
    with run.together():
        set_fields(run, report, rp_late=1)
        notify(run, report.responsible, f"Отчёт за {month_of(report).title} не сдан в срок. Сдайте его сегодня.")
        notify(run, "COORDINATOR", f"Отчёт представителя за {month_of(report).title} не сдан в срок.")
