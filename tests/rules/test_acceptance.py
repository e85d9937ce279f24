"""T15: what is still to be paid by an act."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.acceptance import Settlement, settle

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)


@pytest.mark.parametrize(("total", "received", "retain", "advance", "retained", "to_pay"), [
    ("500000.00", "150000.00", "5", "150000.00", "25000.00", "325000.00"),
    ("500000.00", "0", "0", "0.00", "0.00", "500000.00"),
    ("500000.00", "500000.00", "0", "500000.00", "0.00", "0.00"),
    ("500000.00", "500000.00", "10", "450000.00", "50000.00", "0.00"),
    ("500000.00", "700000.00", "5", "475000.00", "25000.00", "0.00"),
    ("500000.00", "-10.00", "5", "0.00", "25000.00", "475000.00"),
    ("0.01", "0", "50", "0.00", "0.01", "0.00"),
    ("100000.01", "33333.33", "3.5", "33333.33", "3500.00", "63166.68"),
])  # fmt: skip
def test_what_is_retained_and_what_was_paid_before_is_not_paid_again(
    total, received, retain, advance, retained, to_pay
):
    """HD-T18: the retention is a share of the whole, whatever was paid before."""
    made = settle(Decimal(total), Decimal(received), Decimal(retain))
    assert made == Settlement(Decimal(total), Decimal(advance), Decimal(retained))
    assert made.to_pay == Decimal(to_pay)


@given(MONEY, st.decimals(-(10**9), 10**9, places=2), st.decimals(0, 100, places=2))
def test_the_parts_make_the_whole_and_none_is_below_nought(total, received, retain):
    made = settle(total, received, retain)
    assert made.advance + made.retained + made.to_pay == total
    assert min(made.advance, made.retained, made.to_pay) >= 0
