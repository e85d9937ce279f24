"""How fast is the doorbell answered, beside bare Flask?

Bare Flask: one route that reads the form and answers 200, on the same server with the same settings; it stores nothing.
Voronka: every answer is durable, one row an entity, commits shared by those who ring together, deletions one by one. Both
are asked in turns, round by round; a figure is the median of the rounds. Busy: on the same database a worker drains a burst.
"""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.layer import Layer, layer, metrics
from emulator.control import free_port
from tests.company import EVENT_TOKEN
from tests.web.process import ROOT, running

CASES = ((1, "UPDATE"), (16, "UPDATE"), (64, "UPDATE"), (16, "DELETE"))
BUSY = (16, "UPDATE")
BUSY_LIMITS = "scaled:10"


@dataclass(frozen=True)
class Round:
    """One measurement: milliseconds that answers took, and answers a second."""

    waits: Sequence[float]
    seconds: float

    @property
    def p50(self) -> float:
        return statistics.median(self.waits)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.waits, n=100)[98]

    @property
    def speed(self) -> float:
        return len(self.waits) / self.seconds


def rows(seconds: float = 1.0, rounds: int = 5, burst: int = 600) -> Iterator[str]:
    """A table, row by row."""
    yield "| worker | connections | event | bare p50 / p99 ms | Voronka p50 / p99 ms | p50 : p50 | bare, answers/s | Voronka, answers/s | commits per event |"
    yield "|---|---|---|---|---|---|---|---|---|"
    with _bare() as bare:
        with _alone() as ours:
            for connections, event in CASES:
                yield _row("none", bare, ours, connections, event, seconds, rounds)
        with layer(BUSY_LIMITS) as busy, _draining(busy, burst):
            yield _row(f"busy ({BUSY_LIMITS})", bare, busy.web.address, *BUSY, seconds, rounds)
            if not busy.is_busy():
                yield ""
                yield "The burst was over before the last round."


def _row(worker: str, bare: str, ours: str, connections: int, event: str, seconds: float, rounds: int) -> str:
    ring, theirs, own, commits = f"ONCRMDEAL{event}", [], [], 0
    for _ in range(rounds):
        theirs.append(_measure(bare, connections, ring, seconds))
        before = metrics(ours)["voronka_commits_total"]
        own.append(_measure(ours, connections, ring, seconds))
        commits += metrics(ours)["voronka_commits_total"] - before
    share = commits / sum(len(one.waits) for one in own)
    ratio = _median(own, "p50") / _median(theirs, "p50")
    cells = [
        worker, f"{connections}", event, f"{_median(theirs, 'p50'):.2f} / {_median(theirs, 'p99'):.1f}",
        f"{_median(own, 'p50'):.2f} / {_median(own, 'p99'):.1f}", f"{ratio:.2f}",
        f"{_median(theirs, 'speed'):,.0f}", f"{_median(own, 'speed'):,.0f}", f"{share:.2f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _median(rounds: Sequence[Round], name: str) -> float:
    return statistics.median(getattr(one, name) for one in rounds)


def _measure(address: str, connections: int, event: str, seconds: float) -> Round:
    port, until = int(address.rpartition(":")[2]), time.monotonic() + seconds
    with ThreadPoolExecutor(connections) as people:
        every = people.map(lambda number: _ring(port, event, number, until), range(connections))
        return Round([wait for mine in every for wait in mine], seconds)


def _ring(port: int, event: str, number: int, until: float) -> list[float]:
    """One connection that stays open: the next event after each answer, of another deal."""
    waits, deal = [], (number + 1) * 1_000_000
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        while not waits or time.monotonic() < until:
            deal += 1
            started = time.perf_counter()
            line.sendall(_post(event, deal))
            status = answers.readline()
            length = 0
            while (header := answers.readline().strip().lower()) != b"":
                if header.startswith(b"content-length:"):
                    length = int(header.partition(b":")[2])
            answers.read(length)
            waits.append((time.perf_counter() - started) * 1000)
            if b" 200 " not in status:
                raise RuntimeError(f"the receiver answered {status!r}")
    return waits


def _post(event: str, deal: int) -> bytes:
    """What the portal posts."""
    form = {
        "event": event, "event_handler_id": 975, "data[FIELDS][ID]": deal, "ts": 1766047124,
        "auth[domain]": "company.bitrix24.ru", "auth[client_endpoint]": "https://company.bitrix24.ru/rest/",
        "auth[server_endpoint]": "https://oauth.bitrix.info/rest/", "auth[member_id]": "d897063e1ce7c5eb9f04b9751eef5915",
        "auth[application_token]": EVENT_TOKEN,
    }  # fmt: skip
    body = urlencode(form).encode()
    head = "POST /hook/b24 HTTP/1.1\r\nHost: receiver\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def _draining(busy: Layer, burst: int) -> Iterator[None]:
    """People made a burst of cards a moment ago: the worker is at work on them."""
    busy.portal.events(hold=True)
    busy.new_deals(burst)
    busy.portal.reset_counters()
    busy.portal.events(hold=False)
    busy.wait_for_tasks(1)
    yield


@contextmanager
def _alone() -> Iterator[str]:
    """`flask web` on a database of its own, with nobody who looks."""
    with TemporaryDirectory() as folder:
        settings = {
            "bitrix_webhook_url": "http://127.0.0.1:9/rest/1/secret-of-the-bench/",
            "bitrix_event_token": EVENT_TOKEN,
            "database_url": f"sqlite:///{folder}/voronka.sqlite",
        }
        with running("web", **settings) as web:
            web.wait_until_it_answers()
            yield web.address


@contextmanager
def _bare() -> Iterator[str]:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)], cwd=ROOT)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=15)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("bare Flask did not start within 20 s")
