"""crm.item.productrow.*: product rows of deals. They drive the deal's sum and count as its update."""

from .. import items
from ..entities import DEAL
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..php import as_map
from ..registry import method, whole
from ..values import canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/crm-item-productrow-{}.html"
COLUMNS = Columns(
    {
        "id": "integer",
        "ownerId": "integer",
        "ownerType": "string",
        "productId": "integer",
        "productName": "string",
        "price": "double",
        "priceAccount": "double",
        "priceExclusive": "double",
        "priceNetto": "double",
        "priceBrutto": "double",
        "quantity": "double",
        "discountTypeId": "integer",
        "discountRate": "double",
        "discountSum": "double",
        "taxRate": "double",
        "taxIncluded": "boolean",
        "customized": "boolean",
        "measureCode": "integer",
        "measureName": "string",
        "sort": "integer",
        "xmlId": "string",
        "type": "integer",
    }
)
NOT_WRITABLE = {
    "id",
    "ownerId",
    "ownerType",
    "priceAccount",
    "priceExclusive",
    "priceNetto",
    "priceBrutto",
    "customized",
    "type",
}
WRITABLE = [name for name in COLUMNS if name not in NOT_WRITABLE]
DEFAULTS = {
    "productId": 0,
    "productName": "",
    "price": 0,
    "quantity": 1,
    "discountTypeId": 2,
    "discountRate": 0,
    "discountSum": 0,
    "taxRate": None,
    "taxIncluded": "N",
    "customized": "Y",
    "measureCode": 796,
    "measureName": "шт",
    "sort": 10,
    "xmlId": "",
    "type": 4,
}


@method("crm.item.productrow.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    where = parse(params.map("filter"), COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name)
    return page(portal, portal.store.product_rows, params, where, keys, dict, wrap="productRows")


@method("crm.item.productrow.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"productRow": dict(_row(portal, params))}


@method("crm.item.productrow.set", scope="crm", docs=DOCS.format("set"), writes=True)
def set_(portal, caller, params):
    """Replaces all rows of the owner."""
    deal = _owner(portal, params.get("ownerType"), params.get("ownerId"))
    fresh = [_written(as_map(entry)) for entry in params.list("productRows")]
    for row in portal.store.product_rows.having(ownerType="D", ownerId=deal["id"]):
        portal.store.product_rows.remove(row["id"])
    added = [_add(portal, deal, values) for values in fresh]
    items.rows_changed(portal, deal, caller.user_id)
    return {"productRows": added}


@method("crm.item.productrow.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    given = params.fields()
    deal = _owner(portal, given.get("ownerType"), given.get("ownerId"))
    added = _add(portal, deal, _written(given))
    items.rows_changed(portal, deal, caller.user_id)
    return {"productRow": added}


@method("crm.item.productrow.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row = _row(portal, params)
    values = _written(params.fields())
    portal.store.product_rows.update(row["id"], values | _prices({**row, **values}))
    items.rows_changed(portal, _owner(portal, "D", row["ownerId"]), caller.user_id)
    return {"productRow": dict(row)}


@method("crm.item.productrow.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _row(portal, params)
    portal.store.product_rows.remove(row["id"])
    items.rows_changed(portal, _owner(portal, "D", row["ownerId"]), caller.user_id)
    return None


def _owner(portal, owner_type: object, owner_id: object) -> dict:
    deal = items.get(portal, DEAL, whole(owner_id)) if owner_type == "D" else None
    if deal is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    return deal


def _row(portal, params) -> dict:
    row = portal.store.product_rows.get(params.integer("id"))
    if row is None:
        raise RestError("NOT_FOUND", "Product row was not found")
    return row


def _written(given: dict) -> dict:
    return {name: canonical(COLUMNS[name], given[name]) for name in WRITABLE if name in given}


def _add(portal, deal: dict, values: dict) -> dict:
    given = {name: value for name, value in values.items() if value is not None}
    row = {"id": None, "ownerId": deal["id"], "ownerType": "D"} | DEFAULTS | given
    return dict(portal.store.product_rows.add(row | _prices(row)))


def _prices(row: dict) -> dict:
    """`price` is what is paid for one; the others follow from tax and discount."""
    price, rate = row["price"] or 0, row["taxRate"] or 0
    exclusive = round(price / (1 + rate / 100), 2) if flag(row["taxIncluded"]) == "Y" else price
    discount = row["discountSum"] or 0
    return {
        "priceAccount": price,
        "priceExclusive": exclusive,
        "priceNetto": round(exclusive + discount, 2),
        "priceBrutto": round((exclusive + discount) * (1 + rate / 100), 2) if rate else round(price + discount, 2),
    }
