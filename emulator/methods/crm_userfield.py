"""crm.deal.userfield.*, crm.contact.userfield.*, crm.company.userfield.*: definitions of custom fields."""

import re

from .. import userfields
from ..entities import BY_TYPE_ID, Entity
from ..errors import RestError
from ..filters import in_order, ordering, parse
from ..listing import Columns
from ..php import as_list, as_map
from ..registry import Page, method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}/{}crm-{}-userfield-{}.html"
FOLDERS = {
    "deal": ("deals", "user-defined-fields/"),
    "contact": ("contacts", "userfield/"),
    "company": ("companies", "userfields/"),
}
MAX_NAME = 50
FLAGS = ("MULTIPLE", "MANDATORY", "SHOW_FILTER", "SHOW_IN_LIST", "EDIT_IN_LIST", "IS_SEARCHABLE")
LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE")
FILTERS = Columns(
    {"ID": "integer", "SORT": "integer"}
    | dict.fromkeys(("ENTITY_ID", "FIELD_NAME", "USER_TYPE_ID", "XML_ID", *FLAGS), "string")
)
# A `crm` field that says nothing about what it may refer to refers to leads.
DEFAULT_SETTINGS = {"crm": {"LEAD": "Y"}}


def _declare(entity: Entity) -> None:
    def docs(verb: str) -> str:
        folder, inner = FOLDERS[entity.code]
        return DOCS.format(folder, inner, entity.code, verb)

    prefix = f"crm.{entity.code}.userfield"

    @method(f"{prefix}.list", scope="crm", docs=docs("list"))
    def list_(portal, caller, params):
        """Labels come only with filter LANG."""
        given = params.map("filter")
        where = parse(given | {"ENTITY_ID": entity.uf_entity}, FILTERS.read)
        keys = ordering(params.map("order"), FILTERS.name)
        rows = in_order(portal.store.userfields.find(where), keys, "ID")
        shown = [_show(portal, row, labels="LANG" in given) for row in rows]
        return Page(shown, len(shown))

    @method(f"{prefix}.get", scope="crm", docs=docs("get"))
    def get(portal, caller, params):
        return _show(portal, _held(portal, entity, params), labels=True)

    @method(f"{prefix}.add", scope="crm", docs=docs("add"), writes=True)
    def add(portal, caller, params):
        return add_field(portal, entity, params.fields())

    @method(f"{prefix}.update", scope="crm", docs=docs("update"), writes=True)
    def update(portal, caller, params):
        row, given = _held(portal, entity, params), params.fields()
        portal.store.userfields.update(row["ID"], _written(given))
        _write_options(portal, row, as_list(given.get("LIST")))
        portal.userfield_cache.clear()
        return True

    @method(f"{prefix}.delete", scope="crm", docs=docs("delete"), writes=True)
    def delete(portal, caller, params):
        row = _held(portal, entity, params)
        for option in userfields.options(portal, row["FIELD_NAME"]):
            portal.store.enum_options.remove(option["ID"])
        portal.store.userfields.remove(row["ID"])
        portal.userfield_cache.clear()
        return True


def add_field(portal, entity: Entity, given: dict) -> int:
    """A new definition; the name gets its UF_CRM_ prefix."""
    if not given.get("USER_TYPE_ID"):
        raise RestError("", "The 'USER_TYPE_ID' field is not found.")
    if not given.get("FIELD_NAME"):
        raise RestError("", "The 'FIELD_NAME' field is not found.")
    name = "UF_CRM_" + str(given["FIELD_NAME"]).upper().removeprefix("UF_CRM_")
    _check_name(portal, entity, name)
    if given["USER_TYPE_ID"] not in userfields.TYPES:
        raise RestError("ERROR_CORE", "Incorrect custom type specified.<br>")
    row = portal.store.userfields.add(
        {
            "ID": None,
            "ENTITY_ID": entity.uf_entity,
            "FIELD_NAME": name,
            "USER_TYPE_ID": given["USER_TYPE_ID"],
            "XML_ID": None,
            "SORT": 100,
            **dict.fromkeys(FLAGS, "N"),
            **dict.fromkeys(LABELS),
            "SETTINGS": DEFAULT_SETTINGS.get(given["USER_TYPE_ID"], {}),
            **_written(given),
        }
    )
    if given["USER_TYPE_ID"] == "boolean":
        row["MULTIPLE"] = "N"
    _write_options(portal, row, as_list(given.get("LIST")))
    portal.userfield_cache.clear()
    return row["ID"]


def _check_name(portal, entity: Entity, name: str) -> None:
    if len(name) > MAX_NAME:
        raise RestError("ERROR_CORE", "Field name is too long (more than 50 characters).<br>")
    if not re.fullmatch(r"[A-Z0-9_]+", name):
        raise RestError(
            "ERROR_CORE", "Field name contains invalid characters. Allowed characters are: A-Z, 0-9 and _.<br>"
        )
    if portal.store.userfields.having(ENTITY_ID=entity.uf_entity, FIELD_NAME=name):
        raise RestError("ERROR_CORE", f"Field {name} for object {entity.uf_entity} already exists.<br>")


def _written(given: dict) -> dict:
    values: dict = {name: flag(given[name]) for name in FLAGS if name in given}
    values |= {name: _label(given[name]) for name in LABELS if name in given}
    if "LABEL" in given and not values.get("EDIT_FORM_LABEL"):
        values["EDIT_FORM_LABEL"] = str(given["LABEL"])
    if "SORT" in given:
        values["SORT"] = whole(given["SORT"], 100)
    if "XML_ID" in given:
        values["XML_ID"] = given["XML_ID"]
    if "SETTINGS" in given:
        values["SETTINGS"] = as_map(given["SETTINGS"])
    return values


def _label(given: object) -> str | None:
    """A label for all languages, or the Russian one of several."""
    several = as_map(given)
    if several:
        return str(several.get("ru") or next(iter(several.values())))
    return str(given) if given else None


def _write_options(portal, row: dict, given: list) -> None:
    """Options of an enumeration: new ones, changed ones (by ID), deleted ones (DEL=Y). Ids come from one counter."""
    table = portal.store.enum_options
    for entry in map(as_map, given):
        held = table.get(whole(entry.get("ID")))
        if held is not None and entry.get("DEL") == "Y":
            table.remove(held["ID"])
            continue
        values = {name: entry[name] for name in ("VALUE", "DEF", "XML_ID") if name in entry}
        values["SORT"] = whole(entry.get("SORT"), held["SORT"] if held else 500)
        if held is not None:
            table.update(held["ID"], values)
        elif entry.get("VALUE"):
            fresh = {"ID": None, "ENTITY_ID": row["ENTITY_ID"], "FIELD_NAME": row["FIELD_NAME"], "DEF": "N"}
            table.add(fresh | {"XML_ID": None} | values)


def _held(portal, entity: Entity, params) -> dict:
    row = portal.store.userfields.get(params.integer("id"))
    if row is None or row["ENTITY_ID"] != entity.uf_entity:
        raise RestError("ERROR_NOT_FOUND", "The entity with ID is not found.")
    return row


def _show(portal, row: dict, labels: bool) -> dict:
    shown = {name: value for name, value in row.items() if labels or name not in LABELS}
    shown |= {"ID": str(row["ID"]), "SORT": str(row["SORT"])}
    if row["USER_TYPE_ID"] == "enumeration":
        shown["LIST"] = [
            {
                "ID": str(option["ID"]),
                "SORT": str(option["SORT"]),
                "VALUE": option["VALUE"],
                "DEF": option["DEF"],
                "XML_ID": option["XML_ID"],
            }
            for option in userfields.options(portal, row["FIELD_NAME"])
        ]
    return shown


for _entity in BY_TYPE_ID.values():
    _declare(_entity)
