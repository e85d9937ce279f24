"""A contract of the register that is not prolonged (T24)."""

from datetime import date, timedelta

from documents.card import Card
from rules import words

AUTOMATIC = "Автоматическая"
VOCABULARY: dict[str, str] = {
    "refusal.end": "последний день договора словами", "refusal.after": "день, следующий за ним, словами",
    "refusal.is_automatic": "да/нет: договор продлился бы сам", "refusal.has_clause": "да/нет: известен ли пункт договора об уведомлении",
    "refusal.clause": "пункт договора об уведомлении: 11.2 (может быть пусто)",
}  # fmt: skip


def make(card: Card, day: date) -> dict:
    """«refusal.…». The clause is that of our framework contract (T01); what other contracts call it nobody knows."""
    end, clause = card.deal["doc_end"], (card.agreed.notice_clause or "") if card.deal["doc_frame"] else ""
    return {
        "refusal": {
            "end": words.date_text(end), "after": words.date_text(end + timedelta(days=1)),
            "is_automatic": card.deal["doc_prolong"] == AUTOMATIC, "has_clause": bool(clause), "clause": clause,
        }
    }  # fmt: skip
