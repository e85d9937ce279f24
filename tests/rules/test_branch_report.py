"""What a branch sold, read off the cells of its report."""

from decimal import Decimal

import pytest

from config import company
from rules.branch_report import Line, NotRecognised, read

HEADINGS = company().distributor_report


def test_products_stand_under_the_headings_in_whatever_order():
    found = read(
        [
            ["Отчёт филиала Казань за ноябрь 2026", None, None],
            [None, None, None],
            ["Кол-во, шт", "№", "Наименование товара"],
            [10, 1, "Костюм  «Монтажник»"],
            ["2,5", 2, "Ткань"],
            ["−2", 3, "Каска"],
            [0, 4, "Жилет"],
            [None, 5, "Сапоги"],
            [12.5, None, "Итого"],
            ["12,5", None, "Итого по филиалу Казань"],
            [7, None, None],
        ],
        HEADINGS,
    )
    assert found.lines == [
        Line("Костюм «Монтажник»", Decimal(10)), Line("Ткань", Decimal("2.5")), Line("Каска", Decimal(-2)),
    ]  # fmt: skip
    assert found.unread == []


def test_units_are_taken_where_there_are_any():
    found = read([["Товар", "Ед. изм.", "Количество"], ["Ботинки", "пара", 3], ["Шнурки", None, 4]], HEADINGS)
    assert [line.unit for line in found.lines] == ["пара", "шт"]


def test_a_quantity_that_is_no_number_is_named_with_its_row():
    found = read([["Товар", "Количество"], ["Каска", "много"], ["Жилет", True], ["Костюм", "1 200"]], HEADINGS)
    assert found.lines == [Line("Костюм", Decimal(1200))]
    assert found.unread == ["строка 2: «много» — не число", "строка 3: «True» — не число"]


def test_a_quantity_has_four_digits_after_the_comma_at_most():
    """C-01: what a formula of the table left behind is no quantity."""
    found = read([["Товар", "Количество"], ["Ткань", 0.1 + 0.2], ["Лента", "1,00005"], ["Нить", 1e-9]], HEADINGS)
    assert found.lines == [Line("Ткань", Decimal("0.3")), Line("Лента", Decimal("1.0001"))]


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [[None]],
        [["Товар", "Сумма"], ["Каска", 900]],
        [[""]] * 31 + [["Товар", "Количество"]],
        [["Количество"], [3]],
    ],
)
def test_another_table_is_not_taken_for_a_report(cells):
    with pytest.raises(NotRecognised, match="«Номенклатура» и «Количество»"):
        read(cells, HEADINGS)
