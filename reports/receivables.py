"""The week's receivables: who owes what and since when, who did not report, eight weeks side by side (RC-T6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from reports import words
from reports.report import ROUBLES, Chart, Column, Link, Report, Row, Sheet
from rules.debt import BUCKETS, bucket
from rules.money import q1
from rules.reading import day_text

SUMMARY, DEBTORS, SILENT, WEEKS = "Сводка по менеджерам", "Должники", "Не предоставили", "Динамика 8 недель"
MOST_DAYS, AVERAGE = "Макс. дней", "Средневзвешенная просрочка"
NO_DEBTS, NOT_HANDED_IN, PAID = "Просрочки нет", "не сдан", "оплачено"
AGES = tuple(Column(title, "money", sums=True) for title in BUCKETS)
OF_MANAGERS = (
    Column("Менеджер"), Column("Город"), Column("Всего ДЗ", "money", sums=True), Column("Просрочено", "money", sums=True),
    *AGES, Column("Должников", "whole"), Column(MOST_DAYS, "whole"), Column(AVERAGE, "number"),
    Column("Обещано на след. неделю", "money", sums=True), Column("Сдан вовремя"), Column("С начала квартала вовремя, %", "percent"),
)  # fmt: skip
OF_DEBTORS = (
    Column("Клиент"), Column("Отгрузка", "link"), Column("Менеджер"), Column("Срок оплаты", "date"), Column("Дней", "whole"),
    Column("Просрочено", "money", sums=True), Column("Причина просрочки"), Column("Обещанная дата оплаты", "date"),
    Column("Комментарий по ДЗ"), Column("Сорванные обещания", "whole", sums=True), Column("Аванс клиента", "money"),
    Column("Состояние"),
)  # fmt: skip
PLACE_OF_REST = [column.title for column in OF_DEBTORS].index("Просрочено")
OF_SILENT = (
    Column("Менеджер"), Column("Город"), Column("Срок сдачи, местное время", "moment"), Column("Должников", "whole"),
    Column("Просрочено", "money", sums=True), Column("Не заполнено по должникам"),
)  # fmt: skip
OF_WEEKS = (
    Column("Неделя"), Column("Просрочено", "money"), *(Column(title, "money") for title in BUCKETS), Column("Должников", "whole"),
    Column(AVERAGE, "number"), Column("Сдали вовремя, %", "percent"),
)  # fmt: skip
PICTURE = Chart("Просрочено по возрасту долга", "Неделя", tuple(BUCKETS), "stacked")


@dataclass(frozen=True)
class Debt:
    """A shipment that is late on the day of the report, be it that it was paid since then.

    `advance`: what the client has paid beforehand elsewhere (E-RC-7).
    """

    manager: int
    client: str
    shipment: Link
    due: date
    days: int
    rest: Decimal
    reason: str = ""
    promised: date | None = None
    note: str = ""
    broken: int = 0
    advance: Decimal | None = None
    paid: bool = False
    currency: str = ROUBLES


@dataclass(frozen=True)
class Manager:
    """A manager's week: all that is owed to him, when it was to be reported and was, in the manager's own time."""

    id: int
    name: str
    city: str
    owed: Decimal
    deadline: datetime
    handed_in: datetime | None = None
    late: bool = False
    gaps: str = ""
    in_time: Decimal | None = None


@dataclass(frozen=True)
class Week:
    """What a past week's report said."""

    name: str
    ages: Mapping[str, Decimal]
    debtors: int
    average: Decimal | None
    in_time: Decimal | None


def receivables(
    week: str,
    at: datetime,
    *,
    managers: Sequence[Manager],
    debts: Sequence[Debt],
    weeks: Sequence[Week],
    next_week: tuple[date, date],
) -> Report:
    """The consolidated report of the week «2026-W48». `weeks`: at most eight, oldest first, this one last."""
    due = [debt for debt in debts if not debt.paid and debt.currency == ROUBLES]
    owed = {one.id: [debt for debt in due if debt.manager == one.id] for one in managers}
    ranked = sorted(managers, key=lambda one: (-_sum(owed[one.id]), one.name))
    names = {one.id: one.name for one in managers}
    totals = {MOST_DAYS: _most_days(due), AVERAGE: average(due), "Должников": _debtors(due)}
    summary = tuple(_of_manager(one, owed[one.id], next_week) for one in ranked)
    sheets = [
        Sheet(SUMMARY, OF_MANAGERS, summary, totals=totals),
        _of_debtors(ROUBLES, debts, names),
        *(_of_debtors(other, debts, names) for other in sorted({debt.currency for debt in debts} - {ROUBLES})),
        Sheet(SILENT, OF_SILENT, tuple(_of_silent(ranked, owed)), empty="Сдали все"),
        Sheet(WEEKS, OF_WEEKS, tuple(_of_week(one) for one in weeks), chart=PICTURE),
    ]
    return Report(f"Сводный отчёт по ДЗ за неделю {week}", at, tuple(sheets))


def average(debts: Iterable[Debt]) -> Decimal | None:
    """How many days a late rouble is late: q1(Σ(sum × days) / Σ sum); None where nothing is late."""
    debts = list(debts)
    total = _sum(debts)
    return q1(sum((debt.rest * debt.days for debt in debts), Decimal(0)) / total) if total else None


def ages(debts: Iterable[Debt]) -> dict[str, Decimal]:
    """What is late by bucket (C-07)."""
    sums = dict.fromkeys(BUCKETS, Decimal(0))
    for debt in debts:
        sums[bucket(debt.days)] += debt.rest
    return sums


def _of_manager(manager: Manager, debts: list[Debt], next_week: tuple[date, date]) -> Row:
    promised = _sum(debt for debt in debts if debt.promised and next_week[0] <= debt.promised <= next_week[1])
    return (
        manager.name, manager.city, manager.owed, _sum(debts), *ages(debts).values(), _debtors(debts), _most_days(debts),
        average(debts), promised, _handed_in(manager, debts), manager.in_time,
    )  # fmt: skip


def _handed_in(manager: Manager, debts: list[Debt]) -> str:
    """«да, 27.11.2026 11:40»."""
    if manager.handed_in is None:
        return NOT_HANDED_IN if debts else NO_DEBTS.lower()
    return f"{'нет' if manager.late else 'да'}, {day_text(manager.handed_in)} {manager.handed_in:%H:%M}"


def _of_debtors(currency: str, debts: Iterable[Debt], names: Mapping[int, str]) -> Sheet:
    """Debtors of one currency: nothing is converted (E-RC-10)."""
    columns = tuple(replace(column, currency=currency) for column in OF_DEBTORS)
    rows = (_of_debt(debt, columns[PLACE_OF_REST], names) for debt in _worst_first(debts) if debt.currency == currency)
    title = DEBTORS if currency == ROUBLES else f"{DEBTORS}, {currency}"
    return Sheet(title, columns, tuple(rows), empty=NO_DEBTS)


def _of_debt(debt: Debt, of_rest: Column, names: Mapping[int, str]) -> Row:
    state = f"{PAID} {words.said(of_rest, debt.rest)}" if debt.paid else ""
    return (
        debt.client, debt.shipment, names[debt.manager], debt.due, debt.days, Decimal(0) if debt.paid else debt.rest,
        debt.reason, debt.promised, debt.note, debt.broken, debt.advance, state,
    )  # fmt: skip


def _of_silent(managers: Iterable[Manager], owed: Mapping[int, list[Debt]]) -> Iterable[Row]:
    for one in managers:
        debts = owed[one.id]
        if one.handed_in is None and debts:
            yield one.name, one.city, one.deadline, _debtors(debts), _sum(debts), one.gaps


def _of_week(week: Week) -> Row:
    sums = [week.ages[title] for title in BUCKETS]
    return week.name, sum(sums, Decimal(0)), *sums, week.debtors, week.average, week.in_time


def _worst_first(debts: Iterable[Debt]) -> list[Debt]:
    return sorted(debts, key=lambda debt: (debt.paid, -debt.rest, -debt.days, debt.client, debt.shipment.text))


def _sum(debts: Iterable[Debt]) -> Decimal:
    return sum((debt.rest for debt in debts), Decimal(0))


def _debtors(debts: Iterable[Debt]) -> int:
    return len({debt.client for debt in debts})


def _most_days(debts: Iterable[Debt]) -> int | None:
    return max((debt.days for debt in debts), default=None)
