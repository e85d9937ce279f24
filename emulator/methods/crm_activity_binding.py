"""crm.activity.binding.*: the objects in whose timelines an activity is shown; one of them is its owner."""

from ..errors import RestError, not_found
from ..objects import timeline
from ..objects.entities import Entity
from ..registry import Params, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/binding/crm-activity-binding-{}.html"
MOST = 100
SAME_TYPES = "SOURCE_AND_TARGET_ENTITY_TYPES_ARE_NOT_EQUAL_ERROR"
SAME_IDS = "SOURCE_AND_TARGET_ENTITY_ID_ARE_EQUAL_ERROR"


@method("crm.activity.binding.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    held = timeline.bindings(portal, _activity(portal, params)["ID"])
    return [{"entityTypeId": row["entityTypeId"], "entityId": row["entityId"]} for row in held]


@method(
    "crm.activity.binding.add",
    scope="crm",
    docs=DOCS.format("add"),
    writes=True,
    differs="The answer to the 101st binding is false: its words are not documented.",
)
def add(portal, caller, params):
    row, (entity, owner) = _activity(portal, params), _named(portal, params, "entity")
    _check_free(portal, row, entity, owner)
    if len(timeline.bindings(portal, row["ID"])) >= MOST:
        return False
    timeline.bind(portal, row["ID"], entity.type_id, owner["id"])
    return True


@method("crm.activity.binding.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """The last one stays; the owner's one leaves the activity to the next object."""
    row, named = _activity(portal, params), _named(portal, params, "entity")
    held = _held(portal, row, *named)
    if len(timeline.bindings(portal, row["ID"])) == 1:
        raise RestError("LAST_BINDING_CANNOT_BE_DELETED", "The only binding of an activity cannot be deleted")
    timeline.unbind(portal, held)
    return True


@method("crm.activity.binding.move", scope="crm", docs=DOCS.format("move"), writes=True)
def move(portal, caller, params):
    """Between objects of one kind; the owner moves with its binding."""
    row = _activity(portal, params)
    types = [whole(params.need(name)) for name in ("sourceEntityTypeId", "targetEntityTypeId")]
    numbers = [whole(params.need(name)) for name in ("sourceEntityId", "targetEntityId")]
    if types[0] != types[1]:
        raise RestError(SAME_TYPES, "An activity cannot be moved to an object of another type")
    if numbers[0] == numbers[1]:
        raise RestError(SAME_IDS, "An activity cannot be moved to the same object")
    held = _held(portal, row, *_named(portal, params, "sourceEntity"))
    entity, owner = _named(portal, params, "targetEntity")
    _check_free(portal, row, entity, owner)
    portal.store.activity_bindings.update(held["id"], {"entityId": owner["id"]})
    if (row["OWNER_TYPE_ID"], row["OWNER_ID"]) == (types[0], numbers[0]):
        portal.store.activities.update(row["ID"], {"OWNER_ID": owner["id"]})
    return True


def _activity(portal, params: Params) -> dict:
    row = portal.store.activities.get(whole(params.need("activityId")))
    if row is None:
        raise not_found()
    return row


def _named(portal, params: Params, prefix: str) -> tuple[Entity, dict]:
    return timeline.owner_of(portal, whole(params.need(f"{prefix}TypeId")), whole(params.need(f"{prefix}Id")))


def _held(portal, row: dict, entity: Entity, owner: dict) -> dict:
    held = timeline.binding(portal, row["ID"], entity.type_id, owner["id"])
    if held is None:
        raise RestError("BINDING_NOT_FOUND", "The activity is not bound to this object")
    return held


def _check_free(portal, row: dict, entity: Entity, owner: dict) -> None:
    if timeline.binding(portal, row["ID"], entity.type_id, owner["id"]):
        raise RestError("ACTIVITY_IS_ALREADY_BOUND", "The activity is already bound to this object")
