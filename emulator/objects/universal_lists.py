"""Universal lists: rights, kinds of fields, the tree of sections.

https://apidocs.bitrix24.com/api-reference/lists/index.html
"""

from . import list_elements, structure
from .list_kinds import SYSTEM, is_custom

PROCESSES, OF_GROUPS = "bitrix_processes", "lists_socnet"
TYPES = ("lists", PROCESSES, OF_GROUPS)
# Rights from the least to the greatest.
LEVELS = "DRESTUWX"
READ, ADD, EDIT_WITHIN, EDIT, FULL = "R", "E", "U", "W", "X"
MESSAGES = {
    "ELEMENTS_NAME": "Элементы",
    "ELEMENT_NAME": "Элемент",
    "ELEMENT_ADD": "Добавить элемент",
    "ELEMENT_EDIT": "Изменить элемент",
    "ELEMENT_DELETE": "Удалить элемент",
    "SECTIONS_NAME": "Разделы",
    "SECTION_NAME": "Раздел",
    "SECTION_ADD": "Добавить раздел",
    "SECTION_EDIT": "Изменить раздел",
    "SECTION_DELETE": "Удалить раздел",
}
NEW_FIELD = {"CODE": None, "SORT": 500, "IS_REQUIRED": "N", "MULTIPLE": "N", "DEFAULT_VALUE": ""}
NEW_FIELD |= {"ROW_COUNT": 1, "COL_COUNT": 30, "LINK_IBLOCK_ID": None}
FIELD_SETTINGS = {"SHOW_ADD_FORM": "Y", "SHOW_EDIT_FORM": "Y", "ADD_READ_ONLY_FIELD": "N", "EDIT_READ_ONLY_FIELD": "N"}
FIELD_SETTINGS |= {"SHOW_FIELD_PREVIEW": "N"}
TYPE_SETTINGS = {
    "S:HTML": {"height": 200},
    "E:EList": {"size": 1, "width": 0, "group": "N", "multiple": "N"},
    "N:Sequence": {"write": "N", "VALUE": 1},
    "S:ECrm": {"VISIBLE": "N", "LEAD": "N", "CONTACT": "N", "COMPANY": "N", "DEAL": "N"},
}


# -- lists


def make(portal, user_id: int, type_id: str, code: str, values: dict) -> dict:
    """A list with the field of names; without RIGHTS everything belongs to its maker."""
    row = {"ID": None, "IBLOCK_TYPE": type_id, "CODE": code, "DESCRIPTION": "", "SORT": 500, "PICTURE": None}
    row |= {"BIZPROC": "N", "SOCNET_GROUP_ID": None, "MESSAGES": MESSAGES, "RIGHTS": {f"U{user_id}": FULL}}
    made = portal.store.lists.add(row | {"TIMESTAMP_X": portal.clock.iso()} | values)
    add_field(portal, made, "NAME", {"NAME": SYSTEM["NAME"][1], "IS_REQUIRED": "Y", "SORT": 10})
    return made


def find(portal, type_id: str, list_id: int | None, code: str) -> dict | None:
    """By id, or by code where there is no id; both only within the type."""
    if list_id is not None:
        row = portal.store.lists.get(list_id)
        return row if row is not None and row["IBLOCK_TYPE"] == type_id else None
    found = portal.store.lists.having(IBLOCK_TYPE=type_id, CODE=code) if code else []
    return found[0] if found else None


def may(portal, user_id: int, row: dict, level: str) -> bool:
    """Whether one of the person's codes has this right or a greater one; an administrator has all."""
    if portal.is_admin(user_id):
        return True
    codes = structure.codes_of(portal, user_id)
    return any(code in codes and LEVELS.index(given) >= LEVELS.index(level) for code, given in row["RIGHTS"].items())


def remove(portal, row: dict) -> None:
    """With everything in it."""
    for element in portal.store.list_elements.having(LIST_ID=row["ID"]):
        list_elements.remove(portal, element)
    for field in fields_of(portal, row):
        portal.store.list_options.remove_having(FIELD=field["ID"])
    portal.store.list_fields.remove_having(LIST_ID=row["ID"])
    portal.store.list_sections.remove_having(LIST_ID=row["ID"])
    portal.store.lists.remove(row["ID"])


# -- fields


def add_field(portal, row: dict, kind: str, values: dict) -> dict:
    """A field of that type; a property is known by its number, a system field by its type."""
    settings = {"SETTINGS": FIELD_SETTINGS, "USER_TYPE_SETTINGS": TYPE_SETTINGS.get(kind, {})}
    field = {"ID": None, "LIST_ID": row["ID"], "FIELD_ID": kind, "TYPE": kind, **NEW_FIELD, **settings}
    made = portal.store.list_fields.add(field | values)
    if is_custom(made):
        portal.store.list_fields.update(made["ID"], {"FIELD_ID": f"PROPERTY_{made['ID']}"})
    return made


def fields_of(portal, row: dict) -> list[dict]:
    return sorted(portal.store.list_fields.having(LIST_ID=row["ID"]), key=lambda field: field["SORT"])


def field_named(portal, row: dict, field_id: str) -> dict | None:
    found = portal.store.list_fields.having(LIST_ID=row["ID"], FIELD_ID=field_id) if field_id else []
    return found[0] if found else None


def remove_field(portal, field: dict) -> None:
    for value in portal.store.list_values.having(FIELD=field["ID"]):
        list_elements.remove_value(portal, field, value)
    for element in portal.store.list_elements.having(LIST_ID=field["LIST_ID"]) if is_custom(field) else []:
        portal.store.list_elements.update(element["ID"], {field["FIELD_ID"]: []})
    portal.store.list_options.remove_having(FIELD=field["ID"])
    portal.store.list_fields.remove(field["ID"])


# -- sections


def tree(portal, row: dict) -> list[dict]:
    """The sections in the order of the tree, each with its depth, its bounds and whether all above it are active."""
    walked: list[dict] = []
    _walk(portal, row["ID"], {"ID": None, "DEPTH_LEVEL": 0, "GLOBAL_ACTIVE": "Y"}, walked, 0)
    return walked


def remove_section(portal, row: dict, section: dict) -> None:
    """With the sections and elements inside it."""
    for child in portal.store.list_sections.having(LIST_ID=row["ID"], IBLOCK_SECTION_ID=section["ID"]):
        remove_section(portal, row, child)
    for element in portal.store.list_elements.having(LIST_ID=row["ID"], IBLOCK_SECTION_ID=section["ID"]):
        list_elements.remove(portal, element)
    portal.store.list_sections.remove(section["ID"])


def _walk(portal, list_id: int, parent: dict, walked: list[dict], edge: int) -> int:
    """Append what is below the parent; the last bound that was used."""
    children = portal.store.list_sections.having(LIST_ID=list_id, IBLOCK_SECTION_ID=parent["ID"])
    for child in sorted(children, key=lambda one: (one["SORT"], one["NAME"])):
        active = "Y" if parent["GLOBAL_ACTIVE"] == child["ACTIVE"] == "Y" else "N"
        place = child | {"DEPTH_LEVEL": parent["DEPTH_LEVEL"] + 1, "GLOBAL_ACTIVE": active, "LEFT_MARGIN": edge + 1}
        walked.append(place)
        edge = _walk(portal, list_id, place, walked, edge + 1) + 1
        place["RIGHT_MARGIN"] = edge
    return edge
