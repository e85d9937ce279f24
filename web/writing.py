"""Writing before answering."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from engine.storage import Storage

PATIENCE_SECONDS = 2.0
RETRY_AFTER_SECONDS = 60


class NotWritten(Exception):
    """The database did not take it within PATIENCE_SECONDS: the caller hears 503 and Retry-After."""


@contextmanager
def writing(store: Storage) -> Iterator[sa.Connection]:
    """One transaction. Raises NotWritten where the database is locked, full or away; what is wrong in our own code stays an error."""
    try:
        with store.write() as tx:
            yield tx
    except (sa.exc.OperationalError, sa.exc.TimeoutError) as error:
        raise NotWritten(type(error).__name__) from error
