"""On the tenth working day at 18:00: the month of the direction as a report on the Disk (spec §9, reports)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from reports.distributors import month_report
from robots.count_month import SUMMARY
from robots.notify import notify
from robots.read_month import read_month
from robots.store_report import store_report
from rules import distributor_month
from rules.periods import Month
from rules.working_time import WorkingCalendar

READERS = ("DIST_HEAD", "CHIEF_ACCOUNTANT")


def _is_accrued(month: Month, calendar: WorkingCalendar) -> datetime:
    return datetime.combine(
        distributor_month.of_office(month, MOSCOW, calendar).accrued_by, distributor_month.CLOSES, MOSCOW
    )


@once_a(Month, _is_accrued, zone="Europe/Moscow", of=SUMMARY)
def find_the_month_to_report(engine, period: Period) -> Iterator[Subject]:
    """DB-T9. The month whose bonuses are to be accrued by today, if anybody had one."""
    if read_month(engine, period.of)["managers"]:
        yield Subject(f"DISTRIBUTOR:{period.of}:report", what={"month": str(period.of)}, once=True)


@find_the_month_to_report.each
def report_the_month(run: Run, deal: Deal | None) -> None:
    """DB-T9. By manager, by branch, by product, who was late, and the sheet for the accountants; the head and they hear of it."""
    month = Month.parse(run.change.what["month"])
    stored = store_report(
        run, SUMMARY, lambda: month_report(month.title, run.now.astimezone(MOSCOW), **read_month(run.engine, month)), year=month.first.year
    )  # fmt: skip
    with run.together():
        for role in READERS:
            notify(run, role, f"Отчёт по дистрибьюторам за {month.title}: {stored.address}")
