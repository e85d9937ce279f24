"""On the last working day of the week at four in the afternoon: the consolidated report on receivables (RC-T6)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, once_a
from reports.receivables import SILENT, receivables, title
from reports.report import Report
from robots.create_task import create_task_of_no_card
from robots.read_week import read_week
from robots.store_report import store_report
from rules import receivables_week
from rules.periods import Week
from rules.working_time import WorkingCalendar

REPORT = "RECEIVABLES"


def _is_reported(week: Week, calendar: WorkingCalendar) -> datetime | None:
    office = receivables_week.of_office(week, MOSCOW, calendar)
    return office and office.reports


@once_a(Week, _is_reported, zone="Europe/Moscow", newest_only=True, of=REPORT)
def find_the_week_to_report(engine, period: Period) -> Iterator[Subject]:
    """RC-T6. The week whose last working day it is; after a long downtime only the last one."""
    yield Subject(str(period.of), what={"week": str(period.of)}, once=True)


@find_the_week_to_report.each
def report_the_week(run: Run, card: Deal | None) -> None:
    """RC-T6. The report lies on the Disk; the commercial director reads it and decides."""
    week = Week.parse(run.change.what["week"])
    day = receivables_week.report_day(week, run.engine.calendar_of(None))
    stored = store_report(run, REPORT, lambda: _made(run, week), year=day.year)
    silent = next(sheet for sheet in stored.report.sheets if sheet.title == SILENT)
    said = f"{SILENT}: {', '.join(row[0] for row in silent.rows)}" if silent.rows else silent.empty
    note = f"{said}.\n{stored.address}"
    create_task_of_no_card(run, REPORT, "RC-3", title=title(week), day=day, note=note, files=(stored.file,))


def _made(run: Run, week: Week) -> Report:
    """Counted anew from the cards as they are now."""
    managers, weeks = read_week(run.engine, week, run.now)
    address = f"{run.portal.address}/crm/deal/details/{{}}/"
    return receivables(week, run.now, managers=managers, weeks=weeks, card_address=address)
