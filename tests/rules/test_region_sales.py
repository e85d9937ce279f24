"""E-RP-12: sales of the regions."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.region_sales import Sale, by_representative

CITIES = {1: "Самара", 2: "Омск", 3: "Омск"}

CASES = [
    # city, responsible → whose it is
    ("Самара", 1, "1"),
    ("Самара", 99, "1"),
    ("Омск", 2, "2"),
    ("Омск", 3, "3"),
    ("Омск", 99, "Омск"),
    ("Омск", 1, "1"),  # the responsible wins over the city
    ("Казань", 2, "2"),
    ("Казань", 99, "nobody's"),
    (None, 99, "nobody's"),
    (None, 3, "3"),
]


@pytest.mark.parametrize(("city", "responsible", "whose"), CASES)
def test_whose_a_sale_is(city, responsible, whose):
    found = by_representative([Sale(Decimal("100.50"), city, responsible)], CITIES)
    sums = {str(key): amount for key, amount in (found.of | found.unassigned).items() if amount}
    assert sums == ({} if whose == "nobody's" else {whose: Decimal("100.50")})


def test_who_sold_nothing_has_a_nought():
    found = by_representative([], CITIES)
    assert (found.of, found.unassigned) == ({1: 0, 2: 0, 3: 0}, {})


cities = st.sampled_from(["Самара", "Омск"])
sales = st.lists(st.builds(Sale, st.decimals(0, 10**6, places=2), cities, st.integers(1, 5)))


@given(sales)
def test_no_sale_is_counted_twice(sold):
    found = by_representative(sold, CITIES)
    assert sum(found.of.values()) + sum(found.unassigned.values()) == sum(sale.amount for sale in sold)
