"""What time it is on the portal: windows and deadlines are counted there, not on this machine."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta


class PortalClock:
    """The portal's time, from the `time` of its last answer and what has passed here since, monotonically."""

    def __init__(self):
        self._lock = threading.Lock()
        self._moment, self._at, self.heard = datetime.now(UTC), time.monotonic(), False

    def hear(self, told: Mapping[str, object]) -> None:
        """Take in the `time` of an answer: `date_finish` has the zone, `finish` the fractions of a second."""
        try:
            moment = datetime.fromisoformat(str(told["date_finish"]))
            if "finish" in told:
                moment = datetime.fromtimestamp(float(told["finish"]), moment.tzinfo)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            return
        if moment.tzinfo is not None:
            with self._lock:
                self._moment, self._at, self.heard = moment, time.monotonic(), True

    def now(self) -> datetime:
        with self._lock:
            return self._moment + timedelta(seconds=time.monotonic() - self._at)

    def offset(self) -> timedelta:
        """How far the portal's clock is ahead of this machine's; zero before the first answer."""
        return self.now() - datetime.now(UTC) if self.heard else timedelta()
