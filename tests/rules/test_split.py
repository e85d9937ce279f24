"""«Разложение обеспечения» as text, whether it fits the order, and families of products."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.split import Split, WrongSplit, check, family, line, parse, text
from tests.rules.test_shipping import row


def split(product: str, stock: int = 0, make: int = 0, buy: int = 0, manual: int = 0) -> Split:
    return Split(product, *map(Decimal, (stock, make, buy, manual)))


def test_a_split_is_a_line_of_the_card():
    assert line(split("Костюм «Север»", 40, 60)) == "Костюм «Север»: склад 40 / производство 60 / поставщик 0"
    assert line(split("Вышивка", manual=5)) == "Вышивка: склад 0 / производство 0 / поставщик 0 / вручную 5"
    assert text([split("А", 1), split("Б", 0, 0, 2)]) == (
        "А: склад 1 / производство 0 / поставщик 0\nБ: склад 0 / производство 0 / поставщик 2"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Костюм: склад 40 / производство 60 / поставщик 0", split("Костюм", 40, 60)),
        ("  Костюм :Поставщик 5 шт. / Склад 1 ", split("Костюм", 1, 0, 5)),
        ("Размер: 52: склад 3", split("Размер: 52", 3)),
        ("Ткань: склад 10,5 / склад 2", Split("Ткань", Decimal("12.5"))),
        ("Костюм: производство 1 200", split("Костюм", 0, 1200)),
    ],
)
def test_people_may_write_places_in_any_order(said, expected):
    assert parse(f"\n{said}\n\n") == [expected]


@pytest.mark.parametrize(
    "said",
    ["Костюм", "Костюм: ", ": склад 4", "Костюм: сто", "Костюм: гараж 5", "Костюм: склад 1,2,3", "Костюм: склад −5"],
)
def test_a_split_that_cannot_be_read_is_refused_with_an_example(said):
    with pytest.raises(WrongSplit, match=r"Каждая строка пишется так: «Костюм «Север»: склад 40 / производство 60"):
        parse(said)


def test_a_split_fits_an_order_of_which_it_is_all():
    order = [row("Костюм", "60"), row("костюм", "40"), row("Шлем", "5")]
    assert check([split("Костюм", 40, 60), split("Шлем", 0, 0, 5)], order) == []
    assert check([split("Костюм", 40, 50), split("Каска", 1)], order) == [
        "костюм: в заказе 100, разложено 90",
        "Шлем: в заказе 5, разложено 0",
        "Каска: в заказе 0, разложено 1",
    ]


@given(
    st.builds(
        Split,
        st.sampled_from(["Костюм", "Костюм «Север», р. 52", "Ткань 1/2: синяя"]),
        *[st.decimals(0, 10**6, places=4)] * 4,
    )
)
def test_a_split_is_read_as_it_was_written(made):
    assert parse(line(made)) == [made]


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("Костюм «Север»", "Костюм «Север»"),
        ("Костюм «Север» 52-54", "Костюм «Север»"),
        ("Костюм «Север», р. 52-54/170-176", "Костюм «Север»"),
        ("Костюм «Север», размер 52-54, рост 170-176", "Костюм «Север»"),
        ("Костюм «Север» (48-50)", "Костюм «Север»"),
        ("Куртка Арктика XL", "Куртка Арктика"),
        ("Куртка Арктика 3XL", "Куртка Арктика"),
        ("Перчатки  нитриловые,  M", "Перчатки нитриловые"),
        ("Привязь страховочная П-05", "Привязь страховочная П-05"),
        ("Ткань Грета 210", "Ткань Грета"),
        ("52-54", "52-54"),
    ],
)
def test_sizes_of_one_product_are_made_together(product, expected):
    assert family(product) == expected
