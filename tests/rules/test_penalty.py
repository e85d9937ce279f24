"""C-08: the penalty of a claim."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.penalty import Penalty, penalty

MONEY = st.decimals(min_value=0, max_value=10**9, places=2)
PERCENT = st.decimals(min_value=0, max_value=100, places=3)


@pytest.mark.parametrize(("debt", "days", "percent", "cap", "amount", "is_capped"), [
    ("36000.00", 31, "0.1", "10", "1116.00", False),
    ("36000.00", 99, "0.1", "10", "3564.00", False),
    ("36000.00", 100, "0.1", "10", "3600.00", False),
    ("36000.00", 101, "0.1", "10", "3600.00", True),
    ("36000.00", 101, "0.1", None, "3636.00", False),
    ("100000.01", 1, "0.05", "5", "50.00", False),
    ("50.00", 1, "0.01", "10", "0.01", False),
    ("12.50", 4, "0.03", "10", "0.02", False),
    ("0.01", 9, "0.1", "10", "0.00", False),
    ("118270.50", 47, "0.1", "10", "5558.71", False),
    ("118270.50", 0, "0.1", "10", "0.00", False),
    ("0.00", 90, "0.1", "10", "0.00", False),
])  # fmt: skip
def test_a_share_of_the_debt_for_each_day_up_to_the_limit(debt, days, percent, cap, amount, is_capped):
    """Rounded once, half up: 0,005 is a kopeck, 0,015 two."""
    asked = penalty(Decimal(debt), days, Decimal(percent), Decimal(cap) if cap else None)
    assert asked == Penalty(Decimal(amount), is_capped)


@given(MONEY, st.integers(0, 4000), PERCENT, PERCENT)
def test_it_is_whole_kopecks_and_never_more_than_the_limit(debt, days, percent, cap):
    asked = penalty(debt, days, percent, cap).amount
    assert asked.as_tuple().exponent == -2
    assert 0 <= asked <= debt * cap / 100 + Decimal("0.005")
    assert asked <= penalty(debt, days + 1, percent, cap).amount
