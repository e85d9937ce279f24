"""Expenses of a representative (REP_REPORT): product rows named «ГСМ; 14.11.2026; чек № 123», claimed first and accepted later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import reading
from rules.periods import Month

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Expense:
    """A row: the item of «Статьи расходов», of which day and by which paper, as far as its name says so; with the amount."""

    item: str
    day: date | None
    paper: str
    amount: Decimal

    @property
    def text(self) -> str:
        """«ГСМ; 14.11.2026; чек № 123; 1 500,00», as «Заявленные расходы» keeps it."""
        day = reading.day_text(self.day) if self.day else ""
        return "; ".join((self.item, day, self.paper, reading.amount_text(self.amount)))

    @property
    def key(self) -> tuple:
        return (reading.name_key(self.item), self.day, reading.name_key(self.paper))


@dataclass(frozen=True)
class Reviewed:
    """An expense as it was claimed and as it is accepted: 0 where one of the two does not know it."""

    expense: Expense
    claimed: Decimal
    accepted: Decimal


def of_row(name: str, amount: Decimal) -> Expense:
    """A row by what its name says; words in the place of the day are taken for the paper."""
    item, day, paper = reading.fields(name, 3)
    try:
        return Expense(item, reading.day(day), paper, amount)
    except ValueError:
        return Expense(item, None, "; ".join(filter(None, (day, paper))), amount)


def parse(line: str) -> Expense:
    """A line of «Заявленные расходы». Raises ValueError."""
    rest, _, amount = line.rpartition(";")
    return of_row(rest, reading.number(amount))


def readable(text: str | None) -> list[Expense]:
    """The lines of «Заявленные расходы» that can be read."""
    found = []
    for line in (text or "").splitlines():
        try:
            found.append(parse(line))
        except ValueError:
            continue
    return found


def outside(expenses: Iterable[Expense], month: Month) -> list[Expense]:
    """E-RP-5. Those of a day outside the month."""
    return [one for one in expenses if one.day is not None and one.day not in month]


def reviewed(claimed: Sequence[Expense], accepted: Sequence[Expense]) -> list[Reviewed]:
    """Each claimed expense with what is left of it, then those that a reviewer has added; equal ones in their order."""
    left, found = list(accepted), []
    for one in claimed:
        same = next((other for other in left if other.key == one.key), None)
        if same is not None:
            left.remove(same)
        found.append(Reviewed(one, one.amount, same.amount if same is not None else ZERO))
    return found + [Reviewed(one, ZERO, one.amount) for one in left]
