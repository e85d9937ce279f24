"""Open a child deal in another process of the same family (R-25)."""

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, Row
from engine.dictionary import DEAL
from engine.ledger import Effect, verb
from engine.run import KEY, Doing, Run
from robots.set_fields import SET_FIELDS as LINK
from robots.set_rows import write_rows

ORIGINATOR = "voronka"
COPIED_ALWAYS = ("company", "contact", "city")


def open_deal(
    run: Run,
    parent: Deal,
    process: str,
    stage: str = "NEW",
    *,
    title: str,
    copy: tuple[str, ...] = (),
    subject: str = "",
    rows: list[Row] | None = None,
    **set_: object,
) -> Doing:
    """A child card stands on `stage` of `process`, and the parent lists it.

    A stage that is entered again opens no second one, unless for another `subject`; a button pressed again does.
    `rows`: its product rows. `copy`: fields taken from the parent besides company, contact and city; `set_`: fields of the child's own.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-add.html
    """
    dictionary = run.engine.dictionary
    values = {name: parent[name] for name in (*COPIED_ALWAYS, *copy)} | {"parent": parent.id, **set_}
    fields = dictionary.encoded(process, {name: value for name, value in values.items() if value is not None})
    responsible = run.company.processes[process].responsible
    fields |= {
        "title": title, "categoryId": dictionary.category(process), "stageId": dictionary.stage_id(process, stage),
        "assignedById": run.fact(f"{process} responsible {subject}", lambda: run.engine.people.in_role(responsible, parent).id),
        "originatorId": ORIGINATOR, "originId": KEY, "UF_CRM_SF_KEY": KEY,
    }  # fmt: skip
    params = {"entityTypeId": DEAL, "fields": fields, "useOriginalUfNames": "Y"}
    once = subject if run.change.is_entry else None
    with run.together():
        opened = run.do(OPEN_DEAL, f"open {process}", "crm.item.add", params, deal_id=parent.id, once=once)
        if opened.is_first and rows:
            write_rows(run, opened.ref("item", "id"), rows, deal_id=parent.id)
        if opened.is_first:
            run.do(LINK, "link", "crm.item.update", _link(run, parent), deal_id=parent.id, says_all=True)
    return opened


def _link(run: Run, parent: Deal) -> dict:
    """The parent's «Дочерние сделки», and all that this run has opened so far."""
    opened = [one.ref("item", "id", prefix="D_") for one in run.asked(OPEN_DEAL, parent.id) if one.is_first]
    children = [*(f"D_{child}" for child in parent["children"] or []), *opened]
    return {
        "entityTypeId": DEAL,
        "id": parent.id,
        "fields": {"UF_CRM_SF_CHILDREN": children},
        "useOriginalUfNames": "Y",
    }


def find_by_key(engine, effect: Effect) -> dict | None:
    """The card that an effect has made: by the key in its own field; the lowest id where a person copied the card; the key is compared here once more."""
    params = {
        "entityTypeId": DEAL,
        "filter": {"=UF_CRM_SF_KEY": effect.key},
        "select": ["*", "UF_*"],
        "useOriginalUfNames": "Y",
    }
    found = engine.ask("crm.item.list", {**params, "order": {"id": "ASC"}}).result["items"]
    same = [item for item in found if item.get("UF_CRM_SF_KEY") == effect.key]
    return {"item": same[0]} if same else None


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The child is known from now on, in its parent's family."""
    engine.observer.remember(tx, result["item"], version=1)
    cards = storage.cards
    family = tx.scalar(sa.select(cards.c.family).where(cards.c.deal_id == effect.deal_id))
    tx.execute(
        sa.update(cards).where(cards.c.deal_id == int(result["item"]["id"])).values(family=family or effect.deal_id)
    )


OPEN_DEAL = verb(
    "open_deal",
    find=find_by_key,
    settle=_settle,
    check=lambda result: result["item"]["id"],
    keyed=lambda result: result["item"].get("UF_CRM_SF_KEY"),
)
