"""How often callers were turned away: all that is kept of them."""

import threading
from collections import Counter
from multiprocessing.util import Finalize

from sqlalchemy.exc import SQLAlchemyError

from engine.log import log
from engine.storage import Storage

WRITE_EVERY_SECONDS = 1.0
PREFIX = "turned_away:"


class Tally:
    """Counts by reason. A flood of forgeries costs the memory of a few words and one small transaction a second."""

    def __init__(self, store: Storage):
        self._storage = store
        self._lock = threading.Lock()
        self._pending: Counter[str] = Counter()
        self._timer: threading.Timer | None = None
        Finalize(None, self.write, exitpriority=1)  # unlike atexit also at the end of a server's own child processes

    def add(self, reason: str) -> None:
        """One more; within a second it stands in the store."""
        with self._lock:
            self._pending[reason] += 1
            if self._timer is None:
                self._timer = threading.Timer(WRITE_EVERY_SECONDS, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Move what was counted into the store and say it in one line of the log.

        What cannot be written waits for the next time.
        """
        with self._lock:
            counted, self._pending, self._timer = self._pending, Counter(), None
        if not counted:
            return
        log.warning("turned away", **counted)
        for reason, times in counted.items():
            try:
                self._storage.count(PREFIX + reason, times)
            except SQLAlchemyError:
                with self._lock:
                    self._pending[reason] += times
