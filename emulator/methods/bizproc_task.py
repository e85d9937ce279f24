"""bizproc.task.*: what workflows ask of people."""

from ..errors import RestError
from ..filters import Condition, split_prefix
from ..listing import Columns
from ..objects import structure, workflows
from ..registry import Page, Params, method, whole
from .bizproc_workflow import page_of

DOCS = "https://apidocs.bitrix24.com/api-reference/bizproc/bizproc-task/bizproc-task-{}.html"
COLUMNS = Columns(
    {
        "ENTITY": "string",
        "DOCUMENT_ID": "string",
        "ID": "integer",
        "WORKFLOW_ID": "string",
        "DOCUMENT_NAME": "string",
        "DESCRIPTION": "string",
        "NAME": "string",
        "MODIFIED": "datetime",
        "WORKFLOW_STARTED": "datetime",
        "WORKFLOW_STARTED_BY": "user",
        "OVERDUE_DATE": "datetime",
        "WORKFLOW_TEMPLATE_ID": "integer",
        "WORKFLOW_TEMPLATE_NAME": "string",
        "WORKFLOW_STATE": "string",
        "STATUS": "integer",
        "USER_ID": "user",
        "USER_STATUS": "integer",
        "MODULE_ID": "string",
        "ACTIVITY": "string",
        "ACTIVITY_NAME": "string",
        "PARAMETERS": "string",
        "DOCUMENT_URL": "string",
    }
)
DEFAULT = ("ENTITY", "DOCUMENT_ID", "ID", "WORKFLOW_ID", "DOCUMENT_NAME", "NAME", "DOCUMENT_URL")
STATUSES = {"1": workflows.APPROVED, "yes": workflows.APPROVED, "2": workflows.REJECTED, "no": workflows.REJECTED}
APPROVALS_ONLY = "workflows ask for approvals only, so FIELDS and COMMENT are not kept"


@method("bizproc.task.list", scope="bizproc", docs=DOCS.format("list"))
def list_(portal, caller, params) -> Page:
    """One's own; of those whom one leads; of anybody for an administrator. A day after the end of its workflow a task
    is forgotten."""
    unknown = [name for name in params.list("SELECT") if COLUMNS.name(str(name)) is None]
    if unknown or isinstance(params.get("SELECT"), str):
        raise RestError("ERROR_SELECT_VALIDATION_FAILURE", "Invalid data in SELECT parameter")
    own = _only_own(portal, caller, params)
    table = portal.store.workflow_tasks
    return page_of(
        portal, table, params, COLUMNS, DEFAULT, [("ID", False)], own, lambda row: workflows.is_remembered(portal, row)
    )


@method("bizproc.task.complete", scope="bizproc", docs=DOCS.format("complete"), writes=True, differs=APPROVALS_ONLY)
def complete(portal, caller, params):
    """Approve or reject what one was asked oneself; the workflow ends with it."""
    if params.get("TASK_ID") in (None, "", 0, "0"):
        raise RestError("ERROR_TASK_VALIDATION", "empty TASK_ID")
    status = STATUSES.get(params.text("STATUS").lower())
    if status is None:
        raise RestError("ERROR_TASK_VALIDATION", "incorrect STATUS")
    task = portal.store.workflow_tasks.get(params.integer("TASK_ID"))
    if task is None or task["USER_ID"] != caller.user_id:
        raise RestError("ERROR_TASK_NOT_FOUND", "Task not found")
    if task["STATUS"] != workflows.WAITING:
        raise RestError("ERROR_TASK_COMPLETED", "Task already completed")
    workflows.answer(portal, task, status)
    return True


@method("bizproc.task.delegate", scope="bizproc", docs=DOCS.format("delegate"), writes=True)
def delegate(portal, caller, params):
    """One's own tasks to another employee; an administrator those of anybody. All of them, or none."""
    ids = [whole(one) for one in params.list("TASK_IDS")]
    if not ids or None in ids:
        raise RestError("ERROR_TASK_VALIDATION", "Invalid TASK_IDS")
    giver, taker = _user(portal, params, "FROM_USER_ID"), _user(portal, params, "TO_USER_ID")
    if taker["USER_TYPE"] == "extranet":
        raise _not_delegated("Task delegation is only available for intranet users")
    may = giver["ID"] == caller.user_id or portal.is_admin(caller.user_id)
    if not may or not all(_is_asked(portal, one, giver["ID"]) for one in ids):
        raise _not_delegated("User is not responsible for the task")
    for one in ids:
        portal.store.workflow_tasks.update(one, {"USER_ID": taker["ID"], "MODIFIED": portal.clock.iso()})
    return True


def _only_own(portal, caller, params: Params) -> tuple[Condition, ...]:
    """What a person who is no administrator may not widen; refused where somebody else is asked for."""
    if portal.is_admin(caller.user_id):
        return ()
    given = [value for name, value in params.map("FILTER").items() if split_prefix(str(name))[1].upper() == "USER_ID"]
    asked = {whole(one) for value in given for one in (value if isinstance(value, list) else [value])}
    allowed = structure.subordinates(portal, caller.user_id) | {caller.user_id}
    if not asked <= allowed:
        raise RestError("ACCESS_DENIED", "Access denied!")
    return (Condition("@", "USER_ID", tuple(allowed if asked else {caller.user_id})),)


def _user(portal, params: Params, name: str) -> dict:
    row = portal.store.users.get(params.integer(name))
    if row is None:
        raise RestError("ERROR_INVALID_USER_ID", f"Invalid {name}")
    return row


def _is_asked(portal, task_id: int, user_id: int) -> bool:
    task = portal.store.workflow_tasks.get(task_id)
    return task is not None and task["USER_ID"] == user_id and task["STATUS"] == workflows.WAITING


def _not_delegated(text: str) -> RestError:
    return RestError("ERROR_DELEGATION_NOT_ALLOWED", text)
