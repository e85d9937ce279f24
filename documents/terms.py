"""Terms of payment as a contract says them, and the schedule of a document (spec §15.4)."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from config import Company
from documents.card import Card
from rules import payment_schedule, reading, words
from rules.payment_schedule import Due, Part
from rules.working_time import WorkingCalendar

AFTER = {
    payment_schedule.INVOICE: "выставления счёта",
    payment_schedule.READY: "уведомления о готовности к отгрузке",
    payment_schedule.SHIPPED: "отгрузки",
    payment_schedule.RECEIVED: "получения товара",
    payment_schedule.SIGNED: "подписания УПД (акта)",
    payment_schedule.DOCUMENTS: "представления в банк документов по аккредитиву",
}
"""«… с даты выставления счёта»."""
NOT_AGREED = "По соглашению сторон."
INVOICES = "INVOICE"
VOCABULARY: dict[str, str] = {
    "terms.title": "условия оплаты, как в карточке (может быть пусто)", "terms.text": "условия оплаты фразой договора",
    "terms.lines[].n": "график: номер", "terms.lines[].percent": "график: доля", "terms.lines[].amount": "график: сумма",
    "terms.lines[].when": "график: срок словами", "terms.lines[].due": "график: дата (может быть пусто)",
}  # fmt: skip


def make(card: Card, gross: Decimal, day: date) -> dict:
    """`gross`: what is paid in all; of an invoice the day on which it is made is known."""
    lines_ = lines(card.parts, dues(card, gross, day if card.kind.registry == INVOICES else None))
    return {"terms": {"title": card.deal["terms"] or "", "text": text(card.parts), "lines": lines_}}


def dues(card: Card, gross: Decimal, invoiced: date | None) -> list[Due]:
    """What is due when, as far as it is known before anything is shipped."""
    return schedule(card.company, card.calendar, gross, card.parts, {payment_schedule.INVOICE: invoiced})


def schedule(
    company: Company, calendar: WorkingCalendar, total: Decimal, parts: Sequence[Part], dates: Mapping[str, date | None]
) -> list[Due]:
    """C-04. What of the sum is paid when, days off as the house has set (limits.payments); nothing without terms."""
    shift = company.limits.payments.shift_weekend
    return payment_schedule.schedule(total, parts, dates, calendar, shift) if parts else []


def text(parts: Sequence[Part]) -> str:
    """«Покупатель оплачивает 100% стоимости в течение 5 (пяти) рабочих дней с даты выставления счёта.»"""
    if not parts:
        return NOT_AGREED
    said = f"Покупатель оплачивает {_shares(parts)}"
    return said if said.endswith(".") else f"{said}."


def _shares(parts: Sequence[Part]) -> str:
    if len(parts) == 1:
        return f"100% стоимости {when(parts[0])}"
    if len(parts) == 2 and parts[0].is_advance:
        first, rest = parts
        return f"аванс {words.percent(first.percent)} стоимости {when(first)}, остаток — {when(rest)}"
    return "стоимость поэтапно: " + "; ".join(f"{words.percent(part.percent)} — {when(part)}" for part in parts)


def when(part: Part) -> str:
    """«в течение 30 (тридцати) календарных дней с даты отгрузки»."""
    if part.event == payment_schedule.DATE:
        return f"не позднее {words.date_text(part.day)}"
    if part.event == payment_schedule.RETENTION:
        return "по истечении срока гарантийного удержания"
    if part.days == 0:
        return f"в день {AFTER[part.event]}"
    return f"в течение {words.days(part.days, working=part.working)} с даты {AFTER[part.event]}"


def lines(parts: Sequence[Part], dues: Sequence[Due]) -> list[dict]:
    """A row of the schedule each: number, percent, amount, when in words, due day where it is known."""
    return [
        {
            "n": str(due.number),
            "percent": words.percent(part.percent),
            "amount": reading.amount_text(due.amount),
            "when": when(part),
            "due": reading.day_text(due.due) if due.due else "",
        }
        for part, due in zip(parts, dues, strict=True)
    ]
