"""When something happens again: a rule in terms of iCalendar gives days, the hour is that of the wall clock.

https://apidocs.bitrix24.com/api-reference/calendar/calendar-event/calendar-event-add.html (rrule)
"""

from collections.abc import Iterator
from datetime import date, timedelta

from ..php import as_list
from ..registry import whole
from ..values import as_written

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = {"MO": "Пн", "TU": "Вт", "WE": "Ср", "TH": "Чт", "FR": "Пт", "SA": "Сб", "SU": "Вс"}
LAST_DAY = date(2038, 1, 1)
_EVERY = {
    "DAILY": ("каждый день", "каждый {}-й день"),
    "WEEKLY": ("каждую неделю", "каждую {}-ю неделю"),
    "MONTHLY": ("каждый месяц", "каждый {}-й месяц"),
    "YEARLY": ("каждый год", "каждый {}-й год"),
}
_MOST = 999


def rule(given: dict) -> dict | None:
    """A rule as it is kept: FREQ, INTERVAL, BYDAY (a list), COUNT, UNTIL (an ISO day); None for what is no rule."""
    frequency = str(given.get("FREQ", "")).upper()
    if frequency not in FREQUENCIES:
        return None
    until = given.get("UNTIL")
    return {
        "FREQ": frequency,
        "INTERVAL": min(max(whole(given.get("INTERVAL"), 1), 1), _MOST),
        "BYDAY": _days(given.get("BYDAY")) if frequency == "WEEKLY" else [],
        "COUNT": max(whole(given.get("COUNT"), 0), 0) or None,
        "UNTIL": as_written(str(until)).date().isoformat() if until else None,
    }


def days(kept: dict, first: date) -> Iterator[date]:
    """The days of a rule that begins on this day, until it ends."""
    until = date.fromisoformat(kept["UNTIL"]) if kept["UNTIL"] else LAST_DAY
    for number, day in enumerate(_endless(kept, first)):
        if day > min(until, LAST_DAY) or (kept["COUNT"] and number >= kept["COUNT"]):
            return
        yield day


def last_day(kept: dict, first: date) -> date:
    if kept["COUNT"]:
        return max(days(kept, first), default=first)
    return date.fromisoformat(kept["UNTIL"]) if kept["UNTIL"] else LAST_DAY


def describe(kept: dict, first: date) -> str:
    """`каждую неделю по: Пн, Ср, с 01.12.2026 по 24.12.2026`"""
    plain, numbered = _EVERY[kept["FREQ"]]
    text = plain if kept["INTERVAL"] == 1 else numbered.format(kept["INTERVAL"])
    if kept["BYDAY"]:
        text += " по: " + ", ".join(DAYS[day] for day in kept["BYDAY"])
    last = last_day(kept, first)
    return f"{text}, с {first:%d.%m.%Y}" + (f" по {last:%d.%m.%Y}" if last != LAST_DAY else "")


def _days(given: object) -> list[str]:
    named = given.split(",") if isinstance(given, str) else as_list(given)
    chosen = {str(day).strip().upper() for day in named}
    return [day for day in DAYS if day in chosen]


def _endless(kept: dict, first: date) -> Iterator[date]:
    if kept["FREQ"] == "WEEKLY":
        return _weekly(kept, first)
    if kept["FREQ"] == "DAILY":
        return _daily(kept["INTERVAL"], first)
    return _monthly(kept["INTERVAL"] * (12 if kept["FREQ"] == "YEARLY" else 1), first)


def _daily(interval: int, first: date) -> Iterator[date]:
    day = first
    while day <= LAST_DAY:
        yield day
        day += timedelta(days=interval)


def _weekly(kept: dict, first: date) -> Iterator[date]:
    places = [list(DAYS).index(day) for day in kept["BYDAY"]] or [first.weekday()]
    monday = first - timedelta(days=first.weekday())
    while monday <= LAST_DAY:
        yield from (day for day in (monday + timedelta(days=place) for place in places) if day >= first)
        monday += timedelta(weeks=kept["INTERVAL"])


def _monthly(months: int, first: date) -> Iterator[date]:
    """The same day of the month; months without it are passed over."""
    for step in range(0, (LAST_DAY.year - first.year + 1) * 12, months):
        year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
        try:
            yield first.replace(year=year, month=month + 1)
        except ValueError:
            continue
