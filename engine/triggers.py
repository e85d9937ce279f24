"""The vocabulary of handlers: who owns which change.

    @on_stage("SOFT", "QUALIFY")
    def assess_the_client(run, deal): ...

A claim's identity is the decorator's arguments, never the function's name. One stage of one process has one
owner: a second claim stops the start-up. Words without a process serve every process and come first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.changes import Change


@dataclass(frozen=True)
class Trigger:
    """A function of handlers/ or jobs/ and what it claimed."""

    word: str
    process: str | None
    detail: str | None
    act: Callable
    mandatory: bool = False
    kind: str | None = None

    @property
    def identity(self) -> str:
        return " ".join((self.word, self.process or "*", self.detail or "*"))


class ClaimedTwice(RuntimeError):
    """Two functions want the same change; the text names both."""


_claims: dict[str, Trigger] = {}
_requirements: dict[tuple[str, str], list[Callable]] = {}


def claims() -> list[Trigger]:
    """Everything claimed so far, in the order of the source."""
    return list(_claims.values())


def claim(trigger: Trigger) -> Callable:
    other = _claims.get(trigger.identity)
    if other is not None and other.act is not trigger.act:
        raise ClaimedTwice(
            f"{trigger.identity} is claimed by {_place(other.act)} and by {_place(trigger.act)}: leave one owner."
        )
    _claims[trigger.identity] = trigger
    return trigger.act


def _word(word: str, process: str | None, detail: str | None, mandatory: bool = False) -> Callable:
    return lambda act: claim(Trigger(word, process, detail, act, mandatory))


def on_created(process: str | None = None) -> Callable:
    """A card appeared in the funnel: made by a person, by the layer, or moved in from another funnel."""
    return _word("on_created", process, None)


def on_stage(process: str, stage: str, *, mandatory: bool = False) -> Callable:
    """A card entered the stage and is still there. `mandatory`: also when it was jumped over or already left (R-06)."""
    return _word("on_stage", process, stage, mandatory)


def on_left(process: str | None = None, stage: str | None = None) -> Callable:
    """A card left the stage (any stage of any process without arguments)."""
    return _word("on_left", process, stage)


def on_field(process: str | None, name: str) -> Callable:
    """A person changed the field. A button field: a person filled it."""
    return _word("on_field", process, name)


def on_company(process: str, name: str, *, kind: str) -> Callable:
    """A person changed the field of a company of that kind («Вид контрагента»); the function gets the run and the company."""
    return lambda act: claim(Trigger("on_company", process, name, act, kind=kind))


def on_computed_overwritten(process: str | None = None) -> Callable:
    """A person overwrote a field that the layer computes (R-22)."""
    return _word("on_computed_overwritten", process, None)


def on_rows(process: str) -> Callable:
    """The product rows of a card changed."""
    return _word("on_rows", process, None)


def on_task_closed(process: str | None = None, code: str | None = None) -> Callable:
    """A person completed a task of the layer."""
    return _word("on_task_closed", process, code)


def on_task_started(process: str, code: str) -> Callable:
    """A person took a task of the layer up, for the first time; `run.change.what["by"]` is who does it."""
    return _word("on_task_started", process, code)


def on_task_deleted() -> Callable:
    """A person deleted a task of the layer (R-17)."""
    return _word("on_task_deleted", None, None)


def on_funnel_left() -> Callable:
    """A card went to another funnel (R-19)."""
    return _word("on_funnel_left", None, None)


def on_deleted(process: str | None = None) -> Callable:
    """A card was deleted (R-10)."""
    return _word("on_deleted", process, None)


def on_command(process: str | None, name: str) -> Callable:
    """An automation rule of the portal asked for `name` on a card of the process (R-23); without a process: 1C did."""
    return _word("on_command", process, name)


def on_signal(process: str | None, name: str) -> Callable:
    """A run of another family, or one before, told a card of the process, or of any, something (`run.signal`)."""
    return _word("on_signal", process, name)


def on_child(process: str, child_process: str, stage: str | None = None, *, mandatory: bool = False) -> Callable:
    """A child, of `child_process`, of a card of `process` entered the stage (any without one); a new child enters its first.

    The function gets the run and the parent; `run.deal` is the child. `mandatory`: also when the child has left the stage.
    """
    return _word("on_child", process, f"{child_process}:{stage or '*'}", mandatory)


def on_parent(process: str, parent_process: str, stage: str) -> Callable:
    """A card of `parent_process` entered the stage: the function gets the run and each of its children of `process`."""
    return _word("on_parent", process, f"{parent_process}:{stage}")


def commands() -> set[str]:
    """Names that automation rules may call: some process answers to them."""
    return {trigger.detail for trigger in _claims.values() if trigger.word == "on_command" and trigger.process}


def on_incomplete() -> Callable:
    """A card entered a stage; the function also gets what the stage requires and the card lacks, a guard.Lacking (R-07).

    It comes before every other owner of the change and may `run.withhold()` them.
    """
    return _word("on_incomplete", None, None)


def on_failed() -> Callable:
    """A run ended as a dead letter (R-18)."""
    return _word("on_failed", None, None)


def requires(process: str, stage: str) -> Callable:
    """A condition of entering the stage that a table cannot say: the function (run, deal) yields what is missing.

    Labels of empty fields, and sentences about the rest as `guard.Obstacle`.
    """

    def remember(condition: Callable) -> Callable:
        _requirements.setdefault((process, stage), []).append(condition)
        return condition

    return remember


def requirements(process: str, stage: str) -> list[Callable]:
    return _requirements.get((process, stage), [])


def watched_fields(process: str) -> set[str]:
    """Names of the fields of a process whose change somebody claimed."""
    return {t.detail for t in _claims.values() if t.word == "on_field" and t.process in (process, None)}


def of_companies() -> list[Trigger]:
    """Who watches fields of companies."""
    return [trigger for trigger in _claims.values() if trigger.word == "on_company"]


def watches_rows(process: str) -> bool:
    return f"on_rows {process} *" in _claims


def find(identity: str) -> Trigger | None:
    """The claim of that identity; None when the code no longer has it."""
    return _claims.get(identity)


def matching(change: Change, skipped: Iterable[str] = ()) -> list[str]:
    """Identities of the triggers that meet the change, in the order of their runs.

    `skipped`: stages that the card jumped over, in order; only their mandatory owners run.
    """
    process, what = change.process or "*", change.what
    wanted: list[str] = []
    match change.kind:
        case "created":
            wanted = [
                "on_incomplete * *",
                "on_created * *",
                f"on_created {process} *",
                f"on_stage {process} {what['stage']}",
                *_of_relatives(process, what["stage"]),
            ]
        case "stage":
            wanted = ["on_incomplete * *", "on_left * *", f"on_left {process} {what['left']}"]
            wanted += [one for stage in skipped if (one := _mandatory(process, stage))]
            wanted += [f"on_stage {process} {what['stage']}", *_of_relatives(process, what["stage"])]
        case "funnel":
            wanted = ["on_funnel_left * *"]
        case "field":
            wanted = [f"on_field * {what['field']}", f"on_field {process} {what['field']}"]
        case "company":
            wanted = [f"on_company {process} {what['field']}"]
        case "computed":
            wanted = ["on_computed_overwritten * *", f"on_computed_overwritten {process} *"]
        case "rows":
            wanted = [f"on_rows {process} *"]
        case "task_closed":
            code = what["code"]
            wanted = ["on_task_closed * *", f"on_task_closed * {code}", f"on_task_closed {process} {code}"]
        case "task_started":
            wanted = [f"on_task_started {process} {what['code']}"]
        case "signal":
            wanted = [f"on_signal * {what['name']}", f"on_signal {process} {what['name']}"]
        case "deleted":
            wanted = ["on_deleted * *", f"on_deleted {process} *"]
        case "task_deleted" | "failed":
            wanted = [f"on_{change.kind} * *"]
        case "command":
            wanted = [f"on_command {process} {what['name']}"]
        case "job":
            wanted = [f"job {what['job']} *"]
    return [identity for identity in wanted if identity in _claims]


def _of_relatives(process: str, stage: str) -> list[str]:
    """Claims of parents on a child that enters the stage, and of children on their parent."""
    details = {"on_child": (f"{process}:{stage}", f"{process}:*"), "on_parent": (f"{process}:{stage}",)}
    return [one.identity for one in _claims.values() if one.detail in details.get(one.word, ())]


def _mandatory(process: str, stage: str) -> str | None:
    trigger = _claims.get(f"on_stage {process} {stage}")
    return trigger.identity if trigger and trigger.mandatory else None


def _place(act: Callable) -> str:
    return f"{act.__module__}.{act.__name__}"
