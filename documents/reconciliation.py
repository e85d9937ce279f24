"""The account of a client over a period, and in whose favour it ends (T19)."""

from datetime import date
from decimal import Decimal

from documents.card import Card
from rules import reading, reconciliation, words
from rules.allocation import Payment
from rules.reconciliation import Operation, Statement

VOCABULARY: dict[str, str] = {
    "recon.from_text": "начало периода словами", "recon.until_text": "конец периода словами",
    "recon.from": "начало периода: 01.11.2026", "recon.until": "конец периода: 30.11.2026",
    "recon.lines[].date": "операция: дата", "recon.lines[].document": "операция: Продажа (УПД № 7 от 27.11.2026)",
    "recon.lines[].debit": "операция: дебет (может быть пусто)", "recon.lines[].credit": "операция: кредит (может быть пусто)",
    "recon.opening.debit": "сальдо начальное, дебет (может быть пусто)", "recon.opening.credit": "сальдо начальное, кредит (может быть пусто)",
    "recon.turnover.debit": "обороты за период, дебет", "recon.turnover.credit": "обороты за период, кредит",
    "recon.closing.debit": "сальдо конечное, дебет (может быть пусто)", "recon.closing.credit": "сальдо конечное, кредит (может быть пусто)",
    "recon.has_lines": "да/нет: были ли операции", "recon.is_even": "да/нет: никто никому не должен",
    "recon.balance": "сальдо конечное без знака", "recon.balance_words": "то же с суммой прописью",
    "recon.creditor": "в чью пользу сальдо, краткое наименование (может быть пусто)", "recon.debtor": "кто должен (может быть пусто)",
}  # fmt: skip


def make(card: Card, day: date) -> dict:
    """«recon.…» of the period that the card names."""
    since, until = period(card)
    made = statement(card)
    return {
        "recon": {
            "from": reading.day_text(since), "until": reading.day_text(until),
            "from_text": words.date_text(since), "until_text": words.date_text(until),
            "lines": [_line(one) for one in made.lines], "has_lines": bool(made.lines),
            "opening": _sides(made.opening), "closing": _sides(made.closing),
            "turnover": {"debit": reading.amount_text(made.debit), "credit": reading.amount_text(made.credit)},
            **_outcome(card, made.closing),
        }
    }  # fmt: skip


def total(card: Card, day: date) -> Decimal:
    """What one owes the other at the end of the period."""
    return abs(statement(card).closing)


def period(card: Card) -> tuple[date, date]:
    """Both days included; whichever way round they were entered."""
    since, until = sorted((card.deal["period_from"], card.deal["period_to"]))
    return since, until


def statement(card: Card) -> Statement:
    """What had happened by the day on which the portal was asked."""
    known = [one for one in operations(card) if one.day <= card.dealings.on]
    return reconciliation.statement(known, *period(card))


def operations(card: Card) -> list[Operation]:
    """Deliveries and payments as a bookkeeper names them; a refund is owed again."""
    delivered = [
        Operation(one.day, f"{'Приёмка работ' if one.kind == 'Акт' else 'Продажа'} ({_paper(one)})", debit=one.total)
        for one in card.dealings.deliveries
    ]
    return delivered + [_paid(one) for one in card.dealings.payments]


def _paper(one) -> str:
    return f"{one.kind} №\u00a0{one.number} от {reading.day_text(one.paper_day)}"


def _paid(one: Payment) -> Operation:
    by = (
        f"п/п\u00a0№\u00a0{one.number} от {reading.day_text(one.day)}"
        if one.number
        else f"от {reading.day_text(one.day)}"
    )
    if one.amount < 0:
        return Operation(one.day, f"Возврат оплаты ({by})", debit=-one.amount)
    return Operation(one.day, f"Оплата ({by})", credit=one.amount)


def _line(one: Operation) -> dict:
    return {
        "date": reading.day_text(one.day), "document": one.document, "debit": _amount(one.debit), "credit": _amount(one.credit),
    }  # fmt: skip


def _sides(balance: Decimal) -> dict:
    debit, credit = reconciliation.sides(balance)
    return {"debit": _amount(debit), "credit": _amount(credit)}


def _amount(amount: Decimal) -> str:
    """A column that says nothing stays empty."""
    return reading.amount_text(amount) if amount else ""


def _outcome(card: Card, balance: Decimal) -> dict:
    """Who owes whom: «в пользу …»."""
    our, client = card.ours.said["short_name"], card.client.said["short_name"]
    creditor, debtor = ("", "") if not balance else (our, client) if balance > 0 else (client, our)
    return {
        "is_even": not balance, "balance": reading.amount_text(abs(balance)), "balance_words": words.amount(abs(balance)),
        "creditor": creditor, "debtor": debtor,
    }  # fmt: skip
