"""On the tenth working day at 18:00: the month of the direction as a report on the Disk (spec §9, reports)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from reports.distributors import month_report
from robots.count_month import SUMMARY, office_of
from robots.notify import notify
from robots.read_month import read_month
from robots.store_report import store_report
from rules.periods import Month

READERS = ("DIST_HEAD", "CHIEF_ACCOUNTANT")


@daily("18:00", zone=str(MOSCOW))
def find_the_month_to_report(engine, period: Period) -> Iterator[Subject]:
    """DB-T9. The month whose bonuses are to be accrued by today, if anybody had one."""
    month = Month.of(period.due_at.date()) - 1
    if office_of(engine, month).accrued_by == period.due_at.date() and read_month(engine, month)["managers"]:
        yield Subject(f"DISTRIBUTOR:{month}:report", what={"month": str(month)}, once=True)


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
