"""What stands in timelines of objects: comments and log entries share one row of numbers, activities have their own.

A record can stand in several timelines; an activity belongs to one object and is shown on more.
https://apidocs.bitrix24.com/api-reference/crm/timeline/bindings/index.html,
https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/binding/index.html
"""

from collections.abc import Callable

from ..errors import RestError
from . import rights
from .entities import Entity, called, numbered

HISTORY, ACTIVITY = 1, 2


def record(portal, record_id: int | None) -> dict | None:
    """A comment or a log entry."""
    return portal.store.comments.get(record_id) or portal.store.log_messages.get(record_id)


def place(portal, record_id: int, code: str, entity_id: int) -> dict:
    """The record stands in the timeline of this object, too."""
    held = place_of(portal, record_id, code, entity_id)
    row = {"id": None, "OWNER_ID": record_id, "ENTITY_ID": entity_id, "ENTITY_TYPE": code, "FIXED": "N"}
    return held or portal.store.timeline_places.add(row)


def place_of(portal, record_id: int | None, code: str, entity_id: int | None) -> dict | None:
    found = portal.store.timeline_places.having(OWNER_ID=record_id, ENTITY_TYPE=code, ENTITY_ID=entity_id)
    return found[0] if found else None


def place_at(portal, record_id: int | None, type_id: int | None, entity_id: int | None) -> dict | None:
    """The same by the number of the object's kind."""
    entity = numbered(portal, type_id)
    return place_of(portal, record_id, entity.code, entity_id) if entity else None


def remove_record(portal, record_id: int) -> None:
    """The record, its places and its note."""
    portal.store.comments.remove(record_id)
    portal.store.log_messages.remove(record_id)
    portal.store.timeline_places.remove_having(OWNER_ID=record_id)
    portal.store.notes.remove_having(itemType=HISTORY, itemId=record_id)


# -- activities


def bindings(portal, activity_id: int) -> list[dict]:
    return portal.store.activity_bindings.having(activityId=activity_id)


def binding(portal, activity_id: int, type_id: int | None, entity_id: int | None) -> dict | None:
    table = portal.store.activity_bindings
    found = table.having(activityId=activity_id, entityTypeId=type_id, entityId=entity_id)
    return found[0] if found else None


def bind(portal, activity_id: int, type_id: int, entity_id: int) -> None:
    if binding(portal, activity_id, type_id, entity_id) is None:
        row = {"id": None, "activityId": activity_id, "entityTypeId": type_id, "entityId": entity_id}
        portal.store.activity_bindings.add(row)


def unbind(portal, held: dict) -> None:
    """What is left of the bindings gives the activity its owner."""
    portal.store.activity_bindings.remove(held["id"])
    row = portal.store.activities.get(held["activityId"])
    if (row["OWNER_TYPE_ID"], row["OWNER_ID"]) == (held["entityTypeId"], held["entityId"]):
        first = bindings(portal, row["ID"])[0]
        owner = {"OWNER_TYPE_ID": first["entityTypeId"], "OWNER_ID": first["entityId"]}
        portal.store.activities.update(row["ID"], owner)


def remove_activity(portal, activity_id: int) -> None:
    """The activity, its bindings, its communications and its note."""
    portal.store.activities.remove(activity_id)
    portal.store.activity_bindings.remove_having(activityId=activity_id)
    portal.store.communications.remove_having(ACTIVITY_ID=activity_id)
    portal.store.notes.remove_having(itemType=ACTIVITY, itemId=activity_id)


def activity_rule(portal, action: str = "read") -> Callable[[dict], bool] | None:
    """The test of an activity for who calls: one's own, or of a card with which one may do that; None for who may do it
    with all of them."""
    may, user_id = rights.rule_of_cards(portal, action), portal.user_id
    if may is None:
        return None

    def holds(row: dict) -> bool:
        return row["RESPONSIBLE_ID"] == user_id or any(
            may(held["entityTypeId"], held["entityId"]) for held in bindings(portal, row["ID"])
        )

    return holds


# -- both


def place_rule(portal, action: str = "read") -> Callable[[dict], bool] | None:
    """The test of a place in a timeline for who calls: that of its card."""
    may = rights.rule_of_cards(portal, action)
    if may is None:
        return None
    return lambda place: may(called(portal, place["ENTITY_TYPE"]).type_id, place["ENTITY_ID"])


def may_touch(portal, record_id: int, action: str) -> bool:
    """Whether who calls may do that with one of the cards in whose timelines a comment or a log entry stands."""
    may = place_rule(portal, action)
    return may is None or any(map(may, portal.store.timeline_places.having(OWNER_ID=record_id)))


def forget(portal, entity: Entity, entity_id: int) -> None:
    """The object is gone: what stood only in its timeline goes with it."""
    for stood in portal.store.timeline_places.having(ENTITY_TYPE=entity.code, ENTITY_ID=entity_id):
        portal.store.timeline_places.remove(stood["id"])
        if not portal.store.timeline_places.having(OWNER_ID=stood["OWNER_ID"]):
            remove_record(portal, stood["OWNER_ID"])
    for held in portal.store.activity_bindings.having(entityTypeId=entity.type_id, entityId=entity_id):
        if len(bindings(portal, held["activityId"])) == 1:
            remove_activity(portal, held["activityId"])
        else:
            unbind(portal, held)


def owner_of(portal, type_id: int | None, entity_id: int | None, action: str = "update") -> tuple[Entity, dict]:
    """The object with this timeline, with which who calls may do that, or the portal's refusal."""
    entity = numbered(portal, type_id)
    row = portal.table(entity).get(entity_id) if entity else None
    if row is None or not rights.may(portal, entity, "read", row):
        raise RestError("OWNER_NOT_FOUND", "Owner of the item not found")
    if not rights.may(portal, entity, action, row):
        raise rights.denied(action)
    return entity, row
