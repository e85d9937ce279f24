"""crm.timeline.note.*: one note under a record of the timeline, or under an activity."""

from ..errors import not_found
from ..objects import timeline
from ..registry import Params, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/note/crm-timeline-note-{}.html"
SHOWN = ("text", "createdById", "createdTime", "updatedById", "updatedTime")


@method("crm.timeline.note.save", scope="crm", docs=DOCS.format("save"), writes=True)
def save(portal, caller, params):
    """A note that is there already gets another text."""
    item_type, item_id = _item(portal, params)
    changed = {"updatedById": caller.user_id, "updatedTime": portal.clock.iso(), "text": str(params.need("text"))}
    held = _note(portal, item_type, item_id)
    if held is None:
        made = {"createdById": caller.user_id, "createdTime": changed["updatedTime"]}
        portal.store.notes.add({"id": None, "itemType": item_type, "itemId": item_id} | made | changed)
    else:
        portal.store.notes.update(held["id"], changed)
    return True


@method("crm.timeline.note.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    held = _held(portal, params)
    return {name: held[name] for name in SHOWN}


@method("crm.timeline.note.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    portal.store.notes.remove(_held(portal, params)["id"])
    return True


def _held(portal, params: Params) -> dict:
    held = _note(portal, *_item(portal, params))
    if held is None:
        raise not_found()
    return held


def _note(portal, item_type: int, item_id: int) -> dict | None:
    found = portal.store.notes.having(itemType=item_type, itemId=item_id)
    return found[0] if found else None


def _item(portal, params: Params) -> tuple[int, int]:
    """What the note is under: it must stand in the named object's timeline."""
    names = ("ownerTypeId", "ownerId", "itemType", "itemId")
    type_id, owner_id, item_type, item_id = (whole(params.need(name)) for name in names)
    stands = {timeline.HISTORY: timeline.place_at, timeline.ACTIVITY: timeline.binding}.get(item_type)
    if stands is None or stands(portal, item_id, type_id, owner_id) is None:
        raise not_found()
    return item_type, item_id
