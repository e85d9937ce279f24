"""Enter a document in the register: a card of its own, in a family of its own (RG-T1)."""

from datetime import date as Date
from decimal import Decimal

from config import DocumentType
from documents import kept, numbers
from engine.deal import Deal
from engine.dictionary import DEAL, links
from engine.ledger import Effect, effect_key, verb
from engine.people import MOSCOW
from engine.run import KEY, Run
from robots.attach_file import coded
from robots.comment import comment
from robots.open_card import settle_new_card
from robots.open_deal import ORIGINATOR, find_by_key
from robots.set_fields import set_fields

REGISTER = "REGISTRY"
FILE = "UF_CRM_SF_DOC_FILE"
DRAFT, CLIENT = "Проект", "Клиент"


def register_document(
    run: Run,
    source: Deal,
    stage: str,
    *,
    number: str | None = None,
    date: Date | None = None,
    sum: Decimal | None = None,
    file: int | None = None,
    **fields: object,
) -> int:
    """RG-T1. The register has a card of the type `stage` for the document; returns its id. Not inside `together()`.

    A card of the same own company, type, number, date and client is brought up to date instead (by a signal: it is a family
    of its own); else one is opened with client, contact, city, source, initiator and base contract of the source deal.
    Without a `number` the next one of the type is taken. `file`: a row of the table `documents`; `fields`: further fields
    of the card (doc_side="Перевозчик"). The source deal names the card in a comment, and in the field that is for it.
    https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-add.html
    """
    type_ = run.company.document_types[stage]
    day = date or run.now.astimezone(MOSCOW).date()
    number = number or number_of(run, source, type_, day, step=f"register {stage}")
    said = {"doc_sum": sum, **fields}
    found = run.fact(f"register {stage} {number}", lambda: find_document(run, source, stage, number, day))
    if found is None:
        found = _open(run, source, type_, number, day, {"doc_state": DRAFT, **said}, file)
        told = "Документ внесён в реестр"
    else:
        _bring_up_to_date(run, source, found, said, file)
        told = "Документ уже есть в реестре"
    title = run.company.processes[REGISTER].stages[stage].title
    link = f"[url={run.portal.address}/crm/deal/details/{found}/]{title} № {number} от {day:%d.%m.%Y}[/url]"
    with run.together():
        if type_.link and type_.link in run.company.processes[source.process].fields:
            set_fields(run, source, **{type_.link: found})
        comment(run, source, f"{told}: {link}")
    return found


def number_of(run: Run, source: Deal, type_: DocumentType, day: Date, *, step: str, key: str = "") -> str:
    """The number that this run takes for a document of the type, once; one that people have given by hand is passed over.

    `key`: under which it is taken, so that it is not lost where the run ends without its document.
    """
    store, key = run.engine.storage, key or effect_key("number", run.change.id, run.trigger, step)
    within = numbers.scope(type_, our_company(run, source).code, contract_of(run, source))

    def learn() -> str:
        said = numbers.text(type_, day, numbers.take(store, run.engine.clock, type_, within, day, key))
        while find_document(run, source, type_.stage, said):
            said = numbers.text(type_, day, numbers.pass_over(store, key))
        return said

    return run.fact(f"number {step}", learn)


def our_company(run: Run, source: Deal):
    """The own company of the card, the first one where it names none."""
    ours = run.company.our_companies
    return ours.get(source["our"]) or next(iter(ours.values()))


def contract_of(run: Run, card: Deal) -> int | None:
    """The register card of the contract that papers of this card belong to: what it, or the nearest card upwards, names.

    Of a document of the register: itself, where it is one that ends, else the document that it is based on.
    """
    if card.process == REGISTER:
        type_ = run.company.document_types.get(card.stage)
        return card.id if type_ is not None and type_.has_term else card["doc_base"]
    named, above = card["contract"], run.parent(card)
    return named if named or above is None else contract_of(run, above)


def find_document(run: Run, source: Deal, stage: str, number: str, day: Date | None = None) -> int | None:
    """The register card of the type and number in the card's own company; with `day` also of that date and client.

    Inside a contract a number counts for that contract only. A card that names no own company may be of any.
    """
    dictionary, type_ = run.engine.dictionary, run.company.document_types[stage]
    names = ("doc_no", "doc_date", "our", "doc_base", "company")
    field = {name: dictionary.field(REGISTER, name) for name in names}
    filter_ = {"=categoryId": dictionary.category(REGISTER), f"={field['doc_no'].code}": number}
    params = {"entityTypeId": DEAL, "filter": filter_, "select": ["*", "UF_*"], "order": {"id": "ASC"}}
    items = run.engine.ask("crm.item.list", {**params, "useOriginalUfNames": "Y"}).result["items"]
    for item in items:
        value = {name: dictionary.decode(one, item.get(dictionary.key(one))) for name, one in field.items()}
        fits = value["doc_no"] == number and value["our"] in (None, our_company(run, source).name)
        if type_.within_contract:
            fits = fits and value["doc_base"] == contract_of(run, source)
        if day is not None:
            is_type = item["stageId"] == dictionary.stage_id(REGISTER, stage)
            fits = fits and is_type and value["doc_date"] == day and value["company"] == source["company"]
        if fits:
            with run.engine.storage.write() as tx:
                run.engine.observer.remember(tx, item)  # else it could hear no signal
            return int(item["id"])
    return None


def made_before(run: Run, source: Deal, stage: str) -> tuple[str, Date] | None:
    """Number and date of the source's newest document of that type that the layer itself registered.

    For what a lost database may have done (docs/decisions/0012-a-lost-database.md): its numbers are known to the portal only.
    """
    dictionary = run.engine.dictionary
    by = "doc_base" if source.process == REGISTER else "doc_source"
    field = {name: dictionary.field(REGISTER, name) for name in ("doc_no", "doc_date", by)}
    of_source = {f"@{field[by].code}": links([source.id]), "=stageId": dictionary.stage_id(REGISTER, stage)}
    params = {"entityTypeId": DEAL, "filter": of_source, "select": ["*", "UF_*"], "order": {"id": "DESC"}}
    for item in run.engine.ask("crm.item.list", {**params, "useOriginalUfNames": "Y"}).result["items"]:
        value = {name: dictionary.decode(one, item.get(one.code)) for name, one in field.items()}
        if item.get("originatorId") == ORIGINATOR and value[by] == source.id and value["doc_no"] and value["doc_date"]:
            return value["doc_no"], value["doc_date"]
    return None


def _open(run: Run, source: Deal, type_: DocumentType, number: str, day: Date, said: dict, file: int | None) -> int:
    dictionary, stage = run.engine.dictionary, type_.stage
    initiator, deal = initiator_of(run, source), _source_deal(run, source)
    side = said.get("doc_side") or (source["doc_side"] if source.process == REGISTER else None) or CLIENT
    values = {name: source[name] for name in ("company", "contact", "city")}
    values |= {
        "our": our_company(run, source).name, "doc_no": number, "doc_date": day, "doc_side": side, "doc_init": initiator,
        "doc_source": deal.id if deal is not None else None, "doc_base": None if stage == "CONTRACT" else contract_of(run, source),
        "doc_prolong": type_.prolong, "doc_dept": type_.readers(side, deal.process if deal is not None else None), **said,
    }  # fmt: skip
    fields = dictionary.encoded(REGISTER, {name: value for name, value in values.items() if value is not None})
    title = f"{run.company.processes[REGISTER].stages[stage].title} № {number} — {source.title}"
    fields |= {
        "title": title, "categoryId": dictionary.category(REGISTER), "stageId": dictionary.stage_id(REGISTER, stage),
        "assignedById": initiator, "originatorId": ORIGINATOR, "originId": KEY, "UF_CRM_SF_KEY": KEY,
    }  # fmt: skip
    params = {"entityTypeId": DEAL, "fields": fields, "useOriginalUfNames": "Y"}
    opened = run.do(
        REGISTER_DOCUMENT, f"register {stage} {number}", "crm.item.add", params, deal_id=source.id, memo={"file": file}
    )
    if opened.result is None:
        raise RuntimeError("register_document answers with the card's id, so it cannot be asked for inside together().")
    return int(opened.result["item"]["id"])


def initiator_of(run: Run, source: Deal) -> int:
    """Who initiates documents of the card: its responsible; of a document of the register, whoever initiated that one."""
    people = run.engine.people

    def choose() -> int:
        if source.process == REGISTER:
            return people.in_role("INITIATOR", source).id
        return people.active(people.user(source.responsible)).id

    return run.fact(f"initiator of {source.id}", choose)


def _source_deal(run: Run, source: Deal) -> Deal | None:
    """The deal that a document comes from: of one that follows from another document, that one's."""
    if source.process != REGISTER:
        return source
    return run.card(source["doc_source"]) if source["doc_source"] else None


def _bring_up_to_date(run: Run, source: Deal, card: int, said: dict, file: int | None) -> None:
    """What the document now says; the register card does it in a run of its own."""
    changed = {name: str(value) if isinstance(value, Decimal | Date) else value for name, value in said.items()}
    name = "" if file is None else kept.file(run.engine.storage, file)[0]
    known = {field: value for field, value in changed.items() if value is not None}
    deal = _source_deal(run, source)
    run.signal(
        card, "registered", source=deal.id if deal is not None else None, file=file, file_name=name, fields=known
    )


def _late(engine, effect: Effect, params: dict) -> dict:
    document = effect.memo["file"]
    return params if document is None else {**params, "fields": {**params["fields"], FILE: coded(engine, document)}}


REGISTER_DOCUMENT = verb(
    "register_document",
    find=find_by_key,
    settle=settle_new_card,
    late=_late,
    alone=True,
    check=lambda result: result["item"]["id"],
    keyed=lambda result: result["item"].get("UF_CRM_SF_KEY"),
)
