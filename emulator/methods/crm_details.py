"""crm.item.details.configuration.* and its older siblings: which sections and fields the card of an object shows.

Kept per kind of object, per funnel of deals or type of leads, for everybody (scope C) or for one person (P). A portal
that nobody has arranged has no configuration: null.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import RestError
from ..objects import rights
from ..objects.entities import COMPANY, CONTACT, DEAL, LEAD, Entity, numbered
from ..php import as_list, as_map, listed
from ..registry import Params, Unchanged, method, whole

ITEM_DOCS = (
    "https://apidocs.bitrix24.com/api-reference/crm/universal/item-details-configuration/"
    "crm-item-details-configuration-{}.html"
)
DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}/custom-form/crm-{}-details-configuration-{}.html"
FOLDERS = {LEAD: "leads", DEAL: "deals", CONTACT: "contacts", COMPANY: "companies"}
PERSONAL, COMMON = "P", "C"
# Which of several cards of one kind is meant, and which one if nothing is said.
EXTRAS = {DEAL: ("dealCategoryId", 0), LEAD: ("leadCustomerType", 1)}
DYNAMIC_EXTRA = ("categoryId", 0)


@dataclass(frozen=True)
class Card:
    """The card that a call is about."""

    entity: Entity
    scope: str
    user_id: int
    variant: int

    @property
    def place(self) -> dict:
        """Where it is kept; the common card belongs to nobody."""
        owner = {"userId": self.user_id if self.scope == PERSONAL else 0}
        return {"entityTypeId": self.entity.type_id, "variant": self.variant, "scope": self.scope} | owner


def _declare(
    prefix: str, docs: Callable[[str], str], entity_of: Callable[[object, Params], Entity], force_page: str
) -> None:
    @method(f"{prefix}.get", scope="crm", docs=docs("get"))
    def get(portal, caller, params):
        card = _card(caller, params, entity_of(portal, params))
        if card.scope == PERSONAL:
            _check_rights(portal, caller, card)
        held = _held(portal, card)
        return held and held["sections"]

    @method(f"{prefix}.set", scope="crm", docs=docs("set"), writes=True)
    def set_(portal, caller, params):
        card = _card(caller, params, entity_of(portal, params))
        _check_rights(portal, caller, card)
        sections = _sections(params.get("data"))
        held = _held(portal, card)
        if held is None:
            portal.store.card_layouts.add({"ID": None, "sections": sections} | card.place)
        else:
            portal.store.card_layouts.update(held["ID"], {"sections": sections})
        return True

    @method(f"{prefix}.reset", scope="crm", docs=docs("reset"), writes=True)
    def reset(portal, caller, params):
        card = _card(caller, params, entity_of(portal, params))
        _check_rights(portal, caller, card)
        if _held(portal, card) is None:
            return Unchanged(True)
        portal.store.card_layouts.remove_having(**card.place)
        return True

    @method(f"{prefix}.forceCommonScopeForAll", scope="crm", docs=docs(force_page), writes=True)
    def force_common_scope_for_all(portal, caller, params):
        """Nobody keeps a card of their own."""
        entity = entity_of(portal, params)
        if not rights.changes_settings(portal):
            raise _denied()
        variant = _variant(entity, params)
        portal.store.card_layouts.remove_having(entityTypeId=entity.type_id, variant=variant, scope=PERSONAL)
        return True


def _card(caller, params: Params, entity: Entity) -> Card:
    scope = COMMON if params.get("scope") == COMMON else PERSONAL
    return Card(entity, scope, params.integer("userId") or caller.user_id, _variant(entity, params))


def _variant(entity: Entity, params: Params) -> int:
    name, usual = EXTRAS.get(entity, DYNAMIC_EXTRA if entity.is_dynamic else ("", 0))
    return whole(params.map("extras").get(name), usual)


def _held(portal, card: Card) -> dict | None:
    found = portal.store.card_layouts.having(**card.place)
    return found[0] if found else None


def _check_rights(portal, caller, card: Card) -> None:
    """One's own card is free; that of another or of all needs an administrator."""
    own = card.scope == PERSONAL and card.user_id == caller.user_id
    if not own and not rights.changes_settings(portal):
        raise _denied()


def _denied() -> RestError:
    return RestError("", "Access denied.")


def _sections(given: object) -> list[dict]:
    if not isinstance(given, (list, dict)):
        raise RestError("", "Parameter 'data' must be array.")
    if not given:
        raise RestError("", "There are no data to write.")
    if not isinstance(listed(given), list):
        raise RestError("", "The data must be indexed array.")
    return [_section(index, as_map(section)) for index, section in enumerate(as_list(given))]


def _section(index: int, given: dict) -> dict:
    at, kind = f"Section at index {index}", given.get("type")
    if kind != "section":
        shown = kind if isinstance(kind, str) else ""
        raise RestError("", f"{at} have type '{shown}'. The expected type is 'section'.")
    for name in ("name", "title"):
        if not given.get(name):
            raise RestError("", f"{at} does not have {name}.")
    elements = [_element(index, place, as_map(one)) for place, one in enumerate(as_list(given.get("elements")))]
    return {"name": str(given["name"]), "title": str(given["title"]), "type": kind, "elements": elements}


def _element(section: int, index: int, given: dict) -> dict:
    """Read back as the portal does: the flag is text, options only where there are any."""
    if not given.get("name"):
        raise RestError("", f"Element at index {index} in section at index {section} does not have name.")
    shown = {"name": str(given["name"]), "optionFlags": "1" if whole(given.get("optionFlags"), 0) else "0"}
    options = as_map(given.get("options"))
    return shown | ({"options": options} if options else {})


def _named_entity(portal, params: Params) -> Entity:
    if params.get("entityTypeId") in (None, ""):
        raise RestError("", "Parameter 'entityTypeId' is not defined.")
    entity = numbered(portal, whole(params.get("entityTypeId")))
    if entity is None:
        raise RestError("", f"The entity type '{params.get('entityTypeId')}' is not supported in current context.")
    return entity


def _declare_older(entity: Entity) -> None:
    def docs(verb: str) -> str:
        return DOCS.format(FOLDERS[entity], entity.code, verb)

    _declare(
        f"crm.{entity.code}.details.configuration", docs, lambda portal, params: entity, "force-common-scope-for-all"
    )


_declare("crm.item.details.configuration", ITEM_DOCS.format, _named_entity, "forceCommonScopeForAll")
for _entity in FOLDERS:
    _declare_older(_entity)
