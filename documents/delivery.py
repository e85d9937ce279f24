"""How and until when goods are delivered (spec §15.3)."""

from documents.card import Card
from rules import words

FETCHED = "Самовывоз"
WAYS = {
    FETCHED: "выборка (самовывоз) Товара со склада Поставщика",
    "ТК": "доставка транспортной компанией (перевозчиком)",
    "Наш транспорт": "доставка транспортом Поставщика",
    "До объекта": "доставка до объекта Покупателя",
}
"""«Способ доставки» as a contract says it."""
BY_AGREEMENT = "по согласованию Сторон"
VOCABULARY: dict[str, str] = {
    "delivery.way": "способ доставки (может быть пусто)", "delivery.address": "адрес доставки (может быть пусто)",
    "delivery.is_fetched": "да/нет: самовывоз",
    "delivery.until_text": "срок поставки: «до …» или «по согласованию сторон.», точку после него не ставят",
    "delivery.text": "способ и адрес словами договора: доставка транспортом Поставщика по адресу: …",
}  # fmt: skip


def make(card: Card) -> dict:
    until, way = card.deal["ship_until"], card.deal["delivery_way"] or ""
    return {
        "delivery": {
            "way": way, "address": card.deal["address"] or "", "is_fetched": way == FETCHED,
            "text": _text(way, card.deal["address"] or ""),
            "until_text": f"до {words.date_text(until)}" if until else "по согласованию сторон.",
        }
    }  # fmt: skip


def _text(way: str, address: str) -> str:
    """«доставка до объекта Покупателя по адресу: г. Москва, …»; nobody delivers to an address what is fetched."""
    if not way:
        return BY_AGREEMENT
    said = WAYS.get(way, way)
    return f"{said} по адресу: {words.unbroken(address)}" if address and way != FETCHED else said
