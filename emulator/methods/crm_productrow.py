"""crm.item.productrow.*: product rows of whatever has a sum. They drive the sum and count as an update of their owner."""

from ..descriptions import described
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..objects import items, rights
from ..objects.entities import Entity, marked
from ..php import as_map
from ..registry import method, whole
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/product-rows/crm-item-productrow-{}.html"
FIELDS = described("""
id integer ro | ID
ownerId integer required fixed | ID владельца
ownerType string required fixed | Тип владельца
productId integer | Товар
productName string | Название товара
price double | Цена
priceExclusive double ro | Цена без налога со скидкой
priceNetto double ro | PRICE_NETTO
priceBrutto double ro | PRICE_BRUTTO
quantity double | Количество
discountTypeId integer | Тип скидки
discountRate double | Величина скидки
discountSum double | Сумма скидки
taxRate double | Налог
taxIncluded char | Налог включен в цену
customized char | Изменён
measureCode integer | Код единицы измерения
measureName string | Единица измерения
sort integer | Сортировка
type integer ro | TYPE
storeId integer ro | STORE_ID
""")
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
PERCENT = 2
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


@method("crm.item.productrow.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return {"fields": FIELDS}


@method("crm.item.productrow.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    where = parse(params.map("filter"), COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name)
    may_read = rights.rule_of_cards(portal)
    readable = may_read and (lambda row: may_read(marked(portal, row["ownerType"]).type_id, row["ownerId"]))
    return page(portal, portal.store.product_rows, params, where, keys, dict, "productRows", readable)


@method(
    "crm.item.productrow.getAvailableForPayment",
    scope="crm",
    docs=DOCS.format("get-available-for-payment"),
    differs="there are no payments here: every row waits to be paid for",
)
def available_for_payment(portal, caller, params):
    entity, owner = _readable_owner(portal, params.need("ownerType"), params.need("ownerId"))
    return {"productRows": [dict(row) for row in items.rows_of(portal, entity, owner["id"])]}


@method("crm.item.productrow.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"productRow": dict(_row(portal, params))}


@method("crm.item.productrow.set", scope="crm", docs=DOCS.format("set"), writes=True)
def set_(portal, caller, params):
    """Replaces all rows of the owner."""
    entity, owner = _owner(portal, params.get("ownerType"), params.get("ownerId"))
    fresh = [_written(as_map(entry)) for entry in params.list("productRows")]
    portal.store.product_rows.remove_having(ownerType=entity.short, ownerId=owner["id"])
    added = [add_row(portal, entity, owner["id"], values) for values in fresh]
    items.rows_changed(portal, entity, owner, caller.user_id)
    return {"productRows": added}


@method("crm.item.productrow.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    given = params.fields()
    entity, owner = _owner(portal, given.get("ownerType"), given.get("ownerId"))
    added = add_row(portal, entity, owner["id"], _written(given))
    items.rows_changed(portal, entity, owner, caller.user_id)
    return {"productRow": added}


@method("crm.item.productrow.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row = _row(portal, params)
    change_row(portal, row, _written(params.fields()))
    items.rows_changed(portal, *_owner(portal, row["ownerType"], row["ownerId"]), caller.user_id)
    return {"productRow": dict(row)}


@method("crm.item.productrow.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _row(portal, params)
    portal.store.product_rows.remove(row["id"])
    items.rows_changed(portal, *_owner(portal, row["ownerType"], row["ownerId"]), caller.user_id)
    return None


def add_row(portal, entity: Entity, owner_id: int, values: dict) -> dict:
    """A new row with the defaults; a product of the catalogue gives its name where none is given."""
    given = {name: value for name, value in values.items() if value is not None}
    row = {"id": None, "ownerId": owner_id, "ownerType": entity.short} | DEFAULTS | given
    product = portal.store.products.get(row["productId"])
    if product and not row["productName"]:
        row["productName"] = product["NAME"]
    return dict(portal.store.product_rows.add(row | _prices(row)))


def change_row(portal, row: dict, values: dict) -> None:
    portal.store.product_rows.update(row["id"], values | _prices({**row, **values}))


def _owner(portal, owner_type: object, owner_id: object) -> tuple[Entity, dict]:
    """What the rows belong to, and who calls may change."""
    entity, row = _readable_owner(portal, owner_type, owner_id)
    if not rights.may(portal, entity, "update", row):
        raise rights.denied("update")
    return entity, row


def _readable_owner(portal, owner_type: object, owner_id: object) -> tuple[Entity, dict]:
    entity = marked(portal, owner_type) if isinstance(owner_type, str) else None
    if entity is not None and not entity.has_sum:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", "Working with this type of objects is not supported")
    row = items.get(portal, entity, whole(owner_id)) if entity else None
    if row is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    return entity, row


def _row(portal, params) -> dict:
    row = portal.store.product_rows.get(params.integer("id"))
    if row is None:
        raise RestError("NOT_FOUND", "Product row was not found")
    return row


def _written(given: dict) -> dict:
    return {name: canonical(COLUMNS[name], given[name]) for name in WRITABLE if name in given}


def _prices(row: dict) -> dict:
    """`price` is what is paid for one, tax and discount in it; the others follow."""
    price, rate = row["price"] or 0, row["taxRate"] or 0
    exclusive = round(price / (1 + rate / 100), 2) if rate > -100 else price
    discount = _discount(row, exclusive)
    netto = round(exclusive + discount["discountSum"], 2)
    return discount | {
        "priceAccount": price,
        "priceExclusive": exclusive,
        "priceNetto": netto,
        "priceBrutto": round(netto * (1 + rate / 100), 2),
    }


def _discount(row: dict, exclusive: float) -> dict:
    """Of a percentage its sum, of a sum its percentage; 100 % has no sum that would follow."""
    rate, amount = row["discountRate"] or 0, row["discountSum"] or 0
    if row["discountTypeId"] == PERCENT and 0 < rate < 100:
        amount = round(exclusive * rate / (100 - rate), 2)
    elif row["discountTypeId"] != PERCENT and exclusive + amount > 0:
        rate = round(amount / (exclusive + amount) * 100, 2)
    return {"discountRate": rate, "discountSum": amount}
