"""What people type into cards: numbers and days in any common writing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import money, reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36 000,00", "36000.00"),
        ("36\u00a0000,50\u00a0₽", "36000.50"),
        ("36000.5 руб.", "36000.5"),
        ("−1 200", "-1200"),
        ("-1200", "-1200"),
        ("30 %", "30"),
        (" 0,125 ", "0.125"),
    ],
)
def test_numbers(text, expected):
    assert reading.number(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "-", "1,2,3", "1.000.000", "abc", "NaN", "1e5", "٣", "12 шт", "₽", "1" * 16])
def test_what_is_no_number_is_refused_in_words(text):
    with pytest.raises(ValueError, match="— не число"):
        reading.number(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("27.11.2026", date(2026, 11, 27)), (" 2026-11-27 ", date(2026, 11, 27))]
)
def test_days(text, expected):
    assert reading.day(text) == expected


@pytest.mark.parametrize("text", ["", "31.11.2026", "2026-13-01", "27.11.26", "27/11/2026", "завтра", "27.11.2026г"])
def test_what_is_no_day_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"— не дата, дата пишется так: 27.11.2026"):
        reading.day(text)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("100", "100"), ("100.0", "100"), ("10.50", "10,5"), ("0.0001", "0,0001"), ("1E+2", "100"), ("-3.5", "−3,5")],
)
def test_quantities_have_no_trailing_zeros(quantity, expected):
    assert reading.quantity_text(Decimal(quantity)) == expected


@given(st.decimals(-(10**9), 10**9, places=2))
def test_an_amount_is_read_as_it_was_written(amount):
    assert reading.number(reading.amount_text(amount)) == money.q(amount)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_day_is_read_as_it_was_written(day):
    assert reading.day(reading.day_text(day)) == day


def test_a_name_is_one_whatever_its_spaces_and_case():
    assert reading.name_key("  Костюм\u00a0 «СЕВЕР»\n") == reading.name_key("костюм «Север»")
    assert reading.name_key("Костюм «Север»") != reading.name_key("Костюм «Север» 52")
