"""After an older copy of the database was put back: the portal shows more of what the layer did than the layer knows.

Before the first run it looks at every card once and takes the fields as they stand. Effects of what happened before the
last sending of the lost database are looked for before they are sent (docs/decisions/0012-a-lost-database.md).
"""

import time
from datetime import datetime, timedelta

import sqlalchemy as sa

from engine import storage
from engine.changes import Change
from engine.ledger import Effect
from engine.log import log
from engine.storage import RESTORED

FOUND_LATE = ("deleted", "task_deleted", "job")  # they happened when they were noticed, not at a time of the portal's
AFTERWARDS = timedelta(hours=1)


class Restore:
    """What is known of the last restore. Where there was none, everything here answers «no»."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage
        self._until: datetime | None = None
        self._caught_up: datetime | None = None

    def catch_up(self) -> None:
        """Before any run: wait out what the lost process may have had on its way, and see everything as it is now."""
        with self._storage.read() as connection:
            mark = self._storage.mark(connection, RESTORED)
        if mark is None:
            return
        if "caught_up" not in mark:
            mark = self._look_at_everything(mark["until"])
        self._until, self._caught_up = (datetime.fromisoformat(mark[name]) for name in ("until", "caught_up"))

    def _look_at_everything(self, until: str | None) -> dict:
        engine = self._engine
        self._until = datetime.fromisoformat(until) if until else engine.portal.now()
        log.warning("an older copy was put back", until=self._until.isoformat())
        self._forget_snapshots()
        end, more = time.monotonic() + 2 * engine.portal.cut_seconds, True
        with engine.queue.asleep():
            while more or time.monotonic() < end:
                more = engine.look()
                time.sleep(min(1, engine.patience))
        mark = {"until": self._until.isoformat(), "caught_up": engine.clock.now().isoformat()}
        with self._storage.write() as tx:
            self._storage.set_mark(tx, RESTORED, mark)
        log.info("caught up after the restore")
        return mark

    def _forget_snapshots(self) -> None:
        """Every card is seen as if for the first time: who wrote what into it since the copy, nobody can tell."""
        cards, tasks = storage.cards, storage.tasks
        with self._storage.write() as tx:
            tx.execute(sa.update(cards).values(version=0, rows=None))
            for deal_id in tx.scalars(sa.select(cards.c.deal_id).where(cards.c.deleted_at.is_(None))).all():
                self._engine.observer.ring(tx, "deal", deal_id)
            for task_id in tx.scalars(sa.select(tasks.c.task_id).where(tasks.c.state == "open")).all():
                self._engine.observer.ring(tx, "task", task_id)

    def covers(self, moment: datetime) -> bool:
        """Whether the lost database may have acted on what happened then."""
        return self._until is not None and moment <= self._until

    def cause_of(self, effect: Effect) -> Change | None:
        """What the effect follows from, if the lost database may have brought it about already; else None."""
        if self._until is None:
            return None
        changes, runs = storage.changes, storage.runs
        query = sa.select(changes).join(runs, runs.c.change_id == changes.c.id).where(runs.c.id == effect.run_id)
        with self._storage.read() as connection:
            row = connection.execute(query).one()
            change = Change.load(connection, row.id)
        found_late = row.kind in FOUND_LATE and row.seen_at <= self._caught_up + AFTERWARDS
        return change if found_late or self.covers(row.at) else None
