"""crm.category.*: funnels of deals."""

from ..errors import RestError, not_found
from ..filters import in_order
from ..objects import items
from ..registry import Page, Params, method, whole
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/category/crm-category-{}.html"
FIELDS = {
    "id": "integer",
    "name": "string",
    "sort": "integer",
    "entityTypeId": "integer",
    "isDefault": "boolean",
    "originId": "string",
    "originatorId": "string",
}
READ_ONLY = ("id", "entityTypeId", "isDefault")

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


@method("crm.category.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    _deals_only(params)
    rows = in_order(portal.store.categories.all(), [("sort", False)], "")
    shown = [dict(row) for row in rows]
    return Page({"categories": shown}, len(shown))


@method("crm.category.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    _deals_only(params)
    return {"category": dict(_category(portal, params))}


@method("crm.category.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    _deals_only(params)
    described = {
        name: {"type": kind, "isRequired": name == "name", "isReadOnly": name in READ_ONLY, "title": name}
        for name, kind in FIELDS.items()
    }
    return {"fields": described}


@method("crm.category.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    _deals_only(params)
    written = _written(params.fields())
    if not written.get("name"):
        raise RestError("0", "Field 'NAME' is required")
    row = portal.store.categories.add(
        {"id": None, "name": "", "sort": 500, "entityTypeId": 2, "isDefault": "N", "originId": "", "originatorId": ""}
        | written
    )
    add_default_stages(portal, row["id"])
    return {"category": dict(row)}


@method("crm.category.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    _deals_only(params)
    row = _category(portal, params)
    portal.store.categories.update(row["id"], _written(params.fields()))
    return {"category": dict(row)}


@method("crm.category.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    _deals_only(params)
    row = _category(portal, params)
    if row["isDefault"] == "Y":
        raise RestError("0", "Default deal category cannot be deleted")
    if portal.store.deals.having(categoryId=row["id"]):
        raise RestError("0", f"Deals related to the funnel {row['name']} found")
    for stage in items.stages(portal, row["id"]):
        portal.store.statuses.remove(stage["ID"])
    portal.store.categories.remove(row["id"])
    return None


def add_default_stages(portal, category_id: int) -> None:
    for code, name, sort, color, semantics, system in DEFAULT_STAGES:
        add_stage(portal, category_id, code, name, sort, color, semantics, system)


def add_stage(
    portal, category_id: int, code: str, name: str, sort: int, color: str, semantics: str | None, system: str = "N"
) -> dict:
    """One stage under its prefixed code."""
    prefixed = f"C{category_id}:{code}" if category_id else code
    entity_id = items.stage_entity(category_id)
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


def _deals_only(params: Params) -> None:
    if whole(params.need("entityTypeId")) != 2:
        raise not_found("Smart process not found")


def _category(portal, params: Params) -> dict:
    row = portal.store.categories.get(params.integer("id"))
    if row is None:
        raise not_found()
    return row


def _written(given: dict) -> dict:
    allowed = {name: kind for name, kind in FIELDS.items() if name not in READ_ONLY}
    return {name: canonical(kind, given[name]) or "" for name, kind in allowed.items() if name in given}
