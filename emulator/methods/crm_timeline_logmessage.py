"""crm.timeline.logmessage.*: entries of the timeline's log. Pages of ten, newest first."""

from ..errors import RestError, missing
from ..filters import in_order, ordering
from ..listing import cut
from ..objects import rights, timeline
from ..registry import Page, Params, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/logmessage/crm-timeline-logmessage-{}.html"
REQUIRED = ("entityTypeId", "entityId", "title", "text", "iconCode")
SHOWN = ("id", "created", "authorId", "title", "text", "iconCode")
PAGE = 10


@method(
    "crm.timeline.logmessage.add",
    scope="crm",
    docs=DOCS.format("add"),
    writes=True,
    differs="Any `iconCode` is accepted: the portal's icons are not kept.",
)
def add(portal, caller, params):
    given = params.fields()
    for name in REQUIRED:
        if given.get(name) in (None, ""):
            raise missing(name)
    entity, owner = timeline.owner_of(portal, whole(given["entityTypeId"]), whole(given["entityId"]))
    row = {"id": portal.store.comments.next_id(), "created": portal.clock.iso(), "authorId": caller.user_id}
    row |= {name: str(given[name]) for name in ("title", "text", "iconCode")}
    portal.store.log_messages.add(row)
    timeline.place(portal, row["id"], entity.code, owner["id"])
    return {"logMessage": _show(row)}


@method("crm.timeline.logmessage.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"logMessage": _show(_entry(portal, params, "read"))}


@method("crm.timeline.logmessage.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params) -> Page:
    params.need("entityTypeId"), params.need("entityId")
    entity, owner = timeline.owner_of(portal, params.integer("entityTypeId"), params.integer("entityId"), "read")
    places = portal.store.timeline_places.having(ENTITY_TYPE=entity.code, ENTITY_ID=owner["id"])
    numbers = sorted(place["OWNER_ID"] for place in places if place["OWNER_ID"] in portal.store.log_messages)
    keys = ordering(params.map("order"), lambda name: name if name in ("id", "created") else None)
    rows = in_order(map(portal.store.log_messages.get, numbers), keys or [("id", True)], "id")
    return cut(rows, params, _show, size=PAGE)


@method("crm.timeline.logmessage.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    timeline.remove_record(portal, _entry(portal, params, "update")["id"])
    return True


def _entry(portal, params: Params, action: str) -> dict:
    row = portal.store.log_messages.get(whole(params.need("id")))
    if row is None:
        raise RestError("NOT_FOUND", f"Timeline logmessage not found for id {params.get('id')}")
    if not timeline.may_touch(portal, row["id"], action):
        raise rights.denied("update")
    return row


def _show(row: dict) -> dict:
    return {name: row[name] for name in SHOWN}
