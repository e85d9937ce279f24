"""What becomes of a document of the register whose last day has passed (RG-T11…RG-T13)."""

from datetime import date, timedelta

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from robots.ask_to_prolong import goes_on_by_itself
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.create_task import create_task
from robots.move_card import move_card
from robots.notify import notify
from robots.set_fields import set_fields
from robots.tell_orders import tell_orders
from rules import prolongation, reading

IN_FORCE, EXPIRED, TERMINATED, ARCHIVED = "Действует", "Истёк", "Расторгнут", "Архив"
BY_ADDENDUM, CONFIRMED = "Пролонгирован доп. соглашением", "Автопролонгация подтверждена"
NEW_CONTRACT, NO_MORE = "Заключён новый договор", "Не продлеваем"
QUESTIONS = ("RG-1", "RG-2", "RG-3")
CONTRACT = "CONTRACT"
BY_ITSELF = "автоматически"


def has_ended(document: Deal, today: date) -> bool:
    """Whether its last day has passed and something follows from that; an addendum that is being signed is waited for."""
    end = document["doc_end"]
    return (
        document["doc_state"] == IN_FORCE and end is not None and end < today and document["doc_result"] != BY_ADDENDUM
    )


def end_document(run: Run, document: Deal) -> None:
    """RG-T11, RG-T12, RG-T13. It goes on by itself, gives way to its successor, or has expired."""
    if document["doc_result"] == NEW_CONTRACT and document["doc_next"]:
        give_way(run, document)
    elif document["doc_result"] != NO_MORE and goes_on_by_itself(document):
        _go_on(run, document)
    else:
        expire(run, document)


def _go_on(run: Run, document: Deal) -> None:
    """RG-T11. Period after period until it lasts again, or may go on no more."""
    today, ends = run.at.astimezone(MOSCOW).date(), [document["doc_end"]]
    months = document["doc_period"] or int(run.company.processes[document.process].fields["doc_period"].default)
    history = list(document["doc_hist"])
    while ends[-1] < today and prolongation.may_go_on(history, ends[-1], document["doc_maxprol"]):
        end = ends[-1]
        ends.append(prolongation.next_end(prolongation.anchor(history, end), end, months))
        history.append(
            prolongation.Change(end + timedelta(days=1), end, ends[-1], prolongation.BY_ITSELF, BY_ITSELF).text
        )
    text = (
        f"Автопролонгация: документ действовал до {reading.day_text(ends[0])}, теперь до {reading.day_text(ends[-1])}."
    )
    with run.together():
        set_fields(run, document, doc_end=ends[-1], doc_hist=history, doc_result=None)
        close_tasks(run, document, *QUESTIONS, because="Документ пролонгирован автоматически")
        comment(run, document, text)
        notify(run, "INITIATOR", text)
    if ends[-1] < today:
        expire(run, document.but(doc_end=ends[-1], doc_hist=history, doc_result=None))


def give_way(run: Run, document: Deal) -> None:
    """RG-T12. The document goes to the archive; deals that are still open go on under its successor."""
    set_fields(run, document, doc_state=ARCHIVED)
    successor = run.card(document["doc_next"])
    tell_orders(
        run, document, "contract_replaced", number=document["doc_no"], until=document["doc_end"].isoformat(), has_ended=True,
        by=document["doc_next"], by_title=successor.title if successor is not None else f"№{document['doc_next']}",
    )  # fmt: skip
    move_card(run, document, "WON")


def expire(run: Run, document: Deal, state: str = EXPIRED) -> None:
    """RG-T13, E-RG-5. Nobody is asked any more; of a contract what is left to do is asked for, and nothing new is shipped under it.

    `state`: «Расторгнут» of one that ended before its time.
    """
    word, is_contract = state.lower(), document.stage == CONTRACT
    with run.together():
        set_fields(run, document, doc_state=state)
        close_tasks(run, document, *QUESTIONS, because=f"Документ {word}", as_="cancelled")
        comment(run, document, f"Документ {word}{_until(document, state)}.")
        if is_contract:
            create_task(run, document, "RG-6", once=f"{document['doc_end']}")
        else:
            notify(run, "INITIATOR", f"Документ {word}{_until(document, state)}.")
    if is_contract:
        tell_orders(run, document, "contract_ended", said=f"Договор {word}: новые отгрузки заблокированы")


def _until(document: Deal, state: str) -> str:
    end = document["doc_end"]
    return f": действовал до {reading.day_text(end)}" if end is not None and state == EXPIRED else ""
