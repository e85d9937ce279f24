"""lists.element.*: the rows of a universal list."""

from ..errors import RestError
from ..filters import Condition, Where, ordering, parse, split_prefix
from ..listing import Columns, as_text, page
from ..objects import list_elements, universal_lists
from ..objects.list_kinds import is_custom, kind_of, stored_kind
from ..objects.universal_lists import ADD, EDIT, READ
from ..registry import Page, Params, method
from ..values import in_portal_form
from .lists import need, opened
from .user import full_name

DOCS = "https://apidocs.bitrix24.com/api-reference/lists/elements/lists-element-{}.html"
ELEMENT = "ELEMENT_ID|ELEMENT_CODE"
COLUMNS = {
    "ID": "integer",
    "CODE": "string",
    "NAME": "string",
    "IBLOCK_SECTION_ID": "integer",
    "CREATED_BY": "user",
    "CREATED_USER_NAME": "string",
    "ACTIVE_TO": "datetime",
    "BP_PUBLISHED": "char",
    "DATE_CREATE": "datetime",
    "PREVIEW_TEXT": "string",
    "DETAIL_TEXT": "string",
    "SORT": "integer",
    "PREVIEW_TEXT_TYPE": "string",
    "DETAIL_TEXT_TYPE": "string",
}
NOT_FILTERS = frozenset({"ID", "CODE", "CREATED_USER_NAME"})
NOT_SORTED = frozenset({"PREVIEW_TEXT", "DETAIL_TEXT", "IBLOCK_SECTION_ID", "CREATED_USER_NAME"})
TYPES_NOT_SORTED = frozenset({"S:Money", "S:ECrm", "S:DiskFile"})
FIXED = {"BP_PUBLISHED": "Y", "PREVIEW_TEXT_TYPE": "text", "DETAIL_TEXT_TYPE": "text"}
LENIENT = "a value that is none of the choices of a field of the type List is left out"


@method(
    "lists.element.add",
    scope="lists",
    docs=DOCS.format("add"),
    writes=True,
    differs=f"{LENIENT}; LIST_ELEMENT_URL leads nowhere",
)
def add(portal, caller, params):
    """ELEMENT_CODE is unique within its list."""
    row = opened(portal, caller, params, ADD, "ELEMENT_CODE", "FIELDS")
    code, given = params.text("ELEMENT_CODE"), params.fields("FIELDS")
    if portal.store.list_elements.having(LIST_ID=row["ID"], CODE=code):
        raise RestError("ERROR_ELEMENT_ALREADY_EXISTS", "Element already exists")
    section = params.integer("IBLOCK_SECTION_ID") or None
    if section and not portal.store.list_sections.having(LIST_ID=row["ID"], ID=section):
        raise RestError("ERROR_ADD_ELEMENT", "Раздел не найден.")
    properties = _properties(portal, row)
    values = list_elements.read(portal, properties, given, {}, "ERROR_ADD_ELEMENT")
    now, author = portal.clock.iso(), caller.user_id
    element = {"ID": None, "LIST_ID": row["ID"], "CODE": code, "NAME": _name(given), "IBLOCK_SECTION_ID": section}
    element |= {"CREATED_BY": author, "MODIFIED_BY": author, "DATE_CREATE": now, "TIMESTAMP_X": now}
    made = portal.store.list_elements.add(element | FIXED)
    list_elements.write(portal, properties, made, values, given)
    return made["ID"]


@method(
    "lists.element.get",
    scope="lists",
    docs=DOCS.format("get"),
    differs="properties without a value are not shown; the filter knows what its table lists, so neither ID nor CODE",
)
def get(portal, caller, params) -> Page:
    """A property is a map of its values by their ids; a plain filter of a text with % is a mask."""
    row = opened(portal, caller, params, READ)
    properties = _properties(portal, row)
    columns = Columns(COLUMNS | {field["FIELD_ID"]: stored_kind(kind_of(field)) for field in properties})
    names = columns.chosen(params.list("SELECT"))
    keys = ordering(params.map("ELEMENT_ORDER"), lambda name: _sorted_by(columns, properties, name))
    where = Where(
        _asked(row, params), (parse(masked(columns, params.map("FILTER")), lambda *one: _read(columns, *one)),)
    )
    return page(
        portal, portal.store.list_elements, params, where, keys, lambda one: _show(portal, properties, one, names)
    )


@method("lists.element.update", scope="lists", docs=DOCS.format("update"), writes=True, differs=LENIENT)
def update(portal, caller, params):
    """Everything that is not given is cleared, but for files: `PROPERTY_7_DEL: {"<id of the value>": "Y"}` removes one."""
    row = opened(portal, caller, params, EDIT, ELEMENT, "FIELDS")
    element, properties, given = _element(portal, row, params), _properties(portal, row), params.fields("FIELDS")
    values = list_elements.read(portal, properties, given, element, "ERROR_UPDATE_ELEMENT")
    values |= {"NAME": _name(given), "MODIFIED_BY": caller.user_id, "TIMESTAMP_X": portal.clock.iso()}
    list_elements.write(portal, properties, element, values, given)
    return True


@method("lists.element.delete", scope="lists", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = opened(portal, caller, params, EDIT, ELEMENT)
    list_elements.remove(portal, _element(portal, row, params))
    return True


@method("lists.element.get.file.url", scope="lists", docs=DOCS.format("get-file-url"))
def file_url(portal, caller, params):
    """Addresses that open for who is signed in, not for a webhook."""
    row = opened(portal, caller, params, READ, ELEMENT, "FIELD_ID")
    element = _element(portal, row, params)
    number = params.text("FIELD_ID").removeprefix("PROPERTY_")
    field = universal_lists.field_named(portal, row, f"PROPERTY_{number}")
    values = [value["VALUE"] for value in list_elements.held_values(portal, element, field)] if field else []
    if field and kind_of(field) == "disk":
        return [f"/bitrix/tools/disk/uf.php?attachedId={value}&action=download&ncc=1" for value in values]
    if not field or kind_of(field) != "file":
        return []
    place = f"/company/lists/{row['ID']}/file/{element['IBLOCK_SECTION_ID'] or 0}/{element['ID']}/{field['FIELD_ID']}"
    return [f"{place}/{value}/?ncc=y&download=y" for value in values]


def masked(columns: Columns, given: dict) -> dict:
    """A filter in which a text with % under a name without a prefix is a mask."""
    return {f"=%{name}" if _is_mask(columns, name, value) else name: value for name, value in given.items()}


def _is_mask(columns: Columns, key: str, value: object) -> bool:
    prefix, name = split_prefix(key)
    return prefix == "=" and name == key and columns.get(name) == "string" and isinstance(value, str) and "%" in value


def _properties(portal, row: dict) -> list[dict]:
    return [field for field in universal_lists.fields_of(portal, row) if is_custom(field)]


def _name(given: dict) -> str:
    return Params(given).text("NAME")


def _element(portal, row: dict, params: Params) -> dict:
    need(params, ELEMENT)
    found = list(portal.store.list_elements.find(Where(_asked(row, params))))
    if not found:
        raise RestError("ERROR_ELEMENT_NOT_FOUND", "Element not found")
    return found[0]


def _asked(row: dict, params: Params) -> tuple[Condition, ...]:
    """The list, and the element if the parameters name one."""
    conditions = [Condition("=", "LIST_ID", (row["ID"],))]
    if params.get("ELEMENT_ID") not in (None, ""):
        conditions.append(Condition("=", "ID", (params.integer("ELEMENT_ID"),)))
    elif params.text("ELEMENT_CODE"):
        conditions.append(Condition("=", "CODE", (params.text("ELEMENT_CODE").casefold(),)))
    return tuple(conditions)


def _read(columns: Columns, name: str, value: object) -> tuple[str, object] | None:
    return None if columns.name(name) in NOT_FILTERS else columns.read(name, value)


def _sorted_by(columns: Columns, properties: list[dict], given: str) -> str | None:
    name = columns.name(given)
    closed = {
        field["FIELD_ID"] for field in properties if field["MULTIPLE"] == "Y" or field["TYPE"] in TYPES_NOT_SORTED
    }
    return None if name in NOT_SORTED | closed else name


def _show(portal, properties: list[dict], element: dict, names: list[str]) -> dict:
    author = portal.store.users.get(element["CREATED_BY"])
    stamps = {name: element[name] and in_portal_form(element[name]) for name in ("DATE_CREATE", "ACTIVE_TO")}
    row = element | stamps | {"CREATED_USER_NAME": full_name(author) if author else ""}
    shown = {name: as_text(row[name]) for name in names if name in COLUMNS}
    for field in properties:
        values = list_elements.held_values(portal, element, field) if field["FIELD_ID"] in names else []
        if values:
            kind = kind_of(field)
            shown[field["FIELD_ID"]] = {str(one["ID"]): list_elements.shown(kind, one["VALUE"]) for one in values}
    return shown
