"""C-04: from the terms of payment (spec §15.4) to lines with amounts and dates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from rules import reading
from rules.money import q
from rules.working_time import WorkingCalendar

HUNDRED = Decimal(100)
INVOICE, READY, SHIPPED, RECEIVED = "invoice", "ready", "shipped", "received"
SIGNED, DOCUMENTS, DATE, RETENTION = "signed", "documents", "date", "retention"
AFTER = {
    INVOICE: "после счёта", READY: "после уведомления о готовности", SHIPPED: "после отгрузки",
    RECEIVED: "после получения", SIGNED: "после подписания", DOCUMENTS: "после представления документов",
    RETENTION: "по сроку возврата удержания",
}  # fmt: skip
"""What a line says while the day of its event is not known."""
EVENTS = {
    "счет": INVOICE, "готовность": READY, "отгрузка": SHIPPED, "получение": RECEIVED, "подписание": SIGNED,
    "документы": DOCUMENTS,
}  # fmt: skip
"""Words of «График оплаты», ё read as е."""
HOW_TO_WRITE = (
    "Каждая строка «Графика оплаты» пишется так: «30; счёт; 5 рд», «50; отгрузка; 30 кд» или «20; 28.12.2026». "
    "События: счёт, готовность, отгрузка, получение, подписание, документы или дата; рд — рабочие дни, кд — календарные"
)
MAX_DAYS = 3650

_DAYS = re.compile(r"(?P<days>\d{1,4})\s*(?P<unit>рд|кд)?\.?", re.ASCII)


class WrongTerms(ValueError):
    """The terms of payment of a card cannot be counted; the text tells people what to correct."""


class TermsLine(Protocol):
    """A line of the terms. `share`: all, advance, rest, retained, unretained; `days` None: those of the card."""

    share: str
    event: str
    days: int | None
    working: bool


class Terms(Protocol):
    """Terms of payment. `default_days`: where the card says none."""

    title: str
    lines: Sequence[TermsLine]
    default_days: int | None
    by_schedule: bool


@dataclass(frozen=True)
class Part:
    """A share of the price, due `days` after an event, or on `day` where the event is a date."""

    percent: Decimal
    event: str
    days: int
    working: bool
    is_advance: bool
    day: date | None = None


@dataclass(frozen=True)
class Due:
    """A line of a schedule: `due` has moved off days off already, and is None while its event has no day."""

    number: int
    amount: Decimal
    event: str
    due: date | None
    is_advance: bool


# — terms into parts —


def parts(
    terms: Terms,
    percent: Decimal | None = None,
    days: int | None = None,
    schedule_text: str = "",
    retained: Decimal | None = None,
) -> list[Part]:
    """Spec §15.4. What is paid when, as parts that make 100 %. Raises WrongTerms.

    `percent`, `days`, `schedule_text`: «Аванс, %», «Отсрочка, дней» and «График оплаты» of the card; `retained`: the
    percent that is held back until the guarantee ends, taken from `percent` where nothing else says it.
    """
    if terms.by_schedule:
        return _written(schedule_text or "")
    percents = _percents(terms, percent, retained)
    return [
        Part(percents[line.share], line.event, _days(terms, line, days), line.working, line.event == INVOICE)
        for line in terms.lines
        if percents[line.share]
    ]


def has_advance(parts: Iterable[Part]) -> bool:
    """Whether something is paid on an invoice, before the goods."""
    return any(part.is_advance for part in parts)


def _percents(terms: Terms, percent: Decimal | None, retained: Decimal | None) -> dict[str, Decimal]:
    """What each share means on this card."""
    shares = {line.share for line in terms.lines}
    percents = {"all": HUNDRED}
    if "advance" in shares:
        advance = _advance(terms, percent)
        percents |= {"advance": advance, "rest": HUNDRED - advance}
    if "retained" in shares:
        held = _retained(terms, percent if retained is None else retained)
        percents |= {"retained": held, "unretained": HUNDRED - held}
    return percents


def _advance(terms: Terms, percent: Decimal | None) -> Decimal:
    if percent is None:
        raise WrongTerms(f"Условия оплаты «{terms.title}»: заполните «Аванс, %».")
    if percent == 0:
        raise WrongTerms(f"Аванс 0% не подходит к условиям «{terms.title}»: выберите условия с отсрочкой.")
    if percent == HUNDRED:
        raise WrongTerms(f"Аванс 100% не подходит к условиям «{terms.title}»: выберите «100% предоплата».")
    if not 0 < percent < HUNDRED:
        raise WrongTerms(f"«Аванс, %»: {reading.quantity_text(percent)} — укажите больше 0 и меньше 100.")
    return _to_hundredths("«Аванс, %»", percent)


def _retained(terms: Terms, percent: Decimal | None) -> Decimal:
    if percent is None:
        raise WrongTerms(f"Условия оплаты «{terms.title}»: укажите процент гарантийного удержания.")
    if not 0 <= percent < HUNDRED:
        raise WrongTerms(f"Гарантийное удержание {reading.quantity_text(percent)}% — укажите от 0 и меньше 100.")
    return _to_hundredths("Гарантийное удержание, %", percent)


def _to_hundredths(label: str, percent: Decimal) -> Decimal:
    if percent != q(percent):
        raise WrongTerms(f"{label}: {reading.quantity_text(percent)} — не больше двух знаков после запятой.")
    return percent


def _days(terms: Terms, line: TermsLine, days: int | None) -> int:
    """The line's own days, those of the card, or those usual for the terms."""
    found = next((value for value in (line.days, days, terms.default_days) if value is not None), None)
    if found is None:
        raise WrongTerms(f"Условия оплаты «{terms.title}»: заполните «Отсрочка, дней».")
    if not 0 <= found <= MAX_DAYS:
        raise WrongTerms(f"«Отсрочка, дней»: {found} — укажите от 0 до {MAX_DAYS}.")
    return found


# — «График оплаты» —


def _written(text: str) -> list[Part]:
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise WrongTerms(f"«График оплаты» пуст. {HOW_TO_WRITE}.")
    made = [_part(line.strip()) for line in lines]
    together = sum(part.percent for part in made)
    if together != HUNDRED:
        said = reading.quantity_text(together)
        raise WrongTerms(f"«График оплаты»: проценты дают {said}%, а должно быть ровно 100%. Исправьте строки.")
    return made


def _part(line: str) -> Part:
    percent, event, days = reading.fields(line, 3)
    try:
        share = reading.number(percent)
        day = reading.day(event) if re.match(r"\d", event) else None
    except ValueError as wrong:
        raise WrongTerms(f"«График оплаты», строка «{line}»: {wrong}. {HOW_TO_WRITE}.") from None
    if not 0 < share <= HUNDRED:
        raise WrongTerms(f"«График оплаты», строка «{line}»: процент — больше 0 и не больше 100. {HOW_TO_WRITE}.")
    share = _to_hundredths(f"«График оплаты», строка «{line}»", share)
    if day is not None:
        return Part(share, DATE, *_span(line, days or "0"), is_advance=False, day=day)
    known = EVENTS.get(event.lower().replace("ё", "е"))
    if known is None:
        raise WrongTerms(f"«График оплаты», строка «{line}»: нет события «{event}». {HOW_TO_WRITE}.")
    return Part(share, known, *_span(line, days), is_advance=known == INVOICE)


def _span(line: str, text: str) -> tuple[int, bool]:
    """Days, and whether they are working days; days without a word are calendar days."""
    match = _DAYS.fullmatch(text.lower())
    if match is None or int(match["days"]) > MAX_DAYS:
        raise WrongTerms(f"«График оплаты», строка «{line}»: не указано, сколько дней. {HOW_TO_WRITE}.")
    return int(match["days"]), match["unit"] == "рд"


# — parts into lines —


def schedule(
    total: Decimal,
    parts: Sequence[Part],
    dates: Mapping[str, date | None],
    calendar: WorkingCalendar,
    shift_weekend: bool = True,
) -> list[Due]:
    """C-04. Amounts to the kopeck, the last line takes the remainder; due dates from the days of the events.

    `dates`: event → its day, unknown ones left out; `shift_weekend`: a due date on a day off moves to the next working
    day (ст. 193 ГК РФ).
    """
    amounts = [q(total * part.percent / HUNDRED) for part in parts[:-1]]
    amounts.append(q(total) - sum(amounts))
    if amounts[-1] < 0 <= total:
        amounts = _without_debt(amounts)
    return [
        Due(number, amount, part.event, _due(part, dates, calendar, shift_weekend), part.is_advance)
        for number, (amount, part) in enumerate(zip(amounts, parts, strict=True), 1)
    ]


def effective(day: date, calendar: WorkingCalendar) -> date:
    """ст. 193 ГК РФ: a due date on a day off is the next working day."""
    return calendar.next_working_day(day)


def _without_debt(amounts: list[Decimal]) -> list[Decimal]:
    """Many lines of very little, each rounded up, could ask for more than there is: the last ones give way."""
    left = sum(amounts)
    made = []
    for amount in amounts:
        made.append(min(amount, left) if amount > 0 else Decimal("0.00"))
        left -= made[-1]
    return made


def _due(part: Part, dates: Mapping[str, date | None], calendar: WorkingCalendar, shift_weekend: bool) -> date | None:
    base = part.day if part.event == DATE else dates.get(part.event)
    if base is None:
        return None
    if part.working and part.days:
        return calendar.nth_working_day_after(base, part.days)
    day = base + timedelta(days=part.days)
    return effective(day, calendar) if shift_weekend else day


# — as the card shows them —


def line_text(due: Due, rest: Decimal) -> str:
    """A line of «График оплаты отгрузки»: «28.12.2026; 50 400,00; 36 000,00»; an unknown day is told by its event."""
    day = reading.day_text(due.due) if due.due else AFTER.get(due.event, "дата не указана")
    return f"{day}; {reading.amount_text(due.amount)}; {reading.amount_text(rest)}"


def text(dues: Iterable[Due], rests: Iterable[Decimal]) -> str:
    """All lines of «График оплаты отгрузки»: «дата; сумма; остаток»."""
    return "\n".join(line_text(due, rest) for due, rest in zip(dues, rests, strict=True))
