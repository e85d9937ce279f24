"""The quarterly review of the branches' rates (DR-T1…DR-T4): its dates, and what its table shows of a branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from rules import shares
from rules.periods import Quarter
from rules.working_time import WorkingCalendar

ASKED_ON, OPENS, CLOSES = 10, time(9), time(18)
BEFORE_THE_END = 5
MONTHS = 3
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Review:
    """The review for a quarter, made in the last month of the one before.

    asks       the head gets the task
    due        five working days before the last one of the quarter that ends
    ends       its last working day: rates that nobody changed go on
    rates_from the first day of new rates
    """

    quarter: Quarter
    asks: datetime
    due: datetime
    ends: datetime
    rates_from: date


def review(quarter: Quarter, zone: tzinfo, calendar: WorkingCalendar) -> Review:
    """The dates of the review of the rates for `quarter`."""
    ending = quarter - 1
    last = ending.last_working_day(calendar)
    return Review(
        quarter,
        datetime.combine(calendar.next_working_day(ending.last.replace(day=ASKED_ON)), OPENS, zone),
        datetime.combine(calendar.nth_working_day_after(last, -BEFORE_THE_END), CLOSES, zone),
        datetime.combine(last, CLOSES, zone),
        quarter.first,
    )


def starts_on(today: date) -> date:
    """DR-T2. From when a new rate is in force where nobody says so: the first day of the next quarter."""
    return (Quarter.of(today) + 1).first


def trend(sales: Sequence[Decimal]) -> Decimal | None:
    """DR-T1. By how many percent the last three closed months sold more than the three before; None without these.

    `sales`: month after month, the newest last.
    """
    if len(sales) < 2 * MONTHS:
        return None
    return shares.growth(sum(sales[-MONTHS:], ZERO), sum(sales[-2 * MONTHS : -MONTHS], ZERO))
