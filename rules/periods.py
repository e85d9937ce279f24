"""Weeks, months and quarters that something is reported for: the one of a day, its days, its neighbours, its name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Self, TypeVar

from rules.working_time import WorkingCalendar

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, order=True)
class Period:
    """Days that are reported together. `period + 1` is the next one, `day in period` asks whether the day is its own.

    A period that no calendar has (month 13, week 53 of 2027) is refused with ValueError.
    """

    year: int
    number: int

    form: ClassVar[re.Pattern]
    example: ClassVar[str]

    def __post_init__(self) -> None:
        _ = self.first

    @classmethod
    def of(cls, day: date) -> Self:
        """The one that the day lies in."""
        raise NotImplementedError

    @classmethod
    def parse(cls, text: str) -> Self:
        """As `str` writes it. Raises ValueError."""
        match = cls.form.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"«{text}» is no {cls.__name__.lower()}: it is written {cls.example}.")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> date:
        """Its first day."""
        raise NotImplementedError

    @property
    def last(self) -> date:
        """Its last day."""
        return (self + 1).first - timedelta(days=1)

    def __add__(self, count: int) -> Self:
        raise NotImplementedError

    def __sub__(self, count: int) -> Self:
        return self + -count

    def __contains__(self, day: date) -> bool:
        return self.of(day) == self

    def until(self, last: Self) -> Iterator[Self]:
        """This one and those that follow, up to and including the last."""
        one = self
        while one <= last:
            yield one
            one += 1

    def last_working_day(self, calendar: WorkingCalendar) -> date:
        """The last of its days that is worked; of a week without any, one before it."""
        return calendar.nth_working_day_after(self.last + timedelta(days=1), -1)


class Week(Period):
    """Monday to Sunday, counted by ISO 8601: 28.12.2026–03.01.2027 is 2026-W53."""

    form, example = re.compile(r"(\d{4})-W(\d\d)", re.ASCII), "2026-W48"

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(*day.isocalendar()[:2])

    @property
    def first(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    def __add__(self, count: int) -> Self:
        return self.of(self.first + timedelta(weeks=count))

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


class Month(Period):
    """A month of the calendar, 2026-11."""

    form, example = re.compile(r"(\d{4})-(\d\d)", re.ASCII), "2026-11"

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def days(self) -> int:
        return self.last.day

    @property
    def name(self) -> str:
        """«ноябрь»."""
        return MONTHS[self.number - 1]

    @property
    def title(self) -> str:
        """«ноябрь 2026»."""
        return f"{self.name} {self.year}"

    def __add__(self, count: int) -> Self:
        years, month = divmod(self.number - 1 + count, 12)
        return type(self)(self.year + years, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


class Quarter(Period):
    """Three months, 2026Q4."""

    form, example = re.compile(r"(\d{4})Q(\d)", re.ASCII), "2026Q4"

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def months(self) -> list[Month]:
        return list(Month.of(self.first).until(Month.of(self.last)))

    @property
    def title(self) -> str:
        """«IV кв. 2026»."""
        return f"{ROMAN[self.number - 1]} кв. {self.year}"

    def __add__(self, count: int) -> Self:
        years, quarter = divmod(self.number - 1 + count, 4)
        return type(self)(self.year + years, quarter + 1)

    def __str__(self) -> str:
        return f"{self.year:04}Q{self.number}"


AnyPeriod = TypeVar("AnyPeriod", bound=Period)


def due_between(
    kind: type[AnyPeriod], moment_of: Callable[[AnyPeriod], datetime | None], since: datetime, until: datetime
) -> Iterator[AnyPeriod]:
    """Periods whose moment is after `since` and not after `until`, oldest first: what a job has to make good.

    `moment_of`: when a period is due, in any zone, inside it or in one of its neighbours; None for one that is skipped.
    """
    first, last = kind.of(since.date()) - 1, kind.of(until.date()) + 1
    for period in first.until(last):
        moment = moment_of(period)
        if moment is not None and since < moment <= until:
            yield period
