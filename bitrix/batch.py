"""Commands, their answers, and how up to fifty of them travel in one request.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/batch.html
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bitrix.errors import NotExecuted, OutcomeUnknown, PortalError, classify
from bitrix.php_query import php_query
from bitrix.webhook import checked_name

MOST_COMMANDS = 50
NEVER_IN_A_BATCH = {"batch", "disk.folder.uploadfile", "disk.storage.uploadfile", "disk.file.uploadversion"}
NOT_RUN = "NOT_RUN"
_REFERENCE = re.compile(r"\$result\[(\w+)\]((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Command:
    """One method with its parameters. Other commands refer to its result as `$result[label][item][id]`.

    Text, numbers, Decimals (sent as text), lists and maps. A boolean is JSON's true alone and 1 in a batch: for the
    portal's flags write "Y" and "N". `alone`: it leaves in a request of its own, as what carries a file must.
    """

    method: str
    params: Mapping[str, object] = field(default_factory=dict)
    label: str | None = None
    alone: bool = False


@dataclass(frozen=True)
class Answer:
    """What a command brought. `time` is the portal's own account of it; `replayed` marks a repeat of a REST 3 key."""

    result: object
    total: int | None = None
    next: int | None = None
    time: Mapping[str, object] = field(default_factory=dict)
    replayed: bool = False


def answer_of(body: Mapping[str, object], replayed: bool = False) -> Answer:
    """The answer in the envelope of a single call."""
    return Answer(body["result"], body.get("total"), body.get("next"), as_map(body.get("time")), replayed)


def labelled(commands: Iterable[Command]) -> list[Command]:
    """Every command with a label, its own or its place in the row. ValueError for wrong names and equal labels."""
    named = [c if c.label is not None else replace(c, label=f"c{place}") for place, c in enumerate(commands)]
    for command in named:
        checked_name(command.method)
    labels = [command.label for command in named]
    wrong = [label for label in labels if not re.fullmatch(r"\w+", label, re.ASCII)] or _repeated(labels)
    if wrong:
        raise ValueError(f"Labels of a batch must be different words: {wrong[0]!r}. Nothing was sent.")
    return named


def query(command: Command) -> str:
    """The command as one line of a batch. Raises CannotTravel (php_query.py)."""
    return f"{command.method}?{php_query(command.params)}"


def read_batch(result: object, commands: Sequence[Command], *, halt: bool) -> list[Answer | PortalError]:
    """Each command's own outcome: NotExecuted if `halt` kept it from running, OutcomeUnknown if nothing names it."""
    parts = result if isinstance(result, dict) else {}
    done, failed, total, following, took = (as_map(parts.get(name)) for name in _PARTS)
    labels = {command.label for command in commands}

    def outcome(command: Command) -> Answer | PortalError:
        label = command.label
        if label in failed:
            return classify(400, _envelope(failed[label]), method=command.method)
        if label in done or label in took:
            return Answer(done.get(label), total.get(label), following.get(label), as_map(took.get(label)))
        if halt and failed.keys() & labels:
            return NotExecuted(NOT_RUN, "the batch stopped at an earlier error", method=command.method)
        return OutcomeUnknown(
            "NO_RESULT", "the batch's answer does not name it", http_status=200, method=command.method
        )

    return [outcome(command) for command in commands]


_PARTS = ("result", "result_error", "result_total", "result_next", "result_time")


def as_map(value: object) -> dict:
    """PHP writes an empty map as `[]`, and a map with keys 0, 1, 2 as a list."""
    if isinstance(value, list):
        return {str(place): one for place, one in enumerate(value)}
    return value if isinstance(value, dict) else {}


def references(params: object) -> set[str]:
    """The labels that the parameters refer to."""
    found: set[str] = set()
    _each_text(params, lambda text: found.update(match[1] for match in _REFERENCE.finditer(text)))
    return found


def renamed(params: object, prefix: str, labels: Collection[str]) -> object:
    """References to these labels, with the prefix under which they travel."""

    def name(match: re.Match) -> str:
        return f"$result[{prefix}{match[1]}]{match[2]}" if match[1] in labels else match[0]

    return _each_text(params, lambda text: _REFERENCE.sub(name, text))


def resolved(params: object, results: Mapping[str, object]) -> object:
    """References to these results replaced: where one is the whole text by the value, inside a text by its words."""

    def value(text: str) -> object:
        whole = _REFERENCE.fullmatch(text)
        if whole and whole[1] in results:
            return _follow(results[whole[1]], whole[2])
        return _REFERENCE.sub(lambda m: _word(_follow(results[m[1]], m[2])) if m[1] in results else m[0], text)

    return _each_text(params, value)


def _each_text(value: object, change: Callable[[str], object]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(one, change) for one in value]
    return value


def _follow(result: object, steps: str) -> object:
    for step in _STEP.findall(steps):
        result = as_map(result).get(step)
    return result


def _word(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _envelope(error: object) -> object:
    return error if isinstance(error, dict) else {"error": str(error)}


def _repeated(labels: Sequence[str]) -> list[str]:
    return [label for place, label in enumerate(labels) if label in labels[:place]]
