"""What does `flask apply` cost on a portal just registered, under the portal's real limits?

`flask plan`, `flask apply` and `flask plan` again, each a process of its own, beside an emulated portal that nobody has set
up: everything that config/ asks for. 2 requests a second with bursts of 50, operating time per method as on a portal.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.control import Control, free_port, spawned

ROOT = Path(__file__).parent.parent


def rows() -> Iterator[str]:
    """A table, row by row."""
    yield "| command | requests | commands in them | wall seconds | it says |"
    yield "|---|---|---|---|---|"
    with TemporaryDirectory() as folder, spawned(port=free_port(), seed="bare", limits="real") as portal:
        for name in ("plan", "apply", "plan"):
            portal.reset_counters()
            began = time.monotonic()
            said = _run(name, portal, folder)
            counted, seconds = portal.requests(), time.monotonic() - began
            yield f"| `flask {name}` | {counted['http']} | {sum(counted['commands'].values())} | {seconds:.1f} | {said} |"


def _run(name: str, portal: Control, folder: str) -> str:
    """The line that adds it up."""
    settings = {"BITRIX_WEBHOOK_URL": portal.webhook_url, "BITRIX_EVENT_TOKEN": "token", "LIMITS": "real"}
    settings["DATABASE_URL"] = f"sqlite:///{folder}/voronka.sqlite"
    words = (sys.executable, "-m", "flask", "--app", "app", name)
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True)
    if done.stderr.strip():
        raise RuntimeError(f"flask {name}: {done.stderr.strip().splitlines()[-1]}")
    return next(line for line in done.stdout.splitlines() if line.endswith(("impossible.", "commands done.")))
