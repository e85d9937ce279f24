"""How fast is the doorbell answered?

Every answer is durable: one row an entity, commits shared by those who ring together, deletions one by one. Client and
server share the machine.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

SECONDS = 5.0
TOKEN = "token-of-the-bench"


def rows() -> Iterator[str]:
    """Rows of a Markdown table, one a measurement."""
    yield "| connections | events | answers/s | p50 ms | p99 ms | max ms |"
    yield "|---|---|---|---|---|---|"
    with _receiver() as port:
        for connections, event in ((1, "UPDATE"), (16, "UPDATE"), (64, "UPDATE"), (16, "DELETE")):
            waits = _measure(port, connections, f"ONCRMDEAL{event}")
            p50, p99, most = statistics.median(waits), statistics.quantiles(waits, n=100)[98], max(waits)
            speed = len(waits) / SECONDS
            yield f"| {connections} | {event} | {speed:,.0f} | {p50:.1f} | {p99:.1f} | {most:.0f} |"


def _measure(port: int, connections: int, event: str) -> list[float]:
    """Milliseconds that answers took."""
    until = time.monotonic() + SECONDS
    with ThreadPoolExecutor(connections) as people:
        every = people.map(lambda number: _ring(port, event, number, until), range(connections))
        return [wait for mine in every for wait in mine]


def _ring(port: int, event: str, number: int, until: float) -> list[float]:
    """One connection that stays open: the next event after each answer, of another deal."""
    waits, deal = [], (number + 1) * 1_000_000
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        while time.monotonic() < until:
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
    form = {"event": event, "data[FIELDS][ID]": deal, "ts": 1766047124, "auth[application_token]": TOKEN}
    body = urlencode(form).encode()
    head = "POST /hook/b24 HTTP/1.1\r\nHost: receiver\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def _receiver() -> Iterator[int]:
    """`flask web` as a process on a free port with a database of its own."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {
            "BITRIX_WEBHOOK_URL": "http://127.0.0.1:9/rest/1/secret-of-the-bench/",
            "BITRIX_EVENT_TOKEN": TOKEN,
            "DATABASE_URL": f"sqlite:///{folder}/voronka.sqlite",
            "PORT": str(port),
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", "web"], env={**os.environ, **settings}
        )
        try:
            _wait_for(port)
            yield port
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
    raise RuntimeError("the receiver did not start within 20 s")


if __name__ == "__main__":
    for row in rows():
        print(row, flush=True)
