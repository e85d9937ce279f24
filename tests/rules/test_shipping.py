"""What is left of an order, what is too much (E-SO-1), whether all is shipped (SO-T17), what changed (SO-T21)."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.shipping import difference, excess, excess_text, is_complete, left, left_text


@dataclass(frozen=True)
class Row:
    product: str
    quantity: Decimal
    price: Decimal = Decimal(1200)
    product_id: int | None = None
    unit: str = "шт"
    vat_rate: Decimal | None = Decimal(22)


def row(product: str, quantity: str, price: str = "1200", product_id: int | None = None, unit: str = "шт") -> Row:
    return Row(product, Decimal(quantity), Decimal(price), product_id, unit)


ORDER = [row("Костюм", "100", product_id=7), row("Ткань", "20.5", unit="м", product_id=8)]


def test_what_is_left_is_told_by_product():
    rows = left(ORDER, [row("Костюм", "60", product_id=7), row("Ткань", "0.5", product_id=8)])
    assert left_text(rows) == "Костюм: 40 шт.\nТкань: 20 м"
    assert [one.price for one in rows] == [1200, 1200]


def test_nothing_is_left_when_all_or_more_is_shipped():
    assert left(ORDER, [row("Костюм", "110", product_id=7), row("Ткань", "20.50", product_id=8)]) == []
    assert left_text([]) == ""


def test_what_no_shipment_has_is_left_as_it_stands_in_the_order():
    assert left(ORDER, []) == ORDER


def test_a_product_in_several_rows_is_used_up_row_by_row():
    order = [row("Костюм", "60", "1200"), row("Костюм", "40", "1000")]
    rows = left(order, [row("костюм ", "70")])
    assert [(one.quantity, one.price) for one in rows] == [(30, 1000)]


@pytest.mark.parametrize(
    "shipped", [row("Костюм", "60"), row("костюм", "60", product_id=900), row("К", "60", product_id=7)]
)
def test_a_product_is_known_by_its_number_or_by_its_name(shipped):
    """1С tells names, the portal numbers of its catalogue."""
    assert left_text(left(ORDER[:1], [shipped])) == "Костюм: 40 шт."


# — E-SO-1 —


@pytest.mark.parametrize(
    ("parts", "tolerance", "said"),
    [
        (["60", "50"], "0", "Отгрузка превышает заказ на 10 шт."),
        (["60", "50"], "10", None),
        (["60", "50.5"], "10", "Отгрузка превышает заказ на 10,5 шт."),
        (["60", "40"], "0", None),
        (["60"], "0", None),
    ],
)
def test_more_than_ordered_is_too_much_beyond_the_tolerance(parts, tolerance, said):
    found = excess(ORDER[:1], [row("Костюм", part, product_id=7) for part in parts], Decimal(tolerance))
    assert (excess_text(found) if found else None) == said


def test_what_nobody_ordered_is_too_much():
    found = excess(ORDER, [row("Шлем", "2"), row("Костюм", "101", product_id=7)], Decimal(0))
    assert excess_text(found) == "Отгрузка превышает заказ: Костюм — на 1 шт., Шлем — на 2 шт."
    assert excess(ORDER, [row("Шлем", "2")], Decimal(50))


# — SO-T17 —


@pytest.mark.parametrize(
    ("suits", "cloth", "tolerance", "complete"),
    [
        ("100", "20.5", "0", True),
        ("99", "20.5", "0", False),
        ("95", "20.5", "5", True),
        ("105", "21", "5", True),
        ("106", "20.5", "5", False),
        ("100", "0", "5", False),
    ],
)
def test_an_order_is_complete_within_its_tolerance(suits, cloth, tolerance, complete):
    shipped = [row("Костюм", "50", product_id=7), row("Костюм", str(int(suits) - 50), product_id=7)]
    shipped.append(row("Ткань", cloth, product_id=8))
    assert is_complete(ORDER, shipped, Decimal(tolerance)) is complete


def test_an_order_of_nothing_is_never_complete():
    assert not is_complete([], [])


# — SO-T21 —


def test_the_difference_of_an_order_is_told_by_product():
    before = [row("Костюм", "100"), row("Шлем", "5"), row("Ткань", "3", unit="м")]
    after = [row("Костюм", "120"), row("Ткань", "3", "1300", unit="м"), row("Каска", "2", "500")]
    assert [text.replace("\u00a0", " ") for text in difference(before, after)] == [
        "Костюм: было 100 шт. по 1 200,00 ₽, стало 120 шт. по 1 200,00 ₽",
        "Шлем: убрано, было 5 шт. по 1 200,00 ₽",
        "Ткань: было 3 м по 1 200,00 ₽, стало 3 м по 1 300,00 ₽",
        "Каска: добавлено 2 шт. по 500,00 ₽",
    ]


@pytest.mark.parametrize(
    "other", [{"vat_rate": Decimal(10)}, {"vat_rate": None}, {"unit": "компл"}, {"product_id": 77}]
)
def test_what_neither_quantity_nor_price_shows_is_a_difference_too(other):
    after = [replace(ORDER[0], **other), *ORDER[1:]]
    assert difference(ORDER, after) == [f"{ORDER[0].product}: изменены НДС, единица измерения или товар каталога"]


def test_the_same_order_in_another_order_is_no_difference():
    assert difference(ORDER, ORDER[::-1]) == []
    assert difference([row("Костюм", "100")], [row("Костюм", "60"), row("костюм", "40")]) == []


# — what always holds —

names = st.sampled_from(["Костюм", "Шлем", "Ткань"])
rows = st.lists(st.builds(Row, names, st.decimals("0.0001", 500, places=4)), max_size=6)


def of(product: str, rows: list[Row]) -> Decimal:
    return sum((one.quantity for one in rows if one.product == product), Decimal(0))


@given(rows, rows)
def test_left_and_excess_are_what_order_and_shipments_differ_by(order, shipped):
    still, over = left(order, shipped), {one.product: one.by for one in excess(order, shipped)}
    assert all(one.quantity > 0 for one in still)
    for product in ("Костюм", "Шлем", "Ткань"):
        balance = of(product, order) - of(product, shipped)
        assert of(product, still) == max(balance, 0)
        assert over.get(product, 0) == max(-balance, 0)


@given(rows)
def test_shipping_what_is_left_completes_the_order(order):
    half = [Row(one.product, one.quantity / 2, one.price) for one in order]
    assert left(order, [*half, *left(order, half)]) == []
    assert is_complete(order, [*half, *left(order, half)]) is bool(order)
