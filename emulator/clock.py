"""The portal's movable clock: real elapsed time plus an offset."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SERVER_ZONE = ZoneInfo("Europe/Moscow")


class Clock:
    """Tells the portal's time; `advance` and `set` move it without waiting."""

    def __init__(self, start: datetime | None = None):
        self._offset = 0.0
        self._stopped_at: float | None = None
        if start is not None:
            self.set(start)

    def seconds(self) -> float:
        """The portal's time as a Unix stamp."""
        return (self._stopped_at or time.time()) + self._offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), SERVER_ZONE)

    def iso(self) -> str:
        """The portal's time as it is stored and answered: whole seconds, the server's offset."""
        return iso(self.now())

    @staticmethod
    def iso_of(seconds: float) -> str:
        return iso(datetime.fromtimestamp(seconds, SERVER_ZONE))

    def advance(self, by: timedelta | float) -> None:
        self._offset += by.total_seconds() if isinstance(by, timedelta) else by

    def set(self, moment: datetime) -> None:
        self._offset = moment.timestamp() - (self._stopped_at or time.time())

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Inside, time moves only when it is moved; afterwards it goes on from there."""
        self._stopped_at = time.time()
        yield
        self._offset -= time.time() - self._stopped_at
        self._stopped_at = None


def iso(moment: datetime) -> str:
    return moment.astimezone(SERVER_ZONE).replace(microsecond=0).isoformat()
