"""What goes wrong on the portal's side: requests and answers get lost, events too; ordered one by one, seeded."""

import random
import threading
from collections import Counter

from emulator.control import Control

# Roughly as often as the layer calls them; the rest of the faults strikes whatever comes next.
METHODS = (
    *["tasks.task.add"] * 3, *["crm.item.update"] * 3, "task.checklistitem.add", "tasks.task.complete",
    "crm.timeline.comment.add", "im.notify.system.add", "tasks.task.chat.message.send", "crm.stagehistory.list",
    "crm.item.list", "tasks.task.list", "crm.timeline.comment.list",
)  # fmt: skip
BUSY = [("QUERY_LIMIT_EXCEEDED", 503), ("OVERLOAD_LIMIT", 503), ("INTERNAL_SERVER_ERROR", 500)]
OFTEN = ("cut_before", "cut_after", "half", "html", "error200", "late", "slow", "refuse", "wrong_after")
SHUT = ("redirect", "revoked")  # after these the layer asks nothing for five cuts, but for a probe
LEFT_OUT = (
    "denied_field, ignored_field (answered with dead letters, which a soak counts as failures); "
    "OPERATION_TIME_LIMIT (a pause of eight minutes, which no scale shortens)"
)
OF_ONE_METHOD = 0.9
MOST_WAITING = 5  # or all of them would meet a worker that starts
REVOKED_SECONDS = 0.5


class Troubles(threading.Thread):
    """Orders a fault every `pause_seconds` on the average, and one that shuts the portal every `shut_every_seconds`."""

    def __init__(
        self, portal: Control, rng: random.Random, cut_seconds: float, pause_seconds: float, shut_every: float
    ):
        super().__init__(daemon=True)
        self.struck: Counter = Counter()
        self._portal, self._rng, self._cut = portal, rng, cut_seconds
        self._pause, self._shut_every = pause_seconds, shut_every
        self._rest = threading.Event()

    def run(self) -> None:
        since_shut = since_events = 0.0
        while not self._rest.wait(pause := self._rng.expovariate(1 / self._pause)):
            since_shut, since_events = since_shut + pause, since_events + pause
            if since_events > 3:
                self._events()
                since_events = 0.0
            if since_shut > self._shut_every:
                self._shut(self._rng.choice(SHUT))
                since_shut = 0.0
            else:
                self._order(self._rng.choice(OFTEN))

    def end(self) -> None:
        """From now on the portal behaves; events that were held up arrive."""
        self._rest.set()
        self.join()
        self._clear()
        self._portal.events(hold=False, lose=0, repeat=0, delay=0, shuffle=False)

    def _order(self, kind: str) -> None:
        method = self._rng.choice(METHODS) if self._rng.random() < OF_ONE_METHOD else None
        waiting = self._portal.faults_waiting()
        if len(waiting) >= MOST_WAITING or any(fault["method"] == method for fault in waiting):
            return
        more: dict = {}
        match kind:
            case "late":
                more = {"seconds": self._rng.uniform(0.02, 0.95) * self._cut}
            case "slow":  # beyond the cut the answer is a 504 at the cut, and the work is done later
                more = {"seconds": self._rng.uniform(0.05, 1.3) * self._cut}
            case "refuse":
                code, status = self._rng.choice(BUSY)
                more = {"code": code, "status": status, "description": "busy"}
            case "wrong_after":
                more = self._rng.choice(({"code": "", "status": 502}, {"code": "INTERNAL_SERVER_ERROR", "status": 500}))
            case "error200":
                more = {"code": "INTERNAL_SERVER_ERROR", "description": "Internal server error"}
        self._portal.fault(kind, method, **more)
        self.struck[kind] += 1

    def _shut(self, kind: str) -> None:
        if kind == "revoked":
            self._portal.fault("revoked")
            self._rest.wait(REVOKED_SECONDS)
            self._clear()
        else:
            self._portal.fault("redirect")
        self.struck[kind] += 1

    def _events(self) -> None:
        rng = self._rng
        self._portal.events(
            lose=rng.choice((0, 0.1, 0.5)), repeat=rng.choice((0, 0.2)), shuffle=rng.random() < 0.5,
            delay=rng.choice((0, 0, 0.5, 2.0)), hold=rng.random() < 0.1,
        )  # fmt: skip

    def _clear(self) -> None:
        """What was ordered and met no request does not count; `revoked` ends by this alone."""
        for fault in self._portal.faults_waiting():
            if fault["kind"] != "revoked":
                self.struck[fault["kind"]] -= 1
        self._portal.clear_faults()
