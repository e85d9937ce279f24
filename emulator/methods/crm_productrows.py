"""crm.lead.productrows.*, crm.deal.productrows.* and crm.quote.productrows.*: the older face of the product rows of crm.item.productrow.*."""

import re

from ..errors import RestError
from ..objects import items, rights
from ..objects.entities import DEAL, LEAD, QUOTE, Entity
from ..php import as_list, as_map
from ..registry import Params, method, whole
from ..values import canonical
from .crm_productrow import COLUMNS, PERCENT, WRITABLE, add_row, change_row

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}-{{}}.html"
PAGES = {
    LEAD: DOCS.format("leads/crm-lead-productrows"),
    DEAL: DOCS.format("deals/crm-deal-productrows"),
    QUOTE: DOCS.format("quote/crm-quote-product-rows"),
}
# What nobody reserves in a store here.
RESERVE = dict.fromkeys(("STORE_ID", "RESERVE_ID", "DATE_RESERVE_END", "RESERVE_QUANTITY"))
# What a row is that says nothing of it, where crm.item.productrow.* has pieces.
DEFAULTS = {"measureCode": 0, "measureName": "", "sort": 0}
NO_RATE = "Discount Rate (DISCOUNT_RATE) is required if Percentage Discount Type (DISCOUNT_TYPE_ID) is defined<br>"
NO_SUM_OF_ALL = (
    "Discount Sum (DISCOUNT_SUM) is required if Percentage Discount Type (DISCOUNT_TYPE_ID) is defined "
    "and Discount Rate (DISCOUNT_RATE) is 100%<br>"
)
NO_SUM = "Discount Sum (DISCOUNT_SUM) is required if Monetary Discount Type (DISCOUNT_TYPE_ID) is defined<br>"


def _declare(entity: Entity) -> None:
    docs = PAGES[entity].format

    @method(f"crm.{entity.code}.productrows.get", scope="crm", docs=docs("get"))
    def get(portal, caller, params):
        """All rows at once, in the order of SORT."""
        rows = items.rows_of(portal, entity, _owner(portal, entity, params, "read")["id"])
        return [_show(portal, row) for row in sorted(rows, key=lambda row: row["sort"] or 0)]

    @method(
        f"crm.{entity.code}.productrows.set",
        scope="crm",
        docs=docs("set"),
        writes=True,
        differs="PRICE_EXCLUSIVE, PRICE_NETTO and PRICE_BRUTTO always follow from PRICE, tax and discount",
    )
    def set_(portal, caller, params):
        """A row with the ID of a held one changes it; what is not passed is gone."""
        owner = _owner(portal, entity, params, "update")
        if not isinstance(params.get("rows"), (list, dict)):
            raise RestError("", "The parameter rows must be array.")
        _replace(portal, entity, owner["id"], [as_map(entry) for entry in as_list(params.get("rows"))])
        items.rows_changed(portal, entity, owner, caller.user_id)
        return True


def _replace(portal, entity: Entity, owner_id: int, given: list[dict]) -> None:
    held = {row["id"]: row for row in items.rows_of(portal, entity, owner_id)}
    written = [(held.get(whole(entry.get("ID"))), _written(entry)) for entry in given]
    kept = {row["id"] for row, _ in written if row}
    for row_id in held.keys() - kept:
        portal.store.product_rows.remove(row_id)
    for row, values in written:
        if row:
            change_row(portal, row, values)
        else:
            _add(portal, entity, owner_id, values)


def _add(portal, entity: Entity, owner_id: int, values: dict) -> None:
    """A row without a name is called by its number."""
    row = add_row(portal, entity, owner_id, DEFAULTS | values)
    if not row["productName"]:
        portal.store.product_rows.update(row["id"], {"productName": f"[{row['id']}]"})


def _owner(portal, entity: Entity, params: Params, action: str) -> dict:
    row_id = params.integer("id")
    if not row_id or row_id < 0:
        raise RestError("", "The parameter id is invalid or not defined.")
    row = items.get(portal, entity, row_id)
    if row is None:
        raise RestError("", "Not found")
    if not rights.may(portal, entity, action, row):
        raise rights.denied_plainly()
    return row


def _written(given: dict) -> dict:
    _check_discount(given)
    named = {name: given[_upper(name)] for name in WRITABLE if _upper(name) in given}
    values = {name: canonical(COLUMNS[name], value) for name, value in named.items()}
    return {name: value for name, value in values.items() if value is not None or name == "taxRate"}


def _check_discount(given: dict) -> None:
    kind, rate, amount = (given.get(name) for name in ("DISCOUNT_TYPE_ID", "DISCOUNT_RATE", "DISCOUNT_SUM"))
    if kind in (None, ""):
        return
    if whole(kind) != PERCENT:
        refused = NO_SUM if amount in (None, "") else ""
    elif rate in (None, ""):
        refused = NO_RATE
    else:
        refused = NO_SUM_OF_ALL if whole(rate) == 100 and amount in (None, "") else ""
    if refused:
        raise RestError("ERROR_CORE", refused)


def _upper(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).upper()


def _show(portal, row: dict) -> dict:
    product = portal.store.products.get(row["productId"])
    shown = {_upper(name): row[name] for name in COLUMNS} | {
        "ID": str(row["id"]),
        "OWNER_ID": str(row["ownerId"]),
        "ORIGINAL_PRODUCT_NAME": product["NAME"] if product else row["productName"],
        "PRODUCT_DESCRIPTION": None,
        "PRICE_ACCOUNT": f"{row['priceAccount']:.2f}",
    }
    return shown | RESERVE


for _entity in PAGES:
    _declare(_entity)
