"""E-RP-12: sales of the regions."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.region_sales import Region, Sale, by_representative

LONG_AGO, DAY = date(2020, 1, 9), date(2026, 11, 27)
REGIONS = {one: Region(city, LONG_AGO) for one, city in {1: "Самара", 2: "Омск", 3: "Омск"}.items()}

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
    found = by_representative([Sale(Decimal("100.50"), city, responsible, DAY)], REGIONS)
    sums = {str(key): amount for key, amount in (found.of | found.unassigned).items() if amount}
    assert sums == ({} if whose == "nobody's" else {whose: Decimal("100.50")})


def test_who_sold_nothing_has_a_nought():
    found = by_representative([], REGIONS)
    assert (found.of, found.unassigned) == ({1: 0, 2: 0, 3: 0}, {})


@pytest.mark.parametrize(("day", "whose"), [
    (date(2026, 11, 15), 1),
    (date(2026, 11, 16), None),
    (date(2026, 11, 30), None),
    (date(2026, 12, 1), 2),
])  # fmt: skip
def test_a_city_is_theirs_while_they_work_there(day, whose):
    """Whoever has left stays in the list for a while, and takes no sale from the one who came."""
    regions = {1: Region("Казань", LONG_AGO, date(2026, 11, 15)), 2: Region("Казань", date(2026, 12, 1))}
    found = by_representative([Sale(Decimal(500), "Казань", 99, day)], regions)
    assert {one for one, amount in found.of.items() if amount} == ({whose} if whose else set())
    assert found.unassigned == {}


cities = st.sampled_from(["Самара", "Омск"])
sales = st.lists(st.builds(Sale, st.decimals(0, 10**6, places=2), cities, st.integers(1, 5), st.just(DAY)))


@given(sales)
def test_no_sale_is_counted_twice(sold):
    found = by_representative(sold, REGIONS)
    assert sum(found.of.values()) + sum(found.unassigned.values()) == sum(sale.amount for sale in sold)
