"""When a document that ends is to be prolonged, until when, and what became of it so far (spec registry §7.4)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules import reading
from rules.working_time import WorkingCalendar

BY_ITSELF, BY_HAND = "автопролонгация", "изменено вручную"
NO_END = "без срока"


# — asking in time —


def asks_from(end: date, days: int, start: date | None) -> date:
    """RG-T8, E-RG-6: so many days before the end, but not before the day after the start."""
    first = end - timedelta(days=days)
    return first if start is None else max(first, start + timedelta(days=1))


def is_asked_on(day: date, end: date, days: int, start: date | None, calendar: WorkingCalendar) -> bool:
    """RG-T8. Whether people are asked by that day, a working one; on a day off the question waits."""
    return asks_from(end, days, start) <= day <= end and calendar.is_working(day)


def decide_by(end: date, today: date, calendar: WorkingCalendar, *, before: int = 14, least: int = 3) -> date:
    """RG-2: 14 calendar days before the end, moved to a working day, at least 3 working days from today, never after the end."""
    usual = calendar.next_working_day(end - timedelta(days=before))
    return min(max(usual, calendar.nth_working_day_after(today, least)), end)


def rung(today: date, end: date, ladder: Sequence[int]) -> int | None:
    """RG-T9. The newest step of the ladder («30», «14», «7» days before the end) that has come; None before the first one."""
    reached = [days for days in ladder if end - timedelta(days=days) <= today]
    return min(reached) if reached and today <= end else None


# — automatic prolongation —


def add_months(anchor: date, months: int) -> date:
    """The same day so many months later; the last day of a month that is too short for it."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def next_end(anchor: date, end: date, months: int) -> date:
    """RG-T11. The first day after `end` that is whole periods of months from the anchor: 29 February comes back in a leap year."""
    periods = 1
    while add_months(anchor, periods * months) <= end:
        periods += 1
    return add_months(anchor, periods * months)


# — history —


@dataclass(frozen=True)
class Change:
    """A line of «История пролонгаций»: «дата; было; стало; основание; кто»."""

    day: date
    old: date | None
    new: date | None
    reason: str
    who: str

    @property
    def text(self) -> str:
        days = (_said(one) for one in (self.day, self.old, self.new))
        return "; ".join([*days, self.reason.replace(";", ","), self.who.replace(";", ",")])


def parse(line: str) -> Change:
    """A line as `text` writes it. Raises ValueError."""
    day, old, new, reason, who = reading.fields(line, 5)
    return Change(reading.day(day), _day(old), _day(new), reason, who)


def by_itself(history: Sequence[str] | None, end: date) -> list[Change]:
    """The automatic prolongations that led to `end` without anything else between them, oldest first."""
    found: list[Change] = []
    for line in reversed(history or ()):
        try:
            change = parse(line)
        except ValueError:
            break
        if change.reason != BY_ITSELF or change.old is None or change.new != (found[0].old if found else end):
            break
        found.insert(0, change)
    return found


def anchor(history: Sequence[str] | None, end: date) -> date:
    """The end that people agreed on, from which automatic prolongations count."""
    automatic = by_itself(history, end)
    return automatic[0].old if automatic else end


def may_go_on(history: Sequence[str] | None, end: date, most: int | None) -> bool:
    """Whether the document may be prolonged automatically once more: «Не более раз»."""
    return most is None or len(by_itself(history, end)) < most


def _said(day: date | None) -> str:
    return reading.day_text(day) if day else NO_END


def _day(text: str) -> date | None:
    return None if text == NO_END else reading.day(text)
