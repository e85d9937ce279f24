"""How methods of tasks are given a task and their arguments, and in which words they refuse them."""

from dataclasses import dataclass

from ..errors import RestError
from ..php import as_map
from ..registry import Params, whole
from . import tasks


def task(portal, params: Params, name: str = "taskId") -> dict | None:
    """The task that was asked for; None if there is none that can be read. Raises for what is no id."""
    if params.get(name) is None:
        raise RestError("100", "CTaskItem All parameters in the constructor must have real class type")
    if params.integer(name) is None:
        raise RestError("0", "wrong task id")
    return tasks.get(portal, params.get(name))


def number(params: Params, name: str, code: str = "100") -> int:
    """A required integer of a method of the newer kind."""
    value = params.need(name)
    if whole(value) is None:
        raise not_of_type(name, value, "int", code)
    return whole(value)


def not_of_type(name: str, value: object, kind: str, code: str = "100") -> RestError:
    shown = "" if isinstance(value, (dict, list)) else value
    return RestError(
        code, f"Invalid value {{{shown}}} to match with parameter {{{name}}}. Should be value of type {kind}."
    )


@dataclass(frozen=True)
class Arguments:
    """The arguments of a method of the old task classes: by name or by place, refused in their own words.

    https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-add.html
    """

    method: str
    params: Params

    def number(self, position: int, name: str) -> int:
        value = self.params.at(position, name)
        if value is None:
            raise self._absent(position, name)
        if whole(value) is None:
            raise wrong(
                f"Param #{position} ({_SHOWN[name]}) for method {self.method}() "
                'expected to be of type "integer", but given something else.'
            )
        return whole(value)

    def fields(self, position: int, name: str, known: tuple[str, ...]) -> dict:
        given = as_map(self.params.at(position, name))
        if not given:
            raise self._absent(position, name)
        self._check_keys(position, name, given, known)
        return given

    def order(self, position: int, name: str, known: tuple[str, ...]) -> dict:
        given = as_map(self.params.at(position, name))
        self._check_keys(position, name, given, known)
        return given

    def _check_keys(self, position: int, name: str, given: dict, known: tuple[str, ...]) -> None:
        odd = next((key for key in given if key not in known), None)
        if odd is not None:
            raise wrong(f'Param #{position} ({_SHOWN[name]}) for method {self.method}() must not contain key "{odd}".')

    def _absent(self, position: int, name: str) -> RestError:
        return wrong(f"Param #{position} ({_SHOWN[name]}) expected by method {self.method}(), but not given.")


def wrong(text: str) -> RestError:
    return tasks.core(f"TASKS_ERROR_EXCEPTION_#256; {text}; 256/TE/WRONG_ARGUMENTS")


def failed(text: str) -> RestError:
    return tasks.core(f"TASKS_ERROR_EXCEPTION_#8; {text}; 8/TE/ACTION_FAILED_TO_BE_PROCESSED")


def manifest(alias: str, version: str, writable: tuple, readable: tuple, methods: dict[str, tuple[str, ...]]) -> dict:
    """What a class of methods tells about itself; the portal warns that nobody should rely on its form."""
    return {
        "Manifest version": version,
        "Warning": "don't rely on format of this manifest, it can be changed without any notification",
        "REST: shortname alias to class": alias,
        f"REST: writable {alias} data fields": list(writable),
        f"REST: readable {alias} data fields": list(readable),
        "REST: available methods": {
            name: {
                "mandatoryParamsCount": len(arguments),
                "params": [{"description": argument, "type": _kind(argument)} for argument in arguments],
            }
            for name, arguments in methods.items()
        },
    }


def _kind(argument: str) -> str:
    return "integer" if argument.endswith("Id") else "array"


_SHOWN = {
    "TASKID": "taskId",
    "ITEMID": "itemId",
    "AFTERITEMID": "afterItemId",
    "ACTIONID": "actionId",
    "FIELDS": "arFields",
    "ARFIELDS": "arFields",
    "ORDER": "arOrder",
    "FILTER": "arFilter",
}
