"""When a notification may leave (spec R-13)."""

from datetime import datetime, time, timedelta, tzinfo

from rules.working_time import WorkingCalendar

FROM, UNTIL = time(8), time(20)


def next_allowed(moment: datetime, zone: tzinfo, calendar: WorkingCalendar) -> datetime:
    """`moment` itself between 08:00 and 20:00 of a working day in the zone, else 08:00 of the next working day."""
    local = moment.astimezone(zone)
    day = local.date()
    if calendar.is_working(day):
        if FROM <= local.time() < UNTIL:
            return moment
        if local.time() < FROM:
            return datetime.combine(day, FROM, zone)
    return datetime.combine(calendar.next_working_day(day + timedelta(days=1)), FROM, zone)
