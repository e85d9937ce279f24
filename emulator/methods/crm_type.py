"""crm.type.*: the definitions of smart processes. Flags are Y/N; `relations` and `linkedUserFields` are written with
"true"/"false" and read as Y/N.

Each has tables of its own and comes with one funnel. A relation is one and the same on both sides of it.
"""

import re

from ..descriptions import described
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import page
from ..objects import items, rights
from ..objects.entities import BY_TYPE_ID, smart
from ..php import as_list, as_map
from ..registry import Unchanged, method, whole
from ..values import BadValue, canonical, flag
from .crm_category import add_funnel, remove_funnel
from .crm_userfield import remove_field

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-object-types/crm-type-{}.html"
FIELDS = described("""
id integer ro | ID
title string required | Название
code string | Символьный код
createdBy user ro | Кем создан
entityTypeId integer required fixed | Идентификатор типа
customSectionId integer fixed | Цифровое рабочее место
isCategoriesEnabled boolean | Использовать в смарт-процессе свои воронки и туннели продаж
isStagesEnabled boolean | Использовать в смарт-процессе свои стадии и канбан
isBeginCloseDatesEnabled boolean | Поля "Дата начала" и "Дата завершения"
isClientEnabled boolean | Поле "Клиент"
isUseInUserfieldEnabled boolean | Использовать в пользовательском поле
isLinkWithProductsEnabled boolean | Привязка товаров каталога
isMycompanyEnabled boolean | Поле "Реквизиты вашей компании"
isDocumentsEnabled boolean | Печать документов
isSourceEnabled boolean | Поля "Источник" и "Дополнительно об источнике"
isObserversEnabled boolean | Поле "Наблюдатели"
isRecyclebinEnabled boolean | Использовать корзину
isAutomationEnabled boolean | Использовать в смарт-процессе роботы и триггеры
isBizProcEnabled boolean | Использовать в смарт-процессе дизайнер бизнес-процессов
isSetOpenPermissions boolean | Делать новые воронки доступными для всех
createdTime datetime | Дата создания
updatedTime datetime | Дата изменения
updatedBy user ro | Кем изменён
""")
FLAGS = [name for name, field in FIELDS.items() if field["type"] == "boolean"]
# Told by the portal, not asked for.
ALWAYS_OFF = {"isPaymentsEnabled": "N", "isCountersEnabled": "N"}
STAMPS = ("createdTime", "updatedTime", "updatedBy")
SHOWN = [*(name for name in FIELDS if name not in STAMPS), *ALWAYS_OFF, *STAMPS]
LINKED_FIELDS = ("CALENDAR_EVENT|UF_CRM_CAL_EVENT", "TASKS_TASK|UF_CRM_TASK", "TASKS_TASK_TEMPLATE|UF_CRM_TASK")
LOW_NUMBERS = range(128, 193)
HIGH_NUMBERS = 1030
RELATED_TYPES = {1, 2, 3, 4, 7, 31}
# With the field «Клиент» contacts and companies are parents that nobody can take away.
CLIENTS = [{"entityTypeId": number, "isChildrenListEnabled": "Y", "isPredefined": "Y"} for number in (3, 4)]
OWN_WORDS = "the refusal of a number that is taken has the emulator's own words; there are no digital workplaces"


@method("crm.type.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    administrators_only(portal, caller)
    return {"fields": {name: field | {"upperName": _upper(name)} for name, field in FIELDS.items()}}


@method("crm.type.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """Without relations and linked fields."""
    administrators_only(portal, caller)
    where, keys = parse(params.map("filter"), _sought), ordering(params.map("order"), _ordered)
    return page(portal, portal.store.types, params, where, keys, _settings, wrap="types")


@method("crm.type.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"type": _show(_type(portal, id=whole(params.need("id"))))}


@method("crm.type.getByEntityTypeId", scope="crm", docs=DOCS.format("get-by-entity-type-id"))
def get_by_entity_type_id(portal, caller, params):
    return {"type": _show(_type(portal, entityTypeId=whole(params.need("entityTypeId"))))}


@method("crm.type.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=OWN_WORDS)
def add(portal, caller, params):
    given, now = params.fields(), portal.clock.iso()
    administrators_only(portal, caller)
    values = _written(given, {})
    if not values.get("title"):
        raise RestError("0", "Field 'TITLE' is required")
    row = dict.fromkeys(FLAGS, "N") | ALWAYS_OFF | {"isSetOpenPermissions": "Y", "code": "", "customSectionId": None}
    row |= {"createdBy": caller.user_id, "updatedBy": caller.user_id, "createdTime": now, "updatedTime": now}
    row |= values | {"id": None, "entityTypeId": _number(portal, given.get("entityTypeId"))}
    row["relations"] = _relations(portal, row, as_map(given.get("relations")))
    row["linkedUserFields"] = _linked_fields(row, as_map(given.get("linkedUserFields")), {})
    _open(portal, portal.store.types.add(row))
    _ring(portal, row, "ADD")
    return {"type": _show(row)}


@method("crm.type.update", scope="crm", docs=DOCS.format("update"), writes=True, differs=OWN_WORDS)
def update(portal, caller, params):
    """Relations that are given replace all; a relation that cannot be is left out without a word."""
    administrators_only(portal, caller)
    row, given = _type(portal, id=whole(params.need("id"))), params.map("fields")
    values = _written(given, row)
    after = row | values
    if "relations" in given or "isClientEnabled" in values:
        values["relations"] = _relations(portal, after, as_map(given.get("relations", row["relations"])))
    if "linkedUserFields" in given:
        values["linkedUserFields"] = _linked_fields(after, as_map(given["linkedUserFields"]), row["linkedUserFields"])
    stamps = {"updatedTime": portal.clock.iso(), "updatedBy": caller.user_id}
    portal.store.types.update(row["id"], values | stamps)
    _mirror(portal, row)
    _ring(portal, row, "UPDATE")
    return {"type": _show(row)}


@method("crm.type.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """A type with items stays; the custom fields of one that goes vanish silently. Without `id` nothing happens."""
    administrators_only(portal, caller)
    if params.get("id") is None:
        return Unchanged(None)
    row = _type(portal, id=params.integer("id"))
    if len(portal.table(smart(row))):
        raise RestError("BX_ERROR", "You cannot delete an entity type that has elements")
    _close(portal, row)
    _ring(portal, row, "DELETE")
    return []


def _open(portal, row: dict) -> None:
    entity = smart(row)
    portal.store.open_kind(entity.table, entity.history)
    add_funnel(portal, entity, isDefault="Y")
    _mirror(portal, row)


def _close(portal, row: dict) -> None:
    entity = smart(row)
    for field in portal.store.userfields.having(ENTITY_ID=entity.uf_entity):
        remove_field(portal, field)
    for category in items.funnels(portal, entity):
        remove_funnel(portal, entity, category)
    for table in (portal.store.triggers, portal.store.card_layouts, portal.store.recycle_bin):
        table.remove_having(entityTypeId=entity.type_id)
    row["relations"] = {"parent": [], "child": []}
    _mirror(portal, row)
    portal.store.types.remove(row["id"])
    portal.store.close_kind(entity.table, entity.history)


def _mirror(portal, row: dict) -> None:
    """The smart processes on the other side of a relation know of it as well."""
    for other in portal.store.types.all():
        if other is not row:
            relations = {
                "parent": _mirrored(row, row["relations"]["child"], other, other["relations"]["parent"]),
                "child": _mirrored(row, row["relations"]["parent"], other, other["relations"]["child"]),
            }
            portal.store.types.update(other["id"], {"relations": relations})


def _mirrored(row: dict, told: list[dict], other: dict, held: list[dict]) -> list[dict]:
    rest = [one for one in held if one["entityTypeId"] != row["entityTypeId"]]
    mine = [one | {"entityTypeId": row["entityTypeId"]} for one in told if one["entityTypeId"] == other["entityTypeId"]]
    return rest + mine


def _upper(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).upper()


def administrators_only(portal, caller) -> None:
    """Administrators, and whose role lets change the settings of the CRM."""
    if not rights.changes_settings(portal):
        raise rights.denied("settings")


def _type(portal, **key: int | None) -> dict:
    found = portal.store.types.having(**key)
    if not found:
        raise RestError(0, "Smart process not found")
    return found[0]


def _number(portal, given: object) -> int:
    """The type's number: the asked one, or the first that is free."""
    taken = {row["entityTypeId"] for row in portal.store.types.all()}
    if given is None or given == "":
        low = next((number for number in LOW_NUMBERS if number not in taken), None)
        return low or max(HIGH_NUMBERS - 2, *taken) + 2
    number = whole(given, 0)
    if number not in LOW_NUMBERS and (number < HIGH_NUMBERS or number % 2):
        raise RestError("INVALID_ARG_VALUE", "entityTypeId is out of allowed range")
    if number in taken:
        raise RestError("INVALID_ARG_VALUE", f"entityTypeId {number} is already in use")
    return number


def _written(given: dict, held: dict) -> dict:
    if given.get("isExternal") in (True, "true", "Y") and not whole(given.get("customSectionId")):
        raise RestError("0", "Select a workplace where the SPA will be located")
    names = [name for name in ("title", "code", *FLAGS) if name in given]
    values = {name: canonical(FIELDS[name]["type"], given[name]) for name in names}
    if "title" in values:
        values["title"] = values["title"] or held.get("title")
    return values


def _relations(portal, row: dict, given: dict) -> dict:
    """Both directions; the predefined parents first."""
    predefined = CLIENTS if row["isClientEnabled"] == "Y" else []
    known = RELATED_TYPES | BY_TYPE_ID.keys() | {other["entityTypeId"] for other in portal.store.types.all()}
    held = {relation["entityTypeId"] for relation in predefined}
    parents = _related(given.get("parent"), known - held)
    return {"parent": [*predefined, *parents], "child": _related(given.get("child"), known)}


def _related(given: object, known: set[int]) -> list[dict]:
    related = {}
    for relation in map(as_map, as_list(given)):
        number = whole(relation.get("entityTypeId"))
        if number in known and relation.get("isPredefined") != "Y":
            listed = _true(relation.get("isChildrenListEnabled"))
            related[number] = {"entityTypeId": number, "isChildrenListEnabled": listed, "isPredefined": "N"}
    return list(related.values())


def _linked_fields(row: dict, given: dict, held: dict) -> dict:
    """Counts only for a type that may be used in fields; what is not named stays."""
    before = {name: held.get(name, "N") for name in LINKED_FIELDS}
    if row["isUseInUserfieldEnabled"] != "Y":
        return before
    return before | {name: _true(given[name]) for name in LINKED_FIELDS if name in given}


def _true(value: object) -> str:
    """Y and N do not work here, only true and false."""
    return flag(value) if value not in ("Y", "y") else "N"


def _sought(name: str, value: object) -> tuple[str, object]:
    if name not in SHOWN:
        raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
    try:
        return name, canonical(FIELDS[name]["type"] if name in FIELDS else "boolean", value)
    except BadValue:
        raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' has invalid value") from None


def _ordered(name: str) -> str:
    if name not in SHOWN:
        raise RestError("INVALID_ARG_VALUE", f"Invalid order: field '{name}' is not allowed in order")
    return name


def _settings(row: dict) -> dict:
    return {name: row[name] for name in SHOWN}


def _show(row: dict) -> dict:
    return _settings(row) | {
        "relations": row["relations"],
        "linkedUserFields": row["linkedUserFields"],
        "customSections": [],
    }


def _ring(portal, row: dict, verb: str) -> None:
    portal.events.ring(f"ONCRMTYPE{verb}", {"FIELDS": {"ID": str(row["id"])}})
