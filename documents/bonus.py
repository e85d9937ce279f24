"""What the calculation of a manager's bonus says: branches, corrections, who did not report, the sum (T22).

A month is printed as it was handed over: its figures stand in the table `distributor_months`.
"""

from datetime import date
from decimal import Decimal

from documents.card import Card
from rules import bonus, money, reading, words
from rules.periods import Month

NEEDS = ("переданный месяц",)
VOCABULARY: dict[str, str] = {
    "bonus.manager": "менеджер: ФИО", "bonus.month": "месяц: ноябрь 2026",
    "bonus.branches[].n": "отчитавшийся филиал: номер", "bonus.branches[].name": "отчитавшийся филиал: название",
    "bonus.branches[].sales": "отчитавшийся филиал: продажи", "bonus.branches[].rate": "отчитавшийся филиал: ставка 1,25%",
    "bonus.branches[].bonus": "отчитавшийся филиал: вознаграждение",
    "bonus.has_branches": "да/нет: отчитался ли кто-нибудь", "bonus.sales": "продажи итого", "bonus.earned": "вознаграждение за месяц",
    "bonus.corrections[].text": "корректировка: за какой месяц и филиал", "bonus.corrections[].amount": "корректировка: сумма", "bonus.has_corrections": "да/нет: есть ли корректировки",
    "bonus.corrected": "корректировки итого", "bonus.missing[].name": "не вошедший в расчёт филиал: название",
    "bonus.missing[].reason": "не вошедший в расчёт филиал: почему",
    "bonus.has_missing": "да/нет: все ли отчитались (да — не все)", "bonus.carry": "к зачёту с прошлого месяца",
    "bonus.has_carry": "да/нет: есть ли зачёт", "bonus.pay": "к начислению цифрами", "bonus.pay_words": "к начислению прописью",
    "bonus.to_next": "переходит на следующий месяц", "bonus.has_rest": "да/нет: переходит ли что-нибудь на следующий месяц",
}  # fmt: skip


def lacking(card: Card) -> list[str]:
    """A month that is still open has no calculation."""
    return [] if card.found.get("month") else [*NEEDS]


def make(card: Card, day: date) -> dict:
    """«bonus.…»."""
    said = card.found["month"]
    figures = said["figures"]
    done = [one for one in said["branches"] if one["lacks"] is None and one["bonus"] is not None]
    missing = [one for one in said["branches"] if one not in done]
    return {
        "bonus": {
            "manager": said["manager"], "month": Month.parse(card.deal["db_month"]).title,
            "branches": [_branch(n, one) for n, one in enumerate(done, 1)], "has_branches": bool(done),
            "sales": _text(figures["sales"]), "earned": _text(figures["bonus"]),
            "corrections": [_correction(one) for one in said["corrections"]],
            "has_corrections": bool(said["corrections"]), "corrected": _text(figures["corrections"]),
            "missing": [{"name": one["name"], "reason": one["lacks"] or bonus.NO_RATE} for one in missing],
            "has_missing": bool(missing), "carry": _text(figures["carry"]), "has_carry": bool(Decimal(figures["carry"])),
            "pay": _text(figures["pay"]), "pay_words": words.amount(Decimal(figures["pay"])),
            "to_next": _text(figures["to_next"]), "has_rest": bool(Decimal(figures["to_next"])),
        }
    }  # fmt: skip


def total(card: Card, day: date) -> Decimal:
    """What is to be accrued."""
    return Decimal(card.found["month"]["figures"]["pay"])


def _branch(number: int, one: dict) -> dict:
    rate = f"{reading.quantity_text(Decimal(one['rate']))}%" if one["rate"] else ""
    return {
        "n": str(number), "name": one["name"], "sales": _text(one["sales"]), "rate": rate, "bonus": _text(one["bonus"]),
    }  # fmt: skip


def _correction(one: dict) -> dict:
    return {"text": f"За {one['month']}: {one['branch']}", "amount": _text(one["amount"])}


def _text(amount: str | None) -> str:
    return reading.amount_text(money.q(Decimal(amount or 0)))
