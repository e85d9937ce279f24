"""How a REST method is declared: one small function, one decorator; read one, know all.

    @method("crm.item.get", scope="crm", docs="https://apidocs.bitrix24.com/…")
    def get(portal, caller, params): ...

The function returns the `result`, a `Page` for a list, or `Unchanged` when a write changed nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import missing
from .php import as_list, as_map
from .shapes import Request

PAGE = 50


@dataclass(frozen=True)
class Method:
    name: str
    scope: str
    docs: str
    function: Callable
    writes: bool = False
    batchable: bool = True
    rest3: bool = False
    differs: str = ""
    takes: Request | None = field(default=None, compare=False)
    gives: object = field(default=None, compare=False)


METHODS: dict[str, Method] = {}
REST3_METHODS: dict[str, Method] = {}


def method(
    name: str,
    *,
    scope: str,
    docs: str,
    writes: bool = False,
    batchable: bool = True,
    rest3: bool = False,
    differs: str = "",
    takes: Request | None = None,
    gives: object = None,
):
    """Declare a method. `writes`: its calls go into the portal's record of effects; `batchable=False`: not inside
    batch (file transfer); `rest3`: served under /rest/api/ only; `differs`: what of its documentation does not hold here; `takes`, `gives`: the
    request and the result of a method of REST 3 (shapes.py)."""

    def declare(function: Callable) -> Callable:
        table = REST3_METHODS if rest3 else METHODS
        table[name.lower()] = Method(name, scope, docs, function, writes, batchable, rest3, differs, takes, gives)
        return function

    return declare


@dataclass(frozen=True)
class Caller:
    """Who calls: a webhook acts as its creator; `via` says by which door."""

    user_id: int
    via: str = "webhook"


class Params(dict):
    """The parameters of a call. Top-level names are found in any case; `at` serves the old positional methods."""

    def __init__(self, given: dict):
        super().__init__(given)
        self._by_lower_name = {str(name).lower(): value for name, value in given.items()}

    def get(self, name: str, default: object = None) -> object:
        return self._by_lower_name.get(name.lower(), default)

    def need(self, name: str) -> object:
        if name.lower() not in self._by_lower_name:
            raise missing(name)
        return self._by_lower_name[name.lower()]

    def map(self, name: str) -> dict:
        return as_map(self.get(name))

    def fields(self, name: str = "fields") -> dict:
        """The required map of values."""
        return as_map(self.need(name))

    def list(self, name: str) -> list:
        return as_list(self.get(name))

    def integer(self, name: str, default: int | None = None) -> int | None:
        return whole(self.get(name), default)

    def text(self, name: str) -> str:
        """A trimmed text, empty for what is none."""
        value = self.get(name)
        return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()

    def at(self, position: int, name: str) -> object:
        """By name, or by place for methods that take positional arguments."""
        return self.get(name, self.get(str(position)))


def whole(value: object, default: int | None = None) -> int | None:
    """An integer from what clients send for one, or the default."""
    try:
        return int(float(value)) if not isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        return default


@dataclass
class Page:
    """One page of a list: `total` and `next` stand beside the result in the envelope."""

    result: object
    total: int
    next: int | None = None


@dataclass(frozen=True)
class Whole:
    """An answer without the envelope: it is the whole body."""

    body: object


@dataclass(frozen=True)
class Unchanged:
    """The answer of a write that found nothing to change: no effect, no event."""

    result: object


@dataclass
class Effect:
    """One line of the portal's own record: what was done, by whom, when."""

    number: int
    at: str
    method: str
    user: int
    via: str
    params: dict
    id: object
