"""What is answered with 200 is on the disk, as the kernel's calls tell (R01)."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.stores import ON_POSTGRES
from tests.web.conftest import TOKEN
from tests.web.process import children_of, running, wait_for
from tests.web.test_kill import settings_in

RINGS = 1000
CALLS = "fdatasync,fsync,write,writev,sendto,sendmsg"
SYNCED = re.compile(r"\b(?:fdatasync|fsync)\b.*= 0$")
ANSWERED = "HTTP/1.1 200"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
    pytest.mark.skipif(ON_POSTGRES, reason="there the server's process writes"),
]


def test_every_answer_follows_a_write_that_has_reached_the_disk(tmp_path):
    """One ring after another, so that each has a commit of its own."""
    record = tmp_path / "calls"
    with running("web", **settings_in(tmp_path)) as web:
        web.wait_until_it_answers()
        pids = [web.process.pid, *children_of(web.process.pid)]
        command = ["strace", "-f", "-q", "-s", "16", "-e", f"trace={CALLS}", "-o", str(record)]
        command += [word for pid in pids for word in ("-p", str(pid))]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as watching, requests.Session() as portal:
            wait_for(lambda: _is_traced(pids), "strace is there")
            for number in range(1, RINGS + 1):
                form = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": number, "auth[application_token]": TOKEN}
                assert portal.post(f"{web.address}/hook/b24", data=form, timeout=20).status_code == 200
            watching.terminate()
    answers, unwritten = _answers(record.read_text(errors="replace").splitlines())
    assert (answers, unwritten) == (RINGS, 0)


def _is_traced(pids: list[int]) -> bool:
    states = (Path(f"/proc/{pid}/status").read_text() for pid in pids)
    return all("TracerPid:\t0\n" not in state for state in states)


def _answers(calls: list[str]) -> tuple[int, int]:
    """How many answers left, and how many of them before anything was written since the last one."""
    answers, unwritten, is_written = 0, 0, False
    for call in calls:
        if SYNCED.search(call):
            is_written = True
        elif ANSWERED in call:
            answers, unwritten, is_written = answers + 1, unwritten + (not is_written), False
    return answers, unwritten
