"""crm.item.import, crm.item.batchImport: objects from another system, with the history that they had there.

Rings no events. https://apidocs.bitrix24.com/api-reference/crm/universal/import/index.html
"""

from ..errors import RestError
from ..objects import items, multifields, required_fields
from ..php import as_list, as_map
from ..registry import method
from .crm_item import Face

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/import/crm-item-{}.html"
HISTORY = frozenset({"createdTime", "updatedTime", "movedTime", "createdBy", "updatedBy", "movedBy"})
MOST = 20


@method("crm.item.import", scope="crm", docs=DOCS.format("import"), writes=True)
def import_(portal, caller, params):
    row = _import(portal, caller, Face(portal, params), params.fields())
    return {"item": {"id": row["id"]}}


@method("crm.item.batchImport", scope="crm", docs=DOCS.format("batch-import"), writes=True)
def batch_import(portal, caller, params):
    """What is refused answers in its place; the others are made."""
    face, given = Face(portal, params), as_list(params.need("data"))
    if len(given) > MOST:
        raise RestError("MAX_IMPORT_BATCH_SIZE_EXCEEDED", f"You cannot import more than {MOST} items")
    return {"items": [_attempt(portal, caller, face, as_map(fields)) for fields in given]}


def _attempt(portal, caller, face: Face, given: dict) -> dict:
    try:
        return {"item": {"id": _import(portal, caller, face, given)["id"]}}
    except RestError as refused:
        return refused.body()


def _import(portal, caller, face: Face, given: dict) -> dict:
    told = HISTORY & given.keys()
    if told and not portal.is_admin(caller.user_id):
        raise items.not_valid(min(told))
    values = face.written(given, {}, also=HISTORY)
    values = {name: value for name, value in values.items() if name not in HISTORY or value is not None}
    begun = items.begun(portal, face.entity, caller.user_id, values)
    face.check_right("add", begun)
    required_fields.check(portal, face.entity, begun)
    _check_moments(portal, face, values)
    row = items.make(portal, face.entity, caller.user_id, values)
    multifields.write(portal, face.entity, row["id"], [*as_list(given.get("fm")), *multifields.by_kind(given)])
    return row


def _check_moments(portal, face: Face, values: dict) -> None:
    """Refuses what cannot have been: in the future, in the wrong order, before objects that are here already."""
    now = portal.clock.iso()
    created, updated = values.get("createdTime", now), values.get("updatedTime", now)
    newest = max((row["createdTime"] for row in face.table.all()), default="")
    if "createdTime" in values and not newest <= created <= now:
        raise items.not_valid("createdTime")
    if not created <= updated <= now:
        raise items.not_valid("updatedTime")
    if face.entity.has_stages and not created <= values.setdefault("movedTime", created) <= updated:
        raise items.not_valid("movedTime")
