"""One YAML file of this folder: every word knows its line, so that an error names file, line and nearest spelling."""

import difflib
import re
from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

Made = TypeVar("Made", bound=BaseModel)
MISSPELT = "extra_forbidden"
"""What pydantic calls a name that a model does not have; told first, as it explains what is missing."""


class ConfigError(ValueError):
    """Something in config/ is wrong; the text says where and what to write."""


class Text(str):
    """A word of the file that knows its line."""

    line: int


class Mapping(dict):
    """A mapping of the file that knows the line on which it begins."""

    line: int


class _Loader(yaml.CSafeLoader):
    """YAML as people read it: `off` and `no` are words, 20:00 and 0123 are no numbers, a key stands once."""

    yaml_implicit_resolvers: dict = {}

    def text(self, node: yaml.ScalarNode) -> Text:
        made = Text(node.value)
        made.line = node.start_mark.line + 1
        return made

    def mapping(self, node: yaml.MappingNode) -> Mapping:
        made = Mapping()
        made.line = node.start_mark.line + 1
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in made:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", key_node.start_mark)
            made[key] = self.construct_object(value_node, deep=True)
        return made


_Loader.add_constructor("tag:yaml.org,2002:str", _Loader.text)
_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.mapping)
for _tag, _form, _first in [
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
]:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$"), _first)


class Source:
    """A file: `content` is what it says, `shown` is how errors call it."""

    def __init__(self, folder: Path, name: str):
        self.shown = f"{folder.name}/{name}"
        try:
            self.content = yaml.load((folder / name).read_text(encoding="utf-8"), Loader=_Loader)
        except FileNotFoundError:
            raise ConfigError(f"{self.shown} is missing.") from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ConfigError(f"{self.shown}, line {line}: {error.problem}.") from None
        if self.content is None:
            raise ConfigError(f"{self.shown} is empty.")

    def refuse(self, at: object, text: str) -> NoReturn:
        """Raise the error about `at`, a word or a mapping of this file; anything else has no line."""
        line = f", line {at.line}" if hasattr(at, "line") else ""
        raise ConfigError(f"{self.shown}{line}: {text}")

    def known(self, name: str, names: Iterable[str], what: str, at: object = None) -> None:
        """Refuse a name that is not among `names`: «SOFT has no stage BOKING. Did you mean BOOKING?»"""
        names = list(names)
        if name not in names:
            self.refuse(name if hasattr(name, "line") else at, f"{what} {name}.{nearest(name, names)}")

    def rows(self, rows: object, of: str) -> list:
        """What stands there as a list; nothing there is an empty one."""
        if rows is not None and not isinstance(rows, list):
            self.refuse(rows, f"here stands a list, a line «- …» for each {of}.")
        return rows or []

    def make(self, model: type[Made], values: object, **more: object) -> Made:
        """One model out of one mapping of the file; `more` is what the file does not say itself."""
        if not isinstance(values, dict):
            self.refuse(values, f"{model.__name__} is written as names with values.")
        try:
            return model(**{**values, **more})
        except ValidationError as error:
            wrong = error.errors(include_input=False, include_url=False)
            told = next((one for one in wrong if one["type"] == MISSPELT), wrong[0])
            self.refuse(_word_at(values, told["loc"]), _said(model, told))

    def make_all(self, model: type[Made], rows: object, key: str = "code") -> dict[str, Made]:
        """Models by their key, in the order of the file; a key or a code that stands twice is refused."""
        made: dict[str, Made] = {}
        seen: set[str] = set()
        for row in self.rows(rows, model.__name__):
            one = self.make(model, row)
            for name in {getattr(one, key), getattr(one, "code", getattr(one, key))}:
                if name in seen:
                    self.refuse(row, f"{name} stands twice.")
                seen.add(name)
            made[getattr(one, key)] = one
        return made


def nearest(name: str, names: Iterable[str]) -> str:
    """« Did you mean BOOKING?», or nothing."""
    match = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f" Did you mean {match[0]}?" if match else ""


def _word_at(values: dict, path: Sequence[str | int]) -> object:
    """The deepest word of the file on the way that an error names: the wrong value, its key, or the mapping around."""
    found: object = values
    node: object = values
    for step in path:
        if isinstance(node, dict):
            found = next((key for key in node if key == step), found)
            node = node.get(step)
        elif isinstance(node, list):
            node = node[step]
        if hasattr(node, "line"):
            found = node
    return found


def _said(model: type[BaseModel], error: dict) -> str:
    """«Stage has no «optinal». Did you mean optional?», or what pydantic says of a value."""
    *around, last = error["loc"]
    if error["type"] == MISSPELT:
        for step in around:
            model = _inside(model, step)
        return f"{model.__name__} has no «{last}».{nearest(last, model.model_fields)}"
    path = ".".join(str(step) for step in error["loc"])
    said = "is a list, written as [one, another]" if error["type"] == "tuple_type" else error["msg"]
    said = said.removeprefix("Value error, ")
    return f"{model.__name__}, {path}: {said}{'' if said.endswith(('.', '?')) else '.'}"


def _inside(kind: type, step: str | int) -> type:
    """What stands at a place of a list, at a key of a mapping, at a name of a model (where it stands at all)."""
    inner = get_args(kind)
    if inner:
        return inner[1] if get_origin(kind) is dict else inner[0]
    said = kind.model_fields[step].annotation
    return get_args(said)[0] if type(None) in get_args(said) else said
