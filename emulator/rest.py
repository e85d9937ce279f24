"""REST 2: from a request to its envelope.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

import logging
import time
from dataclasses import dataclass, field

from .errors import RestError
from .faults import COMMAND
from .journal import Call
from .methods import METHODS
from .php import as_map
from .registry import Caller, Method, Page, Params, Unchanged, whole
from .values import BadValue

MAKING = (".add", ".addfolder", ".addsubfolder", ".uploadfile", ".upload")

log = logging.getLogger("emulator")


@dataclass
class Answer:
    """What one command gave: the result with its list marks, and when it ran."""

    result: object
    marks: dict = field(default_factory=dict)
    time: dict = field(default_factory=dict)

    def body(self) -> dict:
        return {"result": self.result, **self.marks, "time": self.time}


def run(portal, caller: Caller, name: str, given: dict, *, in_batch: bool = False) -> Answer:
    """Run one method by its name, in any case."""
    declared = find(portal, caller, name.lower())
    if in_batch and not declared.batchable:
        raise RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405)
    return perform(portal, caller, declared, given)


def perform(portal, caller: Caller, declared: Method, given: dict) -> Answer:
    """Within its operating time and under the portal's lock; the effect recorded. Only a webhook is limited."""
    with portal.journal.noting(caller, declared, given) as call:
        return _perform(portal, caller, declared, given, call)


def _perform(portal, caller: Caller, declared: Method, given: dict, call: Call) -> Answer:
    name, limited = declared.name.lower(), caller.via == "webhook"
    if limited:
        portal.count(name, writes=declared.writes)
        portal.limits.check_operating(name, caller.user_id)
        given = misbehave(portal, name, given)
    started, real_start = portal.clock.seconds(), time.perf_counter()
    with portal.lock, portal.acting_for(caller.user_id):
        try:
            result = declared.function(portal, caller, Params(given))
        except BadValue as bad:
            raise RestError("INVALID_ARG_VALUE", f"Invalid value: {bad}") from None
        result, marks = _unfold(portal, caller, declared, given, result)
        if limited:
            portal.limits.charge(name, caller.user_id)
    if limited:
        portal.limits.pass_time(name)
    call.id = _subject(declared.name, given, result)
    return Answer(result, marks, time_block(portal, started, real_start, name, caller.user_id))


def find(portal, caller: Caller, name: str) -> Method:
    declared = METHODS.get(name)
    if declared is None:
        log.warning("ERROR_METHOD_NOT_FOUND: nobody has written %s", name)
        refusal = RestError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        portal.journal.refused(caller, name, refusal)
        raise refusal
    return declared


def misbehave(portal, name: str, given: dict) -> dict:
    """The command kinds of faults: refuse, deny or ignore a field."""
    fault = portal.faults.take(COMMAND, {name})
    if fault is None:
        return given
    if fault.kind == "refuse":
        raise RestError(fault.code, fault.description, fault.status)
    fields = as_map(Params(given).get("fields"))
    if fault.kind == "denied_field" and fault.field in fields:
        raise RestError("ACCESS_DENIED", f"Access denied to field {fault.field}", 400)
    without = {key: value for key, value in fields.items() if key != fault.field}
    return {key: without if key.lower() == "fields" else value for key, value in given.items()}


def _unfold(portal, caller: Caller, declared: Method, given: dict, result: object) -> tuple[object, dict]:
    if isinstance(result, Page):
        marks = {"total": result.total} if result.next is None else {"next": result.next, "total": result.total}
        return result.result, marks
    if isinstance(result, Unchanged):
        return result.result, {}
    if declared.writes:
        portal.record(caller, declared.name, given, _subject(declared.name, given, result))
    return result, {}


def _subject(name: str, given: dict, result: object) -> object:
    """The id that an effect is about: of what was made, or of what the parameters named."""
    if isinstance(result, int) and not isinstance(result, bool):
        return result
    if isinstance(result, dict) and name.endswith(MAKING):
        made = next((value for value in result.values() if isinstance(value, dict) and "id" in value), result)
        return whole(made.get("id", made.get("ID")))
    named = Params(as_map(Params(given).get("fields")) | given)
    return next((whole(named.get(key)) for key in ("id", "taskId", "ownerId", "0") if named.get(key)), None)


def time_block(portal, started: float, real_start: float, method: str | None = None, user_id: int = 0) -> dict:
    """The `time` of an envelope; a batch's own call has no operating time."""
    duration = time.perf_counter() - real_start
    finished = started + duration
    operating, reset_at = portal.limits.operating(method, user_id) if method else (0, int(started + 600))
    return {
        "start": started,
        "finish": finished,
        "duration": duration,
        "processing": duration,
        "date_start": portal.clock.iso_of(started),
        "date_finish": portal.clock.iso_of(finished),
        "operating_reset_at": reset_at,
        "operating": operating,
    }
