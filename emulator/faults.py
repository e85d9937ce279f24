"""Misbehaviour on request: what the portal shall do wrong, to which method, how many times.

Transport kinds act on a whole HTTP request: its own method, or a batch that contains the method. A batch that breaks is
broken for each of its methods: whatever of the same kind waited for them has happened as well. Command kinds act on each
matching command, also inside a batch.
"""

import threading
from dataclasses import dataclass

TRANSPORT = {
    "cut_before": "the connection is dropped, nothing is done",
    "cut_after": "everything is done, then the connection is dropped without an answer",
    "half": "everything is done, half of the answer's body is sent, the connection is dropped",
    "wrong_after": "everything is done; answered with `status` and `code` instead, without a `code` with an HTML page",
    "html": "nothing is done; 200 with an HTML page instead of JSON",
    "error200": "nothing is done; 200 with `error` in the body",
    "late": "the connection is dropped at once and the work is done `seconds` later",
    "slow": "answered after `seconds` more; beyond the portal's cut a 504 comes at the cut, the work later",
    "redirect": "nothing is done; 302 to another address, as after a rename of the portal",
    "revoked": "the webhook is no longer known: 401 NO_AUTH_FOUND for everything, until cleared",
}
COMMAND = {
    "refuse": "refused with `code` and `status`, nothing is done",
    "denied_field": "refused with 400 if `field` is written",
    "ignored_field": "`field` is silently dropped from what is written",
}
KINDS = {**TRANSPORT, **COMMAND}


@dataclass
class Fault:
    kind: str
    method: str | None = None
    times: int | None = 1
    code: str = "INTERNAL_SERVER_ERROR"
    description: str = "Internal server error"
    status: int = 500
    seconds: float = 1.0
    field: str = ""

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are: {', '.join(KINDS)}")
        if self.kind == "revoked":
            self.times = None

    def matches(self, methods: set[str]) -> bool:
        return self.method is None or self.method.lower() in methods


class Faults:
    """The faults that still have to happen. `take` hands one out and counts it down."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._waiting)

    def take(self, kinds: dict, methods: set[str]) -> Fault | None:
        if not self._waiting:
            return None
        with self._lock:
            fault = next((one for one in self._waiting if one.kind in kinds and one.matches(methods)), None)
            if fault is not None:
                for method in methods - {(fault.method or "").lower()}:
                    self._use_up(
                        next(
                            (o for o in self._waiting if o.kind == fault.kind and o.method and o.matches({method})),
                            None,
                        )
                    )
                self._use_up(fault)
            return fault

    def _use_up(self, fault: Fault | None) -> None:
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
