"""Changes of a contract as people type them into a card, for an addendum (T14)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from rules import reading

OLD, NEW, TAX, SINCE = "Было:", "Стало:", "НДС:", "Действует с"
GROSS, NET = "фиксирована цена с НДС", "фиксирована цена без НДС"
EXAMPLE = "пишется так: строка «п. 3.2», строка «Было: …», строка «Стало: …»"


class WrongChanges(ValueError):
    """What is typed cannot be understood; the text says to people what to correct."""


@dataclass(frozen=True)
class Change:
    """A clause, what it says and what it shall say."""

    clause: str
    old: str
    new: str


@dataclass(frozen=True)
class Changes:
    """`tax`: GROSS or NET, which price stays when the rate of VAT changes; `since`: None from the day of signing."""

    rows: tuple[Change, ...] = ()
    tax: str | None = None
    since: date | None = None


def read(text: str) -> Changes:
    """Clauses one after the other, each with the lines «Было:» and «Стало:» behind it; a wording may have several lines.

    Lines «НДС: фиксирована цена с НДС» (or «без НДС») and «Действует с 01.01.2027» stand anywhere. Raises WrongChanges.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    said = {word: [line for line in lines if _begins(line, word)] for word in (TAX, SINCE)}
    rest = [line for line in lines if not _begins(line, TAX) and not _begins(line, SINCE)]
    return Changes(_rows(rest), _tax(said[TAX]), _since(said[SINCE]))


def _begins(line: str, word: str) -> bool:
    return line.casefold().startswith(word.casefold())


def _rows(lines: Sequence[str]) -> tuple[Change, ...]:
    """A clause is the line before each «Было:»."""
    starts = [place - 1 for place, line in enumerate(lines) if _begins(line, OLD)]
    if lines and starts[:1] != [0]:
        raise WrongChanges(f"непонятно «{lines[0]}», {EXAMPLE}")
    return tuple(_row(lines[start:end]) for start, end in pairwise([*starts, len(lines)]))


def _row(lines: Sequence[str]) -> Change:
    clause, *wording = lines
    news = [place for place, line in enumerate(wording) if _begins(line, NEW)]
    if len(news) != 1:
        raise WrongChanges(f"{clause}: {'нет строки' if not news else 'несколько строк'} «{NEW}»")
    old, new = _wording(wording[: news[0]], OLD), _wording(wording[news[0] :], NEW)
    for word, value in ((OLD, old), (NEW, new)):
        if not value:
            raise WrongChanges(f"{clause}: после «{word}» ничего не написано")
    return Change(clause.rstrip(".:"), old, new)


def _wording(lines: Sequence[str], word: str) -> str:
    return "\n".join([lines[0][len(word) :].strip(), *lines[1:]]).strip()


def _tax(lines: Sequence[str]) -> str | None:
    if not lines:
        return None
    said = {line[len(TAX) :].strip(" .").casefold() for line in lines}
    if len(said) > 1 or not said <= {GROSS.casefold(), NET.casefold()}:
        raise WrongChanges(f"{TAX} напишите «{GROSS}» или «{NET}»")
    return next(one for one in (GROSS, NET) if one.casefold() in said)


def _since(lines: Sequence[str]) -> date | None:
    if not lines:
        return None
    try:
        return reading.day(re.sub(r"\s*г\.?$", "", lines[-1][len(SINCE) :]).strip(" :."))
    except ValueError as wrong:
        raise WrongChanges(f"{SINCE}: {wrong}") from None
