"""Put a filled document on a card, beside the files that lie there already."""

import base64

import sqlalchemy as sa

from documents import kept
from engine import storage
from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, verb
from engine.run import KEY, Doing, Run

FILE_KEY = "UF_CRM_SF_FILE_KEY"
NAMES = {"useOriginalUfNames": "Y"}


def attach_file(run: Run, deal: Deal, document: int, *, to: str = "files") -> Doing:
    """The file lies in the card's «Документы по сделке», or in the field `to`, once for this run.

    `document`: a row of the table `documents`; its bytes join the request as it leaves. The files that lie there are named in
    the same request, as the portal deletes those that are not; they are read just before. The portal tells no names of files,
    so the key stands in a hidden field that is written with the file. A field for one file gets this one instead of its own.
    https://apidocs.bitrix24.com/api-reference/files/how-to-update-files.html
    """
    params = {"entityTypeId": DEAL, "id": deal.id, "fields": {FILE_KEY: KEY}, **NAMES}
    field = run.engine.dictionary.field(deal.process, to)
    memo = {"document": document, "field": field.code, "several": field.multiple}
    return run.do(ATTACH, f"attach {document} {to}", "crm.item.update", params, deal_id=deal.id, memo=memo)


def coded(engine, document: int) -> list[str]:
    """Name and content as the portal takes a file."""
    name, content = kept.file(engine.storage, document)
    return [name, base64.b64encode(content).decode()]


def _late(engine, effect: Effect, params: dict) -> dict:
    field, file = effect.memo["field"], coded(engine, effect.memo["document"])
    if effect.memo["several"]:
        file = [*({"id": int(one["id"])} for one in _item(engine, effect).get(field) or []), file]
    return {**params, "fields": {**params["fields"], field: file}}


def _item(engine, effect: Effect) -> dict:
    return engine.ask("crm.item.get", {"entityTypeId": DEAL, "id": effect.deal_id, **NAMES}).result["item"]


def _find(engine, effect: Effect) -> dict | None:
    """The card's runs follow one another, so the last key is ours if the file arrived."""
    item = _item(engine, effect)
    return {"item": item} if item.get(FILE_KEY) == effect.key else None


def _settle(engine, tx: sa.Connection, effect: Effect, result: dict) -> None:
    """The snapshot names the file, so that it is not taken for one that a person put there."""
    cards = storage.cards
    raw = tx.scalar(sa.select(cards.c.raw).where(cards.c.deal_id == effect.deal_id))
    if raw is not None:
        written = engine.dictionary.keep(result["item"])
        fresh = (effect.memo["field"], FILE_KEY, "updatedTime")
        raw = {**raw, **{name: written[name] for name in fresh if name in written}}
        tx.execute(
            sa.update(cards).where(cards.c.deal_id == effect.deal_id).values(raw=raw, version=cards.c.version + 1)
        )


ATTACH = verb(
    "attach_file",
    find=_find,
    settle=_settle,
    late=_late,
    alone=True,
    check=lambda result: result["item"]["id"],
    keyed=lambda result: result["item"].get(FILE_KEY),
)
