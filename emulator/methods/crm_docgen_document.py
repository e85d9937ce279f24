"""crm.documentgenerator.document.*: documents of CRM objects, made of a template or uploaded."""

from .. import files
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, as_text, page
from ..objects import documents, items
from ..objects.document_values import sums
from ..objects.entities import Entity, numbered
from ..registry import Params, method, whole
from .crm_docgen_template import DIFFERS, described, fields_of, held, keep, provider, refuse_empty

PAGES = "https://apidocs.bitrix24.com/api-reference/crm/document-generator/documents/"
DOCS = PAGES + "crm-document-generator-document-{}.html"
COLUMNS = Columns(
    {
        "id": "integer",
        "title": "string",
        "number": "string",
        "templateId": "integer",
        "fileId": "integer",
        "imageId": "integer",
        "pdfId": "integer",
        "createTime": "datetime",
        "updateTime": "datetime",
        "values": "object",
        "createdBy": "integer",
        "updatedBy": "integer",
        "entityId": "integer",
        "entityTypeId": "integer",
    }
)
UPLOADED = ("entityTypeId", "fileContent", "region", "entityId", "title", "number")
NO_FIELD = (
    r"Unknown field definition ENTITY_TYPE_ID (ENTITY_TYPE_ID) for \Bitrix\DocumentGenerator\Model\Document Entity"
)
BLANK = "The PDF is an empty page and the picture one point: nothing is really converted. "


@method("crm.documentgenerator.document.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """`entityTypeId` can only be had with `*`."""
    select = params.list("select")
    if "entityTypeId" in select:
        raise RestError("100", NO_FIELD)
    names = COLUMNS.chosen(select)
    names = names if "id" in names else ["id", *names]
    where, keys = parse(params.map("filter"), COLUMNS.read), ordering(params.map("order"), COLUMNS.name)
    return page(
        portal, portal.store.documents, params, where, keys, lambda row: _listed(portal, row, names), "documents"
    )


@method("crm.documentgenerator.document.get", scope="crm", docs=DOCS.format("get"), differs=BLANK)
def get(portal, caller, params):
    """The addresses of the PDF and of the picture are there half a minute after the document."""
    return {"document": _show(portal, _document(portal, params))}


@method("crm.documentgenerator.document.getfields", scope="crm", docs=DOCS.format("get-fields"), differs=DIFFERS)
def get_fields(portal, caller, params):
    row = _document(portal, params)
    template, entity = portal.store.document_templates.get(row["templateId"]), numbered(portal, row["entityTypeId"])
    owner = portal.table(entity).get(row["entityId"])
    return {"documentFields": described(portal, template, entity, owner, row, params.map("values"))}


@method(
    "crm.documentgenerator.document.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=BLANK + DIFFERS
)
def add(portal, caller, params):
    """The id and the author are numbers here and strings everywhere else."""
    template, entity = held(portal, params, "templateId"), provider(portal, params.get("entityTypeId"))
    if template["isDeleted"] == "Y":
        raise RestError("0", "Cannot create document on deleted template")
    if not params.get("entityId"):
        raise RestError("0", 'Empty required parameter "value"')
    owner = items.get(portal, entity, params.integer("entityId"))
    if owner is None:
        raise RestError("DOCGEN_ACCESS_ERROR", "Access denied")
    given = {"values": params.map("values"), "fields": params.map("fields")}
    given["stampsEnabled"] = params.integer("stampsEnabled", 0) == 1
    row = documents.create(portal, caller.user_id, template, entity, owner, given)
    return {"document": _show(portal, row) | {"id": row["id"], "createdBy": row["createdBy"]}}


@method(
    "crm.documentgenerator.document.upload",
    scope="crm",
    docs=DOCS.format("upload"),
    writes=True,
    batchable=False,
    differs=BLANK + "One that is given is kept and is there at once.",
)
def upload(portal, caller, params):
    """A ready file; it stands on a hidden template of its own."""
    given = fields_of(params)
    refuse_empty(given, UPLOADED)
    entity, owner = _owner(portal, given)
    content = files.decode(given["fileContent"])[1]
    if not content:
        raise RestError("0", "Missing file content")
    title, number = str(given["title"]), str(given["number"])
    hidden = {"name": title, "region": str(given["region"]), "code": None, "active": "N", "isDeleted": "Y"}
    hidden |= {"withStamps": "N", "sort": 500, "numeratorId": None, "users": [], "entityTypeId": []}
    template = keep(portal, hidden, content)
    row = documents.new(portal, caller.user_id, template, entity, owner, title, number)
    pdf, picture = (_given_file(given, name) for name in ("pdfContent", "imageContent"))
    return {"document": _show(portal, documents.keep(portal, row, content, pdf, picture))}


@method("crm.documentgenerator.document.update", scope="crm", docs=DOCS.format("update"), writes=True, differs=BLANK)
def update(portal, caller, params):
    """The file is written anew, so the PDF is away for a while."""
    row = _document(portal, params)
    stamps = params.integer("stampsEnabled", 1) == 1
    documents.rewrite(portal, caller.user_id, row, params.map("values"), stamps)
    return {"document": _show(portal, row) | {"updatedBy": row["updatedBy"]}}


@method("crm.documentgenerator.document.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _document(portal, params)
    portal.store.documents.remove(row["id"])
    documents.ring(portal, "DELETE", row)
    return None


@method(
    "crm.documentgenerator.document.enablepublicurl",
    scope="crm",
    docs=DOCS.format("enable-public-url"),
    writes=True,
    differs="Nothing opens at the public address.",
)
def enable_public_url(portal, caller, params):
    row = _document(portal, params)
    address = f"{portal.base_url}/~{files.token(portal, row['fileId'])[:5]}"
    enabled = params.integer("status", 1) == 1
    portal.store.documents.update(row["id"], {"publicUrl": address if enabled else None})
    return {"publicUrl": row["publicUrl"]}


def _document(portal, params: Params) -> dict:
    if params.get("id") is None:
        raise RestError("100", r"Bitrix\DocumentGenerator\Document constructor must be is public")
    row = portal.store.documents.get(params.integer("id"))
    if row is None:
        raise RestError("0", "Document not found")
    return row


def _owner(portal, given: dict) -> tuple[Entity, dict]:
    if whole(given["entityTypeId"]) is None:
        raise RestError("0", 'Wrong "entityTypeId" field value')
    entity = provider(portal, given["entityTypeId"])
    owner = items.get(portal, entity, whole(given["entityId"]))
    if owner is None:
        raise RestError("0", 'Wrong "entityId" field value')
    return entity, owner


def _given_file(given: dict, name: str) -> bytes | None:
    return files.decode(given[name])[1] if given.get(name) else None


def _show(portal, row: dict) -> dict:
    shown = {name: as_text(row[name]) for name in COLUMNS if name not in ("values", "fileId", "pdfId", "imageId")}
    return (
        shown
        | _addresses(portal, row)
        | {
            "changeStampsEnabled": False,
            "changeStampsDisabledReason": "В шаблоне нет печатей и подписей",
            "changeQrCodeEnabled": False,
            "qrCodeEnabled": False,
            "changeQrCodeDisabledReason": "В шаблоне нет QR-кода",
            "products": _products(portal, row),
            "publicUrl": row["publicUrl"],
            "stampsEnabled": row["stampsEnabled"],
            "isTransformationError": False,
            "values": {"productsTableVariant": "", **_values(row)},
            "pullTag": f"TRANSFORMDOCUMENT{row['id']}",
            "emailDiskFile": row["fileId"],
        }
    )


def _listed(portal, row: dict, names: list[str]) -> dict:
    shown = {name: as_text(row[name]) for name in names}
    shown |= {"values": _values(row)} if "values" in names else {}
    if not documents.converted(portal, row):
        shown |= {name: None for name in ("pdfId", "imageId") if name in names}
    return shown | _addresses(portal, row) | {"stampsEnabled": row["stampsEnabled"]}


def _values(row: dict) -> dict:
    return {"_creationMethod": "rest", "stampsEnabled": row["stampsEnabled"]} | row["values"]


def _products(portal, row: dict) -> dict:
    entity = numbered(portal, row["entityTypeId"])
    owner = portal.table(entity).get(row["entityId"])
    costs = sums(portal, entity, owner)
    return {"currencyId": owner.get("currencyId"), "totalSum": f"{sum(costs):.2f}", "totalRows": len(costs)}


def _addresses(portal, row: dict) -> dict:
    """Each for people and for machines; of what is not converted yet there is none."""
    kinds = {"download": "fileId"}
    if documents.converted(portal, row):
        kinds |= {"pdf": "pdfId", "image": "imageId"}
    shown = {}
    for kind, name in kinds.items():
        address = files.show(portal, row[name])
        shown |= {f"{kind}Url": address["url"], f"{kind}UrlMachine": address["urlMachine"]}
    return shown
