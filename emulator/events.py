"""Events as the portal sends them: form posts through a queue, once, without values, never again.

Body: https://apidocs.bitrix24.com/api-reference/events/index.html. The queue can be told to hold, lose, repeat, delay,
shuffle, and to call slow handlers less often. A failed or slow delivery is noted and never resent.
"""

import heapq
import itertools
import random
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import requests

from .clock import Clock

HANDLER_SECONDS = 5.0
MEMBER_ID = "d897063e1ce7c5eb9f04b9751eef5915"
SHUFFLE_SECONDS = 1.0
REMEMBERED = 10_000
LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Subscription:
    """An outgoing webhook: where to, with which token, which events (all of them if none are named)."""

    url: str
    token: str
    names: frozenset[str] = frozenset()
    handler_id: int = 1

    def wants(self, name: str) -> bool:
        return not self.names or name in self.names

    def asks_for(self, name: str) -> bool:
        return name in self.names


@dataclass
class Behaviour:
    """`lose` and `repeat`: a share of events between 0 and 1, or a whole number of the next ones. `slow`: from how many
    seconds on an answer is a slow one, which makes the queue call that handler less often; 0: it never minds. `without`:
    events that no outgoing webhook asks for."""

    hold: bool = False
    lose: float = 0
    repeat: float = 0
    delay: float = 0.0
    shuffle: bool = False
    slow: float = 0.0
    without: Sequence[str] = ()


@dataclass(order=True)
class Ring:
    due: float
    number: int
    name: str = field(compare=False)
    form: dict = field(compare=False)
    url: str = field(compare=False)
    outcome: str = field(compare=False, default="waiting")


class Events:
    def __init__(self, clock: Clock):
        self._clock = clock
        self.domain = ""
        self._subscriptions: list[Subscription] = []
        self._wake = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self.silent = False
        self.reset()

    def subscribe(self, subscription: Subscription) -> None:
        self._subscriptions.append(subscription)
        if self._thread is None:
            self._thread = threading.Thread(target=self._deliver_for_ever, name="portal events", daemon=True)
            self._thread.start()

    def reset(self) -> None:
        """An empty queue that behaves well."""
        with self._wake:
            self.behaviour = Behaviour()
            self._queue: list[Ring] = []
            self._in_flight: Ring | None = None
            self.done: deque[Ring] = deque(maxlen=REMEMBERED)
            self._numbers = itertools.count(1)
            self._random = random.Random(0)
            self._pauses: dict[str, float] = {}
            self._free_at: dict[str, float] = {}

    def behave(self, **changes: object) -> None:
        """Change how the queue behaves from the next event on; `hold=False` lets the held ones go."""
        with self._wake:
            for name, value in changes.items():
                if not hasattr(self.behaviour, name):
                    raise ValueError(f"events can hold, lose, repeat, delay, shuffle, slow, without; not {name!r}")
                setattr(self.behaviour, name, value)
            if not self.behaviour.slow:
                self._pauses, self._free_at = {}, {}
            self._wake.notify_all()

    def ring(self, name: str, data: dict, only_by_name: bool = False) -> None:
        """Queue one event for every subscription that wants it; `only_by_name`: not for those that want all events."""
        if self.silent or name in self.behaviour.without:
            return
        with self._wake:
            for subscription in self._subscriptions:
                if subscription.asks_for(name) if only_by_name else subscription.wants(name):
                    self._enqueue(subscription, name, data)
            self._wake.notify_all()

    def waiting(self) -> list[Ring]:
        with self._wake:
            return sorted(self._queue) + ([self._in_flight] if self._in_flight else [])

    def pauses(self) -> dict[str, float]:
        """How long the queue waits after each call of a handler that was slow, by its address."""
        with self._wake:
            return dict(self._pauses)

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is on its way; True if it became so in time."""
        limit = time.monotonic() + seconds
        with self._wake:
            return self._wake.wait_for(lambda: not self._queue and self._in_flight is None, limit - time.monotonic())

    def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=HANDLER_SECONDS)

    # -- the queue

    def _enqueue(self, subscription: Subscription, name: str, data: dict) -> None:
        form = self._form(subscription, name, data)
        for _ in range(2 if self._happens("repeat") else 1):
            due = time.monotonic() + self.behaviour.delay
            if self.behaviour.shuffle:
                due += self._random.uniform(0, SHUFFLE_SECONDS)
            ring = Ring(due, next(self._numbers), name, form, subscription.url)
            if self._happens("lose"):
                ring.outcome = "lost"
                self.done.append(ring)
            else:
                heapq.heappush(self._queue, ring)

    def _happens(self, what: str) -> bool:
        """A share between 0 and 1 is a chance; a whole number counts down."""
        amount = getattr(self.behaviour, what)
        if 0 < amount < 1:
            return self._random.random() < amount
        if amount >= 1 and amount != float("inf"):
            setattr(self.behaviour, what, amount - 1)
        return amount >= 1

    def _form(self, subscription: Subscription, name: str, data: dict) -> dict:
        return {
            "event": name,
            "event_handler_id": str(subscription.handler_id),
            **dict(_flat("data", data)),
            "ts": str(int(self._clock.seconds())),
            "auth[domain]": self.domain,
            "auth[client_endpoint]": f"https://{self.domain}/rest/",
            "auth[server_endpoint]": "https://oauth.bitrix.info/rest/",
            "auth[member_id]": MEMBER_ID,
            "auth[application_token]": subscription.token,
        }

    def _deliver_for_ever(self) -> None:
        session = requests.Session()
        session.trust_env = False  # handlers are called straight; and the environment may change under our feet
        while (ring := self._next()) is not None:
            begun = time.monotonic()
            ring.outcome = _post(session, ring)
            with self._wake:
                self._pace(ring, time.monotonic() - begun)
                self.done.append(ring)
                self._in_flight = None
                self._wake.notify_all()

    def _next(self) -> Ring | None:
        with self._wake:
            while not self._closed:
                now = time.monotonic()
                self._put_off(now)
                if self._queue and not self.behaviour.hold and self._queue[0].due <= now:
                    self._in_flight = heapq.heappop(self._queue)
                    return self._in_flight
                idle = self.behaviour.hold or not self._queue
                self._wake.wait(None if idle else self._queue[0].due - now)
            return None

    def _pace(self, ring: Ring, took: float) -> None:
        """A slow or missing answer doubles the pause before the handler's next event, a quick one halves it.

        https://apidocs.bitrix24.com/settings/performance/index.html: the portal lengthens the pauses; by how much it
        does not say.
        """
        slow, held = self.behaviour.slow, self._pauses.get(ring.url, 0.0)
        if slow and (took >= slow or ring.outcome in ("slow", "failed")):
            pause = min(max(2 * held, took, slow), LONGEST_PAUSE)
        else:
            pause = held / 2 if held > slow else 0.0
        if pause or held:
            self._pauses[ring.url], self._free_at[ring.url] = pause, time.monotonic() + pause

    def _put_off(self, now: float) -> None:
        """What is due for a handler that is still left alone waits until it may be called; others overtake it."""
        while self._queue and self._queue[0].due <= now < self._free_at.get(self._queue[0].url, 0.0):
            ring = self._queue[0]
            heapq.heapreplace(self._queue, replace(ring, due=self._free_at[ring.url]))


def _post(session: requests.Session, ring: Ring) -> str:
    try:
        answer = session.post(ring.url, data=ring.form, timeout=HANDLER_SECONDS, allow_redirects=False)
    except requests.Timeout:
        return "slow"
    except requests.RequestException:
        return "failed"
    return "delivered" if answer.ok else f"refused {answer.status_code}"


def _flat(prefix: str, value: object):
    if isinstance(value, dict):
        for key, element in value.items():
            yield from _flat(f"{prefix}[{key}]", element)
    else:
        yield prefix, str(value)
