"""The month of a territorial representative: expenses, visits, tasks, and who owes whom how much (T21, C-11)."""

from datetime import date
from decimal import Decimal

from documents.card import Card
from rules import declension, expenses, reading, words
from rules.expenses import Expense, Reviewed
from rules.periods import Month

VOCABULARY: dict[str, str] = {
    "report.month": "месяц: ноябрь 2026", "report.fio": "представитель: фамилия, имя и отчество",
    "report.fio_short": "представитель: И. О. Фамилия", "report.city": "город (может быть пусто)",
    "report.lines[].n": "расход: номер", "report.lines[].item": "расход: статья",
    "report.lines[].date": "расход: дата (может быть пусто)", "report.lines[].paper": "расход: документ (может быть пусто)",
    "report.lines[].claimed": "расход: заявлено", "report.lines[].accepted": "расход: принято",
    "report.has_lines": "да/нет: были ли расходы", "report.claimed": "всего заявлено", "report.accepted": "всего принято",
    "report.has_cut": "да/нет: принято не столько, сколько заявлено", "report.is_raised": "да/нет: принято больше, чем заявлено",
    "report.cut": "на сколько принято меньше или больше заявленного",
    "report.cut_note": "почему не принято (может быть пусто)",
    "report.visits[].n": "посещение: номер", "report.visits[].date": "посещение: дата", "report.visits[].company": "посещение: компания",
    "report.visits[].purpose": "посещение: цель", "report.visits[].outcome": "посещение: итог",
    "report.visited": "посещений в отчётном месяце", "report.visits_plan": "план посещений",
    "report.tasks[]": "выполненные задачи, по строке", "report.tasks_done": "задач закрыто / просрочено: 12 / 3",
    "report.is_late": "да/нет: сдан с опозданием", "report.late": "опоздание, рабочих дней: 2",
    "report.carry": "остаток с прошлого месяца", "report.advance": "выдано под отчёт", "report.balance": "итог расчётов (со знаком)",
    "report.was_paid": "да/нет: уже выплачено до возврата отчёта в работу", "report.was_held": "да/нет: уже удержано до возврата отчёта в работу",
    "report.before": "уже выплачено или удержано (без знака)",
    "report.is_paid": "да/нет: компания должна представителю", "report.is_held": "да/нет: представитель должен компании",
    "report.to_pay": "к выплате, с суммой прописью", "report.to_hold": "к удержанию сейчас, с суммой прописью",
    "report.is_limited": "да/нет: удерживается не весь долг", "report.carry_out": "долг, который переносится на следующий месяц, с суммой прописью",
    "report.coordinator": "координатор: И. О. Фамилия", "report.accountant": "бухгалтер: И. О. Фамилия",
    "report.director": "коммерческий директор: И. О. Фамилия",
}  # fmt: skip


def make(card: Card, day: date) -> dict:
    """«report.…»."""
    deal, month = card.deal, Month.parse(card.deal["rp_month"])
    people, fio = card.found["representative"], card.found["representative"]["fio"]
    return {
        "report": {
            "month": month.title, "fio": fio, "fio_short": declension.initials(fio), "city": deal["city"] or "",
            **_spent(card), **_visited(card), **_owed(card),
            "tasks": [line.strip() for line in (deal["rp_tasks"] or "").splitlines() if line.strip()],
            "tasks_done": deal["rp_tdone"] or "0 / 0",
            "is_late": bool(deal["rp_late"]), "late": str(deal["rp_late"] or 0),
            **{role: declension.initials(people[role]) for role in ("coordinator", "accountant", "director")},
        }
    }  # fmt: skip


def total(card: Card, day: date) -> Decimal:
    """What is accepted."""
    return sum((one.amount for one in _accepted(card)), Decimal(0))


def _accepted(card: Card) -> list[Expense]:
    return [expenses.of_row(row.product, row.total) for row in card.rows]


def _spent(card: Card) -> dict:
    accepted = _accepted(card)
    listed = expenses.readable(card.deal["rp_claimed"])
    lines = expenses.reviewed(listed if listed or card.deal["rp_claim"] == 0 else accepted, accepted)
    claimed = card.deal["rp_claim"] if card.deal["rp_claim"] is not None else total(card, date.max)
    cut = claimed - total(card, date.max)
    return {
        "lines": [_line(number, one) for number, one in enumerate(lines, 1)], "has_lines": bool(lines),
        "claimed": reading.amount_text(claimed), "accepted": reading.amount_text(total(card, date.max)),
        "has_cut": cut != 0, "is_raised": cut < 0, "cut": reading.amount_text(abs(cut)), "cut_note": (card.deal["rp_cutnote"] or "").rstrip(" ."),
    }  # fmt: skip


def _line(number: int, one: Reviewed) -> dict:
    expense = one.expense
    return {
        "n": str(number), "item": expense.item, "date": reading.day_text(expense.day) if expense.day else "", "paper": expense.paper,
        "claimed": reading.amount_text(one.claimed), "accepted": reading.amount_text(one.accepted),
    }  # fmt: skip


def _visited(card: Card) -> dict:
    names = ("date", "company", "purpose", "outcome")
    lines = (dict(zip(names, reading.fields(line, len(names)), strict=True)) for line in card.deal["rp_visits"] or [])
    return {
        "visits": [{"n": str(number), **line} for number, line in enumerate(lines, 1)],
        "visited": str(card.deal["rp_vcount"] or 0), "visits_plan": str(card.deal["rp_vplan"] or 0),
    }  # fmt: skip


def _owed(card: Card) -> dict:
    """C-11 in words."""
    said = {
        name: card.deal[f"rp_{name}"] or Decimal(0) for name in ("carry", "advance", "before", "balance", "pay", "hold")
    }
    left = -said["balance"] - said["hold"] if said["balance"] < 0 else Decimal(0)
    return {
        "carry": reading.amount_text(said["carry"]), "advance": reading.amount_text(said["advance"]),
        "was_paid": said["before"] > 0, "was_held": said["before"] < 0, "before": reading.amount_text(abs(said["before"])),
        "balance": reading.amount_text(said["balance"]), "is_paid": said["pay"] > 0, "is_held": said["balance"] < 0,
        "to_pay": words.amount(said["pay"]), "to_hold": words.amount(said["hold"]), "is_limited": left > 0,
        "carry_out": words.amount(left),
    }  # fmt: skip
