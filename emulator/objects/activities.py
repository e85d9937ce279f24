"""What happens to activities, whichever method does it: owners, bindings, communications, files, events.

https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/activity-base/crm-activity-fields.html
"""

from ..listing import Columns
from . import items, timeline
from .entities import numbered

MEETING, CALL, TASK, EMAIL, BY_PROVIDER = 1, 2, 3, 4, 6
WAITING, COMPLETED = 1, 2
COLUMNS = Columns(
    {
        "ID": "integer",
        "OWNER_ID": "integer",
        "OWNER_TYPE_ID": "integer",
        "TYPE_ID": "integer",
        "PROVIDER_ID": "string",
        "PROVIDER_TYPE_ID": "string",
        "PROVIDER_GROUP_ID": "string",
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
        "NOTIFY_TYPE": "integer",
        "NOTIFY_VALUE": "integer",
        "DESCRIPTION": "string",
        "DESCRIPTION_TYPE": "integer",
        "DIRECTION": "integer",
        "LOCATION": "string",
        "SETTINGS": "object",
        "ORIGINATOR_ID": "string",
        "ORIGIN_ID": "string",
        "AUTHOR_ID": "integer",
        "EDITOR_ID": "integer",
        "PROVIDER_PARAMS": "object",
        "PROVIDER_DATA": "string",
        "RESULT_MARK": "integer",
        "RESULT_VALUE": "double",
        "RESULT_SUM": "double",
        "RESULT_CURRENCY_ID": "string",
        "RESULT_STATUS": "integer",
        "RESULT_STREAM": "integer",
        "RESULT_SOURCE_ID": "string",
        "AUTOCOMPLETE_RULE": "integer",
        "IS_INCOMING_CHANNEL": "char",
    }
)
_DEFAULTS = {
    "ASSOCIATED_ENTITY_ID": 0,
    "COMPLETED": "N",
    "STATUS": WAITING,
    "PRIORITY": 2,
    "NOTIFY_TYPE": 0,
    "NOTIFY_VALUE": 0,
    "DESCRIPTION": "",
    "DESCRIPTION_TYPE": 1,
    "DIRECTION": 0,
    "LOCATION": "",
    "SETTINGS": {},
    "PROVIDER_PARAMS": {},
    "RESULT_MARK": 0,
    "RESULT_STATUS": 0,
    "RESULT_STREAM": 0,
    "AUTOCOMPLETE_RULE": 0,
    "IS_INCOMING_CHANNEL": "N",
    "FILES": [],
}
_DEADLINE = {MEETING: "START_TIME", CALL: "START_TIME", TASK: "END_TIME"}


def add(portal, user_id: int, values: dict, communications: list[dict] = ()) -> dict:
    """A new activity of an object that is there, bound also to those it communicates with; rings ONCRMACTIVITYADD."""
    now = portal.clock.iso()
    row = dict.fromkeys(COLUMNS) | _DEFAULTS | {"CREATED": now, "LAST_UPDATED": now}
    row |= {"AUTHOR_ID": user_id, "EDITOR_ID": user_id} | values
    row = portal.store.activities.add(row | _settled(row))
    timeline.bind(portal, row["ID"], row["OWNER_TYPE_ID"], row["OWNER_ID"])
    communicate(portal, row["ID"], communications)
    items.note_activity(portal, numbered(portal, row["OWNER_TYPE_ID"]), row["OWNER_ID"], user_id)
    _ring(portal, "ADD", row["ID"])
    return row


def change(portal, user_id: int, row: dict, values: dict) -> None:
    """Rings ONCRMACTIVITYUPDATE."""
    stamps = {"LAST_UPDATED": portal.clock.iso(), "EDITOR_ID": user_id}
    if "COMPLETED" in values and values["COMPLETED"] != row["COMPLETED"]:
        stamps["STATUS"] = WAITING if values["COMPLETED"] == "N" else COMPLETED
    portal.store.activities.update(row["ID"], values | stamps)
    portal.store.activities.update(row["ID"], _settled(row))
    _ring(portal, "UPDATE", row["ID"])


def remove(portal, row: dict) -> None:
    """Rings ONCRMACTIVITYDELETE."""
    timeline.remove_activity(portal, row["ID"])
    _ring(portal, "DELETE", row["ID"])


def communicate(portal, activity_id: int, communications: list[dict]) -> None:
    """These are the activity's communications from now on; it is bound to the objects they name."""
    portal.store.communications.remove_having(ACTIVITY_ID=activity_id)
    for communication in communications:
        portal.store.communications.add({"ID": None, "ACTIVITY_ID": activity_id} | communication)
        timeline.bind(portal, activity_id, communication["ENTITY_TYPE_ID"], communication["ENTITY_ID"])


def _settled(row: dict) -> dict:
    """What follows from the rest: the deadline from the times, the status from a completion at birth."""
    source = _DEADLINE.get(row["TYPE_ID"])
    settled = {"DEADLINE": row[source]} if source else {}
    return settled | ({"STATUS": COMPLETED} if row["COMPLETED"] == "Y" and row["STATUS"] == WAITING else {})


def _ring(portal, what: str, activity_id: int) -> None:
    portal.events.ring(f"ONCRMACTIVITY{what}", {"FIELDS": {"ID": str(activity_id)}})
