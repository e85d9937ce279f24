"""The layer beside the simulated portal: one worker in this process, others in processes of their own; it may be down for a while."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

import handlers
import jobs
from config import company
from config.settings import Settings
from engine import families, log, storage
from engine.engine import Engine
from robots.price_rows import Price, keep_prices

ROOT = Path(__file__).parent.parent
SHARE = Decimal("0.8")
PATIENCE_SECONDS, PAUSE_SECONDS = 600, 2


class Driven(Engine):
    """A worker that looks and posts when it is told to settle: between two jumps of the clock nothing happens."""

    def _observe(self) -> None:
        self.stopping.wait()

    def _post(self) -> None:
        while not self.stopping.wait(PAUSE_SECONDS):
            for run_id, reason in self.ledger.undeliverable():
                families.fail(run_id, reason)


class Layer:
    """`database`: where it keeps its memory; several workers need PostgreSQL. The first leads, the others do runs."""

    def __init__(self, webhook: str, database: str, workers: int = 1):
        handlers.load()
        jobs.load()
        self._settings = Settings(
            bitrix_webhook_url=webhook, bitrix_event_token="-" * 16, robot_secret="-" * 32, onec_token="-" * 32,
            database_url=database, limits="off", look_every_seconds=3600, tick_seconds=3600, takeover_seconds=3600, office="off",
        )  # fmt: skip
        self._others = workers - 1
        self.engine: Engine | None = None
        self._workers: list[subprocess.Popen] = []

    @property
    def is_up(self) -> bool:
        return self.engine is not None

    def start(self) -> None:
        self.engine = Driven.from_settings(self._settings, company())
        self.engine.start()
        self._workers = [self._worker(number) for number in range(2, self._others + 2)]
        for worker in self._workers:
            _answer(worker)

    def enter_prices(self, goods: list[dict]) -> None:
        """The distributor's price list, which the head of the direction has entered in January: four fifths of the catalogue's."""
        since = date(2026, 1, 1)
        keep_prices(
            self.engine.storage,
            [Price(int(one["ID"]), one["NAME"], Decimal(str(one["PRICE"])) * SHARE, since) for one in goods],
        )

    def stop(self) -> None:
        """As on SIGTERM."""
        for worker in self._workers:
            worker.stdin.close()
        while self._workers:
            self._workers.pop().wait(timeout=60)
        if self.engine is not None:
            self.engine.stop()
            self.engine = None

    def settle(self) -> None:
        """Until nothing is left to do at this moment; nothing where it is down.

        Everybody asks first what time it is, as the clock may have jumped. The portal here rings no doorbell: what the layer
        itself has opened and moved is seen by looking once more.
        """
        if self.engine is None:
            return
        self.engine.portal.call("server.time")
        for worker in self._workers:
            worker.stdin.write("\n")
            worker.stdin.flush()
            _answer(worker)
        seen = -1
        while seen != (newest := self._newest_run()):
            seen = newest
            self.engine.settle(PATIENCE_SECONDS)

    def _newest_run(self) -> int:
        with self.engine.storage.read() as connection:
            return connection.scalar(sa.select(sa.func.max(storage.runs.c.id))) or 0

    def _worker(self, number: int) -> subprocess.Popen:
        said = {name.upper(): _plain(value) for name, value in dict(self._settings).items() if value is not None}
        return subprocess.Popen(
            [sys.executable, "-m", "simulate.layer"], cwd=ROOT, env={**os.environ, **said, "SLOT": f"worker-{number}"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip


@contextmanager
def database(folder: Path, workers: int) -> Iterator[str]:
    """A new one for so many workers."""
    if workers == 1:
        yield f"sqlite:///{folder}/voronka.sqlite"
        return
    from tests import postgres  # only where it is asked for: it needs a server of PostgreSQL on this machine

    with postgres.server() as server:
        yield postgres.fresh(server.url)


def _answer(worker: subprocess.Popen) -> None:
    if not worker.stdout.readline():
        raise RuntimeError("a further worker has ended before its time; what it said stands above")


def _plain(value: object) -> str:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)


def _work_beside() -> None:
    """A further worker, until nobody speaks any more. At every line it asks the portal what time it is."""
    handlers.load()
    jobs.load()
    log.configure(Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    engine = Driven.from_settings(Settings.from_env(), company())
    engine.start()
    try:
        print(flush=True)
        for _ in sys.stdin:
            engine.portal.call("server.time")
            print(flush=True)
    finally:
        engine.stop()


if __name__ == "__main__":
    _work_beside()
