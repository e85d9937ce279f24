"""Reads the YAML and refuses what does not fit, naming file, line and the nearest right spelling."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from config.models import (
    NATIVE,
    PREFIX,
    Calendar,
    City,
    Company,
    DocumentKind,
    Field,
    Limits,
    Model,
    OurCompany,
    Process,
    Role,
    Stage,
    Task,
    Terms,
)

HEAD_OF = "H-"
MAX_STAGE, MAX_FIELD = 16, 50


class ConfigError(ValueError):
    """Something in config/ is wrong; the text says where and what to write."""


class _Lines(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):
    """Remembers of every mapping on which line it begins."""


class _Map(dict):
    line = 0

    @classmethod
    def like(cls, other: "_Map", **changes: object) -> "_Map":
        made = cls({**other, **changes})
        made.line = other.line
        return made


def _mapping(loader: _Lines, node: yaml.MappingNode) -> _Map:
    made = _Map(loader.construct_mapping(node, deep=True))
    made.line = node.start_mark.line + 1
    return made


_Lines.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class Source:
    """One YAML file."""

    def __init__(self, path: Path, shown: str):
        self.path, self.shown = path, shown
        try:
            self.content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Lines)
        except FileNotFoundError:
            raise ConfigError(f"{shown} is missing.") from None
        except yaml.YAMLError as error:
            raise ConfigError(f"{shown} is no YAML: {error}") from None

    def fail(self, at: object, text: str) -> ConfigError:
        return ConfigError(f"{self.shown}, line {getattr(at, 'line', 1)}: {text}")

    def make(self, model: type[Model], values: dict, **more: object) -> Any:
        """One model out of one mapping."""
        unknown = [key for key in values if key not in model.model_fields]
        if unknown:
            raise self.fail(values, f"{model.__name__} has no «{unknown[0]}».{nearest(unknown[0], model.model_fields)}")
        try:
            return model(**values, **more)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise self.fail(values, f"{model.__name__}, {'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    def make_all(self, model: type[Model], rows: Iterable[dict], key: str = "code") -> dict[str, Any]:
        """Models by their key; a key that stands twice is refused."""
        made: dict[str, Any] = {}
        for row in rows or ():
            one = self.make(model, row)
            name = getattr(one, key)
            if name in made:
                raise self.fail(row, f"{name} stands twice.")
            made[name] = one
        return made

    def known(self, at: object, name: str, names: Iterable[str], what: str) -> None:
        """Refuse a name that does not exist."""
        names = list(names)
        if name not in names:
            raise self.fail(at, f"{what} {name}.{nearest(name, names)}")


def nearest(name: str, names: Iterable[str]) -> str:
    """« Did you mean BOOKING?», or nothing."""
    match = difflib.get_close_matches(name, list(names), n=1, cutoff=0.5)
    return f" Did you mean {match[0]}?" if match else ""


def load(folder: Path) -> Company:
    """Read and check a folder like config/. Raises ConfigError."""

    def source(name: str) -> Source:
        return Source(folder / name, f"{folder.name}/{name}")

    def rows(name: str, model: type[Model], key: str = "code", under: str | None = None) -> dict[str, Any]:
        file = source(name)
        return file.make_all(model, file.content[under] if under else file.content, key)

    roles = rows("people.yaml", Role, under="roles")
    lists = {
        "cities": rows("cities.yaml", City, "name"),
        "terms": rows("terms.yaml", Terms, "title"),
        "document_kinds": rows("documents.yaml", DocumentKind, "title"),
        "our_companies": rows("our_companies.yaml", OurCompany, "name"),
    }
    fields, calendar, limits = source("fields.yaml"), source("calendar.yaml"), source("limits.yaml")
    paths = sorted((folder / "processes").glob("*.yaml"))
    processes = [_process(Source(path, f"{folder.name}/processes/{path.name}"), roles, lists) for path in paths]
    return Company(
        processes={process.code: process for process in sorted(processes, key=lambda process: process.sort)},
        deal_fields=_fields(fields, fields.content["deal"], lists),
        company_fields=_fields(fields, fields.content["company"], lists),
        common_tasks=rows("common_tasks.yaml", Task),
        roles=roles,
        calendar=calendar.make(Calendar, calendar.content),
        limits=limits.make(Limits, limits.content),
        **lists,
    )


def _fields(source: Source, rows: list[dict], lists: dict[str, dict]) -> dict[str, Field]:
    made: dict[str, Field] = {}
    for row in rows or ():
        code = row["code"]
        full = code if code in NATIVE else PREFIX + code
        options = {"options": tuple(lists[row["options_from"]])} if row.get("options_from") in lists else {}
        field = source.make(Field, _Map.like(row, code=full, **options))
        if len(full) > MAX_FIELD:
            raise source.fail(row, f"{full} is longer than {MAX_FIELD} characters.")
        if field.name in made:
            raise source.fail(row, f"{code} stands twice.")
        made[field.name] = field
    return made


def _process(source: Source, roles: dict[str, Role], lists: dict[str, dict]) -> Process:
    content = source.content
    stages = source.make_all(Stage, content.get("stages"))
    tasks = source.make_all(Task, content.get("tasks"))
    fields = _fields(source, content.get("fields"), lists)
    process = source.make(Process, _Map.like(content, stages=stages, tasks=tasks, fields=fields))
    _check_stages(source, content, process)
    _check_fields(source, content, process)
    _check_tasks(source, content, process, roles)
    for role in (process.responsible, process.owner, *process.participants):
        source.known(content, role, roles, f"{process.code}: there is no role")
    return process


def _check_stages(source: Source, content: dict, process: Process) -> None:
    for row in content.get("stages"):
        if len(row["code"]) > MAX_STAGE:
            raise source.fail(row, f"{row['code']} is longer than {MAX_STAGE} characters.")
    success = [code for code, stage in process.stages.items() if stage.semantics == "success"]
    if success != ["WON"] or next(iter(process.stages)) != "NEW":
        raise source.fail(content, f"{process.code}: the first stage is NEW and the only successful one is WON.")


def _check_fields(source: Source, content: dict, process: Process) -> None:
    for row in content.get("fields") or ():
        wanted = [*row.get("required_on", ()), *filter(None, [row.get("demands_stage")])]
        for stage in wanted:
            source.known(row, stage, process.stages, f"{process.code} has no stage")
        if row["type"] == "enumeration" and not (row.get("options") or row.get("options_from")):
            raise source.fail(row, f"{row['code']} is a list without options.")


def _check_tasks(source: Source, content: dict, process: Process, roles: dict[str, Role]) -> None:
    for row in content.get("tasks") or ():
        for role in (row["role"], *row.get("observers", ())):
            source.known(row, role.removeprefix(HEAD_OF), roles, f"{row['code']}: there is no role")
        for name in row.get("result", ()):
            known = [*process.fields, "files"]
            source.known(row, name, known, f"{row['code']}: {process.code} has no field")
