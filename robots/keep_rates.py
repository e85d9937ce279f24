"""Keep the rates of the distributor's branches: each branch has a history of intervals that never overlap (spec §4.5)."""

from collections.abc import Callable, Iterable, Mapping

import sqlalchemy as sa

from engine import storage
from engine.storage import Storage
from rules import branch_rates
from rules.branch_rates import Interval

Histories = dict[int, list[Interval]]
Change = Callable[[list[Interval]], list[Interval]]


def read_rates(store: Storage) -> Histories:
    """The rates of every branch that has any, in order of time."""
    with store.read() as connection:
        return _read(connection)


def keep_rates(store: Storage, changes: Mapping[int, Change]) -> Histories:
    """Each branch's history becomes what its change makes of it: of all branches, or of none. Returns them as they are now.

    Raises WrongRate. Writes go one after the other, so of two that would overlap the second one hears it.
    """
    with store.write() as tx:
        before = _read(tx, changes)
        after = {branch: branch_rates.check(change(before.get(branch, []))) for branch, change in changes.items()}
        for branch, history in after.items():
            if history != before.get(branch, []):
                _write(tx, branch, history)
    return after


def _read(connection: sa.Connection, branches: Iterable[int] | None = None) -> Histories:
    table, found = storage.branch_rates, {}
    query = sa.select(table).order_by(table.c.branch_id, table.c.valid_from)
    for row in connection.execute(query if branches is None else query.where(table.c.branch_id.in_([*branches]))):
        one = Interval(row.rate_percent, row.valid_from, row.valid_to, row.set_by, row.source_task, row.note)
        found.setdefault(row.branch_id, []).append(one)
    return found


def _write(tx: sa.Connection, branch: int, history: list[Interval]) -> None:
    table = storage.branch_rates
    tx.execute(sa.delete(table).where(table.c.branch_id == branch))
    rows = [
        {
            "branch_id": branch, "rate_percent": one.rate, "valid_from": one.since, "valid_to": one.until,
            "set_by": one.set_by, "source_task": one.source, "note": one.note,
        }
        for one in history
    ]  # fmt: skip
    if rows:
        tx.execute(sa.insert(table), rows)
