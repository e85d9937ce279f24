"""crm.timeline.item.*: records pinned to the top of a timeline."""

from ..errors import RestError, not_found
from ..objects import timeline
from ..registry import Params, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/actions/crm-timeline-item-{}.html"
MOST = 3
DIFFERS = "Comments and log entries only: no other records stand in these timelines."


@method("crm.timeline.item.pin", scope="crm", docs=DOCS.format("pin"), writes=True, differs=DIFFERS)
def pin(portal, caller, params):
    """Three records of a timeline at most."""
    stood = _place(portal, params)
    same = {"ENTITY_TYPE": stood["ENTITY_TYPE"], "ENTITY_ID": stood["ENTITY_ID"]}
    pinned = portal.store.timeline_places.having(FIXED="Y", **same)
    if stood not in pinned and len(pinned) >= MOST:
        raise RestError("0", "Only three events can be added to favorites")
    portal.store.timeline_places.update(stood["id"], {"FIXED": "Y"})
    return None


@method("crm.timeline.item.unpin", scope="crm", docs=DOCS.format("unpin"), writes=True, differs=DIFFERS)
def unpin(portal, caller, params):
    portal.store.timeline_places.update(_place(portal, params)["id"], {"FIXED": "N"})
    return None


def _place(portal, params: Params) -> dict:
    record_id, type_id, owner_id = (whole(params.need(name)) for name in ("id", "ownerTypeId", "ownerId"))
    timeline.owner_of(portal, type_id, owner_id)
    stood = timeline.place_at(portal, record_id, type_id, owner_id)
    if stood is None:
        raise not_found("Not found.")
    return stood
