"""Every night: documents of the register whose last day has passed (RG-T11, RG-T12, RG-T13)."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.end_document import IN_FORCE, end_document, has_ended

REGISTER = "REGISTRY"


@daily("00:30", zone="Europe/Moscow", newest_only=True, of=REGISTER)
def find_documents_that_have_ended(engine, period: Period) -> Iterator[Subject]:
    """RG-T11, RG-T12, RG-T13. Every one in force whose last day was before today."""
    types, today = engine.company.document_types.values(), period.due_at.date()
    with_term = [type_.stage for type_ in types if type_.has_term]
    for document in engine.cards_on(REGISTER, *with_term, doc_state=IN_FORCE):
        if has_ended(document, today):
            yield Subject(str(document.id), document.id, REGISTER)


@find_documents_that_have_ended.each
def let_it_end(run: Run, document: Deal) -> None:
    """RG-T11, RG-T12, RG-T13. It goes on by itself, goes to the archive, or has expired and blocks new shipments."""
    if has_ended(document, run.at.astimezone(MOSCOW).date()):
        end_document(run, document)
