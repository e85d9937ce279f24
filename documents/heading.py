"""What stands over a document: its number, date and city, and the contract that it belongs to (spec §15.2)."""

from datetime import date

from documents.card import Card
from rules import reading, words

VOCABULARY: dict[str, str] = {
    "doc.number": "номер документа", "doc.date_text": "дата словами: «22» ноября 2026 г.", "doc.date": "дата цифрами: 22.11.2026",
    "doc.city": "город подписания: г. Москва", "contract.number": "номер договора (может быть пусто, кроме T12)",
    "contract.date_text": "дата договора словами",
}  # fmt: skip


def make(card: Card, number: str, day: date) -> dict:
    doc = {"number": number, "date_text": words.date_text(day), "date": reading.day_text(day), "city": _city(card)}
    return {"doc": doc, "contract": contract(card)}


def contract(card: Card) -> dict:
    """The contract that the card names; a card of the register is one itself."""
    item = card.found["contract"]
    number, day = item.get("UF_CRM_SF_DOC_NO") or "", item.get("UF_CRM_SF_DOC_DATE") or ""
    if card.is_of_register:
        number, day = card.deal["doc_no"] or "", card.deal["doc_date"].isoformat() if card.deal["doc_date"] else ""
    known = bool(number and day)
    return {
        "number": number if known else "",
        "date_text": words.date_text(date.fromisoformat(day[:10])) if known else "",
    }


def _city(card: Card) -> str:
    head = next((name for name, city in card.company.cities.items() if city.head_office), "Москва")
    return f"г.\u00a0{card.deal['city'] or head}"
