"""crm.activity.todo.*: universal activities, the portal's to-dos."""

from ..errors import RestError, not_found
from ..objects import activities, timeline
from ..registry import Params, method, whole
from ..values import BadValue, moment

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/todo/crm-activity-todo-{}.html"
COLOURS = {"", "default", *map(str, range(1, 8))}
DIFFERS = "Reminders (`pingOffsets`) are neither kept nor sent."


@method("crm.activity.todo.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=DIFFERS)
def add(portal, caller, params):
    for name in ("ownerTypeId", "ownerId", "deadline"):
        params.need(name)
    entity, owner = timeline.owner_of(portal, params.integer("ownerTypeId"), params.integer("ownerId"))
    values = {"SUBJECT": "Дело", "DESCRIPTION": "", "RESPONSIBLE_ID": caller.user_id} | _written(portal, params)
    of_whom = {"OWNER_TYPE_ID": entity.type_id, "OWNER_ID": owner["id"]}
    kind = {"TYPE_ID": activities.BY_PROVIDER, "PROVIDER_ID": "CRM_TODO", "PROVIDER_TYPE_ID": "TODO"}
    return {"id": activities.add(portal, caller.user_id, values | of_whom | kind)["ID"]}


@method("crm.activity.todo.update", scope="crm", docs=DOCS.format("update"), writes=True, differs=DIFFERS)
def update(portal, caller, params):
    """What is not named stays."""
    params.need("deadline")
    row = _open(portal, params, "CAN_NOT_UPDATE_COMPLETED_TODO")
    return _changed(portal, caller, row, _written(portal, params))


@method("crm.activity.todo.updatedeadline", scope="crm", docs=DOCS.format("update-deadline"), writes=True)
def update_deadline(portal, caller, params):
    value = params.need("value")
    row = _open(portal, params, "CAN_NOT_UPDATE_COMPLETED_TODO")
    return _changed(portal, caller, row, _until(value))


@method("crm.activity.todo.updatedescription", scope="crm", docs=DOCS.format("update-description"), writes=True)
def update_description(portal, caller, params):
    value = params.need("value")
    row = _open(portal, params, "CAN_NOT_UPDATE_COMPLETED_TODO")
    return _changed(portal, caller, row, {"DESCRIPTION": str(value)})


@method("crm.activity.todo.updatecolor", scope="crm", docs=DOCS.format("update-color"), writes=True)
def update_color(portal, caller, params):
    """One of seven, or the default."""
    value = params.need("colorId")
    row = _open(portal, params, "CAN_NOT_UPDATE_COLOR_COMPLETED_TODO")
    return _changed(portal, caller, row, _coloured(row, value))


@method(
    "crm.activity.todo.updateresponsibleuser", scope="crm", docs=DOCS.format("update-responsible-user"), writes=True
)
def update_responsible_user(portal, caller, params):
    responsible = whole(params.need("responsibleId"), 0)
    row = _open(portal, params, "CAN_NOT_UPDATE_RESPONSIBLE_USER_COMPLETED_TODO")
    if responsible <= 0:
        raise RestError("INVALID_ARG_VALUE", 'Parameter "responsibleId" must be greater than 0')
    return _changed(portal, caller, row, {"RESPONSIBLE_ID": responsible})


def _open(portal, params: Params, refusal: str) -> dict:
    """The to-do of that object, not completed yet."""
    activity_id, type_id, owner_id = (whole(params.need(name)) for name in ("id", "ownerTypeId", "ownerId"))
    timeline.owner_of(portal, type_id, owner_id)
    row = portal.store.activities.get(activity_id)
    bound = row is not None and timeline.binding(portal, activity_id, type_id, owner_id) is not None
    if not bound or row["PROVIDER_ID"] != "CRM_TODO":
        raise not_found("Not found.")
    if row["COMPLETED"] == "Y":
        raise RestError(refusal, "A completed activity cannot be changed")
    return row


def _changed(portal, caller, row: dict, values: dict) -> dict:
    activities.change(portal, caller.user_id, row, values)
    return {"id": row["ID"]}


def _written(portal, params: Params) -> dict:
    values = _until(params.get("deadline"))
    if params.get("title"):
        values["SUBJECT"] = str(params.get("title"))
    if params.get("description") is not None:
        values["DESCRIPTION"] = str(params.get("description"))
    if params.integer("responsibleId"):
        values["RESPONSIBLE_ID"] = params.integer("responsibleId")
    if params.get("colorId") is not None:
        values |= _coloured({"SETTINGS": {}}, params.get("colorId"))
    _check_parent(portal, params)
    return values


def _check_parent(portal, params: Params) -> None:
    if not params.get("parentActivityId"):
        return
    parent = portal.store.activities.get(params.integer("parentActivityId"))
    if parent is None:
        raise not_found("Not found.")
    if parent["COMPLETED"] == "Y":
        raise RestError("ERROR_PARENT_ACTIVITY_RESTRICT", "An activity cannot be planned under a completed one")


def _until(value: object) -> dict:
    try:
        deadline = moment(value)
    except BadValue:
        raise RestError("WRONG_DATETIME_FORMAT", "Wrong datetime format") from None
    return {"START_TIME": deadline, "END_TIME": deadline, "DEADLINE": deadline}


def _coloured(row: dict, value: object) -> dict:
    if str(value) not in COLOURS:
        raise RestError("CAN_NOT_UPDATE_WRONG_COLOR_TODO", "Wrong color")
    return {"SETTINGS": row["SETTINGS"] | {"COLOR": str(value)}}
