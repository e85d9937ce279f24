"""crm.status.*: stages and other dictionaries."""

import re

from ..descriptions import columns, described
from ..errors import RestError
from ..filters import in_order, ordering, parse
from ..listing import Columns, as_text
from ..objects import items, rights
from ..objects.entities import DEAL, INVOICE, LEAD, QUOTE, Entity, every
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
QUOTES = {
    "ID": QUOTE.stage_list,
    "NAME": "Стадии предложения",
    "SEMANTIC_INFO": {
        "START_FIELD": "DRAFT",
        "FINAL_SUCCESS_FIELD": "APPROVED",
        "FINAL_UNSUCCESS_FIELD": "DECLAINED",
        "FINAL_SORT": 0,
    },
    "ENTITY_TYPE_ID": 7,
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
# Stages whose codes are short and plain.
MAX_STAGE_CODES = {LEAD: 21, DEAL: 22, QUOTE: 22}
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
    shown = [_show(portal, row) for row in in_order(portal.store.statuses.find(where), keys, "ID")]
    return Page(shown, len(shown))


@method("crm.status.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(portal, _status(portal, params))


@method("crm.status.entity.types", scope="crm", docs=DOCS.format("entity-types"))
def entity_types(portal, caller, params):
    """The dictionaries, and for every funnel the prefix and, among deals, the three system stages."""
    kinds = [{"ID": entity_id, "NAME": name} for entity_id, name in DIRECTORIES.items()]
    described = [_funnel(row) for row in portal.store.categories.all()]
    others = [(entity, row) for entity in every(portal) if entity.is_dynamic for row in items.funnels(portal, entity)]
    return [LEADS, *kinds, *described, QUOTES] + [_other_funnel(entity, row) for entity, row in others]


@method("crm.status.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    _check_rights(portal)
    if not isinstance(params.need("fields"), (dict, list)):
        raise RestError("", "Parameter 'fields' must be array.")
    given = params.fields()
    for required, called in (("ENTITY_ID", "ENTITY_ID"), ("STATUS_ID", "STATUS_ID"), ("NAME", "Title")):
        if not given.get(required):
            raise RestError("", f"The field {called} is required.")
    entity_id = str(given["ENTITY_ID"])
    entity, category_id = _whose(portal, entity_id)
    prefix = entity.prefix_of(category_id) if entity else ""
    code, sort = str(given["STATUS_ID"]).removeprefix(prefix), whole(given.get("SORT"), 10)
    semantics = given.get("SEMANTICS") if given.get("SEMANTICS") in ("S", "F") else None
    _check_code(portal, entity, entity_id, prefix + code)
    _check_order(portal, entity_id, semantics, sort)
    color = str(given.get("COLOR") or "")
    row = add_item(
        portal, entity_id, prefix + code, str(given["NAME"]), sort, color, semantics, category_id=category_id or None
    )  # fmt: skip
    return row["ID"]


@method("crm.status.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """Only NAME, SORT and COLOR can change."""
    _check_rights(portal)
    row, given = _status(portal, params), params.fields()
    changed = {name: canonical(COLUMNS[name], given[name]) for name in ("NAME", "SORT", "COLOR") if name in given}
    portal.store.statuses.update(row["ID"], changed)
    return True


@method("crm.status.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """A system stage needs FORCED and only loses its name; a stage with deals stays."""
    _check_rights(portal)
    row = _status(portal, params)
    if row["SYSTEM"] == "Y":
        if params.map("params").get("FORCED") != "Y":
            raise RestError("", NOT_FORCED)
        portal.store.statuses.update(row["ID"], {"NAME": row["NAME_INIT"]})
        return True
    entity, _ = _whose(portal, row["ENTITY_ID"])
    if entity and portal.table(entity).having(stageId=row["STATUS_ID"]):
        raise RestError("", "There are active items in this status.")
    portal.store.statuses.remove(row["ID"])
    return True


def _check_rights(portal) -> None:
    if not rights.changes_settings(portal):
        raise rights.denied_plainly()


def _check_code(portal, entity: Entity | None, entity_id: str, code: str) -> None:
    fits = len(code) <= MAX_STAGE_CODES.get(entity, MAX_CODE)
    if not fits or (entity in MAX_STAGE_CODES and not _CODE.fullmatch(code.rpartition(":")[2])):
        raise RestError("", "The field STATUS_ID is invalid.")
    if portal.store.statuses.having(ENTITY_ID=entity_id, STATUS_ID=code):
        raise RestError("ERROR_CORE", "The specified status ID already exists.")


def _check_order(portal, entity_id: str, semantics: str | None, sort: int) -> None:
    """Process before success before failure."""
    if semantics is not None:
        return
    finals = [row["SORT"] for row in portal.store.statuses.having(ENTITY_ID=entity_id) if row["SEMANTICS"]]
    if finals and sort >= min(finals):
        raise RestError("", TOO_LATE)


def _whose(portal, entity_id: str) -> tuple[Entity | None, int]:
    """Whose stages they are and of which funnel: nobody's in a plain dictionary, 0 where there are no funnels."""
    if entity_id in DIRECTORIES:
        return None, 0
    found = items.owner_of_stages(portal, entity_id)
    if found is None:
        raise RestError("", "Specified entity type is not supported.")
    return found[0], found[1].get("id", 0)


def _status(portal, params) -> dict:
    row = portal.store.statuses.get(params.integer("id"))
    if row is None:
        raise RestError("", "Status is not found.")
    return row


def _show(portal, row: dict) -> dict:
    shown = {name: as_text(row[name]) for name in COLUMNS}
    if row["ENTITY_ID"] in DIRECTORIES:
        return shown
    return shown | {"EXTRA": {"SEMANTICS": _meaning(portal, row), "COLOR": row["COLOR"]}}


def _meaning(portal, row: dict) -> str:
    """What a stage is on the road: the first failure is the failure itself, the others are «apology»."""
    failures = [one for one in portal.store.statuses.having(ENTITY_ID=row["ENTITY_ID"]) if one["SEMANTICS"] == "F"]
    is_other = row["SEMANTICS"] == "F" and row is not min(failures, key=lambda one: (one["SORT"], one["ID"]))
    return "apology" if is_other else _SEMANTICS[row["SEMANTICS"]]


def _funnel(category: dict) -> dict:
    prefix = f"C{category['id']}:" if category["id"] else ""
    described = {
        "ID": DEAL.stages_of(category["id"]),
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


def _other_funnel(entity: Entity, category: dict) -> dict:
    """Of invoices and smart processes; their stages are told by meaning alone."""
    described = {
        "ID": entity.stages_of(category["id"]),
        "NAME": "Стадии счёта",
        "SEMANTIC_INFO": [],
        "PREFIX": entity.prefix_of(category["id"])[:-1],
        "FIELD_ATTRIBUTE_SCOPE": f"category_{category['id']}",
        "ENTITY_TYPE_ID": entity.type_id,
        "IS_ENABLED": "stageId" in entity.fields,
        "CATEGORY_ID": category["id"],
    }
    if entity is INVOICE:
        return described
    return described | {
        "NAME": f"{entity.title} ({category['name']})",
        "CATEGORY_NAME": category["name"],
        "CATEGORY_SORT": category["sort"],
        "IS_DEFAULT_CATEGORY": category["isDefault"] == "Y",
    }
