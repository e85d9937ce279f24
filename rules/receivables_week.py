"""The week of receivables (RECEIVABLES): when each manager is asked, reminded, late and out of time, and what the office does.

D is the last working day of Monday to Friday, S the working day before it. A week without working days has no report.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from rules.periods import Week
from rules.working_time import WorkingCalendar

ASKS, REMINDS, CLOSES, LISTS_SILENT, REPORTS = time(9), time(10), time(12), time(14), time(16)
FRIDAY = 5
LATE_OPENING_HOURS = 4
"""Working hours for a report that is asked for after its deadline (E-RC-8)."""


@dataclass(frozen=True)
class ManagerWeek:
    """A manager's week, moments in his zone.

    asks         S: the report is asked for; what is known since then counts as this week's (E-RC-9)
    reminds      D: who has not filled everything is reminded; None where the report was asked for later
    deadline     D; some hours after the report was asked for where D had passed by then
    last_chance  the working day after: what is not handed in then is not handed in at all
    """

    week: Week
    report_day: date
    asks: datetime
    reminds: datetime | None
    deadline: datetime
    last_chance: datetime


@dataclass(frozen=True)
class OfficeWeek:
    """The week of the head office: the list of the silent, the consolidated report, until when the director reads it."""

    week: Week
    report_day: date
    lists_silent: datetime
    reports: datetime
    read_by: datetime


def report_day(week: Week, calendar: WorkingCalendar) -> date | None:
    """D. The last working day of Monday to Friday; a working Saturday does not move it. None: the week is skipped."""
    return next(reversed(_working_days(week, calendar)), None)


def ask_day(week: Week, calendar: WorkingCalendar) -> date | None:
    """S. The working day before D in the same week, or D itself if it is the only one."""
    return next(iter(_working_days(week, calendar)[-2:]), None)


def of_manager(
    week: Week, zone: tzinfo, calendar: WorkingCalendar, asked: datetime | None = None
) -> ManagerWeek | None:
    """The week of a manager in that zone; None when it is skipped.

    `calendar`: his region's; `asked`: when his report was really asked for, if that was late (E-RC-8).
    """
    last, first = report_day(week, calendar), ask_day(week, calendar)
    if last is None or first is None:
        return None
    reminds = datetime.combine(last, REMINDS, zone)
    deadline = datetime.combine(last, CLOSES, zone)
    if asked is not None and asked > deadline:
        deadline = calendar.add_hours(asked.replace(second=0, microsecond=0), LATE_OPENING_HOURS, zone)
    return ManagerWeek(
        week,
        last,
        datetime.combine(first, ASKS, zone),
        None if asked is not None and asked >= reminds else reminds,
        deadline,
        last_chance(deadline, zone, calendar),
    )


def last_chance(deadline: datetime, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """RC-T8. Until when a report may come late: the working day after its deadline, where the manager is."""
    return datetime.combine(calendar.nth_working_day_after(deadline.astimezone(zone).date(), 1), CLOSES, zone)


def of_office(week: Week, zone: tzinfo, calendar: WorkingCalendar) -> OfficeWeek | None:
    """The week of the head office; None when it is skipped."""
    last = report_day(week, calendar)
    if last is None:
        return None
    return OfficeWeek(
        week,
        last,
        datetime.combine(last, LISTS_SILENT, zone),
        datetime.combine(last, REPORTS, zone),
        datetime.combine(calendar.nth_working_day_after(last, 1), CLOSES, zone),
    )


def last_weeks(week: Week, count: int, calendar: WorkingCalendar) -> list[Week]:
    """RC-T6. That week and those before it that have a report, `count` in all, oldest first («Динамика 8 недель»)."""
    found: list[Week] = []
    while len(found) < count:
        if report_day(week, calendar) is not None:
            found.append(week)
        week -= 1
    return found[::-1]


def _working_days(week: Week, calendar: WorkingCalendar) -> list[date]:
    days = [week.first + timedelta(days=number) for number in range(FRIDAY)]
    return [day for day in days if calendar.is_working(day)]
