"""Keeps child processes alive: restarts one that died, ends all when told to, and lets none outlive this process."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from engine.log import log

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 90.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
CALM_SECONDS = 60.0
HOPELESS = 78  # EX_CONFIG of sysexits.h: a restart would end the same way
SET_PARENT_DEATH_SIGNAL = 1  # of prctl(2)
_c_library = ctypes.CDLL(None)  # opened before any fork


class Child:
    """A process that shall run. The pause before each further restart doubles, until it ran calmly for a minute."""

    def __init__(self, name: str, command: Sequence[str]):
        self.name, self._command = name, command
        self._process: subprocess.Popen | None = None
        self._pause, self._started, self._due = SHORTEST_PAUSE, 0.0, 0.0
        self.ended_with: int | None = None

    def keep(self) -> None:
        """Start it, or start it again when it is time to."""
        now = time.monotonic()
        if self._process is not None and (code := self._process.poll()) is not None:
            self._mourn(code, now)
        if self._process is None and now >= self._due:
            self._start(now)

    def _mourn(self, code: int, now: float) -> None:
        self.ended_with, self._process = code, None
        if now - self._started > CALM_SECONDS:
            self._pause = SHORTEST_PAUSE
        log.error("process ended", process=self.name, code=code, again_in=self._pause)
        self._due, self._pause = now + self._pause, min(self._pause * 2, LONGEST_PAUSE)

    def _start(self, now: float) -> None:
        parent = os.getpid()
        self._process = subprocess.Popen(
            self._command,
            start_new_session=True,  # Ctrl+C comes here alone and is passed on once
            preexec_fn=lambda: die_with(parent),
        )
        self._started, self.ended_with = now, None
        log.info("process started", process=self.name, pid=self._process.pid)

    def ask_to_end(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait_for_end(self, until: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("process killed", process=self.name, reason="it did not end by itself")
            self._process.kill()
            self._process.wait()


def keep(children: Sequence[Child], is_ready: Callable[[], bool], announce: Callable[[], None]) -> int:
    """Keep them until SIGTERM or SIGINT, `announce` once when they are ready. Returns the exit code: 0, or HOPELESS.

    To be called by the main thread: a child dies with the thread that started it.
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    ready, code = False, 0
    while not stopping.wait(LOOK_SECONDS):
        for child in children:
            child.keep()
        if any(child.ended_with == HOPELESS for child in children):
            code = HOPELESS
            break
        if not ready and (ready := is_ready()):
            announce()
    _end(children)
    return code


def _end(children: Sequence[Child]) -> None:
    for child in children:
        child.ask_to_end()
    until = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        child.wait_for_end(until)


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, however that ends (Linux; elsewhere nothing)."""
    if not sys.platform.startswith("linux"):
        return
    _c_library.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGKILL)
