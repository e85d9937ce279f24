"""One page of a list, as almost every list method answers it: 50 rows, `total`, `next`, `start=-1` without counting.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/list-methods-pecularities.html
"""

from collections.abc import Callable, Iterable, Sequence
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
    wrap: str | None = None, readable: Callable[[dict], bool] | None = None,
) -> Page:  # fmt: skip
    """Find, sort, cut, show; `wrap` puts the rows under a name inside `result`. What is not `readable` is not there;
    without that test everything is."""
    return cut(in_order(filtered(table.find(where), readable), keys, table.key), params, show, wrap)


def filtered(rows: Iterable[dict], readable: Callable[[dict], bool] | None) -> Iterable[dict]:
    """The rows that pass a test; without one, all of them at no cost."""
    return rows if readable is None else filter(readable, rows)


def page_of_texts(
    portal, table: Table, params: Params, columns: Columns, shown: Iterable[str] | None = None,
    readable: Callable[[dict], bool] | None = None,
) -> Page:  # fmt: skip
    """The same of a method whose every value reads as a string: the columns asked for, of `shown` where not all can be."""
    chosen = columns.chosen(params.list("select"))
    names = chosen if shown is None else [name for name in shown if name in chosen]
    where, keys = parse(params.map("filter"), columns.read), ordering(params.map("order"), columns.name)

    def show(row: dict) -> dict:
        return {name: as_text(row[name]) for name in names}

    return page(portal, table, params, where, keys, show, readable=readable)


def as_text(value: object) -> str | None:
    return None if value is None else str(value)


def cut(
    rows: Iterable[dict], params: Params, show: Callable[[dict], object], wrap: str | None = None, size: int = PAGE
) -> Page:  # fmt: skip
    start = params.integer("start", 0)
    if start < 0:
        first = rows[:size] if isinstance(rows, Sequence) else islice(rows, size)
        return Page(_wrapped(wrap, [show(row) for row in first]), 0)
    rows = rows if isinstance(rows, Sequence) else list(rows)
    shown = [show(row) for row in rows[start : start + size]]
    following = start + size
    return Page(_wrapped(wrap, shown), len(rows), following if following < len(rows) else None)


def _wrapped(name: str | None, shown: list) -> object:
    return {name: shown} if name else shown
