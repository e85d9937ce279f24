"""C-06, C-07: what is owed, what of it is late, and for how long."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import reading
from rules.allocation import Payable
from rules.money import q
from rules.payment_schedule import effective
from rules.working_time import WorkingCalendar

ZERO = Decimal("0.00")
BUCKETS = {"1–30": 30, "31–60": 60, "61–90": 90, "90+": None}
"""Days late → the last day of the bucket."""


@dataclass(frozen=True)
class Rest:
    """A line of a schedule and what is still to be paid of it."""

    number: int
    due: date | None
    amount: Decimal
    rest: Decimal
    is_advance: bool = False


@dataclass(frozen=True)
class Overdue:
    """A line that is late. `due`: the date that counts, moved off days off; `days`: calendar days since then."""

    number: int
    due: date
    rest: Decimal
    days: int


def rests(lines: Sequence[Payable], paid: Sequence[Decimal]) -> list[Rest]:
    """What is still to be paid of each line."""
    return [
        Rest(number, line.due, line.amount, line.amount - covered, line.is_advance)
        for number, (line, covered) in enumerate(zip(lines, paid, strict=True), 1)
    ]


def read(schedule: str | None) -> list[Rest]:
    """«График оплаты отгрузки» as the card shows it, line by line; a line that is none of it keeps its number."""
    found = []
    for number, line in enumerate((schedule or "").splitlines(), 1):
        with suppress(ValueError):
            found.append(_read(number, line))
    return found


def _read(number: int, line: str) -> Rest:
    day, amount, rest = reading.fields(line, 3)
    due = reading.day(day) if day[:1].isdigit() else None
    return Rest(number, due, q(reading.number(amount)), q(reading.number(rest)))


def debt(shipped: Decimal, allocated: Decimal) -> Decimal:
    """C-06. What was shipped and not paid for; never below zero."""
    return max(q(shipped - allocated), ZERO)


def next_due(rests: Iterable[Rest]) -> date | None:
    """The earliest day on which something is still to be paid."""
    return min((one.due for one in rests if one.rest > 0 and one.due), default=None)


def overdue(rests: Iterable[Rest], report_day: date, calendar: WorkingCalendar) -> list[Overdue]:
    """C-06. Lines that are late on the day, in their order; a line is not late on its due date itself.

    Of goods that are not shipped these are advances that did not come, which nobody owes.
    """
    waiting = [(one, effective(one.due, calendar)) for one in rests if one.rest > 0 and one.due]
    return [Overdue(one.number, due, one.rest, (report_day - due).days) for one, due in waiting if due < report_day]


def overdue_days(overdues: Iterable[Overdue]) -> int:
    """How long the oldest of them is late; 0 for none."""
    return max((one.days for one in overdues), default=0)


def overdue_sum(overdues: Iterable[Overdue]) -> Decimal:
    """What all of them ask for."""
    return sum((one.rest for one in overdues), ZERO)


def bucket(days: int) -> str | None:
    """C-07. «1–30», «31–60», «61–90» or «90+»; None on the due date and before."""
    if days < 1:
        return None
    return next(name for name, last in BUCKETS.items() if last is None or days <= last)


def ageing(overdues: Iterable[Overdue]) -> dict[str, Decimal]:
    """C-07. What is late by bucket, all four of them; together they are all that is late."""
    sums = dict.fromkeys(BUCKETS, ZERO)
    for one in overdues:
        sums[bucket(one.days)] += one.rest
    return sums
