"""Parameters as PHP reads them from a query: `fields[title]=…&fields[ids][0]=1`. Commands of a batch travel so.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/data-encoding.html
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from urllib.parse import quote

MOST_VARIABLES = 900  # PHP drops variables after max_input_vars (1000), silently: https://www.php.net/manual/en/info.configuration.php
MOST_CHARACTERS = 64 * 1024  # a file in base64 would make the batch of everybody else slow


class CannotTravel(ValueError):
    """These parameters lose their meaning in a query; a plain call with a JSON body carries them."""


def php_query(params: Mapping[str, object]) -> str:
    """Raises CannotTravel for None, for empty lists and maps (PHP drops them) and for what is too large.

    Booleans become 1 and 0. TypeError for a value that JSON could not carry either.
    """
    pairs = [f"{quote(key, safe='')}={quote(value, safe='')}" for key, value in _pairs(params, "")]
    query = "&".join(pairs)
    if len(pairs) > MOST_VARIABLES or len(query) > MOST_CHARACTERS:
        raise CannotTravel(f"{len(pairs)} values of {len(query)} characters are too much for one command of a batch")
    return query


def _pairs(value: object, name: str) -> Iterator[tuple[str, str]]:
    match value:
        case bool():
            yield name, "1" if value else "0"
        case str() | int() | Decimal():
            yield name, str(value)
        case float() if isfinite(value):
            yield name, str(value)
        case Mapping() | list() | tuple() if value or not name:
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            for key, one in items:
                yield from _pairs(one, f"{name}[{_plain(key)}]" if name else _plain(key))
        case None | Mapping() | list() | tuple():
            raise CannotTravel(f"{name} is {value!r}, which a query cannot express")
        case _:
            raise TypeError(f"{name} is a {type(value).__name__}; send text, numbers, lists or maps")


def _plain(key: object) -> str:
    if "[" in str(key) or "]" in str(key):
        raise CannotTravel(f"the name {key!r} holds brackets")
    return str(key)
