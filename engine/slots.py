"""A worker's slot among the workers of one database, and which of them leads.

On SQLite there is one worker; a locked file keeps a second away. On PostgreSQL there may be several: a lock of its own
keeps two from one slot, and a beat says that its worker lives. One of them leads: it alone observes, ticks and sends what
leaves by itself; all do runs. Where a beat stays away for `takeover_seconds`, another worker takes the lead, and the
leader gives the silent worker's drains to whoever is free. A silent worker that wakes up again finds its slot lost and
ends; what it still tries to send the ledger refuses.
"""

import fcntl
import time
import uuid

import sqlalchemy as sa

from engine import storage
from engine.storage import Storage, StorageRefused

MOST_WORKERS = 64
LEAD = "lead"
ONE_ON_SQLITE = "Another worker already runs on this database. On SQLite there is one: stop it, or let DATABASE_URL name PostgreSQL."
TAKEN = "Another worker already runs as {name} on this database. Stop it, or leave SLOT empty to get a free one."


class SlotLost(RuntimeError):
    """Another worker took this one for dead; its process must end and start anew."""


class Slot:
    """`wanted` names the slot ("worker-2"); empty: the first free one. `me` tells this process from all others."""

    def __init__(self, store: Storage, wanted: str, takeover_seconds: float):
        self._storage, self._wanted, self._takeover_seconds = store, wanted, takeover_seconds
        self.name, self.me = wanted, uuid.uuid4().hex
        self._held = None  # while this lives nobody else gets the slot
        self._beats, self._leads_until = 0, 0.0
        self._signs: dict[str, tuple[dict, float]] = {}

    @property
    def beat_seconds(self) -> float:
        return self._takeover_seconds / 6

    @property
    def leads(self) -> bool:
        """Whether this worker observes, ticks and sends what leaves by itself."""
        return self._storage.is_sqlite or time.monotonic() < self._leads_until

    def claim(self) -> None:
        """Get a slot and show the first sign of life. Raises StorageRefused."""
        if self._storage.is_sqlite:
            self.name = self._wanted or "worker-1"
            self._held = _locked_file(f"{self._storage.engine.url.database}.worker.lock")
            return
        names = [self._wanted] if self._wanted else [f"worker-{number}" for number in range(1, MOST_WORKERS + 1)]
        for name in names:
            if self._lock(name):
                self.name = name
                break
        else:
            raise StorageRefused(TAKEN.format(name=self._wanted or "every slot"))
        with self._storage.write() as tx:
            self._sign(tx, self._mark)
        self.beat()

    def beat(self) -> None:
        """A sign of life; takes or keeps the lead where nobody else has it. Raises SlotLost.

        A leader of this very slot is this worker, or one that is dead: else the slot would not be ours.
        """
        if self._storage.is_sqlite:
            return
        try:
            self._beat(time.monotonic())
        except sa.exc.SQLAlchemyError:
            self._signs.clear()  # while the database is away everybody is silent
            raise

    def _beat(self, started: float) -> None:
        if not self._still_locked() and not self._lock(self.name):
            raise SlotLost(f"{self.name} belongs to another worker now")
        with self._storage.write() as tx:
            if (self._storage.mark(tx, self._mark) or {}).get("by") != self.me:
                raise SlotLost(f"{self.name} was silent for too long and was taken over")
            self._sign(tx, self._mark)
            leader = self._storage.mark(tx, LEAD)
            leads = leader is None or leader["slot"] == self.name or self._is_silent(LEAD, leader)
            if leads:
                self._sign(tx, LEAD)
        self._leads_until = started + self._takeover_seconds if leads else 0.0

    def silent(self) -> list[str]:
        """Slots whose workers gave no sign of life for too long."""
        with self._storage.read() as connection:
            marks = connection.execute(sa.select(storage.marks).where(storage.marks.c.name.like("slot:%"))).all()
        return [row.name.removeprefix("slot:") for row in marks if self._is_silent(row.name, row.value)]

    def clear(self, name: str) -> None:
        """Forget a silent slot: should its worker wake up, it will find it lost."""
        with self._storage.write() as tx:
            tx.execute(sa.delete(storage.marks).where(storage.marks.c.name == f"slot:{name}"))

    def leave(self) -> None:
        """Give back slot and lead, so that nobody has to wait."""
        if self._held is None:
            return
        if not self._storage.is_sqlite:
            self._leads_until = 0.0
            with self._storage.write() as tx:
                for name in (self._mark, LEAD):
                    if (self._storage.mark(tx, name) or {}).get("by") == self.me:
                        tx.execute(sa.delete(storage.marks).where(storage.marks.c.name == name))
        self._held.close()
        self._held = None

    @property
    def _mark(self) -> str:
        return f"slot:{self.name}"

    def _sign(self, tx: sa.Connection, name: str) -> None:
        """No sign is like another; how old one is each worker counts for itself."""
        self._beats += 1
        self._storage.set_mark(tx, name, {"by": self.me, "slot": self.name, "beat": self._beats})

    def _is_silent(self, name: str, sign: dict) -> bool:
        """Whether this process has seen the same sign for too long."""
        now = time.monotonic()
        known, since = self._signs.get(name, (None, now))
        if known != sign:
            self._signs[name] = (sign, now)
        return known == sign and now - since >= self._takeover_seconds

    def _lock(self, name: str) -> bool:
        """A lock that ends with its connection, so with the process."""
        if self._held is None:
            self._held = self._storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._held.detach()
        return self._held.scalar(sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtext(f"voronka:{name}"))))

    def _still_locked(self) -> bool:
        """Whether the connection that holds the lock lives; after a restart of the database it does not."""
        try:
            return self._held is not None and self._held.scalar(sa.select(1)) == 1
        except sa.exc.SQLAlchemyError:
            self._held.invalidate()
            self._held = None
            return False


def _locked_file(path: str):
    file = open(path, "w")  # noqa: SIM115 held while the process lives
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StorageRefused(ONE_ON_SQLITE) from None
    return file
