"""crm.duplicate.*: who else has this phone or this e-mail, and by which more fields the portal looks for doubles."""

import re

from ..errors import RestError
from ..objects import userfields
from ..objects.entities import BY_TYPE_ID
from ..registry import Params, method
from .crm_type import administrators_only

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/duplicates/crm-duplicate-find-by-comm.html"
FIELD_DOCS = (
    "https://apidocs.bitrix24.com/api-reference/crm/duplicates/volatile-type/crm-duplicate-volatile-type-{}.html"
)
ENTITIES = {"LEAD": 1, "CONTACT": 3, "COMPANY": 4}
TYPES = ("EMAIL", "PHONE")
MANY = 20
SLOTS = 7
TEXTS = ("string", "text")
ONLY_TEXTS = "only the texts of an object and its custom strings, no addresses and no requisites"
EXTENSION = re.compile(r"(;|,|#|доб|ext|x).*", re.IGNORECASE | re.DOTALL)


@method("crm.duplicate.findbycomm", scope="crm", docs=DOCS)
def find_by_comm(portal, caller, params):
    """Twenty found among one kind of objects end the search: the kinds after it are left out."""
    kind, values = params.get("type"), params.list("values")
    if not kind:
        raise RestError("Communication type is not defined", "Parameter 'type' is required.")
    kind = str(kind).upper()
    if kind not in TYPES:
        raise _refused(f"Communication type '{kind}' is not supported in current context")
    sought = {_comparable(kind, str(value)) for value in values[:MANY]} - {""}
    if not sought:
        raise _refused("Communication values is not defined")
    asked = str(params.get("entity_type") or "").upper()
    found: dict[str, list[int]] = {}
    for name, type_id in ENTITIES.items():
        if asked not in ("", name):
            continue
        ids = _owners(portal, type_id, kind, sought)
        found |= {name: ids} if ids else {}
        if len(ids) >= MANY:
            break
    return found


@method("crm.duplicate.volatileType.fields", scope="crm", docs=FIELD_DOCS.format("fields"), differs=ONLY_TEXTS)
def volatile_fields(portal, caller, params):
    administrators_only(portal, caller)
    asked = params.integer("entityTypeId")
    kinds = [type_id for type_id in ENTITIES.values() if asked in (None, type_id)]
    return [
        {"entityTypeId": type_id, "fieldCode": code, "fieldTitle": title}
        for type_id in kinds
        for code, title in _searchable(portal, type_id).items()
    ]


@method("crm.duplicate.volatileType.list", scope="crm", docs=FIELD_DOCS.format("list"))
def volatile_list(portal, caller, params):
    administrators_only(portal, caller)
    return [dict(row) for row in portal.store.duplicate_fields.all()]


@method("crm.duplicate.volatileType.register", scope="crm", docs=FIELD_DOCS.format("register"), writes=True)
def volatile_register(portal, caller, params):
    """A field that is registered already keeps its number; there are seven places for all kinds together."""
    administrators_only(portal, caller)
    place = {"entityTypeId": _kind(params), "fieldCode": str(params.need("fieldCode"))}
    if place["fieldCode"] not in _searchable(portal, place["entityTypeId"]):
        raise RestError("FIELD_NOT_FOUND", "Field not found")
    held = portal.store.duplicate_fields.having(**place)
    if not held and len(portal.store.duplicate_fields) >= SLOTS:
        raise RestError("MAX_TYPES_COUNT_EXCEEDED", "There is already a maximum number of volatile types")
    return {"id": (held[0] if held else portal.store.duplicate_fields.add({"id": None} | place))["id"]}


@method("crm.duplicate.volatileType.unregister", scope="crm", docs=FIELD_DOCS.format("unregister"), writes=True)
def volatile_unregister(portal, caller, params):
    administrators_only(portal, caller)
    if portal.store.duplicate_fields.remove(params.integer("id")) is None:
        raise RestError("TYPE_IS_NOT_ASSIGNED", "This type is not assigned")
    return True


def _kind(params: Params) -> int | None:
    params.need("entityTypeId")
    return params.integer("entityTypeId")


def _searchable(portal, type_id: int | None) -> dict[str, str]:
    """The texts of a kind of objects by the code of their field, with their titles."""
    if type_id not in ENTITIES.values():
        return {}
    entity = BY_TYPE_ID[type_id]
    own = [field for field in entity.fields.values() if field.kind in TEXTS and not field.read_only]
    custom = [field for field in userfields.definitions(portal, entity.uf_entity).values() if field.kind in TEXTS]
    return {field.upper: field.title for field in own} | {field.name: field.label or field.name for field in custom}


def _owners(portal, type_id: int, kind: str, sought: set[str]) -> list[int]:
    rows = portal.store.multifields.having(entityTypeId=type_id, typeId=kind)
    return sorted({row["entityId"] for row in rows if _comparable(kind, row["value"]) in sought})


def _comparable(kind: str, value: str) -> str:
    """An e-mail without regard to case; a phone as its digits, without the extension, 8 before ten digits being 7."""
    if kind == "EMAIL":
        return value.strip().casefold()
    digits = re.sub(r"\D", "", EXTENSION.sub("", value))
    return "7" + digits[1:] if len(digits) == 11 and digits[0] == "8" else digits


def _refused(text: str) -> RestError:
    return RestError(text, text)
