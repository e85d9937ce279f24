"""What a person may do with the cards of the CRM: as far as the roles reach that the person has.

Administrators may everything, and so may whoever has no role: a portal on which nobody gave any is open to all. No
method of REST gives a role; the control address does (`give`), as an administrator does by hand. A role says for a
kind of cards (`"2"`, the entityTypeId), for one funnel of it (`"2_category_7"`) or for all others (`"*"`) how far each
action reaches. An observer of a card reads it in any case.
"""

from collections.abc import Callable, Iterable

from ..errors import RestError
from ..registry import whole
from . import structure
from .entities import Entity, numbered

ACTIONS = ("read", "add", "update", "delete")
LEVELS = NONE, OWN, DEPARTMENT, BELOW, OPEN, ALL = ("none", "own", "department", "subdepartments", "open", "all")
_DENIED = {"read": "You do not have permission to view this item"}


def give(
    portal, name: str, users: Iterable[int] = (), departments: Iterable[int] = (), rights: dict | None = None,
    settings: bool = False,
) -> dict:  # fmt: skip
    """A role for these people and departments, in place of the one that was called so. `rights`: a level of LEVELS, or
    one for each of ACTIONS (`none` where there is none), by kind of cards; `settings`: may change those of the CRM."""
    read = {str(kind): _levels(given) for kind, given in (rights or {}).items()}
    portal.store.roles.remove_having(name=str(name))
    people = {"users": _numbers(users), "departments": _numbers(departments)}
    return portal.store.roles.add({"ID": None, "name": str(name), **people, "rights": read, "settings": bool(settings)})


def forget_all(portal) -> None:
    """Nobody has a role any more."""
    for role in list(portal.store.roles.all()):
        portal.store.roles.remove(role["ID"])


def may(portal, entity: Entity, action: str, row: dict) -> bool:
    """Whether who calls may do this with a card, or make one that is like `row`."""
    holds = rule(portal, entity, action)
    return holds is None or holds(row)


def rule(portal, entity: Entity, action: str = "read") -> Callable[[dict], bool] | None:
    """The test of a card for who calls, made once for a whole list; None for who may do it with all of them."""
    roles = _roles(portal)
    if not roles:
        return None
    user_id, levels, people = portal.user_id, {}, _People(portal)

    def holds(row: dict) -> bool:
        category_id = row.get("categoryId")
        if category_id not in levels:
            levels[category_id] = _level(roles, entity, action, category_id)
        if action == "read" and user_id in (row.get("observers") or ()):
            return True
        return people.within(levels[category_id], row)

    return holds


def rule_of_cards(portal, action: str = "read") -> Callable[[int, int], bool] | None:
    """The same for what hangs on cards: the test of a card's kind and id; what hangs on nothing is nobody's secret."""
    if not _roles(portal):
        return None
    rules: dict[int, Callable] = {}

    def holds(type_id: int, card_id: int) -> bool:
        entity = numbered(portal, type_id)
        row = portal.table(entity).get(card_id) if entity else None
        if row is None:
            return True
        if type_id not in rules:
            rules[type_id] = rule(portal, entity, action)
        return rules[type_id](row)

    return holds


def reads_any(portal, entity: Entity) -> bool:
    """Whether who calls may read at least some cards of this kind."""
    roles = _roles(portal)
    funnels = {_category(kind) for role in roles for kind in role["rights"] if kind.startswith(f"{entity.type_id}_")}
    return not roles or any(_level(roles, entity, "read", one) != NONE for one in {None, *funnels})


def sees_funnel(portal, entity: Entity, category_id: int) -> bool:
    roles = _roles(portal)
    return not roles or _level(roles, entity, "read", category_id) != NONE


def changes_settings(portal) -> bool:
    """Whether who calls may change funnels, stages, fields and the other settings of the CRM."""
    who = portal.user_id
    return who is None or portal.is_admin(who) or any(role["settings"] for role in _roles(portal))


def denied(action: str) -> RestError:
    """The refusal of crm.item.*."""
    return RestError("ACCESS_DENIED", _DENIED.get(action, "Access denied"))


def denied_plainly() -> RestError:
    """The refusal of the older methods."""
    return RestError("", "Access denied.")


class _People:
    """Whose cards the levels reach; looked up when first asked for."""

    def __init__(self, portal):
        self._portal = portal
        self._known: dict[str, set[int]] = {OWN: {portal.user_id}}

    def within(self, level: str, row: dict) -> bool:
        if level in (NONE, ALL):
            return level == ALL
        return row.get("assignedById") in self._of(level) or (level == OPEN and row.get("opened") == "Y")

    def _of(self, level: str) -> set[int]:
        if level not in self._known:
            found = structure.colleagues if level == DEPARTMENT else structure.colleagues_and_below
            self._known[level] = found(self._portal, self._portal.user_id)
        return self._known[level]


def _roles(portal) -> list[dict]:
    """The roles that limit who calls; none where nothing is limited."""
    user_id, given = portal.user_id, portal.store.roles
    if user_id is None or not given or portal.is_admin(user_id):
        return []
    own = set(structure.departments(portal, user_id))
    return [role for role in given.all() if user_id in role["users"] or own & set(role["departments"])]


def _level(roles: list[dict], entity: Entity, action: str, category_id: int | None) -> str:
    """The farthest that one of the roles reaches."""
    return max((_reach(role["rights"], entity, category_id)[action] for role in roles), key=LEVELS.index)


def _reach(rights: dict, entity: Entity, category_id: int | None) -> dict:
    kinds = (f"{entity.type_id}_category_{category_id}", str(entity.type_id), "*")
    return next((rights[kind] for kind in kinds if kind in rights), dict.fromkeys(ACTIONS, NONE))


def _category(kind: str) -> int | None:
    return whole(kind.rpartition("_")[2])


def _levels(given: object) -> dict[str, str]:
    levels = dict.fromkeys(ACTIONS, given) if isinstance(given, str) else dict.fromkeys(ACTIONS, NONE) | dict(given)
    odd = [f"{action}: {level}" for action, level in levels.items() if action not in ACTIONS or level not in LEVELS]
    if odd:
        raise ValueError(f"a role lets {', '.join(ACTIONS)} reach {', '.join(LEVELS)}; not {odd[0]}")
    return levels


def _numbers(given: Iterable) -> list[int]:
    return [number for number in map(whole, given) if number is not None]
