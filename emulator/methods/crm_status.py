"""crm.status.*: stages and other dictionaries."""

import re

from .. import items
from ..errors import RestError
from ..filters import in_order, ordering, parse
from ..listing import Columns, as_text
from ..registry import Page, method, whole
from ..values import canonical
from .crm_category import add_stage

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/status/crm-status-{}.html"
COLUMNS = Columns(
    {
        "ID": "integer",
        "ENTITY_ID": "string",
        "STATUS_ID": "string",
        "NAME": "string",
        "NAME_INIT": "string",
        "SORT": "integer",
        "SYSTEM": "char",
        "CATEGORY_ID": "integer",
        "COLOR": "string",
        "SEMANTICS": "string",
    }
)
MAX_CODE = 22
TOO_LATE = (
    "Cannot create more stages after the final stage because the final successful stage already exists. "
    "Try using sort order values less than that of the final stage."
)
NOT_FORCED = 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'
_SEMANTICS = {None: "process", "S": "success", "F": "failure"}
_CODE = re.compile(r"[A-Za-z0-9_-]+")


@method("crm.status.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """All rows at once: no paging is documented."""
    where = parse(params.map("filter"), COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name) or [("SORT", False)]
    shown = [_show(row) for row in in_order(portal.store.statuses.find(where), keys, "ID")]
    return Page(shown, len(shown))


@method("crm.status.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(_status(portal, params))


@method("crm.status.entity.types", scope="crm", docs=DOCS.format("entity-types"))
def entity_types(portal, caller, params):
    """The dictionaries, and for every funnel the prefix and the three system stages."""
    kinds = [{"ID": "SOURCE", "NAME": "Источники"}, {"ID": "DEAL_TYPE", "NAME": "Тип сделки"}]
    return kinds + [_funnel(row) for row in portal.store.categories.all()]


@method("crm.status.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    given = params.fields()
    for required, called in (("ENTITY_ID", "ENTITY_ID"), ("STATUS_ID", "STATUS_ID"), ("NAME", "Title")):
        if not given.get(required):
            raise RestError("", f"The field {called} is required.")
    entity_id, code = str(given["ENTITY_ID"]), str(given["STATUS_ID"])
    category_id = _category_of(portal, entity_id)
    code = code.removeprefix(f"C{category_id}:")
    prefixed = f"C{category_id}:{code}" if category_id else code
    if len(prefixed) > MAX_CODE or not _CODE.fullmatch(code):
        raise RestError("", "The field STATUS_ID is invalid.")
    if items.stage(portal, category_id, prefixed):
        raise RestError("ERROR_CORE", "The specified status ID already exists.")
    semantics, sort = given.get("SEMANTICS") or None, whole(given.get("SORT"), 10)
    _check_order(portal, category_id, semantics, sort)
    row = add_stage(portal, category_id, code, str(given["NAME"]), sort, str(given.get("COLOR") or ""), semantics)
    return row["ID"]


@method("crm.status.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """Only NAME, SORT and COLOR can change."""
    row, given = _status(portal, params), params.fields()
    changed = {name: canonical(COLUMNS[name], given[name]) for name in ("NAME", "SORT", "COLOR") if name in given}
    portal.store.statuses.update(row["ID"], changed)
    return True


@method("crm.status.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """A system stage needs FORCED and only loses its name; a stage with deals stays."""
    row = _status(portal, params)
    if row["SYSTEM"] == "Y":
        if params.map("params").get("FORCED") != "Y":
            raise RestError("", NOT_FORCED)
        portal.store.statuses.update(row["ID"], {"NAME": row["NAME_INIT"]})
        return True
    if portal.store.deals.having(stageId=row["STATUS_ID"]):
        raise RestError("", "There are active items in this status.")
    portal.store.statuses.remove(row["ID"])
    return True


def _check_order(portal, category_id: int, semantics: str | None, sort: int) -> None:
    """Process before success before failure."""
    if semantics is not None:
        return
    finals = [row["SORT"] for row in items.stages(portal, category_id) if row["SEMANTICS"]]
    if finals and sort >= min(finals):
        raise RestError("", TOO_LATE)


def _category_of(portal, entity_id: str) -> int:
    category_id = whole(entity_id.removeprefix("DEAL_STAGE_"), 0)
    if entity_id != items.stage_entity(category_id) or category_id not in portal.store.categories:
        raise RestError("", "Specified entity type is not supported.")
    return category_id


def _status(portal, params) -> dict:
    row = portal.store.statuses.get(params.integer("id"))
    if row is None:
        raise RestError("", "Status is not found.")
    return row


def _show(row: dict) -> dict:
    shown = {name: as_text(row[name]) for name in COLUMNS}
    shown["EXTRA"] = {"SEMANTICS": _SEMANTICS[row["SEMANTICS"]], "COLOR": row["COLOR"]}
    return shown


def _funnel(category: dict) -> dict:
    prefix = f"C{category['id']}:" if category["id"] else ""
    described = {
        "ID": items.stage_entity(category["id"]),
        "NAME": f"Стадии сделки: {category['name']}",
        "SEMANTIC_INFO": {
            "START_FIELD": f"{prefix}NEW",
            "FINAL_SUCCESS_FIELD": f"{prefix}WON",
            "FINAL_UNSUCCESS_FIELD": f"{prefix}LOSE",
            "FINAL_SORT": 0,
        },
        "FIELD_ATTRIBUTE_SCOPE": f"category_{category['id']}" if category["id"] else "",
        "ENTITY_TYPE_ID": 2,
        "CATEGORY_ID": str(category["id"]) if category["id"] else 0,
    }
    return described | ({"PARENT_ID": "DEAL_STAGE", "PREFIX": prefix[:-1]} if prefix else {})
