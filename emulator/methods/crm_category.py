"""crm.category.*: funnels of deals, invoices and smart processes. Those of deals have numbers of their own."""

from ..errors import RestError, not_found
from ..filters import in_order
from ..objects import items, rights
from ..objects.entities import DEAL, INVOICE, Entity, numbered
from ..registry import Page, Params, method, whole
from ..values import canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/category/crm-category-{}.html"
COMMON = {
    "id": "integer",
    "name": "string",
    "sort": "integer",
    "entityTypeId": "integer",
    "isDefault": "boolean",
}
# What funnels of deals have beside it, and what the others do.
OF_DEALS = {"originId": "string", "originatorId": "string"}
OF_OTHERS = {"isSystem": "boolean", "code": "string"}
READ_ONLY = ("id", "entityTypeId", "isDefault", *OF_OTHERS)
NO_CLIENTS = "contacts and companies have no funnels here and are refused as leads are"

# A new funnel of deals comes filled with the stages of the general one; the three marked Y belong to the system.
DEFAULT_STAGES = (
    ("NEW", "Новая", 10, "#39A8EF", None, "Y"),
    ("PREPARATION", "Подготовка документов", 20, "#2FC6F6", None, "N"),
    ("PREPAYMENT_INVOICE", "Cчёт на предоплату", 30, "#55D0E0", None, "N"),
    ("EXECUTING", "В работе", 40, "#47E4C2", None, "N"),
    ("FINAL_INVOICE", "Финальный счёт", 50, "#FFA900", None, "N"),
    ("WON", "Сделка успешна", 60, "#7BD500", "S", "Y"),
    ("LOSE", "Сделка провалена", 70, "#FF5752", "F", "Y"),
    ("APOLOGY", "Анализ причины провала", 80, "#FF5752", "F", "N"),
)
INVOICE_STAGES = (
    ("N", "Новый", 10, "#39A8EF", None, "Y"),
    ("S", "Отправлен клиенту", 20, "#2FC6F6", None, "N"),
    ("P", "Оплачен", 30, "#7BD500", "S", "Y"),
    ("D", "Не оплачен", 40, "#FF5752", "F", "Y"),
)
SMART_STAGES = (
    ("NEW", "Начало", 10, "#22B9FF", None, "Y"),
    ("PREPARATION", "Подготовка", 20, "#88B9FF", None, "N"),
    ("CLIENT", "Согласование", 30, "#10E5FC", None, "N"),
    ("SUCCESS", "Успех", 40, "#00FF00", "S", "Y"),
    ("FAIL", "Провал", 50, "#FF0000", "F", "Y"),
)
STAGES = {DEAL: DEFAULT_STAGES, INVOICE: INVOICE_STAGES}


@method("crm.category.list", scope="crm", docs=DOCS.format("list"), differs=NO_CLIENTS)
def list_(portal, caller, params):
    """The funnels that who calls may read."""
    entity = _kind(portal, params)
    rows = in_order(items.funnels(portal, entity), [("sort", False)], "")
    shown = [dict(row) for row in rows if rights.sees_funnel(portal, entity, row["id"])]
    return Page({"categories": shown}, len(shown))


@method("crm.category.get", scope="crm", docs=DOCS.format("get"), differs=NO_CLIENTS)
def get(portal, caller, params):
    entity = _kind(portal, params)
    row = _category(portal, entity, params)
    if not rights.sees_funnel(portal, entity, row["id"]):
        raise rights.denied("funnel")
    return {"category": dict(row)}


@method("crm.category.fields", scope="crm", docs=DOCS.format("fields"), differs=NO_CLIENTS)
def fields(portal, caller, params):
    described = {
        name: {"type": kind, "isRequired": name == "name", "isReadOnly": name in READ_ONLY, "title": name}
        for name, kind in _fields(_kind(portal, params)).items()
    }
    return {"fields": described}


@method("crm.category.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=NO_CLIENTS)
def add(portal, caller, params):
    entity, given = _changeable_kind(portal, params), params.fields()
    written = _written(entity, given)
    if not str(written.get("name") or "").strip():
        raise RestError("0", "Field 'NAME' is required")
    if entity is not DEAL and flag(given.get("isSystem")) == "Y":
        raise RestError("ADDING_DISABLED", "Adding a system category is prohibited")
    row = add_funnel(portal, entity, **written)
    _make_first(portal, entity, row, given)
    return {"category": dict(row)}


@method("crm.category.update", scope="crm", docs=DOCS.format("update"), writes=True, differs=NO_CLIENTS)
def update(portal, caller, params):
    """A first funnel stays one until another takes its place; among deals it is always the general one."""
    entity = _changeable_kind(portal, params)
    row, given = _category(portal, entity, params), params.fields()
    items.funnel_table(portal, entity).update(row["id"], _written(entity, given))
    _make_first(portal, entity, row, given)
    return {"category": dict(row)}


@method("crm.category.delete", scope="crm", docs=DOCS.format("delete"), writes=True, differs=NO_CLIENTS)
def delete(portal, caller, params):
    entity = _changeable_kind(portal, params)
    row = _category(portal, entity, params)
    _check_unused(portal, entity, row)
    remove_funnel(portal, entity, row)
    return None


def add_funnel(portal, entity: Entity, **values: object) -> dict:
    """A new funnel with the stages that its kind comes with."""
    row = {"id": None, "name": "Общая", "sort": 500, "entityTypeId": entity.type_id, "isDefault": "N"}
    own = {"originId": "", "originatorId": ""} if entity is DEAL else {"isSystem": "N", "code": ""}
    row = items.funnel_table(portal, entity).add(row | own | values)
    add_default_stages(portal, row["id"], entity)
    return row


def remove_funnel(portal, entity: Entity, row: dict) -> None:
    portal.store.statuses.remove_having(ENTITY_ID=entity.stages_of(row["id"]))
    items.funnel_table(portal, entity).remove(row["id"])


def add_default_stages(portal, category_id: int, entity: Entity = DEAL) -> None:
    for code, name, sort, color, semantics, system in STAGES.get(entity, SMART_STAGES):
        add_stage(portal, category_id, code, name, sort, color, semantics, system, entity)


def add_stage(
    portal, category_id: int, code: str, name: str, sort: int, color: str, semantics: str | None, system: str = "N",
    entity: Entity = DEAL,
) -> dict:  # fmt: skip
    """One stage under its prefixed code."""
    prefixed = entity.prefix_of(category_id) + code
    entity_id = entity.stages_of(category_id)
    return add_item(portal, entity_id, prefixed, name, sort, color, semantics, system, category_id or None)


def add_item(
    portal, entity_id: str, code: str, name: str, sort: int, color: str = "", semantics: str | None = None,
    system: str = "N", category_id: int | None = None,
) -> dict:  # fmt: skip
    """One element of a dictionary."""
    return portal.store.statuses.add(
        {
            "ID": None,
            "ENTITY_ID": entity_id,
            "STATUS_ID": code,
            "NAME": name,
            "NAME_INIT": name if system == "Y" else "",
            "SORT": sort,
            "SYSTEM": system,
            "CATEGORY_ID": category_id,
            "COLOR": color,
            "SEMANTICS": semantics,
        }
    )


def _changeable_kind(portal, params: Params) -> Entity:
    """The kind, for who may change the settings of the CRM."""
    entity = _kind(portal, params)
    if not rights.changes_settings(portal):
        raise rights.denied("funnels")
    return entity


def _kind(portal, params: Params) -> Entity:
    type_id = whole(params.need("entityTypeId"))
    entity = numbered(portal, type_id)
    if entity is None:
        raise not_found("Smart process not found")
    if not entity.has_funnels:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {entity.code.upper()} is not supported")
    return entity


def _category(portal, entity: Entity, params: Params) -> dict:
    row = items.funnel(portal, entity, params.integer("id"))
    if row is None:
        raise not_found()
    return row


def _fields(entity: Entity) -> dict:
    return COMMON | (OF_DEALS if entity is DEAL else OF_OTHERS)


def _written(entity: Entity, given: dict) -> dict:
    allowed = {name: kind for name, kind in _fields(entity).items() if name not in READ_ONLY}
    values = {name: canonical(kind, given[name]) or "" for name, kind in allowed.items() if name in given}
    if "sort" in values:
        values["sort"] = max(values["sort"] or 0, 0)
    return values


def _make_first(portal, entity: Entity, row: dict, given: dict) -> None:
    """Of several funnels one is the first; not to be told of deals."""
    if entity is DEAL or flag(given.get("isDefault")) == "N":
        return
    table = items.funnel_table(portal, entity)
    for other in items.funnels(portal, entity):
        table.update(other["id"], {"isDefault": "Y" if other is row else "N"})


def _check_unused(portal, entity: Entity, row: dict) -> None:
    words = ("BX_ERROR", "This funnel is the default funnel", "Elements related to the funnel found")
    if entity is DEAL:
        words = ("0", "Default deal category cannot be deleted", f"Deals related to the funnel {row['name']} found")
    if row["isDefault"] == "Y":
        raise RestError(words[0], words[1])
    if portal.table(entity).having(categoryId=row["id"]):
        raise RestError(words[0], words[2])
