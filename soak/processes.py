"""Receiver and workers as processes of their own, and who kills them: at every failpoint in turn, and at random."""

import importlib
import math
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from itertools import count
from pathlib import Path

import flask.cli
from requests import RequestException, get

from engine import failpoints

ROOT = Path(__file__).parent.parent
KILLED, NOT_STARTED = -signal.SIGKILL, 1
REACH = re.compile(r'failpoints\.reach\("([^"]+)"\)')
BREATH, STARTED = 0.1, b'"worker started"'
AT_RANDOM = 3  # every third life ends at no point of ours
PASSINGS = (1, 2, 5, 15, 40)


def points() -> list[str]:
    """Every name at which the engine can be told to die."""
    found = {name for path in sorted((ROOT / "engine").glob("*.py")) for name in REACH.findall(path.read_text("utf-8"))}
    return sorted(found)


class Process:
    """`flask <name>` with its log in a file; it can be started again and again."""

    def __init__(self, name: str, command: str, environment: dict[str, str], folder: Path):
        self.name, self.log = name, folder / f"{name}.log"
        self._command = [sys.executable, "-m", "flask", "--app", "app", command]
        self._environment = {**os.environ, **environment}
        self._process: subprocess.Popen | None = None
        self._from = 0

    def start(self, **more: str) -> None:
        self._from = self.log.stat().st_size if self.log.exists() else 0
        self._process = self._begin({**self._environment, **more})

    def _begin(self, environment: dict[str, str]) -> subprocess.Popen:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def says(self, word: bytes) -> bool:
        """Whether its log says so since it was started."""
        with self.log.open("rb") as log:
            log.seek(self._from)
            return word in log.read()

    def ended(self) -> int | None:
        return self._process.poll() if self._process is not None else None

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """As on SIGTERM."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)


class Worker(Process):
    """The same, forked from a process that has imported everything: else a short life would be its imports, and no work."""

    _nursery = multiprocessing.get_context("forkserver")
    _nursery.set_forkserver_preload(["soak.preload"])

    def _begin(self, environment: dict[str, str]) -> "_Forked":
        return _Forked(self._nursery.Process(target=_be, args=(self._command[2:], environment, self.log)))


class _Forked:
    """A process of multiprocessing, used as one of subprocess is."""

    def __init__(self, process: multiprocessing.process.BaseProcess):
        self._process = process
        process.start()
        self.kill, self.terminate = process.kill, process.terminate

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> None:
        self._process.join(timeout)


def _be(words: list[str], environment: dict[str, str], log: Path) -> None:
    """Become `python -m …` with this environment, and with its output in a file."""
    os.environ.clear()
    os.environ.update(environment)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), stream.fileno())
    importlib.reload(failpoints)  # it has read its variable already
    sys.argv = words
    flask.cli.main()


class Mortal(threading.Thread):
    """A worker that dies: at each failpoint in turn, or at a random moment, and begins anew.

    `kills` counts where. `failed_starts`: the portal did not answer what a start asks; its supervisor starts it again.
    `endings` names what else ended it, which should be nothing.
    """

    def __init__(self, process: Process, rng: random.Random, life_seconds: tuple[float, float]):
        super().__init__(daemon=True)
        self.process, self.kills, self.endings, self.starts = process, Counter(), [], 0
        self.failed_starts = 0
        self._rng, self._life = rng, life_seconds
        self._rest, self._was_missed = threading.Event(), False
        self._points = deque(points())
        rng.shuffle(self._points)

    def run(self) -> None:
        for life in count(1):
            if self._rest.is_set():
                return
            passing = 1 if self._was_missed else self._rng.choice(PASSINGS)
            self._live("" if life % AT_RANDOM == 0 else f"{self._points[0]}:{passing}")

    def _live(self, failpoint: str) -> None:
        """A point that is not passed so often in time has its next turn at once, at its first passing."""
        self.process.start(VORONKA_FAILPOINT=failpoint)
        self.starts += 1
        until = math.inf
        while (code := self.process.ended()) is None and time.monotonic() < until and not self._rest.is_set():
            time.sleep(BREATH)
            if until == math.inf and self.process.says(STARTED):
                until = time.monotonic() + self._rng.uniform(*self._life)
        if code is None:
            self.process.kill()
            self.kills["at random"] += 1
            self._was_missed = bool(failpoint) or self._was_missed
        elif code == KILLED and failpoint:
            self.kills[failpoint.partition(":")[0]] += 1
            self._points.rotate(-1)
            self._was_missed = False
        elif code == NOT_STARTED:
            self.failed_starts += 1
        else:
            self.endings.append(f"{self.process.name} ended by itself with code {code}: see its log")
            time.sleep(1)

    def let_live(self) -> None:
        """Killed once more, then started without a failpoint, for good."""
        self._rest.set()
        self.join()
        self.process.start(VORONKA_FAILPOINT="")
        self.starts += 1


class Receiver:
    """`flask web`; killed now and then."""

    def __init__(self, environment: dict[str, str], folder: Path):
        self.process, self.kills = Process("receiver", "web", environment, folder), 0
        self._address = f"http://127.0.0.1:{environment['PORT']}/healthz"

    def start(self) -> None:
        self.process.start()
        until = time.monotonic() + 40
        while time.monotonic() < until:
            try:
                get(self._address, timeout=2)
                return
            except RequestException:
                time.sleep(BREATH)
        raise RuntimeError(f"the receiver did not start: {self.process.log}")

    def die_and_return(self, after_seconds: float) -> None:
        self.process.kill()
        self.kills += 1
        time.sleep(after_seconds)
        self.start()
