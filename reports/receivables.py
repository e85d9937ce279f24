"""The week's receivables: who owes what and since when, who did not report, eight weeks side by side (RC-T6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from reports.report import ROUBLES, Chart, Column, Link, Report, Row, Sheet
from rules import debt, debtors
from rules.debt import BUCKETS
from rules.debtors import Debtor, Figures
from rules.periods import Week
from rules.reading import day_text

SUMMARY, DEBTORS, SILENT, WEEKS = "Сводка по менеджерам", "Должники", "Не предоставили", "Динамика 8 недель"
COUNT, MOST_DAYS, AVERAGE = "Должников", "Макс. дней", "Средневзвешенная просрочка"
NO_DEBTS, NOT_HANDED_IN, NOT_ASKED = "Просрочки нет", "не сдан", "не запрошен"
ALL_IN, NONE_LATE = "Сдали все", "Просроченных отчётов нет"
AGES = tuple(Column(title, "money", sums=True) for title in BUCKETS)
OF_MANAGERS = (
    Column("Менеджер"), Column("Город"), Column("Всего ДЗ", "money", sums=True), Column("Просрочено", "money", sums=True),
    *AGES, Column(COUNT, "whole"), Column(MOST_DAYS, "whole"), Column(AVERAGE, "number"),
    Column("Обещано на след. неделю", "money", sums=True), Column("Сдан вовремя"), Column("С начала квартала вовремя, %", "percent"),
)  # fmt: skip
OF_DEBTORS = (
    Column("Клиент"), Column("Отгрузка", "link"), Column("Менеджер"), Column("Срок оплаты", "date"), Column("Дней", "whole"),
    Column("Просрочено", "money", sums=True), Column("Причина просрочки"), Column("Обещанная дата оплаты", "date"),
    Column("Комментарий по ДЗ"), Column("Сорванные обещания", "whole", sums=True), Column("Аванс клиента", "money"),
    Column("Состояние"),
)  # fmt: skip
OF_SILENT = (
    Column("Менеджер"), Column("Город"), Column("Срок сдачи, местное время", "moment"), Column(COUNT, "whole"),
    Column("Просрочено", "money", sums=True), Column("Не заполнено по должникам"),
)  # fmt: skip
OF_WEEKS = (
    Column("Неделя"), Column("Просрочено", "money"), *(Column(title, "money") for title in BUCKETS), Column(COUNT, "whole"),
    Column(AVERAGE, "number"), Column("Сдали вовремя, %", "percent"),
)  # fmt: skip
PICTURE = Chart("Просрочено по возрасту долга", "Неделя", tuple(BUCKETS), "stacked")


@dataclass(frozen=True)
class Manager:
    """A manager's week: all that is owed to him, who is late, when it was to be reported and was, in the manager's own time.

    `deadline`: None for one who was not asked; `in_time`: of his reports since the quarter began.
    """

    name: str
    city: str
    owed: Decimal
    debtors: Sequence[Debtor] = ()
    deadline: datetime | None = None
    handed_in: datetime | None = None
    late: bool = False
    gaps: str = ""
    in_time: Decimal | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether there is something to report, and it was not."""
        return self.handed_in is None and any(not one.is_paid for one in self.debtors)

    def is_silent(self, at: datetime) -> bool:
        """Whether there was something to report, and it is time."""
        return self.is_waited_for and self.deadline is not None and self.deadline <= at


@dataclass(frozen=True)
class Past:
    """What a week's report said."""

    name: str
    ages: Mapping[str, Decimal]
    debtors: int | None
    average: Decimal | None
    in_time: Decimal | None


def receivables(
    week: Week, at: datetime, *, managers: Sequence[Manager], weeks: Sequence[Past], card_address: str
) -> Report:
    """The consolidated report of the week. `weeks`: at most eight, oldest first, this one last; `card_address`: with {} for the id."""
    counted = [(one, debtors.figures(one.debtors, one.owed, week)) for one in managers]
    ranked = sorted(counted, key=lambda pair: (-pair[1].overdue, pair[0].name))
    whole = total(managers, week)
    totals = {MOST_DAYS: whole.max_days or None, AVERAGE: whole.mean_days, COUNT: whole.debtors}
    lines = [(debtor, one.name) for one in managers for debtor in one.debtors]
    others = sorted({debtor.currency for debtor, _ in lines} - {ROUBLES})
    sheets = [
        Sheet(SUMMARY, OF_MANAGERS, tuple(_of_manager(*pair, at) for pair in ranked), totals=totals),
        *(_of_debtors(currency, lines, card_address) for currency in (ROUBLES, *others)),
        Sheet(
            SILENT,
            OF_SILENT,
            tuple(_of_silent(*pair) for pair in ranked if pair[0].is_silent(at)),
            empty=NONE_LATE if any(one.is_waited_for for one in managers) else ALL_IN,
        ),
        Sheet(WEEKS, OF_WEEKS, tuple(_of_week(one) for one in weeks), chart=PICTURE),
    ]
    return Report(title(week), at, tuple(sheets))


def title(week: Week) -> str:
    """How the report of a week is called."""
    return f"Сводный отчёт по ДЗ за неделю {week}"


def total(managers: Iterable[Manager], week: Week) -> Figures:
    """Of the whole company; the client of two managers is one debtor."""
    known = list(managers)
    return debtors.figures(
        (debtor for one in known for debtor in one.debtors), sum((one.owed for one in known), debt.ZERO), week
    )


def _of_manager(manager: Manager, figures: Figures, at: datetime) -> Row:
    return (
        manager.name, manager.city, figures.debt, figures.overdue, *figures.buckets.values(), figures.debtors,
        figures.max_days or None, figures.mean_days, figures.promised, _handed_in(manager, at), manager.in_time,
    )  # fmt: skip


def _handed_in(manager: Manager, at: datetime) -> str:
    """«да, 27.11.2026 11:40»."""
    if manager.handed_in is not None:
        return f"{'нет' if manager.late else 'да'}, {_moment(manager.handed_in)}"
    if all(one.is_paid for one in manager.debtors):
        return NO_DEBTS.lower()
    if manager.deadline is None:
        return NOT_ASKED
    return NOT_HANDED_IN if manager.is_silent(at) else f"срок {_moment(manager.deadline)}"


def _moment(moment: datetime) -> str:
    return f"{day_text(moment)} {moment:%H:%M}"


def _of_debtors(currency: str, lines: Iterable[tuple[Debtor, str]], card_address: str) -> Sheet:
    """Debtors of one currency, the worst first: nothing is converted (E-RC-10)."""
    columns = tuple(replace(column, currency=currency) for column in OF_DEBTORS)
    own = sorted((line for line in lines if line[0].currency == currency), key=_worst_first)
    rows = tuple(_of_debtor(debtor, manager, card_address) for debtor, manager in own)
    return Sheet(DEBTORS if currency == ROUBLES else f"{DEBTORS}, {currency}", columns, rows, empty=NO_DEBTS)


def _worst_first(line: tuple[Debtor, str]) -> tuple:
    debtor, _ = line
    return debtor.is_paid, -debtor.rest, -debtor.days, debtor.company, debtor.number


def _of_debtor(debtor: Debtor, manager: str, card_address: str) -> Row:
    return (
        debtor.company, Link(debtor.number, card_address.format(debtor.deal_id)), manager, debtor.due,
        None if debtor.is_paid else debtor.days, debtor.rest, debtor.reason, debtor.promise, debtor.note, debtor.broken,
        debtor.advance, debtor.otherwise if debtor.is_paid else "",
    )  # fmt: skip


def _of_silent(manager: Manager, figures: Figures) -> Row:
    return manager.name, manager.city, manager.deadline, figures.debtors, figures.overdue, manager.gaps


def _of_week(week: Past) -> Row:
    sums = [week.ages[title] for title in BUCKETS]
    return week.name, sum(sums, debt.ZERO), *sums, week.debtors, week.average, week.in_time
