"""DOCX → PDF by LibreOffice, where it is installed: what it made is looked at, as its exit code says nothing.

LibreOffice needs a second to start and tenths of one for a document, and two of it with one profile hinder each other. So a
process has one at a time, which takes all documents that wait; whoever finds it busy is told when to ask again.
"""

import atexit
import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

OFF, AUTO = "off", "auto"
WALL_SECONDS, MORE_SECONDS = 60, 5
CPU_SECONDS, MEMORY_BYTES = 120, 4 * 2**30
MOST_AT_ONCE, MOST_KEPT = 20, 60
AGAIN_SECONDS = 1.5  # about as long as one document takes
NICENESS = 5
HOMES = "voronka-office-"
PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
PACKED = re.compile(rb"/ObjStm.*?stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)


class NotMade(Exception):
    """There is no PDF; the text says why, for people."""


class Busy(Exception):
    """LibreOffice is at other documents, and takes this one with the next; ask again in `seconds`."""

    def __init__(self, seconds: float):
        super().__init__("LibreOffice is at other documents")
        self.seconds = seconds


@cache
def office(setting: str) -> "Office | None":
    """The LibreOffice that the setting OFFICE means, one for the whole process; None where there is none."""
    command = shutil.which(setting) if setting != AUTO else shutil.which("soffice") or shutil.which("libreoffice")
    return Office(command) if command else None


class Office:
    """LibreOffice under one command, with a profile of its own that lives as long as this process."""

    def __init__(self, command: str, seconds: float = WALL_SECONDS):
        self._command, self._seconds = command, seconds
        self._at_work, self._door = threading.Lock(), threading.Lock()
        self._waiting: dict[str, bytes] = {}
        self._made: dict[str, bytes | str] = {}
        self._suspects: set[str] = set()
        self._home: Path | None = None

    def convert(self, content: bytes) -> bytes:
        """The PDF of a DOCX. Raises Busy or NotMade."""
        key = hashlib.sha256(content).hexdigest()
        with self._door:
            if key in self._made:
                return self._given(key)
            self._waiting[key] = content
        if not self._at_work.acquire(blocking=False):
            raise Busy(AGAIN_SECONDS)
        try:
            self._work(key)
        finally:
            self._at_work.release()
        with self._door:
            return self._given(key)

    def _given(self, key: str) -> bytes:
        self._waiting.pop(key, None)
        made = self._made.pop(key)
        if isinstance(made, str):
            raise NotMade(made)
        return made

    def _work(self, key: str) -> None:
        """Convert this document and those that wait. What fails among others is tried again alone, as it may be their fault."""
        with self._door:
            if key in self._made:  # with somebody else's, a moment ago
                return
            others = [other for other in self._waiting if other != key and other not in self._suspects]
            keys = [key, *(others[: MOST_AT_ONCE - 1] if key not in self._suspects else [])]
            batch = {one: self._waiting[one] for one in keys}
        made = self._convert(batch)
        if len(batch) > 1 and isinstance(made[key], str):
            made |= self._convert({key: batch[key]})
        with self._door:
            for one, result in made.items():
                if len(batch) == 1 or one == key or not isinstance(result, str):
                    self._waiting.pop(one, None)
                    self._suspects.discard(one)
                    self._made[one] = result
                else:
                    self._suspects.add(one)
            for forgotten in list(self._made)[:-MOST_KEPT]:
                del self._made[forgotten]

    def _convert(self, batch: Mapping[str, bytes]) -> dict[str, bytes | str]:
        """Each one's PDF, or why there is none."""
        try:
            return self._attempt(batch)
        except OSError as fault:
            return dict.fromkeys(batch, f"нет места для работы LibreOffice ({fault.strerror})")

    def _attempt(self, batch: Mapping[str, bytes]) -> dict[str, bytes | str]:
        with tempfile.TemporaryDirectory(dir=self._own_home()) as folder:
            sources = [Path(folder, f"{key}.docx") for key in batch]
            for source, content in zip(sources, batch.values(), strict=True):
                source.write_bytes(content)
            late = self._run(list(map(str, sources)), Path(folder, "pdf"))
            return {source.stem: _result(Path(folder, "pdf", f"{source.stem}.pdf"), late) for source in sources}

    def _run(self, sources: list[str], target: Path) -> str:
        """Run LibreOffice. Returns why what is not there then is not, as far as that is known."""
        seconds = self._seconds + MORE_SECONDS * (len(sources) - 1)
        profile = f"-env:UserInstallation={(self._own_home() / 'profile').as_uri()}"
        quiet = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard"]
        asked = ["--convert-to", "pdf:writer_pdf_Export", "--outdir", str(target), *sources]
        process = subprocess.Popen(
            [*_bounded(seconds), self._command, *quiet, profile, *asked],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self._own_home()), "LANG": "C.UTF-8"},
        )  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return f"LibreOffice не справился за {seconds:.0f} с"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever of it is still there
            process.wait()
        return "LibreOffice не открыл документ"

    def _own_home(self) -> Path:
        """A folder of this process; those of processes that are gone are cleared away."""
        if self._home is None:
            _clear_up()
            self._home = Path(tempfile.mkdtemp(prefix=f"{HOMES}{os.getpid()}-"))
            atexit.register(shutil.rmtree, self._home, ignore_errors=True)
        return self._home


def pages(content: bytes) -> int:
    """How many pages a PDF has; newer programs pack the objects that say so."""
    packed = b"".join(_unpacked(stream) for stream in PACKED.findall(content))
    return len(PAGE.findall(content)) + len(PAGE.findall(packed))


def _unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, 10 * 2**20)
    except zlib.error:
        return b""


def _result(path: Path, why_not: str) -> bytes | str:
    """What stands in an otherwise empty folder was made just now."""
    content = path.read_bytes() if path.exists() else b""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        return why_not
    return content if pages(content) else "в PDF нет ни одной страницы"


def _bounded(seconds: float) -> list[str]:
    """Words before a command: it has time, while families of cards have none to lose; it takes no more than its share of the
    machine, and ends even if this process is killed meanwhile."""
    timeout = f"timeout -s KILL {seconds + 10:.0f} " if shutil.which("timeout") else ""
    limits = f"ulimit -c 0; ulimit -t {CPU_SECONDS}; ulimit -v {MEMORY_BYTES // 1024}"
    return ["/bin/sh", "-c", f'{limits}; exec nice -n {NICENESS} {timeout}"$@"', "office"]


def _clear_up() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{HOMES}*"):
        pid = folder.name.removeprefix(HOMES).partition("-")[0]
        if pid.isdecimal() and not _lives(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
