"""Offers of carriers, lines «подрядчик; цена; срок; дата; комментарий», and what their marks come to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules import money, reading

HOW_TO_WRITE = "Предложение пишется так: «ТК Север; 48 000; 6; 27.11.2026; с экспедированием»"
LAST_MARKS = 10

_DAYS = re.compile(r"(\d{1,4})\s*(?:дн|дней|дня|день|кд|рд)?\.?", re.ASCII | re.IGNORECASE)


class WrongQuote(ValueError):
    """An offer that cannot be read; the text tells people how to write it."""


@dataclass(frozen=True)
class Quote:
    """What a carrier asks and how many days it needs, on the day it said so."""

    contractor: str
    price: Decimal
    days: int | None = None
    day: date | None = None
    note: str = ""


def parse(line: str) -> Quote:
    """A line of «Предложения подрядчиков»; the term, the date and the comment may be missing. Raises WrongQuote."""
    contractor, price, days, day, note = reading.fields(line, 5)
    counted = _DAYS.fullmatch(days)
    try:
        amount = money.q(reading.number(price))
        said = reading.day(day) if day else None
    except ValueError as wrong:
        raise WrongQuote(f"«{line.strip()}»: {wrong}. {HOW_TO_WRITE}.") from None
    if not contractor or amount < 0 or (days and not counted):
        raise WrongQuote(f"«{line.strip()}» не читается. {HOW_TO_WRITE}.")
    return Quote(contractor, amount, int(counted[1]) if counted else None, said, note)


def rating(marks: Sequence[int | Decimal]) -> Decimal | None:
    """The mean of the last ten marks to one decimal; None while there are none. `marks`: the newest last."""
    last = [Decimal(mark) for mark in marks[-LAST_MARKS:]]
    return money.q1(sum(last) / len(last)) if last else None
