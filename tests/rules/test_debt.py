"""C-06, C-07, E-SH-10: debt, overdue days and ageing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import debt, payment_schedule
from rules.allocation import Line
from rules.debt import Rest, ageing, bucket, overdue, rests
from rules.payment_schedule import Due
from rules.working_time import WorkingCalendar

CALENDAR = WorkingCalendar(company().calendar.short_days)

# due by the contract, the date that counts, days late on 27.11.2026, bucket
C_07 = [
    ("27.11.2026", "27.11.2026", 0, None),
    ("26.11.2026", "26.11.2026", 1, "1–30"),
    ("22.11.2026", "23.11.2026", 4, "1–30"),
    ("04.11.2026", "05.11.2026", 22, "1–30"),
    ("28.10.2026", "28.10.2026", 30, "1–30"),
    ("27.10.2026", "27.10.2026", 31, "31–60"),
    ("28.09.2026", "28.09.2026", 60, "31–60"),
    ("27.09.2026", "28.09.2026", 60, "31–60"),
    ("26.09.2026", "28.09.2026", 60, "31–60"),
    ("29.08.2026", "31.08.2026", 88, "61–90"),
    ("28.08.2026", "28.08.2026", 91, "90+"),
]


def day(text: str) -> date:
    return date(*map(int, reversed(text.split("."))))


def rest(due: str | None, amount: str = "100") -> Rest:
    return Rest(1, day(due) if due else None, Decimal(amount), Decimal(amount))


@pytest.mark.parametrize(("due", "counts", "days", "of"), C_07)
def test_how_late_a_line_is(due, counts, days, of):
    late = overdue([rest(due)], day("27.11.2026"), CALENDAR)
    assert [(one.due, one.days) for one in late] == ([(day(counts), days)] if of else [])
    assert bucket(days) == of


def test_ageing_is_all_that_is_late():
    late = overdue([rest(due) for due, *_ in C_07], day("27.11.2026"), CALENDAR)
    assert {name: str(amount) for name, amount in ageing(late).items()} == {
        "1–30": "400.00", "31–60": "400.00", "61–90": "100.00", "90+": "100.00",
    }  # fmt: skip
    assert (debt.overdue_sum(late), debt.overdue_days(late)) == (1000, 91)
    assert ageing([]) == dict.fromkeys(debt.BUCKETS, 0)


@pytest.mark.parametrize(
    ("days", "of"), [(-1, None), (0, None), (1, "1–30"), (30, "1–30"), (31, "31–60"), (60, "31–60"), (61, "61–90"),
                     (90, "61–90"), (91, "90+"), (5000, "90+")]
)  # fmt: skip
def test_buckets_meet_without_a_gap(days, of):
    assert bucket(days) == of


def test_a_saturday_is_monday_and_late_from_tuesday():
    """E-SH-10."""
    days = {on: debt.overdue_days(overdue([rest("28.11.2026")], day(on), CALENDAR)) for on in
            ("28.11.2026", "30.11.2026", "01.12.2026", "02.12.2026")}  # fmt: skip
    assert list(days.values()) == [0, 0, 1, 2]


def test_what_is_paid_or_has_no_day_yet_is_not_late():
    assert overdue([rest("01.11.2026", "0"), rest(None)], day("27.11.2026"), CALENDAR) == []
    assert debt.overdue_days([]) == debt.overdue_sum([]) == 0


def test_the_rest_of_each_line():
    lines = [Line(day("30.11.2026"), Decimal("21600"), True), Line(day("28.12.2026"), Decimal("50400"))]
    found = rests(lines, [Decimal("21600"), Decimal("14400")])
    assert [(one.number, str(one.rest), one.is_advance) for one in found] == [(1, "0", True), (2, "36000", False)]
    assert debt.next_due(found) == day("28.12.2026")
    assert debt.next_due(rests(lines, [Decimal("21600"), Decimal("50400")])) is None


@pytest.mark.parametrize(("shipped", "got", "owed"), [("72000", "36000", "36000.00"), ("72000", "76000", "0.00"),
                                                       ("0", "0", "0.00"), ("0", "500", "0.00")])  # fmt: skip
def test_a_debt_is_never_below_zero(shipped, got, owed):
    assert str(debt.debt(Decimal(shipped), Decimal(got))) == owed


@given(st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 1, 31)), st.decimals(0, 10**6, places=2)), max_size=8),
       st.dates(date(2026, 1, 1), date(2027, 6, 1)))  # fmt: skip
def test_buckets_together_are_all_that_is_late_and_nothing_else(lines, on):
    late = overdue([Rest(1, due, amount, amount) for due, amount in lines], on, CALENDAR)
    assert sum(ageing(late).values()) == debt.overdue_sum(late) <= sum(amount for _, amount in lines)
    assert all(one.days >= 1 for one in late)


@given(st.dates(date(2026, 1, 1), date(2027, 1, 31)), st.integers(0, 100))
def test_a_line_is_one_day_later_a_day_later(due, after):
    on = CALENDAR.next_working_day(due) + timedelta(days=after)
    assert debt.overdue_days(overdue([Rest(1, due, Decimal(1), Decimal(1))], on, CALENDAR)) == after


def test_a_schedule_is_read_as_it_was_written():
    """A line without a day waits for its event; words instead of a schedule are no line."""
    dues = [
        Due(1, Decimal("21600"), payment_schedule.INVOICE, date(2026, 11, 24), is_advance=True),
        Due(2, Decimal("1234567.89"), payment_schedule.SHIPPED, date(2026, 12, 28), is_advance=False),
        Due(3, Decimal("0.01"), payment_schedule.SIGNED, None, is_advance=False),
    ]
    left = [Decimal("0.00"), Decimal("36000.50"), Decimal("0.01")]
    assert debt.read(payment_schedule.text(dues, left)) == [
        Rest(1, date(2026, 11, 24), Decimal("21600.00"), left[0]),
        Rest(2, date(2026, 12, 28), Decimal("1234567.89"), left[1]),
        Rest(3, None, Decimal("0.01"), left[2]),
    ]
    assert debt.read("Условия оплаты не указаны: график не построен.") == debt.read(None) == []
