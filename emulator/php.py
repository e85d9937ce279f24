"""PHP's habits: bracketed parameter names on the way in, arrays that become lists or maps on the way out.

Source: https://apidocs.bitrix24.com/settings/how-to-call-rest-api/data-encoding.html
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

_KEY = re.compile(r"^([^\[]*)((?:\[[^\]]*\])*)")
_BRACKETS = re.compile(r"\[([^\]]*)\]")


def parse_query(text: str) -> dict:
    """`a[b][0]=1&c[]=2` → {"a": {"b": ["1"]}, "c": ["2"]}."""
    return parse_pairs(parse_qsl(text, keep_blank_values=True))


def parse_pairs(pairs: Iterable[tuple[str, object]]) -> dict:
    tree: dict = {}
    for name, value in pairs:
        _put(tree, _path(name), value)
    return {name: listed(value) for name, value in tree.items()}


def as_map(value: object) -> dict:
    """A list as the map that PHP sees in it; anything that is no array as an empty map."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return {str(index): element for index, element in enumerate(value)}
    return {}


def as_list(value: object) -> list:
    """The elements of an array, whatever its keys; a scalar as a list of one, nothing as an empty list."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    return [] if value is None or value == "" else [value]


def listed(value: object) -> object:
    """PHP's json_encode: keys 0..n−1 in sequence make a list, an empty map is `[]`."""
    if isinstance(value, dict):
        if all(str(key) == str(index) for index, key in enumerate(value)):
            return [listed(element) for element in value.values()]
        return {key: listed(element) if type(element) in _NESTED else element for key, element in value.items()}
    if isinstance(value, list):
        return [listed(element) if type(element) in _NESTED else element for element in value]
    return value


_NESTED = (dict, list)


def _path(name: str) -> list[str]:
    """`a[b][]` → a, b, "". A bracket that is never closed becomes an underscore."""
    if "[" in name and "]" not in name:
        return [name.replace("[", "_", 1)]
    match = _KEY.match(name)
    return [match.group(1), *_BRACKETS.findall(match.group(2))]


def _put(tree: dict, path: list[str], value: object) -> None:
    for step in path[:-1]:
        step = _next_index(tree) if step == "" else step
        if not isinstance(tree.get(step), dict):
            tree[step] = {}
        tree = tree[step]
    last = path[-1]
    tree[_next_index(tree) if last == "" else last] = value


def _next_index(tree: dict) -> str:
    numbers = [int(key) for key in tree if key.isdigit()]
    return str(max(numbers) + 1 if numbers else 0)
