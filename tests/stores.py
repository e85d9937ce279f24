"""Which store the tests play on: a SQLite file in the test's folder, or a database of the server in TEST_POSTGRES.

Making the tables takes longer than many a test, so they are made once a process, and copied.
"""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from dbos import DBOS

from engine import storage
from engine.storage import Storage
from tests import postgres

ON_POSTGRES = postgres.ADDRESS in os.environ
FILE = "voronka.sqlite"


def empty_store(folder: Path) -> str:
    """The address of a new database without tables."""
    return postgres.fresh(os.environ[postgres.ADDRESS]) if ON_POSTGRES else _in(folder)


def new_store(folder: Path) -> str:
    """The address of a new database with all its tables, and nothing in them."""
    if ON_POSTGRES:
        return postgres.fresh(os.environ[postgres.ADDRESS], like=_model())
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_model().removeprefix("sqlite:///"), folder / FILE)
    return _in(folder)


def _in(folder: Path) -> str:
    return f"sqlite:///{folder}/{FILE}"


@cache
def _model() -> str:
    """The address of the one that is copied; nobody uses it."""
    url = empty_store(Path(_folder().name))
    store = Storage(url)
    store.prepare()
    DBOS.migrate(url)
    with store.write() as tx:
        tx.execute(sa.delete(storage.marks))  # each copy gets an identity of its own
    with store.engine.connect() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return url


@cache
def _folder() -> tempfile.TemporaryDirectory:
    """Gone when the process ends."""
    return tempfile.TemporaryDirectory(prefix="voronka-store-")
