"""Territorial representatives: what each has spent, visited and sold in a period, and whose reports are missing or wait (REP_REPORT)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reports.report import Chart, Column, Link, Report, Row, Sheet
from rules.shares import share

EFFICIENCY, SILENT, WAITING = "Эффективность представителей", "Не сдали отчёт", "Ждут проверки"
UNASSIGNED = "Продажи без представителя"
VISITED, IN_TIME, COSTS = "Посещения, %", "В срок, %", "Затраты / продажи, %"
OF_PEOPLE = (
    Column("ФИО"), Column("Город"), Column("Посещения: план", "whole", sums=True), Column("Посещения: факт", "whole", sums=True),
    Column(VISITED, "percent"), Column("Задач закрыто", "whole", sums=True), Column(IN_TIME, "percent"),
    Column("Заявлено", "money", sums=True), Column("Принято", "money", sums=True), Column("Не принято", "money", sums=True),
    Column("Выплачено", "money", sums=True), Column("Удержано", "money", sums=True), Column("Остаток", "money", sums=True),
    Column("Продажи региона", "money", sums=True), Column(COSTS, "percent"), Column("Сдан в срок"),
    Column("Возвратов", "whole", sums=True),
)  # fmt: skip
OF_SILENT = (
    Column("ФИО"), Column("Город"), Column("Отчёт", "link"), Column("Срок сдачи, местное время", "moment"),
    Column("Опоздание, раб. дней", "whole"), Column("Выдано под отчёт", "money", sums=True), Column("Остаток с прошлого месяца", "money", sums=True),
)  # fmt: skip
OF_WAITING = (
    Column("ФИО"), Column("Отчёт", "link"), Column("Стадия"), Column("У кого"), Column("Раб. дней", "whole"),
    Column("Принято", "money", sums=True),
)  # fmt: skip
PICTURE = Chart("Посещения: план и факт", "ФИО", ("Посещения: план", "Посещения: факт"), "bars")


@dataclass(frozen=True)
class Month:
    """One closed or open report of a representative. `late`: working days, None for one that was never handed in."""

    visits_plan: int
    visits: int
    claimed: Decimal
    accepted: Decimal
    paid: Decimal
    withheld: Decimal
    left: Decimal
    late: int | None
    returns: int


@dataclass(frozen=True)
class Work:
    """A representative in a period: months in their order, tasks closed, the share of tasks done in time."""

    name: str
    city: str
    months: Sequence[Month]
    tasks: int
    in_time: Decimal | None
    sales: Decimal


@dataclass(frozen=True)
class Missing:
    """A report that was not handed in, with its deadline in the representative's own time."""

    name: str
    city: str
    card: Link
    deadline: datetime | None
    days_late: int
    advance: Decimal
    carry: Decimal


@dataclass(frozen=True)
class Waiting:
    """A report that somebody has not checked yet, or not mended: on which stage, with whom, for how many working days."""

    name: str
    card: Link
    stage: str
    whose: str
    days: int
    accepted: Decimal


def efficiency(period: str, at: datetime, people: Sequence[Work], unassigned: Mapping[str, Decimal]) -> Report:
    """«Эффективность представителей за ноябрь 2026». `unassigned`: sales by city that nobody can be given (E-RP-12)."""
    rows = [_of_person(one) for one in sorted(people, key=lambda one: one.name)]
    rows += [_of_nobody(city, amount) for city, amount in sorted(unassigned.items())]
    months = [month for one in people for month in one.months]
    accepted, sales = sum((one.accepted for one in months), Decimal(0)), sum((one.sales for one in people), Decimal(0))
    sales += sum(unassigned.values(), Decimal(0))
    totals = {
        VISITED: share(sum(one.visits for one in months), sum(one.visits_plan for one in months)),
        COSTS: share(accepted, sales),
        "Сдан в срок": _in_time(months),
    }
    sheet = Sheet(EFFICIENCY, OF_PEOPLE, tuple(rows), totals=totals, chart=PICTURE)
    return Report(f"{EFFICIENCY} за {period}", at, (sheet,))


def lists(period: str, at: datetime, missing: Iterable[Missing], waiting: Iterable[Waiting]) -> Report:
    """«Не сдали отчёт за ноябрь 2026»: who has not, and whose reports wait with whom."""
    silent = tuple(_of_missing(one) for one in sorted(missing, key=lambda one: (-one.days_late, one.name)))
    slow = tuple(_of_waiting(one) for one in sorted(waiting, key=lambda one: (-one.days, one.name)))
    sheets = (
        Sheet(SILENT, OF_SILENT, silent, empty="Сдали все"),
        Sheet(WAITING, OF_WAITING, slow, empty="Ничего не ждёт"),
    )
    return Report(f"{SILENT} за {period}", at, sheets)


def _of_person(one: Work) -> Row:
    months = one.months
    plan, visits = sum(month.visits_plan for month in months), sum(month.visits for month in months)
    sums = {
        name: sum((getattr(month, name) for month in months), Decimal(0))
        for name in ("claimed", "accepted", "paid", "withheld")
    }
    return (
        one.name, one.city, plan, visits, share(visits, plan), one.tasks, one.in_time, sums["claimed"], sums["accepted"],
        sums["claimed"] - sums["accepted"], sums["paid"], sums["withheld"], months[-1].left if months else Decimal(0),
        one.sales, share(sums["accepted"], one.sales), _in_time(months), sum(month.returns for month in months),
    )  # fmt: skip


def _in_time(months: Sequence[Month]) -> str:
    """«да», «опоздание 2 раб. дн.», «не сдан», «нет отчёта»; of several reports «2 из 3»."""
    if not months:
        return "нет отчёта"
    if len(months) != 1:
        return f"{sum(one.late == 0 for one in months)} из {len(months)}"
    late = months[0].late
    if late is None:
        return "не сдан"
    return f"опоздание {late} раб. дн." if late else "да"


def _of_nobody(city: str, amount: Decimal) -> Row:
    row: dict[str, object] = dict.fromkeys(column.title for column in OF_PEOPLE)
    row |= {"ФИО": UNASSIGNED, "Город": city, "Продажи региона": amount}
    return tuple(row.values())


def _of_missing(one: Missing) -> Row:
    return one.name, one.city, one.card, one.deadline, one.days_late, one.advance, one.carry


def _of_waiting(one: Waiting) -> Row:
    return one.name, one.card, one.stage, one.whose, one.days, one.accepted
