"""The layer's memory: whose database it is, what a transaction is, how moments are kept."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine import storage
from engine.clock import MachineTime
from engine.storage import Storage, StorageRefused
from tests.stores import empty_store


@pytest.fixture
def store(tmp_path):
    store = Storage(f"sqlite:///{tmp_path}/voronka.sqlite")
    store.prepare()
    yield store
    store.close()


FOREIGN = {
    "somebody's tables": "CREATE TABLE customers (id INTEGER)",
    "another program that migrates with alembic": "CREATE TABLE alembic_version (version_num TEXT); CREATE TABLE posts (id INTEGER)",
    "another program's runs": "CREATE TABLE workflow_status (workflow_uuid TEXT); CREATE TABLE orders (id INTEGER)",
    "another program with a table of that name": "CREATE TABLE marks (pupil TEXT, mark INTEGER)",
}


@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path, script):
    path = tmp_path / "foreign.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(script)
    with pytest.raises(StorageRefused, match="other tables"):
        Storage(f"sqlite:///{path}").prepare()
    with sqlite3.connect(path) as connection:
        assert [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master")] == script.split("; ")


def test_an_own_database_is_prepared_as_often_as_you_like(store, tmp_path):
    with store.write() as tx:
        store.set_mark(tx, "history", 7)
    again = Storage(f"sqlite:///{tmp_path}/voronka.sqlite")
    again.prepare()
    with again.read() as connection:
        assert again.mark(connection, "history") == 7


def test_a_first_start_that_was_interrupted_goes_on(tmp_path):
    store = Storage(f"sqlite:///{tmp_path}/voronka.sqlite")
    with sqlite3.connect(tmp_path / "voronka.sqlite") as connection:
        connection.executescript("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    storage.rings.create(store.engine)
    store.prepare()
    with store.read() as connection:
        assert store.mark(connection, "anything", "nothing yet") == "nothing yet"


def test_what_a_failed_transaction_wrote_is_not_there(store):
    with pytest.raises(sa.exc.IntegrityError), store.write() as tx:
        tx.execute(sa.insert(storage.marks), [{"name": "history", "value": 7}, {"name": "history", "value": 8}])
    with store.read() as connection:
        assert store.mark(connection, "history") is None


def test_of_a_row_that_is_there_already_nothing_is_written_and_that_is_said(tmp_path):
    """On both stores: SQLAlchemy knows it of PostgreSQL only when it is told to keep it."""
    store = Storage(empty_store(tmp_path))
    store.prepare()
    row = {"job": "sweep", "period": "2026-11-23", "due_at": datetime(2026, 11, 23, tzinfo=UTC)}
    with store.write() as tx:
        assert [store.upsert(tx, storage.periods, row) for _ in range(2)] == [1, 0]


def test_a_counter_gives_every_number_once_to_threads_that_count_at_once(store):
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(lambda _: store.count("turn"), range(80))) == list(range(1, 81))


MOMENTS = [
    datetime(2026, 11, 24, 18, 0, tzinfo=ZoneInfo("Asia/Kamchatka")),
    datetime(2026, 11, 24, 10, 0, 0, 1, tzinfo=ZoneInfo("Europe/Moscow")),
    datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Moscow")),
    datetime(2026, 11, 24, 7, 0, 0, 999_999, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
]


def test_moments_come_back_as_they_were_and_sort_by_time(store):
    table = storage.periods
    rows = [{"job": "a", "period": str(n), "due_at": moment} for n, moment in enumerate(MOMENTS)]
    with store.write() as tx:
        tx.execute(sa.insert(table), rows)
    with store.read() as connection:
        kept = connection.scalars(sa.select(table.c.due_at).order_by(table.c.due_at)).all()
        later = table.c.due_at > MOMENTS[2]
        assert connection.scalar(sa.select(sa.func.count()).where(later)) == 2
        assert connection.scalar(sa.select(sa.func.max(table.c.due_at))) == MOMENTS[3]
    assert kept == sorted(MOMENTS)
    assert all(moment.tzinfo is not None for moment in kept)


def test_a_moment_without_a_zone_is_a_mistake_and_no_guess(store):
    row = {"job": "a", "period": "b", "due_at": datetime(2026, 11, 24, 10, 0)}  # noqa: DTZ001
    with pytest.raises(sa.exc.StatementError, match="zone"), store.write() as tx:
        tx.execute(sa.insert(storage.periods), row)


def test_amounts_are_kept_exactly(store):
    with store.write() as tx:
        store.set_mark(tx, "amounts", [Decimal("1234567890123456.78"), Decimal("100")])
    with store.read() as connection:
        assert store.mark(connection, "amounts") == ["1234567890123456.78", 100]


# — machine time —


@pytest.fixture
def machine(store):
    return MachineTime(store.engine)


def test_a_wait_ends_after_its_time(machine):
    stamp = machine.stamp()
    earlier = {**stamp, "seconds": stamp["seconds"] - 100}
    assert machine.left(earlier, 60) == 0
    assert 19 < machine.left(earlier, 120) <= 20


def test_a_stamp_of_another_boot_waits_its_full_time_again(machine):
    stamp = {**machine.stamp(), "boot": "another"}
    assert not machine.is_of_this_boot(stamp)
    assert machine.left(stamp, 60) == 60
    assert machine.left({**stamp, "seconds": 0}, 60) == 60


def test_a_stamp_survives_its_way_through_the_store(store, machine):
    with store.write() as tx:
        store.set_mark(tx, "stamp", machine.stamp())
    with store.read() as connection:
        kept = store.mark(connection, "stamp")
    assert machine.is_of_this_boot(kept)
    assert 0 < machine.left(kept, timedelta(minutes=1).total_seconds()) <= 60
