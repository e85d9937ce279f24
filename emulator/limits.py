"""The portal's two limits, charged on the portal's clock and never slept, unless it is told to take its time.

Requests: a leaky bucket per source address. Operating time: per method and webhook, ten one-minute baskets.
Source: https://apidocs.bitrix24.com/limits.html
"""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from .clock import Clock
from .errors import RestError

BURST = 50
REQUESTS_PER_SECOND = 2.0
ENTERPRISE_BURST, ENTERPRISE_REQUESTS_PER_SECOND = 250, 5.0
OPERATING_BUDGET = 480.0
BASKET_SECONDS = 60
BASKET_LIFE = 600
REQUEST_CUT_SECONDS = 60.0

# Seconds of execution that one call is charged with: the average of the samples printed on the methods' documentation
# pages (time.processing or time.operating), rounded. Methods not named here: see `operating_seconds`.
OPERATING_SECONDS = {
    "crm.item.add": 0.7,
    "crm.item.update": 0.35,
    "crm.deal.add": 0.7,
    "crm.deal.update": 0.35,
    "tasks.task.add": 0.9,
    "tasks.task.update": 0.5,
    "tasks.task.complete": 0.45,
    "crm.requisite.add": 0.33,
    "disk.folder.uploadfile": 0.7,
}


def operating_seconds(method: str) -> float:
    return OPERATING_SECONDS.get(method, 0.1 if method.endswith((".list", ".getlist")) else 0.05)


@dataclass
class _Basket:
    opened: float
    seconds: float = 0.0


@dataclass
class _Bucket:
    level: float = 0.0
    at: float = 0.0


@dataclass(frozen=True)
class Profile:
    """What a portal allows; `factor` is the N of scaled:N."""

    name: str
    burst: int = BURST
    rate: float = REQUESTS_PER_SECOND
    factor: float = 1.0

    @classmethod
    def named(cls, name: str) -> "Profile":
        """real, enterprise, scaled:N (rate and operating budget × N, the cut ÷ N) or off."""
        kind, _, number = name.partition(":")
        if kind == "scaled" and number:
            return cls(name, BURST, REQUESTS_PER_SECOND * float(number), float(number))
        if name == "enterprise":
            return cls(name, ENTERPRISE_BURST, ENTERPRISE_REQUESTS_PER_SECOND)
        if name in ("real", "off"):
            return cls(name)
        raise ValueError(f"limits are real, enterprise, scaled:N or off, not {name!r}")

    @property
    def off(self) -> bool:
        return self.name == "off"


class Limits:
    def __init__(self, clock: Clock, profile: str):
        self._clock = clock
        self._lock = threading.Lock()
        self.profile = Profile.named(profile)
        self.takes_time = False
        self.reset()

    def reset(self) -> None:
        self._buckets: dict[str, _Bucket] = defaultdict(_Bucket)
        self._baskets: dict[tuple, list[_Basket]] = defaultdict(list)

    @property
    def cut_seconds(self) -> float:
        return REQUEST_CUT_SECONDS / self.profile.factor

    def admit(self, source: str) -> None:
        """Count one HTTP request of this address, or refuse it: 503 QUERY_LIMIT_EXCEEDED."""
        if self.profile.off:
            return
        with self._lock:
            bucket, now = self._buckets[source], self._clock.seconds()
            leaked = max(0.0, now - bucket.at) * self.profile.rate
            bucket.level, bucket.at = max(0.0, bucket.level - leaked), now
            if bucket.level + 1 > self.profile.burst:
                raise RestError("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)
            bucket.level += 1

    def check_operating(self, method: str, user_id: int) -> None:
        """Refuse a method whose time is used up: 429 OPERATION_TIME_LIMIT. The call that crosses still completes."""
        if not self.profile.off and self.operating(method, user_id)[0] >= OPERATING_BUDGET * self.profile.factor:
            raise RestError("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429)

    def charge(self, method: str, user_id: int) -> None:
        """Put one call's seconds into the basket of this minute."""
        with self._lock:
            baskets, now = self._live(method, user_id), self._clock.seconds()
            if not baskets or now - baskets[-1].opened >= BASKET_SECONDS:
                baskets.append(_Basket(now))
            baskets[-1].seconds += operating_seconds(method)

    def pass_time(self, method: str) -> None:
        """Where the portal is told to take its time, a call lasts as long as it is charged."""
        if self.takes_time:
            time.sleep(operating_seconds(method) / self.profile.factor)

    def operating(self, method: str, user_id: int) -> tuple[float, int]:
        """Seconds used in the live baskets, and when the oldest of them expires."""
        with self._lock:
            baskets = self._live(method, user_id)
            oldest = baskets[0].opened if baskets else self._clock.seconds()
            return round(sum(basket.seconds for basket in baskets), 6), int(oldest + BASKET_LIFE)

    def _live(self, method: str, user_id: int) -> list[_Basket]:
        baskets, now = self._baskets[method, user_id], self._clock.seconds()
        while baskets and now - baskets[0].opened >= BASKET_LIFE:
            baskets.pop(0)
        return baskets
