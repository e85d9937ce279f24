"""The escalation ladder of a task (spec R-14), as moments."""

from datetime import datetime, time, timedelta, tzinfo

from rules.working_time import WorkingCalendar

REMIND, OVERDUE, TO_HEAD, TO_OWNER = "remind", "overdue", "to_head", "to_owner"
MIN_HOURS_TO_REMIND = 8


def steps(
    started: datetime, due: datetime, hours: int | None, zone: tzinfo, calendar: WorkingCalendar
) -> list[tuple[str, datetime]]:
    """(step, moment) in order of time. `hours`: the task's span where it is counted in working hours, else None.

    remind: 10:00 of the day of the deadline, 2 working hours before it for a task in hours; only where the task has at least
    8 working hours. overdue: at the deadline. to_head: 4 working hours later. to_owner: at the end of the 2nd working day after.
    """
    ladder = [
        (OVERDUE, due),
        (TO_HEAD, calendar.add_hours(due, 4, zone)),
        (TO_OWNER, calendar.end_of_nth_working_day(due.astimezone(zone).date(), 2, zone)),
    ]
    reminder = _reminder(started, due, hours, zone, calendar)
    return ([(REMIND, reminder)] if reminder else []) + ladder


def _reminder(
    started: datetime, due: datetime, hours: int | None, zone: tzinfo, calendar: WorkingCalendar
) -> datetime | None:
    if due < calendar.add_hours(started, MIN_HOURS_TO_REMIND, zone):
        return None
    if hours is not None:
        return calendar.add_hours(started, hours - 2, zone)
    local = due.astimezone(zone)
    at_ten = datetime.combine(local.date(), time(10), zone)
    return at_ten if at_ten < due else due - timedelta(hours=2)
