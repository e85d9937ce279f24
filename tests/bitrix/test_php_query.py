"""Commands of a batch as PHP reads them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitrix.php_query import CannotTravel, php_query
from emulator.php import parse_query

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
KEY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=1, max_size=8)
NAMES = st.from_regex(r"[><=!@%]{0,2}[A-Za-z_]{1,8}", fullmatch=True)
VALUES = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("params", "line"),
    [
        ({}, ""),
        ({"id": 7}, "id=7"),
        (
            {"title": "Иванов & Ко = 5% + 1"},
            "title=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%20%26%20%D0%9A%D0%BE%20%3D%205%25%20%2B%201",
        ),
        ({"fields": {"a": {"b": 1}}}, "fields%5Ba%5D%5Bb%5D=1"),
        ({"select": ["ID", "TITLE"]}, "select%5B0%5D=ID&select%5B1%5D=TITLE"),
        (
            {"filter": {">=updatedTime": "2026-11-24T10:00:00+03:00"}},
            "filter%5B%3E%3DupdatedTime%5D=2026-11-24T10%3A00%3A00%2B03%3A00",
        ),
        ({"a": True, "b": False, "c": Decimal("0.10"), "d": 0, "e": ""}, "a=1&b=0&c=0.10&d=0&e="),
        ({"id": "$result[deal][item][id]"}, "id=%24result%5Bdeal%5D%5Bitem%5D%5Bid%5D"),
        ({"rows": [{"PRICE": "1.5"}, {"PRICE": "2"}]}, "rows%5B0%5D%5BPRICE%5D=1.5&rows%5B1%5D%5BPRICE%5D=2"),
    ],
)
def test_parameters_become_a_query(params, line):
    assert php_query(params) == line


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_was_written_is_read_again(params):
    assert parse_query(php_query(params)) == params


@pytest.mark.parametrize(
    "params",
    [
        {"fields": {"COMMENTS": None}},
        {"fields": {"files": []}},
        {"filter": {}},
        {"fields": {"a[b]": 1}},
        {"rows": [{"PRICE": n} for n in range(901)]},
        {"fileContent": "A" * 70_000},
    ],
)
def test_what_a_query_would_change_cannot_travel(params):
    with pytest.raises(CannotTravel):
        php_query(params)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan"), float("inf")])
def test_what_json_could_not_carry_is_an_error_of_ours(value):
    with pytest.raises(TypeError):
        php_query({"fields": {"x": value}})
