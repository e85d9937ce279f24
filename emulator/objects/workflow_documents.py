"""What a workflow runs on: a card of the CRM, an element of a list, a file of the Drive.

https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-workflow-start.html
"""

from dataclasses import dataclass

from ..errors import RestError
from ..php import as_list
from . import items
from .entities import numbered
from .universal_lists import PROCESSES

INTEGRATION = "Bitrix\\Crm\\Integration\\BizProc\\Document"
DYNAMIC = f"{INTEGRATION}\\Dynamic"
# By the class of the document: the beginning of its id, and the entityTypeId.
CARDS = {
    "CCrmDocumentLead": ("LEAD", 1),
    "CCrmDocumentDeal": ("DEAL", 2),
    "CCrmDocumentContact": ("CONTACT", 3),
    "CCrmDocumentCompany": ("COMPANY", 4),
    f"{INTEGRATION}\\Quote": ("QUOTE", 7),
    f"{INTEGRATION}\\SmartInvoice": ("SMART_INVOICE", 31),
}
PROCESS, ELEMENT, FILE = "BizprocDocument", "Bitrix\\Lists\\BizprocDocumentLists", "Bitrix\\Disk\\BizProcDocument"


@dataclass(frozen=True)
class Document:
    module: str
    entity: str
    id: str
    type: str
    name: str
    url: str


def read(portal, given: object) -> Document:
    """`["crm", "CCrmDocumentDeal", "DEAL_7"]` as the document that is there."""
    parts = as_list(given)
    if len(parts) != 3 or not all(isinstance(part, (str, int)) and str(part) for part in parts):
        raise RestError("", "Wrong DOCUMENT_ID!")
    module, entity, document_id = map(str, parts)
    kinds = {"crm": _card, "lists": _element, "disk": _file}
    if module not in kinds:
        raise RestError("", "Incorrect document type!")
    return Document(module, entity, document_id, *kinds[module](portal, entity, document_id))


def _card(portal, entity: str, document_id: str) -> tuple[str, str, str]:
    """(type, name, address)."""
    prefix, _, number = document_id.rpartition("_")
    code, type_id = CARDS.get(entity, ("", 0))
    if entity == DYNAMIC and prefix.removeprefix("DYNAMIC_").isdecimal():
        code, type_id = prefix, int(prefix.removeprefix("DYNAMIC_"))
    kind = numbered(portal, type_id) if code and prefix == code else None
    if kind is None:
        raise RestError("", "Incorrect document type!")
    row = items.get(portal, kind, int(number)) if number.isdecimal() else None
    if row is None:
        raise RestError("", "Wrong DOCUMENT_ID!")
    name = row.get("title") or f"{row.get('name') or ''} {row.get('lastName') or ''}".strip()
    address = f"/crm/type/{type_id}/details/{number}/" if entity == DYNAMIC else f"/crm/{kind.code}/details/{number}/"
    return code, name, address


def _element(portal, entity: str, document_id: str) -> tuple[str, str, str]:
    row = portal.store.list_elements.get(int(document_id)) if document_id.isdecimal() else None
    own = row and portal.store.lists.get(row["LIST_ID"])
    if not own or entity != (PROCESS if own["IBLOCK_TYPE"] == PROCESSES else ELEMENT):
        raise RestError("", "Incorrect document type!")
    place = "/bizproc/processes/?livefeed=y" if entity == PROCESS else "/company/lists/?"
    return f"iblock_{own['ID']}", row["NAME"], f"{place}&list_id={own['ID']}&element_id={row['ID']}"


def _file(portal, entity: str, document_id: str) -> tuple[str, str, str]:
    row = portal.store.disk_objects.get(int(document_id)) if document_id.isdecimal() else None
    if row is None or entity != FILE:
        raise RestError("", "Incorrect document type!")
    return f"STORAGE_{row['STORAGE_ID']}", row["NAME"], f"/docs/file/{row['NAME']}"
