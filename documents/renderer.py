"""Templates filled in a process of their own, with limits on time and memory (documents/child.py).

One such process serves a worker as long as it lives, so templates stay parsed. It is replaced when a template killed it.
"""

import atexit
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from documents import child, template
from documents.template import TemplateMistake

START_SECONDS, WALL_SECONDS = 120, 30
ROOT = Path(__file__).parent.parent


def fill(code: str, variables: dict, pictures: dict[str, bytes] | None = None) -> bytes:
    """As template.fill, but whatever the template does, this process comes to no harm. Raises TemplateMistake."""
    return _renderer.fill(template.path_of(code), variables, pictures or {})


class Renderer:
    """One child and the way to talk to it; whoever comes meanwhile waits some milliseconds. `seconds`: how long a document may take."""

    def __init__(self, seconds: float = WALL_SECONDS):
        self.seconds = seconds
        self._alone = threading.Lock()
        self._process: subprocess.Popen | None = None

    def fill(self, path: Path, variables: dict, pictures: dict[str, bytes]) -> bytes:
        request = pickle.dumps({"path": path, "variables": variables, "pictures": pictures})
        with self._alone:
            answer = self._ask(request)
        kind, said = answer[:1], answer[1:]
        if kind == child.FILLED:
            return said
        if kind == child.REFUSED:
            raise TemplateMistake(said.decode())
        raise RuntimeError(f"the process that fills templates: {said.decode()}")

    def end(self) -> int | None:
        """Let the child go; the next document has a new one. Returns how it ended."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        process.communicate()
        return process.returncode

    @property
    def pid(self) -> int | None:
        """Of the child that lives, if one does."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _ask(self, request: bytes) -> bytes:
        """The child's answer. One that somebody else killed is no fault of the template: a new one is asked once more."""
        for _ in range(2):
            try:
                return self._tell(request)
            except TimeoutError:
                break
            except (BrokenPipeError, EOFError):
                if self.end() == -signal.SIGXCPU:
                    break
        self.end()
        raise TemplateMistake(child.TOO_MUCH)

    def _tell(self, request: bytes) -> bytes:
        if self.pid is None:
            self._begin()
        child.send(self._process.stdin, request)
        return self._receive(self.seconds)

    def _begin(self) -> None:
        self.end()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "documents.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
            env={name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            start_new_session=True,  # Ctrl+C is for the worker; this one ends when its input does
        )  # fmt: skip
        self._receive(START_SECONDS)  # that a busy machine starts it slowly is no fault of the template

    def _receive(self, seconds: float) -> bytes:
        """What the child says. Raises TimeoutError, or EOFError when it is gone."""
        until = time.monotonic() + seconds
        return self._read(*child.LENGTH.unpack(self._read(child.LENGTH.size, until)), until)

    def _read(self, length: int, until: float) -> bytes:
        got = bytearray()
        while len(got) < length:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(self._process.stdout.fileno(), length - len(got))
            if not piece:
                raise EOFError
            got += piece
        return bytes(got)


_renderer = Renderer()
atexit.register(_renderer.end)
