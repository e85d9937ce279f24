"""The OpenAPI document of REST 3, made of its declared methods and of the objects that they take and give.

https://apidocs.bitrix24.com/api-reference/rest-v3.html#openapi
"""

from .dto import Dto, Property
from .registry import REST3_METHODS, Method
from .shapes import KINDS, NOTHING, Parameter, Request

JSON = "application/json"
NUMBER, TEXT = {"type": "number"}, {"type": "string"}
# What every answer carries beside its result, and what every refusal looks like.
COMMON = {
    "Time": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("start", "finish", "duration", "processing", "operating"), NUMBER),
            **dict.fromkeys(("date_start", "date_finish"), KINDS["DateTime"]),
            "operating_reset_at": KINDS["int"],
        },
    },
    "Error": {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": TEXT,
            "message": TEXT,
            "validation": {
                "type": "array",
                "items": {"type": "object", "properties": {"message": TEXT, "field": TEXT}},
            },
        },
    },
}


def document(server: str) -> dict:
    """`server`: the address that the names of methods follow."""
    schemas, declared = _Schemas(), sorted(REST3_METHODS.values(), key=lambda one: one.name)
    scopes = sorted({one.scope for one in declared})
    return {
        "openapi": "3.0.0",
        "info": {"title": "Bitrix24 REST V3 API", "version": "1.0.0"},
        "servers": [{"url": server}],
        "tags": [{"name": scope, "description": f"{scope} module methods"} for scope in scopes],
        "paths": {f"/{one.name}": _path(one, schemas) for one in declared},
        "components": {"schemas": dict(sorted({**COMMON, **schemas.made}.items()))},
    }


class _Schemas:
    """The schemas of the objects that were referred to so far."""

    def __init__(self):
        self.made: dict[str, dict] = {}

    def of(self, shape: object) -> object:
        """A schema in which every Dto has become a reference."""
        if isinstance(shape, Dto):
            return self._reference(shape)
        if isinstance(shape, dict):
            return {name: self.of(part) for name, part in shape.items()}
        return [self.of(part) for part in shape] if isinstance(shape, list) else shape

    def _reference(self, dto: Dto) -> dict:
        if dto.name not in self.made:
            self.made[dto.name] = {}  # an object may lead to itself
            properties = {prop.name: self._property(dto, prop) for prop in dto.properties.values()}
            self.made[dto.name] = {"type": "object", "properties": properties}
        return reference(dto.name)

    def _property(self, dto: Dto, prop: Property) -> dict:
        relation = dto.relations.get(prop.name)
        if relation is None:
            return KINDS[prop.kind] | {"nullable": True}
        inner = self._reference(relation.dto)
        return {"type": "array", "items": inner} if prop.kind == "array" else inner


def reference(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}


def _path(declared: Method, schemas: _Schemas) -> dict:
    operation = {
        "tags": [declared.scope],
        "operationId": declared.name,
        "externalDocs": {"url": declared.docs},
        "responses": {
            "200": _answer("The result", {"result": schemas.of(declared.gives or {}), "time": reference("Time")}),
            "default": _answer("A refusal", {"error": reference("Error")}),
        },
    }
    request = declared.takes or NOTHING
    if not request.parameters:
        return {"get": operation | {"operationId": f"{declared.name}.get"}, "post": operation}
    content = {JSON: {"schema": _body(request)}}
    needed = any(one.required for one in request.parameters)
    return {"post": operation | {"requestBody": {"required": needed, "content": content}}}


def _answer(description: str, properties: dict) -> dict:
    return {"description": description, "content": {JSON: {"schema": {"type": "object", "properties": properties}}}}


def _body(request: Request) -> dict:
    properties = {one.name: _parameter(request, one) for one in request.parameters}
    required = [one.name for one in request.parameters if one.required]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _parameter(request: Request, parameter: Parameter) -> dict:
    if parameter.kind != "fields":
        return KINDS[parameter.kind]
    may = "EA" if request.adding else "E"
    writable = [prop for prop in request.fields.properties.values() if set(prop.flags) & set(may)]
    return {"type": "object", "properties": {prop.name: KINDS[prop.kind] for prop in writable}}
