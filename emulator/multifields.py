"""Phones, e-mails and the like of contacts and companies (`fm`).

https://apidocs.bitrix24.com/api-reference/crm/data-types.html#crm_multifield
"""

from .entities import Entity
from .php import as_list, as_map
from .registry import whole


def write(portal, entity: Entity, row_id: int, given: object) -> bool:
    """Add, change (by id) and delete (an id with an empty value or DELETE=Y). True if anything was written."""
    entries = [as_map(entry) for entry in as_list(given)]
    for entry in entries:
        _write_one(portal, entity, row_id, entry)
    return bool(entries)


def show(portal, entity: Entity, row_id: int) -> list[dict]:
    rows = portal.store.multifields.having(entityTypeId=entity.type_id, entityId=row_id)
    return [{name: row[name] for name in ("id", "typeId", "valueType", "value")} for row in rows]


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
