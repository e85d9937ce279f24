"""How and until when goods are delivered (spec §15.3)."""

from documents.card import Card
from rules import words

FETCHED = "Самовывоз"
VOCABULARY: dict[str, str] = {
    "delivery.way": "способ доставки (может быть пусто)", "delivery.address": "адрес доставки (может быть пусто)",
    "delivery.is_fetched": "да/нет: самовывоз",
    "delivery.until_text": "срок поставки: «до …» или «по согласованию сторон.», точку после него не ставят",
}  # fmt: skip


def make(card: Card) -> dict:
    until, way = card.deal["ship_until"], card.deal["delivery_way"] or ""
    return {
        "delivery": {
            "way": way, "address": card.deal["address"] or "", "is_fetched": way == FETCHED,
            "until_text": f"до {words.date_text(until)}" if until else "по согласованию сторон.",
        }
    }  # fmt: skip
