"""One portal: its state, clock, limits, events, faults and its own record of every effect."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit

from . import seed as seeds
from .clock import Clock
from .events import Events, Subscription
from .faults import Faults
from .journal import Journal
from .limits import Limits
from .objects.entities import Entity
from .registry import Caller, Effect
from .store import Store, Table


class Portal:
    """The whole emulated portal. Every method runs under `lock`, so the record of effects is in the true order."""

    def __init__(
        self,
        *,
        token: str,
        user: int = 1,
        seed: str = "empty",
        limits: str = "real",
        events_to: str | None = None,
        event_token: str = "",
        now: datetime | None = None,
    ):
        self.token = token
        self.webhook_user = user
        self.lock = threading.RLock()
        self.user_id: int | None = None
        self.clock = Clock()
        self.limits = Limits(self.clock, limits)
        self.faults = Faults()
        self.events = Events(self.clock)
        self.journal = Journal(self.clock)
        self._request = threading.local()  # the one that this thread is at
        self.serve_at("http://127.0.0.1")
        if events_to:
            self.events.subscribe(Subscription(events_to, event_token))
        self.generation = 0
        self.reset(seed, now)

    def serve_at(self, base_url: str) -> None:
        """The address of the portal: what answers and events call it by."""
        self.base_url = base_url
        self.events.domain = urlsplit(base_url).netloc

    def reset(self, seed: str, now: datetime | None = None) -> None:
        """Forget everything and start from a seed."""
        with self.lock:
            self.generation += 1
            self.store = Store()
            self.userfield_cache: dict[str, dict] = {}
            self.idempotency: dict[tuple, tuple] = {}
            start = now or seeds.START.get(seed)
            self.clock.set(start or datetime.now().astimezone())
            self.limits.reset()
            self.faults.clear()
            with self._planting():
                seeds.plant(self, seed, start)

    def live_through_history(self) -> None:
        """The company's clients are there and a year of its work, as if for long. The funnels must be there."""
        with self.lock, self._planting():
            seeds.plant_history(self)

    @contextmanager
    def _planting(self) -> Iterator[None]:
        """Nothing rings, and nothing of it stands in a record; however long it takes, two plantings are equal."""
        self.effects: list[Effect] = []
        self.events.silent = True
        with self.clock.stopped():
            yield
        self.events.silent = False
        self.effects = []
        self.journal.forget()
        self.events.reset()
        self.reset_counters()

    def change_webhook(self, token: str) -> None:
        """The webhook was edited: it has another secret, and the old address is unknown from now on."""
        with self.lock:
            self.token = token

    def reset_counters(self) -> None:
        self.http_requests = self.writing_requests = 0
        self.commands: dict[str, int] = {}

    def count(self, command: str | None = None, *, writes: bool = False) -> None:
        """One HTTP request of the webhook, or one command of it; a request with a command that writes is a writing one."""
        with self.lock:
            if command is None:
                self.http_requests += 1
                self._request.writes = False
            else:
                self.commands[command] = self.commands.get(command, 0) + 1
            if writes and not getattr(self._request, "writes", False):  # late work is done by another thread
                self._request.writes = True
                self.writing_requests += 1

    def table(self, entity: Entity) -> Table:
        return getattr(self.store, entity.table)

    @contextmanager
    def acting_for(self, user_id: int) -> Iterator[None]:
        """Whose rights hold, in `user_id`, while a method runs (under the lock); nobody's outside of methods, where
        the portal itself may everything."""
        before, self.user_id = self.user_id, user_id
        try:
            yield
        finally:
            self.user_id = before

    def is_admin(self, user_id: int) -> bool:
        row = self.store.users.get(user_id)
        return row is not None and row["IS_ADMIN"]

    def is_dismissed(self, user_id: int) -> bool:
        row = self.store.users.get(user_id)
        return row is not None and not row["ACTIVE"]

    def record(self, caller: Caller, method: str, params: dict, subject: object) -> None:
        number = len(self.effects) + 1
        self.effects.append(Effect(number, self.clock.iso(), method, caller.user_id, caller.via, params, subject))

    def close(self) -> None:
        self.events.close()
