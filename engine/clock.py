"""Two clocks that are never mixed.

*Business time* counts deadlines, periods and windows. *Machine time* counts retries and barriers: it is
never moved by the portal's clock, and a stamp of another boot of the machine waits its full time again.
"""

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from bitrix.clock import PortalClock

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """Business time: the portal's, as its last answer told it and as it went on since. This machine's clock may jump."""

    def __init__(self, portal: PortalClock):
        self._portal = portal

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        return self._portal.now().astimezone(UTC)

    def of(self, moment: datetime) -> datetime:
        """A moment that this machine's clock showed, in business time."""
        return moment + self._portal.offset()


class MachineTime:
    """Stamps that can be stored and compared by another process, also after a restart of this one."""

    def __init__(self, engine: sa.Engine):
        self._shared = engine if engine.dialect.name == "postgresql" else None

    def stamp(self) -> dict:
        """Now, to be stored: the database's clock on PostgreSQL, else this boot's monotonic seconds."""
        if self._shared is not None:
            with self._shared.connect() as connection:
                seconds = connection.scalar(sa.text("select extract(epoch from clock_timestamp())"))
            return {"boot": "database", "seconds": float(seconds)}
        return {"boot": _boot_id(), "seconds": time.clock_gettime(time.CLOCK_MONOTONIC)}

    def is_of_this_boot(self, stamp: dict) -> bool:
        """Whether the stamp can be compared with now; if not, store a new one and wait from there."""
        return stamp["boot"] == self.stamp()["boot"]

    def left(self, stamp: dict, wait: float) -> float:
        """Seconds still to wait until `wait` seconds after `stamp` (0 when they have passed, all of them after a reboot)."""
        now = self.stamp()
        return max(0.0, stamp["seconds"] + wait - now["seconds"]) if now["boot"] == stamp["boot"] else wait


@cache
def _boot_id() -> str:
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else "this boot"
