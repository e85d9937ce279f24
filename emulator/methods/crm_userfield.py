"""crm.{lead,deal,contact,company,quote,requisite}.userfield.*: definitions of custom fields."""

import re
from dataclasses import dataclass

from ..errors import RestError
from ..filters import in_order, ordering, parse
from ..listing import Columns
from ..objects import rights, userfields
from ..objects.entities import BY_CODE, Entity
from ..php import as_list, as_map
from ..registry import Page, method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}/crm-{}-userfield-{{}}.html"
REQUISITE_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/user-fields/crm-requisite-userfield-{}.html"
FOLDERS = {
    "lead": "leads/userfield",
    "deal": "deals/user-defined-fields",
    "contact": "contacts/userfield",
    "company": "companies/userfields",
}
QUOTE_DOCS = "https://apidocs.bitrix24.com/api-reference/crm/quote/user-field/crm-quote-user-field-{}.html"
REQUISITE_TYPES = frozenset({"string", "boolean", "double", "datetime"})
LANGUAGES = (
    "ar",
    "br",
    "de",
    "en",
    "fr",
    "hi",
    "id",
    "in",
    "it",
    "ja",
    "kz",
    "la",
    "ms",
    "pl",
    "ru",
    "sc",
    "tc",
    "th",
    "tr",
    "ua",
    "vn",
)
MAX_NAME = 50
FLAGS = ("MULTIPLE", "MANDATORY", "SHOW_FILTER", "SHOW_IN_LIST", "EDIT_IN_LIST", "IS_SEARCHABLE")
LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE")
FILTERS = Columns(
    {"ID": "integer", "SORT": "integer"}
    | dict.fromkeys(("ENTITY_ID", "FIELD_NAME", "USER_TYPE_ID", "XML_ID", *FLAGS), "string")
)
# A `crm` field that says nothing about what it may refer to refers to leads.
DEFAULT_SETTINGS = {"crm": {"LEAD": "Y"}}


@dataclass(frozen=True)
class Owner:
    """Whose fields they are: the page of a method, the types they can have, the events that tell of them (none where
    there are none)."""

    prefix: str
    uf_entity: str
    page: str
    event: str = ""
    types: frozenset[str] = userfields.TYPES

    def ring(self, portal, row: dict, verb: str) -> None:
        if self.event:
            fields = {"ID": str(row["ID"]), "ENTITY_ID": row["ENTITY_ID"], "FIELD_NAME": row["FIELD_NAME"]}
            portal.events.ring(f"{self.event}USERFIELD{verb}", {"FIELDS": fields})


def _declare(owner: Owner) -> None:
    prefix, docs = f"{owner.prefix}.userfield", owner.page.format

    @method(f"{prefix}.list", scope="crm", docs=docs("list"))
    def list_(portal, caller, params):
        """Labels come only with filter LANG."""
        return shown_fields(portal, owner.uf_entity, params)

    @method(f"{prefix}.get", scope="crm", docs=docs("get"), differs="labels are the same in all languages")
    def get(portal, caller, params):
        row = _held(portal, owner, params)
        return show(portal, row, labels=True) | {name: dict.fromkeys(LANGUAGES, row[name] or "") for name in LABELS}

    @method(f"{prefix}.add", scope="crm", docs=docs("add"), writes=True)
    def add(portal, caller, params):
        _check_rights(portal)
        given = params.fields()
        row_id = _add(portal, owner.uf_entity, given, owner.types)
        owner.ring(portal, portal.store.userfields.get(row_id), "ADD")
        return row_id

    @method(f"{prefix}.update", scope="crm", docs=docs("update"), writes=True)
    def update(portal, caller, params):
        _check_rights(portal, 403)
        row, given = _held(portal, owner, params), params.fields()
        _check_list(given)
        change_field(portal, row, given)
        owner.ring(portal, row, "UPDATE")
        if "LIST" in given and row["USER_TYPE_ID"] == "enumeration":
            owner.ring(portal, row, "SETENUMVALUES")
        return True

    @method(f"{prefix}.delete", scope="crm", docs=docs("delete"), writes=True)
    def delete(portal, caller, params):
        _check_rights(portal, 403)
        row = _held(portal, owner, params)
        remove_field(portal, row)
        owner.ring(portal, row, "DELETE")
        return True


def _check_rights(portal, status: int = 400) -> None:
    if not rights.changes_settings(portal):
        raise RestError("", "Access denied.", status)


def add_field(portal, entity: Entity, given: dict) -> int:
    """A new definition; the name gets its UF_CRM_ prefix."""
    return _add(portal, entity.uf_entity, given, userfields.TYPES)


def _add(portal, uf_entity: str, given: dict, types: frozenset[str]) -> int:
    """LABEL stands for every label that is not given."""
    check_required(given)
    if given["USER_TYPE_ID"] not in types:
        raise RestError("ERROR_CORE", "Incorrect custom type specified.<br>")
    _check_list(given)
    name = "UF_CRM_" + str(given["FIELD_NAME"]).upper().removeprefix("UF_").removeprefix("CRM_")
    labels = dict.fromkeys(LABELS, given["LABEL"]) if given.get("LABEL") else {}
    return define_field(portal, uf_entity, name, labels | given)


def _check_list(given: dict) -> None:
    """External codes of options are unique within a field."""
    codes = [str(as_map(entry)["XML_ID"]) for entry in as_list(given.get("LIST")) if as_map(entry).get("XML_ID")]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice is not None:
        raise RestError("ERROR_CORE", f"List item with XML_ID={twice} already exists.<br>")


def check_required(given: dict) -> None:
    for name in ("USER_TYPE_ID", "FIELD_NAME"):
        if not given.get(name):
            raise RestError("", f"The '{name}' field is not found.")


def define_field(portal, uf_entity: str, name: str, given: dict) -> int:
    """A new definition under exactly that name."""
    _check_name(portal, uf_entity, name)
    if given["USER_TYPE_ID"] not in userfields.TYPES:
        raise RestError("ERROR_CORE", "Incorrect custom type specified.<br>")
    row = portal.store.userfields.add(
        {
            "ID": None,
            "ENTITY_ID": uf_entity,
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


def change_field(portal, row: dict, given: dict) -> None:
    portal.store.userfields.update(row["ID"], _written(given))
    _write_options(portal, row, as_list(given.get("LIST")))
    portal.userfield_cache.clear()


def remove_field(portal, row: dict) -> None:
    """The definition and its options."""
    for option in userfields.options(portal, row["ENTITY_ID"], row["FIELD_NAME"]):
        portal.store.enum_options.remove(option["ID"])
    portal.store.userfields.remove(row["ID"])
    portal.userfield_cache.clear()


def _check_name(portal, uf_entity: str, name: str) -> None:
    if len(name) > MAX_NAME:
        raise RestError("ERROR_CORE", "Field name is too long (more than 50 characters).<br>")
    if not re.fullmatch(r"[A-Z0-9_]+", name):
        raise RestError(
            "ERROR_CORE", "Field name contains invalid characters. Allowed characters are: A-Z, 0-9 and _.<br>"
        )
    if portal.store.userfields.having(ENTITY_ID=uf_entity, FIELD_NAME=name):
        raise RestError("ERROR_CORE", f"Field {name} for object {uf_entity} already exists.<br>")


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
    """Options of an enumeration: new ones, changed ones (by ID), deleted ones (DEL=Y). Ids come from one counter; that of
    another field's option means nothing here."""
    table = portal.store.enum_options
    own = {option["ID"]: option for option in userfields.options(portal, row["ENTITY_ID"], row["FIELD_NAME"])}
    for entry in map(as_map, given):
        held = own.get(whole(entry.get("ID")))
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


def _held(portal, owner: Owner, params) -> dict:
    row_id = params.integer("id", 0)
    if row_id <= 0:
        raise RestError("", "ID is not defined or invalid.")
    row = portal.store.userfields.get(row_id)
    if row is None:
        raise RestError("ERROR_NOT_FOUND", f"The entity with ID '{row_id}' is not found.")
    if row["ENTITY_ID"] != owner.uf_entity:
        raise RestError("", "Access denied.", 403)
    return row


def shown_fields(portal, uf_entity: str, params) -> Page:
    """The definitions of one kind of objects, unpaged."""
    given = params.map("filter")
    where = parse(given | {"ENTITY_ID": uf_entity}, FILTERS.read)
    keys = ordering(params.map("order"), FILTERS.name)
    rows = in_order(portal.store.userfields.find(where), keys, "ID")
    shown = [show(portal, row, labels="LANG" in given) for row in rows]
    return Page(shown, len(shown))


def show(portal, row: dict, labels: bool) -> dict:
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
            for option in userfields.options(portal, row["ENTITY_ID"], row["FIELD_NAME"])
        ]
    return shown


for _code in (*FOLDERS, "quote"):
    _page = DOCS.format(FOLDERS[_code], _code) if _code in FOLDERS else QUOTE_DOCS
    _declare(Owner(f"crm.{_code}", BY_CODE[_code].uf_entity, _page, BY_CODE[_code].event))
_declare(Owner("crm.requisite", "CRM_REQUISITE", REQUISITE_DOCS, "ONCRMREQUISITE", REQUISITE_TYPES))
