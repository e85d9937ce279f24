"""userfieldconfig.*: the same custom fields as crm.*.userfield.*, in camelCase; ids and sorts are strings.

Labels: the Russian one is that of crm.*.userfield.*, those of other languages stand beside it.
"""

import hashlib
import re

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..objects import rights, userfields
from ..objects.entities import BY_TYPE_ID
from ..php import as_list, as_map
from ..registry import Params, method
from .crm_userfield import LABELS, Owner, change_field, check_required, define_field, remove_field
from .crm_userfield_description import TYPES

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/userfieldconfig/userfieldconfig-{}.html"
ENTITIES = "LEAD DEAL CONTACT COMPANY QUOTE INVOICE SMART_INVOICE REQUISITE SMART_DOCUMENT SMART_B2E_DOC"
CRM_ENTITIES = {f"CRM_{name}" for name in ENTITIES.split()}
NEW_ENTITIES = {"CRM_SMART_INVOICE", "CRM_SMART_DOCUMENT"}
EVENTS = {entity.uf_entity: entity.event for entity in BY_TYPE_ID.values()} | {"CRM_REQUISITE": "ONCRMREQUISITE"}
MINE, OTHER_LANGUAGES = "ru", ("en",)
COLUMNS = {
    "id": "integer",
    "entityId": "string",
    "fieldName": "string",
    "userTypeId": "string",
    "xmlId": "string",
    "sort": "integer",
    "multiple": "boolean",
    "mandatory": "boolean",
    "showFilter": "boolean",
    "showInList": "boolean",
    "editInList": "boolean",
    "isSearchable": "boolean",
}
NUMBERS = ("id", "sort")
# What can be told of a new field, and changed in one that is there.
CHANGEABLE = ("xmlId", "sort", "mandatory", "showFilter", "isSearchable", "settings")
GIVEN = (*CHANGEABLE, "userTypeId", "fieldName", "multiple", "editInList")
GIVEN_LABELS = ("editFormLabel", "helpMessage")
DEFAULT_SETTINGS = {
    "string": {"SIZE": 20, "ROWS": 1, "REGEXP": "", "MIN_LENGTH": 0, "MAX_LENGTH": 0, "DEFAULT_VALUE": ""},
    "integer": {"SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None},
    "double": {"PRECISION": 2, "SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None},
    "boolean": {"DEFAULT_VALUE": 0, "DISPLAY": "CHECKBOX", "LABEL": ["", ""], "LABEL_CHECKBOX": ""},
    "datetime": {"DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""}, "USE_SECOND": "Y", "USE_TIMEZONE": "N"},
    "date": {"DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""}},
    "enumeration": {"DISPLAY": "LIST", "LIST_HEIGHT": 1, "CAPTION_NO_VALUE": "", "SHOW_NO_VALUE": "Y"},
    "crm": {"LEAD": "Y"},
}
ONLY_CRM = "only the module crm has fields"
LANGUAGES = "the portal speaks ru and en; where no Russian label is given, the first of the others stands for it"


def _upper(name: str) -> str:
    """`showInList` → `SHOW_IN_LIST`, the name of the same column in crm.*.userfield.*."""
    return re.sub("([A-Z])", r"_\1", name).upper()


def _camel(name: str) -> str:
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


STORED = Columns({_upper(name): kind for name, kind in COLUMNS.items()})


@method("userfieldconfig.getTypes", scope="userfieldconfig", docs=DOCS.format("get-types"), differs=ONLY_CRM)
def get_types(portal, caller, params):
    _crm_only(params)
    return {"types": {kind: {"userTypeId": kind, "description": title} for kind, title in TYPES.items()}}


@method("userfieldconfig.list", scope="userfieldconfig", docs=DOCS.format("list"), differs=ONLY_CRM)
def list_(portal, caller, params):
    """Labels only of the one language that `select` names, options never."""
    _crm_only(params)
    select = params.get("select")
    language = as_map(select).get("language")
    names = [str(name) for key, name in as_map(select).items() if key != "language"]
    of_crm = [*CRM_ENTITIES, *(f"CRM_{row['id']}" for row in portal.store.types.all())]
    asked = {"0": params.map("filter"), "@entityId": of_crm}
    where = parse(asked, lambda name, value: STORED.read(_upper(name), value))
    order = params.map("order") or {"sort": "ASC", "id": "ASC"}
    keys = ordering({_upper(str(name)): direction for name, direction in order.items()}, STORED.name)

    def show(row: dict) -> dict:
        chosen = list(COLUMNS) + ["settings"] if not names or "*" in names else ["id", *names]
        shown = {name: value for name, value in _settings(row).items() if name in chosen}
        return shown | (_labels_in(portal, row, str(language)) if language else {})

    return page(portal, portal.store.userfields, params, where, keys, show, wrap="fields")


@method("userfieldconfig.get", scope="userfieldconfig", docs=DOCS.format("get"), differs=ONLY_CRM)
def get(portal, caller, params):
    return {"field": _show(portal, _field(portal, params, "You do not have permission to view user field settings"))}


@method(
    "userfieldconfig.add",
    scope="userfieldconfig",
    docs=DOCS.format("add"),
    writes=True,
    differs=f"{ONLY_CRM}; {LANGUAGES}; showFilter reads as Y or N",
)
def add(portal, caller, params):
    """The name begins with UF_{entityId}_; labels of lists and error messages are not taken."""
    _crm_only(params)
    if not rights.changes_settings(portal):
        raise RestError("", "Access denied")
    field = params.fields("field")
    given = _given(field, GIVEN)
    check_required(given)
    entity_id, name = str(field.get("entityId") or ""), str(given["FIELD_NAME"])
    if not _exists(portal, entity_id) or not name.startswith(f"UF_{entity_id}_"):
        raise RestError("", "You cannot create custom fields")
    if portal.store.userfields.having(ENTITY_ID=entity_id, FIELD_NAME=name):
        raise RestError("", f"Field {name} for object {entity_id} already exists.")
    kind = str(given["USER_TYPE_ID"])
    if kind not in TYPES:
        raise RestError("", "Fail to create new user field")
    shown = {"SHOW_IN_LIST": "Y", "EDIT_IN_LIST": "Y"}
    given["SETTINGS"] = DEFAULT_SETTINGS.get(kind, {}) | as_map(given.get("SETTINGS"))
    given["LIST"] = _options(name, field.get("enum")) if kind == "enumeration" else []
    row_id = define_field(portal, entity_id, name, shown | given | _russian(field))
    row = portal.store.userfields.get(row_id)
    _write_labels(portal, row, field)
    _ring(portal, row, "ADD")
    if given["LIST"]:
        _ring(portal, row, "SETENUMVALUES")
    return {"field": _show(portal, row)}


@method(
    "userfieldconfig.update",
    scope="userfieldconfig",
    docs=DOCS.format("update"),
    writes=True,
    differs=f"{ONLY_CRM}; {LANGUAGES}",
)
def update(portal, caller, params):
    """Options change only together with userTypeId `enumeration`; what cannot change is silently left out."""
    row = _changeable(portal, params, "You cannot change the settings of the user field")
    field = params.map("field")
    given = _given(field, CHANGEABLE)
    if "SETTINGS" in given:
        given["SETTINGS"] = row["SETTINGS"] | as_map(given["SETTINGS"])
    tells = bool(given or _russian(field))
    if row["USER_TYPE_ID"] == field.get("userTypeId") == "enumeration" and "enum" in field:
        given["LIST"] = _options(row["FIELD_NAME"], field["enum"])
    change_field(portal, row, given | _russian(field))
    _write_labels(portal, row, field)
    if tells:
        _ring(portal, row, "UPDATE")
    if "LIST" in given:
        _ring(portal, row, "SETENUMVALUES")
    return {"field": _show(portal, row)}


@method("userfieldconfig.delete", scope="userfieldconfig", docs=DOCS.format("delete"), writes=True, differs=ONLY_CRM)
def delete(portal, caller, params):
    row = _changeable(portal, params, "You cannot delete the user field")
    remove_field(portal, row)
    portal.store.userfield_labels.remove_having(FIELD_ID=row["ID"])
    _ring(portal, row, "DELETE")
    return None


def _crm_only(params: Params) -> None:
    if params.need("moduleId") != "crm":
        raise RestError("", "No settings for UserFieldAccess")


def _field(portal, params: Params, refusal: str) -> dict:
    _crm_only(params)
    params.need("id")
    row = portal.store.userfields.get(params.integer("id"))
    if row is None or not _exists(portal, row["ENTITY_ID"]):
        raise RestError("", refusal)
    return row


def _changeable(portal, params: Params, refusal: str) -> dict:
    row = _field(portal, params, refusal)
    if not rights.changes_settings(portal):
        raise RestError("", refusal)
    return row


def _exists(portal, entity_id: str) -> bool:
    """Whether the CRM knows such objects; those of a smart process are called by the `id` of its type."""
    number = entity_id.removeprefix("CRM_")
    return entity_id in CRM_ENTITIES or (number.isascii() and number.isdigit() and int(number) in portal.store.types)


def _given(field: dict, names: tuple) -> dict:
    return {_upper(name): field[name] for name in names if name in field}


def _options(field_name: str, given: object) -> list[dict]:
    """Options by the names of crm.*.userfield.*; a new one without an outer key gets one."""
    options = [{str(name).upper(): value for name, value in as_map(option).items()} for option in as_list(given)]
    for option in options:
        given = {"XML_ID": option.pop("XMLID")} if "XMLID" in option else {}
        option |= given if option.get("ID") else {"XML_ID": _outer_key(field_name, option), "DEF": "N"} | option | given
    return options


def _outer_key(field_name: str, option: dict) -> str:
    return hashlib.md5(f"{field_name}{option.get('VALUE')}".encode(), usedforsecurity=False).hexdigest()


def _russian(field: dict) -> dict:
    return {_upper(name): field[name] for name in GIVEN_LABELS if name in field}


def _write_labels(portal, row: dict, field: dict) -> None:
    """Labels of the other languages; a text without languages is meant for all of them."""
    for name in GIVEN_LABELS:
        if name not in field:
            continue
        several = as_map(field[name]) or dict.fromkeys(OTHER_LANGUAGES, field[name])
        for language, text in several.items():
            if language != MINE:
                _write_label(portal, row, str(language), _upper(name), str(text) if text else None)


def _write_label(portal, row: dict, language: str, name: str, text: str | None) -> None:
    table = portal.store.userfield_labels
    held = table.having(FIELD_ID=row["ID"], LANGUAGE=language)
    if held:
        table.update(held[0]["ID"], {name: text})
    elif text:
        table.add({"ID": None, "FIELD_ID": row["ID"], "LANGUAGE": language, **dict.fromkeys(LABELS), name: text})


def _labels(portal, row: dict) -> dict[str, dict]:
    """The labels by language."""
    others = portal.store.userfield_labels.having(FIELD_ID=row["ID"])
    return {MINE: row} | {other["LANGUAGE"]: other for other in others}


def _labels_in(portal, row: dict, language: str) -> dict:
    """The labels of one language; where there is none of a kind, nothing instead of a map."""
    held = _labels(portal, row).get(language, {})
    shown = {_camel(name): {language: held[name]} if held.get(name) else None for name in LABELS}
    return {"languageId": {language: language}} | shown


def _settings(row: dict) -> dict:
    shown = {name: row[_upper(name)] for name in COLUMNS}
    return shown | {name: str(shown[name]) for name in NUMBERS} | {"settings": row["SETTINGS"]}


def _show(portal, row: dict) -> dict:
    labels = _labels(portal, row)
    shown = _settings(row) | {"languageId": {language: language for language in labels}}
    shown |= {_camel(name): {language: held[name] for language, held in labels.items()} for name in LABELS}
    if row["USER_TYPE_ID"] == "enumeration":
        options = userfields.options(portal, row["ENTITY_ID"], row["FIELD_NAME"])
        shown["enum"] = [_option(row, option) for option in options]
    return shown


def _option(row: dict, option: dict) -> dict:
    return {
        "id": str(option["ID"]),
        "userFieldId": str(row["ID"]),
        "value": option["VALUE"],
        "def": option["DEF"],
        "sort": str(option["SORT"]),
        "xmlId": option["XML_ID"],
    }


def _ring(portal, row: dict, verb: str) -> None:
    """Old kinds of objects have events of their own, smart processes and the new kinds share theirs."""
    entity_id = row["ENTITY_ID"]
    of_type = entity_id not in CRM_ENTITIES or entity_id in NEW_ENTITIES
    Owner("", entity_id, "", "ONCRMTYPE" if of_type else EVENTS.get(entity_id, "")).ring(portal, row, verb)
