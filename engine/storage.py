"""The layer's memory: tables, connections, transactions. SQLite for one machine, PostgreSQL for several.

A write transaction is `with storage.write() as tx`; everything inside is kept or nothing is.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from sqlalchemy.dialects import postgresql, sqlite

SAFE_WAL = (3, 51, 3)  # earlier SQLite can lose WAL resets: https://sqlite.org/wal.html#walresetbug


class Moment(sa.types.TypeDecorator):
    """An aware datetime, kept as UTC text that sorts by time on every store."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone: nobody knows which moment it is")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


def _column(name: str, kind=sa.String, **options) -> sa.Column:
    return sa.Column(name, kind, **options)


metadata = sa.MetaData()

marks = sa.Table(
    "marks",
    metadata,
    _column("name", primary_key=True),
    _column("value", sa.JSON),
    comment="Single values: whose database this is, the go-live mark, cursors, counters",
)

rings = sa.Table(
    "rings",
    metadata,
    _column("entity", primary_key=True),
    _column("entity_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("times", sa.Integer, nullable=False, default=1),
    comment="What rang since the observer last looked: one row an entity, however often it rang",
)

commands = sa.Table(
    "commands",
    metadata,
    _column("id", sa.Integer, primary_key=True, autoincrement=True),
    _column("name", nullable=False),
    _column("deal_id", sa.BigInteger),
    _column("payload", sa.JSON, nullable=False),
    _column("received_at", Moment, nullable=False),
    _column("taken", sa.Boolean, nullable=False, default=False),
    sa.Index("commands_waiting", "taken", "id"),
    comment="Calls of the portal's automation rules: each a row of its own, stored before it is answered",
)

cards = sa.Table(
    "cards",
    metadata,
    _column("deal_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("process"),
    _column("stage"),
    _column("family", sa.BigInteger, nullable=False, index=True),
    _column("raw", sa.JSON, nullable=False),
    _column("rows", sa.JSON),
    _column("expected_return", sa.JSON),
    _column("history_id", sa.BigInteger, nullable=False, default=0),
    _column("version", sa.Integer, nullable=False, default=0),
    _column("deleted_at", Moment),
    sa.Index("cards_by_stage", "process", "stage"),
    comment="What the layer last knew of a card. `version` grows with every write of ours and every reading",
)

stage_records = sa.Table(
    "stage_records",
    metadata,
    _column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("deal_id", sa.BigInteger, nullable=False, index=True),
    _column("type", sa.Integer, nullable=False),
    _column("process"),
    _column("stage"),
    _column("at", Moment, nullable=False),
    _column("role", nullable=False, default="ordinary"),
    comment="Records of the portal's stage history, each used once: unused → ordinary | refused (by the guard) | return (of that)",
)

changes = sa.Table(
    "changes",
    metadata,
    _column("id", primary_key=True),
    _column("kind", nullable=False),
    _column("deal_id", sa.BigInteger, index=True),
    _column("process"),
    _column("at", Moment, nullable=False),
    _column("what", sa.JSON, nullable=False),
    _column("seen_at", Moment, nullable=False),
    comment="What happened, under an identity that can be rebuilt from the portal",
)

runs = sa.Table(
    "runs",
    metadata,
    _column("id", sa.Integer, primary_key=True, autoincrement=True),
    _column("change_id", nullable=False, index=True),
    _column("trigger", nullable=False),
    _column("family", nullable=False),
    _column("deal_id", sa.BigInteger),
    _column("state", nullable=False),
    _column("card", sa.JSON),
    _column("facts", sa.JSON, nullable=False),
    _column("depth", sa.Integer, nullable=False, default=0),
    _column("attempts", sa.Integer, nullable=False, default=0),
    _column("wait", sa.JSON),
    _column("note"),
    _column("created_at", Moment, nullable=False),
    _column("finished_at", Moment),
    sa.UniqueConstraint("change_id", "trigger"),
    sa.Index("runs_of_family", "family", "state", "id"),
    sa.Index("runs_by_state", "state"),
    comment="One change met by one trigger: open → done | withheld | failed | parked",
)

effects = sa.Table(
    "effects",
    metadata,
    _column("key", primary_key=True),
    _column("run_id", sa.Integer, nullable=False, index=True),
    _column("step", nullable=False),
    _column("verb", nullable=False),
    _column("deal_id", sa.BigInteger),
    _column("method", nullable=False),
    _column("params", sa.JSON, nullable=False),
    _column("memo", sa.JSON, nullable=False),
    _column("state", nullable=False),
    _column("result", sa.JSON),
    _column("attempts", sa.Integer, nullable=False, default=0),
    _column("searches", sa.Integer, nullable=False, default=0),
    _column("sent", sa.JSON),
    _column("due_at", Moment),
    _column("error"),
    _column("done_at", Moment),
    sa.Index("effects_under_way", "deal_id", "state"),
    sa.Index("effects_due", "state", "due_at"),
    comment="The ledger: planned → sent → done | refused | unknown → parked",
)

tasks = sa.Table(
    "tasks",
    metadata,
    _column("task_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("effect_key", nullable=False, unique=True),
    _column("code", nullable=False),
    _column("process"),
    _column("deal_id", sa.BigInteger, nullable=False, index=True),
    _column("stage"),
    _column("cycle", sa.Integer, nullable=False, default=0),
    _column("responsible", sa.BigInteger, nullable=False),
    _column("original_responsible", sa.BigInteger, nullable=False),
    _column("started_at", Moment, nullable=False),
    _column("deadline", Moment),
    _column("original_deadline", Moment),
    _column("moves", sa.Integer, nullable=False, default=0),
    _column("renewals", sa.Integer, nullable=False, default=0),
    _column("state", nullable=False),
    _column("closed_at", Moment),
    _column("changed_at", Moment),
    sa.Index("tasks_open", "state", "deadline"),
    comment="The layer's tasks: open | done (by people) | passed | cancelled | deleted (by the layer or people)",
)

periods = sa.Table(
    "periods",
    metadata,
    _column("job", primary_key=True),
    _column("period", primary_key=True),
    _column("due_at", Moment, nullable=False),
    _column("finished_at", Moment),
    _column("subjects", sa.Integer),
    comment="Which due periods of a job ran: once each, in any number of processes",
)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent >= 0 else str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept in the layer's memory")


class StorageRefused(RuntimeError):
    """The database cannot be used as it is; the text says what to do."""


class Storage:
    """The layer's database under `url` (`sqlite:///path` or `postgresql+psycopg://…`).

    A locked or absent database is waited for `patience_seconds`, then sqlalchemy's OperationalError is raised.
    """

    def __init__(self, url: str, patience_seconds: float = 30):
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url, patience_seconds) if self.is_sqlite else _postgres(url, patience_seconds)
        self._slot = None

    def prepare(self) -> None:
        """Bring the tables up to date; refuse a database that is another program's."""
        with self.engine.connect() as connection:
            if not _is_ours(sa.inspect(connection)):
                raise StorageRefused(
                    "DATABASE_URL names a database with other tables in it. Name an empty one, or Voronka's."
                )
        config = AlembicConfig()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        config.attributes["engine"] = self.engine
        alembic.upgrade(config, "head")

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: on return everything is on the disk, on an exception nothing is."""
        with self.engine.begin() as tx:
            if self.is_sqlite:  # its driver would begin at the first change: what is read before could be old by then
                tx.exec_driver_sql("BEGIN IMMEDIATE")
            yield tx

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A look that leaves nothing behind."""
        with self.engine.connect() as connection:
            yield connection

    def upsert(self, tx: sa.Connection, table: sa.Table, values: dict | list[dict], **changes: object) -> int:
        """Insert; where the primary key exists, change `changes` instead (none: leave the row alone).

        Returns how many rows were written.
        """
        dialect = sqlite if self.is_sqlite else postgresql
        statement = dialect.insert(table)
        keys = [column.name for column in table.primary_key]
        if changes:
            statement = statement.on_conflict_do_update(index_elements=keys, set_=changes)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        return tx.execute(statement, values).rowcount

    def mark(self, tx: sa.Connection, name: str, default: object = None) -> object:
        """The value kept under `name`."""
        row = tx.execute(sa.select(marks.c.value).where(marks.c.name == name)).first()
        return default if row is None else row.value

    def set_mark(self, tx: sa.Connection, name: str, value: object) -> None:
        self.upsert(tx, marks, {"name": name, "value": value}, value=value)

    def count(self, name: str, by: int = 1) -> int:
        """Add to a counter that outlives the process; returns what it then says."""
        with self.write() as tx:
            value = int(self.mark(tx, f"count:{name}", 0)) + by
            self.set_mark(tx, f"count:{name}", value)
        return value

    def claim_slot(self, slot: str) -> None:
        """Be the only worker of that name on this store while the process lives. Raises StorageRefused when another is."""
        if not self.is_sqlite:
            self._slot = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = self._slot.scalar(sa.select(sa.func.pg_try_advisory_lock(sa.func.hashtext(f"voronka:{slot}"))))
        else:
            path = f"{self.engine.url.database}.{slot}.lock"
            self._slot = open(path, "w")  # noqa: SIM115 held while the process lives
            taken = _lock(self._slot)
        if not taken:
            raise StorageRefused(
                f"Another worker already runs as {slot} on this database. Stop it, or start this one under another name."
            )

    def close(self) -> None:
        """Give back connections and the slot."""
        if self._slot is not None:
            self._slot.close()
        self.engine.dispose()


def _is_ours(there: sa.Inspector) -> bool:
    """Whether it is empty, has our tables, or is what an interrupted first start left of them."""
    present = set(there.get_table_names())
    if {"stage_records", "effects", "marks"} <= present:
        return True
    begun = present - {"alembic_version"}
    return begun <= metadata.tables.keys() and all(
        {column["name"] for column in there.get_columns(name)} == {*metadata.tables[name].columns.keys()}
        for name in begun
    )


def _lock(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sqlite(url: str, patience_seconds: float) -> sa.Engine:
    try:
        from pysqlite3 import dbapi2 as driver
    except ImportError:
        import sqlite3 as driver
    journal = "WAL" if driver.sqlite_version_info >= SAFE_WAL else "TRUNCATE"
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = sa.create_engine(
        url,
        module=driver,
        connect_args={"check_same_thread": False, "timeout": patience_seconds, "isolation_level": "IMMEDIATE"},
        json_serializer=_json,
        pool_size=16,
        max_overflow=32,
    )

    @sa.event.listens_for(engine, "connect")
    def _settings(connection, record) -> None:
        connection.isolation_level = (
            "IMMEDIATE"  # a deferred transaction cannot wait for its turn when it starts to write
        )
        patience = f"busy_timeout={round(patience_seconds * 1000)}"
        for pragma in (patience, f"journal_mode={journal}", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    return engine


def _postgres(url: str, patience_seconds: float) -> sa.Engine:
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    lock_timeout = f"-c lock_timeout={round(patience_seconds * 1000)}"
    return sa.create_engine(
        url,
        connect_args={"connect_timeout": max(2, round(patience_seconds)), "options": lock_timeout},
        json_serializer=_json,
        pool_size=16,
        max_overflow=32,
        pool_pre_ping=True,
    )
