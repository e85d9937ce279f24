"""Towns of addresses as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.routes import town


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Омск, ул. Мира, 5", "Омск"),
        ("г. Омск, ул. Мира, д. 5", "Омск"),
        ("644000, Омская обл., г. Омск, ул. Мира, 5", "Омск"),
        ("Россия, Омская область, Омск", "Омск"),
        ("ОМСК", "Омск"),
        ("омск, склад 2", "Омск"),
        ("город Санкт-Петербург, Невский пр., 1", "Санкт-Петербург"),
        ("с. Степное, ул. Садовая, 3", "Степное"),
        ("г.  Ростов-на-Дону", "Ростов-на-Дону"),
        ("Московская область", "Московская область"),
        ("ул. Мира, 5", "Ул. Мира"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_town_of_an_address(address, expected):
    assert town(address) == expected


@given(st.text(max_size=40))
def test_any_text_has_a_town_or_none(text):
    assert town(text) == " ".join(town(text).split())
