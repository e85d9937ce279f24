"""crm.activity.*: to-dos and other activities of CRM objects."""

from .. import items
from ..entities import BY_TYPE_ID
from ..errors import RestError, missing, not_found
from ..filters import ordering, parse
from ..listing import Columns, page
from ..registry import method
from ..values import BadValue, canonical, flag, moment

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/{}.html"
COLUMNS = Columns(
    {
        "ID": "integer",
        "OWNER_ID": "integer",
        "OWNER_TYPE_ID": "integer",
        "TYPE_ID": "integer",
        "PROVIDER_ID": "string",
        "PROVIDER_TYPE_ID": "string",
        "ASSOCIATED_ENTITY_ID": "integer",
        "SUBJECT": "string",
        "CREATED": "datetime",
        "LAST_UPDATED": "datetime",
        "START_TIME": "datetime",
        "END_TIME": "datetime",
        "DEADLINE": "datetime",
        "COMPLETED": "char",
        "STATUS": "integer",
        "RESPONSIBLE_ID": "integer",
        "PRIORITY": "integer",
        "DESCRIPTION": "string",
        "DESCRIPTION_TYPE": "integer",
        "DIRECTION": "integer",
        "ORIGINATOR_ID": "string",
        "ORIGIN_ID": "string",
        "AUTHOR_ID": "integer",
        "EDITOR_ID": "integer",
    }
)
REQUIRED = ("OWNER_TYPE_ID", "OWNER_ID", "TYPE_ID", "SUBJECT", "RESPONSIBLE_ID")
CUSTOM_ACTIVITY = 6


@method("crm.activity.list", scope="crm", docs=DOCS.format("activity-base/crm-activity-list"))
def list_(portal, caller, params):
    names = COLUMNS.chosen(params.list("select"))
    where = parse(params.map("filter"), COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name)
    return page(portal, portal.store.activities, params, where, keys, lambda row: _show(row, names))


@method("crm.activity.get", scope="crm", docs=DOCS.format("activity-base/crm-activity-get"))
def get(portal, caller, params):
    return _show(_activity(portal, params), list(COLUMNS))


@method("crm.activity.add", scope="crm", docs=DOCS.format("activity-base/crm-activity-add"), writes=True)
def add(portal, caller, params):
    """Calls (TYPE_ID 2), e-mails (4), meetings (1) and others."""
    given = params.fields()
    for required in REQUIRED:
        if not given.get(required):
            raise RestError("", f"The field {required} is required.")
    values = {name: canonical(kind, given[name]) for name, kind in COLUMNS.items() if name in given and name != "ID"}
    return _add(portal, caller.user_id, values)


@method("crm.activity.update", scope="crm", docs=DOCS.format("activity-base/crm-activity-update"), writes=True)
def update(portal, caller, params):
    row, given = _activity(portal, params), params.fields()
    values = {name: canonical(kind, given[name]) for name, kind in COLUMNS.items() if name in given and name != "ID"}
    stamps = {"LAST_UPDATED": portal.clock.iso(), "EDITOR_ID": caller.user_id}
    portal.store.activities.update(row["ID"], values | stamps)
    portal.events.ring("ONCRMACTIVITYUPDATE", {"FIELDS": {"ID": str(row["ID"])}})
    return True


@method("crm.activity.delete", scope="crm", docs=DOCS.format("activity-base/crm-activity-delete"), writes=True)
def delete(portal, caller, params):
    row = _activity(portal, params)
    portal.store.activities.remove(row["ID"])
    portal.events.ring("ONCRMACTIVITYDELETE", {"FIELDS": {"ID": str(row["ID"])}})
    return True


@method("crm.activity.todo.add", scope="crm", docs=DOCS.format("todo/crm-activity-todo-add"), writes=True)
def todo_add(portal, caller, params):
    for required in ("ownerTypeId", "ownerId", "deadline"):
        if params.get(required) is None:
            raise missing(required)
    try:
        deadline = moment(params.get("deadline"))
    except BadValue:
        raise RestError("WRONG_DATETIME_FORMAT", "Wrong datetime format") from None
    values = {
        "OWNER_TYPE_ID": params.integer("ownerTypeId"),
        "OWNER_ID": params.integer("ownerId"),
        "TYPE_ID": CUSTOM_ACTIVITY,
        "PROVIDER_ID": "CRM_TODO",
        "PROVIDER_TYPE_ID": "TODO",
        "SUBJECT": str(params.get("title") or "Дело"),
        "DESCRIPTION": str(params.get("description") or ""),
        "DEADLINE": deadline,
        "RESPONSIBLE_ID": params.integer("responsibleId", caller.user_id),
    }
    return {"id": _add(portal, caller.user_id, values)}


def _add(portal, user_id: int, values: dict) -> int:
    entity = BY_TYPE_ID.get(values["OWNER_TYPE_ID"])
    if entity is None or items.get(portal, entity, values["OWNER_ID"]) is None:
        raise RestError("OWNER_NOT_FOUND", "Owner was not found")
    now = portal.clock.iso()
    row = dict.fromkeys(COLUMNS) | {"CREATED": now, "LAST_UPDATED": now, "AUTHOR_ID": user_id, "EDITOR_ID": user_id}
    row |= {"COMPLETED": "N", "STATUS": 1, "PRIORITY": 2, "DESCRIPTION_TYPE": 1, "DIRECTION": 0} | values
    row["COMPLETED"] = flag(row["COMPLETED"])
    portal.store.activities.add(row)
    items.note_activity(portal, entity, row["OWNER_ID"], user_id)
    portal.events.ring("ONCRMACTIVITYADD", {"FIELDS": {"ID": str(row["ID"])}})
    return row["ID"]


def _activity(portal, params) -> dict:
    row = portal.store.activities.get(params.integer("id"))
    if row is None:
        raise not_found("Activity is not found.")
    return row


def _show(row: dict, names: list[str]) -> dict:
    return {name: None if row[name] is None else str(row[name]) for name in names}
