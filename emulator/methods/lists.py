"""lists.*: universal lists, and what their fields, elements and sections share: whose list it is and who may what."""

import re

from ..errors import RestError
from ..filters import Condition, Where, ordering
from ..listing import as_text, page
from ..objects import list_elements, universal_lists
from ..objects.universal_lists import FULL, LEVELS, MESSAGES, OF_GROUPS, READ, TYPES
from ..php import as_map
from ..registry import Page, Params, method
from ..values import flag, in_portal_form

DOCS = "https://apidocs.bitrix24.com/api-reference/lists/lists/lists-{}.html"
NO_GROUPS = "a workgroup is a number that nobody checks, and its members have no rights by it"
CODE_OF_RIGHTS = re.compile(r"\*|(U|D|DR)\d+")
SORTED_BY = ("ID", "IBLOCK_TYPE", "NAME", "CODE", "SORT", "TIMESTAMP_X")
LABELS = ("SECTIONS_NAME", "SECTION_NAME", "ELEMENTS_NAME", "ELEMENT_NAME")
# What every list answers alike.
ALIKE = {
    "LID": "s1",
    "API_CODE": None,
    "ACTIVE": "Y",
    "LIST_PAGE_URL": None,
    "DETAIL_PAGE_URL": None,
    "SECTION_PAGE_URL": None,
    "CANONICAL_PAGE_URL": None,
    "DESCRIPTION_TYPE": "text",
    "RSS_TTL": "24",
    "RSS_ACTIVE": "Y",
    "RSS_FILE_ACTIVE": "N",
    "RSS_FILE_LIMIT": None,
    "RSS_FILE_DAYS": None,
    "RSS_YANDEX_ACTIVE": "N",
    "XML_ID": None,
    "TMP_ID": None,
    "INDEX_ELEMENT": "Y",
    "INDEX_SECTION": "N",
    "WORKFLOW": "N",
    "SECTION_CHOOSER": "L",
    "LIST_MODE": None,
    "RIGHTS_MODE": "E",
    "SECTION_PROPERTY": None,
    "PROPERTY_INDEX": None,
    "VERSION": "1",
    "LAST_CONV_ELEMENT": "0",
    "EDIT_FILE_BEFORE": None,
    "EDIT_FILE_AFTER": None,
    "REST_ON": "N",
    "FULLTEXT_INDEX": "N",
    "EXTERNAL_ID": None,
    "LANG_DIR": "/",
    "SERVER_NAME": None,
}


@method("lists.add", scope="lists", docs=DOCS.format("add"), writes=True, differs=NO_GROUPS)
def add(portal, caller, params):
    """Administrators only; RIGHTS of anybody by `U2`, `D5`, `DR5` or `*`."""
    need(params, "IBLOCK_TYPE_ID", "IBLOCK_CODE", "FIELDS")
    values, type_id, code = _written(portal, params), params.text("IBLOCK_TYPE_ID"), params.text("IBLOCK_CODE")
    if not portal.is_admin(caller.user_id) or type_id not in TYPES:
        raise denied()
    if universal_lists.find(portal, type_id, None, code):
        raise RestError("ERROR_IBLOCK_ALREADY_EXISTS", "Iblock already exists")
    values |= {"MESSAGES": MESSAGES | _messages(params)}
    if _rights(params):
        values["RIGHTS"] = _rights(params)
    return universal_lists.make(portal, caller.user_id, type_id, code, values)["ID"]


@method("lists.get", scope="lists", docs=DOCS.format("get"), differs=NO_GROUPS)
def get(portal, caller, params) -> Page:
    """The lists of a type that the caller may read, the newest first; lists of a group only with that group."""
    need(params, "IBLOCK_TYPE_ID")
    type_id, group = params.text("IBLOCK_TYPE_ID"), params.integer("SOCNET_GROUP_ID")
    if type_id not in TYPES or (type_id == OF_GROUPS and not group):
        raise denied()
    equal = {"IBLOCK_TYPE": type_id} | ({"SOCNET_GROUP_ID": group} if group else {}) | _named(params)
    found = portal.store.lists.having(**equal)
    readable = {row["ID"] for row in found if universal_lists.may(portal, caller.user_id, row, READ)}
    if _named(params) and found and not readable:
        raise denied()
    keys = ordering(params.map("IBLOCK_ORDER"), _sorted_by) or [("ID", True)]
    where = Where((Condition("@", "ID", tuple(readable)),))
    return page(portal, portal.store.lists, params, where, keys, show)


@method("lists.update", scope="lists", docs=DOCS.format("update"), writes=True, differs=NO_GROUPS)
def update(portal, caller, params):
    """Rights are added for those who have none yet; those that are there stay."""
    row = opened(portal, caller, params, FULL, "FIELDS")
    values = _written(portal, params, row) | {"TIMESTAMP_X": portal.clock.iso()}
    values |= {"MESSAGES": row["MESSAGES"] | _messages(params), "RIGHTS": _rights(params) | row["RIGHTS"]}
    portal.store.lists.update(row["ID"], values)
    return True


@method("lists.delete", scope="lists", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    universal_lists.remove(portal, opened(portal, caller, params, FULL))
    return True


@method("lists.get.iblock.type.id", scope="lists", docs=DOCS.format("get-iblock-type-id"))
def type_of(portal, caller, params):
    """By id or code; nothing for a list that is not there."""
    named = _named(params)
    found = portal.store.lists.having(**named) if named else []
    return found[0]["IBLOCK_TYPE"] if found else None


def need(params: Params, *names: str) -> None:
    """A name with a dot is that of a value inside: FIELDS.NAME; of two names with a bar one is enough."""
    for name in names:
        if all(_value(params, one) in (None, "", [], {}) for one in name.split("|")):
            missed = name.partition("|")[0].rpartition(".")[2]
            raise RestError("ERROR_REQUIRED_PARAMETERS_MISSING", f"Required parameter `{missed}` is missing")


def opened(portal, caller, params: Params, level: str, *required: str) -> dict:
    """The list that the parameters name, for who has that right to it."""
    need(
        params, "IBLOCK_TYPE_ID", "IBLOCK_ID|IBLOCK_CODE", *required, *(["FIELDS.NAME"] if "FIELDS" in required else [])
    )
    named = params.integer("IBLOCK_ID"), params.text("IBLOCK_CODE")
    row = universal_lists.find(portal, params.text("IBLOCK_TYPE_ID"), *named)
    if row is None:
        raise RestError("ERROR_IBLOCK_NOT_FOUND", "Iblock not found")
    if not universal_lists.may(portal, caller.user_id, row, level):
        raise denied()
    return row


def denied() -> RestError:
    return RestError("ACCESS_DENIED", "Access denied")


def show(row: dict) -> dict:
    """A list as lists.get answers it, all in strings."""
    own = ("ID", "CODE", "NAME", "SORT", "PICTURE", "DESCRIPTION", "BIZPROC", "SOCNET_GROUP_ID")
    shown = {name: as_text(row[name]) for name in own} | {name: row["MESSAGES"][name] for name in LABELS}
    stamps = {"TIMESTAMP_X": in_portal_form(row["TIMESTAMP_X"]), "IBLOCK_TYPE_ID": row["IBLOCK_TYPE"]}
    return ALIKE | shown | stamps


def _value(params: Params, name: str) -> object:
    outer, _, inner = name.partition(".")
    return Params(params.map(outer)).get(inner) if inner else params.get(outer)


def _named(params: Params) -> dict:
    if params.get("IBLOCK_ID") not in (None, ""):
        return {"ID": params.integer("IBLOCK_ID", 0)}
    return {"CODE": params.text("IBLOCK_CODE")} if params.text("IBLOCK_CODE") else {}


def _sorted_by(name: str) -> str | None:
    return name.upper() if name.upper() in SORTED_BY else None


def _written(portal, params: Params, held: dict | None = None) -> dict:
    need(params, "FIELDS.NAME")
    given = Params(params.map("FIELDS"))
    values: dict[str, object] = {"NAME": given.text("NAME")}
    if given.get("DESCRIPTION") is not None:
        values["DESCRIPTION"] = given.text("DESCRIPTION")
    if given.integer("SORT") is not None:
        values["SORT"] = given.integer("SORT")
    if given.get("BIZPROC") is not None:
        values["BIZPROC"] = flag(given.get("BIZPROC"))
    if params.integer("SOCNET_GROUP_ID") is not None:
        values["SOCNET_GROUP_ID"] = params.integer("SOCNET_GROUP_ID")
    return values | {"PICTURE": list_elements.picture(portal, given.get("PICTURE"), held and held["PICTURE"])}


def _messages(params: Params) -> dict[str, str]:
    given = Params(params.map("MESSAGES"))
    return {name: given.text(name) for name in MESSAGES if given.text(name)}


def _rights(params: Params) -> dict[str, str]:
    given = as_map(params.get("RIGHTS"))
    return {code: level for code, level in given.items() if CODE_OF_RIGHTS.fullmatch(str(code)) and _is_level(level)}


def _is_level(level: object) -> bool:
    return isinstance(level, str) and len(level) == 1 and level in LEVELS
