"""Open a card without a parent: somebody's week, somebody's month. It is a family of its own."""

import sqlalchemy as sa

from engine.dictionary import DEAL
from engine.ledger import Effect, verb
from engine.run import KEY, Doing, Run
from robots.open_deal import ORIGINATOR, find_by_key


def open_card(
    run: Run, process: str, stage: str = "NEW", *, title: str, responsible: int, subject: str = "", **fields: object
) -> Doing:
    """A card stands on `stage` of `process` with these fields; `result["item"]["id"]` is its id.

    For a job whose subject has no card: the card is opened once for that subject. `responsible`: a user id; `subject` tells
    cards of one run apart.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-add.html
    """
    dictionary = run.engine.dictionary
    said = dictionary.encoded(process, {name: value for name, value in fields.items() if value is not None})
    said |= {
        "title": title, "categoryId": dictionary.category(process), "stageId": dictionary.stage_id(process, stage),
        "assignedById": responsible, "originatorId": ORIGINATOR, "originId": KEY, "UF_CRM_SF_KEY": KEY,
    }  # fmt: skip
    params = {"entityTypeId": DEAL, "fields": said, "useOriginalUfNames": "Y"}
    return run.do(OPEN_CARD, f"open {process} {subject}", "crm.item.add", params)


def settle_new_card(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The card is known from now on; it has no parent, so it is a family of its own."""
    engine.observer.remember(tx, result["item"], version=1)


OPEN_CARD = verb(
    "open_card", find=find_by_key, settle=settle_new_card, check=lambda result: result["item"]["id"],
    keyed=lambda result: result["item"].get("UF_CRM_SF_KEY"),
)  # fmt: skip
