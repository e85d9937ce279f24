"""Enter a file that somebody has put on a deal in the register, as a document whose type people choose (RG-T1)."""

import base64

from engine.deal import Deal
from engine.dictionary import DEAL
from engine.ledger import Effect, verb
from engine.run import KEY, Run
from robots.comment import comment
from robots.open_card import settle_new_card
from robots.open_deal import ORIGINATOR, find_by_key
from robots.register_document import CLIENT, DRAFT, FILE, REGISTER, contract_of, initiator_of, our_company

MEGABYTE = 1024 * 1024
PLACE = "UF_CRM_SF_DOC_ORIG"
NAMES = {"useOriginalUfNames": "Y"}


def register_file(run: Run, source: Deal, file: int, *, of: str = "files") -> int | None:
    """RG-T1, E-RG-10. The register has a card for the file, with a copy of it; returns its id. Not inside `together()`.

    `file`: its id in the field `of` of the card. One that is larger than config/limits.yaml allows, or that the portal does not
    give out, stays where it is: «Оригинал получен / место хранения» says so. None: the file is gone again.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-add.html
    """
    field = run.engine.dictionary.field(source.process, of).code
    known = run.fact(f"file {file}", lambda: _look(run, source, field, file))
    if known is None:
        return None
    values = {name: source[name] for name in ("company", "contact", "city")}
    values |= {
        "our": our_company(run, source).name, "doc_state": DRAFT, "doc_side": CLIENT, "doc_init": initiator_of(run, source),
        "doc_source": source.id, "doc_base": contract_of(run, source),
    }  # fmt: skip
    dictionary = run.engine.dictionary
    fields = dictionary.encoded(REGISTER, {name: value for name, value in values.items() if value is not None})
    fields |= {
        "title": f"{known['name']} — {source.title}", "categoryId": dictionary.category(REGISTER),
        "stageId": dictionary.stage_id(REGISTER, "NEW"), "assignedById": values["doc_init"],
        "originatorId": ORIGINATOR, "originId": KEY, "UF_CRM_SF_KEY": KEY,
    }  # fmt: skip
    place = f"Файл лежит в сделке: {run.portal.address}{source.path}"
    memo = {"card": source.id, "field": field, "file": file, "stays": known["stays"], "place": place}
    params = {"entityTypeId": DEAL, "fields": fields, **NAMES}
    opened = run.do(REGISTER_FILE, f"register file {file}", "crm.item.add", params, deal_id=source.id, memo=memo)
    card = int(opened.result["item"]["id"])
    link = f"[url={run.portal.address}/crm/deal/details/{card}/]{known['name']}[/url]"
    comment(run, source, f"Файл внесён в реестр документов: {link}. Укажите там его тип.")
    return card


def _most(company) -> int:
    return company.limits.register_file_mb * MEGABYTE


def _look(run: Run, source: Deal, field: str, file: int) -> dict | None:
    """Its name, and whether it stays where it is."""
    address = _address(run.engine, source.id, field, file)
    if address is None:
        return None
    found = run.engine.portal.download(address, 0)
    if found is None:
        return {"name": f"Файл {file}", "stays": True}
    return {"name": found.name, "stays": found.size is not None and found.size > _most(run.company)}


def _address(engine, card: int, field: str, file: int) -> str | None:
    item = engine.ask("crm.item.get", {"entityTypeId": DEAL, "id": card, **NAMES}).result["item"]
    return next((one["urlMachine"] for one in item.get(field) or [] if int(one["id"]) == file), None)


def _late(engine, effect: Effect, params: dict) -> dict:
    """The copy, or where the file lies."""
    memo = effect.memo
    address = None if memo["stays"] else _address(engine, memo["card"], memo["field"], memo["file"])
    found = engine.portal.download(address, _most(engine.company)) if address else None
    if found is None or found.content is None:
        return {**params, "fields": {**params["fields"], PLACE: memo["place"]}}
    return {**params, "fields": {**params["fields"], FILE: [found.name, base64.b64encode(found.content).decode()]}}


REGISTER_FILE = verb(
    "register_file",
    find=find_by_key,
    settle=settle_new_card,
    late=_late,
    alone=True,
    check=lambda result: result["item"]["id"],
    keyed=lambda result: result["item"].get("UF_CRM_SF_KEY"),
)
