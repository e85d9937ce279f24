"""The portal's two scarcities: requests (a leaky bucket) and each method's operating time.

https://apidocs.bitrix24.com/limits.html
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Protocol, Self

from bitrix.errors import MethodPaused

CUT_SECONDS = 60.0  # the portal ends a request after this time
BURST, PER_SECOND = 50, 2.0
ENTERPRISE_BURST, ENTERPRISE_PER_SECOND = 250, 5.0
OPERATING_SECONDS = 480.0  # of one method in ten minutes
PAUSE_WITHOUT_WORD = timedelta(seconds=60)  # the portal gives operating time back minute by minute
MARGIN = 0.9  # of a budget: requests do not arrive as evenly as they left, and a batch under way still takes its time

# Seconds per call on the documentation's own samples, where a request is cut after 60; what a portal really takes is
# learnt from its answers.
SAMPLE_SECONDS = {"crm.item.add": 0.7, "crm.item.update": 0.35, "tasks.task.add": 0.93, "tasks.task.update": 0.5}
ORDINARY_SECONDS = 0.1
LAST_MOMENT = 2**32
NEWEST_WEIGHS = 0.2  # of an answer in the moving average


@dataclass(frozen=True)
class Limits:
    """How much the portal allows. `scale` is the N of an emulated portal with `scaled:N`."""

    burst: float = BURST
    per_second: float = PER_SECOND
    operating_seconds: float = OPERATING_SECONDS
    scale: float = 1.0

    @classmethod
    def named(cls, name: str) -> Self:
        """real, enterprise, off, or scaled:N (rate and operating time × N, the cut of a request ÷ N)."""
        kind, _, number = name.partition(":")
        match kind, number:
            case "real", "":
                return cls()
            case "enterprise", "":
                return cls(ENTERPRISE_BURST, ENTERPRISE_PER_SECOND)
            case "off", "":
                return cls(inf, inf, inf)
            case "scaled", _ if number.replace(".", "", 1).isdecimal() and float(number) > 0:
                scale = float(number)
                return cls(BURST, PER_SECOND * scale, OPERATING_SECONDS * scale, scale)
        raise ValueError(f"{name!r} is no profile of limits; write real, enterprise, scaled:N or off.")

    @property
    def cut_seconds(self) -> float:
        return CUT_SECONDS / self.scale


class Limiter(Protocol):
    """Says when a request may leave. Processes on one address share the portal's bucket: give them one limiter."""

    def acquire(self) -> None:
        """Returns when one request may leave."""

    def refused(self) -> None:
        """The portal said that the bucket is full although we thought otherwise."""


class Bucket:
    """The portal's leaky bucket as all threads of this process see it: who asks first leaves first."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._level, self._at = 0.0, time.monotonic()
        self._lock = threading.Lock()

    def acquire(self) -> None:
        if self._limits.per_second == inf:
            return
        with self._lock:
            self._level, wait = one_more(self._level, self._passed(), self._limits)
        if wait > 0:
            time.sleep(wait)

    def refused(self) -> None:
        if self._limits.per_second == inf:
            return
        with self._lock:
            self._level = full(self._level, self._passed(), self._limits)

    def _passed(self) -> float:
        now = time.monotonic()
        passed, self._at = now - self._at, now
        return passed


def one_more(level: float, passed: float, limits: Limits) -> tuple[float, float]:
    """The bucket's level with one more request, `passed` seconds after it was `level`; seconds until that may leave."""
    level = max(0.0, level - passed * limits.per_second) + 1
    return level, max(0.0, (level - limits.burst * MARGIN) / limits.per_second)


def full(level: float, passed: float, limits: Limits) -> float:
    """The level of a bucket that the portal calls full, whatever we thought."""
    return max(level - passed * limits.per_second, limits.burst * MARGIN)


@dataclass
class _Method:
    seconds: float
    used: float = 0.0
    under_way: float = 0.0
    calls: int = 0
    resets: datetime | None = None
    paused: bool = False


@dataclass
class Pace:
    """What each method takes and has left, learnt from the `time` of every answer.

    A method that was refused, or has used nine tenths of its budget, waits until the portal gives time back; then one
    departure goes as a probe, and its answer says how things stand. Other methods are not concerned. The times are the
    portal's.
    """

    limits: Limits
    now: Callable[[], datetime]
    cut_seconds: float = CUT_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        part = self.cut_seconds / CUT_SECONDS
        self._methods: dict[str, _Method] = defaultdict(lambda: _Method(ORDINARY_SECONDS * part))
        self._methods |= {name: _Method(seconds * part) for name, seconds in SAMPLE_SECONDS.items()}

    def seconds(self, method: str) -> float:
        """How long one call is expected to take."""
        with self._lock:
            return self._methods[method.lower()].seconds

    def wait(self, methods: Mapping[str, int]) -> float:
        """Seconds until all of these methods may be called; 0 when they may be now."""
        with self._lock:
            return max((self._wait(self._methods[name.lower()]) for name in methods), default=0.0)

    def begin(self, methods: Mapping[str, int]) -> dict[str, float]:
        """So many calls are on their way. Returns what is reckoned for them until `end` is given it back."""
        with self._lock:
            begun = {name.lower(): count * self._methods[name.lower()].seconds for name, count in methods.items()}
            self._count(begun, 1)
        return begun

    def end(self, begun: Mapping[str, float]) -> None:
        with self._lock:
            self._count(begun, -1)

    def learn(self, name: str, took: Mapping[str, object]) -> None:
        """Take in the `time` of an executed command; what is not a number in it is passed over."""
        duration, used, resets = (_number(took.get(key)) for key in ("duration", "operating", "operating_reset_at"))
        with self._lock:
            method = self._methods[name.lower()]
            if duration is not None:
                method.seconds += NEWEST_WEIGHS * (duration - method.seconds)
            if used is not None and resets is not None:
                moment = datetime.fromtimestamp(resets, UTC)
                method.used = max(used, method.used) if moment == method.resets else used
                method.resets, method.paused = moment, False

    def pause(self, name: str) -> datetime:
        """The portal refused the method for its operating time. Returns until when it will not be asked again."""
        with self._lock:
            method, now = self._methods[name.lower()], self.now()
            if method.resets is None or method.resets <= now:
                method.resets = now + PAUSE_WITHOUT_WORD
            method.paused = True
            return method.resets

    def paused(self, name: str, seconds: float) -> MethodPaused:
        """What the caller is told instead of waiting so long."""
        error = MethodPaused("OPERATION_TIME_LIMIT", "its operating time is used up", method=name)
        error.until, error.seconds_left = self.now() + timedelta(seconds=seconds), seconds
        return error

    def _wait(self, method: _Method) -> float:
        spent = method.paused or method.used + method.under_way >= MARGIN * self.limits.operating_seconds
        if not spent or method.resets is None:
            return 0.0
        left = (method.resets - self.now()).total_seconds()
        if left > 0:
            return left
        return ORDINARY_SECONDS if method.calls else 0.0

    def _count(self, begun: Mapping[str, float], sign: int) -> None:
        for name, seconds in begun.items():
            method = self._methods[name]
            method.calls += sign
            method.under_way = method.under_way + sign * seconds if method.calls else 0.0


def _number(value: object) -> float | None:
    """A number of seconds, or a moment in this century."""
    plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool) and 0 <= value < LAST_MOMENT
    return float(value) if plain else None
