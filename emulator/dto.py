"""Objects of REST 3: their properties, and what `fields`, `select`, `filter`, `order`, `pagination` may say of them.

A Dto is declared by lines `name kind column flags`: the column of the stored row (`-` for a computed value), flags
F filterable, S sortable, E editable, A given only when adding. https://apidocs.bitrix24.com/api-reference/rest-v3.html
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from .errors import RestError
from .filters import Condition, Where, comparable, in_order
from .registry import Params, method
from .shapes import Request, many, one, takes
from .values import asked

V3 = "BITRIX_REST_V3_EXCEPTION_"
MOST = 1000
FARTHEST = 10**12
OPERATIONS = {"=": "=", "!=": "!", ">": ">", ">=": ">=", "<": "<", "<=": "<=", "in": "@"}
KINDS = {"int": "integer", "DateTime": "datetime"}
DESCRIPTION = ("name", "type", "title", "description", "filterable", "sortable", "multiple")
FULL_DESCRIPTION = (*DESCRIPTION[:4], "validationRules", "requiredGroups", *DESCRIPTION[4:], "editable", "elementType")


@dataclass(frozen=True)
class Property:
    name: str
    kind: str
    column: str | None
    flags: str

    def describe(self) -> dict:
        return {
            "name": self.name,
            "type": {"DateTime": "object"}.get(self.kind, self.kind),
            "title": self.name,
            "description": None,
            "validationRules": [],
            "requiredGroups": None,
            "filterable": "F" in self.flags,
            "sortable": "S" in self.flags,
            "editable": "E" in self.flags,
            "multiple": False,
            "elementType": None,
        }


@dataclass(frozen=True)
class Relation:
    """An object, or several, that a property leads to."""

    dto: "Dto"
    find: Callable[..., dict | list[dict] | None]


@dataclass(frozen=True)
class Dto:
    """`read(portal, caller, row, property)` gives a value that is no relation."""

    name: str
    properties: dict[str, Property]
    read: Callable[..., object]
    relations: dict[str, Relation] = field(default_factory=dict)


def plain(portal, caller, row: dict, prop: Property) -> object:
    return row.get(prop.column)


def of(name: str, lines: str, read: Callable[..., object] = plain) -> Dto:
    properties = {}
    for line in lines.strip().splitlines():
        prop, kind, column, *flags = line.split()
        properties[prop] = Property(prop, kind, None if column == "-" else column, "".join(flags))
    return Dto(name, properties, read)


# What a property of an object is itself an object with.
FIELD = of(
    "DtoFieldDto",
    """
name            string -
type            string -
title           string -
description     string -
validationRules array  -
requiredGroups  array  -
filterable      bool   -
sortable        bool   -
multiple        bool   -
editable        bool   -
elementType     string -
""",
)


# -- what a request says


def given(params: Params, request: Request) -> dict:
    """The parameters that a method takes, None for those that were left out; refused if one lacks or is of another kind."""
    required(params, *(one.name for one in request.parameters if one.required))
    values = {one.name: params.get(one.name) for one in request.parameters}
    odd = [one for one in request.parameters if values[one.name] is not None and not fits(one.kind, values[one.name])]
    if odd:
        raise invalid(*(_needs_type(one.name, one.kind) for one in odd))
    return values


def required(params: Params, *names: str) -> None:
    lacking = [name for name in names if params.get(name) is None]
    if lacking:
        raise invalid(*(_fault(f"Required field `{name}` is missing", name) for name in lacking))


def integer(params: Params, name: str) -> int:
    required(params, name)
    value = params.get(name)
    if not fits("int", value):
        raise invalid(_needs_type(name, "int"))
    return value


def fields(dto: Dto, params: Params, *, adding: bool = True) -> dict:
    """The values that may be written; refused whole if one is unknown, not editable or of another type."""
    required(params, "fields")
    given = params.get("fields")
    if not isinstance(given, dict):
        absent = _fault("Required field `fields` is missing", "fields")
        raise invalid(_needs_type("fields", "array") if given else absent)
    faults = [fault for name, value in given.items() if (fault := _refused(dto, name, value, adding))]
    if faults:
        raise invalid(*faults)
    return given


def check_filled(given: dict, *names: str) -> None:
    lacking = [name for name in names if given.get(name) in (None, "")]
    if lacking:
        raise not_valid(*(_fault(f'The required field "{name}" is not filled', name) for name in lacking))


def selection(dto: Dto, params: Params, default: Iterable[str]) -> dict:
    """The tree of what to show: unknown properties are left out, unknown ones of related objects are refused.

    Where only properties of related objects are named, the default ones come with them.
    """
    given = params.get("select")
    if given is None or given == []:
        return dict.fromkeys(default)
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise RestError(V3 + "INVALIDSELECTEXCEPTION", f"Unable to recognize select expression `{_json(given)}`")
    related_only = all(path.partition(".")[0] in dto.relations and "." in path for path in given)
    tree: dict = dict.fromkeys(default) if related_only else {}
    for path in given:
        _select(dto, tree, path.split("."))
    return tree


def where(dto: Dto, given: object, *, any_of: bool = False) -> Where:
    """Triples `["id", ">=", 17]`, pairs `["id", 17]` and groups `{"logic": "or", "conditions": […]}`."""
    if not isinstance(given, list):
        raise odd_filter(given)
    parts = [_part(dto, one) for one in given]
    conditions = tuple(part for part in parts if isinstance(part, Condition))
    return Where(conditions, tuple(part for part in parts if isinstance(part, Where)), any_of)


def order(dto: Dto, params: Params) -> list[tuple]:
    given = params.get("order")
    if given is None or given == []:
        return []
    if not isinstance(given, dict):
        raise _odd_order(given)
    keys = []
    for name, direction in given.items():
        prop = dto.properties.get(name)
        if prop is None or "S" not in prop.flags or str(direction).upper() not in ("ASC", "DESC"):
            raise _odd_order({name: direction})
        keys.append((prop.column, str(direction).upper() == "DESC"))
    return keys


def page(
    rows: Iterable[dict], keys: list[tuple], by_id: str, params: Params, usual: int = 50, most: int = MOST
) -> list[dict]:
    """The rows of the page that `pagination` asks for; `usual` by default, `most` at most."""
    given = params.get("pagination")
    given = {} if given is None or given == [] else given
    numbers = {name: _number(given, name) for name in ("page", "limit", "offset")}
    limit = min(usual if numbers["limit"] is None else numbers["limit"], most)
    offset = numbers["offset"] or 0
    if numbers["page"] is not None:
        offset = (max(numbers["page"], 1) - 1) * limit
    offset = min(offset, FARTHEST)
    return list(islice(in_order(rows, keys, by_id), offset, offset + limit))


def fits(kind: str, value: object) -> bool:
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "bool":
        return isinstance(value, bool) or value in ("Y", "N")
    if kind in ("array", "select", "filter"):
        return isinstance(value, list)
    if kind.endswith("[]"):
        return isinstance(value, list) and all(fits(kind[:-2], one) for one in value)
    if kind in ("object", "order", "pagination", "fields"):
        return True  # read by those who know what may stand there
    return isinstance(value, str) and (kind != "DateTime" or _is_moment(value))


# -- what an answer shows


def show(portal, caller, dto: Dto, row: dict, tree: dict) -> dict:
    return {name: _shown(portal, caller, dto, row, name, below) for name, below in tree.items()}


def declare_fields(prefix: str, dto: Dto, docs: str, differs: str = "", scope: str = "tasks") -> None:
    """`….field.list` and `….field.get`: what the properties of the object are. `docs`: with a place for the page."""

    @method(
        f"{prefix}.field.list",
        scope=scope,
        docs=docs.format("field-list"),
        rest3=True,
        differs=differs,
        takes=takes("select select"),
        gives=many(FIELD),
    )
    def field_list(portal, caller, params):
        names = _of_description(params, DESCRIPTION)
        return {"items": [_only(prop.describe(), names) for prop in dto.properties.values()]}

    @method(
        f"{prefix}.field.get",
        scope=scope,
        docs=docs.format("field-get"),
        rest3=True,
        differs=differs,
        takes=takes("name string! select select"),
        gives=one(FIELD),
    )
    def field_get(portal, caller, params):
        required(params, "name")
        names, prop = _of_description(params, FULL_DESCRIPTION), dto.properties.get(str(params.get("name")))
        if prop is None:
            code = "BITRIX_REST_V3_REALISATION_EXCEPTION_FIELDNOTFOUNDEXCEPTION"
            raise RestError(code, f"Field `{params.get('name')}` not found")
        return {"item": _only(prop.describe(), names)}


# -- refusals


def invalid(*faults: dict) -> RestError:
    code = V3 + "VALIDATION_REQUESTVALIDATIONEXCEPTION"
    return RestError(code, "Error during request object validation", validation=list(faults))


def invalid_value(message: str, name: str) -> RestError:
    return invalid(_fault(message, name))


def not_valid(*faults: dict) -> RestError:
    code = V3 + "VALIDATION_DTOVALIDATIONEXCEPTION"
    return RestError(code, "Error during object validation", validation=list(faults))


def access_denied() -> RestError:
    return RestError(V3 + "ACCESSDENIEDEXCEPTION", "Access denied", 403)


def not_found(number: int) -> RestError:
    return RestError(V3 + "ENTITYNOTFOUNDEXCEPTION", f"Record with ID = `{number}` not found")


def unknown(dto_name: str, name: str) -> RestError:
    return RestError(V3 + "UNKNOWNDTOPROPERTYEXCEPTION", f"Unknown field `{name}` for entity `{dto_name}`")


def odd_filter(given: object) -> RestError:
    return RestError(V3 + "INVALIDFILTEREXCEPTION", f"Unable to recognize the filter expression `{_json(given)}`")


def _odd_order(given: object) -> RestError:
    return RestError(V3 + "INVALIDORDEREXCEPTION", f"Unable to recognize sorting parameter `{_json(given)}`")


def _fault(message: str, name: str) -> dict:
    return {"message": message, "field": name}


def _needs_type(name: str, kind: str) -> dict:
    return _fault(f"Field `{name}` requires data type `{kind}` for this request", name)


def _needs_attribute(dto: Dto, name: str, attribute: str) -> dict:
    message = f"In DTO `{dto.name}`, the field `{name}` requires the presence of the `{attribute}` attribute"
    return _fault(f"{message} for such a request", name)


# -- small parts


def _refused(dto: Dto, name: str, value: object, adding: bool) -> dict | None:
    prop = dto.properties.get(name)
    if prop is None:
        raise unknown(dto.name, name)
    if "E" not in prop.flags and not (adding and "A" in prop.flags):
        return _needs_attribute(dto, name, "Editable")
    return None if value is None or fits(prop.kind, value) else _needs_type(name, prop.kind)


def _select(dto: Dto, tree: dict, path: list[str]) -> None:
    name, *deeper = path
    if not deeper:
        if name in dto.properties:
            tree.setdefault(name)
        return
    relation = dto.relations.get(name)
    if relation is None:
        raise unknown(dto.name, name)
    if deeper[0] not in relation.dto.properties:
        raise unknown(relation.dto.name, deeper[0])
    tree[name] = tree.get(name) or {}
    _select(relation.dto, tree[name], deeper)


def _shown(portal, caller, dto: Dto, row: dict, name: str, below: dict | None) -> object:
    relation = dto.relations.get(name)
    if relation is None:
        return dto.read(portal, caller, row, dto.properties[name])
    found = relation.find(portal, caller, row)
    tree = below or dict.fromkeys(name for name in relation.dto.properties if name not in relation.dto.relations)
    if isinstance(found, list):
        return [show(portal, caller, relation.dto, one, tree) for one in found]
    return None if found is None else show(portal, caller, relation.dto, found, tree)


def _part(dto: Dto, one: object) -> Condition | Where:
    if isinstance(one, dict):
        return where(dto, one.get("conditions"), any_of=str(one.get("logic")).lower() == "or")
    if not isinstance(one, list) or len(one) not in (2, 3) or not isinstance(one[0], str):
        raise odd_filter(one)
    name, value = one[0], one[-1]
    operation = one[1] if len(one) == 3 else "in" if isinstance(value, list) else "="
    return _compared(dto, name, operation, value)


def _compared(dto: Dto, name: str, operation: object, value: object) -> Condition | Where:
    prop = dto.properties.get(name)
    if prop is None:
        raise unknown(dto.name, name)
    if operation != "between" and operation not in list(OPERATIONS):
        raise RestError(V3 + "UNKNOWNFILTEROPERATOREXCEPTION", f"Unknown filter operator `{_json(operation)}`")
    if "F" not in prop.flags:
        raise invalid(_needs_attribute(dto, name, "Filterable"))
    values = value if operation in ("in", "between") and isinstance(value, list) else [value]
    if not all(fits(prop.kind, element) for element in values) or (operation == "between" and len(values) != 2):
        raise invalid(_needs_type(name, prop.kind))
    kept = tuple(comparable(asked(KINDS.get(prop.kind, "string"), element)) for element in values)
    if operation == "between":
        return Where((Condition(">=", prop.column, kept[:1]), Condition("<=", prop.column, kept[1:])))
    return Condition(OPERATIONS[operation], prop.column, kept)


def _number(given: object, name: str) -> int | None:
    value = given.get(name) if isinstance(given, dict) else given
    if value is None:
        return None
    good = str(value).isascii() and str(value).isdigit() and not isinstance(value, bool)
    if not good or (name == "limit" and int(value) == 0):
        code = V3 + "INVALIDPAGINATIONEXCEPTION"
        raise RestError(code, f"Unable to recognize the pagination parameter `{_json(given)}`")
    return int(value)


def _of_description(params: Params, default: tuple[str, ...]) -> tuple[str, ...]:
    given = params.get("select")
    if given is None or given == []:
        return default
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise RestError(V3 + "INVALIDSELECTEXCEPTION", f"Unable to recognize select expression `{_json(given)}`")
    odd = next((name for name in given if name not in FULL_DESCRIPTION), None)
    if odd is not None:
        raise unknown("DtoFieldDto", odd)
    return tuple(given)


def _only(described: dict, names: tuple[str, ...]) -> dict:
    return {name: described[name] for name in names}


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
