"""Fill a DOCX template from a card, attach the document to it as DOCX and PDF and enter it in the register (spec §15)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config import DocumentKind
from documents import agreed, checks, kept, names, numbers, pdf, qr, renderer, sources, template, variables
from documents.card import Card
from documents.template import TemplateMistake
from engine import failpoints
from engine.deal import Deal, Row
from engine.ledger import effect_key
from engine.people import MOSCOW
from engine.run import Run
from robots.attach_file import attach_file
from robots.comment import comment
from robots.create_task import open_task
from robots.notify import notify
from robots.read_terms import read_terms
from robots.register_document import contract_of, find_document, made_before, number_of, our_company, register_document
from robots.set_fields import set_fields
from rules.payment_schedule import WrongTerms
from rules.vat import NoRate

QR = "QR"
PICTURES = {"Подпись": "signature", "Печать": "stamp"}
NOT_MADE = "Документ не сформирован"
AGAIN = "нажмите «Сформировать документ» ещё раз"
CONTRACTS = ("CONTRACT", "NDA", "ADDENDUM")
"""Types of the register whose documents are contracts (§15.1): wrong requisites keep them from being made (§4.2)."""


@dataclass(frozen=True)
class Filled:
    """A document of the card: its number, the id of its register card, the name of its file, its sum with VAT."""

    number: str
    card: int
    name: str
    total: Decimal


def fill_document(
    run: Run, deal: Deal, code: str, *, subject: str = "", rows: list[Row] | None = None
) -> Filled | None:
    """The document lies on the card and stands in the register as «Проект». Not inside `together()`.

    `code`: T17, or its name in «Сформировать документ». Pressed again with unchanged data nothing new is made; with changed data
    version 2 is, under the same number. `subject` tells several documents of one template apart; `rows` stand in for the card's.
    None: the card was told why there is no document.
    """
    kind = _kind(run, code)
    if kind is None:
        comment(run, deal, f"{NOT_MADE}: нет документа «{code}». Обратитесь к администратору портала.")
        return None
    if not template.exists(kind.code):
        _say_not_ready(run, deal, kind)
        return None
    made = run.fact(f"document {kind.code} {subject}".strip(), lambda: _make(run, deal, kind, subject, rows))
    if "why_not" in made:
        _say_why_not(run, deal, kind, made)
        return None
    return _hand_over(run, deal, kind, made)


def _kind(run: Run, code: str) -> DocumentKind | None:
    kinds = run.company.document_kinds
    return kinds.get(code) or next((kind for kind in kinds.values() if kind.option == code), None)


# — making it: learnt once in a run, kept in the table `documents` —


def _make(run: Run, deal: Deal, kind: DocumentKind, subject: str, rows: list[Row] | None) -> dict:
    try:
        card = _card(run, deal, kind, rows)
        lacking = variables.lacking(card)
        if lacking:
            return {
                "why_not": f"в карточке не заполнено {', '.join(f'«{one}»' for one in lacking)}",
                "lacking": lacking,
            }
        if card.client.doubts and kind.registry in CONTRACTS:
            return {"why_not": "реквизиты клиента с ошибками", "lacking": [], "doubts": card.client.doubts}
        return _filled(run, card, f"{kind.code} {subject}".strip())
    except WrongTerms as wrong:
        return {"why_not": f"{wrong}", "lacking": ["Условия оплаты"]}
    except NoRate as wrong:
        return {
            "why_not": f"неизвестна ставка НДС на {wrong.day:%d.%m.%Y}",
            "lacking": [],
            "wrong": "дату отгрузки или срок поставки",
        }
    except TemplateMistake as mistake:
        return {"why_not": f"ошибка в шаблоне: {mistake}", "lacking": []}


def _card(run: Run, deal: Deal, kind: DocumentKind, rows: list[Row] | None) -> Card:
    return Card(
        deal, sources.read(run.engine, deal, kind.code, run.now.astimezone(MOSCOW).date()), run.company, kind, our_company(run, deal), run.engine.calendar_of(None),
        rows or deal.rows, read_terms(run, deal),
    )  # fmt: skip


def _filled(run: Run, card: Card, code: str) -> dict:
    """The card's document of that code as it is now: the last one if it says the same, else a new version or a first one."""
    store, key = run.engine.storage, effect_key("document", run.change.id, run.trigger, code)
    today, last = run.now.astimezone(MOSCOW).date(), kept.last(store, card.deal.id, code)
    if last is not None and last.key != key and not _counts(run, card, last):
        last = None
    if last is not None and last.key == key:
        return _answer(card, last, is_new=True)
    if last is not None and kept.digest(_say(card, last.number, last.date, last.made_on)) == last.said:
        return _answer(card, last, is_new=False)
    number, day = (last.number, last.date) if last else _new_number(run, card, code, today)
    version = last.version + 1 if last else 1
    return _answer(card, _keep(run, card, code, key, number=number, day=day, version=version, today=today), is_new=True)


def _new_number(run: Run, card: Card, code: str, today: date) -> tuple[str, date]:
    """The next number and today, once a trial has shown that the template can be filled: a mistake in it takes no number.

    What a lost database may have made keeps the number under which the register has it. One that an earlier run took and
    could not use is the card's next one.
    """
    if run.engine.restore.covers(run.at):
        before = run.fact(f"before {code}", lambda: _plain(made_before(run, card.deal, card.kind.registry)))
        if before is not None:
            return before[0], date.fromisoformat(before[1])
    type_ = _type(run, card)
    _render(card, _say(card, numbers.specimen(type_, today), today, today))
    counted = numbers.counted(type_, _scope(run, card), today)
    key = effect_key("number", card.deal.id, code, counted, kept.numbered(run.engine.storage, card.deal.id, code))
    return number_of(run, card.deal, type_, today, step=code, key=key), today


def _plain(before: tuple[str, date] | None) -> list[str] | None:
    """A fact is a plain value."""
    return [before[0], before[1].isoformat()] if before else None


def _keep(
    run: Run, card: Card, code: str, key: str, *, number: str, day: date, version: int, today: date
) -> kept.Document:
    said = _say(card, number, day, today)
    return kept.keep(
        run.engine.storage, run.engine.clock, deal_id=card.deal.id, code=code, scope=_scope(run, card), number=number, version=version,
        key=key, date=day, made_on=today, said=kept.digest(said), total=str(variables.to_pay(card, day)),
        name=names.file_name(card.kind.title, number, card.client.said["short_name"], day, version),
        content=_render(card, said),
    )  # fmt: skip


def _render(card: Card, said: dict) -> bytes:
    content = renderer.fill(card.kind.code, said, {QR: qr.picture(said["invoice"]["qr"]), **_signature(card)})
    failpoints.reach("rendered")
    return content


def _signature(card: Card) -> dict[str, bytes]:
    """Pictures of signature and stamp, where our company prints them."""
    if not card.our.stamp:
        return {}
    return {name: template.picture(f"{file}-{card.our.code}.png") for name, file in PICTURES.items()}


def _say(card: Card, number: str, day: date, today: date) -> dict:
    return checks.clean(variables.make(card, number=number, day=day, today=today))


def _counts(run: Run, card: Card, last: kept.Document) -> bool:
    """Whether a new version may bear the number: counted for the same company or contract, and not annulled since."""
    stage = card.kind.registry
    return last.scope == _scope(run, card) and find_document(run, card.deal, stage, last.number, last.date) is not None


def _type(run: Run, card: Card):
    return run.company.document_types[card.kind.registry]


def _scope(run: Run, card: Card) -> str:
    return numbers.scope(_type(run, card), card.our.code, contract_of(run, card.deal))


def _answer(card: Card, document: kept.Document, *, is_new: bool) -> dict:
    code = card.kind.code
    signed = [party for party in (card.ours, card.client) if variables.signs(code) and party.phrase]
    return {
        "is_new": is_new, "id": document.id, "number": document.number, "date": document.date.isoformat(), "name": document.name,
        "total": document.total, "phrases": [party.phrase for party in signed],
        "doubtful": [party.phrase for party in signed if not party.certain],
        "doubts": card.client.doubts if variables.shows_requisites(code) else [],
        "for_register": {name: _plain_value(value) for name, value in agreed.for_register(card, document.date).items()},
    }  # fmt: skip


def _plain_value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _for_register(made: dict) -> dict:
    """Of the term what the document itself says; a framework contract has no sum."""
    said = dict(made["for_register"])
    if "doc_end" in said:
        said["doc_end"] = date.fromisoformat(said["doc_end"])
    return said | {"sum": None if said.get("doc_frame") else Decimal(made["total"])}


# — what people see —


def _hand_over(run: Run, deal: Deal, kind: DocumentKind, made: dict) -> Filled:
    day, total = date.fromisoformat(made["date"]), Decimal(made["total"])
    if (deal["block"] or "").startswith(NOT_MADE):
        set_fields(run, deal, block=None)
    if made["is_new"]:
        attach_file(run, deal, made["id"])
        said = _for_register(made)
        card = register_document(run, deal, kind.registry, number=made["number"], date=day, file=made["id"], **said)
        _ask_to_look(run, deal, made)
        if run.engine.settings.office != pdf.OFF:
            run.signal(deal.id, "document_filled", document=made["id"])  # what else this run does waits for no PDF
    else:
        card = run.fact(
            f"register card of {made['number']}", lambda: find_document(run, deal, kind.registry, made["number"], day)
        )
        comment(run, deal, f"Документ не изменился: {made['name']}. Новый файл не создан.")
    return Filled(made["number"], card, made["name"], total)


def _ask_to_look(run: Run, deal: Deal, made: dict) -> None:
    """The manager sees the declined phrases; where the engines disagree a task asks; wrong requisites are named."""
    if made["phrases"]:
        comment(run, deal, f"Проверьте склонение: {'; '.join(f'«{one}»' for one in made['phrases'])}")
    if made["doubtful"]:
        note = f"Программа не уверена в склонении: {'; '.join(f'«{one}»' for one in made['doubtful'])}"
        open_task(run, deal, run.company.common_tasks["G-DECL"], to=deal.responsible, note=note)
    if made["doubts"]:
        comment(run, deal, f"Проверьте реквизиты: {'; '.join(made['doubts'])}.")


def _say_not_ready(run: Run, deal: Deal, kind: DocumentKind) -> None:
    text = f"Шаблон «{kind.option}» ещё не подготовлен. Документ не сформирован, обратитесь к администратору портала."
    comment(run, deal, text)


def _say_why_not(run: Run, deal: Deal, kind: DocumentKind, made: dict) -> None:
    if made["lacking"]:
        with run.together():
            set_fields(run, deal, block=f"{NOT_MADE}. Не заполнено: {', '.join(made['lacking'])}")
            comment(run, deal, f"{NOT_MADE}: {made['why_not'].rstrip('.')}. Заполните поле и {AGAIN}.")
    elif "doubts" in made:
        check = f"Проверьте реквизиты: {'; '.join(made['doubts'])}."
        with run.together():
            set_fields(run, deal, block=f"{NOT_MADE}. {check}")
            comment(run, deal, f"{check} {NOT_MADE}: исправьте реквизиты компании и {AGAIN}.")
    elif "wrong" in made:
        comment(run, deal, f"{NOT_MADE}: {made['why_not']}. Проверьте {made['wrong']} и сформируйте документ ещё раз.")
    else:
        with run.together():
            comment(run, deal, f"{NOT_MADE}: {made['why_not']}. Обратитесь к администратору портала.")
            notify(run, "ADMIN", f"Шаблон «{kind.title}» ({kind.code}.docx): {made['why_not']}")
