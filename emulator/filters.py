"""Filters, orders and selections of the portal's lists.

Prefixes and nesting: https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .php import as_list, as_map

# Longest first: "!=%" must not be read as "!=" followed by a field named "%…".
PREFIXES = ("!=%", "!%=", ">=", "<=", "!=", "!%", "!@", "=%", "%=", "=", "!", ">", "<", "@", "%")
_MEANING = {"": "=", "!=": "!", "%=": "=%", "!%=": "!=%"}


def split_prefix(key: str) -> tuple[str, str]:
    """`>=updatedTime` → (">=", "updatedTime"); no prefix means equality."""
    prefix = next((prefix for prefix in PREFIXES if key.startswith(prefix)), "")
    return _MEANING.get(prefix, prefix), key[len(prefix) :]


def comparable(value: object) -> object:
    """Text compares without regard to case, as in the portal's database; nothing and the empty text are the same."""
    if isinstance(value, str):
        return value.casefold() if value else None
    return value


@dataclass(frozen=True)
class Condition:
    operation: str
    field: str
    values: tuple

    def holds(self, row: dict) -> bool:
        value = row.get(self.field)
        held = value if isinstance(value, list) else [value]
        return _TESTS[self.operation]([comparable(element) for element in held or [None]], self.values)


@dataclass(frozen=True)
class Where:
    """A filter ready to be asked: all of its conditions, or any of them, and nested ones."""

    conditions: tuple[Condition, ...] = ()
    nested: tuple["Where", ...] = ()
    any_of: bool = False

    def holds(self, row: dict) -> bool:
        tests: Iterator[bool] = (part.holds(row) for part in (*self.conditions, *self.nested))
        return any(tests) if self.any_of else all(tests)

    @property
    def asks(self) -> bool:
        """Whether there is a row that it may leave out."""
        return bool(self.conditions or self.nested or self.any_of)


def parse(given: object, read: Callable[[str, object], tuple[str, object] | None]) -> Where:
    """A filter of a request as a `Where`.

    `read(field, value)` gives the stored name and the canonical value, None to ignore the field (what most lists do),
    or raises the portal's refusal.
    """
    given = as_map(given)
    conditions, nested = [], []
    for key, value in given.items():
        if key.isdigit() or key.startswith("__INNER_FILTER"):
            nested.append(parse(value, read))
        elif key.lower() != "logic":
            condition = _condition(key, value, read)
            if condition:
                conditions.append(condition)
    return Where(tuple(conditions), tuple(nested), str(given.get("logic", given.get("LOGIC", ""))).upper() == "OR")


def _condition(key: str, value: object, read: Callable) -> Condition | None:
    operation, field = split_prefix(key)
    array = isinstance(value, (list, dict))
    pairs = [read(field, element) for element in (as_list(value) if array else [value])]
    if not pairs:
        pairs = [read(field, None)]
    if None in pairs:
        return None
    return Condition(operation, pairs[0][0], tuple(comparable(canonical) for _, canonical in pairs))


# -- what the prefixes mean; `held` are the row's values, `asked` those of the filter


def _equal(held: list, asked: tuple) -> bool:
    return any(value in asked for value in held)


def _contains(held: list, asked: tuple) -> bool:
    return any(str(part) in str(value) for value in held if value is not None for part in asked if part is not None)


def _like(held: list, asked: tuple) -> bool:
    patterns = [_pattern(str(part)) for part in asked]
    return any(pattern.fullmatch(str(value)) for value in held if value is not None for pattern in patterns)


@lru_cache(maxsize=512)
def _pattern(like: str) -> re.Pattern:
    return re.compile("".join({"%": ".*", "_": "."}.get(char, re.escape(char)) for char in like), re.DOTALL)


def _ordered(test: Callable[[object, object], bool]) -> Callable[[list, tuple], bool]:
    def compare(held: list, asked: tuple) -> bool:
        if asked[0] is None:
            return False
        return any(value is not None and _same_kind(value, asked[0]) and test(value, asked[0]) for value in held)

    return compare


def _same_kind(left: object, right: object) -> bool:
    return isinstance(left, str) == isinstance(right, str)


def _negated(test: Callable[[list, tuple], bool]) -> Callable[[list, tuple], bool]:
    return lambda held, asked: not test(held, asked)


_TESTS: dict[str, Callable[[list, tuple], bool]] = {
    "=": _equal,
    "@": _equal,
    "!": _negated(_equal),
    "!@": _negated(_equal),
    ">": _ordered(lambda value, bound: value > bound),
    ">=": _ordered(lambda value, bound: value >= bound),
    "<": _ordered(lambda value, bound: value < bound),
    "<=": _ordered(lambda value, bound: value <= bound),
    "%": _contains,
    "!%": _negated(_contains),
    "=%": _like,
    "!=%": _negated(_like),
}


# -- order and page


def ordering(given: object, name: Callable[[str], str | None]) -> list[tuple]:
    """`{"id": "DESC"}` → [("id", True)]; `name` gives the stored name, None to leave the field out, or refuses it."""
    keys = []
    for field, direction in as_map(given).items():
        stored = name(field)
        if stored is not None:
            keys.append((stored, str(direction).strip().upper().startswith("DESC")))
    return keys


def in_order(rows: Iterable[dict], keys: list[tuple], by_id: str) -> Iterable[dict]:
    """Rows sorted by the keys; rows arrive by ascending id and stay so where the keys say nothing else."""
    if not keys or keys[0] == (by_id, False):
        return rows
    if keys[0] == (by_id, True) and isinstance(rows, Sequence):
        return rows[::-1]
    rows = list(rows)
    for field, descending in reversed(keys):
        rows.sort(key=lambda row, field=field: _sort_key(row.get(field)), reverse=descending)
    return rows


def _sort_key(value: object) -> tuple:
    value = value[0] if isinstance(value, list) and value else value
    if value is None or isinstance(value, (list, dict)):
        return (0, 0)
    return (1, value) if isinstance(value, (int, float)) else (2, comparable(value) or "")
