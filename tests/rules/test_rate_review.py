"""The quarterly review of rates: DR-T1, DR-T2, DR-T4 and the calendar of the quarter."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import deadline, rate_review, shares
from rules.branch_rates import Interval
from rules.periods import Quarter, due_between
from tests.rules.moments import MOSCOW, at, shown
from tests.rules.test_debt import day
from tests.rules.test_working_time import CALENDAR

QUARTERS = [
    # for the quarter, task, due, last working day, new rates from
    ("I кв. 2027", "10.12.2026", "23.12.2026", "30.12.2026", "01.01.2027"),
    ("II кв. 2027", "10.03.2027", "24.03.2027", "31.03.2027", "01.04.2027"),
    ("III кв. 2027", "10.06.2027", "23.06.2027", "30.06.2027", "01.07.2027"),
    ("IV кв. 2027", "10.09.2027", "23.09.2027", "30.09.2027", "01.10.2027"),
    ("I кв. 2028", "10.12.2027", "23.12.2027", "30.12.2027", "01.01.2028"),
]


@pytest.mark.parametrize(("title", "asks", "due", "ends", "rates_from"), QUARTERS)
def test_the_calendar_of_a_review(calendar, title, asks, due, ends, rates_from):
    quarter = Quarter.of(day(rates_from))
    found = rate_review.review(quarter, MOSCOW, calendar)
    assert quarter.title == title
    assert [shown(one) for one in (found.asks, found.due, found.ends)] == [
        f"{asks} 09:00", f"{due} 18:00", f"{ends} 18:00",
    ]  # fmt: skip
    assert found.rates_from == day(rates_from)
    span = deadline.parse(company().processes["DISTRIBUTOR"].tasks["DR-1"].deadline)
    assert span.count(found.asks, MOSCOW, calendar, found.ends.date()) == found.due


def test_a_tenth_on_a_day_off_is_the_next_working_day(calendar):
    """10.06.2028 is a Saturday, Monday 12.06 a holiday."""
    assert shown(rate_review.review(Quarter(2028, 3), MOSCOW, calendar).asks) == "13.06.2028 09:00"


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("10.12.2026 08:45", "10.12.2026 09:00", ["2027Q1"]),
        ("10.12.2026 09:00", "10.12.2026 09:15", []),
        ("01.01.2027 00:00", "31.12.2027 23:59", ["2027Q2", "2027Q3", "2027Q4", "2028Q1"]),
    ],
)
def test_reviews_that_are_due(calendar, since, until, expected):
    """DR-T1."""
    found = due_between(Quarter, lambda one: rate_review.review(one, MOSCOW, calendar).asks, at(since), at(until))
    assert list(map(str, found)) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("10.12.2026", "01.01.2027"),
        ("31.12.2026", "01.01.2027"),
        ("01.01.2027", "01.04.2027"),
        ("30.06.2027", "01.07.2027"),
    ],
)
def test_a_new_rate_starts_with_the_next_quarter(today, expected):
    """DR-T2."""
    assert rate_review.starts_on(day(today)) == day(expected)


@pytest.mark.parametrize(
    ("sales", "expected"),
    [
        ([100, 100, 100, 110, 110, 110], "10,0"),
        ([999, 100, 100, 100, 50, 100, 130], "−6,7"),
        ([0, 0, 0, 1, 1, 1], "—"),
        ([100, 100, 100, 100, 100], "—"),
        ([], "—"),
    ],
)
def test_the_trend_against_the_quarter_before(sales, expected):
    assert shares.text(rate_review.trend(list(map(Decimal, sales)))) == expected


@given(st.dates(date(2026, 4, 1), date(2028, 10, 31)).map(Quarter.of))
def test_a_review_lies_before_its_quarter(quarter):
    found = rate_review.review(quarter, MOSCOW, CALENDAR)
    assert found.asks < found.due < found.ends
    assert found.ends.date() in quarter - 1
    assert found.asks.date() in quarter - 1
    assert all(CALENDAR.is_working(one.date()) for one in (found.asks, found.due, found.ends))


@pytest.mark.parametrize(
    ("rates", "opened", "expected"),
    [
        ([("01.01.2026", None)], "01.01.2026", "01.01.2027"),  # it has a rate
        ([], "15.11.2026", "15.11.2026"),  # it never had one
        ([("01.01.2026", "30.09.2026")], "01.01.2026", "01.10.2026"),  # it has none since October
        ([], None, "01.01.2027"),  # it does not report
    ],
)
def test_a_branch_without_a_rate_gets_it_from_where_the_gap_begins(rates, opened, expected):
    """DR-T2, E-DB-1, E-DB-13."""
    history = [Interval(Decimal(1), day(since), day(until) if until else None) for since, until in rates]
    assert rate_review.starts_on(day("03.12.2026"), history, day(opened) if opened else None) == day(expected)


@pytest.mark.parametrize(
    ("since", "is_refused"), [("01.12.2026", False), ("01.11.2026", False), ("31.10.2026", True), ("31.12.2025", False)]
)
def test_a_rate_begins_in_no_month_that_is_accrued(since, is_refused):
    """DR-T2: December; the history begins with 2026."""
    history = [Interval(Decimal(1), day("01.01.2026"))]
    assert (rate_review.wrong_start(day(since), day("03.12.2026"), history) is not None) == is_refused


@pytest.mark.parametrize(
    ("moment", "last"),
    [("10.12.2026 09:00", "2026-10"), ("10.12.2026 18:00", "2026-11"), ("11.01.2027 09:00", "2026-11")],
)
def test_the_months_that_are_closed(calendar, moment, last):
    """DR-T1: three, and the three before them."""
    months = rate_review.closed_months(at(moment), MOSCOW, calendar)
    assert (len(months), str(months[-1])) == (6, last)


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ("01.01.2026", None, True),
        (None, None, False),
        ("31.03.2027", None, True),
        ("01.04.2027", None, False),
        ("01.01.2026", "02.01.2027", True),
        ("01.01.2026", "01.01.2027", False),
    ],
)
def test_which_branches_are_reviewed(starts, ends, expected):
    """DR-T1, E-DB-14."""
    days = [day(one) if one else None for one in (starts, ends)]
    assert rate_review.is_reviewed(Quarter(2027, 1), *days) == expected
