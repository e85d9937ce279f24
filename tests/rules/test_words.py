"""Sums, days, dates and VAT in words: the specification's own examples (§15.2)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import words


@pytest.mark.parametrize(("roubles", "said"), [
    ("118270.50", "118 270 (Сто восемнадцать тысяч двести семьдесят) рублей 50 копеек"),
    ("0.01", "0 (Ноль) рублей 01 копейка"),
    ("1.00", "1 (Один) рубль 00 копеек"),
    ("21.21", "21 (Двадцать один) рубль 21 копейка"),
    ("112.00", "112 (Сто двенадцать) рублей 00 копеек"),
    ("2000.50", "2 000 (Две тысячи) рублей 50 копеек"),
    ("1001.00", "1 001 (Одна тысяча один) рубль 00 копеек"),
    ("1500", "1 500 (Одна тысяча пятьсот) рублей 00 копеек"),
    ("3.03", "3 (Три) рубля 03 копейки"),
    ("11.11", "11 (Одиннадцать) рублей 11 копеек"),
    ("2.675", "2 (Два) рубля 68 копеек"),
])  # fmt: skip
def test_a_sum_in_words(roubles, said):
    assert words.amount(Decimal(roubles)).replace("\u00a0", " ") == said


def test_digits_of_a_sum_do_not_break_over_lines():
    assert words.amount(Decimal("118270.50")).startswith("118\u00a0270 (")


def test_a_negative_sum_is_refused():
    with pytest.raises(ValueError, match="below nought"):
        words.amount(Decimal("-0.01"))


@given(st.decimals(0, 10**9, places=2))
def test_the_kopecks_in_words_are_those_of_the_sum(roubles):
    said = words.amount(roubles)
    whole = said.partition(" (")[0].replace("\u00a0", "")
    assert Decimal(f"{whole}.{said.rsplit(' ', 2)[1]}") == roubles


@pytest.mark.parametrize(("number", "working", "said"), [
    (10, True, "10 (десяти) рабочих дней"),
    (21, False, "21 (двадцати одного) календарного дня"),
    (5, True, "5 (пяти) рабочих дней"),
    (3, True, "3 (трёх) рабочих дней"),
    (30, False, "30 (тридцати) календарных дней"),
    (1, True, "1 (одного) рабочего дня"),
    (11, False, "11 (одиннадцати) календарных дней"),
    (101, False, "101 (ста одного) календарного дня"),
])  # fmt: skip
def test_a_number_of_days_in_words(number, working, said):
    assert words.days(number, working=working) == said


@pytest.mark.parametrize(("number", "working", "said"), [
    (30, False, "30 (тридцать) календарных дней"), (21, False, "21 (двадцать один) календарный день"), (1, True, "1 (один) рабочий день"),
    (2, True, "2 (два) рабочих дня"), (111, True, "111 (сто одиннадцать) рабочих дней"), (24, False, "24 (двадцать четыре) календарных дня"),
])  # fmt: skip
def test_a_number_of_days_before_something(number, working, said):
    assert words.days_before(number, working=working) == said


@pytest.mark.parametrize(("made", "said"), [
    (words.months(12), "12 (двенадцати) месяцев"), (words.months(1), "1 (одного) месяца"), (words.months(21), "21 (двадцати одного) месяца"),
    (words.by_months(12), "12 (двенадцать) месяцев"), (words.by_months(1), "1 (один) месяц"), (words.by_months(3), "3 (три) месяца"),
    (words.years(3), "3 (трёх) лет"), (words.years(1), "1 (одного) года"), (words.years(21), "21 (двадцати одного) года"),
])  # fmt: skip
def test_months_and_years_in_words(made, said):
    assert made == said


def test_a_date_has_two_digits_of_the_day_and_spaces_that_do_not_break():
    assert words.date_text(date(2026, 11, 22)) == "«22»\u00a0ноября\u00a02026\u00a0г."
    assert words.date_text(date(2027, 1, 3)) == "«03»\u00a0января\u00a02027\u00a0г."


def clauses(*totals, to_pay="0", basis="п. 1 ст. 145 НК РФ (УСН)"):
    read = [(None if rate is None else Decimal(rate), included, Decimal(vat)) for rate, included, vat in totals]
    return [one.replace("\u00a0", " ") for one in words.vat_clauses(read, Decimal(to_pay), basis)]


def test_vat_in_the_price():
    said = "в том числе НДС 22% — 21 327 (Двадцать одна тысяча триста двадцать семь) рублей 47 копеек"
    assert clauses(("22", True, "21327.47")) == [said]


def test_vat_on_top_of_the_price_says_what_is_to_be_paid_in_all():
    said = (
        "кроме того НДС 22% — 26 019 (Двадцать шесть тысяч девятнадцать) рублей 51 копейка, "
        "всего к оплате 144 290 (Сто сорок четыре тысячи двести девяносто) рублей 01 копейка"
    )
    assert clauses(("22", False, "26019.51"), to_pay="144290.01") == [said]


def test_mixed_rates_have_a_line_each_and_none_says_by_which_article():
    assert [one[:22] for one in clauses(("22", True, "1"), ("10", True, "1"))] == [
        "в том числе НДС 22% — ",
        "в том числе НДС 10% — ",
    ]
    assert clauses((None, True, "0")) == ["НДС не облагается на основании п. 1 ст. 145 НК РФ (УСН)"]


def test_an_address_does_not_break_after_a_shortened_word():
    assert (
        words.unbroken("г. Москва, ул. Бауманская, д. 7, стр. 1")
        == "г.\u00a0Москва, ул.\u00a0Бауманская, д.\u00a07, стр.\u00a01"
    )
