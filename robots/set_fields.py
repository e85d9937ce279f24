"""Write fields of a card, those only that do not already say so."""

import sqlalchemy as sa

from config import Field
from engine import storage
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, Verb, verb
from engine.run import Doing, Run


def set_fields(run: Run, deal: Deal, **values: object) -> Doing | None:
    """`set_fields(run, deal, block=None, overdue=True)`: None empties a field. None is returned when nothing differs.

    The snapshot takes the values in the same transaction, so that our own write is never taken for a person's.
    A button is emptied only while it still shows the choice that this run answers.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    differing = {name: value for name, value in values.items() if not _says(deal[name], value)}
    buttons = [name for name in differing if _has_choices(run.engine.dictionary.field(deal.process, name))]
    rest = {name: value for name, value in differing.items() if name not in buttons}
    doing = None
    with run.together():
        for name in buttons:
            doing = _write(run, deal, RELEASE, f"release {name}", {name: differing[name]})
        if rest:
            doing = _write(run, deal, SET_FIELDS, "set", rest)
    return doing


def _write(run: Run, deal: Deal, how: Verb, step: str, values: dict) -> Doing:
    fields = run.engine.dictionary.encoded(deal.process, values)
    params = {"entityTypeId": DEAL, "id": deal.id, "fields": fields, "useOriginalUfNames": "Y"}
    return run.do(
        how, step, "crm.item.update", params, deal_id=deal.id, memo={key: deal.raw.get(key) for key in fields}
    )


def _has_choices(field: Field) -> bool:
    """A button that can be pressed again, with another choice, before it was emptied."""
    return field.button and field.type != "boolean"


def _says(present: object, wanted: object) -> bool:
    return present == wanted or (present in (None, "", [], False) and wanted in (None, "", [], False))


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The snapshot now says what was written."""
    cards = storage.cards
    card = tx.execute(sa.select(cards.c.raw).where(cards.c.deal_id == effect.deal_id)).first()
    if card is not None and "item" in result:
        written = engine.dictionary.keep(result["item"])
        raw = {
            **card.raw,
            **effect.params["fields"],
            **{k: written[k] for k in (*effect.params["fields"], "updatedTime") if k in written},
        }
        tx.execute(
            sa.update(cards).where(cards.c.deal_id == effect.deal_id).values(raw=raw, version=cards.c.version + 1)
        )


def _pressed_again(engine, effect: Effect) -> dict | None:
    """Compare, then set: a person has made another choice meanwhile, which is the next press."""
    params = {"entityTypeId": DEAL, "id": effect.deal_id, "useOriginalUfNames": "Y"}
    item = engine.ask("crm.item.get", params).result["item"]
    present = {key: item.get(key) for key in effect.memo}
    return None if present == effect.memo else {"pressed_again": present}


SET_FIELDS = verb("set_fields", settle=_settle, repeatable=True, check=lambda result: result["item"]["id"])
RELEASE = verb(
    "release_button",
    unless=_pressed_again,
    settle=_settle,
    repeatable=True,
    check=lambda result: result["item"]["id"],
)
