"""JSON schemas of the files of config/, for editors: names are completed, what is wrong is underlined while it is written."""

import inspect
import json
import re
from pathlib import Path

from pydantic import BaseModel

from config import FOLDER, models

TARGET = FOLDER / "schema"
LISTS = {
    "cities": models.City, "common_tasks": models.Task, "company_fields": models.Field, "deal_fields": models.Field,
    "document_types": models.DocumentType, "documents": models.DocumentKind, "our_companies": models.OurCompany,
    "people": models.Role, "representatives": models.Representative, "terms": models.Terms,
}  # fmt: skip
MAPPINGS = {
    "calendar": models.Calendar,
    "limits": models.Limits,
    "vat": models.Vat,
    "distributor_report": models.DistributorReport,
}
PROCESS, CONTRACTS = "process", "contracts"
OPTIONS_FROM = {
    "enum": ["cities", "terms", "document_kinds", "our_companies"],
    "description": "a list that stands elsewhere",
}
EXPLAINED = re.compile(r"^(\w+) {2,}(\S.*(?:\n {5,}\S.*)*)", re.MULTILINE)
SENTENCE = re.compile(r"`(\w+)`: ([^;.\n]+)")


def texts() -> dict[Path, str]:
    """Every schema by its file."""
    made = {name: {"type": "array", "items": _of(model)} for name, model in LISTS.items()}
    made |= {name: _of(model) for name, model in MAPPINGS.items()}
    made |= {PROCESS: _of_process(), CONTRACTS: _of_contracts()}
    return {TARGET / f"{name}.json": _text(schema) for name, schema in sorted(made.items())}


def _text(schema: dict) -> str:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _of(model: type[BaseModel]) -> dict:
    """Without references, so that a list of them can be made of it."""
    schema = model.model_json_schema()
    known = {name: getattr(models, name) for name in schema.get("$defs", {})} | {model.__name__: model}
    return _whole(schema, schema.pop("$defs", {}), known)


def _whole(schema: object, defined: dict, known: dict[str, type]) -> object:
    if isinstance(schema, list):
        return [_whole(one, defined, known) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _whole(defined[schema["$ref"].rpartition("/")[2]], defined, known)
    if "properties" not in schema:
        return {name: _whole(one, defined, known) for name, one in schema.items() if name != "default"}
    properties = {name: _whole(one, defined, known) for name, one in schema["properties"].items()}
    return _explained(schema | {"properties": properties}, known[schema["title"]])


def _explained(schema: dict, model: type[BaseModel]) -> dict:
    """What the docstring says of a name is shown beside it."""
    said = inspect.getdoc(model) or ""
    words = {name: " ".join(text.split()) for name, text in (*SENTENCE.findall(said), *EXPLAINED.findall(said))}
    for name, one in schema["properties"].items():
        one.pop("title", None)
        if name not in schema.get("required", ()):  # it is left out, never written as null
            one |= next((kind for kind in one.pop("anyOf", ()) if kind != {"type": "null"}), {})
        if name in words:
            one["description"] = words[name]
    if "options" in schema["properties"]:
        schema["properties"]["options_from"] = OPTIONS_FROM
    return schema | {"description": said.split("\n\n")[0].replace("\n", " ")}


def _of_contracts() -> dict:
    """What is agreed upon by all, and what a template has of its own instead."""
    common = _of(models.Agreed)
    own = {name: one for name, one in common.items() if name != "required"}
    return {"type": "object", "properties": {"common": common}, "patternProperties": {"^T[0-9]{2}$": own},
            "additionalProperties": False, "required": ["common"]}  # fmt: skip


def _of_process() -> dict:
    """Its tables are lists in the file."""
    schema = _of(models.Process)
    for name in ("stages", "fields", "tasks"):
        schema["properties"][name] = {"type": "array", "items": schema["properties"][name]["additionalProperties"]}
    schema["required"] = [name for name in schema["required"] if name not in ("fields", "tasks")]
    return schema
