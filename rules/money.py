"""Money: Decimal, kopecks, half-up; the portal's `1234.50|RUB` and the people's «1 234,50 ₽» (spec R-21)."""

import re
from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
TENTH = Decimal("0.1")
CURRENCY = "RUB"

_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d+)?", re.ASCII)


class ForeignCurrency(ValueError):
    """An amount that is not in roubles."""


def q(amount: Decimal) -> Decimal:
    """Rounded to kopecks, half away from zero; never a negative nought."""
    return amount.quantize(KOPECK, ROUND_HALF_UP) + 0


def q1(number: Decimal) -> Decimal:
    """Rounded to one decimal, half away from zero: percentages and ratings of reports."""
    return number.quantize(TENTH, ROUND_HALF_UP) + 0


def parse(text: str) -> Decimal:
    """`1234.50|RUB` or `1234.5` → Decimal in kopecks. Raises ForeignCurrency, ValueError."""
    number, bar, currency = text.partition("|")
    if bar and currency != CURRENCY:
        raise ForeignCurrency(f"Валюта не поддерживается: {currency or 'не указана'}")
    if not _NUMBER.fullmatch(number):
        raise ValueError(f"«{text}» is no amount of money: the portal writes 1234.50|RUB.")
    return q(Decimal(number))


def known(value: object) -> Decimal | None:
    """The amount that a field of money says; None where it is empty or says what nobody can count with: «500|USD»."""
    if value is None or isinstance(value, Decimal):
        return value
    try:
        return parse(str(value))
    except ValueError:
        return None


def bitrix(amount: Decimal) -> str:
    """As the portal takes a money field: `1234.50|RUB`."""
    return f"{q(amount)}|{CURRENCY}"


def text(amount: Decimal, currency: str = CURRENCY) -> str:
    """As people read it: «56 000,00 ₽», «700,00 CNY»; spaces non-breaking, a real minus."""
    sign = "₽" if currency == CURRENCY else currency
    return f"{q(amount):,.2f}".replace(",", "\u00a0").replace(".", ",").replace("-", "−") + f"\u00a0{sign}"
