"""The distributor's branches as jobs and runs see them: rates, managers and prices of a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from engine.deal import Row
from robots.find_branches import find_branches, keep_manager
from robots.keep_rates import keep_rates, read_rates
from robots.price_rows import Price, keep_prices, price_rows
from rules import branch_rates
from rules.branch_rates import Interval, WrongRate
from rules.periods import Month

NOVEMBER = Month(2026, 11)


def test_branches_are_read_at_once_with_their_rates_and_managers(company):
    """E-DB-4, E-DB-13, E-DB-14."""
    first, second = company.manager_of("Казань"), company.manager_of("Самара")
    old = company.new_branch("Поволжье", city="Казань", branch_mgr=second, rate="1.25")
    new = company.new_branch(
        "Самара-2", city="Самара", branch_mgr=first, branch_on=date(2026, 11, 15), branch_off=date(2026, 12, 1)
    )
    keep_manager(company.engine.storage, old, first, second, date(2026, 11, 15))
    one, other = find_branches(company.engine)
    assert (one.id, one.name, other.id, other.name) == (old, "Поволжье (Казань)", new, "Самара-2")
    assert (one.manager_of(NOVEMBER), one.manager_of(NOVEMBER + 1)) == (first, second)
    assert (one.rate_of(NOVEMBER, "first_day"), other.rate_of(NOVEMBER, "first_day")) == (Decimal("1.25"), None)
    assert (other.reports_in(NOVEMBER), other.reports_in(NOVEMBER + 1)) == (True, False)
    assert [branch.id for branch in find_branches(company.engine, only=[new])] == [new]


@pytest.mark.parametrize("rate", ["1.25", "0", "9.9999"])
def test_a_rate_is_kept_to_its_last_digit(store, rate):
    keep_rates(
        store, {7: lambda history: branch_rates.add(history, Interval(Decimal(rate), date(2026, 1, 1), note="x"))}
    )
    assert read_rates(store) == {7: [Interval(Decimal(rate), date(2026, 1, 1), note="x")]}


def test_rates_that_overlap_are_refused_for_all_branches(store):
    """§4.5."""
    since = date(2026, 11, 1)
    keep_rates(store, {7: lambda history: [Interval(Decimal(1), since)]})
    twice = {
        8: lambda history: [Interval(Decimal(1), since)],
        7: lambda history: [*history, Interval(Decimal(2), since)],
    }
    with pytest.raises(WrongRate, match="пересекаются"):
        keep_rates(store, twice)
    assert read_rates(store) == {7: [Interval(Decimal(1), since)]}


def test_of_two_who_enter_overlapping_rates_at_once_one_hears_it(store):
    """§4.5."""
    keep_rates(store, {7: lambda history: [Interval(Decimal(1), date(2026, 1, 1), date(2026, 1, 31))]})

    def enter(number: int) -> str:
        new = Interval(Decimal(number), date(2026, 2, number), date(2026, 2, 20))
        try:
            keep_rates(store, {7: lambda history: branch_rates.check([*history, new])})
        except WrongRate as reason:
            return str(reason)
        return "kept"

    with ThreadPoolExecutor(6) as people:
        said = sorted(people.map(enter, range(1, 7)))
    assert said.count("kept") == 1
    assert all("пересекаются" in one for one in said if one != "kept")
    assert len(read_rates(store)[7]) == 2


def test_e_db_9_a_price_holds_from_its_day_on(store):
    """E-DB-9, E-DB-8."""
    suit = Price(31, "Костюм «Монтажник»", Decimal("4200"), date(2026, 1, 1))
    keep_prices(
        store,
        [
            suit,
            Price(31, suit.product, Decimal("4500"), date(2026, 11, 10)),
            Price(32, "Каска", Decimal("900"), date(2026, 1, 1)),
        ],
    )
    sold = [
        Row("Костюм", Decimal(0), Decimal(2), 31),
        Row("каска ", Decimal(1), Decimal(3)),
        Row("Сапоги", Decimal(5), Decimal(1), 40),
    ]
    priced = price_rows(store, sold, NOVEMBER.first)
    assert [row.price for row in priced.rows] == [Decimal("4200.00"), Decimal("900.00"), Decimal(5)]
    assert priced.missing == ["Сапоги"]
    assert price_rows(store, sold, (NOVEMBER + 1).first).rows[0].price == Decimal("4500.00")
    with pytest.raises(ValueError, match="greater than nought"):
        keep_prices(store, [Price(33, "Даром", Decimal("0.001"), date(2026, 1, 1))])
