"""A value of a report as people read it, the same on a page and in a cell of a table."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from documents.checks import clean
from reports.report import ROUBLES, Column, Link
from rules import money, reading

SPACE = "\u00a0"
SIGNS = {ROUBLES: "₽"}
LARGE = ((1_000_000_000, "млрд"), (1_000_000, "млн"), (1_000, "тыс."))


def said(column: Column, value: object) -> str:
    """«1 234,50 ₽», «12,5%», «27.11.2026 16:00»; nothing for None."""
    return "" if value is None else _SAYING[column.kind](column, value)


def short(number: Decimal) -> str:
    """A round number beside an axis: «1,5 млн», «300 тыс.»."""
    for size, name in LARGE:
        if abs(number) >= size:
            return f"{reading.quantity_text(number / size)}{SPACE}{name}"
    return reading.quantity_text(number)


def sign(column: Column) -> str:
    """«₽», or the code of another currency."""
    return SIGNS.get(column.currency, column.currency)


def rounded(column: Column, value: Decimal) -> Decimal:
    """A number or a percentage as exact as its column is, half away from zero; never a negative nought."""
    return value.quantize(Decimal(1).scaleb(-column.places), ROUND_HALF_UP) + 0


def _money(column: Column, value: Decimal) -> str:
    return money.text(value).removesuffix(f"{SPACE}₽") + SPACE + sign(column)


def _number(column: Column, value: Decimal | int) -> str:
    exact = value if isinstance(value, int) else rounded(column, value)
    return f"{exact:,}".replace(",", SPACE).replace(".", ",").replace("-", "−")


def _percent(column: Column, value: Decimal) -> str:
    return f"{_number(column, value)}%"


def _day(column: Column, value: date) -> str:
    return reading.day_text(value)


def _moment(column: Column, value: datetime) -> str:
    return f"{reading.day_text(value)} {value:%H:%M}"


def _link(column: Column, value: Link) -> str:
    return clean(value.text)


_SAYING = {
    "text": lambda column, value: clean(value), "whole": _number, "number": _number, "money": _money,
    "percent": _percent, "date": _day, "moment": _moment, "link": _link,
}  # fmt: skip
