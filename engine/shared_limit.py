"""The portal's bucket of requests as all processes of one database see it.

The portal counts by address, so workers on one machine share its bucket; its level stands in a row that each of them
locks for the moment of adding one. https://apidocs.bitrix24.com/limits.html
"""

import time
from math import inf

import sqlalchemy as sa

from bitrix.limits import Limits, full, one_more
from engine.storage import Storage, marks

ROW = "requests"
CLOCK = sa.select(sa.func.extract("epoch", sa.func.clock_timestamp()))


class SharedBucket:
    """A bitrix.limits.Limiter on PostgreSQL: who asks first leaves first, whatever process it is of."""

    def __init__(self, store: Storage, limits: Limits):
        self._storage, self._limits = store, limits

    def acquire(self) -> None:
        """Returns when one request may leave. Raises OperationalError when the database is away: nothing leaves then."""
        if self._limits.per_second == inf:
            return
        wait = self._change(lambda level, passed: one_more(level, passed, self._limits))
        if wait > 0:
            time.sleep(wait)

    def refused(self) -> None:
        """The portal said that its bucket is full: so is ours."""
        if self._limits.per_second != inf:
            self._change(lambda level, passed: (full(level, passed, self._limits), 0.0))

    def _change(self, rule) -> float:
        with self._storage.engine.begin() as tx:
            row = tx.execute(sa.select(marks.c.value).where(marks.c.name == ROW).with_for_update()).first()
            if row is None:
                self._storage.upsert(tx, marks, {"name": ROW, "value": {"level": 0.0, "at": 0.0}})
                row = tx.execute(sa.select(marks.c.value).where(marks.c.name == ROW).with_for_update()).one()
            now = float(tx.scalar(CLOCK))
            level, wait = rule(row.value["level"], now - row.value["at"])
            tx.execute(sa.update(marks).where(marks.c.name == ROW).values(value={"level": level, "at": now}))
        return wait
