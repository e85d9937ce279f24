"""The recycle bin of the CRM: a deleted card lies there with all that hung on it until somebody gives it back.

No method of REST knows the bin; the control address empties a card out of it, as an administrator does by hand. Smart
processes have one only if their setting `isRecyclebinEnabled` says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from . import timeline
from .entities import COMPANY, CONTACT, Entity, every, numbered, parents
from .requisites import REQUISITE

# A row of a table: the name of the table, the row's id.
Place = tuple[str, int]


@contextmanager
def keeping(portal, entity: Entity, card: dict) -> Iterator[None]:
    """Around a deletion: what is gone afterwards lies in the bin, and what was only changed is noted there."""
    if not _is_on(portal, entity):
        yield
        return
    before = {place: deepcopy(row) for place, row in _around(portal, entity, card)}
    yield
    gone = {place: row for place, row in before.items() if _row(portal, place) is None}
    portal.store.recycle_bin.add(
        {
            "id": None,
            "entityTypeId": entity.type_id,
            "itemId": card["id"],
            "title": card.get("title") or " ".join(filter(None, (card.get("name"), card.get("lastName")))),
            "deletedTime": portal.clock.iso(),
            "deletedBy": portal.user_id,
            "gone": gone,
            "changed": {place: _change(row, _row(portal, place)) for place, row in before.items() if place not in gone},
        }
    )


def take_back(portal, type_id: int, card_id: int) -> Entity:
    """The card and all that went with it, as they were; who was untied from it is tied again, if nobody tied him
    elsewhere since. The kind of the card; raises LookupError if it is not there."""
    entity = numbered(portal, type_id)
    found = portal.store.recycle_bin.having(entityTypeId=type_id, itemId=card_id)
    if entity is None or not found:
        raise LookupError(f"nothing of the kind {type_id} with the id {card_id} is in the recycle bin")
    entry = portal.store.recycle_bin.remove(found[0]["id"])
    for (table, _), row in entry["gone"].items():
        getattr(portal.store, table).add(row)
    for place, change in entry["changed"].items():
        row = _row(portal, place)
        if row is not None:
            still = {name: old for name, (old, new) in change.items() if row.get(name) == new}
            getattr(portal.store, place[0]).update(place[1], still)
    return entity


def shown(portal) -> list[dict]:
    """What lies in the bin, oldest first."""
    names = ("id", "entityTypeId", "itemId", "title", "deletedTime", "deletedBy")
    return [{name: entry[name] for name in names} for entry in portal.store.recycle_bin.all()]


def _is_on(portal, entity: Entity) -> bool:
    types = portal.store.types.having(entityTypeId=entity.type_id)
    return not types or types[0]["isRecyclebinEnabled"] == "Y"


def _around(portal, entity: Entity, card: dict) -> Iterator[tuple[Place, dict]]:
    """The card, what hangs on it and the cards that are tied to it."""
    yield (entity.table, card["id"]), card
    own = {"entityTypeId": entity.type_id, "entityId": card["id"]}
    of_card = {"ENTITY_TYPE_ID": entity.type_id, "ENTITY_ID": card["id"]}
    if entity.history:
        yield from _rows(portal, entity.history, OWNER_ID=card["id"])
    yield from _rows(portal, "product_rows", ownerType=entity.short, ownerId=card["id"])
    for table in ("multifields", "documents"):
        yield from _rows(portal, table, **own)
    yield from _rows(portal, "requisite_links", **of_card)
    for place, requisite in _rows(portal, "requisites", **of_card):
        yield place, requisite
        yield from _of_requisite(portal, requisite["ID"])
    for place, stood in _rows(portal, "timeline_places", ENTITY_TYPE=entity.code, ENTITY_ID=card["id"]):
        yield place, stood
        yield from _of_record(portal, stood["OWNER_ID"])
    for place, held in _rows(portal, "activity_bindings", **own):
        yield place, held
        yield from _of_activity(portal, held["activityId"])
    yield from _tied(portal, entity, card["id"])


def _of_requisite(portal, requisite_id: int) -> Iterator[tuple[Place, dict]]:
    yield from _rows(portal, "bank_details", ENTITY_ID=requisite_id)
    yield from _rows(portal, "addresses", ENTITY_TYPE_ID=REQUISITE, ENTITY_ID=requisite_id)
    for side in ("REQUISITE_ID", "MC_REQUISITE_ID"):
        yield from _rows(portal, "requisite_links", **{side: requisite_id})


def _of_record(portal, record_id: int) -> Iterator[tuple[Place, dict]]:
    yield from _rows(portal, "comments", ID=record_id)
    yield from _rows(portal, "log_messages", id=record_id)
    yield from _rows(portal, "notes", itemType=timeline.HISTORY, itemId=record_id)


def _of_activity(portal, activity_id: int) -> Iterator[tuple[Place, dict]]:
    yield from _rows(portal, "activities", ID=activity_id)
    yield from _rows(portal, "communications", ACTIVITY_ID=activity_id)
    yield from _rows(portal, "notes", itemType=timeline.ACTIVITY, itemId=activity_id)


def _tied(portal, entity: Entity, card_id: int) -> Iterator[tuple[Place, dict]]:
    """The cards that name this one as their client, their firm or what they belong to."""
    ties = {COMPANY: ("companyId", "companyIds"), CONTACT: ("contactId", "contactIds")}.get(entity, ())
    for other in every(portal):
        above = f"parentId{entity.type_id}"
        known = other.fields.keys() | parents(portal, other).keys()
        for name in (name for name in (*ties, above) if name in known):
            yield from _rows(portal, other.table, **{name: card_id})


def _rows(portal, table: str, **equal: object) -> Iterator[tuple[Place, dict]]:
    held = getattr(portal.store, table)
    for row in held.having(**equal):
        yield (table, row[held.key]), row


def _row(portal, place: Place) -> dict | None:
    table = getattr(portal.store, place[0], None)
    return table.get(place[1]) if table is not None else None


def _change(before: dict, after: dict) -> dict[str, tuple]:
    return {name: (value, deepcopy(after.get(name))) for name, value in before.items() if after.get(name) != value}
