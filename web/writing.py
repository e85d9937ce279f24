"""Writing before answering."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Counter

from engine import failpoints
from engine.storage import Storage

PATIENCE_SECONDS = 2.0
RETRY_AFTER_SECONDS = 60


class NotWritten(Exception):
    """The database did not take it within PATIENCE_SECONDS: the caller hears 503 and Retry-After."""


class Writer:
    """The one writer of this process: its threads queue here, as those that queue at SQLite wait long and unfairly."""

    def __init__(self, store: Storage, registry: CollectorRegistry):
        self._storage = store
        self._commits = Counter("voronka_commits", "Transactions kept before an answer", registry=registry)
        self._turn = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Raises NotWritten where the database is locked, full or away; a mistake of ours stays one."""
        if not self._turn.acquire(timeout=PATIENCE_SECONDS):
            raise NotWritten("others are writing")
        try:
            with self._storage.write() as tx:
                yield tx
                failpoints.reach("written")
            failpoints.reach("kept")
            self._commits.inc()
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
            raise NotWritten(str(getattr(error, "orig", error))) from error
        finally:
            self._turn.release()
