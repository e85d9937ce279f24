"""Triggers «Отследить входящий вебхук»: made by hand in the automation of a funnel, each on a stage that it moves cards to.

https://apidocs.bitrix24.com/api-reference/crm/automation/crm-automation-trigger.html
"""

from ..values import flag
from . import items
from .entities import Entity, numbered

DEAL_TYPE = 2


def define(
    portal, code: str, stage_id: str, category_id: int = 0, entity_type_id: int = DEAL_TYPE, back: bool = True
) -> dict:  # fmt: skip
    """What a person does in the settings of the automation. `back`: cards may return to an earlier stage."""
    entity = numbered(portal, entity_type_id)
    if entity is None or not entity.has_stages:
        raise ValueError(f"objects of the type {entity_type_id} have no stages")
    if not items.can_stand(portal, entity, {"categoryId": category_id}, stage_id):
        raise ValueError(f"the funnel {category_id} has no stage {stage_id}")
    row = {"id": None, "code": str(code), "entityTypeId": entity_type_id, "categoryId": category_id}
    return portal.store.triggers.add(row | {"stageId": stage_id, "allowBackwards": flag(back)})


def of_card(portal, entity: Entity, row: dict, code: str) -> list[dict]:
    """The triggers with that code in the funnel of the card, that on the earliest stage first."""
    rows = portal.store.triggers.having(entityTypeId=entity.type_id, code=code)
    places = _places(portal, entity, row)
    mine = [one for one in rows if one["categoryId"] == row.get("categoryId", 0) and one["stageId"] in places]
    return sorted(mine, key=lambda trigger: places[trigger["stageId"]])


def fire(portal, entity: Entity, row: dict, trigger: dict, user_id: int) -> bool:
    """Move the card to the trigger's stage; True if it moved."""
    places = _places(portal, entity, row)
    backwards = places[trigger["stageId"]] < places.get(row["stageId"], 0)
    if backwards and trigger["allowBackwards"] == "N":
        return False
    return items.update(portal, entity, user_id, row, {"stageId": trigger["stageId"]})


def _places(portal, entity: Entity, row: dict) -> dict[str, int]:
    return {stage["STATUS_ID"]: place for place, stage in enumerate(items.road(portal, entity, row))}
