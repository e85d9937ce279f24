"""crm.status.*: stages and other dictionaries."""

import re

from ..descriptions import columns, described
from ..errors import RestError
from ..filters import in_order, ordering, parse
from ..listing import Columns, as_text
from ..objects import items
from ..registry import Page, method, whole
from ..values import canonical
from .crm_category import add_item

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/status/crm-status-{}.html"
FIELDS = described("""
ID integer ro | ID
ENTITY_ID string required fixed | ID элемента сущности
STATUS_ID string required fixed | Статус
SORT integer | Сортировка
NAME string required | Название
NAME_INIT string ro | Название по умолчанию
SYSTEM char ro | Системный
CATEGORY_ID integer fixed | CATEGORY_ID
COLOR string | COLOR
SEMANTICS char fixed | SEMANTICS
EXTRA crm_status_extra | Дополнительные поля
""")
COLUMNS = Columns({name: kind for name, kind in columns(FIELDS).items() if name != "EXTRA"} | {"SEMANTICS": "string"})
LEADS = {
    "ID": items.LEAD_STAGES,
    "NAME": "Стадии лида",
    "SEMANTIC_INFO": {
        "START_FIELD": "NEW",
        "FINAL_SUCCESS_FIELD": "CONVERTED",
        "FINAL_UNSUCCESS_FIELD": "JUNK",
        "FINAL_SORT": 0,
    },
    "ENTITY_TYPE_ID": 1,
}
# Dictionaries without stages: any code, no order.
DIRECTORIES = {
    "SOURCE": "Источники",
    "CONTACT_TYPE": "Тип контакта",
    "COMPANY_TYPE": "Тип компании",
    "EMPLOYEES": "Кол-во сотрудников",
    "INDUSTRY": "Сфера деятельности",
    "DEAL_TYPE": "Тип сделки",
    "HONORIFIC": "Обращения",
}
MAX_CODE = 50
MAX_STAGE_CODE = 22
MAX_LEAD_STAGE_CODE = 21
TOO_LATE = (
    "Cannot create more stages after the final stage because the final successful stage already exists. "
    "Try using sort order values less than that of the final stage."
)
NOT_FORCED = 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'
_SEMANTICS = {None: "process", "S": "success", "F": "failure"}
_CODE = re.compile(r"[A-Za-z0-9_-]+")


@method("crm.status.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.status.entity.items", scope="crm", docs=DOCS.format("entity-items"))
def entity_items(portal, caller, params):
    """One dictionary in its order: three columns, the sort is a number."""
    entity_id = str(params.get("entityId") or "")
    if entity_id not in {kind["ID"] for kind in entity_types(portal, caller, params)}:
        text = "The parameter entityId is not defined or invalid."
        raise RestError(text, "The directory ID is not specified or is incorrect.")
    rows = sorted(portal.store.statuses.having(ENTITY_ID=entity_id), key=lambda row: row["SORT"])
    return [{name: row[name] for name in ("NAME", "SORT", "STATUS_ID")} for row in rows]


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
    kinds = [{"ID": entity_id, "NAME": name} for entity_id, name in DIRECTORIES.items()]
    return [LEADS, *kinds] + [_funnel(row) for row in portal.store.categories.all()]


@method("crm.status.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    if not isinstance(params.need("fields"), (dict, list)):
        raise RestError("", "Parameter 'fields' must be array.")
    given = params.fields()
    for required, called in (("ENTITY_ID", "ENTITY_ID"), ("STATUS_ID", "STATUS_ID"), ("NAME", "Title")):
        if not given.get(required):
            raise RestError("", f"The field {called} is required.")
    entity_id = str(given["ENTITY_ID"])
    category_id = _category_of(portal, entity_id)
    prefix = f"C{category_id}:" if category_id else ""
    code, sort = str(given["STATUS_ID"]).removeprefix(prefix), whole(given.get("SORT"), 10)
    semantics = given.get("SEMANTICS") if given.get("SEMANTICS") in ("S", "F") else None
    _check_code(portal, entity_id, prefix, code)
    _check_order(portal, entity_id, semantics, sort)
    color = str(given.get("COLOR") or "")
    row = add_item(
        portal, entity_id, prefix + code, str(given["NAME"]), sort, color, semantics, category_id=category_id or None
    )  # fmt: skip
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
    table = portal.store.leads if row["ENTITY_ID"] == items.LEAD_STAGES else portal.store.deals
    if table.having(stageId=row["STATUS_ID"]):
        raise RestError("", "There are active items in this status.")
    portal.store.statuses.remove(row["ID"])
    return True


def _check_code(portal, entity_id: str, prefix: str, code: str) -> None:
    longest = MAX_LEAD_STAGE_CODE if entity_id == items.LEAD_STAGES else MAX_STAGE_CODE
    if entity_id in DIRECTORIES:
        fits = len(code) <= MAX_CODE
    else:
        fits = len(prefix + code) <= longest and _CODE.fullmatch(code)
    if not fits:
        raise RestError("", "The field STATUS_ID is invalid.")
    if portal.store.statuses.having(ENTITY_ID=entity_id, STATUS_ID=prefix + code):
        raise RestError("ERROR_CORE", "The specified status ID already exists.")


def _check_order(portal, entity_id: str, semantics: str | None, sort: int) -> None:
    """Process before success before failure."""
    if semantics is not None:
        return
    finals = [row["SORT"] for row in portal.store.statuses.having(ENTITY_ID=entity_id) if row["SEMANTICS"]]
    if finals and sort >= min(finals):
        raise RestError("", TOO_LATE)


def _category_of(portal, entity_id: str) -> int:
    """The funnel whose stages they are; 0 also for what has no funnels."""
    if entity_id in DIRECTORIES or entity_id == items.LEAD_STAGES:
        return 0
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
    if row["ENTITY_ID"] in DIRECTORIES:
        return shown
    return shown | {"EXTRA": {"SEMANTICS": _SEMANTICS[row["SEMANTICS"]], "COLOR": row["COLOR"]}}


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
