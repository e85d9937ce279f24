"""The month of a territorial representative (REP_REPORT): its dates, the plan of visits, what counts as a visit, how late it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from rules import reading
from rules.periods import Month
from rules.working_time import WorkingCalendar

OPENS, DUE, NOTICES, LISTS, CLOSES = time(9), time(18), time(10), time(10), time(18)
HAND_IN, LATE, COORDINATOR, SILENT, ACCOUNTING, DIRECTOR, SETTLED = 3, 4, 5, 6, 7, 9, 11
"""Working days of the month after the reported one."""
AFTER_LEAVE = 2
"""Working days after the return from a leave that took all the time for the report (E-RP-8)."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OwnMonth:
    """The representative's dates, in his zone: the report is opened, is due, is told to be late."""

    month: Month
    opens: datetime
    due: datetime
    late: datetime


@dataclass(frozen=True)
class OfficeMonth:
    """The head office's. Days by which each reviewer is normally done, and two moments: the list of the silent, the end."""

    month: Month
    coordinator_by: date
    lists_silent: datetime
    accounting_by: date
    director_by: date
    closes: datetime


def of_representative(month: Month, zone: tzinfo, calendar: WorkingCalendar, ended: date | None = None) -> OwnMonth:
    """The dates of a representative in that zone. `calendar`: his region's; `ended`: the last day of work (E-RP-2)."""
    if ended is not None and ended <= month.last:
        due = due_on_dismissal(ended, zone, calendar)
        late = datetime.combine(calendar.nth_working_day_after(due.date(), 1), NOTICES, zone)
        return OwnMonth(month, datetime.combine(due.date(), OPENS, zone), due, late)
    return OwnMonth(
        month,
        datetime.combine(month.last_working_day(calendar), OPENS, zone),
        _at(month, HAND_IN, DUE, zone, calendar),
        _at(month, LATE, NOTICES, zone, calendar),
    )


def of_office(month: Month, zone: tzinfo, calendar: WorkingCalendar) -> OfficeMonth:
    """The dates of those who check, settle and list."""
    return OfficeMonth(
        month,
        calendar.nth_working_day_after(month.last, COORDINATOR),
        _at(month, SILENT, LISTS, zone, calendar),
        calendar.nth_working_day_after(month.last, ACCOUNTING),
        calendar.nth_working_day_after(month.last, DIRECTOR),
        _at(month, SETTLED, CLOSES, zone, calendar),
    )


def is_active(month: Month, started: date, ended: date | None = None) -> bool:
    """RP-T1. Whether the representative works on any day of the month. `ended`: the last day of work."""
    return started <= month.last and (ended is None or ended >= month.first)


def due_on_dismissal(last_day: date, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """E-RP-2. The end of the last day that is still worked."""
    return calendar.end_of(calendar.nth_working_day_after(last_day + A_DAY, -1), zone)


def due_after_leave(back: date, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """E-RP-8. When the report is due, and not late, after a leave from its opening to its deadline. `back`: the first day after it."""
    return calendar.end_of_nth_working_day(calendar.next_working_day(back), AFTER_LEAVE, zone)


def days_late(due: datetime, handed_in: datetime, calendar: WorkingCalendar) -> int:
    """«Сдан с опозданием, рабочих дней»: 0 in time, at least 1 after the deadline. `due`: in the representative's zone."""
    if handed_in <= due:
        return 0
    return max(1, calendar.working_days_between(due.date(), handed_in.astimezone(due.tzinfo).date()))


# — visits —


def visits_planned(
    plan: int, month: Month, calendar: WorkingCalendar, started: date | None = None, ended: date | None = None
) -> int:
    """E-RP-1. The plan of the month, in proportion to the working days from the first to the last of work, half-up."""
    first, last = max(started or month.first, month.first), min(ended or month.last, month.last)
    whole = calendar.working_days_in_month(month.year, month.number)
    worked = calendar.working_days_between(first - A_DAY, last)
    return int((Decimal(plan) * worked / whole).quantize(Decimal(1), ROUND_HALF_UP)) if whole else 0


def visits_made(lines: Iterable[str], month: Month) -> int:
    """«Посещений всего»: lines «дата; компания; цель; итог» with a date of that month."""
    return sum(_day(line) in month for line in lines)


def _day(line: str) -> date:
    try:
        return reading.day(reading.fields(line, 4)[0])
    except ValueError:
        return date.min


def _at(month: Month, working_day: int, at: time, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    return datetime.combine(calendar.nth_working_day_after(month.last, working_day), at, zone)
