"""Write the product rows of a card."""

from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, Row
from engine.ledger import Effect, verb
from engine.observer import plain_rows
from engine.run import Doing, Run


def set_rows(run: Run, deal: Deal, rows: list[Row]) -> Doing | None:
    """The card's product rows are these and no other; the portal makes its sum of them. None: they are already.

    https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/crm-item-productrow-set.html
    """
    return None if rows == deal.rows else write_rows(run, deal.id, rows, deal_id=deal.id)


def write_rows(run: Run, owner: int | dict, rows: list[Row], *, deal_id: int) -> Doing:
    """The same for a card that is only being opened: `owner` may be a reference to its id, `deal_id` is then its parent's."""
    params = {"ownerType": "D", "ownerId": owner, "productRows": [_written(row) for row in rows]}
    return run.do(SET_ROWS, "rows", "crm.item.productrow.set", params, deal_id=deal_id)


def _written(row: Row) -> dict:
    values = {
        "productId": row.product_id, "productName": row.product, "price": _number(row.price), "quantity": _number(row.quantity),
        "measureName": row.unit, "taxRate": None if row.vat_rate is None else _number(row.vat_rate),
        "taxIncluded": "Y",
    }  # fmt: skip
    return {name: value for name, value in values.items() if value is not None}


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The snapshot now says what was written."""
    written = result["productRows"]
    owner = int(written[0]["ownerId"]) if written else effect.params["ownerId"]
    cards = storage.cards
    if isinstance(owner, int):
        values = {"rows": plain_rows(written), "version": cards.c.version + 1}
        tx.execute(sa.update(cards).where(cards.c.deal_id == owner).values(**values))


SET_ROWS = verb(
    "set_rows", settle=_settle, repeatable=True, check=lambda result: isinstance(result["productRows"], list)
)
