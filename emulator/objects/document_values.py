"""What the fields of a document can say of an object and of those around it.

A field's code is its path in CamelCase without SOURCE: MyCompanyUfLogo is this.SOURCE.MY_COMPANY.UF_LOGO.
https://apidocs.bitrix24.com/api-reference/crm/document-generator/templates/crm-document-generator-template-get-fields.html
"""

from ..php import as_list
from . import multifields, userfields
from .document_text import date
from .entities import COMPANY, CONTACT, Entity

_CONTACTS = {"Phone": "PHONE", "Email": "EMAIL", "Web": "WEB"}
_PERSON = ("NAME", "SECOND_NAME", "LAST_NAME", "EMAIL", "WORK_POSITION", "WORK_PHONE", "PERSONAL_MOBILE")


def of(portal, entity: Entity, row: dict) -> dict[str, object]:
    """Values by code: texts, moments, lists of the product rows."""
    values = _own(portal, entity, row) | _assigned(portal, row)
    company = _linked(portal, COMPANY, row.get("companyId"))
    contact = _linked(portal, CONTACT, row.get("contactId"))
    client = (entity, row) if entity in (COMPANY, CONTACT) else (COMPANY, company) if company else (CONTACT, contact)
    values |= _prefixed("Company", _about(portal, COMPANY, company))
    values |= _prefixed("Contact", _about(portal, CONTACT, contact))
    values |= _prefixed("Client", _channels(portal, *client)) | _requisite(portal, *client)
    values |= _prefixed("MyCompany", _my_company(portal))
    return values | _products(portal, entity, row)


def sums(portal, entity: Entity, row: dict) -> list[float]:
    """What each of the product rows costs."""
    return [(product["price"] or 0) * (product["quantity"] or 0) for product in _rows(portal, entity, row)]


def _own(portal, entity: Entity, row: dict) -> dict[str, object]:
    values = {_camel(field.upper): _native(field.kind, row.get(name)) for name, field in entity.fields.items()}
    for name, field in userfields.definitions(portal, entity.uf_entity).items():
        values[_camel(name)] = _custom(portal, field, row.get(name))
    return values


def _native(kind: str, value: object) -> object:
    if kind in ("date", "datetime") and value:
        return date(value)
    return f"{value:.2f}" if kind == "double" and value is not None else value


def _custom(portal, field: userfields.UserField, value: object) -> object:
    if field.kind == "enumeration":
        said = {option["ID"]: option["VALUE"] for option in userfields.options(portal, field.entity, field.name)}
        return ", ".join(str(said[chosen]) for chosen in as_list(value) if chosen in said)
    if field.kind == "boolean":
        return "да" if value == "Y" else "нет"
    if field.kind == "file":
        return None
    shown = [_native(field.kind, element) for element in as_list(value)]
    return shown[0] if len(shown) == 1 else ", ".join(map(str, shown))


def _assigned(portal, row: dict) -> dict[str, object]:
    person = portal.store.users.get(row.get("assignedById")) or {}
    return {f"Assigned{_camel(name)}": person.get(name, "") for name in _PERSON}


def _linked(portal, entity: Entity, row_id: int | None) -> dict | None:
    return portal.table(entity).get(row_id)


def _about(portal, entity: Entity, row: dict | None) -> dict[str, object]:
    return _own(portal, entity, row) | _channels(portal, entity, row) if row else {}


def _channels(portal, entity: Entity, row: dict | None) -> dict[str, object]:
    """The first phone, e-mail and site."""
    held = multifields.show(portal, entity, row["id"]) if row else []
    first = {entry["typeId"]: entry["value"] for entry in reversed(held)}
    return {code: first.get(kind, "") for code, kind in _CONTACTS.items()}


def _my_company(portal) -> dict[str, object]:
    own = portal.store.companies.having(isMyCompany="Y")
    if not own:
        return {}
    about = _about(portal, COMPANY, own[0]) | _assigned(portal, own[0])
    return about | _requisite(portal, COMPANY, own[0])


def _requisite(portal, entity: Entity, row: dict | None) -> dict[str, object]:
    found = portal.store.requisites.having(ENTITY_TYPE_ID=entity.type_id, ENTITY_ID=row["id"]) if row else []
    if not found:
        return {}
    return {f"Requisite{_camel(name)}": value for name, value in found[0].items() if name.startswith("RQ_")}


def _products(portal, entity: Entity, row: dict) -> dict[str, object]:
    rows, costs = _rows(portal, entity, row), sums(portal, entity, row)
    summed = {"TotalRaw": f"{sum(costs):.2f}", "TotalSum": f"{sum(costs):.2f}"}
    return summed | {
        "ProductsIndex": list(range(1, len(rows) + 1)),
        "ProductsProductName": [product["productName"] for product in rows],
        "ProductsProductQuantity": [product["quantity"] for product in rows],
        "ProductsProductMeasureName": [product["measureName"] for product in rows],
        "ProductsProductPriceRaw": [f"{product['price'] or 0:.2f}" for product in rows],
        "ProductsProductPriceRawSum": [f"{cost:.2f}" for cost in costs],
    }


def _rows(portal, entity: Entity, row: dict) -> list[dict]:
    return portal.store.product_rows.having(ownerType=entity.short, ownerId=row["id"])


def _prefixed(prefix: str, values: dict[str, object]) -> dict[str, object]:
    return {prefix + code: value for code, value in values.items()}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
