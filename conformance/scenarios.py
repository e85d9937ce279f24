"""How the Python clients play: every function marked `@scenario` in order, one JSON line each on the standard output."""

import json
import sys
import traceback
from collections.abc import Callable

SCENARIOS: list[Callable[[], None]] = []


def scenario(act: Callable[[], None]) -> Callable[[], None]:
    SCENARIOS.append(act)
    return act


def webhook() -> str:
    """The address that the client was started with."""
    return sys.argv[1]


def raised(act: Callable[[], object], kind: type[Exception]) -> Exception:
    """The exception of that kind that the act ends with."""
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def play() -> None:
    """{"scenario": its name, "error": "" or what went wrong}."""
    for act in SCENARIOS:
        line = {"scenario": act.__name__, "error": ""}
        try:
            act()
        except Exception:
            line["error"] = traceback.format_exc(limit=-4)
        print(json.dumps(line), flush=True)
