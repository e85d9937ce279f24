"""The demonstration itself: it says what it does not see, and leaves nothing running. That it sees everything is `make demo ONCE=1`."""

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import company

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "demo", "--port", "0", "--layer-port", "0"]  # free ones: these tests run side by side
NOT_NEEDED = shutil.ignore_patterns(".*", "__pycache__", "tests", "docs", "var")


def play(folder: Path) -> subprocess.CompletedProcess:
    """`make demo ONCE=1` in that folder."""
    return subprocess.run(
        [*COMMAND, "--once"], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=1200
    )


def copy_without(handler: str, module: str, to: Path) -> Path:
    """The repository as it would be had nobody written that handler."""
    folder = Path(shutil.copytree(ROOT, to / "voronka", ignore=NOT_NEEDED))
    path = folder / module
    source = path.read_text(encoding="utf-8")
    found = next(one for one in ast.parse(source).body if getattr(one, "name", "") == handler)
    lines = source.splitlines(keepends=True)
    del lines[found.decorator_list[0].lineno - 1 : found.end_lineno]
    path.write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_with_one_handler_taken_out_the_story_fails_and_says_what_is_missing(tmp_path):
    told = play(copy_without("ask_for_the_report", "handlers/receivables.py", tmp_path))
    title = company().processes["RECEIVABLES"].tasks["RC-1"].title
    assert told.returncode == 1, told.stdout + told.stderr
    assert f"✗ ожидалось:  отчёт Ким: задача «{title}» →" in told.stdout
    assert f"на портале: задачи «{title}» нет" in told.stdout


@pytest.mark.slow
def test_nothing_outlives_a_demonstration_that_is_killed(tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(COMMAND, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        ports = [_port(demo) for _side in ("portal", "layer")]
        assert all(_listens(port) for port in ports)
    finally:
        demo.send_signal(signal.SIGKILL)
        demo.communicate()
    until = time.monotonic() + 10
    while any(_listens(port) for port in ports) and time.monotonic() < until:
        time.sleep(0.05)
    assert [port for port in ports if _listens(port)] == []


def _port(demo: subprocess.Popen) -> int:
    """Of the next address that it prints."""
    for line in demo.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", line):
            return int(found[1])
    raise AssertionError("it printed no address")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
