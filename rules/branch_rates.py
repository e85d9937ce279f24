"""The rates of a branch over time, in intervals that never overlap (spec §4.5), and C-10: which of them counts for a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from rules import reading
from rules.periods import Month

A_DAY = timedelta(days=1)
FRACTION = 4
"""Digits after the comma that a rate may have."""
MILLIONTH = Decimal("0.000001")

WHY = {
    "too high": "Ставка {}% не принята: укажите от 0 до {}%",
    "too exact": "Ставка {}% не принята: не больше {} знаков после запятой",
    "ends early": "Ставка {}: последний день раньше первого.",
    "overlap": "Ставки {} и {} пересекаются: исправьте даты.",
    "covers": "Ставка {} перекрывает начало ставки {}: исправьте ту ставку.",
    "none begins": "С {} не начинается ни одна ставка: проверьте дату.",
}

Policy = Literal["first_day", "prorata_days"]


class WrongRate(ValueError):
    """A rate or an interval that cannot be: `why`, a key of WHY, and what `about`. The text tells people what to correct."""

    def __init__(self, why: str, *about: "Decimal | date | Interval"):
        self.why, self.about = why, about
        super().__init__(WHY[why].format(*map(_word, about)))


@dataclass(frozen=True)
class Interval:
    """A rate in percent from `since` up to and including `until`; None: until something else is said.

    `set_by`: the user; `source`: the task it comes from.
    """

    rate: Decimal
    since: date
    until: date | None = None
    set_by: int | None = None
    source: int | None = None
    note: str = ""

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= (self.until or date.max)


# — the history —


def wrong_rate(rate: Decimal, highest: Decimal) -> WrongRate | None:
    """DR-T2. Why a rate cannot be; None when it can. Nought is a rate."""
    if not 0 <= rate <= highest:
        return WrongRate("too high", rate, highest)
    if rate != round(rate, FRACTION):
        return WrongRate("too exact", rate, Decimal(FRACTION))
    return None


def check(history: Iterable[Interval]) -> list[Interval]:
    """The intervals in order of time. Raises WrongRate when two overlap or one ends before it begins."""
    ordered = sorted(history, key=lambda one: one.since)
    for one in ordered:
        if one.until is not None and one.until < one.since:
            raise WrongRate("ends early", one)
    for one, following in zip(ordered, ordered[1:], strict=False):
        if following.since in one:
            raise WrongRate("overlap", one, following)
    return ordered


def rate_on(history: Iterable[Interval], day: date) -> Interval | None:
    """The interval in force on the day; None: no rate."""
    return next((one for one in history if day in one), None)


def add(history: Sequence[Interval], new: Interval) -> list[Interval]:
    """DR-T3. The history with a new rate: the one in force ends the day before, and goes on after a rate that has an end.

    The same rate from the same day again changes nothing. Raises WrongRate where the new one would cover the beginning of
    another: that is a correction.
    """
    if any((one.since, one.until, one.rate) == (new.since, new.until, new.rate) for one in history):
        return check(history)
    covered = next((one for one in check(history) if one.since in new), None)
    if covered is not None:
        raise WrongRate("covers", new, covered)
    return check([*(part for one in history for part in _around(one, new)), new])


def plan(history: Sequence[Interval], new: Interval, today: date) -> list[Interval]:
    """DR-T3. The same; rates that have not begun yet and were to begin with the new one or after it are given up for it, as is
    one that begins with it today.

    One that begins in a gap fills it: it ends where the rate that has begun since takes over (E-DB-1).
    """
    kept = [
        one for one in history if one.since < new.since or (one.since <= today and not one.since == new.since == today)
    ]
    following = min((one.since for one in kept if one.since > new.since), default=None)
    if following is not None and new.until is None:
        filling = replace(new, until=following - A_DAY)
        begun = rate_on(kept, new.since)
        if begun is None or (begun.since, begun.until, begun.rate) == (filling.since, filling.until, filling.rate):
            new = filling
    return add(kept, new)


def without(history: Sequence[Interval], since: date) -> list[Interval]:
    """The history without the interval that begins on `since`: its days have no rate. Raises WrongRate."""
    if all(one.since != since for one in history):
        raise WrongRate("none begins", since)
    return check(one for one in history if one.since != since)


def correct(history: Sequence[Interval], since: date, corrected: Interval) -> list[Interval]:
    """The history with the interval that begins on `since` replaced; the others stay. Raises WrongRate."""
    if all(one.since != since for one in history):
        raise WrongRate("none begins", since)
    return check(corrected if one.since == since else one for one in history)


def noted(history: Sequence[Interval], day: date, note: str) -> list[Interval]:
    """DR-T4. The history with a note on the rate in force on the day, added to what is noted there."""
    return [
        replace(one, note="; ".join(filter(None, [one.note, note]))) if day in one and note not in one.note else one
        for one in history
    ]


def gaps(history: Iterable[Interval], first: date, last: date) -> list[tuple[date, date]]:
    """Stretches of days from `first` to `last` without a rate."""
    found, day = [], first
    for one in check(history):
        if one.since > last:
            break
        if one.since > day:
            found.append((day, one.since - A_DAY))
        if one.until is None:
            return found
        day = max(day, one.until + A_DAY)
    return [*found, (day, last)] if day <= last else found


def said(interval: Interval) -> str:
    """«1,25% с 01.01.2027», «1% с 01.01.2027 по 31.03.2027»."""
    ends = f" по {reading.day_text(interval.until)}" if interval.until else ""
    return f"{reading.quantity_text(interval.rate)}% с {reading.day_text(interval.since)}{ends}"


def _word(about: Decimal | date | Interval) -> str:
    match about:
        case Interval():
            return said(about)
        case date():
            return reading.day_text(about)
        case _:
            return reading.quantity_text(about)


def _around(one: Interval, new: Interval) -> list[Interval]:
    """What of an interval is left before and after a new one that begins inside it."""
    if new.since not in one:
        return [one]
    left = [replace(one, until=new.since - A_DAY)]
    if new.until is not None and new.until + A_DAY in one:
        left.append(replace(one, since=new.until + A_DAY))
    return left


# — the rate of a month —


def rate_of_month(
    history: Sequence[Interval],
    month: Month,
    policy: Policy = "first_day",
    starts: date | None = None,
    ends: date | None = None,
) -> Decimal | None:
    """C-10. The rate in percent for the month; None: no rate, then there is no bonus, not a bonus of nought.

    first_day     the rate of the first day for all of it
    prorata_days  the mean by days, to 6 decimals; a day without a rate leaves the month without one

    `starts`: the day the branch began to report, where that is inside the month its first day (E-DB-13); `ends`: the
    day from which it reports no more.
    """
    first = max(starts or month.first, month.first)
    if policy == "first_day":
        found = rate_on(history, first)
        return found.rate if found else None
    last = min(ends - A_DAY, month.last) if ends else month.last
    days = [rate_on(history, first + n * A_DAY) for n in range((last - first).days + 1)]
    if not days or None in days:
        return None
    return (sum(one.rate for one in days if one) / Decimal(len(days))).quantize(MILLIONTH, ROUND_HALF_UP)


def changes_inside(history: Iterable[Interval], month: Month, starts: date | None = None) -> list[Interval]:
    """C-10, E-DB-2. Rates that begin inside the month after its first day: by `first_day` they count from the next one.

    `starts`: the day the branch began to report, which is the first one where it lies inside the month (E-DB-13).
    """
    first = max(starts or month.first, month.first)
    return [one for one in check(history) if one.since in month and one.since > first]
