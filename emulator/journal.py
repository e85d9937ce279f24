"""What was asked of the portal, as it happens: every call of a webhook, and what people change by other doors."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .clock import Clock
from .errors import RestError
from .registry import Caller, Method

REMEMBERED = 2000


@dataclass
class Call:
    """`id`: what it was about; `error`, `description`: why it was refused, else empty."""

    number: int
    at: str
    door: str
    user: int
    method: str
    params: dict
    writes: bool = False
    id: object = None
    error: str = ""
    description: str = ""
    milliseconds: float = 0.0


class Journal:
    """The last calls. Unlike the record of effects it has those that only read and those that were refused."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._calls: deque[Call] = deque(maxlen=REMEMBERED)

    def forget(self) -> None:
        """Numbers go on, so that whoever reads along misses nothing."""
        self._calls.clear()

    @contextmanager
    def noting(self, caller: Caller, declared: Method, given: dict) -> Iterator[Call]:
        """Note a call with its outcome when it has one; a look that a person takes is not noted."""
        call, started = self._call(caller, declared.name, given, declared.writes), time.perf_counter()
        try:
            yield call
        except Exception as failure:
            _refuse(call, failure)
            raise
        finally:
            call.milliseconds = round((time.perf_counter() - started) * 1000, 1)
            if caller.via == "webhook" or declared.writes:
                self._keep(call)

    def refused(self, caller: Caller, name: str, refusal: RestError) -> None:
        """Note what was refused before any method could begin."""
        call = self._call(caller, name, {})
        _refuse(call, refusal)
        self._keep(call)

    def after(self, number: int, most: int) -> list[Call]:
        """The newest calls behind this number, oldest first."""
        with self._lock:
            newer = [call for call in self._calls if call.number > number]
        return newer[-most:]

    def _call(self, caller: Caller, name: str, given: dict, writes: bool = False) -> Call:
        return Call(0, self._clock.iso(), caller.via, caller.user_id, name, given, writes)

    def _keep(self, call: Call) -> None:
        with self._lock:
            call.number = next(self._numbers)
            self._calls.append(call)


def _refuse(call: Call, failure: Exception) -> None:
    known = isinstance(failure, RestError)
    call.error = str(failure.code) or "ERROR" if known else "INTERNAL_SERVER_ERROR"
    call.description = failure.description if known else type(failure).__name__
