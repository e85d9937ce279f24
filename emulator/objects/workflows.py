"""Workflows: templates, what runs by them, and what they ask of people.

https://apidocs.bitrix24.com/api-reference/bizproc/index.html. A started workflow stands at the first approval of its
template and ends with the answer; one whose template asks nobody runs until it is stopped. Nothing else happens.
"""

from datetime import datetime, timedelta

from ..registry import whole
from .workflow_documents import Document

APPROVAL = "ApproveActivity"
WAITING, APPROVED, REJECTED = 0, 1, 2
# https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-task/bizproc-task-list.html: in the cloud a day.
REMEMBERED = timedelta(days=1)
ASKED = {"CommentLabel": "Комментарий", "CommentRequired": "N", "ShowComment": "Y"}
ASKED |= {"StatusYesLabel": "Согласовать", "StatusNoLabel": "Отклонить"}
APPROVER = "Approver"


def define(portal, document_type: tuple[str, str, str], name: str, code: str, user_id: int, *, asks: bool) -> dict:
    """What a person draws in the designer: with one approval by the parameter Approver, or with nothing to do."""
    module, entity, type_id = document_type
    approval = {"Type": APPROVAL, "Name": "A1", "Properties": {"Title": "Согласование"}, "Children": []}
    root = {"Type": "SequentialWorkflowActivity", "Name": "Template", "Properties": {"Title": name}}
    parameters = {APPROVER: {"Name": "Согласующий", "Type": "user", "Required": "0", "Multiple": "0"}} if asks else {}
    row = {"ID": None, "MODULE_ID": module, "ENTITY": entity, "DOCUMENT_TYPE": type_id, "AUTO_EXECUTE": 0, "NAME": name}
    row |= {"TEMPLATE": [root | {"Children": [approval] if asks else []}], "PARAMETERS": parameters, "VARIABLES": []}
    row |= {
        "CONSTANTS": [],
        "MODIFIED": portal.clock.iso(),
        "IS_MODIFIED": "N",
        "USER_ID": user_id,
        "SYSTEM_CODE": code,
    }
    return portal.store.workflow_templates.add(row)


def start(portal, user_id: int, template: dict, document: Document, parameters: dict) -> dict:
    now = portal.clock.iso()
    row = {"number": None, "MODIFIED": now, "OWNED_UNTIL": None, "STARTED": now, "STARTED_BY": user_id, "ENDED": None}
    row |= {"MODULE_ID": document.module, "ENTITY": document.entity, "DOCUMENT_ID": document.id}
    row |= {"TEMPLATE_ID": template["ID"], "STATE": "", "RUNNING": "Y"}
    made = portal.store.workflows.add(row)
    unique = f"{int(portal.clock.seconds()):08x}{made['number']:05x}.{made['number']:08d}"
    portal.store.workflows.update(made["number"], {"ID": unique})
    if APPROVER in template["PARAMETERS"]:
        _ask(portal, made, template, document, _person(portal, parameters.get(APPROVER), user_id))
    return made


def named(portal, workflow_id: str) -> dict | None:
    found = portal.store.workflows.having(ID=workflow_id) if workflow_id else []
    return found[0] if found else None


def end(portal, row: dict, state: str) -> None:
    """It runs no more; what it still asked of people is gone."""
    portal.store.workflow_tasks.remove_having(WORKFLOW_ID=row["ID"], STATUS=WAITING)
    now = portal.clock.iso()
    portal.store.workflows.update(row["number"], {"RUNNING": "N", "STATE": state, "MODIFIED": now, "ENDED": now})


def kill(portal, row: dict) -> None:
    portal.store.workflow_tasks.remove_having(WORKFLOW_ID=row["ID"])
    portal.store.workflows.remove(row["number"])


def answer(portal, task: dict, status: int) -> None:
    """The person's answer, and with it the end of the workflow."""
    values = {"STATUS": status, "USER_STATUS": status, "MODIFIED": portal.clock.iso()}
    portal.store.workflow_tasks.update(task["ID"], values)
    end(portal, named(portal, task["WORKFLOW_ID"]), "Согласовано" if status == APPROVED else "Отклонено")


def is_remembered(portal, task: dict) -> bool:
    ended = named(portal, task["WORKFLOW_ID"])["ENDED"]
    return ended is None or portal.clock.now() - datetime.fromisoformat(ended) <= REMEMBERED


def _ask(portal, row: dict, template: dict, document: Document, user_id: int) -> None:
    state = "Ожидает согласования"
    portal.store.workflows.update(row["number"], {"STATE": state})
    task = {"ID": None, "WORKFLOW_ID": row["ID"], "DOCUMENT_NAME": document.name, "DESCRIPTION": ""}
    task |= {"NAME": f"Согласование: {document.name}", "MODIFIED": row["STARTED"], "WORKFLOW_STARTED": row["STARTED"]}
    task |= {"WORKFLOW_STARTED_BY": row["STARTED_BY"], "OVERDUE_DATE": None, "WORKFLOW_TEMPLATE_ID": template["ID"]}
    task |= {"WORKFLOW_TEMPLATE_NAME": template["NAME"], "WORKFLOW_STATE": state, "STATUS": WAITING}
    task |= {"USER_ID": user_id, "USER_STATUS": WAITING, "MODULE_ID": document.module, "ENTITY": document.entity}
    task |= {"DOCUMENT_ID": document.id, "ACTIVITY": APPROVAL, "ACTIVITY_NAME": "A1", "PARAMETERS": ASKED}
    portal.store.workflow_tasks.add(task | {"DOCUMENT_URL": document.url})


def _person(portal, given: object, otherwise: int) -> int:
    user_id = whole(str(given).removeprefix("user_"))
    return user_id if user_id in portal.store.users else otherwise
