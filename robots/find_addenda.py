"""Find the signed addenda of a document that say until when it lasts."""

from dataclasses import dataclass
from datetime import date

from engine.deal import Deal
from engine.dictionary import links
from engine.run import Run

ADDENDUM = "ADDENDUM"


@dataclass(frozen=True)
class Addendum:
    """`end`: the new end of what it belongs to."""

    id: int
    number: str
    signed: date
    end: date

    @property
    def order(self) -> tuple[date, int, int]:
        """E-RG-2. What was signed later rules, of one day the higher number."""
        return self.signed, int(self.number) if self.number.isdecimal() else 0, self.id


def find_addenda(run: Run, document: Deal) -> list[Addendum]:
    """In the order in which they rule, the last one rules; as the portal shows them."""
    found = run.fact("addenda", lambda: _ask(run, document.id))
    read = [
        Addendum(card, number, date.fromisoformat(signed), date.fromisoformat(end))
        for card, number, signed, end in found
    ]
    return sorted(read, key=lambda one: one.order)


def _ask(run: Run, document: int) -> list[list]:
    dictionary = run.engine.dictionary
    which = {
        "=categoryId": dictionary.category("REGISTRY"), "=stageId": dictionary.stage_id("REGISTRY", ADDENDUM),
        f"@{dictionary.field('REGISTRY', 'doc_base').code}": links([document]),
    }  # fmt: skip
    return [
        [one.id, one["doc_no"] or "", one["doc_signed"].isoformat(), one["doc_end"].isoformat()]
        for one in run.engine.cards_where(which)
        if one["doc_state"] == "Действует" and one["doc_signed"] and one["doc_end"]
    ]
