"""The month of the distributor's branches (DISTRIBUTOR, DISTRIBUTOR_BRANCH): its dates, its reminders, who reports."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from rules import deadline
from rules.periods import Month
from rules.working_time import WorkingCalendar

OPENS, CLOSES = time(9), time(18)
OPENED, HAND_IN, INPUT, CLOSED, APPROVED, ACCRUED = 1, 3, 5, 8, 9, 10
"""Working days of the month after the reported one."""
REMINDERS = ((2, time(10)), (3, time(10)), (3, time(14)))
"""DB-T2. Working day and time at which the manager hears of silent branches."""
A_WORD_BEFORE = re.compile(r"^Филиал (?=[«\"A-ZА-ЯЁ0-9])")
A_DAY_OF_WORK = deadline.parse("1рд")


@dataclass(frozen=True)
class ManagerMonth:
    """The manager's dates, in the manager's zone."""

    month: Month
    reminders: tuple[datetime, ...]
    due: datetime


@dataclass(frozen=True)
class OfficeMonth:
    """The head office's: opening, the last moment of input, the cut-off, and until when it is agreed and accrued."""

    month: Month
    opens: datetime
    input_by: datetime
    closes: datetime
    approved_by: date
    accrued_by: date


def of_manager(month: Month, zone: tzinfo, calendar: WorkingCalendar) -> ManagerMonth:
    """The dates of a manager in that zone. `calendar`: his region's."""
    reminders = tuple(_at(month, day, at, zone, calendar) for day, at in REMINDERS)
    return ManagerMonth(month, reminders, _at(month, HAND_IN, CLOSES, zone, calendar))


def of_office(month: Month, zone: tzinfo, calendar: WorkingCalendar) -> OfficeMonth:
    """The dates of those who enter, agree and accrue. They stand whenever the month was really opened (E-DB-20)."""
    return OfficeMonth(
        month,
        _at(month, OPENED, OPENS, zone, calendar),
        _at(month, INPUT, CLOSES, zone, calendar),
        _at(month, CLOSED, CLOSES, zone, calendar),
        calendar.nth_working_day_after(month.last, APPROVED),
        calendar.nth_working_day_after(month.last, ACCRUED),
    )


def newest_reminder(dates: ManagerMonth, since: datetime, until: datetime) -> datetime | None:
    """A-18. The reminder to send now: after a downtime the newest of those missed, never several."""
    return max((one for one in dates.reminders if since < one <= until), default=None)


def input_due(got: datetime, office: OfficeMonth, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """DB-2. One working day from the report, in the operator's zone, but not after the month's last moment of input.

    What comes after that moment has its day nevertheless.
    """
    due = A_DAY_OF_WORK.count(got, zone, calendar)
    return min(due, office.input_by) if got < office.input_by else due


def reports_in(month: Month, since: date | None, until: date | None, include_partial: bool = True) -> bool:
    """Whether a branch reports the month. `since`, `until`: «Филиал отчитывается с», «Филиал не отчитывается с».

    One that begins inside the month reports it unless `include_partial` is off (E-DB-13), one that ends inside it does
    (E-DB-14).
    """
    if since is None or (until is not None and until <= month.first):
        return False
    return since <= (month.last if include_partial else month.first)


def branch_name(title: str) -> str:
    """«Казань» of «Филиал Казань», as it stands in «отчёт филиала Казань»."""
    return A_WORD_BEFORE.sub("", title)


def deciding_day(since: date, month: Month) -> date:
    """On which day of the month the branch's manager and rate are looked up: its first, or the branch's own (E-DB-4, E-DB-13)."""
    return max(since, month.first)


def _at(month: Month, working_day: int, at: time, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    return datetime.combine(calendar.nth_working_day_after(month.last, working_day), at, zone)
