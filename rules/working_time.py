"""Working days and hours by the Russian production calendar (spec §2.1).

A working day is 09:00–18:00 with lunch 13:00–14:00, eight hours; the day before a holiday ends at 17:00.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

import holidays

OPENS, LUNCH, LUNCH_ENDS, CLOSES, CLOSES_EARLY = time(9), time(13), time(14), time(18), time(17)


class WorkingCalendar:
    """Which days are worked, and until when.

    `short_days` end at 17:00; `extra_days_off` are a region's holidays; `overrides` say of a date `off`, `work` or `short`
    and rule over everything else. Public holidays and moved days off come from the package holidays (RU).
    """

    def __init__(
        self,
        short_days: Iterable[date] = (),
        extra_days_off: Iterable[date] = (),
        overrides: Mapping[date, str] | None = None,
    ):
        self._short, self._off = frozenset(short_days), frozenset(extra_days_off)
        self._overrides = dict(overrides or {})

    @cached_property
    def _public(self) -> holidays.HolidayBase:
        return holidays.country_holidays("RU")

    def is_working(self, day: date) -> bool:
        """Whether people work that day. `date in holidays` would miss a working Saturday: the package must be asked so."""
        override = self._overrides.get(day)
        if override is not None:
            return override != "off"
        return day not in self._off and self._public.is_working_day(day)

    def is_short(self, day: date) -> bool:
        override = self._overrides.get(day)
        return override == "short" if override is not None else day in self._short

    def closes_at(self, day: date) -> time:
        """When the working day ends: 18:00, or 17:00 on a short day."""
        return CLOSES_EARLY if self.is_short(day) else CLOSES

    def next_working_day(self, day: date) -> date:
        """That day if it is worked, else the next one that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def nth_working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, itself not counted; before it for a negative n."""
        step = timedelta(days=1 if n > 0 else -1)
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def end_of(self, day: date, zone: tzinfo) -> datetime:
        """The end of that working day in the zone."""
        return datetime.combine(day, self.closes_at(day), zone)

    def end_of_nth_working_day(self, day: date, n: int, zone: tzinfo) -> datetime:
        """The end of the n-th working day after `day`."""
        return self.end_of(self.nth_working_day_after(day, n), zone)

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`."""
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def working_days_in_month(self, year: int, month: int) -> int:
        """How many days of the month are worked."""
        before = date(year, month, 1) - timedelta(days=1)
        return self.working_days_between(before, date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1))

    def add_hours(self, start: datetime, hours: int | float, zone: tzinfo) -> datetime:
        """`start` plus working hours in the zone; a deadline that falls on the end of an interval stays there (13:00)."""
        moment, left = start.astimezone(zone), timedelta(hours=hours)
        for begins, ends in self._intervals(moment.date(), zone):
            begins = max(begins, moment)
            if begins < ends or (begins == ends and not left):
                if begins + left <= ends:
                    return begins + left
                left -= ends - begins
        raise AssertionError("the calendar never ends")

    def _intervals(self, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        while True:
            if self.is_working(day):
                yield datetime.combine(day, OPENS, zone), datetime.combine(day, LUNCH, zone)
                yield datetime.combine(day, LUNCH_ENDS, zone), self.end_of(day, zone)
            day += timedelta(days=1)
