"""REST 3: JSON bodies only, its own envelopes, errors and batch, and Idempotency-Key.

https://apidocs.bitrix24.com/api-reference/rest-v3.html
"""

import hashlib
import json
import re
import time

from werkzeug.wrappers import Request

from . import rest
from .dto import V3
from .envelope import reply
from .errors import RestError
from .methods import REST3_METHODS
from .php import as_map
from .registry import Caller, Method, Whole

KEPT_SECONDS = 24 * 3600
BATCH = "batch"
_KEY = re.compile(r"[\x20-\x7e]{1,255}")


def read(request: Request) -> dict | list:
    """The parameters: a JSON body and nothing else; the query is not looked at."""
    body = request.get_data()
    if request.method != "POST" or not body.strip():
        return {}
    given = request.get_json(silent=True) if request.mimetype == "application/json" else None
    if not isinstance(given, (dict, list)):
        raise RestError(V3 + "INVALIDJSONEXCEPTION", "The request body is not valid JSON")
    # The JavaScript client sends a list of calls as a map from 0 on; PHP knows no difference.
    is_map_from_0 = given and isinstance(given, dict) and list(given) == list(map(str, range(len(given))))
    return list(given.values()) if is_map_from_0 else given


def methods_of(given: dict | list) -> set[str]:
    """The names of all methods in a batch, in lower case."""
    return {_name(call) for call in given} if isinstance(given, list) else set()


def serve(portal, caller: Caller, name: str, given: dict | list, request: Request):
    """Run a method once per Idempotency-Key; a repeat gets the stored answer, marked as replayed.

    Only methods that change something look at the key. It belongs to one webhook: after its secret was changed the
    portal knows it no more.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or not _changes(name):
        return reply(_run(portal, caller, name, given))
    if not _KEY.fullmatch(key):
        raise RestError(
            V3 + "INVALIDIDEMPOTENCYKEYEXCEPTION", "Idempotency-Key must be 1 to 255 printable ASCII characters"
        )
    place = (portal.token, caller.user_id, name, key)
    print_of_body = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    kept = portal.idempotency.get(place)
    if kept is not None and portal.clock.seconds() - kept[0] < KEPT_SECONDS:
        if kept[1] != print_of_body:
            code = V3 + "IDEMPOTENCYKEYREUSEDEXCEPTION"
            raise RestError(code, "Idempotency-Key was already used with a different request body", 422)
        return reply(kept[2], 200, {"Idempotency-Key": key, "Idempotent-Replayed": "true"})
    answer = _run(portal, caller, name, given)
    portal.idempotency[place] = (portal.clock.seconds(), print_of_body, answer)
    return reply(answer, 200, {"Idempotency-Key": key})


def refused(refusal: RestError):
    error = {"code": refusal.code, "message": refusal.description, "validation": refusal.validation}
    return reply({"error": error}, refusal.status)


def _changes(name: str) -> bool:
    return name == BATCH or (name in REST3_METHODS and REST3_METHODS[name].writes)


def _run(portal, caller: Caller, name: str, given: dict | list) -> dict:
    if name == BATCH:
        return _batch(portal, caller, given)
    answer = rest.perform(portal, caller, _find(name), as_map(given))
    return answer.result.body if isinstance(answer.result, Whole) else answer.body()


def _batch(portal, caller: Caller, given: dict | list) -> dict:
    """`[{"method", "query"}, …]` in, results in the same order out; the first refusal is the answer of the whole."""
    started, real_start = portal.clock.seconds(), time.perf_counter()
    if not isinstance(given, list) or not all(isinstance(call, dict) for call in given):
        shown = json.dumps(given, ensure_ascii=False)
        raise RestError(V3 + "INVALIDSELECTEXCEPTION", f"Unable to recognize select expression `{shown}`")
    answers = [rest.perform(portal, caller, _find(_name(call)), as_map(call.get("query"))) for call in given]
    results = [one.result.body if isinstance(one.result, Whole) else one.result for one in answers]
    return {"result": results, "time": rest.time_block(portal, started, real_start)}


def _name(call: object) -> str:
    return str(as_map(call).get("method") or "").lower()


def _find(name: str) -> Method:
    declared = REST3_METHODS.get(name)
    if declared is None:
        rest.log.warning("ERROR_METHOD_NOT_FOUND: nobody has written REST 3 %s", name)
        raise RestError(V3 + "METHODNOTFOUNDEXCEPTION", f"Method {name} not found", 404)
    return declared
