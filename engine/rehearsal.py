"""A rehearsal: the layer's database, of which everything that is written is forgotten at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from engine.storage import Storage


class Rehearsal(Storage):
    """Reads what is there; a write transaction ends as if it had failed. It neither makes nor mends tables."""

    def prepare(self) -> None:
        """Take the database as it is."""

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """What is written inside can be read inside."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()
