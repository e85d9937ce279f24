"""batch: up to 50 commands in one request, each with its own outcome, results passed on by reference.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
"""

import re
import time

from . import rest
from .errors import RestError
from .php import as_map, parse_query
from .registry import Caller, Params

MAX_COMMANDS = 50
_REFERENCE = re.compile(r"\$result((?:\[[^\]]*\])+)")
_STEP = re.compile(r"\[([^\]]*)\]")


def run(portal, caller: Caller, given: dict) -> rest.Answer:
    """Run the commands in order. The request answers 200 whatever its commands did."""
    started, real_start = portal.clock.seconds(), time.perf_counter()
    params = Params(given)
    halt = str(params.get("halt")).lower() in ("1", "true", "y")
    parts: dict[str, dict] = {name: {} for name in ("result", "error", "total", "next", "time")}
    for number, (label, command) in enumerate(as_map(params.get("cmd")).items()):
        try:
            answer = _command(portal, caller, number, str(command), parts["result"])
        except RestError as refusal:
            parts["error"][label] = refusal.body()
            if halt:
                break
        else:
            parts["result"][label] = answer.result
            parts["time"][label] = answer.time
            for mark, value in answer.marks.items():
                parts[mark][label] = value
    result = {
        "result": parts["result"],
        **{f"result_{name}": parts[name] for name in ("error", "total", "next", "time")},
    }
    return rest.Answer(result, {}, rest.time_block(portal, started, real_start))


def methods_of(given: dict) -> set[str]:
    """The names of all methods in a batch, in lower case."""
    commands = as_map(Params(given).get("cmd")).values()
    return {str(command).partition("?")[0].strip("/ ").lower() for command in commands}


def _command(portal, caller: Caller, number: int, command: str, results: dict) -> rest.Answer:
    if number >= MAX_COMMANDS:
        raise RestError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    name, _, query = command.partition("?")
    name = name.strip("/ ").lower().removesuffix(".json")
    if name == "batch":
        raise RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405)
    return rest.run(portal, caller, name, _resolved(parse_query(query), results), in_batch=True)


def _resolved(value: object, results: dict) -> object:
    """`$result[label][field][0]` replaced: the whole value where it stands alone, its text inside other text."""
    if isinstance(value, dict):
        return {key: _resolved(element, results) for key, element in value.items()}
    if isinstance(value, list):
        return [_resolved(element, results) for element in value]
    if not isinstance(value, str) or "$result" not in value:
        return value
    whole = _REFERENCE.fullmatch(value)
    if whole:
        return _follow(whole.group(1), results)
    return _REFERENCE.sub(lambda match: _as_text(_follow(match.group(1), results)), value)


def _follow(steps: str, results: dict) -> object:
    found: object = results
    for step in _STEP.findall(steps):
        found = as_map(found).get(step.strip("'\""))
    return found


def _as_text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
