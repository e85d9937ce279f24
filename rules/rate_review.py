"""The quarterly review of the branches' rates (DR-T1…DR-T4): its dates, and what its table shows of a branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from rules import branch_rates, reading, shares
from rules.branch_rates import Interval
from rules.distributor_month import of_office
from rules.periods import Month, Quarter
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


def starts_on(today: date, history: Sequence[Interval] = (), opened: date | None = None) -> date:
    """DR-T2. From when a new rate is in force where nobody says so: the first day of the next quarter.

    A branch that has no rate today gets it from where the gap begins: the day after its last rate, or `opened`, the day it
    began to report.
    """
    past = [one for one in history if one.since <= today]
    if opened is None or branch_rates.rate_on(past, today) is not None:
        return (Quarter.of(today) + 1).first
    return max([opened, *(one.until + branch_rates.A_DAY for one in past if one.until)])


def wrong_start(since: date, today: date, history: Sequence[Interval]) -> str | None:
    """DR-T2. Why a rate cannot begin on that day, for people; None when it can.

    Months that are accrued have their rate. Where there was none, a rate may begin at any time.
    """
    earliest = (Month.of(today) - 1).first
    if since >= earliest or branch_rates.rate_on(history, since) is None:
        return None
    said = reading.day_text
    return f"Ставка с {said(since)} не принята: раньше {said(earliest)} месяцы уже рассчитаны по прежней ставке"


def is_reviewed(quarter: Quarter, starts: date | None, ends: date | None) -> bool:
    """Whether a branch reports in the quarter: «Филиал отчитывается с», «Филиал не отчитывается с»."""
    return starts is not None and starts <= quarter.last and (ends is None or ends > quarter.first)


def item(title: str, branch: int) -> str:
    """The branch in the checklist of the review: by its number it is found again, whatever it is called then."""
    return f"{title} {mark(branch)}"


def mark(branch: int) -> str:
    """«(№ 12)», by which the item of a branch ends."""
    return f"(№ {branch})"


def closed_months(at: datetime, zone: tzinfo, calendar: WorkingCalendar) -> list[Month]:
    """DR-T1. The last three months that are closed, then, and the three before them; the oldest first."""
    last = Month.of(at.astimezone(zone).date()) - 1
    while of_office(last, zone, calendar).closes > at:
        last -= 1
    return list((last - 2 * MONTHS + 1).until(last))


def trend(sales: Sequence[Decimal]) -> Decimal | None:
    """DR-T1. By how many percent the last three closed months sold more than the three before; None without these.

    `sales`: month after month, the newest last.
    """
    if len(sales) < 2 * MONTHS:
        return None
    return shares.growth(sum(sales[-MONTHS:], ZERO), sum(sales[-2 * MONTHS : -MONTHS], ZERO))
