"""Rings of the portal's doorbell, written down before they are answered.

The observer reads the portal itself, so a ring is one row an entity: however often it rang, it is looked at once.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future

import sqlalchemy as sa

from engine import storage
from web.writing import PATIENCE_SECONDS, NotWritten, Writer

Rung = tuple[str, int]


class Rings:
    """Writes rings into the store. Whoever rings while others are being committed is committed together with the rest.

    There is no thread and no pause for that: the first of a group commits for all of it as soon as the commit before it
    is over. Alone it waits for nobody.
    """

    def __init__(self, store: storage.Storage, writer: Writer):
        self._storage, self._writer = store, writer
        self._joining = threading.Lock()
        self._open: _Group | None = None

    def ring(self, entity: str, entity_id: int) -> None:
        """Returns when the ring is on the disk. Raises NotWritten."""
        group, leads = self._join((entity, entity_id))
        if leads:
            self._commit(group)
        try:
            group.written.result(PATIENCE_SECONDS)
        except TimeoutError:
            raise NotWritten("others are writing") from None

    def ring_alone(self, entity: str, entity_id: int) -> None:
        """The same in a transaction of its own: a deletion leaves nothing on the portal that could be read later."""
        with self._writer.transaction() as tx:
            self._write(tx, {(entity, entity_id): 1})

    def _join(self, rung: Rung) -> tuple["_Group", bool]:
        with self._joining:
            leads = self._open is None
            if leads:
                self._open = _Group()
            self._open.times[rung] += 1
            return self._open, leads

    def _commit(self, group: "_Group") -> None:
        """Whatever comes of it, everyone in the group hears it."""
        try:
            with self._writer.transaction() as tx:
                self._close(group)
                self._write(tx, group.times)
        except Exception as error:
            self._close(group)
            group.written.set_exception(error)
        else:
            group.written.set_result(None)

    def _close(self, group: "_Group") -> None:
        """Who comes from now on begins the next group."""
        with self._joining:
            if self._open is group:
                self._open = None

    def _write(self, tx: sa.Connection, times: Mapping[Rung, int]) -> None:
        table = storage.rings
        rows = [{"entity": entity, "entity_id": number, "times": n} for (entity, number), n in sorted(times.items())]
        self._storage.upsert(tx, table, rows, times=table.c.times + sa.literal_column("excluded.times"))


class _Group:
    """Rings that share a transaction."""

    def __init__(self):
        self.times: Counter[Rung] = Counter()
        self.written: Future[None] = Future()
