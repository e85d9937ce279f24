"""Whether the production calendar of a year is complete: days that were moved, and the days before holidays (spec §2.1)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from holidays import HolidayBase, country_holidays

HOLIDAYS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))
"""Of the law, but for those of January: the day before them is short where it is worked."""


def missing(year: int, short_days: Iterable[date], overrides: Mapping[date, str]) -> list[str]:
    """What is not known of the year, each as a line that people read; nothing if the calendar is complete.

    A year without days that the Government moved is one whose decree is not out yet, or not in the package.
    """
    found, said, calendar = [], set(short_days) | set(overrides), _of(year)
    if not (_knows_moves(calendar) or any(day.year == year for day in overrides)):
        found.append(
            f"Не известны переносы выходных {year} года: обновите пакет holidays или впишите их в config/calendar.yaml (overrides)."
        )
    if unsaid := [day for day in _eves(year, calendar) if day not in said]:
        days = ", ".join(f"{day:%d.%m.%Y}" for day in unsaid)
        found.append(
            f"Не указаны сокращённые дни: {days}. Подтвердите у бухгалтера и впишите в config/calendar.yaml (short_days)."
        )
    return found


def _eves(year: int, calendar: HolidayBase) -> list[date]:
    """Working days right before a holiday."""
    holidays = [date(year, month, day) for month, day in HOLIDAYS] + [date(year + 1, 1, 1)]
    return [eve for one in holidays if calendar.is_working_day(eve := one - timedelta(days=1))]


def _knows_moves(calendar: HolidayBase) -> bool:
    return any("substituted" in name for name in calendar.values())


def _of(year: int) -> HolidayBase:
    return country_holidays("RU", years=year, expand=False, language="en_US")
