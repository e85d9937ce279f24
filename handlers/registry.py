"""REGISTRY, «Реестр документов»: a document from its draft to its archive (spec §7).

A stage is the type of a document, its life is the field «Состояние документа»: people and a signed scan move it. What the
clock does to documents that end stands in jobs/prolongation.py and jobs/expiry.py.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from config import DocumentType, company
from engine import guard, storage
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import on_deleted, on_field, on_signal, on_stage, on_task_closed, requires
from robots.ask_to_prolong import AUTOMATIC, move_question
from robots.attach_file import attach_file
from robots.check_number import check_number
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.create_task import create_task, open_task
from robots.end_document import (
    ARCHIVED,
    BY_ADDENDUM,
    CONFIRMED,
    CONTRACT,
    EXPIRED,
    IN_FORCE,
    NEW_CONTRACT,
    NO_MORE,
    QUESTIONS,
    TERMINATED,
    expire,
    give_way,
)
from robots.fill_document import fill_document
from robots.find_addenda import ADDENDUM, Addendum, find_addenda
from robots.find_contract import ENDED, has_contract
from robots.find_papers import find_papers
from robots.notify import notify
from robots.read_checklist import read_unticked
from robots.register_document import contract_of, number_of
from robots.register_file import register_file
from robots.renew_task import renew_task
from robots.set_fields import set_fields
from robots.tell_card import tell_card
from robots.tell_orders import tell_orders
from rules import money, prolongation, reading

DRAFT, IN_REVIEW, AT_SIGNATURE, CLOSING = "Проект", "На согласовании", "На подписании", "Подписан (закрывающий)"
ASKED_IN = {IN_REVIEW: "RG-5", AT_SIGNATURE: "RG-4"}
SIGNED = (IN_FORCE, CLOSING)
"""States of a document that is signed: a new draft of it changes nothing, a person must look."""
BASED = ("ADDENDUM", "SPEC", "INVOICE", "UPD", "ACT", "KS")
"""Types that belong to a contract, where there is one."""
ADDENDUM_OF_TERM, NOTICE = "T13", "T24"
NOT_NEEDED = "Не требуется"
PLANNED = ("NEW", "RESERVE", "READY")

# — what tables cannot say about entering a stage —


def what_the_type_asks_for(run: Run, document: Deal) -> Iterator[str]:
    """Spec §7.2. What depends on the state, on another field, or on whether there is a contract."""
    type_, label = run.company.document_types[document.stage], _labels(run)
    if document["doc_no"] is None and type_.prefix is None:
        yield label("doc_no")
    if document["doc_init"] is None and document["doc_source"] is None:
        yield label("doc_init")
    if document.stage == CONTRACT and not document["doc_frame"] and document["doc_sum"] is None:
        yield label("doc_sum")
    if document.stage in BASED and document["doc_base"] is None and _is_under_a_contract(run, document):
        yield label("doc_base")
    if type_.needs_end and not _has_a_term(document) and not _was_made_by_us(run, document):
        yield label("doc_end")
    if document["doc_prolong"] == AUTOMATIC and document["doc_period"] is None:
        yield label("doc_period")
    if document["doc_state"] in SIGNED and not document["doc_scan"]:
        yield label("doc_scan")


for _type in company().document_types:
    requires("REGISTRY", _type)(what_the_type_asks_for)


def _labels(run: Run):
    return lambda name: run.engine.dictionary.field("REGISTRY", name).label


def _has_a_term(document: Deal) -> bool:
    return document["doc_end"] is not None or bool(document["doc_termless"])


def _was_made_by_us(run: Run, document: Deal) -> bool:
    """Whether the layer has just made the card: its term is asked for when it comes into force (RG-T7)."""
    made_now = run.change.what.get("left") is None
    return made_now and int(document.raw.get("createdBy") or 0) == run.engine.own_user


def _is_under_a_contract(run: Run, document: Deal) -> bool:
    """By its source deal; where it has none, by its client."""
    if document["doc_source"] is None:
        return has_contract(run, document["company"])
    source = run.card(document["doc_source"])
    return source is not None and contract_of(run, source) is not None


@requires("REGISTRY", "WON")
def a_decision_on_what_is_in_force(run: Run, document: Deal) -> Iterator[str]:
    """E-RG-8. What is still in force goes to the archive only with a word on what comes after it."""
    type_ = run.company.document_types.get(run.change.what.get("left"))
    if type_ is not None and type_.has_term and document["doc_state"] == IN_FORCE and document["doc_result"] is None:
        yield _labels(run)("doc_result")


@requires("REGISTRY", "LOSE")
def no_papers_that_count(run: Run, document: Deal) -> Iterator[str]:
    """RG-T14. A contract whose specifications or acts count is not annulled."""
    papers = find_papers(run, document) if document.stage == "LOSE" else []
    if papers:
        yield guard.Obstacle(f"По документу есть действующие документы: {'; '.join(papers)}")


# — a document comes to the register —


@on_signal("REGISTRY", "registered")
def bring_the_document_up_to_date(run: Run, document: Deal) -> None:
    """RG-T1, E-RG-7. The document was registered again: sum, file and an empty source are brought up to date."""
    what = run.change.what
    said = {name: _plain(run, document, name, value) for name, value in what["fields"].items()}
    if document["doc_state"] in SIGNED:
        said.pop("doc_state", None)
        if what["file"] is not None:
            comment(
                run,
                document,
                "Сформирована новая версия, но документ уже подписан: файл и сумма в реестре не изменены.",
            )
            return
        said = _without_what_was_signed(run, document, said)
    if document["doc_source"] is None:
        said["doc_source"] = what["source"]
    before = document["doc_sum"]
    set_fields(run, document, **said)
    if what["file"] is not None:
        attach_file(run, document, what["file"], to="doc_file")
        comment(run, document, f"Загружена новая версия файла: {what['file_name']}.")
    if said.get("doc_sum") is not None and before not in (None, said["doc_sum"]):
        comment(
            run, document, f"Сумма документа изменена: было {money.text(before)}, стало {money.text(said['doc_sum'])}."
        )


def _without_what_was_signed(run: Run, document: Deal, said: dict) -> dict:
    """What was empty is filled in; number, date and sum that were signed stay, and the card says what came instead."""
    kept = [name for name, value in said.items() if document[name] is not None and document[name] != value]
    if kept:
        labels = (f"{run.engine.dictionary.field(document.process, name).label} {_text(said[name])}" for name in kept)
        comment(run, document, f"Документ уже подписан, в реестре не изменено. Пришло другое: {', '.join(labels)}.")
    return {name: value for name, value in said.items() if name not in kept}


def _text(value: object) -> str:
    match value:
        case Decimal():
            return money.text(value)
        case date():
            return reading.day_text(value)
        case _:
            return str(value)


def _plain(run: Run, document: Deal, name: str, value: object) -> object:
    """A signal carries texts."""
    kind = run.engine.dictionary.field(document.process, name).type
    if kind == "money":
        return Decimal(str(value))
    return date.fromisoformat(str(value)) if kind == "date" else value


def register_what_was_put_on_a_deal(run: Run, deal: Deal) -> None:
    """RG-T1, E-RG-10. A file that somebody puts on a sales deal is a document of the register, whose type people choose."""
    before, now = ([int(one["id"]) for one in run.change.what[when] or []] for when in ("old", "new"))
    for file in now:
        if file not in before:
            register_file(run, deal, file)


for _process in ("SOFT", "HARD"):
    on_field(_process, "files")(register_what_was_put_on_a_deal)


@on_stage("REGISTRY", "NEW")
def ask_for_the_type(run: Run, document: Deal) -> None:
    """RG-T2. Whoever put a file there says what it is."""
    has_a_file = document["doc_file"] or document["doc_scan"] or document["files"] or _was_made_by_us(run, document)
    if run.change.what.get("left") is None and has_a_file:
        creator = int(document.raw.get("createdBy") or 0)
        to = creator if creator not in (0, run.engine.own_user) else "INITIATOR"
        open_task(run, document, run.company.common_tasks["G-TYPE"], to=to)


def take_its_place(run: Run, document: Deal) -> None:
    """RG-T3, RG-T6. A document of the type has its number and its readers; one that is signed already counts from now on."""
    type_ = run.company.document_types[document.stage]
    said = {"doc_dept": _readers(run, document, type_)}
    if document["doc_init"] is None:
        said["doc_init"] = run.fact(
            "initiator", lambda: run.engine.people.in_role("INITIATOR", _source(run, document)).id
        )
    if document["doc_no"] is None:
        day = document["doc_date"] or _today(run)
        said["doc_no"] = number_of(run, document, type_, day, step="number")
    set_fields(run, document, **said)
    close_tasks(run, document, "G-TYPE", because="Тип документа указан")
    if document["doc_no"] is not None and not _was_made_by_us(run, document):
        check_number(run, document)
    _begin(run, document.but(**said))


for _type in company().document_types:
    on_stage("REGISTRY", _type)(take_its_place)


def _readers(run: Run, document: Deal, type_: DocumentType) -> list[str]:
    source = run.card(document["doc_source"]) if document["doc_source"] else None
    return type_.readers(document["doc_side"], source.process if source is not None else None)


def _source(run: Run, document: Deal) -> Deal:
    """Whose responsible initiates the document, if nobody is named: its source deal's."""
    source = run.card(document["doc_source"]) if document["doc_source"] else None
    return document if source is None else source


def _begin(run: Run, document: Deal) -> None:
    """What its state asks for; a document that is only moved to another type has been asked already."""
    is_new = run.change.what.get("left") in (None, "NEW")
    if is_new:
        _let_the_end_rule(run, document)
    signed = run.company.document_types[document.stage].signed
    if document["doc_scan"] and (is_new or document["doc_state"] != signed) and document["doc_state"] not in ENDED:
        _sign(run, document)
    elif is_new:
        _ask_by_state(run, document)


@on_field("REGISTRY", "doc_no")
def compare_the_number(run: Run, document: Deal) -> None:
    """RG-T3. A number that people give is kept; one that is used already is told of."""
    if document.stage in run.company.document_types and run.change.what["new"]:
        check_number(run, document)


# — its life: reviewed, signed, in force —


@on_field("REGISTRY", "doc_state")
def follow_the_state(run: Run, document: Deal) -> None:
    """RG-T4, RG-T5, RG-T7. Review, signature, force and end ask for what they need; nothing is in force without its scan."""
    old, state = run.change.what["old"], document["doc_state"]
    if document.stage not in run.company.document_types or state == old:
        return
    if state in SIGNED and not document["doc_scan"] and old not in ENDED:
        _put_back(run, document, old)
        return
    if old in ASKED_IN:
        close_tasks(run, document, ASKED_IN[old], because=f"Состояние документа: «{state}»")
    if state == DRAFT and old == IN_REVIEW:
        _tell_of_remarks(run, document, "Документ возвращён в состояние «Проект».")
    elif state in (EXPIRED, TERMINATED):
        expire(run, document, state)
    elif state not in SIGNED or "doc_scan" not in run.edits("doc_state", "doc_scan"):
        _ask_by_state(run, document)


def _put_back(run: Run, document: Deal, old: str | None) -> None:
    label, state = _labels(run)("doc_scan"), old or DRAFT
    text = f"Не заполнено: {label}. Состояние документа возвращено: «{state}». Загрузите скан, и оно изменится само."
    with run.together():
        set_fields(run, document, doc_state=state)
        comment(run, document, text)
        if run.change.what["by"] not in (None, 0, run.engine.own_user):
            notify(run, run.change.what["by"], text)


def _ask_by_state(run: Run, document: Deal) -> None:
    """RG-T4, RG-T5, RG-T7. Whoever is to act on a document of this state."""
    state = document["doc_state"]
    if state in ASKED_IN:
        _ask_once(run, document, ASKED_IN[state])
    elif state == IN_FORCE:
        _come_into_force(run, document)


def _ask_once(run: Run, document: Deal, code: str) -> None:
    if not run.fact(f"open {code}", lambda: open_tasks(run.engine, document.id, (code,))):
        create_task(run, document, code)


@on_task_closed("REGISTRY", "RG-5")
def take_the_lawyers_word(run: Run, document: Deal) -> None:
    """RG-T4. With every item ticked off the document is agreed to; else it is a draft again and the initiator hears what is wrong."""
    if document["doc_state"] != IN_REVIEW:
        return
    unticked = read_unticked(run, run.change.what["task"])
    if unticked:
        set_fields(run, document, doc_state=DRAFT)
        _tell_of_remarks(
            run, document, f"Замечания юриста, не согласовано: {', '.join(unticked)}. Подробности — в задаче."
        )
        return
    text = f"Документ согласован юристом. Отправьте его на подпись и выберите состояние «{AT_SIGNATURE}»."
    with run.together():
        comment(run, document, text)
        notify(run, "INITIATOR", text)


def _tell_of_remarks(run: Run, document: Deal, text: str) -> None:
    with run.together():
        comment(run, document, text)
        notify(run, "INITIATOR", text)


@on_field("REGISTRY", "doc_scan")
def take_the_signed_scan(run: Run, document: Deal) -> None:
    """RG-T6. A scan makes the document signed: a contract is valid from then on, the source deal hears of it."""
    type_ = run.company.document_types.get(document.stage)
    if type_ is None or not document["doc_scan"] or document["doc_state"] in ENDED:
        return
    if not (run.change.what["old"] and document["doc_state"] == type_.signed):  # else it is one more page
        _sign(run, document)


def _sign(run: Run, document: Deal) -> None:
    type_ = run.company.document_types[document.stage]
    signed = document["doc_signed"] or _today(run)
    said = {"doc_signed": signed, "doc_state": type_.signed}
    if type_.signed == IN_FORCE and document["doc_start"] is None:
        said["doc_start"] = signed
    if set_fields(run, document, **said) is not None:
        comment(run, document, f"Документ подписан {reading.day_text(signed)}, состояние: «{type_.signed}».")
    close_tasks(run, document, "RG-4", "RG-5", because="Скан загружен")
    if document["doc_source"]:
        tell_card(
            run, document["doc_source"], "signed",
            document=document.id, stage=document.stage, number=document["doc_no"], signed=signed.isoformat(),
        )  # fmt: skip
    if document.stage == ADDENDUM and document["doc_base"]:
        tell_card(run, document["doc_base"], "addendum_signed", document=document.id)
    _ask_by_state(run, document.but(**said))


def _come_into_force(run: Run, document: Deal) -> None:
    """RG-T7, E-RG-5. A document in force has an end, or none for good; one that has ended already is expired at once.

    One that goes on by itself does so in the next night (jobs/expiry.py).
    """
    type_, end = run.company.document_types[document.stage], document["doc_end"]
    if not type_.has_term:
        return
    if end is None and type_.needs_end and not document["doc_termless"]:
        _ask_for_the_term(run, document)
    elif end is not None and end < _today(run) and document["doc_prolong"] != AUTOMATIC:
        expire(run, document)


def _ask_for_the_term(run: Run, document: Deal) -> None:
    """RG-T7. Once in the life of the document, whatever it was asked by."""
    if not run.fact("RG-1 before", lambda: _was_asked(run, document, "RG-1")):
        create_task(run, document, "RG-1")


def _was_asked(run: Run, document: Deal, code: str) -> bool:
    tasks = storage.tasks
    with run.engine.storage.read() as connection:
        found = connection.scalar(
            sa.select(tasks.c.task_id).where(tasks.c.deal_id == document.id, tasks.c.code == code).limit(1)
        )
    return found is not None


@on_task_closed("REGISTRY", "RG-1")
def see_whether_the_term_is_known(run: Run, document: Deal) -> None:
    """RG-T7, R-16. The task is done when the card says until when, or that there is no end."""
    if not _has_a_term(document):
        label = _labels(run)
        renew_task(
            run, run.change.what["task"], f"Заполните «{label('doc_end')}» или отметьте «{label('doc_termless')}»"
        )


# — its term —


@on_field("REGISTRY", "doc_end")
@on_field("REGISTRY", "doc_termless")
def follow_the_term(run: Run, document: Deal) -> None:
    """E-RG-11, E-RG-12. Another end by hand is written down and begins another cycle; an end and «Бессрочный» exclude each other."""
    type_ = run.company.document_types.get(document.stage)
    if type_ is None:
        return
    if _has_a_term(document):
        close_tasks(run, document, "RG-1", because="Срок действия указан")
    _let_the_end_rule(run, document)
    if run.change.what["field"] == "doc_end" and document["doc_state"] in (IN_FORCE, EXPIRED) and type_.has_term:
        _take_another_end(run, document, run.change.what["old"])


def _let_the_end_rule(run: Run, document: Deal) -> None:
    """E-RG-12."""
    if document["doc_end"] is not None and document["doc_termless"]:
        label = _labels(run)
        text = f"Заполнены и «{label('doc_end')}», и «{label('doc_termless')}»: действует дата {_text(document['doc_end'])}."
        with run.together():
            set_fields(run, document, doc_termless=False)
            comment(run, document, text)


def _take_another_end(run: Run, document: Deal, old: str | None) -> None:
    """E-RG-11."""
    end, before = document["doc_end"], date.fromisoformat(old[:10]) if old else None
    if before is not None:
        person = run.engine.people.user(run.change.what["by"] or 0)
        _write_down(run, document, before, end, prolongation.BY_HAND, person.name if person is not None else "—")
    if end is None:
        return
    move_question(run, document)
    if document["doc_state"] == EXPIRED and end >= _today(run):
        set_fields(run, document, doc_state=IN_FORCE)
        close_tasks(run, document, "RG-6", because=f"Срок действия изменён: {_text(end)}", as_="cancelled")
        comment(run, document, f"Срок действия изменён: документ снова действует, до {_text(end)}.")
    elif document["doc_state"] == IN_FORCE and end < _today(run) and document["doc_prolong"] != AUTOMATIC:
        expire(run, document)


def _write_down(run: Run, document: Deal, old: date | None, new: date | None, reason: str, who: str) -> None:
    """A line of «История пролонгаций»."""
    line = prolongation.Change(_today(run), old, new, reason, who).text
    set_fields(run, document, doc_hist=[*document["doc_hist"], line])


@on_field("REGISTRY", "doc_prolong")
def stop_asking(run: Run, document: Deal) -> None:
    """RG-T8. Nobody is asked about what is not to be prolonged."""
    if document["doc_prolong"] == NOT_NEEDED:
        close_tasks(run, document, "RG-2", "RG-3", because="Пролонгация не требуется", as_="cancelled")


# — what becomes of it after its end —


@on_field("REGISTRY", "doc_result")
@on_field("REGISTRY", "doc_newend")
@on_field("REGISTRY", "doc_next")
def carry_out_the_decision(run: Run, document: Deal) -> None:
    """RG-T10, RG-T11, RG-T12, RG-T13. The initiator has decided; once a save."""
    edits, decision = run.edits("doc_result", "doc_newend", "doc_next"), document["doc_result"]
    if run.change.what["field"] != next(iter(edits)) or document.stage not in run.company.document_types:
        return
    if decision in DECISIONS and ("doc_result" in edits or NEEDED.get(decision) in edits):
        DECISIONS[decision](run, document)


def _prolong_by_addendum(run: Run, document: Deal) -> None:
    """RG-T10, E-RG-3. The addendum is made and waits for its signature; until then the old end stays."""
    end, new = document["doc_end"], document["doc_newend"]
    if new is None:
        comment(
            run, document, f"Заполните «{_labels(run)('doc_newend')}»: после этого появится дополнительное соглашение."
        )
    elif end is not None and new <= end:
        text = f"Новый срок {_text(new)} не позже текущего {_text(end)}: пролонгация не оформлена. Укажите более позднюю дату."
        _refuse(run, document, text, doc_newend=None)
    else:
        filled = fill_document(run, document, ADDENDUM_OF_TERM, subject=f"{end}")
        if filled is not None and filled.card is not None:
            set_fields(run, document, doc_result=BY_ADDENDUM)
            run.signal(filled.card, "prolongs", end=new.isoformat())


def _refuse(run: Run, document: Deal, text: str, **emptied: None) -> None:
    """The decision is taken back; the card and whoever decided hear why."""
    with run.together():
        set_fields(run, document, doc_result=None, **emptied)
        comment(run, document, text)
        notify(run, run.change.what["by"] or "INITIATOR", text)


@on_signal("REGISTRY", "prolongs")
def wait_for_the_signature(run: Run, addendum: Deal) -> None:
    """RG-T10. An addendum that prolongs a contract says until when, and is to be signed."""
    if addendum["doc_state"] in SIGNED:
        return
    set_fields(run, addendum, doc_end=date.fromisoformat(run.change.what["end"]), doc_state=AT_SIGNATURE)
    _ask_once(run, addendum, "RG-4")


@on_signal("REGISTRY", "addendum_signed")
def prolong(run: Run, document: Deal) -> None:
    """RG-T10, E-RG-1, E-RG-2. A signed addendum gives the document its new end, and the next cycle begins."""
    addenda, end = find_addenda(run, document), document["doc_end"]
    just = next((one for one in addenda if one.id == run.change.what["document"]), None)
    if just is None or document.stage not in run.company.document_types:
        return  # it says nothing of the term
    ruling = addenda[-1]
    is_by_rival = end in [one.end for one in addenda if one.signed == ruling.signed and one is not ruling]
    if end is not None and ruling.end < end and not is_by_rival:
        comment(
            run,
            document,
            f"Дополнительное соглашение № {ruling.number} не меняет срока: документ действует до {_text(end)}.",
        )
        return
    _compare_rivals(run, document, addenda, ruling)
    _prolong(run, document, ruling)


def _compare_rivals(run: Run, document: Deal, addenda: list[Addendum], ruling: Addendum) -> None:
    """E-RG-2."""
    rivals = [one for one in addenda if one.signed == ruling.signed and one.end != ruling.end]
    if rivals:
        said = ", ".join(f"№ {one.number} — до {_text(one.end)}" for one in (*rivals, ruling))
        text = f"В один день ({_text(ruling.signed)}) подписаны дополнительные соглашения с разными сроками: {said}."
        comment(run, document, f"{text} Действует № {ruling.number}.")


def _prolong(run: Run, document: Deal, addendum: Addendum) -> None:
    end, state = document["doc_end"], document["doc_state"]
    who = run.fact("name of initiator", lambda: run.engine.people.in_role("INITIATOR", document).name)
    reason = f"доп. соглашение № {addendum.number}, подписано {_text(addendum.signed)}"
    line = prolongation.Change(_today(run), end, addendum.end, reason, who).text
    history = [*document["doc_hist"], *([line] if addendum.end != end else [])]
    goes_on = {"doc_state": IN_FORCE} if state == EXPIRED and addendum.end >= _today(run) else {}
    because = f"Пролонгировано до {_text(addendum.end)}"
    with run.together():
        set_fields(
            run, document, doc_end=addendum.end, doc_hist=history, doc_result=None, doc_newend=None, doc_termless=False, **goes_on
        )  # fmt: skip
        close_tasks(run, document, "RG-2", "RG-3", *(["RG-6"] if goes_on else []), because=because)
        if addendum.end != end:
            comment(run, document, f"{because}: {reason}. Прежний срок: {_text(end) if end else 'не указан'}.")


def _let_it_go_on(run: Run, document: Deal) -> None:
    """RG-T11. The document goes on by itself at its end."""
    if document["doc_prolong"] != AUTOMATIC:
        _refuse(
            run, document, f"Автопролонгация документом не предусмотрена: «{_labels(run)('doc_prolong')}» — другое."
        )
        return
    with run.together():
        close_tasks(run, document, "RG-2", "RG-3", because="Автопролонгация подтверждена")
        comment(run, document, "Автопролонгация подтверждена: срок изменится сам, когда закончится текущий.")


def _prepare_to_give_way(run: Run, document: Deal) -> None:
    """RG-T12. The document stays until its end; shipments planned after it are made under its successor."""
    number, end = document["doc_next"], document["doc_end"]
    successor = run.card(number) if number else None
    if number is None or number == document.id or (successor is not None and successor.process != "REGISTRY"):
        asked = f"Заполните «{_labels(run)('doc_next')}»: карточка нового договора в реестре."
        comment(run, document, asked)
        return
    title = successor.title if successor is not None else f"№{number}"
    with run.together():
        close_tasks(run, document, *QUESTIONS, because=f"Заключён новый договор: {title}")
        comment(
            run, document, f"Документ-преемник: {title}. Этот действует до {_text(end) if end else 'передачи в архив'}."
        )
    if end is None or end < _today(run):
        give_way(run, document)
    else:
        tell_orders(
            run, document, "contract_replaced",
            number=document["doc_no"], until=end.isoformat(), has_ended=False, by=number, by_title=title,
        )  # fmt: skip


def _let_it_end(run: Run, document: Deal) -> None:
    """RG-T11, RG-T13. The document ends with its last day; where it would go on by itself the other side is told of that."""
    with run.together():
        close_tasks(run, document, "RG-2", "RG-3", because="Решено не продлевать")
        comment(run, document, f"Решено не продлевать{_until(document)}.")
    if document["doc_prolong"] == AUTOMATIC:
        set_fields(run, document, doc_prolong=NOT_NEEDED)
        _give_notice(run, document)


def _give_notice(run: Run, document: Deal) -> None:
    fill_document(run, document, NOTICE, subject=f"{document['doc_end']}")


@on_field("REGISTRY", "make_doc")
def make_a_document(run: Run, document: Deal) -> None:
    """RG-T10, RG-T11. A document of the contract is made from its card: an addendum, the notice, or whatever else is chosen."""
    set_fields(run, document, make_doc=None)
    kinds = {kind.option: code for code, kind in run.company.document_kinds.items()}
    code = kinds.get(run.change.what["new"], run.change.what["new"])
    if code == ADDENDUM_OF_TERM:
        _prolong_by_addendum(run, document)
    elif code == NOTICE:
        _give_notice(run, document)
    else:
        fill_document(run, document, code)


DECISIONS = {
    BY_ADDENDUM: _prolong_by_addendum,
    CONFIRMED: _let_it_go_on,
    NEW_CONTRACT: _prepare_to_give_way,
    NO_MORE: _let_it_end,
}
NEEDED = {BY_ADDENDUM: "doc_newend", NEW_CONTRACT: "doc_next"}


def _until(document: Deal) -> str:
    return f": документ действует до {_text(document['doc_end'])}" if document["doc_end"] else ""


@on_stage("REGISTRY", "WON")
def archive(run: Run, document: Deal) -> None:
    """RG-T12. Nothing is left to do about a document in the archive."""
    with run.together():
        set_fields(run, document, doc_state=ARCHIVED)
        close_tasks(run, document, because="Документ в архиве")


@on_stage("REGISTRY", "LOSE")
def annul(run: Run, document: Deal) -> None:
    """RG-T14. Nothing is left to do about an annulled document; nothing new is shipped under it, its number is not used again."""
    was_in_force = document["doc_state"] == IN_FORCE
    close_tasks(run, document, because="Документ аннулирован", as_="cancelled")
    if was_in_force:
        set_fields(run, document, doc_state=TERMINATED)
    if was_in_force and run.change.what.get("left") == CONTRACT:
        tell_orders(run, document, "contract_ended", said="Договор аннулирован: новые отгрузки заблокированы")


@on_deleted("REGISTRY")
def tell_the_source_of_a_deletion(run: Run, document: Deal) -> None:
    """E-RG-9. The source deal of a deleted document says so, and its link to it is cleared."""
    source = document["doc_source"]
    if source is None:
        return
    run.signal(
        source,
        "document_deleted",
        document=document.id,
        stage=document.stage,
        number=document["doc_no"],
        title=document.title,
    )


# — the deals that use a contract —


def hear_that_the_contract_has_ended(run: Run, deal: Deal) -> None:
    """RG-T13. The seller hears that nothing new can be shipped under the contract (a_contract_in_force of SOFT_SHIPMENT)."""
    text = f"{run.change.what['said']}. {run.change.what['title']}."
    if deal.is_open(run.company):
        with run.together():
            comment(run, deal, text)
            notify(run, "SALES", text)


def hear_of_the_next_contract(run: Run, deal: Deal) -> None:
    """RG-T12. Shipments planned after the end of the contract are made under the next one; after its end everything is."""
    what, until = run.change.what, date.fromisoformat(run.change.what["until"])
    if not deal.is_open(run.company):
        return
    shipments = [one for one in (deal, *run.children(deal)) if _is_planned_after(one, until)]
    moved = [one for one in shipments if one["contract"] in (None, what["contract"])]
    ends = "закончился" if what["has_ended"] else "действует до"
    text = f"Договор № {what['number']} {ends} {_text(until)}, преемник: {what['by_title']}."
    with run.together():
        comment(run, deal, f"{text}{_whose(moved, deal)}")
        for one in moved:
            set_fields(run, one, contract=what["by"])
        if what["has_ended"] and deal["contract"] == what["contract"] and deal not in moved:
            set_fields(run, deal, contract=what["by"])


def _is_planned_after(card: Deal, day: date) -> bool:
    return card.process == "SOFT_SHIPMENT" and card.stage in PLANNED and bool(card["sh_plan"]) and card["sh_plan"] > day


def _whose(moved: list[Deal], deal: Deal) -> str:
    titles = [one.title for one in moved if one.id != deal.id]
    return f" По нему пойдут: {', '.join(titles)}." if titles else ""


for _process in ("SOFT", "HARD", "SOFT_SHIPMENT"):
    on_signal(_process, "contract_ended")(hear_that_the_contract_has_ended)
    on_signal(_process, "contract_replaced")(hear_of_the_next_contract)


def _today(run: Run) -> date:
    """The day of the change in the head office, where documents are kept."""
    return run.at.astimezone(MOSCOW).date()
