"""Which store the tests play on: a SQLite file in the test's folder, or a database of the server in TEST_POSTGRES."""

import os
from pathlib import Path

from tests import postgres

ON_POSTGRES = postgres.ADDRESS in os.environ


def new_store(folder: Path) -> str:
    """The address of a new, empty database."""
    if ON_POSTGRES:
        return postgres.fresh(os.environ[postgres.ADDRESS])
    return f"sqlite:///{folder}/voronka.sqlite"
