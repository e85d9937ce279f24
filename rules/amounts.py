"""C-01: the amount of a row and of a card."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from rules.money import KOPECK, q


class Priced(Protocol):
    """A product row."""

    price: Decimal
    quantity: Decimal


def row_total(quantity: Decimal, price: Decimal) -> Decimal:
    """C-01. Quantity times price, to the kopeck."""
    return q(quantity * price)


def total(rows: Iterable[Priced]) -> Decimal:
    """C-01. The sum of rows that are rounded one by one."""
    return sum((row_total(row.quantity, row.price) for row in rows), q(Decimal(0)))


def differs(amount: Decimal, rows: Iterable[Priced]) -> bool:
    """C-01. Whether the amount on a card is off its rows by a kopeck or more."""
    return abs(amount - total(rows)) >= KOPECK
