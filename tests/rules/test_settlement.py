"""C-11 and what RP-T7, RP-T10, RP-T11 do with it; A-09, E-RP-4, E-RP-6, E-RP-13."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import settlement
from rules.settlement import Settlement, not_handed_in, settle

C_11 = [
    # carry_in, approved, advance, limit → balance, to pay, to withhold, to the next month
    ("-1200.00", "18450.75", "20000.00", None, "-2749.25", "0.00", "2749.25", "0.00"),
    ("-1200.00", "18450.75", "20000.00", "2000", "-2749.25", "0.00", "2000.00", "-749.25"),
    ("0", "5310.40", "0", None, "5310.40", "5310.40", "0.00", "0.00"),
    ("0", "5310.40", "0", "2000", "5310.40", "5310.40", "0.00", "0.00"),
    ("0", "20000", "20000", None, "0.00", "0.00", "0.00", "0.00"),
    ("1549.25", "18450.75", "20000", "0", "0.00", "0.00", "0.00", "0.00"),
    ("-749.25", "20749.25", "20000", "2000", "0.00", "0.00", "0.00", "0.00"),
    ("-749.25", "19000", "20000", "2000", "-1749.25", "0.00", "1749.25", "0.00"),
    ("-1200", "18450.75", "20000", "2749.25", "-2749.25", "0.00", "2749.25", "0.00"),
    ("-1200", "18450.75", "20000", "0", "-2749.25", "0.00", "0.00", "-2749.25"),
    ("0", "0", "0.01", "0.01", "-0.01", "0.00", "0.01", "0.00"),
    ("0.01", "0", "0", None, "0.01", "0.01", "0.00", "0.00"),
]


def made(*texts: str) -> Settlement:
    return Settlement(*map(Decimal, texts))


@pytest.mark.parametrize(("carry_in", "approved", "advance", "limit", "balance", "pay", "hold", "out"), C_11)
def test_a_month_is_settled(carry_in, approved, advance, limit, balance, pay, hold, out):
    """A-09 is the first two."""
    found = settle(Decimal(carry_in), Decimal(approved), Decimal(advance), limit and Decimal(limit))
    assert [str(one) for one in (found.balance, found.pay, found.hold, found.carry_out)] == [balance, pay, hold, out]
    assert found.is_closed == (balance == "0.00")
    assert str(found.asked) == (hold if pay == "0.00" else pay)


def test_the_carry_over_of_samara_in_december():
    """A-09: with a limit of 2 000 November leaves −749,25, which December starts with."""
    november = settle(Decimal(-1200), Decimal("18450.75"), Decimal(20000), Decimal(2000))
    left = settlement.carry_out(november, november.hold)
    assert str(left) == "-749.25"
    assert str(settle(left, Decimal("20000"), Decimal("20000")).hold) == "749.25"


@pytest.mark.parametrize(
    ("carry_in", "approved", "done", "left"),
    [
        ("0", "5310.40", "5310.40", "0.00"),
        ("0", "5310.40", "5000", "310.40"),  # E-RP-13
        ("0", "5310.40", "0", "5310.40"),
        ("-1200", "0", "1200", "0.00"),
        ("-1200", "0", "1000.50", "-199.50"),
        ("-1200", "0", "0", "-1200.00"),
        ("0", "0", "0", "0.00"),
    ],
)
def test_what_was_not_paid_or_withheld_goes_to_the_next_month(carry_in, approved, done, left):
    settled = settle(Decimal(carry_in), Decimal(approved), Decimal(0))
    assert str(settlement.carry_out(settled, Decimal(done))) == left
    assert settlement.wrong_done(settled, Decimal(done)) is None


def test_nobody_pays_or_withholds_more_than_was_agreed():
    to_pay = settle(Decimal(0), Decimal("5310.40"), Decimal(0))
    to_hold = settle(Decimal(0), Decimal(0), Decimal(3000), Decimal(2000))
    said = [settlement.wrong_done(to_pay, Decimal("5310.41")), settlement.wrong_done(to_hold, Decimal("2000.01"))]
    assert [one.replace("\u00a0", " ") for one in said] == [
        "«Выплачено / удержано фактически»: 5 310,41 ₽ больше, чем «К выплате» — 5 310,40 ₽",
        "«Выплачено / удержано фактически»: 2 000,01 ₽ больше, чем «К удержанию» — 2 000,00 ₽",
    ]
    assert settlement.wrong_done(to_pay, Decimal("-0.01")) == "«Выплачено / удержано фактически»: сумма меньше нуля"


def test_without_a_report_the_whole_advance_is_a_debt():
    """RP-T10. Nobody withholds it then, so all of it is carried over and none of it twice."""
    lost = not_handed_in(Decimal("-1200"), Decimal("20000"), Decimal("2000"))
    assert lost == made("-21200.00", "0.00", "2000.00", "-21200.00")


def test_a_report_after_the_next_month_was_settled_corrects_the_open_one():
    """RP-T11. Of 20 000 lost 18 450,75 are accepted after all."""
    lost, late = not_handed_in(Decimal(0), Decimal(20000)), settle(Decimal(0), Decimal("18450.75"), Decimal(20000))
    taken = settlement.carried_in(Decimal(-20000), lost.carry_out, late.balance)
    assert str(taken) == "-1549.25"
    assert str(settlement.carried_in(taken, late.balance, late.balance)) == "-1549.25", "told twice, it counts once"
    assert str(settlement.carried_in(Decimal("-20100.50"), lost.carry_out, late.balance)) == "-1649.75", (
        "an accountant's correction stays"
    )


@pytest.mark.parametrize(
    ("claimed", "approved", "cut"),
    [("18450.75", "18450.75", "0.00"), ("18450.75", "18000", "450.75"), ("18000", "18450.75", "-450.75")],
)
def test_what_was_not_accepted_may_be_below_zero(claimed, approved, cut):
    """E-RP-6."""
    assert str(settlement.cut(Decimal(claimed), Decimal(approved))) == cut


@pytest.mark.parametrize(
    ("balances", "months"),
    [([-1, -1, -1], 3), ([-3, -2, -1, 5], 3), ([-1, -1], 2), ([-1, -1, 0, -1], 2), ([0, -1, -1, -1], 0),
     ([-1, -1, None, -1], 2), ([-1, -1, -1, -1], 4), ([], 0)],
)  # fmt: skip
def test_months_below_zero_in_a_row_are_counted(balances, months):
    """E-RP-4."""
    assert settlement.months_of_debt(None if one is None else Decimal(one) for one in balances) == months


sums = st.decimals(0, 10**6, places=2)


@given(st.decimals(-(10**6), 10**6, places=2), sums, sums, st.none() | sums)
def test_no_kopeck_is_lost(carry_in, approved, advance, limit):
    found = settle(carry_in, approved, advance, limit)
    assert found.balance == carry_in + approved - advance == found.pay - found.hold + found.carry_out
    assert found.pay == 0 or found.hold == found.carry_out == 0
    assert settlement.carry_out(found, found.asked) == found.carry_out
    assert limit is None or found.hold <= limit
