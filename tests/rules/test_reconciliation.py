"""T19: the account of a client between two days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reconciliation import Operation, sides, statement


def shipped(day: str, amount: str) -> Operation:
    return Operation(date.fromisoformat(day), f"УПД {day}", debit=Decimal(amount))


def paid(day: str, amount: str) -> Operation:
    return Operation(date.fromisoformat(day), f"п/п {day}", credit=Decimal(amount))


A_04 = [paid("2026-11-24", "36000.00"), shipped("2026-11-27", "72000.00"), paid("2026-12-11", "40000.00")]


@pytest.mark.parametrize(("since", "until", "opening", "debit", "credit", "closing"), [
    ("2026-11-01", "2026-11-30", "0", "72000.00", "36000.00", "36000.00"),
    ("2026-12-01", "2026-12-31", "36000.00", "0", "40000.00", "-4000.00"),
    ("2026-11-24", "2026-11-24", "0", "0", "36000.00", "-36000.00"),
    ("2026-11-25", "2026-11-26", "-36000.00", "0", "0", "-36000.00"),
    ("2026-11-27", "2026-12-11", "-36000.00", "72000.00", "40000.00", "-4000.00"),
    ("2027-01-01", "2027-03-31", "-4000.00", "0", "0", "-4000.00"),
    ("2025-01-01", "2025-12-31", "0", "0", "0", "0"),
])  # fmt: skip
def test_what_stood_before_what_came_and_what_stands_after(since, until, opening, debit, credit, closing):
    """Acceptance A-04, A-05: both days of the period belong to it."""
    made = statement(A_04, date.fromisoformat(since), date.fromisoformat(until))
    assert (made.opening, made.debit, made.credit, made.closing) == tuple(
        map(Decimal, (opening, debit, credit, closing))
    )


def test_operations_stand_by_day_and_what_was_shipped_before_what_was_paid():
    day = "2026-11-27"
    made = statement(
        [paid(day, "1"), shipped(day, "2"), shipped("2026-11-20", "3")], date(2026, 11, 1), date(2026, 11, 30)
    )
    assert [one.document for one in made.lines] == ["УПД 2026-11-20", f"УПД {day}", f"п/п {day}"]


@pytest.mark.parametrize(
    ("balance", "both"), [("36000.00", ("36000.00", "0.00")), ("-4000.00", ("0.00", "4000.00")), ("0", ("0", "0"))]
)
def test_a_balance_stands_on_the_side_of_who_owes_it(balance, both):
    assert sides(Decimal(balance)) == tuple(map(Decimal, both))


OPERATIONS = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.decimals(0, 10**6, places=2), st.booleans()),
    max_size=30,
)


@given(OPERATIONS, st.dates(date(2026, 2, 1), date(2026, 12, 30)))
def test_one_period_ends_with_what_the_next_begins(operations, day):
    made = [Operation(on, "", **{"debit" if more else "credit": amount}) for on, amount, more in operations]
    whole = statement(made, date(2026, 1, 1), date(2026, 12, 31))
    first = statement(made, date(2026, 1, 1), day)
    second = statement(made, day + timedelta(days=1), date(2026, 12, 31))
    assert second.opening == first.closing
    assert second.closing == whole.closing
