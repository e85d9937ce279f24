"""What of an order is shipped, what is left and what is too much, by product."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol, TypeVar

from rules import money, reading

HUNDRED = Decimal(100)
SHORTENED = ("шт", "уп", "упак", "компл")
"""Units that end with a full stop; «м» and «кг» do not."""


class Counted(Protocol):
    """A product row; one without `product_id` is told by its name."""

    product: str
    price: Decimal
    product_id: int | None
    quantity: Decimal
    unit: str


class Specified(Counted, Protocol):
    """A product row of a specification, with its rate of VAT in percent."""

    vat_rate: Decimal | None


AnyRow = TypeVar("AnyRow", bound=Counted)


@dataclass(frozen=True)
class Excess:
    """By how much the shipments of a product exceed the order."""

    product: str
    by: Decimal
    unit: str


def left(order_rows: Sequence[AnyRow], shipped_rows: Iterable[Counted]) -> list[AnyRow]:
    """Rows of the order with the quantity that no shipment has yet, without those that have none left."""
    shipped = _quantities(order_rows, shipped_rows)
    made = []
    for row in order_rows:
        taken = min(row.quantity, shipped[_key(row)])
        shipped[_key(row)] -= taken
        if row.quantity > taken:
            made.append(replace(row, quantity=row.quantity - taken))
    return made


def left_text(rows: Iterable[Counted]) -> str:
    """«Осталось отгрузить»: a line «Костюм: 40 шт.» for each row; empty when nothing is left."""
    return "\n".join(f"{row.product}: {_pieces(row.quantity, row.unit)}" for row in rows)


def excess(
    order_rows: Sequence[Counted], shipped_rows: Iterable[Counted], tolerance: Decimal = Decimal(0)
) -> list[Excess]:
    """E-SO-1. Products of which more is shipped than ordered, beyond the tolerance in percent; by the whole excess."""
    shipped_rows = list(shipped_rows)
    ordered, shipped = _quantities(order_rows, order_rows), _quantities(order_rows, shipped_rows)
    found = {}
    for row in (*order_rows, *shipped_rows):
        key = _key_in(order_rows, row)
        by = shipped[key] - ordered[key]
        if by > ordered[key] * tolerance / HUNDRED:
            found.setdefault(key, Excess(row.product, by, row.unit))
    return list(found.values())


def excess_text(excesses: Sequence[Excess]) -> str:
    """«Отгрузка превышает заказ на 10 шт.», of several products with their names."""
    if len(excesses) == 1:
        return f"Отгрузка превышает заказ на {_pieces(excesses[0].by, excesses[0].unit)}"
    each = (f"{one.product} — на {_pieces(one.by, one.unit)}" for one in excesses)
    return f"Отгрузка превышает заказ: {', '.join(each)}"


def is_complete(
    order_rows: Sequence[Counted], shipped_rows: Iterable[Counted], tolerance: Decimal = Decimal(0)
) -> bool:
    """SO-T17. Whether of every product as much is shipped as was ordered, give or take the tolerance in percent."""
    shipped_rows = list(shipped_rows)
    ordered, shipped = _quantities(order_rows, order_rows), _quantities(order_rows, shipped_rows)
    enough = all(shipped[key] >= of * (1 - tolerance / HUNDRED) for key, of in ordered.items())
    return enough and bool(ordered) and not excess(order_rows, shipped_rows, tolerance)


def difference(before: Sequence[Specified], after: Sequence[Specified]) -> list[str]:
    """SO-T21. What changed in the rows of an order, a sentence a product: «Костюм: было 100 шт., стало 120 шт.»"""
    were, are = _by_product(before, before), _by_product(before, after)
    found = []
    for key in dict.fromkeys((*were, *are)):
        was, now = were.get(key), are.get(key)
        if was is None:
            found.append(f"{now.product}: добавлено {now.said}")
        elif now is None:
            found.append(f"{was.product}: убрано, было {was.said}")
        elif was.what != now.what:
            found.append(f"{was.product}: было {was.said}, стало {now.said}")
        elif was.kinds != now.kinds:
            found.append(f"{now.product}: изменены НДС, единица измерения или товар каталога")
    return found


# — one product, whatever its rows —


@dataclass(frozen=True)
class _Product:
    """All rows of a product: quantities by price; `kinds`: their units, rates of VAT and products of the catalogue."""

    product: str
    unit: str
    what: dict[Decimal, Decimal]
    kinds: set[tuple]

    @property
    def said(self) -> str:
        each = (f"{_pieces(quantity, self.unit)} по {money.text(price)}" for price, quantity in self.what.items())
        return " и ".join(each)


def _by_product(order_rows: Sequence[Specified], rows: Iterable[Specified]) -> dict[object, _Product]:
    found: dict[object, _Product] = {}
    for row in rows:
        product = found.setdefault(_key_in(order_rows, row), _Product(row.product, row.unit, {}, set()))
        product.kinds.add((row.unit, row.vat_rate, row.product_id))
        product.what[row.price] = product.what.get(row.price, Decimal(0)) + row.quantity
    return found


def _quantities(order_rows: Sequence[Counted], rows: Iterable[Counted]) -> Counter:
    """Quantity by product."""
    found: Counter = Counter()
    for row in rows:
        found[_key_in(order_rows, row)] += row.quantity
    return found


def _key(row: Counted) -> object:
    return row.product_id or reading.name_key(row.product)


def _key_in(order_rows: Sequence[Counted], row: Counted) -> object:
    """A row of a shipment may know its product by name only, or by the id of another catalogue: the name decides then."""
    keys = [_key(one) for one in order_rows]
    if _key(row) in keys:
        return _key(row)
    name = reading.name_key(row.product)
    return next((_key(one) for one in order_rows if reading.name_key(one.product) == name), _key(row))


def _pieces(quantity: Decimal, unit: str) -> str:
    return f"{reading.quantity_text(quantity)} {unit}{'.' if unit in SHORTENED else ''}"
