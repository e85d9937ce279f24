"""Write fields of a card, those only that do not already say so."""

import re
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.changes import Change
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, Verb, verb
from engine.run import KEY, Doing, Run

PRESS = "UF_CRM_SF_PRESS"
EMPTY = (None, "", [], False)
INEXACT = re.compile(r"-?\d+\.\d+(\|[A-Z]{3})?|\d{4}-\d\d-\d\dT.*")


def set_fields(run: Run, deal: Deal, **values: object) -> Doing | None:
    """`set_fields(run, deal, block=None, overdue=True)`: None empties a field. None is returned when nothing differs.

    The snapshot takes the values in the same transaction, so that our own write is never taken for a person's.
    A button is emptied only while it still shows the press that this run answers: with it goes the effect's key, by which
    is known, when the answer was lost, whether what the button then shows is another press.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    differing = {name: value for name, value in values.items() if not _says(deal[name], value)}
    buttons = [name for name in differing if run.engine.dictionary.field(deal.process, name).button]
    rest = {name: value for name, value in differing.items() if name not in buttons}
    doing = None
    with run.together():
        for name in buttons:
            doing = _write(run, deal, RELEASE, f"release {name}", {name: differing[name], "press": KEY})
        if rest:
            doing = _write(run, deal, SET_FIELDS, "set", rest)
    return doing


def _write(run: Run, deal: Deal, how: Verb, step: str, values: dict) -> Doing:
    fields = run.engine.dictionary.encoded(deal.process, values)
    params = {"entityTypeId": DEAL, "id": deal.id, "fields": fields, "useOriginalUfNames": "Y"}
    memo = {key: deal.raw.get(key) for key in fields if key != PRESS}
    return run.do(how, step, "crm.item.update", params, deal_id=deal.id, memo=memo)


def _says(present: object, wanted: object) -> bool:
    return present == wanted or (_is_empty(present) and _is_empty(wanted))


def _is_empty(value: object) -> bool:
    """Nought is a value."""
    return value is False or (value in EMPTY and not isinstance(value, int | Decimal))


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The snapshot now says what was written; not what a person may have written over it since."""
    cards = storage.cards
    card = tx.execute(sa.select(cards.c.raw).where(cards.c.deal_id == effect.deal_id)).first()
    if card is not None and "pressed_again" not in result:
        written = engine.dictionary.keep(result.get("item", {}))
        raw = {
            **card.raw,
            **effect.params["fields"],
            **{k: written[k] for k in (*effect.params["fields"], "updatedTime") if k in written},
        }
        tx.execute(
            sa.update(cards).where(cards.c.deal_id == effect.deal_id).values(raw=raw, version=cards.c.version + 1)
        )


def _pressed_again(engine, effect: Effect, item: dict) -> dict | None:
    """Compare, then set: a person has made another choice meanwhile, which is the next press."""
    present = {key: item.get(key) for key in effect.memo}
    return None if present == effect.memo else {"pressed_again": present}


def _released(engine, effect: Effect) -> dict | None:
    """Whether the button was emptied: the card then carries this effect's key. What the button shows since is another press."""
    params = {"entityTypeId": DEAL, "id": effect.deal_id, "useOriginalUfNames": "Y"}
    item = engine.ask("crm.item.get", params).result["item"]
    return {"released": True} if item.get(PRESS) == effect.key else None


def _somebodys_word(engine, effect: Effect, change: Change) -> dict | None:
    """What stands there since, this effect's or a person's, stays; computed fields are the layer's alone."""
    params = {"entityTypeId": DEAL, "id": effect.deal_id, "useOriginalUfNames": "Y"}
    item, dictionary = engine.ask("crm.item.get", params).result["item"], engine.dictionary
    tables = (engine.company.deal_fields, *(process.fields for process in engine.company.processes.values()))
    computed = {dictionary.key(field) for table in tables for field in table.values() if field.calc}
    written = set(effect.params["fields"]) - computed
    return {"item": item} if any(item.get(key) not in EMPTY for key in written) else None


def _left_alone(effect: Effect, result: dict) -> list[str]:
    """Fields that still show what stood there before, although another value was written.

    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html: what may not be written is passed over.
    """
    item, before = result["item"], effect.memo
    unchanged = {key for key in effect.params["fields"] if key in item and item[key] == before.get(key)}
    return sorted(key for key in unchanged if not _may_look_the_same(effect.params["fields"][key], item[key]))


def _may_look_the_same(written: object, present: object) -> bool:
    """Fractions and moments the portal keeps less exactly than they were written."""
    text = str(written).strip()
    return text == str(present).strip() or INEXACT.fullmatch(text) is not None


SET_FIELDS = verb(
    "set_fields",
    ignored=_left_alone,
    recall=_somebodys_word,
    settle=_settle,
    repeatable=True,
    check=lambda result: result["item"]["id"],
)
RELEASE = verb(
    "release_button",
    find=_released,
    unless=_pressed_again,
    settle=_settle,
    repeatable=True,
    check=lambda result: result["item"]["id"],
)
