"""Working days and hours by the Russian production calendar (spec §2.1).

A working day is 09:00–18:00 with lunch 13:00–14:00, eight hours; the day before a holiday ends at 17:00.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from itertools import count

from holidays import HolidayBase, country_holidays

OPENS, LUNCH, LUNCH_ENDS, CLOSES, CLOSES_EARLY = time(9), time(13), time(14), time(18), time(17)


class WorkingCalendar:
    """Which days are worked, and until when.

    `short_days` end at 17:00; `extra_days_off` are a region's holidays; `overrides` say of a date `off`, `work` or
    `short` and rule over everything else. Public holidays and moved days off come from the package holidays (RU).
    """

    def __init__(
        self,
        short_days: Iterable[date] = (),
        extra_days_off: Iterable[date] = (),
        overrides: Mapping[date, str] | None = None,
    ):
        self._short, self._off = frozenset(short_days), frozenset(extra_days_off)
        self._overrides = dict(overrides or {})

    # — days —

    def is_working(self, day: date) -> bool:
        """Whether people work that day."""
        override = self._overrides.get(day)
        if override is not None:
            return override != "off"
        return day not in self._off and _is_worked(day)

    def is_short(self, day: date) -> bool:
        """Whether the day ends an hour earlier."""
        override = self._overrides.get(day)
        return override == "short" if override is not None else day in self._short

    def next_working_day(self, day: date) -> date:
        """That day if it is worked, else the next one that is."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def nth_working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, itself not counted; before it for a negative n; the day itself for 0."""
        step = timedelta(days=1 if n > 0 else -1)
        for _ in range(abs(n)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`."""
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    def working_days_in_month(self, year: int, month: int) -> int:
        """How many days of the month are worked."""
        first, next_first = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        return self.working_days_between(first - timedelta(days=1), next_first - timedelta(days=1))

    # — hours —

    def closes_at(self, day: date) -> time:
        """When the working day ends: 18:00, or 17:00 on a short day."""
        return CLOSES_EARLY if self.is_short(day) else CLOSES

    def end_of(self, day: date, zone: tzinfo) -> datetime:
        """The end of that working day in the zone."""
        return datetime.combine(day, self.closes_at(day), zone)

    def end_of_nth_working_day(self, day: date, n: int, zone: tzinfo) -> datetime:
        """The end of the n-th working day after `day`."""
        return self.end_of(self.nth_working_day_after(day, n), zone)

    def add_hours(self, start: datetime, hours: float, zone: tzinfo) -> datetime:
        """`start` plus working hours in the zone; what falls on the end of a stretch stays there (13:00, not 14:00)."""
        if hours < 0:
            raise ValueError(f"Hours are added from 0 up, not {hours}; hours_before goes back.")
        moment, left = start.astimezone(zone), timedelta(hours=hours)
        for begins, ends in self._intervals(moment.date(), zone):
            begins = max(begins, moment)
            if begins <= ends:
                if begins + left <= ends:
                    return begins + left
                left -= ends - begins
        raise AssertionError("the calendar never ends")

    def hours_before(self, end: datetime, hours: float, zone: tzinfo) -> datetime:
        """The latest working moment from which `hours` remain until `end`."""
        if hours < 0:
            raise ValueError(f"Hours are taken from 0 up, not {hours}; add_hours goes forward.")
        moment, left = end.astimezone(zone), timedelta(hours=hours)
        for begins, ends in self._intervals(moment.date(), zone, back=True):
            ends = min(ends, moment)
            if begins <= ends:
                if ends - left >= begins:
                    return ends - left
                left -= ends - begins
        raise AssertionError("the calendar never ends")

    def hours_between(self, start: datetime, end: datetime, zone: tzinfo) -> timedelta:
        """C-14: how much of the time from `start` to `end` is working time in the zone; nothing when `end` comes first."""
        first, last, total = start.astimezone(zone), end.astimezone(zone), timedelta()
        for begins, ends in self._intervals(first.date(), zone):
            if begins >= last:
                return total
            total += max(timedelta(), min(ends, last) - max(begins, first))
        raise AssertionError("the calendar never ends")

    def _intervals(self, day: date, zone: tzinfo, back: bool = False) -> Iterator[tuple[datetime, datetime]]:
        """Morning and afternoon of each working day from `day` on; afternoon and morning when going `back`."""
        for n in count():
            of = day + timedelta(days=-n if back else n)
            if self.is_working(of):
                morning = datetime.combine(of, OPENS, zone), datetime.combine(of, LUNCH, zone)
                afternoon = datetime.combine(of, LUNCH_ENDS, zone), self.end_of(of, zone)
                yield from (afternoon, morning) if back else (morning, afternoon)


@cache
def _is_worked(day: date) -> bool:
    """Asked again and again for the same days: by every tick of the clock, for every zone."""
    return _year(day.year).is_working_day(day)


@cache
def _year(year: int) -> HolidayBase:
    """A year of the production calendar, complete before anybody asks it.

    A calendar that grows while it is asked answers wrongly to a thread that comes in between. Only its `is_working_day`
    knows working Saturdays; `date in holidays` does not.
    """
    return country_holidays("RU", years=year, expand=False)
