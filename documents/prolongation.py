"""Until when a contract of the register is prolonged, and at what prices (T13)."""

from datetime import date, timedelta
from decimal import Decimal

from documents.card import Card
from rules import words

VOCABULARY: dict[str, str] = {
    "prolongation.old_end": "прежний срок: по «28» февраля 2027 г.", "prolongation.new_end": "новый срок словами",
    "prolongation.since": "день, следующий за прежним сроком, словами",
    "prolongation.is_late": "да/нет: соглашение датировано позже прежнего срока, его условия действуют с prolongation.since",
    "prolongation.reprices": "да/нет: меняются ли цены; новые цены — строки rows[]",
}  # fmt: skip
NO_PRICES, WRONG_END = "Товары (новые цены)", "Новый срок действия до (позже прежнего)"


def lacking(card: Card) -> list[str]:
    """New prices need rows; the new end comes after the old one (RG-T10)."""
    empty = []
    old, new = card.deal["doc_end"], card.deal["doc_newend"]
    if old and new and new <= old:
        empty.append(WRONG_END)
    if card.deal["doc_reprice"] and not any(row.price > 0 for row in card.rows):
        empty.append(NO_PRICES)
    return empty


def make(card: Card, day: date) -> dict:
    """«prolongation.…»: the old end and the new one, both included in the term."""
    old, new = card.deal["doc_end"], card.deal["doc_newend"]
    since = old + timedelta(days=1)
    return {
        "prolongation": {
            "old_end": words.date_text(old), "new_end": words.date_text(new), "since": words.date_text(since),
            "is_late": day > old, "reprices": bool(card.deal["doc_reprice"]),
        }
    }  # fmt: skip


def total(card: Card, day: date) -> Decimal:
    """New prices are prices, and no sum."""
    return Decimal("0.00")
