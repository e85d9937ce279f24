"""What happens to cards (leads, deals, contacts, companies, quotes, invoices, items of smart processes), whichever method
or person does it.

Rows come in and go out canonical (values.py). Stage history, sums by product rows, cascades and events live here.
"""

from datetime import timedelta

from ..clock import iso
from ..errors import RestError
from ..store import Table
from ..values import day
from . import recycle_bin, requisites, rights, timeline, userfields
from .entities import COMPANY, CONTACT, DEAL, INVOICE, LEAD, QUOTE, Entity, every, parents

CREATED, MOVED, FINAL, FUNNEL_CHANGED = 1, 2, 3, 5
# Numbers that read as 0, not as null, when nothing is there.
ZERO_WHEN_EMPTY = ("companyId", "contactId", "mycompanyId", "opportunity")
# The dictionary that the stages of leads are kept in.
LEAD_STAGES = LEAD.stage_list
# What is numbered → the field of the number.
NUMBERS = {QUOTE: "quoteNumber", INVOICE: "accountNumber"}
# Where the files of a quote are kept.
ON_DRIVE = 3
# A list of links → the main one of it, and where the order of the list is kept.
MAIN = {"contactIds": "contactId", "companyIds": "companyId"}
ORDER = {"contactIds": "contactSorts", "companyIds": "companySorts"}
# Contacts and companies know each other from both sides.
MIRRORS = {CONTACT: ("companyIds", COMPANY, "contactIds"), COMPANY: ("contactIds", CONTACT, "companyIds")}


def add(portal, entity: Entity, user_id: int, values: dict) -> dict:
    """A new object with the portal's defaults; rings …ADD and, where there are stages, writes the first stage record."""
    row = make(portal, entity, user_id, values)
    _ring(portal, entity, "ADD", row["id"])
    return row


def make(portal, entity: Entity, user_id: int, values: dict) -> dict:
    """The same without a sound: an import rings nothing."""
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
    if entity.has_stages:
        row |= _new_staged(portal, entity, user_id, now, values)
    if "hasPhone" in entity.fields:
        row |= dict.fromkeys(("hasPhone", "hasEmail", "hasImol"), "N")
    row |= userfields.defaults(portal, entity.uf_entity)
    row |= {name: value for name, value in values.items() if name not in ("categoryId", "stageId")}
    if "title" in entity.fields and not row.get("title"):
        row["title"] = entity.default_title.replace("{id}", str(row["id"]))
    if entity in NUMBERS:
        row[NUMBERS[entity]] = str(row["id"])
    _link(entity, row, values)
    table.add(row)
    _mirror(portal, entity, row, [])
    if entity.has_stages:
        record_stage(portal, entity, row, CREATED)
    return row


def begun(portal, entity: Entity, user_id: int, values: dict) -> dict:
    """What a new object would be: whose, and in which funnel and on which stage."""
    card = {"assignedById": user_id, "opened": "Y"} | values
    if entity.has_funnels:
        card["categoryId"] = values.get("categoryId") or first_funnel(portal, entity)["id"]
    if entity.has_stages:
        first = next(iter(road(portal, entity, card)), {})
        card["stageId"] = values.get("stageId") or first.get("STATUS_ID")
    return card


def update(portal, entity: Entity, user_id: int, row: dict, values: dict) -> bool:
    """Write what differs. Nothing different saves nothing: no time, no event. True if anything changed."""
    values = dict(values)
    if entity.has_stages:
        _resolve_stage(portal, entity, row, values)
        _follow_rows(portal, entity, row, values)
    _link(entity, values, values)
    changed = {name: value for name, value in values.items() if row.get(name) != value}
    if not changed:
        return False
    moved_funnel = "categoryId" in changed
    if "stageId" in changed or moved_funnel:
        changed |= _moved(portal, entity, user_id, row, changed)
    changed |= {ORDER[links]: {} for links in ORDER if links in changed and ORDER[links] not in values}
    changed |= {"updatedTime": portal.clock.iso(), "updatedBy": user_id}
    linked = _mirrored(entity, row)
    portal.table(entity).update(row["id"], changed)
    _mirror(portal, entity, row, linked)
    if entity.has_stages:
        _after_move(portal, entity, row, changed, moved_funnel)
    if not (moved_funnel and entity is DEAL):
        _ring(portal, entity, "UPDATE", row["id"])
    return True


def delete(portal, entity: Entity, row: dict) -> None:
    """Remove the object with all that hangs on it into the recycle bin; rings …DELETE."""
    with recycle_bin.keeping(portal, entity, row):
        _delete(portal, entity, row)
    _ring(portal, entity, "DELETE", row["id"])


def restore(portal, entity_type_id: int, item_id: int) -> dict:
    """The card comes back out of the recycle bin as it was; rings …ADD. Raises LookupError if it is not there."""
    entity = recycle_bin.take_back(portal, entity_type_id, item_id)
    _ring(portal, entity, "ADD", item_id)
    return portal.table(entity).get(item_id)


def _delete(portal, entity: Entity, row: dict) -> None:
    portal.table(entity).remove(row["id"])
    if entity.history:
        _history(portal, entity).remove_having(OWNER_ID=row["id"])
    portal.store.product_rows.remove_having(ownerType=entity.short, ownerId=row["id"])
    _forget(portal, entity, row)
    _let_go(portal, entity, row["id"])
    timeline.forget(portal, entity, row["id"])
    requisites.forget(portal, entity.type_id, row["id"])
    portal.store.documents.remove_having(entityTypeId=entity.type_id, entityId=row["id"])
    portal.store.multifields.remove_having(entityTypeId=entity.type_id, entityId=row["id"])
    portal.store.requisite_links.remove_having(ENTITY_TYPE_ID=entity.type_id, ENTITY_ID=row["id"])


def note_activity(portal, entity: Entity, row_id: int, user_id: int) -> None:
    """A comment, a to-do, a call: moves «last activity» of the object, not its update time."""
    if row_id in portal.table(entity):
        portal.table(entity).update(row_id, {"lastActivityTime": portal.clock.iso(), "lastActivityBy": user_id})


def rows_changed(portal, entity: Entity, row: dict, user_id: int) -> None:
    """The sum follows the product rows unless it is held by hand; the object counts as updated."""
    values = {"updatedTime": portal.clock.iso(), "updatedBy": user_id}
    if row["isManualOpportunity"] == "N":
        values["opportunity"] = _sum(rows_of(portal, entity, row["id"]))
    portal.table(entity).update(row["id"], values)
    _ring(portal, entity, "UPDATE", row["id"])


def rows_of(portal, entity: Entity, row_id: int) -> list[dict]:
    """The product rows of an object in the order of their ids."""
    return portal.store.product_rows.having(ownerType=entity.short, ownerId=row_id)


def get(portal, entity: Entity, row_id: int | None) -> dict | None:
    """The object that who calls may read."""
    row = portal.table(entity).get(row_id)
    return row if row is not None and rights.may(portal, entity, "read", row) else None


# -- funnels and stages


def funnels(portal, entity: Entity) -> list[dict]:
    """The funnels of a kind in the order of their ids; none where it has no funnels."""
    if not entity.has_funnels:
        return []
    rows = funnel_table(portal, entity)
    return list(rows.all()) if entity is DEAL else rows.having(entityTypeId=entity.type_id)


def funnel(portal, entity: Entity, category_id: int | None) -> dict | None:
    row = funnel_table(portal, entity).get(category_id)
    return row if row is not None and row["entityTypeId"] == entity.type_id else None


def first_funnel(portal, entity: Entity) -> dict:
    """The one that an object comes into when none is named."""
    return next(row for row in funnels(portal, entity) if row["isDefault"] == "Y")


def funnel_table(portal, entity: Entity) -> Table:
    """Deals number theirs by themselves, invoices and smart processes together."""
    return portal.store.categories if entity is DEAL else portal.store.item_categories


def owner_of_stages(portal, entity_id: str) -> tuple[Entity, dict] | None:
    """Whose stages a dictionary holds: the kind and the funnel, an empty one where it has no funnels."""
    for entity in every(portal):
        for category in (funnels(portal, entity) or [{}]) if entity.has_stages else []:
            if entity.stages_of(category.get("id")) == entity_id:
                return entity, category
    return None


def stages(portal, category_id: int) -> list[dict]:
    """The stages of a funnel of deals in their order."""
    return _dictionary(portal, DEAL.stages_of(category_id))


def stage(portal, category_id: int, stage_id: object) -> dict | None:
    return _named(stages(portal, category_id), stage_id)


def road(portal, entity: Entity, row: dict) -> list[dict]:
    """The stages that an object can stand on, in their order."""
    return _dictionary(portal, entity.stages_of(row.get("categoryId")))


def can_stand(portal, entity: Entity, row: dict, stage_id: object) -> bool:
    return _named(road(portal, entity, row), stage_id) is not None


def _dictionary(portal, entity_id: str) -> list[dict]:
    return sorted(portal.store.statuses.having(ENTITY_ID=entity_id), key=lambda row: row["SORT"])


def _named(steps: list[dict], stage_id: object) -> dict | None:
    return next((row for row in steps if row["STATUS_ID"] == stage_id), None)


def _new_staged(portal, entity: Entity, user_id: int, now: str, values: dict) -> dict:
    """What an object with stages begins with: the first stage if none is named."""
    place = {}
    if entity.has_funnels:
        place["categoryId"] = values.get("categoryId") or first_funnel(portal, entity)["id"]
        if funnel(portal, entity, place["categoryId"]) is None:
            raise not_valid("categoryId")
    steps = road(portal, entity, place)
    found = _named(steps, values.get("stageId") or steps[0]["STATUS_ID"])
    if found is None:
        raise not_valid("stageId")
    own = _dated(portal, entity, now)
    own |= _new_deal() if entity is DEAL else _new_lead(values) if entity is LEAD else _new_dynamic(portal, entity)
    begun = place | {
        "stageId": found["STATUS_ID"],
        "stageSemanticId": found["SEMANTICS"] or "P",
        "currencyId": "RUB",
        "isManualOpportunity": "N",
        "opportunity": 0,
        "companyId": 0,
        "contactId": 0,
        "contactIds": [],
        "observers": [],
        "sourceId": "CALL",
        "movedTime": now,
        "movedBy": user_id,
    }
    return own | begun | _closing(portal, entity, begun, now)


def _dated(portal, entity: Entity, now: str) -> dict:
    """Everything is planned for a week."""
    later = day(iso(portal.clock.now() + timedelta(days=7)))
    dates = {"begindate": day(now), "closedate": later, "actualDate": later}
    return {name: date for name, date in dates.items() if name in entity.fields}


def _new_deal() -> dict:
    return {
        "previousStageId": None,
        "isRecurring": "N",
        "isReturnCustomer": "N",
        "isRepeatedApproach": "N",
        "typeId": "SALE",
        "taxValue": 0,
    }


def _new_lead(values: dict) -> dict:
    """A lead of somebody who is a client already is a repeated one."""
    known = any(values.get(name) for name in ("companyId", "contactId", "contactIds"))
    return {"isReturnCustomer": "Y" if known else "N"}


def _new_dynamic(portal, entity: Entity) -> dict:
    """A quote, an invoice, an item: from the first of the portal's own companies."""
    mine = portal.store.companies.having(isMyCompany="Y") if "mycompanyId" in entity.fields else []
    begun = {"previousStageId": None, "taxValue": 0, "mycompanyId": mine[0]["id"] if mine else 0}
    return begun | ({"storageTypeId": ON_DRIVE, "storageElementIds": []} if entity is QUOTE else {})


def _closing(portal, entity: Entity, row: dict, now: str) -> dict:
    """What follows from where it stands: open or closed, and for a deal whether it is new."""
    running = row["stageSemanticId"] == "P"
    if entity is LEAD:
        return {"dateClosed": None if running else now}
    if entity is not DEAL:
        return {"closed": "N" if running else "Y"}
    first = road(portal, entity, row)[0]["STATUS_ID"]
    return {"closed": "N" if running else "Y", "isNew": "Y" if row["stageId"] == first else "N"}


def _resolve_stage(portal, entity: Entity, row: dict, values: dict) -> None:
    """A funnel change needs `categoryId` and takes the first stage if none is named; a stage must be the funnel's."""
    if entity.has_funnels:
        category_id = values.get("categoryId", row["categoryId"])
        if funnel(portal, entity, category_id) is None:
            raise not_valid("categoryId")
        if category_id != row["categoryId"]:
            first = road(portal, entity, {"categoryId": category_id})[0]["STATUS_ID"]
            values["stageId"] = values.get("stageId") or first
    if "stageId" in values and not can_stand(portal, entity, {**row, **values}, values["stageId"]):
        raise not_valid("stageId")


def _moved(portal, entity: Entity, user_id: int, row: dict, changed: dict) -> dict:
    now, after = portal.clock.iso(), {**row, **changed}
    found = _named(road(portal, entity, after), after["stageId"])
    after["stageSemanticId"] = (found and found["SEMANTICS"]) or "P"
    past = {"previousStageId": row["stageId"]} if entity.has_funnels else {}
    return (
        past
        | _closing(portal, entity, after, now)
        | {
            "stageSemanticId": after["stageSemanticId"],
            "movedTime": now,
            "movedBy": user_id,
            "lastActivityTime": now,
            "lastActivityBy": user_id,
        }
    )


def _after_move(portal, entity: Entity, row: dict, changed: dict, moved_funnel: bool) -> None:
    if moved_funnel:
        record_stage(portal, entity, row, FUNNEL_CHANGED)
    elif "stageId" in changed:
        record_stage(portal, entity, row, MOVED if row["stageSemanticId"] == "P" else FINAL)


def _history(portal, entity: Entity) -> Table:
    return getattr(portal.store, entity.history)


def record_stage(portal, entity: Entity, row: dict, type_id: int) -> None:
    """Leads tell it in words of their own: statuses, and no funnel; quotes tell nothing."""
    if not entity.history:
        return
    record = {"ID": None, "TYPE_ID": type_id, "OWNER_ID": row["id"], "CREATED_TIME": row["movedTime"]}
    if entity is LEAD:
        record |= {"STATUS_SEMANTIC_ID": row["stageSemanticId"], "STATUS_ID": row["stageId"]}
    else:
        record |= {"CATEGORY_ID": row["categoryId"], "STAGE_SEMANTIC_ID": row["stageSemanticId"]}
        record["STAGE_ID"] = row["stageId"]
    _history(portal, entity).add(record)


# -- links between contacts, companies and what is sold to them


def _link(entity: Entity, row: dict, written: dict) -> None:
    """A list of links and the main one of it are two views: the first of the list is the main one."""
    for several, main in MAIN.items():
        if several not in entity.fields or main not in entity.fields:
            continue
        if several in written:
            row[main] = written[several][0] if written[several] else 0
        elif main in written:
            row[several] = [written[main]] if written[main] else []


def _mirrored(entity: Entity, row: dict) -> list[int]:
    return list(row.get(MIRRORS[entity][0]) or []) if entity in MIRRORS else []


def _mirror(portal, entity: Entity, row: dict, before: list[int]) -> None:
    """Tell those on the other side of the links that came or went."""
    after = _mirrored(entity, row)
    for other_id in sorted(set(before) ^ set(after)):
        _, other, field = MIRRORS[entity]
        held = portal.table(other).get(other_id)
        if held is not None:
            kept = [linked for linked in held.get(field) or [] if linked != row["id"]]
            _relink(portal, other, held, {field: [*kept, row["id"]] if other_id in after else kept})


def _forget(portal, entity: Entity, row: dict) -> None:
    """A contact or a company that is gone leaves no links behind."""
    if entity not in MIRRORS:
        return
    linked = _mirrored(entity, row)
    _mirror(portal, entity, {**row, MIRRORS[entity][0]: []}, linked)
    for owner in [kind for kind in every(portal) if kind.has_stages and "companyId" in kind.fields]:
        if entity is COMPANY:
            for held in portal.table(owner).having(companyId=row["id"]):
                _relink(portal, owner, held, {"companyId": 0})
        else:
            for held in portal.table(owner).having(contactIds=row["id"]):
                _relink(portal, owner, held, {"contactIds": [one for one in held["contactIds"] if one != row["id"]]})


def _let_go(portal, entity: Entity, row_id: int) -> None:
    """What was tied to the object from below is tied to nothing."""
    name = f"parentId{entity.type_id}"
    for below in every(portal):
        for held in portal.table(below).having(**{name: row_id}) if name in parents(portal, below) else []:
            portal.table(below).update(held["id"], {name: None})


def _relink(portal, entity: Entity, row: dict, written: dict) -> None:
    _link(entity, written, written)
    portal.table(entity).update(row["id"], written)


# -- small parts


def _ring(portal, entity: Entity, verb: str, row_id: int) -> None:
    """Invoices and smart processes share an event; a webhook can also ask for that of one kind only."""
    fields = {"ID": str(row_id)}
    if not entity.is_dynamic:
        portal.events.ring(f"{entity.event}{verb}", {"FIELDS": fields})
        return
    fields["ENTITY_TYPE_ID"] = str(entity.type_id)
    portal.events.ring(f"{entity.event}{verb}", {"FIELDS": fields})
    portal.events.ring(f"{entity.event}{verb}_{entity.type_id}", {"FIELDS": fields}, only_by_name=True)


def _follow_rows(portal, entity: Entity, row: dict, values: dict) -> None:
    """A sum that is not held by hand is that of the product rows, where there are any."""
    if {"opportunity", "isManualOpportunity"} & values.keys():
        rows = rows_of(portal, entity, row["id"])
        if rows and values.get("isManualOpportunity", row["isManualOpportunity"]) == "N":
            values["opportunity"] = _sum(rows)


def _sum(rows: list[dict]) -> float | int:
    total = round(sum((row["price"] or 0) * (row["quantity"] or 0) for row in rows), 2)
    return int(total) if float(total).is_integer() else total


def not_valid(field: str) -> RestError:
    return RestError("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value for field "{field}"')
