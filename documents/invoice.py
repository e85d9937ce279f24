"""What is to be paid by an invoice now, until when, and what the payment order says (T16)."""

from datetime import date
from decimal import Decimal

from documents import qr, terms
from documents.card import Card
from rules import payment_schedule, reading, words
from rules.money import q

VALID = 5
"""Working days in which an invoice is to be paid, where config/documents.yaml says nothing."""
VOCABULARY: dict[str, str] = {
    "invoice.purpose": "назначение платежа", "invoice.until_text": "оплатить до",
    "invoice.now": "сколько платить по счёту сейчас (аванс или всё)", "invoice.now_words": "то же прописью",
    "invoice.is_part": "да/нет: сейчас платят только аванс", "invoice.percent": "доля аванса",
    "invoice.basis": "основание: договор № … от … (может быть пусто)", "invoice.qr": "текст QR-кода по ГОСТ Р 56042-2014",
}  # fmt: skip


def make(card: Card, gross: Decimal, day: date, said: dict) -> dict:
    """`said`: what the document says already of its number, contract, sums and our bank."""
    on_invoice = [part for part in card.parts if part.event == payment_schedule.INVOICE]
    dues = terms.dues(card, gross, day)
    now = [due for due in dues if due.event == payment_schedule.INVOICE]
    amount = sum((due.amount for due in now), Decimal(0)) if now else gross
    until = now[-1].due if now else card.calendar.nth_working_day_after(day, card.kind.valid_days or VALID)
    share = sum((part.percent for part in on_invoice), Decimal(0))
    number = said["doc"]["number"]
    part = amount != gross
    purpose = f"{'Аванс' if part else 'Оплата'} по счёту № {number} от {said['doc']['date']}{_tax_in(amount, gross, said['total'])}"
    made = {
        "purpose": purpose, "until_text": words.date_text(until), "now": reading.amount_text(amount),
        "now_words": words.amount(amount), "is_part": part, "percent": words.percent(share) if part else "100%",
        "basis": f"договор № {said['contract']['number']} от {said['contract']['date_text']}" if said["contract"]["number"] else "",
        "qr": qr.payment(said["our"], amount, purpose),
    }  # fmt: skip
    return {"invoice": made}


def _tax_in(amount: Decimal, gross: Decimal, total: dict) -> str:
    """What a payment order says of VAT: of an advance its share."""
    if not total["has_vat"]:
        return f", {words.UNSAID}"
    share = q(reading.number(total["vat"]) * amount / gross) if gross else Decimal(0)
    return f", в т. ч. НДС {reading.amount_text(share)}"
