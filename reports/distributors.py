"""The month of the distributor: a manager's calculation, and the whole direction by manager, branch and product (spec §9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reports.report import Column, Report, Sheet
from rules.bonus import NO_RATE, ZERO

RATE = Column("Ставка, %", "percent", places=4)
OF_BONUS = (
    Column("Филиал"), Column("Продажи", "money", sums=True), RATE, Column("Вознаграждение", "money", sums=True), Column("Не вошёл в расчёт"),
)  # fmt: skip
OF_RESULT = (Column("Показатель"), Column("Сумма", "money"))


@dataclass(frozen=True)
class BonusLine:
    """A branch in a manager's month. `lacks`: why it does not count, empty where it does."""

    name: str
    lacks: str
    sales: Decimal | None
    rate: Decimal | None
    bonus: Decimal | None


def bonus_report(
    manager: str,
    month: str,
    at: datetime,
    lines: Sequence[BonusLine],
    corrections: Sequence[tuple[str, Decimal]],
    *,
    carry: Decimal,
    pay: Decimal,
    to_next: Decimal,
) -> Report:
    """What a manager earned in a month: branch by branch, and how it comes to what is paid."""
    rows = tuple((one.name, one.sales, one.rate, one.bonus, _lacks(one)) for one in lines)
    earned = sum((one.bonus for one in lines if one.bonus is not None), ZERO)
    result = [("Вознаграждение за месяц", earned), *corrections, ("К зачёту с прошлого месяца", carry)]
    result += [("К начислению", pay), ("Переходит на следующий месяц", to_next)]
    sheets = (Sheet("Филиалы", OF_BONUS, rows), Sheet("Расчёт", OF_RESULT, tuple(result)))
    return Report(f"Расчёт вознаграждения, {manager}, {month}", at, sheets)


def _lacks(line: BonusLine) -> str:
    return line.lacks or ("" if line.bonus is not None else NO_RATE)
