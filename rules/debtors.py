"""What a manager says of late payments each week (RECEIVABLES): the lines of his report, their gaps, the figures of the summary."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from rules import debt, money, reading, shares
from rules.debt import Overdue
from rules.periods import Week

NEED_A_NOTE = ("Другое", "Спор")
"""How reasons begin that say nothing without a comment."""
REASON, PROMISE, NOTE, CONFIRM = "причина просрочки", "обещанная дата оплаты", "комментарий", "«Без изменений»"
PAID, RETURNED, NOT_LATE = "оплачено", "отменена или возвращена", "не просрочено"
ROUBLES = "RUB"


@dataclass(frozen=True)
class Debtor:
    """A shipment with late payments, and what its manager has said of it.

    `number`: of the shipment; `overdues`: its late lines as of the report day, none once they are paid; `updated`: when
    something was last said; `company_id` tells clients of one name apart; `broken`: how often a promised day has passed;
    `advance`: what the client has paid beforehand elsewhere, which is not set off (E-RC-7); `otherwise`: what is said of it when
    nothing of it is late any more; `owed`: all that is owed for it, late or not.
    """

    company: str
    number: str
    overdues: Sequence[Overdue]
    reason: str | None = None
    promise: date | None = None
    note: str | None = None
    updated: datetime | None = None
    company_id: Hashable = None
    deal_id: int = 0
    broken: int = 0
    advance: Decimal | None = None
    currency: str = ROUBLES
    otherwise: str = PAID
    owed: Decimal = debt.ZERO

    @property
    def name(self) -> str:
        """«ООО «Ромашка» — № 12-1»: how its line begins, whatever becomes of it."""
        return f"{self.company} — № {self.number}"

    @property
    def due(self) -> date | None:
        """Since when it is late."""
        return min((one.due for one in self.overdues), default=None)

    @property
    def rest(self) -> Decimal:
        """What of it is late."""
        return debt.overdue_sum(self.overdues)

    @property
    def days(self) -> int:
        return debt.overdue_days(self.overdues)

    @property
    def is_paid(self) -> bool:
        """E-RC-5. Whether nothing of it is late any more, as a rule because it is paid: the line stays and asks for nothing."""
        return not self.rest


@dataclass(frozen=True)
class Figures:
    """The columns of «Сводка по менеджерам» that are counted. `mean_days`: weighted by sum, None when nothing is late."""

    debt: Decimal
    overdue: Decimal
    buckets: dict[str, Decimal]
    debtors: int
    max_days: int
    mean_days: Decimal | None
    promised: Decimal


# — lines —


def missing(debtor: Debtor, report_day: date, since: datetime) -> list[str]:
    """RC-T2. What the line lacks; nothing when it is complete. `since`: when this week's report was asked for.

    What was said before that is last week's: it is said anew, or confirmed by «Без изменений» (E-RC-9).
    """
    if debtor.is_paid:
        return []
    needs_note = (debtor.reason or "").startswith(NEED_A_NOTE)
    lacks = {
        REASON: not debtor.reason,
        PROMISE: debtor.promise is None or debtor.promise < report_day,
        NOTE: needs_note and not (debtor.note or "").strip(),
    }
    found = [name for name, lacking in lacks.items() if lacking]
    is_old = debtor.updated is None or debtor.updated < since
    return found or ([CONFIRM] if is_old else [])


def gaps(debtors: Iterable[Debtor], report_day: date, since: datetime) -> str:
    """«Не заполнено по должникам»: «ООО «Ромашка» — № 12-1: причина просрочки» for each line; empty when all is said."""
    found = ((one, missing(one, report_day, since)) for one in debtors)
    return "\n".join(f"{one.name}: {', '.join(lacks)}" for one, lacks in found if lacks)


def may_confirm(promise: date | None, today: date) -> bool:
    """Whether «Без изменений» says something: only while the promised day is still to come."""
    return promise is not None and promise > today


def is_broken(promise: date | None, rest: Decimal, today: date) -> bool:
    """RC-T7. Whether the promised day has passed without the money."""
    return promise is not None and promise < today and rest > 0


def item(debtor: Debtor) -> str:
    """Its line of the checklist: «ООО «Ромашка» — № 12-1 — 31 дн. — 50 400,00 ₽», or «… — оплачено»."""
    said = debtor.otherwise if debtor.is_paid else f"{debtor.days} дн. — {money.text(debtor.rest, debtor.currency)}"
    return f"{debtor.name} — {said}"


def table(debtors: Iterable[Debtor]) -> str:
    """«Таблица ДЗ»: the lines, the oldest first, each with what is said of it."""
    oldest_first = sorted(debtors, key=lambda one: (-one.days, one.company, one.number))
    return "\n".join(" — ".join([item(one), *_said(one)]) for one in oldest_first)


def _said(debtor: Debtor) -> list[str]:
    if debtor.is_paid:
        return []
    promise = f"обещано {reading.day_text(debtor.promise)}" if debtor.promise else None
    return [said for said in (debtor.reason, promise, debtor.note) if said]


# — figures —


def ages(debtors: Iterable[Debtor]) -> dict[str, Decimal]:
    """What is late by age, in roubles: nothing is converted (E-RC-10)."""
    return debt.ageing(line for one in debtors if one.currency == ROUBLES for line in one.overdues)


def figures(debtors: Iterable[Debtor], owed: Decimal, week: Week) -> Figures:
    """A line of the summary, in roubles. `owed`: all that is owed, late or not; `week`: of the report."""
    late = [one for one in debtors if not one.is_paid and one.currency == ROUBLES]
    lines = [line for one in late for line in one.overdues]
    return Figures(
        owed,
        debt.overdue_sum(lines),
        ages(late),
        len({one.company_id or one.company for one in late}),
        debt.overdue_days(lines),
        shares.weighted((line.days, line.rest) for line in lines),
        sum((one.rest for one in late if one.promise and one.promise in week + 1), debt.ZERO),
    )
