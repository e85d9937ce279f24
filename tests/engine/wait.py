"""Wait for what should become true, without settling the layer by hand."""

import time
from collections.abc import Callable

import sqlalchemy as sa

from engine import storage


def wait_until(holds: Callable[[], object], seconds: float = 10) -> object:
    """What `holds()` says as soon as it is true; AssertionError after that many seconds."""
    until = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < until, f"waited {seconds} s in vain"
        time.sleep(0.02)
    return found


def let_waits_end(company) -> None:
    """Machine time passes: what waits may go on now."""
    runs = storage.runs
    with company.engine.storage.write() as tx:
        tx.execute(sa.update(runs).where(runs.c.state == "open").values(wait=None))
    company.engine.queue.wake(company.engine.storage)
