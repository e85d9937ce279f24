"""What was really shipped of what was planned (E-SH-4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from rules import reading


class Planned(Protocol):
    """A product row of a shipment."""

    product: str
    quantity: Decimal


AnyRow = TypeVar("AnyRow", bound=Planned)


@dataclass(frozen=True)
class Shipped:
    """Rows as they were shipped; `unknown`: products that nobody had planned."""

    rows: list
    is_partial: bool
    unknown: list[str]


def wrong_day(day: date, today: date, first: date) -> str | None:
    """Why goods cannot have left on that day, for people and without a full stop; None when they can.

    `first`: the first day of which the rate of VAT is known; a day before it is a typing mistake.
    """
    if day > today:
        return (
            f"Дата отгрузки {reading.day_text(day)} ещё не наступила: укажите день, когда товар действительно отгружен"
        )
    if day < first:
        return f"Дата отгрузки {reading.day_text(day)} раньше {reading.day_text(first)}: проверьте год"
    return None


def as_shipped(planned: Sequence[AnyRow], said: Iterable[tuple[str, Decimal]]) -> Shipped:
    """Planned rows with the quantities that left; a product that did not leave has no row.

    `said`: product and quantity; a product that stands in several rows fills them in order, what is more is the last's.
    """
    left: dict[str, Decimal] = {}
    names: dict[str, str] = {}
    for product, quantity in said:
        key = reading.name_key(product)
        left[key] = left.get(key, Decimal(0)) + quantity
        names[key] = product
    last = {reading.name_key(row.product): index for index, row in enumerate(planned)}
    rows = []
    for index, row in enumerate(planned):
        key = reading.name_key(row.product)
        have = left.get(key, Decimal(0))
        taken = have if index == last[key] else min(row.quantity, have)
        left[key] = have - taken
        if taken > 0:
            rows.append(replace(row, quantity=taken))
    unknown = [name for key, name in names.items() if key not in last]
    return Shipped(rows, is_less(planned, rows), unknown)


def is_less(before: Iterable[Planned], after: Iterable[Planned]) -> bool:
    """Whether of some product there is less than before."""
    were, are = _quantities(before), _quantities(after)
    return any(are.get(product, Decimal(0)) < quantity for product, quantity in were.items())


def _quantities(rows: Iterable[Planned]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in rows:
        key = reading.name_key(row.product)
        found[key] = found.get(key, Decimal(0)) + row.quantity
    return found
