"""`flask <command>` as a process with settings of its own, ended when the block ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from emulator.control import free_port

ROOT = Path(__file__).parent.parent.parent
OURS = ("BITRIX_", "DATABASE_", "HOOK_", "ROBOT_", "ONEC_", "FLASK_", "HOST", "PORT", "LIMITS", "SLOT")


class Process:
    """A running command, what it printed, and its port."""

    def __init__(self, command: str, environment: dict[str, str]):
        self.address = f"http://127.0.0.1:{environment['PORT']}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", command],
            cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def said(self, event: str) -> list[dict]:
        """Lines of its log about that event, and of its children's."""
        parsed = [json.loads(line) for line in self.lines if line.startswith("{")]
        return [line for line in parsed if line.get("event") == event]

    def wait_until_it_answers(self) -> None:
        wait_for(self._answers, "it answers")

    def _answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.address}/healthz", timeout=10).status_code in (200, 503)
        return False

    def end(self, number: int = signal.SIGTERM, seconds: float = 30) -> int:
        """Send the signal and wait; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=seconds)
        self._reader.join(timeout=5)
        return code


@contextmanager
def running(command: str, **settings: str) -> Iterator[Process]:
    process = Process(command, environment(**settings))
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.kill()
            process.process.wait()


def flask(*words: str, **settings: str) -> subprocess.CompletedProcess:
    """Run a command to its end."""
    command = [sys.executable, "-m", "flask", *words]
    return subprocess.run(command, cwd=ROOT, env=environment(**settings), capture_output=True, text=True, timeout=60)


def environment(**settings: str) -> dict[str, str]:
    """This process' environment with these settings, and no others, of the layer."""
    given = {name.upper(): str(value) for name, value in settings.items()}
    rest = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**rest, "PORT": str(free_port()), **given}


def wait_for(holds: Callable[[], object], what: str, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited {seconds} s and not yet: {what}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """A zombie is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children_of(pid: int) -> list[int]:
    """Its child processes and theirs."""
    own = [int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    return own + [grandchild for child in own for grandchild in children_of(child)]
