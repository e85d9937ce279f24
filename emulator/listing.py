"""One page of a list, as almost every list method answers it: 50 rows, `total`, `next`, `start=-1` without counting.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

from collections.abc import Callable, Iterable
from itertools import islice

from .filters import Where, in_order, ordering, parse
from .registry import PAGE, Page, Params
from .store import Table
from .values import asked


class Columns(dict):
    """The columns of a list with their types. Names that it does not know are ignored in filter, order and select."""

    def name(self, given: str) -> str | None:
        return given if given in self else given.upper() if given.upper() in self else None

    def read(self, given: str, value: object) -> tuple[str, object] | None:
        """For filters.parse: the stored name and the canonical value."""
        column = self.name(given)
        return (column, asked(self[column], value)) if column else None

    def chosen(self, select: list) -> list[str]:
        """The selected columns, all of them if none or `*` is asked for; the id always."""
        named = {self.name(str(name)) for name in select}
        return list(self) if not select or "*" in select else [name for name in self if name in named or name == "ID"]


def page(
    portal, table: Table, params: Params, where: Where, keys: list[tuple], show: Callable[[dict], object],
    wrap: str | None = None,
) -> Page:  # fmt: skip
    """Find, sort, cut, show; `wrap` puts the rows under a name inside `result`."""
    readable = (row for row in table.find(where) if portal.may_read(row))
    return cut(in_order(readable, keys, table.key), params, show, wrap)


def page_of_texts(portal, table: Table, params: Params, columns: Columns, shown: Iterable[str] | None = None) -> Page:
    """The same of a method whose every value reads as a string: the columns asked for, of `shown` where not all can be."""
    chosen = columns.chosen(params.list("select"))
    names = chosen if shown is None else [name for name in shown if name in chosen]
    where, keys = parse(params.map("filter"), columns.read), ordering(params.map("order"), columns.name)
    return page(portal, table, params, where, keys, lambda row: {name: as_text(row[name]) for name in names})


def as_text(value: object) -> str | None:
    return None if value is None else str(value)


def cut(
    rows: Iterable[dict], params: Params, show: Callable[[dict], object], wrap: str | None = None, size: int = PAGE
) -> Page:  # fmt: skip
    start = params.integer("start", 0)
    if start < 0:
        return Page(_wrapped(wrap, [show(row) for row in islice(rows, size)]), 0)
    rows = list(rows)
    shown = [show(row) for row in rows[start : start + size]]
    following = start + size
    return Page(_wrapped(wrap, shown), len(rows), following if following < len(rows) else None)


def _wrapped(name: str | None, shown: list) -> object:
    return {name: shown} if name else shown
