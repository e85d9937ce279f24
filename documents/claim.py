"""What a claim asks for: payments that are late, line by line, and the penalty for them (T18, C-08)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from documents import heading
from documents.card import Card
from documents.dealings import Delivery
from rules import debt, reading, words
from rules.debt import Overdue
from rules.penalty import Penalty, penalty

NO_LATE_LINES = "Просроченные платежи по отгрузкам"
RATE, CAP = "UF_CRM_SF_DOC_PENALTY", "UF_CRM_SF_DOC_PENCAP"
ZERO, DAY = Decimal("0.00"), timedelta(days=1)

VOCABULARY: dict[str, str] = {
    "claim.lines[].n": "просроченный платёж: номер строки", "claim.lines[].paper": "просроченный платёж: УПД № 7",
    "claim.lines[].date": "просроченный платёж: дата УПД", "claim.lines[].sum": "просроченный платёж: сколько следовало заплатить",
    "claim.lines[].due": "просроченный платёж: срок", "claim.lines[].paid": "просроченный платёж: оплачено из этой суммы",
    "claim.lines[].debt": "просроченный платёж: долг", "claim.lines[].days": "просроченный платёж: дней просрочки",
    "claim.lines[].since": "неустойка: с какого дня", "claim.lines[].penalty_days": "неустойка: за сколько дней", "claim.lines[].penalty": "просроченный платёж: неустойка",
    "claim.lines[].is_capped": "да/нет: неустойка строки ограничена пределом", "claim.sum": "итого следовало заплатить",
    "claim.paid": "итого оплачено", "claim.debt": "итого долг", "claim.debt_words": "долг, с суммой прописью",
    "claim.date": "на какой день всё посчитано: 22.11.2026", "claim.date_text": "то же словами",
    "claim.has_penalty": "да/нет: есть ли неустойка (без договора её нет)", "claim.rate": "неустойка за день: 0,1%",
    "claim.cap": "предел неустойки: 10%", "claim.is_capped": "да/нет: хотя бы одна строка ограничена пределом",
    "claim.penalty": "итого неустойка", "claim.penalty_words": "неустойка, с суммой прописью",
    "claim.total": "долг и неустойка вместе", "claim.total_words": "то же с суммой прописью",
}  # fmt: skip


@dataclass(frozen=True)
class Late:
    """What of a delivery was due on one day and did not come.

    `since`: the day after which a penalty grows; for an advance that is the day of the delivery, before which nothing was owed.
    """

    delivery: Delivery
    due: date
    days: int
    since: date
    asked: Decimal
    debt: Decimal
    penalty: Penalty


def lacking(card: Card) -> list[str]:
    """A claim needs something to claim."""
    return [] if late_lines(card) else [NO_LATE_LINES]


def late_lines(card: Card) -> list[Late]:
    """C-06, C-08. The oldest first; parts of a delivery that were due on the same day are one line."""
    found = [late for delivery in card.dealings.deliveries for late in _late(card, delivery)]
    return sorted(found, key=lambda one: (one.due, one.delivery.paper_day))


def _late(card: Card, delivery: Delivery) -> Iterator[Late]:
    lines = {line.number: line for line in debt.read(delivery.schedule)}
    late = debt.overdue(lines.values(), card.dealings.on, card.calendar)
    rate, cap = terms(card)
    for (due, days), parts in groupby(sorted(late, key=_when), key=_when):
        of_day = list(parts)
        owed = sum((one.rest for one in of_day), ZERO)
        asked = sum((lines[one.number].amount for one in of_day), ZERO)
        since = max(due, delivery.day)
        fine = penalty(owed, (card.dealings.on - since).days, rate, cap)
        yield Late(delivery, due, days, since, asked, owed, fine)


def _when(one: Overdue) -> tuple[date, int]:
    return one.due, one.days


def terms(card: Card) -> tuple[Decimal, Decimal]:
    """Percent a day and the limit in percent: those of the contract in the register, else those of config/contracts.yaml."""
    contract = card.found["contract"]
    said = (contract.get(name) for name in (RATE, CAP))
    usual = (card.agreed.penalty, card.agreed.penalty_cap)
    rate, cap = (Decimal(str(one)) if one else other for one, other in zip(said, usual, strict=True))
    return rate, cap


def total(card: Card, day: date) -> Decimal:
    """What the claim asks for in all."""
    return _sums(card, late_lines(card))[2]


def make(card: Card, day: date) -> dict:
    """«claim.…» as of the day on which the portal was asked, also in a later version of a document."""
    day, lines, (rate, cap) = card.dealings.on, late_lines(card), terms(card)
    owed, fine, together = _sums(card, lines)
    return {
        "claim": {
            "lines": [_line(place, one, day) for place, one in enumerate(lines, 1)],
            "date": reading.day_text(day), "date_text": words.date_text(day),
            "sum": reading.amount_text(sum((one.asked for one in lines), ZERO)),
            "paid": reading.amount_text(sum((one.asked - one.debt for one in lines), ZERO)),
            "debt": reading.amount_text(owed), "debt_words": words.amount(owed),
            "has_penalty": _is_agreed(card), "rate": words.percent(rate), "cap": words.percent(cap),
            "is_capped": any(one.penalty.is_capped for one in lines),
            "penalty": reading.amount_text(fine), "penalty_words": words.amount(fine),
            "total": reading.amount_text(together), "total_words": words.amount(together),
        }
    }  # fmt: skip


def _sums(card: Card, lines: list[Late]) -> tuple[Decimal, Decimal, Decimal]:
    """Debt, penalty, both together."""
    owed = sum((one.debt for one in lines), ZERO)
    fine = sum((one.penalty.amount for one in lines), ZERO) if _is_agreed(card) else ZERO
    return owed, fine, owed + fine


def _is_agreed(card: Card) -> bool:
    """A penalty must be agreed in writing (ст. 331 ГК РФ): without a contract there is none, nor where the contract says 0."""
    return bool(heading.contract(card)["number"]) and terms(card)[0] > 0


def _line(place: int, one: Late, on: date) -> dict:
    return {
        "n": str(place), "paper": f"{one.delivery.kind} №\u00a0{one.delivery.number}", "date": reading.day_text(one.delivery.paper_day),
        "sum": reading.amount_text(one.asked), "due": reading.day_text(one.due),
        "paid": reading.amount_text(one.asked - one.debt), "debt": reading.amount_text(one.debt),
        "days": str(one.days), "since": reading.day_text(one.since + DAY), "penalty_days": str((on - one.since).days),
        "penalty": reading.amount_text(one.penalty.amount), "is_capped": one.penalty.is_capped,
    }  # fmt: skip
