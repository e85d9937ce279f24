"""Read the report of a distributor's branch out of the cells of a table: what was sold and how much of it (DB-T3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Protocol

from rules import reading

HEADINGS_WITHIN = 30
"""Rows in which the headings are looked for."""
PIECES = "шт"
PLACES = Decimal("0.0001")
"""C-01. A formula of the table leaves 0.30000000000000004 where 0.3 is meant."""


class Headings(Protocol):
    """What the columns may be called."""

    product: Sequence[str]
    quantity: Sequence[str]
    unit: Sequence[str]
    totals: Sequence[str]


class NotRecognised(ValueError):
    """A table that is no such report; the text tells people what is missing."""


@dataclass(frozen=True)
class Line:
    """A product of the report."""

    product: str
    quantity: Decimal
    unit: str = PIECES


@dataclass(frozen=True)
class Read:
    """`unread`: «строка 7: «много» — не число», of rows that name a product and cannot be counted."""

    lines: list[Line]
    unread: list[str]


def read(cells: Iterable[Sequence[object]], headings: Headings) -> Read:
    """The products under the headings, in the order of the table. Rows without a product, totals and noughts are passed over.

    Raises NotRecognised.
    """
    rows = [list(row) for row in cells]
    start, places = _headings(rows, headings)
    totals = [_key(one) for one in headings.totals]
    lines, unread = [], []
    for number, row in enumerate(rows[start + 1 :], start + 2):
        product = _text(row, places["product"])
        if not product or any(_key(product) == one or _key(product).startswith(f"{one} ") for one in totals):
            continue
        try:
            quantity = _number(row, places["quantity"])
        except (ValueError, InvalidOperation):
            unread.append(f"строка {number}: «{_text(row, places['quantity'])}» — не число")
            continue
        if quantity:
            lines.append(Line(product, quantity, _text(row, places["unit"]) or PIECES))
    return Read(lines, unread)


def _headings(rows: list[list[object]], headings: Headings) -> tuple[int, dict[str, int | None]]:
    for number, row in enumerate(rows[:HEADINGS_WITHIN]):
        found = {name: _place(row, getattr(headings, name)) for name in ("product", "quantity", "unit")}
        if found["product"] is not None and found["quantity"] is not None:
            return number, found
    wanted = f"«{headings.product[0]}» и «{headings.quantity[0]}»"
    raise NotRecognised(f"не найдены столбцы {wanted}")


def _place(row: list[object], names: Sequence[str]) -> int | None:
    keys = [_key(one) for one in names]
    return next((place for place, cell in enumerate(row) if isinstance(cell, str) and _key(cell) in keys), None)


def _key(text: str) -> str:
    """«Кол-во, шт» → «кол-во»."""
    return reading.name_key(text.partition(",")[0].partition("(")[0]).rstrip(".: ")


def _text(row: list[object], place: int | None) -> str:
    value = row[place] if place is not None and place < len(row) else None
    return "" if value is None else " ".join(str(value).split())


def _number(row: list[object], place: int | None) -> Decimal:
    value = row[place] if place is not None and place < len(row) else None
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, bool):
        raise ValueError("no number")
    number = Decimal(str(value)) if isinstance(value, int | float | Decimal) else reading.number(str(value))
    return number.quantize(PLACES, ROUND_HALF_UP)
