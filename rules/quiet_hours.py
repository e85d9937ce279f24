"""When a notification may leave (spec R-13)."""

from datetime import datetime, time, timedelta, tzinfo

from rules.working_time import WorkingCalendar


def next_allowed(
    moment: datetime, zone: tzinfo, calendar: WorkingCalendar, opens: time = time(8), closes: time = time(20)
) -> datetime:
    """`moment` itself from `opens` until `closes` of a working day in the zone, else `opens` of the next one."""
    local = moment.astimezone(zone)
    day = local.date()
    if calendar.is_working(day):
        if opens <= local.time() < closes:
            return moment
        if local.time() < opens:
            return datetime.combine(day, opens, zone)
    return datetime.combine(calendar.next_working_day(day + timedelta(days=1)), opens, zone)
