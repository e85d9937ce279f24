"""REGISTRY, «Реестр документов»: what happens to a document once it stands there (spec §7; prolongation is not automated yet)."""

from datetime import date
from decimal import Decimal

from config import company
from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.triggers import on_created, on_deleted, on_field, on_signal, on_stage
from robots.attach_file import attach_file
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.set_fields import set_fields
from rules import money, reading

LEFT_AS_IT_IS = ("Действует", "Подписан (закрывающий)")
"""States of a document that is signed: a new draft of it changes nothing, a person must look."""


@on_signal("REGISTRY", "registered")
def bring_the_document_up_to_date(run: Run, document: Deal) -> None:
    """RG-T1, E-RG-7. The document was registered again: sum, file and an empty source are brought up to date."""
    what = run.change.what
    said = {name: _plain(run, document, name, value) for name, value in what["fields"].items()}
    if document["doc_state"] in LEFT_AS_IT_IS:
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


@on_created("REGISTRY")
def take_a_document_that_came_signed(run: Run, document: Deal) -> None:
    """RG-T6. A card made together with its scan is signed as well."""
    take_the_signed_scan(run, document)


@on_field("REGISTRY", "doc_scan")
def take_the_signed_scan(run: Run, document: Deal) -> None:
    """RG-T6. A scan makes the document signed: a contract is valid from then on, the source deal hears of it."""
    type_ = run.company.document_types.get(document.stage)
    if type_ is None or not document["doc_scan"]:
        return
    signed = document["doc_signed"] or run.at.astimezone(MOSCOW).date()
    said = {"doc_signed": signed, "doc_state": type_.signed}
    if type_.signed == "Действует" and document["doc_start"] is None:
        said["doc_start"] = signed
    set_fields(run, document, **said)
    close_tasks(run, document, "RG-4", because="Скан загружен")
    comment(run, document, f"Документ подписан {reading.day_text(signed)}, состояние: «{type_.signed}».")
    if document["doc_source"]:
        run.signal(
            document["doc_source"],
            "signed",
            document=document.id,
            stage=document.stage,
            number=document["doc_no"],
            signed=signed.isoformat(),
        )


def take_the_scan_of_its_type(run: Run, document: Deal) -> None:
    """RG-T6. A document whose scan came before its type was chosen is signed as soon as it has one."""
    type_ = run.company.document_types[document.stage]
    if "left" in run.change.what and document["doc_state"] != type_.signed:
        take_the_signed_scan(run, document)


for _type in company().document_types:
    on_stage("REGISTRY", _type)(take_the_scan_of_its_type)


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
