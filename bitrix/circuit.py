"""The circuit of a portal: open while the portal takes nothing from us as a whole, so that only probes are sent.

It opens when the webhook is refused, the portal was renamed, or is closed for REST. Until then it lets everything
through. A webhook that lacks the right to one method says nothing about the others.
"""

import threading
import time
from collections.abc import Callable

from bitrix.errors import (
    LimitExceeded,
    OutcomeUnknown,
    PortalClosed,
    PortalError,
    PortalMoved,
    Unreachable,
    WebhookRefused,
)

OF_ONE_METHOD = ("INSUFFICIENT_SCOPE", "METHOD_CONFIRM_WAITING", "METHOD_CONFIRM_DENIED")
SAYS_NOTHING = (LimitExceeded, Unreachable, OutcomeUnknown)


class Circuit:
    """Shared by all threads. `probe_seconds`: how long after a refusal the next single request may try."""

    def __init__(self, probe_seconds: float):
        self._probe_seconds, self._lock = probe_seconds, threading.Lock()
        self._trouble: PortalError | None = None
        self._probe_at = 0.0
        self._watchers: list[Callable[[PortalError | None], None]] = []

    @property
    def trouble(self) -> PortalError | None:
        """Why nothing is sent; None while everything is."""
        return self._trouble

    def watch(self, callback: Callable[[PortalError | None], None]) -> None:
        """Call back with the trouble when the circuit opens, with None when it closes."""
        self._watchers.append(callback)

    def refusal(self, method: str) -> PortalError | None:
        """The error to raise instead of sending. None: send; where the circuit is open, this request is the probe."""
        with self._lock:
            if self._trouble is None:
                return None
            now = time.monotonic()
            if now < self._probe_at:
                return self._trouble.about(method)
            self._probe_at = now + self._probe_seconds
            return None

    def hear(self, outcome: object) -> None:
        """A whole request ended with this."""
        trouble = outcome if _is_of_the_portal(outcome) else None
        if trouble is None and isinstance(outcome, SAYS_NOTHING):
            return
        with self._lock:
            changed = type(self._trouble) is not type(trouble)
            if trouble is not None and (changed or time.monotonic() >= self._probe_at):
                self._probe_at = time.monotonic() + self._probe_seconds
            self._trouble = trouble
        if changed:
            for callback in self._watchers:
                callback(trouble)


def _is_of_the_portal(outcome: object) -> bool:
    if isinstance(outcome, WebhookRefused):
        return outcome.code.upper() not in OF_ONE_METHOD
    return isinstance(outcome, PortalClosed | PortalMoved)
