"""What happens to deals, contacts and companies, whichever method or person does it.

Rows come in and go out canonical (values.py). Stage history, sums by product rows, cascades and events live here.
"""

from datetime import timedelta

from . import userfields
from .clock import iso
from .entities import DEAL, Entity
from .errors import RestError
from .values import day

CREATED, MOVED, FINAL, FUNNEL_CHANGED = 1, 2, 3, 5
# Numbers that read as 0, not as null, when nothing is there.
ZERO_WHEN_EMPTY = ("companyId", "contactId", "opportunity")


def add(portal, entity: Entity, user_id: int, values: dict) -> dict:
    """A new object with the portal's defaults; rings …ADD and, for deals, writes the first stage record."""
    now = portal.clock.iso()
    table = portal.table(entity)
    row = {
        "id": table.next_id(),
        "createdTime": now,
        "updatedTime": now,
        "createdBy": user_id,
        "updatedBy": user_id,
        "assignedById": user_id,
        "opened": "Y",
        "lastActivityTime": now,
        "lastActivityBy": user_id,
    }
    if entity is DEAL:
        row |= _new_deal(portal, user_id, now, values)
    row |= userfields.defaults(portal, entity.uf_entity)
    row |= {name: value for name, value in values.items() if name not in ("categoryId", "stageId")}
    if "title" in entity.fields and not row.get("title"):
        row["title"] = entity.default_title.format(id=row["id"])
    _link_contacts(row, values)
    table.add(row)
    if entity is DEAL:
        _record_stage(portal, row, CREATED)
    portal.events.ring(f"{entity.event}ADD", {"FIELDS": {"ID": str(row["id"])}})
    return row


def update(portal, entity: Entity, user_id: int, row: dict, values: dict) -> bool:
    """Write what differs. Nothing different saves nothing: no time, no event. True if anything changed."""
    values = dict(values)
    if entity is DEAL:
        _resolve_stage(portal, row, values)
        _follow_rows(portal, row, values)
    _link_contacts(values, values)
    changed = {name: value for name, value in values.items() if row.get(name) != value}
    if not changed:
        return False
    moved_funnel = "categoryId" in changed
    if entity is DEAL and ("stageId" in changed or moved_funnel):
        changed |= _moved(portal, user_id, row, changed)
    changed |= {"updatedTime": portal.clock.iso(), "updatedBy": user_id}
    portal.table(entity).update(row["id"], changed)
    if entity is DEAL:
        _after_deal_change(portal, row, changed, moved_funnel)
    if not moved_funnel:
        portal.events.ring(f"{entity.event}UPDATE", {"FIELDS": {"ID": str(row["id"])}})
    return True


def delete(portal, entity: Entity, row: dict) -> None:
    """Remove the object with all that hangs on it; rings …DELETE."""
    portal.table(entity).remove(row["id"])
    if entity is DEAL:
        _remove_all(portal.store.stage_history, OWNER_ID=row["id"])
        _remove_all(portal.store.product_rows, ownerId=row["id"])
    _remove_all(portal.store.comments, ENTITY_TYPE=entity.code, ENTITY_ID=row["id"])
    _remove_all(portal.store.activities, OWNER_TYPE_ID=entity.type_id, OWNER_ID=row["id"])
    _remove_all(portal.store.multifields, entityTypeId=entity.type_id, entityId=row["id"])
    portal.events.ring(f"{entity.event}DELETE", {"FIELDS": {"ID": str(row["id"])}})


def note_activity(portal, entity: Entity, row_id: int, user_id: int) -> None:
    """A comment, a to-do, a call: moves «last activity» of the object, not its update time."""
    if row_id in portal.table(entity):
        portal.table(entity).update(row_id, {"lastActivityTime": portal.clock.iso(), "lastActivityBy": user_id})


def rows_changed(portal, deal: dict, user_id: int) -> None:
    """The deal's sum follows its product rows unless it is held by hand; the deal counts as updated."""
    values = {"updatedTime": portal.clock.iso(), "updatedBy": user_id}
    if deal["isManualOpportunity"] == "N":
        values["opportunity"] = _sum(_rows(portal, deal))
    portal.store.deals.update(deal["id"], values)
    portal.events.ring("ONCRMDEALUPDATE", {"FIELDS": {"ID": str(deal["id"])}})


def get(portal, entity: Entity, row_id: int | None) -> dict | None:
    row = portal.table(entity).get(row_id)
    return row if row is not None and portal.may_read(row) else None


# -- stages of deals


def stages(portal, category_id: int) -> list[dict]:
    """The stages of a funnel in their order."""
    rows = portal.store.statuses.having(ENTITY_ID=stage_entity(category_id))
    return sorted(rows, key=lambda row: row["SORT"])


def stage_entity(category_id: int) -> str:
    return f"DEAL_STAGE_{category_id}" if category_id else "DEAL_STAGE"


def stage(portal, category_id: int, stage_id: object) -> dict | None:
    return next((row for row in stages(portal, category_id) if row["STATUS_ID"] == stage_id), None)


def _semantics(portal, row: dict) -> str:
    found = stage(portal, row["categoryId"], row["stageId"])
    return (found and found["SEMANTICS"]) or "P"


def _new_deal(portal, user_id: int, now: str, values: dict) -> dict:
    category_id = values.get("categoryId") or 0
    if category_id not in portal.store.categories:
        raise _not_valid("categoryId")
    stage_id = values.get("stageId") or stages(portal, category_id)[0]["STATUS_ID"]
    found = stage(portal, category_id, stage_id)
    if found is None:
        raise _not_valid("stageId")
    semantics = found["SEMANTICS"] or "P"
    return {
        "categoryId": category_id,
        "stageId": stage_id,
        "stageSemanticId": semantics,
        "previousStageId": None,
        "isNew": "Y" if stage_id == stages(portal, category_id)[0]["STATUS_ID"] else "N",
        "closed": "N" if semantics == "P" else "Y",
        "isRecurring": "N",
        "isReturnCustomer": "N",
        "isRepeatedApproach": "N",
        "typeId": "SALE",
        "currencyId": "RUB",
        "isManualOpportunity": "N",
        "opportunity": 0,
        "taxValue": 0,
        "companyId": 0,
        "contactId": 0,
        "contactIds": [],
        "observers": [],
        "sourceId": "CALL",
        "begindate": day(now),
        "closedate": day(iso(portal.clock.now() + timedelta(days=7))),
        "movedTime": now,
        "movedBy": user_id,
    }


def _resolve_stage(portal, row: dict, values: dict) -> None:
    """A funnel change needs `categoryId` and takes the first stage if none is named; a stage must be the funnel's."""
    category_id = values.get("categoryId", row["categoryId"])
    if category_id is None or category_id not in portal.store.categories:
        raise _not_valid("categoryId")
    if category_id != row["categoryId"]:
        values["stageId"] = values.get("stageId") or stages(portal, category_id)[0]["STATUS_ID"]
    if "stageId" in values and stage(portal, category_id, values["stageId"]) is None:
        raise _not_valid("stageId")


def _moved(portal, user_id: int, row: dict, changed: dict) -> dict:
    after = {**row, **changed}
    semantics = _semantics(portal, after)
    first = stages(portal, after["categoryId"])[0]["STATUS_ID"]
    return {
        "previousStageId": row["stageId"],
        "stageSemanticId": semantics,
        "closed": "N" if semantics == "P" else "Y",
        "isNew": "Y" if after["stageId"] == first else "N",
        "movedTime": portal.clock.iso(),
        "movedBy": user_id,
        "lastActivityTime": portal.clock.iso(),
        "lastActivityBy": user_id,
    }


def _after_deal_change(portal, row: dict, changed: dict, moved_funnel: bool) -> None:
    if moved_funnel:
        _record_stage(portal, row, FUNNEL_CHANGED)
    elif "stageId" in changed:
        _record_stage(portal, row, MOVED if row["stageSemanticId"] == "P" else FINAL)


def _record_stage(portal, row: dict, type_id: int) -> None:
    portal.store.stage_history.add(
        {
            "ID": None,
            "TYPE_ID": type_id,
            "OWNER_ID": row["id"],
            "CREATED_TIME": row["movedTime"],
            "CATEGORY_ID": row["categoryId"],
            "STAGE_SEMANTIC_ID": row["stageSemanticId"],
            "STAGE_ID": row["stageId"],
        }
    )


# -- small parts


def _link_contacts(row: dict, written: dict) -> None:
    """`contactIds` and `contactId` are two views of one list: the first is the main one."""
    if "contactIds" in written:
        row["contactId"] = written["contactIds"][0] if written["contactIds"] else 0
    elif "contactId" in written:
        row["contactIds"] = [written["contactId"]] if written["contactId"] else []


def _follow_rows(portal, deal: dict, values: dict) -> None:
    """A sum that is not held by hand is that of the rows, where there are any."""
    if {"opportunity", "isManualOpportunity"} & values.keys():
        rows = _rows(portal, deal)
        if rows and values.get("isManualOpportunity", deal["isManualOpportunity"]) == "N":
            values["opportunity"] = _sum(rows)


def _rows(portal, deal: dict) -> list[dict]:
    return portal.store.product_rows.having(ownerType="D", ownerId=deal["id"])


def _sum(rows: list[dict]) -> float | int:
    total = round(sum(row["price"] * row["quantity"] for row in rows), 2)
    return int(total) if float(total).is_integer() else total


def _remove_all(table, **equal: object) -> None:
    for row in table.having(**equal):
        table.remove(row[table.key])


def _not_valid(field: str) -> RestError:
    return RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value for field "{field}"')
