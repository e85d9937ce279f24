"""crm.documentgenerator.template.*: DOCX files with `{Code}` where values go. Everything reads as strings."""

import re

from .. import files
from ..errors import RestError, missing
from ..filters import ordering, parse
from ..listing import Columns, as_text, page
from ..objects import documents, docx_template, numbering
from ..objects.document_text import text
from ..objects.entities import Entity, numbered
from ..php import as_list, as_map
from ..registry import Params, method, whole
from ..values import canonical, flag

PAGES = "https://apidocs.bitrix24.com/api-reference/crm/document-generator/templates/"
DOCS = PAGES + "crm-document-generator-template-{}.html"
COLUMNS = Columns(
    {
        "id": "integer",
        "name": "string",
        "region": "string",
        "code": "string",
        "active": "char",
        "moduleId": "string",
        "numeratorId": "integer",
        "withStamps": "char",
        "isDeleted": "char",
        "sort": "integer",
        "createTime": "datetime",
        "updateTime": "datetime",
        "entityTypeId": "string",
    }
)
ONLY_WHEN_ASKED = ("users", "entityTypeId")
REQUIRED = ("name", "numeratorId", "region", "entityTypeId")
SERVICE = {"DocumentNumber": "Номер", "DocumentCreateTime": "Дата генерации", "DocumentTitle": "Название документа"}
PATHS = ("MyCompany", "Company", "Contact", "Client", "Requisite", "Assigned", "Products", "Document")
DIFFERS = "Only texts are filled in: no images, no stamps, no providers of lists other than the product rows."


@method("crm.documentgenerator.template.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """A map by id. Deleted ones only if `isDeleted` is asked for."""
    given, asked = params.map("filter"), {str(name) for name in params.list("select")}
    filter_ = given if any("isdeleted" in str(key).lower() for key in given) else given | {"isDeleted": "N"}
    where, keys = parse(filter_, COLUMNS.read), ordering(params.map("order"), COLUMNS.name)
    hidden = {name for name in ONLY_WHEN_ASKED if name not in asked}
    hidden |= set() if not asked or "*" in asked else set(COLUMNS) - asked - {"id"}
    found = page(portal, portal.store.document_templates, params, where, keys, lambda row: row)
    found.result = {"templates": {str(row["id"]): _listed(portal, row, hidden) for row in found.result}}
    return found


@method("crm.documentgenerator.template.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"template": show(portal, held(portal, params, "id"))}


@method("crm.documentgenerator.template.add", scope="crm", docs=DOCS.format("add"), writes=True, batchable=False)
def add(portal, caller, params):
    given = fields_of(params)
    refuse_empty(given, REQUIRED)
    content = _content(given)
    users = given.get("users") or [f"U{caller.user_id}"]
    row = {"name": str(given["name"]), "code": None, "active": "Y", "withStamps": "N", "sort": 500}
    row |= _written(given | {"users": users})
    return {"template": show(portal, keep(portal, row, content))}


@method("crm.documentgenerator.template.update", scope="crm", docs=DOCS.format("update"), writes=True, batchable=False)
def update(portal, caller, params):
    row, given = held(portal, params, "id"), fields_of(params)
    changed = _written(given) | {"updateTime": portal.clock.iso()}
    if given.get("file"):
        changed["fileId"] = files.add(portal, f"{row['name']}.docx", _content(given))
    return {"template": show(portal, portal.store.document_templates.update(row["id"], changed))}


@method("crm.documentgenerator.template.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """It is only marked: its documents live on it."""
    portal.store.document_templates.update(held(portal, params, "id")["id"], {"isDeleted": "Y"})
    return None


@method("crm.documentgenerator.template.getfields", scope="crm", docs=DOCS.format("get-fields"), differs=DIFFERS)
def get_fields(portal, caller, params):
    """What would stand in a document now; its number is not taken."""
    row = held(portal, params, "id")
    if row["isDeleted"] == "Y":
        raise RestError("", "Cannot get fields from deleted template")
    entity = provider(portal, params.get("entityTypeId"))
    owner = portal.table(entity).get(params.integer("entityId")) or {"id": None}
    numerator = portal.store.numerators.get(row["numeratorId"])
    number = numbering.upcoming(portal, numerator) if numerator else ""
    made = documents.new(portal, caller.user_id, row, entity, owner, f"{row['name']} {number}", number)
    return {"templateFields": described(portal, row, entity, owner, made, params.map("values"))}


def held(portal, params: Params, name: str) -> dict:
    """The template of that parameter, deleted or not."""
    if params.get(name) is None:
        raise RestError("100", r"Bitrix\DocumentGenerator\Template constructor must be is public")
    row = portal.store.document_templates.get(params.integer(name))
    if row is None:
        raise RestError("0", "Template not found")
    return row


def keep(portal, values: dict, content: bytes) -> dict:
    """A new template with the file."""
    now = portal.clock.iso()
    row = {"id": None, "moduleId": "crm", "isDeleted": "N", "createTime": now, "updateTime": now}
    row |= values | {"fileId": files.add(portal, f"{values['name']}.docx", content)}
    return portal.store.document_templates.add(row)


def fields_of(params: Params) -> dict:
    given = params.get("fields")
    if given is None:
        raise missing("fields")
    if not isinstance(given, (dict, list)):
        said = f"Invalid value {{{given}}} to match with parameter {{fields}}. Should be value of type array."
        raise RestError("100", said)
    return as_map(given)


def refuse_empty(given: dict, required: tuple[str, ...]) -> None:
    empty = [name for name in required if not given.get(name)]
    if empty:
        raise RestError("0", f"Empty required fields: {', '.join(empty)}")


def provider(portal, type_id: object) -> Entity:
    entity = numbered(portal, whole(type_id))
    if entity is None:
        raise RestError("0", "No provider for entityTypeId")
    return entity


def described(portal, template: dict, entity: Entity, owner: dict, document: dict, values: dict) -> dict[str, dict]:
    """The fields of the template's file and those of every document, by code."""
    plain = documents.content(portal, entity, owner, document)
    changed = documents.content(portal, entity, owner, document | {"values": document["values"] | values})
    try:
        codes = docx_template.codes(files.content(portal, template["fileId"]))
    except docx_template.BadTemplate:
        codes = []
    return {code: _field(code, changed.value(code), plain.value(code)) for code in dict.fromkeys([*SERVICE, *codes])}


def _field(code: str, value: object, default: object) -> dict:
    source = "Документ" if code in SERVICE else "Источник"
    field = {"title": SERVICE.get(code, code), "value": _said(value), "group": [source], "chain": _chain(code)}
    return field | {"default": _said(default)} | ({"required": "Y"} if code == "DocumentNumber" else {})


def _said(value: object) -> object:
    if value is None:
        return None
    return [text(element) for element in value] if isinstance(value, list) else text(value)


def _chain(code: str) -> str:
    """DocumentNumber → this.DOCUMENT.DOCUMENT_NUMBER, MyCompanyPhone → this.SOURCE.MY_COMPANY.PHONE."""
    if code in SERVICE:
        return f"this.DOCUMENT.{_snake(code)}"
    steps, rest = [], code
    while step := next((path for path in PATHS if rest.startswith(path) and rest[len(path) :][:1].isupper()), None):
        steps.append(_snake(step))
        rest = rest[len(step) :]
    return ".".join(["this.SOURCE", *steps, _snake(rest)])


def _snake(name: str) -> str:
    return re.sub(r"(?<=.)(?=[A-Z])", "_", name).upper()


def _content(given: dict) -> bytes:
    content = files.decode(given["file"])[1] if given.get("file") else b""
    if not content:
        raise RestError("0", "Missing file content")
    return content


def _written(given: dict) -> dict:
    values = {name: str(given[name]) for name in ("name", "region") if given.get(name)}
    values |= {name: canonical("integer", given[name]) for name in ("numeratorId", "sort") if given.get(name)}
    values |= {name: flag(given[name]) for name in ("active", "withStamps") if name in given}
    lists = {name: as_list(given[name]) for name in ONLY_WHEN_ASKED if given.get(name)}
    return values | {name: [str(element) for element in elements] for name, elements in lists.items()}


def show(portal, row: dict) -> dict:
    shown = {name: as_text(row[name]) for name in COLUMNS if name != "entityTypeId"} | _addresses(portal, row)
    return shown | {"users": {code: code for code in row["users"]}, "entityTypeId": row["entityTypeId"]}


def _listed(portal, row: dict, hidden: set[str]) -> dict:
    shown = show(portal, row) | {"users": row["users"]}
    return {name: value for name, value in shown.items() if name not in hidden}


def _addresses(portal, row: dict) -> dict:
    address = files.show(portal, row["fileId"])
    return {"download": address["url"], "downloadMachine": address["urlMachine"]}
