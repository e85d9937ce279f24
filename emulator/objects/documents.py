"""Documents of objects: made of a template's file, numbered, written anew; the PDF and the picture come later.

https://apidocs.bitrix24.com/api-reference/crm/document-generator/documents/crm-document-generator-document-add.html
"""

from dataclasses import dataclass
from datetime import datetime

from .. import files
from ..errors import RestError
from ..php import as_map
from . import document_text, document_values, docx_template, numbering
from .entities import Entity, numbered

CONVERSION_SECONDS = 35
IGNORED_FIELDS = {"SOURCE", "DOCUMENT", "DocumentTitle", "DocumentNumber", "DocumentCreateTime"}
UNREADABLE = RestError("0", "DOCUMENT_FILE_NOT_PROCESSABLE_ERROR")
# A blank picture of one point: nothing is really converted.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)


@dataclass(frozen=True)
class Content:
    """Everything that a document can say: the object's values under those that the client gave."""

    own: dict[str, object]
    given: dict[str, object]
    forms: dict[str, str]

    def value(self, code: str) -> object:
        return self.given[code] if code in self.given else self.own.get(code)

    def write(self, code: str, modifiers: str, number: int | None) -> str:
        value = self.value(code)
        if isinstance(value, list) and number is not None:
            value = value[number] if number < len(value) else None
        return document_text.text(value, modifiers, self.forms.get(code, ""))

    def length(self, code: str) -> int | None:
        value = self.value(code)
        return len(value) if isinstance(value, list) else None


def content(portal, entity: Entity, owner: dict, document: dict) -> Content:
    """Of a document that is made or to be made."""
    made = datetime.fromisoformat(document["createTime"])
    own = {"DocumentNumber": document["number"], "DocumentTitle": document["title"], "DocumentCreateTime": made}
    typed = {code: as_map(field) for code, field in document["fields"].items() if code not in IGNORED_FIELDS}
    given = {code: field.get("VALUE", field.get("value")) for code, field in typed.items()}
    given = {code: value for code, value in given.items() if value is not None} | document["values"]
    own = document_values.of(portal, entity, owner) | own
    dates = {code for code, field in typed.items() if str(field.get("TYPE")).upper() == "DATE"}
    dates |= {code for code, value in own.items() if isinstance(value, datetime)}
    given |= {code: document_text.date(given[code]) for code in dates & given.keys()}
    forms = {code: str(as_map(field.get("FORMAT")).get("format") or "") for code, field in typed.items()}
    return Content(own, given, forms)


def create(portal, user_id: int, template: dict, entity: Entity, owner: dict, given: dict) -> dict:
    """A document of a template; `given`: values, fields, stampsEnabled. Its number is one of the values or the next
    one of the template's numerator; rings …DOCUMENTADD."""
    values = given["values"]
    number = str(values["DocumentNumber"]) if values.get("DocumentNumber") else _next_number(portal, template)
    title = str(values.get("DocumentTitle") or f"{template['name']} {number}")
    row = new(portal, user_id, template, entity, owner, title, number) | given
    filled = _filled(portal, row, template, RestError("0", "Cannot create document"))
    return keep(portal, row, filled, None, None)


def new(portal, user_id: int, template: dict, entity: Entity, owner: dict, title: str, number: str) -> dict:
    now = portal.clock.iso()
    return {
        "id": None,
        "title": title,
        "number": number,
        "templateId": template["id"],
        "entityTypeId": entity.type_id,
        "entityId": owner["id"],
        "createTime": now,
        "updateTime": now,
        "createdBy": user_id,
        "updatedBy": None,
        "values": {},
        "fields": {},
        "stampsEnabled": False,
        "publicUrl": None,
    }


def keep(portal, row: dict, docx: bytes, pdf: bytes | None, picture: bytes | None) -> dict:
    """Its files are kept at once; what the portal converts by itself is shown some time later."""
    row = portal.store.documents.add(row | _files(portal, row, docx, pdf, picture))
    ring(portal, "ADD", row)
    return row


def rewrite(portal, user_id: int, row: dict, values: dict, stamps: bool) -> None:
    """The file is filled anew; the title stays, unless it is given; rings …DOCUMENTUPDATE."""
    template = portal.store.document_templates.get(row["templateId"])
    merged = row["values"] | values
    number, title = merged.get("DocumentNumber") or row["number"], values.get("DocumentTitle") or row["title"]
    changed = {"values": merged, "number": str(number), "title": str(title), "stampsEnabled": stamps}
    changed |= {"updateTime": portal.clock.iso(), "updatedBy": user_id}
    filled = _filled(portal, row | changed, template, UNREADABLE)
    portal.store.documents.update(row["id"], changed | _files(portal, row | changed, filled, None, None))
    ring(portal, "UPDATE", row)


def converted(portal, row: dict) -> bool:
    return portal.clock.seconds() >= row["convertedAt"]


def ring(portal, what: str, row: dict) -> None:
    told = {"ID": str(row["id"]), "ENTITY_TYPE_ID": str(row["entityTypeId"]), "ENTITY_ID": str(row["entityId"])}
    portal.events.ring(f"ONCRMDOCUMENTGENERATORDOCUMENT{what}", {"FIELDS": told})


def _next_number(portal, template: dict) -> str:
    numerator = portal.store.numerators.get(template["numeratorId"])
    if numerator is None:
        raise RestError("0", "Error getting next number")
    return numbering.take(portal, numerator)


def _filled(portal, row: dict, template: dict, refusal: RestError) -> bytes:
    entity = numbered(portal, row["entityTypeId"])
    said = content(portal, entity, portal.table(entity).get(row["entityId"]), row)
    try:
        return docx_template.fill(files.content(portal, template["fileId"]), said.write, said.length)
    except docx_template.BadTemplate:
        raise refusal from None


def _files(portal, row: dict, docx: bytes, pdf: bytes | None, picture: bytes | None) -> dict:
    waits = 0 if pdf else CONVERSION_SECONDS
    return {
        "fileId": files.add(portal, f"{row['title']}.docx", docx),
        "pdfId": files.add(portal, f"{row['title']}.pdf", pdf or _blank_page()),
        "imageId": files.add(portal, f"{row['title']}.png", picture or PICTURE),
        "convertedAt": portal.clock.seconds() + waits,
    }


def _blank_page() -> bytes:
    """The smallest PDF: one empty page of A4."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, described in enumerate(objects, start=1):
        places.append(b"%010d 00000 n \n" % len(body))
        body += b"%d 0 obj%s endobj\n" % (number, described)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(places)
    return body + table + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body)
