"""What hangs on requisites, and goes with them; whose they are."""

from collections.abc import Callable

from . import rights

REQUISITE = 8


def rule(portal, action: str) -> Callable[[dict], bool] | None:
    """The test of a requisite for who calls: that of its contact or company; None for who may do it with all of them."""
    may = rights.rule_of_cards(portal, action)
    return may and (lambda requisite: may(requisite["ENTITY_TYPE_ID"], requisite["ENTITY_ID"]))


def rule_of_bank_details(portal, action: str) -> Callable[[dict], bool] | None:
    may = rule(portal, action)
    return may and (lambda row: may(portal.store.requisites.get(row["ENTITY_ID"])))


def take_away(portal, requisite: dict) -> None:
    """Bank details, addresses and links go with their requisite."""
    portal.store.bank_details.remove_having(ENTITY_ID=requisite["ID"])
    portal.store.addresses.remove_having(ENTITY_TYPE_ID=REQUISITE, ENTITY_ID=requisite["ID"])
    for side in ("REQUISITE_ID", "MC_REQUISITE_ID"):
        portal.store.requisite_links.remove_having(**{side: requisite["ID"]})


def forget(portal, type_id: int, card_id: int) -> None:
    """The contact or company is gone, and its requisites with it, without a sound."""
    for requisite in portal.store.requisites.having(ENTITY_TYPE_ID=type_id, ENTITY_ID=card_id):
        take_away(portal, requisite)
        portal.store.requisites.remove(requisite["ID"])
