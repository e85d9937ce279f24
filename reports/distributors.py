"""The month of the distributor: a manager's calculation, and the whole direction by manager, branch and product (spec §9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from reports.report import Column, Report, Row, Sheet
from rules import rate_review, reading, shares
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


# — the whole direction —

OF_MANAGERS = (
    Column("Менеджер"), Column("Филиалов", "whole", sums=True), Column("Отчитались, %", "percent"), Column("Продажи", "money", sums=True),
    Column("Вознаграждение", "money", sums=True), Column("Корректировки", "money", sums=True), Column("В срок, %", "percent"),
)  # fmt: skip
OF_PRODUCTS = (
    Column("Номенклатура"),
    Column("Количество", "number", places=3),
    Column("Продажи", "money", sums=True),
    Column("Доля, %", "percent"),
)
OF_LATE = (
    Column("Филиал"), Column("Менеджер"), Column("Срок отчёта", "date"), Column("Отчёт получен", "date"), Column("Стадия"),
    Column("Напоминаний", "whole", sums=True),
)  # fmt: skip
OF_ACCOUNTS = (
    Column("ФИО"), Column("Таб. №"), Column("Месяц"), Column("Продажи", "money", sums=True), Column("Начислено", "money", sums=True),
    Column("Корректировки", "money", sums=True), Column("К зачёту", "money", sums=True), Column("К начислению", "money", sums=True),
)  # fmt: skip
BY_MANAGER, BY_BRANCH, BY_PRODUCT, LATE, ACCOUNTS = (
    "По менеджерам", "По филиалам", "По номенклатуре", "Поздние отчёты", "Для бухгалтерии",
)  # fmt: skip
TREND = "Динамика, %"


@dataclass(frozen=True)
class ManagerLine:
    """A manager's month. `in_time`: how many of the branches reported by the day they were to."""

    name: str
    number: str
    month: str
    total: int
    done: int
    in_time: int
    sales: Decimal
    bonus: Decimal
    corrections: Decimal
    carry: Decimal
    pay: Decimal


@dataclass(frozen=True)
class BranchLine:
    """A branch in the month. `sales`: of this month; `before`: of earlier ones, None where nothing is known of one."""

    name: str
    manager: str
    stage: str
    due: date
    sales: Decimal | None = None
    rate: Decimal | None = None
    bonus: Decimal | None = None
    got: date | None = None
    reminders: int = 0
    before: Sequence[Decimal | None] = ()

    @property
    def is_late(self) -> bool:
        return self.got is None or self.got > self.due


@dataclass(frozen=True)
class Sold:
    """A product in a branch's report."""

    product: str
    quantity: Decimal
    amount: Decimal


def month_report(
    month: str, at: datetime, *, managers: Sequence[ManagerLine], branches: Sequence[BranchLine], sold: Iterable[Sold], months: Sequence[str]
) -> Report:  # fmt: skip
    """The month of the direction. `months`: names of those before, oldest first, as `BranchLine.before` has their sales."""
    sheets = (
        Sheet(BY_MANAGER, OF_MANAGERS, tuple(map(_of_manager, managers)), totals=_in_percent(managers)),
        _of_branches(month, branches, months),
        _of_products(list(sold)),
        Sheet(LATE, OF_LATE, tuple(_of_late(one) for one in branches if one.is_late), empty="Все отчитались в срок"),
        Sheet(ACCOUNTS, OF_ACCOUNTS, tuple(map(_of_accounts, managers))),
    )
    return Report(f"Дистрибьюторы за {month}", at, sheets)


def _of_manager(one: ManagerLine) -> Row:
    percent = shares.share(one.done, one.total), shares.share(one.in_time, one.total)
    return one.name, one.total, percent[0], one.sales, one.bonus, one.corrections, percent[1]


def _in_percent(managers: Sequence[ManagerLine]) -> dict[str, Decimal | None]:
    total = sum(one.total for one in managers)
    return {
        "Отчитались, %": shares.share(sum(one.done for one in managers), total),
        "В срок, %": shares.share(sum(one.in_time for one in managers), total),
    }


def _of_accounts(one: ManagerLine) -> Row:
    return one.name, one.number, one.month, one.sales, one.bonus, one.corrections, one.carry, one.pay


def _of_branches(month: str, branches: Sequence[BranchLine], months: Sequence[str]) -> Sheet:
    """Sales month by month; the trend is of the last three months against the three before, where both are known."""
    columns = (
        Column("Филиал"), Column("Менеджер"), *(Column(one, "money", sums=True) for one in (*months, month)), RATE,
        Column("Вознаграждение", "money", sums=True), Column(TREND, "percent"),
    )  # fmt: skip
    rows = tuple((one.name, one.manager, *one.before, one.sales, one.rate, one.bonus, _trend(one)) for one in branches)
    return Sheet(BY_BRANCH, columns, rows)


def _trend(one: BranchLine) -> Decimal | None:
    known = [*one.before, one.sales]
    return None if None in known else rate_review.trend([amount for amount in known if amount is not None])


def _of_products(sold: list[Sold]) -> Sheet:
    """What sold best comes first. Each branch writes a product's name in its own way: the first one's stands for all."""
    named = {reading.name_key(one.product): one.product for one in reversed(sold)}
    quantity: Mapping[str, Decimal] = _summed((reading.name_key(one.product), one.quantity) for one in sold)
    amount = _summed((reading.name_key(one.product), one.amount) for one in sold)
    whole = sum(amount.values(), ZERO)
    keys = sorted(amount, key=lambda key: (-amount[key], key))
    rows = tuple((named[key], quantity[key], amount[key], shares.share(amount[key], whole)) for key in keys)
    return Sheet(BY_PRODUCT, OF_PRODUCTS, rows)


def _summed(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, number in pairs:
        sums[name] = sums.get(name, Decimal(0)) + number
    return sums


def _of_late(one: BranchLine) -> Row:
    return one.name, one.manager, one.due, one.got, one.stage, one.reminders
