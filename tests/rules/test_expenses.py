"""Expenses of a representative, as their rows are named and as reviewers change them: E-RP-5, E-RP-6."""

from datetime import date
from decimal import Decimal

import pytest

from rules import expenses, returns
from rules.expenses import Expense
from rules.periods import Month

FUEL = Expense("ГСМ", date(2026, 11, 12), "чек № 17", Decimal("1500.50"))
PHONE = Expense("Связь", None, "", Decimal(500))


@pytest.mark.parametrize(("name", "item", "day", "paper"), [
    ("ГСМ; 12.11.2026; чек № 17", "ГСМ", date(2026, 11, 12), "чек № 17"),
    ("ГСМ; 2026-11-12;", "ГСМ", date(2026, 11, 12), ""),
    ("ГСМ; чек № 17", "ГСМ", None, "чек № 17"),
    ("ГСМ; 31.11.2026; чек", "ГСМ", None, "31.11.2026; чек"),
    ("Почта и доставка", "Почта и доставка", None, ""),
    ("ГСМ; 12.11.2026; чек; без НДС", "ГСМ", date(2026, 11, 12), "чек; без НДС"),
    ("", "", None, ""),
])  # fmt: skip
def test_a_row_says_item_day_and_paper(name, item, day, paper):
    assert expenses.of_row(name, Decimal(1)) == Expense(item, day, paper, Decimal(1))


def test_what_was_claimed_is_read_again_as_it_was_written():
    odd = Expense("Прочее", date(2026, 11, 3), "чек; без НДС", Decimal("1234567.89"))
    text = "\n".join(one.text for one in (FUEL, PHONE, odd))
    assert expenses.readable(text) == [FUEL, PHONE, odd]
    assert expenses.readable("что-то ещё\n" + FUEL.text) == [FUEL]
    assert expenses.readable(None) == []


def test_e_rp_5_expenses_of_another_month_are_found():
    late = Expense("ГСМ", date(2026, 12, 1), "", Decimal(1))
    assert expenses.outside([FUEL, PHONE, late], Month(2026, 11)) == [late]


def test_e_rp_6_each_expense_is_claimed_and_accepted():
    less, added = Expense("гсм", FUEL.day, "Чек № 17", Decimal(1000)), Expense("Прочее", None, "", Decimal(7))
    seen = expenses.reviewed([FUEL, PHONE, PHONE], [PHONE, less, added])
    assert [(one.expense.item, one.claimed, one.accepted) for one in seen] == [
        ("ГСМ", Decimal("1500.50"), Decimal(1000)), ("Связь", Decimal(500), Decimal(500)), ("Связь", Decimal(500), Decimal(0)),
        ("Прочее", Decimal(0), Decimal(7)),
    ]  # fmt: skip


def test_returns_are_counted_for_each_reviewer():
    text = returns.counted(returns.counted(returns.counted(None, "Координатор"), "Бухгалтерия"), "Координатор")
    assert text == "Координатор: 2\nБухгалтерия: 1"
    assert (returns.total(text), returns.total(None), returns.total("нет")) == (3, 0, 0)
