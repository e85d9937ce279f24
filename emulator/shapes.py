"""What a method of REST 3 takes and gives, told once: requests are checked by it, the OpenAPI document is made of it.

A request is told in words, `name kind` pairs, a `!` after what must be given: "id int! to string[]! cc string[]". The
kind `fields` is the writable properties of a Dto. A result is a JSON schema in which a Dto may stand for itself.
"""

from dataclasses import dataclass

KINDS = {
    "int": {"type": "integer"},
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "array": {"type": "array", "items": {}},
    "object": {"type": "object"},
    "DateTime": {"type": "string", "format": "date-time"},
    "int[]": {"type": "array", "items": {"type": "integer"}},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "select": {"type": "array", "items": {"type": "string"}},
    "filter": {"type": "array", "items": {}, "description": 'triples ["id", ">=", 17] and {"logic", "conditions"}'},
    "order": {"type": "object", "additionalProperties": {"type": "string", "enum": ["ASC", "DESC"]}},
    "pagination": {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in ("page", "limit", "offset")},
    },
}


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Request:
    """The parameters of a method; `fields` and `adding`: whose properties may be written, and when."""

    parameters: tuple[Parameter, ...] = ()
    fields: object = None
    adding: bool = False


NOTHING = Request()
OK = {"type": "boolean", "enum": [True]}


def takes(words: str, fields: object = None, *, adding: bool = False) -> Request:
    return Request(
        tuple(Parameter(name, kind.rstrip("!"), kind[-1] == "!") for name, kind in _pairs(words)), fields, adding
    )


def told(words: str) -> dict:
    """An object of plain values."""
    return _holding({name: KINDS[kind] for name, kind in _pairs(words)})


def one(dto: object) -> dict:
    return _holding({"item": dto})


def many(dto: object) -> dict:
    return _holding({"items": listing(dto)})


def listing(dto: object) -> dict:
    return {"type": "array", "items": dto}


def done() -> dict:
    return _holding({"result": OK})


def _holding(properties: dict) -> dict:
    return {"type": "object", "properties": properties}


def _pairs(words: str) -> list[tuple[str, str]]:
    parts = words.split()
    return list(zip(parts[::2], parts[1::2], strict=True))
