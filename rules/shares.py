"""Percentages and means of reports: one decimal, half-up; «—» where there is nothing to divide by (spec §5)."""

from collections.abc import Iterable
from decimal import Decimal

from rules import money

HUNDRED = Decimal(100)
NOTHING = "—"


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """How many percent of the whole the part is; None of nothing."""
    return money.q1(HUNDRED * part / whole) if whole else None


def growth(now: Decimal, before: Decimal) -> Decimal | None:
    """By how many percent it grew, below zero when it fell; None when there was nothing before."""
    return share(now - before, abs(before))


def weighted(pairs: Iterable[tuple[Decimal | int, Decimal | int]]) -> Decimal | None:
    """The mean of values by their weights; None when nothing weighs. `pairs`: value and weight."""
    known = list(pairs)
    weight = sum(weight for _, weight in known)
    return money.q1(Decimal(sum(value * weight for value, weight in known)) / weight) if weight else None


def text(number: Decimal | None) -> str:
    """«33,3», «−4,0» or «—»; the sign of percent is the reader's column."""
    return NOTHING if number is None else f"{money.q1(number)}".replace(".", ",").replace("-", "−")
