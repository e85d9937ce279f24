"""Numbers and days as people type them into a card, and as the layer writes them there."""

import re
from datetime import date, datetime
from decimal import Decimal

from rules import money

FORMS_OF_A_DAY = {r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y", r"\d{4}-\d\d-\d\d": "%Y-%m-%d"}

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_SPACES = re.compile(r"[\s\u2009\u202f]")


def number(text: str) -> Decimal:
    """«1 234,50 ₽», «−3,5» or «30 %» as a number. Raises ValueError."""
    bare = _SPACES.sub("", text).replace(",", ".").replace("−", "-")
    bare = re.sub(r"(?:₽|руб\.?|%)$", "", bare)
    if not _NUMBER.fullmatch(bare):
        raise ValueError(f"«{text.strip()}» — не число")
    return Decimal(bare)


def day(text: str) -> date:
    """«27.11.2026» or «2026-11-27». Raises ValueError."""
    bare = text.strip()
    for form, written in FORMS_OF_A_DAY.items():
        if re.fullmatch(form, bare, re.ASCII):
            try:
                return datetime.strptime(bare, written).date()
            except ValueError:
                break
    raise ValueError(f"«{bare}» — не дата, дата пишется так: 27.11.2026")


def fields(line: str, count: int) -> list[str]:
    """The parts of a line «…; …; …», each stripped, padded with empty ones; the last keeps its own semicolons."""
    said = [part.strip() for part in line.split(";", count - 1)]
    return said + [""] * (count - len(said))


def name_key(name: str) -> str:
    """One product whatever its spaces and case: 1C and people write a name each in their own way."""
    return " ".join(name.split()).casefold()


def day_text(day: date) -> str:
    """«27.11.2026»."""
    return f"{day:%d.%m}.{day.year:04}"


def amount_text(amount: Decimal) -> str:
    """«36 000,00» with a non-breaking space and without a sign of currency."""
    return money.text(amount).removesuffix("\u00a0₽")


def quantity_text(quantity: Decimal) -> str:
    """«10,5»: a decimal comma, no trailing zeros."""
    whole, _, fraction = f"{quantity:f}".partition(".")
    fraction = fraction.rstrip("0")
    return (f"{whole},{fraction}" if fraction else whole).replace("-", "−")
