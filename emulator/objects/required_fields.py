"""Fields that must be filled: custom ones by their definition, and what a person made required in the settings of a
card, always or from a stage on.

REST can only make custom fields required always (MANDATORY); the control address does the rest (`require`), as an
administrator does by hand. crm.item.add asks for them, and crm.item.update when it takes a card to another stage of
its funnel; the older methods never do. https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
"""

from ..errors import RestError
from . import items, userfields
from .entities import Entity, numbered

DEAL_TYPE = 2
FAILURE = "F"


def require(
    portal, field: str, stage_id: str | None = None, category_id: int = 0, entity_type_id: int = DEAL_TYPE
) -> dict:  # fmt: skip
    """From that stage of the funnel on; without a stage, anywhere. From a stage of failure on is on that stage only."""
    entity = numbered(portal, entity_type_id)
    if entity is None:
        raise ValueError(f"there are no objects of the type {entity_type_id}")
    if _title(portal, entity, field) is None:
        raise ValueError(f"objects of the type {entity_type_id} have no field {field}")
    if stage_id is not None and not _has_stage(portal, entity, category_id, stage_id):
        raise ValueError(f"the funnel {category_id} has no stage {stage_id}")
    row = {"id": None, "entityTypeId": entity_type_id, "field": field, "stageId": stage_id}
    return portal.store.required_fields.add(row | {"categoryId": None if stage_id is None else category_id})


def check(portal, entity: Entity, card: dict) -> None:
    """Refuses a card that lacks a field which is required where the card stands."""
    for name in _required(portal, entity, card):
        value = card.get(name)
        if value in (None, [], "") or (value == 0 and name in items.ZERO_WHEN_EMPTY):
            raise RestError("CRM_FIELD_ERROR_REQUIRED", f'Field "{_title(portal, entity, name)}" is required')


def always(portal, entity: Entity) -> set[str]:
    """The native fields that are required anywhere."""
    return {row["field"] for row in portal.store.required_fields.having(entityTypeId=entity.type_id, stageId=None)}


def _required(portal, entity: Entity, card: dict) -> list[str]:
    custom = userfields.definitions(portal, entity.uf_entity).values()
    rules = portal.store.required_fields.having(entityTypeId=entity.type_id)
    by_hand = [rule["field"] for rule in rules if _applies(portal, entity, rule, card)]
    return [field.name for field in custom if field.mandatory] + by_hand


def _applies(portal, entity: Entity, rule: dict, card: dict) -> bool:
    if rule["stageId"] is None:
        return True
    if entity.has_funnels and rule["categoryId"] != card["categoryId"]:
        return False
    steps = [step["STATUS_ID"] for step in _reached_from(items.road(portal, entity, card), rule["stageId"])]
    return card["stageId"] in steps


def _reached_from(road: list[dict], stage_id: str) -> list[dict]:
    """The stage and those that follow it; a failure is followed by nothing and follows nothing."""
    places = [step["STATUS_ID"] for step in road]
    if stage_id not in places:
        return []
    first = places.index(stage_id)
    if road[first]["SEMANTICS"] == FAILURE:
        return [road[first]]
    return [step for step in road[first:] if step["SEMANTICS"] != FAILURE]


def _has_stage(portal, entity: Entity, category_id: int, stage_id: str) -> bool:
    return entity.has_stages and items.can_stand(portal, entity, {"categoryId": category_id}, stage_id)


def _title(portal, entity: Entity, name: str) -> str | None:
    custom = userfields.definitions(portal, entity.uf_entity).get(name)
    if custom is not None:
        return custom.label or custom.name
    native = entity.universal.get(name)
    return native.title if native else None
