"""Offers of carriers as text, and the rating of their marks (§13.1)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.quotes import Quote, WrongQuote, parse, rating

FULL = Quote("ТК Север", Decimal("48000.00"), 6, date(2026, 11, 27), "с экспедированием; без страховки")


def test_an_offer_is_a_line_of_the_card():
    assert parse("ТК Север; 48 000,00; 6; 27.11.2026; с экспедированием; без страховки") == FULL


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ТК Север; 48000", Quote("ТК Север", Decimal("48000.00"))),
        ("ТК Север;48 000,50 ₽;6 дней", Quote("ТК Север", Decimal("48000.50"), 6)),
        ("ТК Север; 48000; ; ; звонить", Quote("ТК Север", Decimal("48000.00"), note="звонить")),
        ("Свой гараж; 0; 2 дн.", Quote("Свой гараж", Decimal("0.00"), 2)),
    ],
)
def test_term_date_and_comment_may_be_missing(said, expected):
    assert parse(said) == expected


@pytest.mark.parametrize(
    "said",
    ["", "ТК Север", "; 48000", "ТК; дорого", "ТК; -5", "ТК; 5; быстро", "ТК; 5; 6; завтра", "ТК; 5; 6; 31.11.2026"],
)
def test_an_offer_that_cannot_be_read_is_refused_with_an_example(said):
    with pytest.raises(
        WrongQuote, match="Предложение пишется так: «ТК Север; 48 000; 6; 27.11.2026; с экспедированием»"
    ):
        parse(said)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], None),
        ([5], "5.0"),
        ([4, 5], "4.5"),
        ([5, 5, 4], "4.7"),
        ([4, 4, 5], "4.3"),
        ([1] * 5 + [5] * 10, "5.0"),
        ([5] * 19 + [4] * 1, "4.9"),
        ([3, 4, 3, 4, 3, 4, 3, 4, 3, 3], "3.4"),
        ([4, 4, 4, 5], "4.3"),  # 4,25 half-up
    ],
)
def test_the_rating_is_the_mean_of_the_last_ten_marks(marks, expected):
    found = rating(marks)
    assert (None if found is None else str(found)) == expected


@given(st.lists(st.integers(1, 5), min_size=1, max_size=30))
def test_a_rating_lies_between_its_marks(marks):
    assert min(marks[-10:]) <= rating(marks) <= max(marks[-10:])
