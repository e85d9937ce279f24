"""Sums, days and dates in words, as contracts print them (spec §15.2)."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from num2words import num2words

from rules import reading
from rules.money import q

SPACE = "\u00a0"
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
ROUBLES = ("рубль", "рубля", "рублей")
KOPECKS = ("копейка", "копейки", "копеек")
SHORTENED = re.compile(r"\b(г|ул|пр|просп|пер|наб|ш|д|корп|стр|кв|оф|пом|обл|р-н)\. ")
UNSAID = "НДС не облагается"


def plural(number: int, one: str, few: str, many: str) -> str:
    """«рубль», «рубля» or «рублей» for this number."""
    last, tens = number % 10, number % 100
    if last == 1 and tens != 11:
        return one
    return few if last in (2, 3, 4) and tens not in (12, 13, 14) else many


def amount(roubles: Decimal) -> str:
    """«118 270 (Сто восемнадцать тысяч двести семьдесят) рублей 50 копеек». Raises ValueError below nought."""
    if roubles < 0:
        raise ValueError(f"{roubles} is below nought: a document names no negative sum.")
    whole, kopecks = divmod(int(q(roubles) * 100), 100)
    figures = f"{whole:,}".replace(",", SPACE)
    words = num2words(whole, lang="ru")
    return (
        f"{figures} ({words[0].upper()}{words[1:]}) {plural(whole, *ROUBLES)} {kopecks:02} {plural(kopecks, *KOPECKS)}"
    )


def days(number: int, *, working: bool) -> str:
    """«10 (десяти) рабочих дней», «21 (двадцати одного) календарного дня»: the genitive that follows «в течение»."""
    kind = "рабоч" if working else "календарн"
    endings = ("его", "их") if working else ("ого", "ых")
    return f"{number} ({num2words(number, lang='ru', case='g')}) {kind}{plural(number, endings[0], endings[1], endings[1])} " + plural(
        number, "дня", "дней", "дней"
    )  # fmt: skip


def days_before(number: int, *, working: bool) -> str:
    """«30 (тридцать) календарных дней», «21 (двадцать один) календарный день»: what follows «не позднее чем за»."""
    kind = "рабоч" if working else "календарн"
    endings = ("ий", "их") if working else ("ый", "ых")
    ending = endings[0] if plural(number, "1", "2", "5") == "1" else endings[1]
    return f"{number} ({num2words(number, lang='ru')}) {kind}{ending} {plural(number, 'день', 'дня', 'дней')}"


def ordinal(number: int) -> str:
    """«третий», «четвёртый»."""
    return num2words(number, lang="ru", to="ordinal")


def months(number: int) -> str:
    """«12 (двенадцати) месяцев», «21 (двадцати одного) месяца»: the genitive, as of days."""
    return f"{number} ({num2words(number, lang='ru', case='g')}) {plural(number, 'месяца', 'месяцев', 'месяцев')}"


def by_months(number: int) -> str:
    """«12 (двенадцать) месяцев», «1 (один) месяц»: what follows «на»."""
    return f"{number} ({num2words(number, lang='ru')}) {plural(number, 'месяц', 'месяца', 'месяцев')}"


def years(number: int) -> str:
    """«3 (трёх) лет», «1 (одного) года»: the genitive, as of days."""
    return f"{number} ({num2words(number, lang='ru', case='g')}) {plural(number, 'года', 'лет', 'лет')}"


def date_text(day: date) -> str:
    """«22» ноября 2026 г.: two digits of the day, spaces that do not break."""
    return SPACE.join((f"«{day.day:02}»", MONTHS[day.month - 1], str(day.year), "г."))


def unbroken(address: str) -> str:
    """«д. 7, стр. 1» with spaces that do not break after what is shortened."""
    return SHORTENED.sub(rf"\1.{SPACE}", address)


def percent(rate: Decimal) -> str:
    """«22%», «12,5%»."""
    return f"{reading.quantity_text(rate)}%"


def vat_clauses(totals: Iterable[tuple[Decimal | None, bool, Decimal]], to_pay: Decimal, basis: str) -> list[str]:
    """What a document says of VAT, a line for each rate.

    `totals`: (rate, included, VAT); with a VAT on top the last line of those says what is to be paid in all. `basis`: by
    which article there is none.
    """
    found = list(totals)
    if all(rate is None for rate, _, _ in found):
        return [f"{UNSAID} на основании {basis}"]
    lines = [_vat_clause(rate, included, vat, basis) for rate, included, vat in found]
    on_top = [place for place, (rate, included, _) in enumerate(found) if rate is not None and not included]
    if on_top:
        lines[on_top[-1]] += f", всего к оплате {amount(to_pay)}"
    return lines


def _vat_clause(rate: Decimal | None, included: bool, vat: Decimal, basis: str) -> str:
    if rate is None:
        return f"{UNSAID} на основании {basis}"
    return f"{'в том числе' if included else 'кроме того'} НДС {percent(rate)} — {amount(vat)}"
