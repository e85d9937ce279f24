"""Every morning: documents of the register that end soon (RG-T8, RG-T9, RG-T11)."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.ask_to_prolong import DECIDE, ask_to_prolong, question
from robots.close_tasks import open_tasks
from robots.end_document import IN_FORCE
from robots.notify import notify
from rules import prolongation, reading

REGISTER = "REGISTRY"
LONGEST = 3660  # days of warning; more is a slip of the pen


@daily("06:00", zone="Europe/Moscow", newest_only=True, of=REGISTER)
def find_documents_that_end(engine, period: Period) -> Iterator[Subject]:
    """RG-T8, RG-T9, RG-T11, E-RG-1, E-RG-6. Each end comes up once when people are to be asked, and once a step of the ladder."""
    today, waiting = period.due_at.date(), _undecided(engine)
    types = engine.company.document_types
    with_term = [type_.stage for type_ in types.values() if type_.has_term]
    for document in engine.cards_on(REGISTER, *with_term, doc_state=IN_FORCE):
        end = document["doc_end"]
        if end is None:
            continue
        if document.id in waiting:
            step = prolongation.rung(today, end, _ladder(engine.company))
            if step is not None:
                yield _subject(document, end, step=step)
        elif _is_to_be_asked(engine, document, today):
            yield _subject(document, end, ask=question(document))


def _subject(document: Deal, end: date, **what: object) -> Subject:
    key = ":".join(str(one) for one in (document.id, end, *what.values()))
    return Subject(key, document.id, REGISTER, {"end": end.isoformat(), **what}, once=True)


def _undecided(engine) -> set[int]:
    """Documents on which somebody is to decide."""
    tasks = storage.tasks
    which = (tasks.c.process == REGISTER, tasks.c.code == DECIDE, tasks.c.state == "open")
    with engine.storage.read() as connection:
        return set(connection.scalars(sa.select(tasks.c.deal_id).where(*which)))


def _ladder(company) -> tuple[int, ...]:
    limits = company.limits.prolongation
    return limits.remind_days, limits.head_days, limits.director_days


def _is_to_be_asked(engine, document: Deal, today: date) -> bool:
    if question(document) is None or document["doc_result"] is not None or document["doc_next"] is not None:
        return False
    said, usual = document["doc_days"], engine.company.document_types[document.stage].days
    days = said if isinstance(said, int) and 0 < said < LONGEST else usual
    start = document["doc_start"] or document["doc_signed"] or document["doc_date"]
    return prolongation.is_asked_on(today, document["doc_end"], days, start, engine.calendar_of(None))


@find_documents_that_end.each
def have_it_decided(run: Run, document: Deal) -> None:
    """RG-T8, RG-T9, RG-T11. The initiator is asked; while nothing is decided the head and the director hear of it as well."""
    what, end = run.change.what, document["doc_end"]
    if document["doc_state"] != IN_FORCE or end != date.fromisoformat(what["end"]):
        return
    if "ask" in what:
        ask_to_prolong(run, document)
    elif run.fact("undecided", lambda: open_tasks(run.engine, document.id, (DECIDE,))):
        _climb(run, document, what["step"])


def _climb(run: Run, document: Deal, step: int) -> None:
    """RG-T9. After the last step the task is late, and stands in the daily digest of the head (R-14)."""
    limits, end = run.company.limits.prolongation, document["doc_end"]
    left = (end - run.today(document)).days
    text = f"Документ действует до {reading.day_text(end)} (осталось дней: {left}), решения о пролонгации нет."
    to = {
        limits.remind_days: ("INITIATOR", "H-INITIATOR"),
        limits.head_days: ("H-INITIATOR",),
        limits.director_days: ("COMMERCIAL_DIRECTOR",),
    }[step]
    with run.together():
        for role in to:
            notify(run, role, f"Срок! {text}" if step == limits.head_days else text)
