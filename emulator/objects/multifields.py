"""Phones, e-mails and the like of leads, contacts and companies (`fm`).

https://apidocs.bitrix24.com/api-reference/crm/data-types.html#crm_multifield
"""

from ..filters import split_prefix
from ..php import as_list, as_map
from ..registry import whole
from .entities import Entity

KINDS = ("PHONE", "EMAIL", "WEB", "IM", "LINK")


def write(portal, entity: Entity, row_id: int, given: object) -> bool:
    """Add, change (by id) and delete (an id with an empty value or DELETE=Y). True if anything was written."""
    entries = [as_map(entry) for entry in as_list(given)] if entity.has_multifields else []
    for entry in entries:
        _write_one(portal, entity, row_id, entry)
    if entries:
        _mark(portal, entity, row_id)
    return bool(entries)


def by_kind(given: dict) -> list[dict]:
    """The same entries from the older form, a list under the name of each kind."""
    entries = []
    for kind in KINDS:
        for entry in map(as_map, as_list(given.get(kind))):
            values = {"id": whole(entry.get("ID")), "valueType": entry.get("VALUE_TYPE"), "value": entry.get("VALUE")}
            entries.append(values | {"typeId": kind})
    return entries


def show(portal, entity: Entity, row_id: int) -> list[dict]:
    rows = portal.store.multifields.having(entityTypeId=entity.type_id, entityId=row_id)
    return [{name: row[name] for name in ("id", "typeId", "valueType", "value")} for row in rows]


def by_holder(portal, entity: Entity, given: dict) -> dict:
    """A filter of the older form in which exact phones, e-mails and the like became the ids of who has them."""
    if not entity.has_multifields:
        return given
    return dict(_held_by(portal, entity, str(key), value) for key, value in given.items())


def _held_by(portal, entity: Entity, key: str, value: object) -> tuple[str, object]:
    prefix, kind = split_prefix(key)
    if kind.upper() not in KINDS:
        return key, value
    wanted = [str(one) for one in as_list(value)]
    rows = portal.store.multifields.having(entityTypeId=entity.type_id, typeId=kind.upper())
    ids = [row["entityId"] for row in rows if row["value"] in wanted]
    return f"__INNER_FILTER_{key}", {"!@ID" if prefix.startswith("!") else "@ID": ids}


def _mark(portal, entity: Entity, row_id: int) -> None:
    """An object says of itself whether it has a phone and an e-mail."""
    kinds = {entry["typeId"] for entry in show(portal, entity, row_id)}
    marks = {"hasPhone": "PHONE", "hasEmail": "EMAIL"}
    portal.table(entity).update(row_id, {mark: "Y" if kind in kinds else "N" for mark, kind in marks.items()})


def _write_one(portal, entity: Entity, row_id: int, entry: dict) -> None:
    table, held_id = portal.store.multifields, whole(entry.get("id"))
    values = {name: str(entry[name]) for name in ("typeId", "valueType", "value") if entry.get(name)}
    if held_id in table:
        if not entry.get("value") or entry.get("delete") == "Y":
            table.remove(held_id)
        else:
            table.update(held_id, values)
    elif values.get("value"):
        defaults = {"typeId": "PHONE", "valueType": "WORK"}
        table.add({"id": None, "entityTypeId": entity.type_id, "entityId": row_id} | defaults | values)
