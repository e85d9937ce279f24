"""Ask the initiator of a document that ends what shall become of it (RG-T8, RG-T11)."""

from datetime import date, datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.people import Person
from engine.run import Run
from robots.close_tasks import open_tasks
from robots.create_task import create_task
from robots.move_deadline import move_deadline
from robots.update_task import restart_task
from rules import prolongation

PROLONG, AUTOMATIC = "Требуется", "Автоматическая"
DECIDE, AGREE = "RG-2", "RG-3"
LATE = "0рд"


def question(document: Deal) -> str | None:
    """Which task asks: RG-2, RG-3 where the document goes on by itself, None where nobody need decide.

    What has gone on by itself as often as it may («Не более раз») needs a decision.
    """
    if document["doc_prolong"] == AUTOMATIC:
        return AGREE if goes_on_by_itself(document) else DECIDE
    return DECIDE if document["doc_prolong"] == PROLONG else None


def goes_on_by_itself(document: Deal) -> bool:
    """RG-T11. Whether the document is prolonged automatically at its end."""
    history, end, most = document["doc_hist"], document["doc_end"], document["doc_maxprol"]
    return document["doc_prolong"] == AUTOMATIC and prolongation.may_go_on(history, end, most)


def ask_to_prolong(run: Run, document: Deal) -> None:
    """RG-T8, RG-T11. The initiator has the question before them, once, with the time that there is."""
    code = question(document)
    if code is None or run.fact("asked", lambda: open_tasks(run.engine, document.id, (DECIDE, AGREE))):
        return
    if code == AGREE:
        create_task(run, document, AGREE, day=document["doc_end"])
        return
    initiator = run.engine.people.user(
        run.fact("initiator", lambda: run.engine.people.in_role("INITIATOR", document).id)
    )
    due = _due(run, document["doc_end"], initiator)
    note = (
        "Автоматическая пролонгация договором больше не предусмотрена." if document["doc_prolong"] == AUTOMATIC else ""
    )
    in_time = {"by": due} if due > run.now else {"within": LATE}
    create_task(run, document, DECIDE, to=initiator.id, note=note, **in_time)


def move_question(run: Run, document: Deal) -> None:
    """E-RG-11. Another end: whoever has been asked has another time to decide."""
    end = document["doc_end"]
    for task_id, due in run.fact("moved", lambda: _moved(run, document.id, end)):
        restart_task(run, task_id, datetime.fromisoformat(due), deal_id=document.id)
    move_deadline(run, document, AGREE, day=end)


def _moved(run: Run, document: int, end: date) -> list[list]:
    """Open questions whose deadline differs, with the new one."""
    tasks = storage.tasks
    which = (tasks.c.deal_id == document, tasks.c.code == DECIDE, tasks.c.state == "open")
    with run.engine.storage.read() as connection:
        rows = connection.execute(sa.select(tasks).where(*which).order_by(tasks.c.task_id)).all()
    found = []
    for row in rows:
        person = run.engine.people.user(row.responsible)
        if person is not None and (due := _due(run, end, person)) != row.deadline:
            found.append([row.task_id, due.isoformat()])
    return found


def _due(run: Run, end: date, person: Person) -> datetime:
    """The end of the day by which the decision is due, where the person works."""
    calendar, limits = run.engine.calendar_of(person.city), run.company.limits.prolongation
    today = run.at.astimezone(person.zone).date()
    day = prolongation.decide_by(end, today, calendar, before=limits.decide_days, least=limits.decide_least_days)
    return calendar.end_of(day, person.zone)
