"""When things are due, from November 2026 to December 2027: written down by hand from the specification.

Nothing here asks rules/ or config/: a mistake that both would share would never be found.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
KAZAN, YAKUTSK = "Казань", "Якутск"
# Days off from Monday to Friday, and the Saturday that is worked.
HOLIDAYS = {
    date(2026, 11, 4), date(2026, 12, 31),
    *(date(2027, 1, day) for day in range(1, 9)),
    date(2027, 2, 22), date(2027, 2, 23), date(2027, 3, 8), date(2027, 5, 3), date(2027, 5, 10), date(2027, 6, 14),
    date(2027, 11, 4), date(2027, 11, 5), date(2027, 12, 31),
    *(date(2028, 1, day) for day in range(3, 8)),
}  # fmt: skip
WORKED_SATURDAYS = {date(2027, 2, 20)}
OF_REGION = {
    KAZAN: {date(2026, 11, 6), date(2027, 8, 30)},
    YAKUTSK: {date(2027, 4, 27), date(2027, 6, 21)},
}
# Report weeks that differ from Thursday and Friday: (asked, due); None: no report.
SPECIAL_WEEKS: dict[str, tuple[date, date] | None] = {
    "2026-W45": (date(2026, 11, 5), date(2026, 11, 6)),
    "2026-W53": (date(2026, 12, 29), date(2026, 12, 30)),
    "2027-W01": None,
    "2027-W07": (date(2027, 2, 18), date(2027, 2, 19)),
    "2027-W44": (date(2027, 11, 2), date(2027, 11, 3)),
    "2027-W52": (date(2027, 12, 29), date(2027, 12, 30)),
}
# §8: month → asked, due, late, list of the silent, given up.
REP_MONTHS = {
    "2026-10": (date(2026, 10, 30), date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 10), date(2026, 11, 17)),
    "2026-11": (date(2026, 11, 30), date(2026, 12, 3), date(2026, 12, 4), date(2026, 12, 8), date(2026, 12, 15)),
    "2026-12": (date(2026, 12, 30), date(2027, 1, 13), date(2027, 1, 14), date(2027, 1, 18), date(2027, 1, 25)),
    "2027-01": (date(2027, 1, 29), date(2027, 2, 3), date(2027, 2, 4), date(2027, 2, 8), date(2027, 2, 15)),
    "2027-02": (date(2027, 2, 26), date(2027, 3, 3), date(2027, 3, 4), date(2027, 3, 9), date(2027, 3, 16)),
    "2027-03": (date(2027, 3, 31), date(2027, 4, 5), date(2027, 4, 6), date(2027, 4, 8), date(2027, 4, 15)),
    "2027-04": (date(2027, 4, 30), date(2027, 5, 6), date(2027, 5, 7), date(2027, 5, 12), date(2027, 5, 19)),
}  # fmt: skip
# §9: month → opened, the branches' reports due, closed.
DISTRIBUTOR_MONTHS = {
    "2026-10": (date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 12)),
    "2026-11": (date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 10)),
    "2026-12": (date(2027, 1, 11), date(2027, 1, 13), date(2027, 1, 20)),
    "2027-01": (date(2027, 2, 1), date(2027, 2, 3), date(2027, 2, 10)),
    "2027-02": (date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 11)),
    "2027-03": (date(2027, 4, 1), date(2027, 4, 5), date(2027, 4, 12)),
}
# §9: quarter → the head is asked, due, its last working day.
REVIEWS = {
    "I кв. 2027": (date(2026, 12, 10), date(2026, 12, 23), date(2026, 12, 30)),
    "II кв. 2027": (date(2027, 3, 10), date(2027, 3, 24), date(2027, 3, 31)),
    "III кв. 2027": (date(2027, 6, 10), date(2027, 6, 23), date(2027, 6, 30)),
    "IV кв. 2027": (date(2027, 9, 10), date(2027, 9, 23), date(2027, 9, 30)),
    "I кв. 2028": (date(2027, 12, 10), date(2027, 12, 23), date(2027, 12, 30)),
}
NAMES = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def is_worked(day: date, city: str | None = None) -> bool:
    if day in OF_REGION.get(city or "", ()):
        return False
    return day in WORKED_SATURDAYS or (day.weekday() < 5 and day not in HOLIDAYS)


def worked_after(day: date, count: int, city: str | None = None) -> date:
    """The working day `count` after the day; −1 is the one before."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_worked(day, city):
            day += step
    return day


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def at(day: date, hour: int, zone: ZoneInfo = MOSCOW, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), zone)


# — weeks —


def week_name(day: date) -> str:
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def weeks(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """Report weeks whose day of asking lies there: name, asked, due."""
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        found = week(monday)
        if found and first <= found[1] <= last:
            yield found
        monday += timedelta(days=7)


def week(monday: date, city: str | None = None) -> tuple[str, date, date] | None:
    """The last two working days of Monday to Friday, in a region with a holiday of its own its own ones.

    Weeks that the specification lists are as it says.
    """
    name = week_name(monday)
    worked = [day for day in days(monday, monday + timedelta(days=4)) if is_worked(day, city)]
    counted = (worked[-2:] or [None])[0], (worked or [None])[-1]
    golden = SPECIAL_WEEKS.get(name, counted) or (None, None)
    if city not in OF_REGION and golden != counted:
        raise AssertionError(f"{name}: the table says {golden}, counting says {counted}")
    return (name, *counted) if worked else None


# — months —


def months(first: date, last: date) -> Iterator[date]:
    """First days of the months from that of `first` to that of `last`."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = next_month(day)


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def nth_worked(first: date, count: int, city: str | None = None) -> date:
    """мес+N: the N-th working day of the month after."""
    return worked_after(next_month(first) - timedelta(days=1), count, city)


def rep_month(first: date, city: str | None = None) -> tuple[date, date, date, date, date]:
    """Asked, due, late, list of the silent, given up; of a region with a holiday of its own its own days."""
    asked = worked_after(next_month(first), -1, city)
    counted = (
        asked,
        nth_worked(first, 3, city),
        nth_worked(first, 4, city),
        nth_worked(first, 6),
        nth_worked(first, 11),
    )
    golden = REP_MONTHS.get(f"{first:%Y-%m}")
    if golden and city not in OF_REGION and golden != counted:
        raise AssertionError(f"{first:%Y-%m}: the table says {golden}, counting says {counted}")
    return counted


def distributor_month(first: date) -> tuple[date, date, date]:
    """Opened, the branches' reports due, closed."""
    counted = (nth_worked(first, 1), nth_worked(first, 3), nth_worked(first, 8))
    golden = DISTRIBUTOR_MONTHS.get(f"{first:%Y-%m}")
    if golden and golden != counted:
        raise AssertionError(f"{first:%Y-%m}: the table says {golden}, counting says {counted}")
    return counted


def title_of(first: date) -> str:
    return f"{NAMES[first.month - 1]} {first.year}"


# — where the clock stops —

USUAL, RESTING = (2, 6, 9, 12, 15, 18), (6, 12)


def stops(day: date, zones: set[ZoneInfo]) -> list[datetime]:
    """Whole hours of the day, Moscow time, at which the simulation looks: more on days on which something is due."""
    hours = set(USUAL if is_worked(day) else RESTING)
    if _is_busy(day):
        hours |= {at(day, hour, zone).astimezone(MOSCOW).hour for zone in zones for hour in (9, 10, 12, 14, 18)}
        hours |= {14, 16, 18}
    return [at(day, hour) for hour in sorted(hours)]


def _is_busy(day: date) -> bool:
    found = week(day - timedelta(days=day.weekday()))
    of_week = {*found[1:], worked_after(found[2], 1)} if found else set()
    this, last = day.replace(day=1), (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    of_month = {rep_month(this)[0], *rep_month(last), *distributor_month(last), nth_worked(last, 2)}
    of_region = {rep_month(month, city)[place] for month in (this, last) for city in OF_REGION for place in (0, 1, 2)}
    return day in of_week | of_month | of_region | {one for review in REVIEWS.values() for one in review}
