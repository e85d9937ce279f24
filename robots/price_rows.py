"""Price what a branch sold, by the distributor's price list (E-DB-8, E-DB-9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Row
from engine.storage import Storage
from rules import money
from rules.reading import name_key


@dataclass(frozen=True)
class Price:
    """What a product costs from a day on. `product`: its name as the list was entered."""

    product_id: int
    product: str
    price: Decimal
    since: date
    set_by: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Priced:
    """Rows with the prices of the list; `missing`: names of those that it does not have, whose price stays as it was."""

    rows: list[Row]
    missing: list[str]


def price_rows(store: Storage, rows: Sequence[Row], day: date) -> Priced:
    """Each row has the price that the list says for the day. A row without a product of the catalogue is known by its name."""
    valid = prices_on(store, day)
    by_name = {name_key(one.product): one for one in valid}
    by_id = {one.product_id: one for one in valid}
    found = [by_id.get(row.product_id) or by_name.get(name_key(row.product)) for row in rows]
    priced = [replace(row, price=one.price) if one else row for row, one in zip(rows, found, strict=True)]
    return Priced(priced, [row.product for row, one in zip(rows, found, strict=True) if one is None])


def prices_on(store: Storage, day: date) -> list[Price]:
    """The price list of that day, by the names of its products."""
    table = storage.distributor_prices
    newest = sa.select(table).where(table.c.valid_from <= day).order_by(table.c.valid_from)
    with store.read() as connection:
        valid = {row.product_id: _price(row) for row in connection.execute(newest)}
    return sorted(valid.values(), key=lambda one: name_key(one.product))


def keep_prices(store: Storage, prices: Iterable[Price]) -> int:
    """The prices hold from their days on; a price of the same product and day is written over. Raises ValueError on a price of nought."""
    table, rows = storage.distributor_prices, []
    for one in prices:
        if (wrong := wrong_price(one.price)) is not None:
            raise ValueError(f"{one.product}: {wrong}")
        rows.append(
            {"product_id": one.product_id, "product": one.product, "price": money.q(one.price), "valid_from": one.since,
             "set_by": one.set_by, "note": one.note}
        )  # fmt: skip
    with store.write() as tx:
        for row in rows:
            said = {name: row[name] for name in ("product", "price", "set_by", "note")}
            store.upsert(tx, table, row, **said)
    return len(rows)


def wrong_price(price: Decimal) -> str | None:
    """E-DB-8. Why a price cannot be; None when it can."""
    return None if money.q(price) > 0 else "the price must be greater than nought"


def _price(row: sa.Row) -> Price:
    return Price(row.product_id, row.product, row.price, row.valid_from, row.set_by, row.note)
