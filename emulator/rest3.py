"""REST 3: its own envelopes and errors, and Idempotency-Key.

https://apidocs.bitrix24.com/api-reference/rest-v3.html
"""

import hashlib
import json

from werkzeug.wrappers import Request

from . import rest
from .envelope import reply
from .errors import RestError
from .methods import REST3_METHODS
from .registry import Caller

KEPT_SECONDS = 24 * 3600


def serve(portal, caller: Caller, name: str, given: dict, request: Request):
    """Run a REST 3 method once per Idempotency-Key; a repeat gets the stored answer, marked as replayed.

    A key belongs to one webhook: after its secret was changed the portal knows it no more.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return _run(portal, caller, name, given)
    place = (portal.token, caller.user_id, name, key)
    print_of_body = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    kept = portal.idempotency.get(place)
    if kept is not None and portal.clock.seconds() - kept[0] < KEPT_SECONDS:
        if kept[1] != print_of_body:
            raise RestError("BITRIX_REST_V3_EXCEPTION_IDEMPOTENCY", "Idempotency-Key was used with another body", 422)
        return reply(kept[2], 200, {"Idempotent-Replayed": "true"})
    answer = _run(portal, caller, name, given)
    if answer.status_code == 200:
        portal.idempotency[place] = (portal.clock.seconds(), print_of_body, json.loads(answer.get_data()))
    return answer


def _run(portal, caller: Caller, name: str, given: dict):
    declared = REST3_METHODS.get(name)
    if declared is None:
        rest.log.warning("ERROR_METHOD_NOT_FOUND: nobody has written REST 3 %s", name)
        raise RestError("BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION", f"Method {name} not found", 404)
    return reply(rest.perform(portal, caller, declared, given).body())


def refused(refusal: RestError):
    error = {"code": refusal.code, "message": refusal.description, "validation": refusal.validation}
    return reply({"error": error}, refusal.status)
