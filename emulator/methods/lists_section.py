"""lists.section.*: the tree of sections of a universal list."""

from ..errors import RestError
from ..filters import parse
from ..listing import Columns, as_text, cut
from ..objects import list_elements, universal_lists
from ..objects.universal_lists import EDIT, EDIT_WITHIN, READ
from ..registry import Page, Params, method
from ..values import flag, in_portal_form
from .lists import opened
from .lists_element import masked

DOCS = "https://apidocs.bitrix24.com/api-reference/lists/sections/lists-section-{}.html"
SECTION = "SECTION_ID|SECTION_CODE"
SHOWN = {
    "ID": "integer",
    "CODE": "string",
    "XML_ID": "string",
    "EXTERNAL_ID": "string",
    "IBLOCK_SECTION_ID": "integer",
    "TIMESTAMP_X": "datetime",
    "SORT": "integer",
    "NAME": "string",
    "ACTIVE": "char",
    "GLOBAL_ACTIVE": "char",
    "PICTURE": "integer",
    "DESCRIPTION": "string",
    "DESCRIPTION_TYPE": "string",
    "LEFT_MARGIN": "integer",
    "RIGHT_MARGIN": "integer",
    "DEPTH_LEVEL": "integer",
    "SEARCHABLE_CONTENT": "string",
    "SECTION_PAGE_URL": "string",
    "MODIFIED_BY": "user",
    "DATE_CREATE": "datetime",
    "CREATED_BY": "user",
    "DETAIL_PICTURE": "integer",
}
NOT_FILTERS = {"IBLOCK_SECTION_ID", "SORT", "PICTURE", "DESCRIPTION", "DESCRIPTION_TYPE", "SEARCHABLE_CONTENT"}
NOT_FILTERS |= {"SECTION_PAGE_URL", "DETAIL_PICTURE"}
OF_LIST = {"IBLOCK_ACTIVE": "char", "IBLOCK_NAME": "string", "IBLOCK_TYPE": "string"}
OF_LIST |= {"IBLOCK_XML_ID": "string", "IBLOCK_EXTERNAL_ID": "string"}
COLUMNS = Columns(SHOWN)
FILTERS = Columns({name: kind for name, kind in (SHOWN | OF_LIST).items() if name not in NOT_FILTERS})
NO_PROPERTIES = "SECTION_PROPERTY is not kept"


@method("lists.section.add", scope="lists", docs=DOCS.format("add"), writes=True, differs=NO_PROPERTIES)
def add(portal, caller, params):
    row = opened(portal, caller, params, EDIT, "SECTION_CODE", "FIELDS")
    parent, now, author = params.integer("IBLOCK_SECTION_ID") or None, portal.clock.iso(), caller.user_id
    if parent and not portal.store.list_sections.having(LIST_ID=row["ID"], ID=parent):
        raise RestError("ERROR_ADD_SECTION", "Неверно указан родительский раздел.")
    section = {"ID": None, "LIST_ID": row["ID"], "CODE": params.text("SECTION_CODE"), "IBLOCK_SECTION_ID": parent}
    section |= {"XML_ID": None, "SORT": 500, "ACTIVE": "Y", "DESCRIPTION": "", "DESCRIPTION_TYPE": "text"}
    section |= {"PICTURE": None, "DETAIL_PICTURE": None, "DATE_CREATE": now, "CREATED_BY": author}
    return portal.store.list_sections.add(section | _written(portal, caller, params, section))["ID"]


@method("lists.section.get", scope="lists", docs=DOCS.format("get"))
def get(portal, caller, params) -> Page:
    """In the order of the tree."""
    row = opened(portal, caller, params, READ)
    where = parse(masked(FILTERS, params.map("FILTER")), FILTERS.read)
    names = COLUMNS.chosen(params.list("SELECT"))
    about = {"IBLOCK_ACTIVE": "Y", "IBLOCK_NAME": row["NAME"], "IBLOCK_TYPE": row["IBLOCK_TYPE"]}
    sections = [about | _derived(section) for section in universal_lists.tree(portal, row)]
    return cut(filter(where.holds, sections), params, lambda section: _show(section, names))


@method("lists.section.update", scope="lists", docs=DOCS.format("update"), writes=True, differs=NO_PROPERTIES)
def update(portal, caller, params):
    section = _section(portal, opened(portal, caller, params, EDIT_WITHIN, SECTION, "FIELDS"), params)
    portal.store.list_sections.update(section["ID"], _written(portal, caller, params, section))
    return True


@method("lists.section.delete", scope="lists", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """With everything inside it."""
    row = opened(portal, caller, params, EDIT, SECTION)
    universal_lists.remove_section(portal, row, _section(portal, row, params))
    return True


def _section(portal, row: dict, params: Params) -> dict:
    by_id = params.get("SECTION_ID") not in (None, "")
    named = {"ID": params.integer("SECTION_ID", 0)} if by_id else {"CODE": params.text("SECTION_CODE")}
    found = portal.store.list_sections.having(LIST_ID=row["ID"], **named)
    if not found:
        raise RestError("ERROR_SECTION_NOT_FOUND", "Section not found")
    return found[0]


def _written(portal, caller, params: Params, held: dict) -> dict:
    """EXTERNAL_ID and XML_ID are two names of one value."""
    given = Params(params.map("FIELDS"))
    values: dict[str, object] = {"NAME": given.text("NAME"), "SORT": given.integer("SORT", held["SORT"])}
    texts = {
        "XML_ID": "XML_ID",
        "EXTERNAL_ID": "XML_ID",
        "DESCRIPTION": "DESCRIPTION",
        "DESCRIPTION_TYPE": "DESCRIPTION_TYPE",
    }
    values |= {kept: given.text(name) for name, kept in texts.items() if given.get(name) is not None}
    if given.get("ACTIVE") is not None:
        values["ACTIVE"] = flag(given.get("ACTIVE"))
    for name in ("PICTURE", "DETAIL_PICTURE"):
        values[name] = list_elements.picture(portal, given.get(name), held[name])
    return values | {"TIMESTAMP_X": portal.clock.iso(), "MODIFIED_BY": caller.user_id}


def _derived(section: dict) -> dict:
    searched = f"{section['NAME'].upper()}\r\n{section['DESCRIPTION'].upper()}"
    return section | {"EXTERNAL_ID": section["XML_ID"], "SEARCHABLE_CONTENT": searched, "SECTION_PAGE_URL": None}


def _show(section: dict, names: list[str]) -> dict:
    stamps = {name: in_portal_form(section[name]) for name in ("TIMESTAMP_X", "DATE_CREATE")}
    return {name: as_text((section | stamps)[name]) for name in names}
