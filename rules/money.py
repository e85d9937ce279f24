"""Money: Decimal, kopecks, half-up; the portal's `1234.50|RUB` and the people's «1 234,50 ₽» (spec R-21)."""

from decimal import ROUND_HALF_UP, Decimal

KOPECK = Decimal("0.01")
CURRENCY = "RUB"


class ForeignCurrency(ValueError):
    """An amount that is not in roubles."""


def q(amount: Decimal) -> Decimal:
    """Rounded to kopecks, half away from zero."""
    return amount.quantize(KOPECK, ROUND_HALF_UP)


def parse(text: str) -> Decimal:
    """`1234.50|RUB` or `1234.5` → Decimal in kopecks. Raises ForeignCurrency, ValueError."""
    number, _, currency = str(text).partition("|")
    if currency not in ("", CURRENCY):
        raise ForeignCurrency(f"Валюта не поддерживается: {currency}")
    return q(Decimal(number))


def bitrix(amount: Decimal) -> str:
    """As the portal takes a money field: `1234.50|RUB`."""
    return f"{q(amount)}|{CURRENCY}"


def text(amount: Decimal) -> str:
    """As people read it: «56 000,00 ₽», spaces non-breaking."""
    return f"{q(amount):,.2f}".replace(",", "\u00a0").replace(".", ",") + "\u00a0₽"
