"""The layer's memory: tables, connections, transactions. SQLite for one machine, PostgreSQL for several.

A write transaction is `with storage.write() as tx`; everything inside is kept or nothing is.
"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from alembic import command as alembic
from alembic.config import Config as AlembicConfig
from sqlalchemy.dialects import postgresql, sqlite

from engine.witness import Testimony, Witness, new_id

OURS = {"stage_records", "effects", "marks"}
RESTORED = "restored"  # the mark that says since when the layer's memory is older than its deeds
SENDINGS = "sendings"
LOST = """{path} is lost: {witness} knows a database of Voronka here, and this file holds nothing of it.
Put the last copy back (docs/operations.md, «Put a copy back»).
To begin anew on purpose, forgetting everything, delete {witness}."""
BROKEN = """{path} is damaged: {what}.
Stop everything, keep the file aside, put the last copy back (docs/operations.md, «Put a copy back»)."""
OTHER = """{path} is another database than the one that worked here, by its id and {witness}.
Put a copy of the right one back, or delete {witness} to go on with this one."""
SAFE_WAL = (3, 51, 3)  # earlier SQLite can lose WAL resets: https://sqlite.org/wal.html#walresetbug

ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(hashtext('voronka:write'))"}
# Milliseconds and seconds after which PostgreSQL ends the sessions of processes and machines that hang.
SESSION = {
    "statement_timeout": 60_000, "idle_in_transaction_session_timeout": 15_000, "tcp_keepalives_idle": 15,
    "tcp_keepalives_interval": 5, "tcp_keepalives_count": 3,
}  # fmt: skip
DAMAGED = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB: https://sqlite.org/rescode.html
HUNG = ("25P03", "25P04")  # idle_in_transaction_session_timeout, transaction_timeout


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


class Exact(sa.types.TypeDecorator):
    """A Decimal as it was said: NUMERIC on PostgreSQL, text on SQLite, whose own fractions are binary."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.String(32) if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: Decimal | None, dialect) -> object:
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


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
    _column("deal_id", sa.BigInteger, index=True),
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
    _column("title"),
    sa.Index("tasks_open", "state", "deadline"),
    comment="The layer's tasks: open | done (by people) | passed | cancelled | deleted (by the layer or people). Some are of no card",
)

periods = sa.Table(
    "periods",
    metadata,
    _column("job", primary_key=True),
    _column("period", primary_key=True),
    _column("due_at", Moment, nullable=False),
    _column("started_at", Moment),
    _column("finished_at", Moment),
    _column("subjects", sa.Integer),
    _column("begun", sa.Integer),
    sa.Index("periods_by_due", "job", "due_at"),
    comment="Which due periods of a job ran: once each, in any number of processes. `begun`: subjects that came up for the first time",
)

documents_of_1c = sa.Table(
    "documents_of_1c",
    metadata,
    _column("kind", primary_key=True),
    _column("document", primary_key=True),
    _column("digest", nullable=False),
    _column("content", sa.JSON, nullable=False),
    _column("others", sa.JSON, nullable=False),
    _column("received_at", Moment, nullable=False),
    _column("outcome", nullable=False),
    _column("text", sa.Text),
    _column("more", sa.JSON, nullable=False),
    _column("answered_at", Moment),
    comment="Documents of 1C, each once, and what became of them: accepted → done | refused | unserved | stopped. `others`: digests of the "
    "other contents that came under the same id",
)

quotes = sa.Table(
    "quotes",
    metadata,
    _column("deal", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("number", sa.Integer, primary_key=True, autoincrement=False),
    _column("company", sa.BigInteger, index=True),
    _column("contractor", nullable=False),
    _column("route_from", nullable=False),
    _column("route_to", nullable=False),
    _column("mode", nullable=False),
    _column("price", nullable=False),
    _column("days", sa.Integer),
    _column("date", nullable=False),
    _column("chosen", sa.Boolean, nullable=False, default=False),
    _column("mark", sa.Integer),
    _column("marked_at", Moment),
    sa.Index("quotes_by_route", "route_from", "route_to", "date"),
    comment="What contractors offered for a transport, by the estimate card and line; the mark 1–5 stands with the chosen one",
)

numbers = sa.Table(
    "numbers",
    metadata,
    _column("scope", primary_key=True),
    _column("number", sa.Integer, primary_key=True, autoincrement=False),
    _column("key", nullable=False, unique=True),
    _column("taken_at", Moment, nullable=False),
    comment="Numbers of documents, by own company, type and year or inside a contract: each taken once, by whoever had the key",
)

documents = sa.Table(
    "documents",
    metadata,
    _column("id", sa.Integer, primary_key=True, autoincrement=True),
    _column("deal_id", sa.BigInteger, nullable=False),
    _column("code", nullable=False),
    _column("scope", nullable=False),
    _column("number", nullable=False),
    _column("version", sa.Integer, nullable=False),
    _column("key", nullable=False, unique=True),
    _column("date", nullable=False),
    _column("made_on", nullable=False),
    _column("said", nullable=False),
    _column("name", nullable=False),
    _column("total", nullable=False),
    _column("content", sa.LargeBinary),
    _column("made_at", Moment, nullable=False),
    sa.UniqueConstraint("deal_id", "code", "scope", "number", "version"),
    comment="Documents filled for a card; `said` is the digest of what they say, `content` the file until it is old",
)

reports = sa.Table(
    "reports",
    metadata,
    _column("id", sa.Integer, primary_key=True, autoincrement=True),
    _column("key", nullable=False, unique=True),
    _column("folder", nullable=False),
    _column("title", nullable=False),
    _column("at", Moment, nullable=False),
    _column("content", sa.JSON),
    _column("made_at", Moment, nullable=False),
    comment="Reports that were made; `content` is their rows until they are old",
)

absences = sa.Table(
    "absences",
    metadata,
    _column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("first", sa.Date, primary_key=True),
    _column("last", sa.Date, primary_key=True),
    _column("source", primary_key=True),
    _column("note", nullable=False, default=""),
    _column("noted_at", Moment, nullable=False),
    comment="Days on which somebody does not work, the last one included, in that person's zone, and who says so (R-12)",
)


companies = sa.Table(
    "companies",
    metadata,
    _column("company_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("raw", sa.JSON, nullable=False),
    _column("version", sa.Integer, nullable=False, default=0),
    comment="What the layer last knew of the companies of a kind that somebody watches (`on_company`). `version` grows with every "
    "write of ours and every reading",
)

branch_rates = sa.Table(
    "branch_rates",
    metadata,
    _column("branch_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("valid_from", sa.Date, primary_key=True),
    _column("valid_to", sa.Date),
    _column("rate_percent", Exact(7, 4), nullable=False),
    _column("set_by", sa.BigInteger),
    _column("source_task", sa.BigInteger),
    _column("note", nullable=False, default=""),
    sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_begins"),
    comment="Rates of the distributor's branches, from day to day inclusive; an open end is NULL, a gap means no rate. Intervals of a "
    "branch never overlap: robots/branch_rates.py writes them, one transaction after the other",
)

branch_managers = sa.Table(
    "branch_managers",
    metadata,
    _column("branch_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("since", sa.Date, primary_key=True),
    _column("user_id", sa.BigInteger),
    comment="Who managed a branch from which day on; a branch that was never handed on has no row",
)

distributor_prices = sa.Table(
    "distributor_prices",
    metadata,
    _column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("valid_from", sa.Date, primary_key=True),
    _column("product", nullable=False),
    _column("price", Exact(18, 2), nullable=False),
    _column("set_by", sa.BigInteger),
    _column("note", nullable=False, default=""),
    comment="The distributor's price list: a price holds from its day until the product's next one",
)

distributor_months = sa.Table(
    "distributor_months",
    metadata,
    _column("summary", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("month", nullable=False),
    _column("manager", sa.BigInteger, nullable=False),
    _column("said", sa.JSON, nullable=False),
    _column("to_next", Exact(18, 2), nullable=False),
    _column("carried_by", sa.BigInteger),
    _column("frozen_at", Moment, nullable=False),
    sa.Index("distributor_months_of_manager", "manager", "month"),
    comment="Months of the distributor's managers as they were handed over: `said` are the figures, `to_next` what the next month starts "
    "with, `carried_by` the summary that was handed over with it",
)

distributor_bonuses = sa.Table(
    "distributor_bonuses",
    metadata,
    _column("month", primary_key=True),
    _column("branch", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("name", nullable=False),
    _column("manager", sa.BigInteger, nullable=False),
    _column("summary", sa.BigInteger, nullable=False, index=True),
    _column("sales", Exact(18, 2)),
    _column("rate", Exact(10, 6)),
    _column("frozen", Exact(18, 2)),
    _column("bonus", Exact(18, 2)),
    comment="A month of a branch after it was handed over: `frozen` is the bonus that was handed over for it (NULL: none was), `sales`, "
    "`rate` and `bonus` are what its card says now (NULL: not confirmed)",
)

distributor_corrections = sa.Table(
    "distributor_corrections",
    metadata,
    _column("summary", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("month", primary_key=True),
    _column("branch", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("amount", Exact(18, 2), nullable=False),
    comment="By how much a summary that was handed over corrected the bonus of a branch in an earlier month",
)

distributor_files = sa.Table(
    "distributor_files",
    metadata,
    _column("deal", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("digest", primary_key=True),
    _column("file", sa.BigInteger, nullable=False),
    _column("name", nullable=False),
    _column("rows", sa.JSON, nullable=False),
    comment="Reports of branches that were read, each content once a card",
)

distributor_given_prices = sa.Table(
    "distributor_given_prices",
    metadata,
    _column("deal", sa.BigInteger, primary_key=True, autoincrement=False),
    _column("product", primary_key=True),
    _column("price", Exact(18, 2), nullable=False),
    comment="Prices that the head gave to products of a branch's report which the price list does not have",
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


def cancelled(key: str) -> str:
    """The mark of something that the administrator does not want made: `flask cancel`."""
    return f"cancelled:{key}"


class Storage:
    """The layer's database under `url` (`sqlite:///path` or `postgresql+psycopg://…`).

    A locked or absent database is waited for `patience_seconds`, then sqlalchemy's OperationalError is raised.
    """

    def __init__(self, url: str, patience_seconds: float = 30):
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite(url, patience_seconds) if self.is_sqlite else _postgres(url, patience_seconds)
        path = self.engine.url.database if self.is_sqlite else None
        self._file = Path(path) if path and path != ":memory:" else None
        self._inode: int | None = None
        self._turn = threading.RLock() if self.is_sqlite else nullcontext()  # SQLite would let who waits sleep too long
        self._witness = Witness(path) if self._file else None

    def prepare(self) -> None:
        """Bring the tables up to date; refuse a database that is another program's, damaged, or lost."""
        if self._witness is not None:
            self._refuse_what_is_not_whole()
        with self.engine.connect() as connection:
            if not _is_ours(sa.inspect(connection)):
                raise StorageRefused(
                    "DATABASE_URL names a database with other tables in it. Name an empty one, or Voronka's."
                )
        config = AlembicConfig()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        config.attributes["engine"] = self.engine
        alembic.upgrade(config, "head")
        if self._witness is not None:
            self._compare_with_witness()

    def _refuse_what_is_not_whole(self) -> None:
        path, testimony = self._witness.path.with_suffix(""), self._witness.says()
        words = {"path": path, "witness": self._witness.path}
        try:
            with self.engine.connect() as connection:
                what = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
                known = set(sa.inspect(connection).get_table_names())
        except sa.exc.OperationalError as error:
            if not _is_damage(error.orig):
                raise  # locked, full, not readable: that passes, or says itself what it is
            raise StorageRefused(BROKEN.format(what=error.orig, **words)) from None
        if what != "ok":
            raise StorageRefused(BROKEN.format(what=" ".join(what.split()), **words))
        if testimony is not None and not known >= OURS:
            raise StorageRefused(LOST.format(**words))

    def _compare_with_witness(self) -> None:
        """Know an older copy, or one that came here without its witness, by what the witness says."""
        with self.write() as tx:
            testimony = self._witness.says()
            own, sendings = self.mark(tx, "id"), int(self.mark(tx, SENDINGS, 0))
            heard = testimony or Testimony()
            if own and heard.id and own != heard.id:
                path = self._witness.path
                raise StorageRefused(OTHER.format(path=path.with_suffix(""), witness=path))
            stranger = (own and not heard.id) or (heard.id and not own)
            if self.mark(tx, "live_from") is not None and (stranger or heard.sendings > sendings):
                self.set_mark(tx, RESTORED, {"until": heard.last_at and heard.last_at.isoformat()})
            if (own, sendings) != (heard.id, heard.sendings):
                true = Testimony(own or heard.id or new_id(), max(sendings, heard.sendings), heard.last_at)
                self.set_mark(tx, "id", true.id)
                self.set_mark(tx, SENDINGS, true.sendings)
                self._witness.swear(true)

    @contextmanager
    def sending(self, at: datetime) -> Iterator[sa.Connection]:
        """A transaction after which something leaves for the portal; the witness hears of it."""
        with self.write() as tx:
            if self._witness is not None:
                sendings = int(self.mark(tx, SENDINGS, 0)) + 1
                self.set_mark(tx, SENDINGS, sendings)
            yield tx
        if self._witness is not None:
            self._witness.saw_sending(sendings, at)

    def copy_to(self, path: Path) -> None:
        """Write a whole, checked copy while others work. Raises FileExistsError, StorageRefused on PostgreSQL."""
        if self._witness is None:
            raise StorageRefused("This copies a SQLite database. PostgreSQL: pg_dump.")
        if path.exists():
            raise FileExistsError(path)
        half = path.with_name(path.name + ".half")
        half.unlink(missing_ok=True)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(half),))
            connection.exec_driver_sql("ATTACH ? AS copy", (str(half),))
            what = connection.exec_driver_sql("PRAGMA copy.quick_check(1)").scalar()
            connection.exec_driver_sql("DETACH copy")
        if what != "ok":
            raise StorageRefused(BROKEN.format(path=half, what=what))
        with half.open("rb") as file:
            os.fsync(file.fileno())
        half.rename(path)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: on return everything is on the disk, on an exception nothing is.

        On both stores the layer's writes go one after the other, so what is read here is still true when it is kept.
        """
        with self._turn, self.engine.begin() as tx:
            self._be_sure_of_the_file()
            tx.exec_driver_sql(ALONE[tx.dialect.name])
            yield tx

    def _be_sure_of_the_file(self) -> None:
        """A file deleted or replaced under a running process would take everything and keep nothing."""
        if self._file is None:
            return
        try:
            inode = self._file.stat().st_ino
        except FileNotFoundError:
            inode = None
        self._inode = self._inode or inode
        if inode is None or inode != self._inode:
            gone = "is gone" if inode is None else "is another file than the one opened"
            said = f"{self._file} {gone}: stop everything, put the last copy back, start again (docs/operations.md)"
            raise sa.exc.OperationalError("BEGIN", None, OSError(said))

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
        counted = {"preserve_rowcount": True}  # else SQLAlchemy says -1 of an insert on PostgreSQL
        return tx.execute(statement, values, execution_options=counted).rowcount

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

    def is_busy(self, now: datetime) -> bool:
        """Whether something rang, a run is open, or what leaves by itself is due: for those who wait until all is quiet."""
        is_due = sa.and_(effects.c.state.in_(("planned", "sent", "unknown")), effects.c.due_at <= now)
        waiting = (
            sa.select(runs.c.id).where(runs.c.state == "open"),
            sa.select(effects.c.key).where(is_due),
            sa.select(rings.c.times),
        )
        with self.read() as connection:
            return any(connection.execute(one.limit(1)).first() is not None for one in waiting)

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()


def _is_ours(there: sa.Inspector) -> bool:
    """Whether it is empty, has our tables, or is what an interrupted first start left of them."""
    present = set(there.get_table_names())
    if present >= OURS:
        return True
    begun = present - {"alembic_version"}
    return begun <= metadata.tables.keys() and all(
        {column["name"] for column in there.get_columns(name)} == {*metadata.tables[name].columns.keys()}
        for name in begun
    )


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
        hide_parameters=True,  # they hold what people wrote; errors go into logs
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

    @sa.event.listens_for(engine, "handle_error", retval=True)
    def _damaged(context: sa.engine.ExceptionContext) -> Exception | None:
        """A file that became unreadable is a database that is away: what comes in is refused, nothing is lost."""
        if not _is_damage(context.original_exception):
            return None
        return sa.exc.OperationalError(context.statement, None, context.original_exception, hide_parameters=True)

    return engine


def _is_damage(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED


def _postgres(url: str, patience_seconds: float) -> sa.Engine:
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    session = {"lock_timeout": round(patience_seconds * 1000), **SESSION}
    engine = sa.create_engine(
        url,
        connect_args={
            "connect_timeout": max(2, round(patience_seconds)),
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        },
        json_serializer=_json,
        hide_parameters=True,  # they hold what people wrote; errors go into logs
        pool_size=16,
        max_overflow=32,
        pool_pre_ping=True,
    )

    @sa.event.listens_for(engine, "handle_error", retval=True)
    def _session_ended(context: sa.engine.ExceptionContext) -> Exception | None:
        """A session that the server ended for hanging is a database that is away, whatever class its driver says."""
        if getattr(context.original_exception, "sqlstate", None) not in HUNG:
            return None
        context.is_disconnect = True
        return sa.exc.OperationalError(
            context.statement, None, context.original_exception, hide_parameters=True, connection_invalidated=True
        )

    return engine
