"""Find who owes too long: cards with late payments, whose they are, what is said of them (C-06, C-07)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.dictionary import COMPANY
from engine.people import Person
from engine.reading import chunks
from rules import debt
from rules.debtors import NOT_LATE, PAID, RETURNED, ROUBLES, Debtor

SHIPMENT = "SOFT_SHIPMENT"
PROJECT = "HARD"
OWING = {
    SHIPMENT: ("NEW", "RESERVE", "READY", "TRANSIT", "DOCS", "PAYMENT", "OVERDUE"),
    PROJECT: ("WORKS", "HANDOVER", "PAYMENT"),
}
"""Stages on which something may be owed; who has a card there is a manager who reports."""
READ = (
    "title", "company", "parent", "sh_no", "sh_debt", "sh_sched", "dz_reason", "dz_promise", "dz_note", "dz_updated", "dz_broken",
)  # fmt: skip
"""What a line of the report is made of."""


@dataclass
class Book:
    """What is owed to each manager as of a day: user id → the cards with late payments, and all that is owed in roubles.

    Every manager who has an open card is in it, be it that nothing is late.
    """

    debtors: dict[int, list[Debtor]] = field(default_factory=lambda: defaultdict(list))
    owed: dict[int, Decimal] = field(default_factory=lambda: defaultdict(lambda: debt.ZERO))

    @property
    def managers(self) -> list[int]:
        return sorted(self.owed)


def read_book(engine, report_day: date) -> Book:
    """RC-T1, RC-T6. All of it, as the portal shows it now; the cards are known to the layer from then on."""
    cards = [card for process, stages in OWING.items() for card in engine.cards_on(process, *stages)]
    managers, book = _managers(engine, cards), Book()
    late = {card.id for card in cards if _overdues(engine, card, report_day)}
    names = company_names(engine, (card["company"] for card in cards if card.id in late))
    for card in cards:
        manager = managers[card.id]
        if manager is None:
            continue
        book.owed[manager.id] += _owed(card) if card.currency == ROUBLES else debt.ZERO
        if card.id in late:
            book.debtors[manager.id].append(debtor_of(engine, card, report_day, names))
    return book


def debtor_of(engine, card: Deal, report_day: date, names: dict[int, str]) -> Debtor:
    """The card as a line of the report."""
    return Debtor(
        names.get(card["company"], card.title), _number(card), _overdues(engine, card, report_day), card["dz_reason"],
        card["dz_promise"], card["dz_note"], card["dz_updated"], card["company"], card.id, card["dz_broken"] or 0,
        currency=card.currency, otherwise=_otherwise(engine, card), owed=_owed(card),
    )  # fmt: skip


def company_names(engine, companies: Iterable[int | None]) -> dict[int, str]:
    """How the clients are called."""
    wanted = sorted({one for one in companies if one})
    if not wanted:
        return {}
    params = {"entityTypeId": COMPANY, "filter": {"@id": wanted}, "select": ["id", "title"]}
    return {int(one["id"]): one["title"] for one in engine.items(params)}


def late_sum(engine, card: Deal, day: date) -> Decimal:
    """What of the card is late on that day."""
    return debt.overdue_sum(_overdues(engine, card, day))


def _owed(card: Deal) -> Decimal:
    """All that is owed for what was shipped, late or not (C-06)."""
    owed = card["sh_debt"]
    return owed if isinstance(owed, Decimal) and card.process in OWING else debt.ZERO


def _overdues(engine, card: Deal, report_day: date) -> list[debt.Overdue]:
    """Its late lines on that day; none where nothing is owed: not shipped, cancelled, paid."""
    if not _owed(card) > 0 or not card.is_living(engine.company):
        return []
    return debt.overdue(debt.read(card["sh_sched"]), report_day, engine.calendar_of(None))


def _otherwise(engine, card: Deal) -> str:
    """What is said of the card when nothing of it is late."""
    if not card.is_living(engine.company):
        return RETURNED
    return NOT_LATE if _owed(card) > 0 else PAID


def _number(card: Deal) -> str:
    """«417-2»: the second shipment of the order 417."""
    return f"{card.parent or card.id}-{card['sh_no']}" if card["sh_no"] else str(card.id)


# — whose it is —


def _managers(engine, cards: list[Deal]) -> dict[int, Person | None]:
    """Of each card the manager: whoever answers for the order; of a card without an order, for the card itself (E-RC-2)."""
    above = _responsible(engine, {card.parent for card in cards if card.process == SHIPMENT and card.parent})
    return {
        card.id: _active(
            engine, above.get(card.parent, card.responsible) if card.process == SHIPMENT else card.responsible
        )
        for card in cards
    }


def _responsible(engine, orders: set[int]) -> dict[int, int]:
    """Of each order who answers for it; of those that the layer never saw the portal is asked."""
    table, known = storage.cards, {}
    with engine.storage.read() as connection:
        for part in chunks(sorted(orders), 500):
            rows = connection.execute(sa.select(table.c.deal_id, table.c.raw).where(table.c.deal_id.in_(part)))
            known |= {row.deal_id: row.raw for row in rows}
    unseen = sorted(orders - known.keys())
    known |= {card.id: card.raw for card in (engine.cards_where({"@id": unseen}) if unseen else [])}
    return {order: int(raw.get("assignedById") or 0) for order, raw in known.items()}


def _active(engine, user: int) -> Person | None:
    """Whoever stands in for one that is dismissed; None for somebody the portal does not show."""
    person = engine.people.user(user)
    return engine.people.active(person) if person is not None else None
