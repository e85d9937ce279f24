"""R16–R18: the SQLite file is locked, the disk is full, the file is damaged or gone."""

import os
import resource
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from engine import engine as of_engine
from engine import storage
from engine.storage import Storage, StorageRefused
from tests.company import playing
from tests.engine.test_restored_copy import Database, done_since, everything, last_number
from tests.stores import ON_POSTGRES
from tests.web.process import children_of, flask, running, wait_for

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="of SQLite alone")
TOKEN = "event-token-of-the-tests"


@pytest.fixture
def file(tmp_path) -> Path:
    """A database that has worked for a while."""
    path = tmp_path / "voronka.sqlite"
    store = Storage(f"sqlite:///{path}")
    store.prepare()
    with store.write() as tx:
        for number in range(1000):
            store.set_mark(tx, f"mark {number}", "x" * 200)
        store.set_mark(tx, "live_from", 1)
    store.close()
    return path


def settings(path: Path) -> dict:
    return {
        "bitrix_webhook_url": "http://127.0.0.1:9/rest/1/secret/",
        "bitrix_event_token": TOKEN,
        "database_url": f"sqlite:///{path}",
    }


def prepare(path: Path) -> dict | None:
    """Start on it, and end; what is then known of a restore."""
    store = Storage(f"sqlite:///{path}")
    try:
        store.prepare()
        with store.read() as connection:
            return store.mark(connection, storage.RESTORED)
    finally:
        store.close()


# — damaged, truncated, emptied, gone —


def overwrite(at: int, length: int):
    """Bytes that a bad disk made up."""

    def harm(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(at if at >= 0 else path.stat().st_size + at)
            file.write(b"\xa5" * length)

    return harm


LOST = {
    "emptied": lambda path: path.write_bytes(b""),
    "deleted": lambda path: path.unlink(),
    "cut after its first byte": lambda path: os.truncate(path, 1),
    "another program's in its place": lambda path: (
        path.unlink(),
        sqlite3.connect(path).executescript("CREATE TABLE customers (id INTEGER)"),
    ),
}
DAMAGED = {
    "cut inside its header": lambda path: os.truncate(path, 50),
    "cut after its first page": lambda path: os.truncate(path, 4096),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "without its last page": lambda path: os.truncate(path, path.stat().st_size - 4096),
    "nothing but zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "a text": lambda path: path.write_text("Договор\n" * 5000),
    "wrong bytes at its head": overwrite(0, 16),
    "wrong bytes in its list of tables": overwrite(100, 200),
    "wrong bytes in a page of a table": overwrite(-4096, 4096),
}


@pytest.mark.parametrize("harm", LOST.values(), ids=LOST)
def test_a_lost_database_is_not_taken_for_a_new_one(file, harm):
    harm(file)
    with pytest.raises(StorageRefused, match="is lost") as refusal:
        prepare(file)
    assert "Put the last copy back" in str(refusal.value)
    assert f"delete {file}.witness" in str(refusal.value)
    with pytest.raises(StorageRefused, match="is lost"):
        prepare(file)


@pytest.mark.parametrize("harm", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_database_is_left_alone(file, harm):
    harm(file)
    remains = file.read_bytes()
    with pytest.raises(StorageRefused, match="is damaged") as refusal:
        prepare(file)
    assert "put the last copy back" in str(refusal.value)
    assert file.read_bytes() == remains


@pytest.mark.parametrize(
    ("command", "harm"),
    [("serve", "emptied"), ("web", "deleted"), ("worker", "deleted"), ("worker", "cut in half")],
)
def test_no_process_starts_on_it(file, harm, command):
    """Ended with 78: the service manager does not start it again and again."""
    {**LOST, **DAMAGED}[harm](file)
    done = flask(command, **settings(file))
    assert done.returncode == 78, done.stderr
    assert "ut the last copy back" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_another_installation_is_refused(file, tmp_path):
    other = tmp_path / "other" / "voronka.sqlite"
    prepare(other)
    file.write_bytes(other.read_bytes())
    with pytest.raises(StorageRefused, match="another database"):
        prepare(file)


def test_without_its_witness_it_is_begun_anew(file):
    file.unlink()
    Path(f"{file}.witness").unlink()
    assert prepare(file) is None


@pytest.mark.parametrize("witness", ["", "what a torn write left", "\x00" * 87], ids=["empty", "torn", "zeros"])
def test_a_witness_that_cannot_be_read_is_no_reason_to_stop(file, witness):
    """But then the database may be an older one."""
    Path(f"{file}.witness").write_text(witness)
    assert prepare(file) == {"until": None}
    file.write_bytes(b"")
    with pytest.raises(StorageRefused, match="is lost"):
        prepare(file)


def test_a_database_of_before_there_were_witnesses_gets_one(file):
    store = Storage(f"sqlite:///{file}")
    with store.write() as tx:
        tx.execute(sa.delete(storage.marks).where(storage.marks.c.name == "id"))
    store.close()
    Path(f"{file}.witness").unlink()
    assert prepare(file) is None
    file.unlink()
    with pytest.raises(StorageRefused, match="is lost"):
        prepare(file)


# — the file itself, under a portal that remembers —


@pytest.fixture
def alone(tmp_path):
    """A company whose receiver never hears anything, and so has no file open."""
    with playing(tmp_path) as company:
        company.portal.events(lose=10**9)
        yield company


def a_client(company) -> dict:
    return {"company": company.any_company(), "contact": company.any_contact()}


def test_a_file_that_comes_back_as_it_was_is_no_older_copy(alone):
    database = Database(alone)
    alone.deal_in("QUALIFY", **a_client(alone))
    with alone.layer_down():
        whole = database.path.read_bytes()
        database.remove_file()
        database.path.write_bytes(whole)
    assert database.mark(storage.RESTORED) is None


def test_what_a_lost_wal_held_is_found_on_the_portal(alone):
    """R18: after kill -9 the newest commits stand in the -wal alone. It is deleted, and the file is older than it knows."""
    database = Database(alone)
    with alone.layer_down():
        whole = database.path.read_bytes()
    deal = alone.new_deal(**a_client(alone))
    alone.settle()
    with alone.layer_down():
        database.remove_file()
        database.path.write_bytes(whole)
        number = last_number(alone)
    alone.settle()
    assert database.mark(storage.RESTORED)["caught_up"]
    assert done_since(alone, number) == []
    assert alone.titles(deal) == ["Свяжитесь с клиентом"]


@pytest.mark.slow
def test_a_request_of_the_lost_process_that_lands_late_is_waited_out(tmp_path):
    """The portal may still be at it when the older file stands there already, and nothing is found yet."""
    with playing(tmp_path, portal_cut_seconds=4) as company:
        company.portal.events(lose=10**9)
        database = Database(company)
        with company.layer_down():
            whole = database.path.read_bytes()
        company.portal.fault("late", method="tasks.task.add", seconds=3.8)
        deal = company.new_deal(**a_client(company))
        wait_for(lambda: not company.portal.faults_waiting(), "the request is on its way")
        landed = time.monotonic() + 4
        with company.layer_down():
            database.remove_file()
            database.path.write_bytes(whole)
        company.settle()
        time.sleep(max(0, landed - time.monotonic()))
        assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом"]


def test_begun_anew_on_purpose_nothing_of_before_fires(alone):
    database = Database(alone)
    deal = alone.new_deal(**a_client(alone))
    alone.move(deal, "QUALIFY")
    alone.settle()
    seen = everything(alone, [deal])
    with alone.layer_down():
        database.remove_file()
        database.witness.unlink()
        number = last_number(alone)
    alone.settle()
    alone.run_clock()
    assert done_since(alone, number) == []
    assert everything(alone, [deal]) == seen
    with alone.engine.storage.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(storage.changes)) == 0


# — locked —


class Rung:
    """Somebody rings many times a second, for as long as the block lasts."""

    def __init__(self, address: str, first: int = 1):
        self.answers: Counter[int] = Counter()
        self.taken: set[int] = set()
        self._address, self._number = address, first
        self._ends = threading.Event()

    def ring(self) -> int:
        number, self._number = self._number, self._number + 1
        form = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": str(number), "auth[application_token]": TOKEN}
        answer = requests.post(self._address, data=form, timeout=30)
        self.answers[answer.status_code] += 1
        if answer.status_code == 200:
            self.taken.add(number)
        elif answer.status_code == 503:
            assert answer.headers["Retry-After"]
        return answer.status_code

    @contextmanager
    def going_on(self):
        def go_on() -> None:
            while not self._ends.wait(0.05):
                ring_self.submit(self.ring)

        with ThreadPoolExecutor(8) as ring_self:
            thread = threading.Thread(target=go_on)
            thread.start()
            yield
            self._ends.set()
            thread.join()


@contextmanager
def locked(company, seconds: float):
    """Another connection has the whole file for itself."""
    store = Storage(company.settings.database_url)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        yield
        time.sleep(seconds)
        connection.exec_driver_sql("ROLLBACK")
    store.close()


@pytest.mark.parametrize("seconds", [0.3, pytest.param(4, marks=pytest.mark.slow)])
def test_a_locked_database_costs_neither_a_ring_nor_an_effect(tmp_path, seconds):
    """R16: within the receiver's two seconds nobody notices; after them it says 503 and the look finds what rang."""
    with playing(tmp_path) as company:
        client = a_client(company)
        deals = [company.new_deal(**client) for _ in range(5)]
        company.settle()
        rung = Rung(company.receiver_url, first=10_000)
        with rung.going_on(), locked(company, seconds):
            for deal in deals:
                company.move(deal, "QUALIFY")
        company.settle()
        assert set(rung.answers) == ({200} if seconds < 2 else {200, 503}), rung.answers
        assert sum(rung.answers.values()) >= 5
        for deal in deals:
            assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом", "Оцените клиента и потребности"]
            assert company.messages(deal, "Свяжитесь") == ["Стадия пройдена"]
        assert company.failures() == []


# — full —


def room(pid: int, size: int) -> None:
    """No file of that process may grow beyond so many bytes."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.slow
def test_the_receiver_says_503_while_the_disk_is_full_and_goes_on_by_itself(tmp_path):
    """R17: as the kernel tells it: a write that would let a file grow fails."""
    path = tmp_path / "voronka.sqlite"
    with running("web", **settings(path)) as web:
        web.wait_until_it_answers()
        rung = Rung(f"{web.address}/hook/b24")
        assert rung.ring() == 200
        processes = [web.process.pid, *children_of(web.process.pid)]
        for process in processes:
            room(process, 64 * 1024)
        for _ in range(300):
            rung.ring()
        assert set(rung.answers) == {200, 503}, rung.answers
        assert rung.ring() == 503, "still full"
        for process in processes:
            room(process, resource.RLIM_INFINITY)
        assert rung.ring() == 200
    prepare(path)
    store = Storage(f"sqlite:///{path}")
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"
        assert rung.taken <= set(connection.scalars(sa.select(storage.rings.c.entity_id))), (
            "what was answered 200 is there"
        )


@pytest.fixture
def disk():
    """`disk.fill()`: no SQLite file of this process grows any more; `disk.clear()`."""
    full = threading.Event()

    class Disk:
        fill, clear = full.set, full.clear

    def limit(connection, record, proxy) -> None:
        most = 1 if full.is_set() else 2**30  # SQLite takes 1 for «as many as there are»
        connection.execute(f"PRAGMA max_page_count={most}").close()

    sa.event.listen(sa.pool.Pool, "checkout", limit)
    yield Disk
    sa.event.remove(sa.pool.Pool, "checkout", limit)


def deleted(path: Path) -> None:
    path.unlink()


def replaced(path: Path) -> None:
    copy = path.with_name("copy.sqlite")
    copy.write_bytes(path.read_bytes())
    copy.replace(path)


def overwritten(path: Path) -> None:
    """All of it but its head, and nothing of it is in the WAL."""
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xa5" * (path.stat().st_size - 100))


@pytest.mark.parametrize(
    ("harm", "said"),
    [(deleted, "is gone: stop everything"), (replaced, "another file"), (overwritten, "malformed")],
)
def test_what_a_running_receiver_cannot_keep_is_refused_and_not_answered(tmp_path, harm, said):
    """R18: the file under a running process; the portal hears 503 and rings again, and the log says why."""
    path = tmp_path / "voronka.sqlite"
    with running("web", **settings(path)) as web:
        web.wait_until_it_answers()
        rung = Rung(f"{web.address}/hook/b24")
        assert rung.ring() == 200
        harm(path)
        assert {rung.ring() for _ in range(20)} == {503}
        wait_for(lambda: any(said in line["reason"] for line in web.said("not written")), "the log says why")


@pytest.mark.slow
def test_a_full_disk_stops_the_worker_for_no_longer_than_it_is_full(tmp_path, disk, monkeypatch):
    """R17: SQLITE_FULL for everything that needs another page; what people did meanwhile is done afterwards, once."""
    monkeypatch.setattr(of_engine, "WAKE_SECONDS", 0.5)
    with playing(tmp_path) as company:
        client = a_client(company)
        deals = [company.new_deal(**client) for _ in range(3)]
        company.settle()
        disk.fill()
        for deal in deals:
            company.move(deal, "QUALIFY")
        late = [company.new_deal(**client) for _ in range(20)]
        rung = Rung(company.receiver_url, first=10_000)
        for _ in range(400):
            rung.ring()
        assert set(rung.answers) <= {200, 503}
        assert rung.answers[503], "the disk was not full"
        disk.clear()
        company.settle(100)
        for deal in deals:
            assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом", "Оцените клиента и потребности"]
            assert len(company.checklist(deal, "Оцените")) == 6
        assert [company.titles(deal) for deal in late] == [["Свяжитесь с клиентом"]] * len(late)
        assert company.failures() == []
        with company.engine.storage.read() as connection:
            assert connection.exec_driver_sql("PRAGMA quick_check").scalar() == "ok"


# — copies —


def test_a_copy_is_whole_and_made_while_others_write(file, tmp_path):
    store = Storage(f"sqlite:///{file}")
    store.prepare()
    ends = threading.Event()

    def write() -> None:
        while not ends.is_set():
            store.count("turn")

    with ThreadPoolExecutor(2) as writers:
        writing = [writers.submit(write) for _ in range(2)]
        copies = [tmp_path / f"copy{n}" for n in range(4)]
        done = flask("backup", str(copies[0]), **settings(file))
        assert done.returncode == 0, done.stderr
        for copy in copies[1:]:
            store.copy_to(copy)
        ends.set()
        assert [one.result() for one in writing] == [None, None]
    counted = []
    for copy in copies:
        with sqlite3.connect(copy) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            counted += connection.execute("SELECT value FROM marks WHERE name = 'count:turn'").fetchone()
    assert counted == sorted(counted)
    store.close()


@pytest.mark.slow
def test_a_copy_overwrites_nothing_and_half_a_copy_has_another_name(file, tmp_path):
    there = tmp_path / "copy"
    there.write_text("yesterday")
    done = flask("backup", str(there), **settings(file))
    assert (done.returncode, "is there already" in done.stderr) == (1, True)
    assert there.read_text() == "yesterday"
    (tmp_path / "other.half").write_text("killed in the middle")
    assert flask("backup", str(tmp_path / "other"), **settings(file)).returncode == 0
    assert not (tmp_path / "other.half").exists()


def test_it_can_be_told_that_a_copy_was_put_back(file):
    assert flask("restored", **settings(file)).returncode == 0
    assert prepare(file) == {"until": None}
