"""Count the month of a branch of the distributor: sales, rate and bonus, out of its rows and its rates (C-01, C-09, C-10)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal, Row
from engine.run import Run
from robots.find_branches import find_branches
from robots.keep_months import last_sales, month_of
from robots.price_rows import Priced, price_rows
from rules import amounts, bonus, branch_rates, distributor_month, money, reading, vat
from rules.periods import Month

MONTHS_OF_MEAN = 3
ON_FIRST_DAY = "first_day"


@dataclass(frozen=True)
class Counted:
    """`rate` and `bonus` are None where no rate is in force on `day`; `remarks`: what people should know of the figures."""

    sales: Decimal
    rate: Decimal | None
    bonus: Decimal | None
    day: date
    remarks: tuple[str, ...] = ()

    @property
    def no_rate(self) -> str | None:
        """«Нет ставки на 01.11.2026»."""
        return f"Нет ставки на {reading.day_text(self.day)}" if self.rate is None else None


def count_branch(run: Run, branch: Deal, step: str = "") -> Counted:
    """C-09, C-10. The card's month as its rows say; the rate is that of the month, whenever this is asked (E-DB-3).

    `step`: tells several countings of one run apart.
    """
    said = run.fact(f"counted {branch.id} {step}", lambda: _count(run, branch))
    sales, rate, earned = (None if one is None else Decimal(one) for one in said["figures"])
    return Counted(sales, rate, earned, date.fromisoformat(said["day"]), tuple(said["remarks"]))


def priced(run: Run, branch: Deal) -> Priced:
    """The card's rows at the prices of the month's first day (E-DB-9); of what the list does not have, the head's (E-DB-8)."""
    month = month_of(branch)
    found = price_rows(run.engine.storage, branch.rows, month.first if month else run.today(branch))
    given = given_prices(run, branch)
    rows = [_given(row, given) if row.product in found.missing else row for row in found.rows]
    return Priced(rows, [name for name in found.missing if reading.name_key(name) not in given])


def given_prices(run: Run, branch: Deal) -> dict[str, Decimal]:
    """Prices that the head gave to products of this card, by the products' names."""
    table = storage.distributor_given_prices
    with run.engine.storage.read() as connection:
        rows = connection.execute(sa.select(table).where(table.c.deal == branch.id)).all()
    return {row.product: row.price for row in rows}


def keep_given_prices(run: Run, branch: Deal, rows: list[Row]) -> None:
    """E-DB-8. The head has priced these."""
    table, store = storage.distributor_given_prices, run.engine.storage
    with store.write() as tx:
        for row in rows:
            values = {"deal": branch.id, "product": reading.name_key(row.product), "price": money.q(row.price)}
            store.upsert(tx, table, values, price=values["price"])


def _given(row: Row, given: dict[str, Decimal]) -> Row:
    price = given.get(reading.name_key(row.product))
    return row if price is None else Row(row.product, price, row.quantity, row.product_id, row.unit, row.vat_rate)


def _count(run: Run, branch: Deal) -> dict:
    limits, month = run.company.limits.distributor, month_of(branch)
    sales = amounts.total(branch.rows)
    found = next(iter(find_branches(run.engine, only=[branch["db_branch"]])), None)
    rate = found.rate_of(month, limits.rate_policy) if found else None
    base = sales if limits.bonus_base == "gross" else bonus.base(sales, _vat_rate(run, month))
    figures = [sales, rate, bonus.bonus(base, rate)]
    day = distributor_month.deciding_day(found.starts, month) if found and found.starts else month.first
    remarks = [*_of_rates(found, month, limits.rate_policy, day), *_of_sales(run, branch, month, sales)]
    return {
        "figures": [None if one is None else str(one) for one in figures], "day": day.isoformat(), "remarks": remarks,
    }  # fmt: skip


def _of_rates(found, month: Month, policy: str, day: date) -> list[str]:
    """E-DB-2, E-DB-13. A rate that begins inside the month, after the day that decides, counts from the next one."""
    if found is None or policy != ON_FIRST_DAY or found.rate_of(month, policy) is None:
        return []
    counts = f"вознаграждение за {month.title} рассчитано по ставке на {reading.day_text(day)}, новая действует со следующего месяца."
    changes = branch_rates.changes_inside(found.rates, month, found.starts)
    return [f"Ставка {branch_rates.said(one)}: {counts}" for one in changes]


def _of_sales(run: Run, branch: Deal, month: Month, sales: Decimal) -> list[str]:
    """E-DB-11."""
    before = last_sales(run.engine.storage, branch["db_branch"], month, MONTHS_OF_MEAN)
    warning = bonus.deviation(sales, before, run.company.limits.distributor.odd_sales_percent)
    return [f"{warning}."] if warning else []


def _vat_rate(run: Run, month: Month) -> Decimal | None:
    """The general rate on the last day of the month."""
    return vat.rate_on(run.company.vat.rates, vat.STANDARD, month.last)
