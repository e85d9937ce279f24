"""E-SH-4: what left of what was planned."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import shipped
from rules.shipped import as_shipped, is_less


@dataclass(frozen=True)
class Row:
    product: str
    quantity: Decimal


def rows(*pairs: tuple[str, str]) -> list[Row]:
    return [Row(product, Decimal(quantity)) for product, quantity in pairs]


@pytest.mark.parametrize(
    ("planned", "said", "left", "is_partial", "unknown"),
    [
        ([("Костюм", "60")], [("Костюм", "60")], [("Костюм", "60")], False, []),
        ([("Костюм", "60")], [("Костюм", "40")], [("Костюм", "40")], True, []),
        ([("Костюм", "60")], [("  костюм ", "60.5")], [("Костюм", "60.5")], False, []),
        ([("Костюм", "60"), ("Каска", "5")], [("Костюм", "60")], [("Костюм", "60")], True, []),
        ([("Костюм", "40"), ("Костюм", "20")], [("Костюм", "50")], [("Костюм", "40"), ("Костюм", "10")], True, []),
        (
            [("Костюм", "40"), ("Костюм", "20")],
            [("Костюм", "50"), ("Костюм", "15")],
            [("Костюм", "40"), ("Костюм", "25")],
            False,
            [],
        ),
        ([("Костюм", "60"), ("Каска", "0")], [("Каска", "3")], [("Каска", "3")], True, []),
        ([("Костюм", "60")], [("Сапоги", "1")], [], True, ["Сапоги"]),
    ],
)
def test_quantities_that_left(planned, said, left, is_partial, unknown):
    found = as_shipped(rows(*planned), [(product, Decimal(quantity)) for product, quantity in said])
    assert (found.rows, found.is_partial, found.unknown) == (rows(*left), is_partial, unknown)


QUANTITIES = st.decimals("0.1", "1000", places=1)
NAMES = st.sampled_from(["Костюм", "Каска", "Сапоги"])


@given(st.lists(st.tuples(NAMES, QUANTITIES)), st.lists(st.tuples(NAMES, QUANTITIES)))
def test_everything_that_was_said_is_shipped_or_unknown(planned, said):
    planned = [Row(*pair) for pair in planned]
    found = as_shipped(planned, said)
    counted = sum((row.quantity for row in found.rows), Decimal(0))
    strange = sum((quantity for product, quantity in said if product in found.unknown), Decimal(0))
    assert counted + strange == sum((quantity for _, quantity in said), Decimal(0))
    assert found.is_partial == is_less(planned, found.rows)


@pytest.mark.parametrize(
    ("day", "wrong"),
    [
        (date(2026, 11, 23), None),
        (date(2026, 11, 24), "ещё не наступила"),
        (date(2019, 1, 1), None),
        (date(2018, 12, 31), "раньше 01.01.2019: проверьте год"),
        (date(206, 11, 23), "Дата отгрузки 23.11.0206 раньше"),
    ],
)
def test_a_day_on_which_goods_cannot_have_left(day, wrong):
    """E-SH-11."""
    said = shipped.wrong_day(day, date(2026, 11, 23), date(2019, 1, 1))
    assert said is None if wrong is None else wrong in said
