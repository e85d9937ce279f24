"""Money as R-21 says: Decimal, kopecks, half-up, roubles only."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import money

ROUNDED = [
    ("0.005", "0.01"), ("0.125", "0.13"), ("2.675", "2.68"), ("0.124", "0.12"), ("203.193375", "203.19"),
    ("-0.125", "-0.13"), ("-0.004", "0.00"), ("1200", "1200.00"),
]  # fmt: skip
READ = [
    ("1234.50|RUB", "1234.50"), ("1234.5|RUB", "1234.50"), ("1200|RUB", "1200.00"), ("0.00|RUB", "0.00"),
    ("1234.505|RUB", "1234.51"), ("-1200.00|RUB", "-1200.00"), ("0.1", "0.10"),
    ("99999999999999.99|RUB", "99999999999999.99"),
]  # fmt: skip
SHOWN = [
    ("56000", "56 000,00 ₽"), ("1234567.891", "1 234 567,89 ₽"), ("0.005", "0,01 ₽"), ("999.999", "1 000,00 ₽"),
    ("-1200", "−1 200,00 ₽"), ("-0.001", "0,00 ₽"),
]  # fmt: skip
amounts = st.decimals(-(10**12), 10**12, places=4)


@pytest.mark.parametrize(("amount", "expected"), ROUNDED)
def test_halves_are_rounded_up(amount, expected):
    assert str(money.q(Decimal(amount))) == expected


@pytest.mark.parametrize(("text", "expected"), READ)
def test_the_portals_text_is_read_to_the_kopeck(text, expected):
    assert str(money.parse(text)) == expected


@pytest.mark.parametrize("text", ["100.00|USD", "100.00|EUR", "100.00|RUR", "100.00|rub", "100.00|", "100.00|RUB|RUB"])
def test_another_currency_is_refused(text):
    with pytest.raises(money.ForeignCurrency, match="Валюта не поддерживается"):
        money.parse(text)


@pytest.mark.parametrize(
    "text", ["", "|RUB", "abc", "NaN", "Infinity", "1e3", "1 234.50|RUB", "1234,50|RUB", "1_000", ".5", "٣"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="is no amount of money"):
        money.parse(text)


@pytest.mark.parametrize(("amount", "expected"), SHOWN)
def test_people_read_it_in_russian(amount, expected):
    shown = money.text(Decimal(amount))
    assert shown.replace("\N{NO-BREAK SPACE}", " ") == expected
    assert " " not in shown


def test_the_portal_takes_it_with_its_currency():
    assert money.bitrix(Decimal("1234.5")) == "1234.50|RUB"
    assert money.bitrix(Decimal("0.005")) == "0.01|RUB"


@given(amounts)
def test_what_is_written_is_read_again(amount):
    assert money.parse(money.bitrix(amount)) == money.q(amount)


@given(amounts)
def test_rounding_moves_by_half_a_kopeck_at_most_and_only_once(amount):
    rounded = money.q(amount)
    assert abs(rounded - amount) <= Decimal("0.005")
    assert money.q(rounded) == rounded
    assert money.q(-amount) == -rounded


@given(amounts)
def test_the_kopecks_of_the_text_are_those_of_the_amount(amount):
    digits = money.text(amount).replace("\N{NO-BREAK SPACE}", "").removesuffix("₽").replace("−", "-").replace(",", ".")
    assert Decimal(digits) == money.q(amount)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, None), ("", None), ("500|USD", None), ("500|", None), ("много", None), ("1234.5|RUB", "1234.50"),
        ("48000", "48000.00"), (48000, "48000.00"), (Decimal("0.5"), "0.5"),
    ],
)  # fmt: skip
def test_an_amount_that_nobody_can_count_with_is_none(said, expected):
    """R-21."""
    found = money.known(said)
    assert (found if found is None else str(found)) == expected
