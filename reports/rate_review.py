"""What the head of distributors looks at when the rates of the branches are reviewed (DR-T1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reports.report import Column, Link, Report, Sheet
from rules.periods import Month, Quarter

TITLE, SHEET = "Пересмотр ставок филиалов на {}", "Ставки филиалов"
RATE_PLACES = 4


@dataclass(frozen=True)
class OfBranch:
    """A branch. `sales`: of the months that are shown, None where it did not report; `rate`: None where there is none."""

    card: Link
    manager: str
    sales: tuple[Decimal | None, ...]
    trend: Decimal | None
    activity: str
    rate: Decimal | None


def rate_review(quarter: Quarter, months: Sequence[Month], branches: Sequence[OfBranch], at: datetime) -> Report:
    """The table of the review, by managers and their branches; the last column is for the head's pen."""
    columns = (
        Column("Филиал", "link"), Column("Менеджер"), *(Column(f"Продажи, {month.title}", "money", sums=True) for month in months),
        Column("Продажи за три месяца", "money", sums=True), Column("К предыдущим трём месяцам, %", "percent"),
        Column("Активность менеджера"), Column("Текущая ставка, %", "number", places=RATE_PLACES),
        Column("Новая ставка, %", "number", places=RATE_PLACES),
    )  # fmt: skip
    rows = tuple(_row(one) for one in sorted(branches, key=lambda one: (one.manager, one.card.text)))
    return Report(TITLE.format(quarter.title), at, (Sheet(SHEET, columns, rows),))


def _row(one: OfBranch) -> tuple:
    known = [sales for sales in one.sales if sales is not None]
    total = sum(known, Decimal(0)) if known else None
    return (one.card, one.manager, *one.sales, total, one.trend, one.activity or None, one.rate, None)
