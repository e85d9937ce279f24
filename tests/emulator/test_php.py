"""PHP's arrays, in and out."""

import pytest

from emulator.php import listed, parse_query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a[b][0]=x&a[b][1]=y", {"a": {"b": ["x", "y"]}}),
        ("a[]=x&a[]=y", {"a": ["x", "y"]}),
        ("a%5Bb%5D=%D1%8F", {"a": {"b": "я"}}),
        ("filter[%3E%3Did]=5&filter[@stageId][]=NEW", {"filter": {">=id": "5", "@stageId": ["NEW"]}}),
        ("filter[0][logic]=OR&filter[0][0][a]=1", {"filter": [{"logic": "OR", "0": {"a": "1"}}]}),
        ("fields[PHONE][0][VALUE]=%2B7&fields[PHONE][0][VALUE_TYPE]=WORK",
         {"fields": {"PHONE": [{"VALUE": "+7", "VALUE_TYPE": "WORK"}]}}),
        ("0=123&1[POST_MESSAGE]=x", {"0": "123", "1": {"POST_MESSAGE": "x"}}),
        ("a[]=", {"a": [""]}),
        ("filter[>=id]=5", {"filter_>": "id]=5"}),
    ],
)  # fmt: skip
def test_bracketed_names_become_arrays(query, expected):
    assert parse_query(query) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, []),
        ({"0": "a", "1": "b"}, ["a", "b"]),
        ({0: "a", 2: "b"}, {0: "a", 2: "b"}),
        ({"1": "a"}, {"1": "a"}),
        ({"x": {}}, {"x": []}),
        ([{}, {"0": {}}], [[], [[]]]),
    ],
)
def test_keys_in_sequence_become_a_list_and_an_empty_map_too(value, expected):
    assert listed(value) == expected
