"""The ladder of a task around its deadline (spec R-14), as moments."""

from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from rules.working_time import WorkingCalendar

REMIND, OVERDUE, TO_HEAD, TO_OWNER = "remind", "overdue", "to_head", "to_owner"


@dataclass(frozen=True)
class Ladder:
    """The numbers of the ladder: hours and days are those of work."""

    remind_min_hours: int = 8
    remind_at: time = time(10)
    remind_before_hours: int = 2
    head_after_hours: int = 4
    owner_after_days: int = 2


def steps(
    started: datetime, due: datetime, in_hours: bool, zone: tzinfo, calendar: WorkingCalendar, ladder: Ladder = Ladder()
) -> list[tuple[str, datetime]]:
    """(step, moment) in order of time. `in_hours`: the task's span is counted in working hours.

    remind    in the morning of the last day, some hours before the end of a task in hours or on a day off; not for a short task
    overdue   at the deadline
    to_head   some hours later, to_owner at the end of some days later
    """
    reminder = _reminder(due, zone, calendar, ladder, in_hours)
    is_long = due >= calendar.add_hours(started, ladder.remind_min_hours, zone)
    climb = [
        (OVERDUE, due),
        (TO_HEAD, calendar.add_hours(due, ladder.head_after_hours, zone)),
        (TO_OWNER, calendar.end_of_nth_working_day(due.astimezone(zone).date(), ladder.owner_after_days, zone)),
    ]
    return ([(REMIND, reminder)] if is_long else []) + climb


def _reminder(due: datetime, zone: tzinfo, calendar: WorkingCalendar, ladder: Ladder, in_hours: bool) -> datetime:
    morning = datetime.combine(due.astimezone(zone).date(), ladder.remind_at, zone)
    if in_hours or morning >= due or not calendar.is_working(morning.date()):
        return calendar.hours_before(due, ladder.remind_before_hours, zone)
    return morning
