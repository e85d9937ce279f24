"""Every Monday: contracts in force of which nobody knows until when (RG-T7)."""

from collections.abc import Iterator
from datetime import datetime

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.end_document import IN_FORCE
from robots.notify import notify

REGISTER = "REGISTRY"
SHOWN = 20


def _on_monday(moment: datetime) -> bool:
    return moment.weekday() == 0


@daily("09:00", zone="Europe/Moscow", when=_on_monday, newest_only=True, of=REGISTER)
def find_contracts_without_a_term(engine, period: Period) -> Iterator[Subject]:
    """RG-T7. The lawyer's list, where there is anything to list."""
    types = engine.company.document_types.values()
    needing = [type_.stage for type_ in types if type_.needs_end]
    lines = [
        f"• {document.title} (№{document.id})"
        for document in engine.cards_on(REGISTER, *needing, doc_state=IN_FORCE)
        if document["doc_end"] is None and not document["doc_termless"]
    ]
    if lines:
        yield Subject("list", what={"lines": lines[:SHOWN], "count": len(lines)})


@find_contracts_without_a_term.each
def tell_the_lawyer(run: Run, deal: Deal | None) -> None:
    """RG-T7. «Договоры без срока»: how many, the first of them by name."""
    lines, count = run.change.what["lines"], run.change.what["count"]
    more = f"\n…и ещё {count - len(lines)}" if count > len(lines) else ""
    notify(run, "LAWYER", f"Договоры без срока: {count}.\n" + "\n".join(lines) + more)
