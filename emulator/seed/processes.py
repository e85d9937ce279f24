"""The processes that a registration puts into the feed, each with its template, and a template for deals."""

from ..objects import universal_lists, workflows
from ..objects.workflow_documents import PROCESS

EVERYBODY_ADDS = {"*": universal_lists.ADD}
PROCESSES = {
    "bitrix_holiday": "Заявление на отпуск",
    "bitrix_trip": "Командировка",
    "bitrix_cash": "Выдача наличных",
    "bitrix_incoming_doc": "Входящие документы",
    "bitrix_outgoing_doc": "Исходящие документы",
    "bitrix_invoice": "Счёт на оплату",
}


def plant(portal, user_id: int) -> None:
    for code, name in PROCESSES.items():
        values = {"NAME": name, "BIZPROC": "Y", "RIGHTS": EVERYBODY_ADDS}
        row = universal_lists.make(portal, user_id, universal_lists.PROCESSES, code, values)
        document_type = ("lists", PROCESS, f"iblock_{row['ID']}")
        workflows.define(portal, document_type, name, code.removeprefix("bitrix_"), user_id, asks=True)
    workflows.define(portal, ("crm", "CCrmDocumentDeal", "DEAL"), "Обработка сделки", "", user_id, asks=False)
