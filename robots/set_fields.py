"""Write fields of a card, those only that do not already say so."""

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, verb
from engine.run import Doing, Run


def set_fields(run: Run, deal: Deal, **values: object) -> Doing | None:
    """`set_fields(run, deal, block=None, overdue=True)`: None empties a field. None is returned when nothing differs.

    The snapshot takes the values in the same transaction, so that our own write is never taken for a person's.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-update.html
    """
    dictionary, fields = run.engine.dictionary, {}
    for name, value in values.items():
        field = dictionary.field(deal.process, name)
        if not _says(deal[name], value):
            fields[dictionary.key(field)] = dictionary.encode(field, value)
    if not fields:
        return None
    params = {"entityTypeId": DEAL, "id": deal.id, "fields": fields, "useOriginalUfNames": "Y"}
    return run.do(SET_FIELDS, "set", "crm.item.update", params, deal_id=deal.id)


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


SET_FIELDS = verb("set_fields", settle=_settle, repeatable=True, check=lambda result: result["item"]["id"])
