"""Words in tasks: task.commentitem.* of the old card, tasks.task.chat.message.send (REST 3) of the new one."""

from .. import tasks
from ..errors import RestError
from ..php import as_map
from ..registry import method, whole
from .user import card

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/comment-item/task-comment-item-{}.html"
CHAT_DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-chat-message-send.html"


@method("task.commentitem.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    task, given = tasks.get(portal, params.at(0, "TASKID")), as_map(params.at(1, "FIELDS"))
    if task is None:
        raise RestError("ERROR_CODE", "Insufficient permissions to add a comment.<br>")
    if not given.get("POST_MESSAGE"):
        raise tasks.core("TASKS_ERROR_EXCEPTION_#256; Param #1 (arFields) is invalid")
    author = whole(given.get("AUTHOR_ID"), caller.user_id)
    return tasks.add_comment(portal, author, task, str(given["POST_MESSAGE"]))


@method("task.commentitem.getlist", scope="task", docs=DOCS.format("get-list"))
def getlist(portal, caller, params):
    task = tasks.get(portal, params.at(0, "TASKID"))
    if task is None:
        raise tasks.core("TASKS_ERROR_EXCEPTION_#8; Action failed; 8/TE/ACTION_FAILED_TO_BE_PROCESSED")
    return [_show(portal, row) for row in portal.store.task_comments.having(TASK_ID=task["id"])]


@method("tasks.task.chat.message.send", scope="tasks", docs=CHAT_DOCS, writes=True, rest3=True)
def send(portal, caller, params):
    given = params.map("fields")
    lacking = [name for name in ("taskId", "text") if not given.get(name)]
    if lacking:
        faults = [{"message": f'The required field "{name}" is not filled', "field": name} for name in lacking]
        code = "BITRIX_REST_V3_EXCEPTION_VALIDATION_DTOVALIDATIONEXCEPTION"
        raise RestError(code, "Error during object validation", validation=faults)
    task = tasks.get(portal, given["taskId"])
    if task is None:
        raise RestError("BITRIX_REST_V3_EXCEPTION_ACCESSDENIEDEXCEPTION", "Access denied", 403)
    tasks.add_comment(portal, caller.user_id, task, str(given["text"]))
    return {"result": True}


def _show(portal, row: dict) -> dict:
    author = card(portal, row["AUTHOR_ID"]) or {"name": ""}
    return {
        "POST_MESSAGE_HTML": None,
        "ID": str(row["ID"]),
        "AUTHOR_ID": str(row["AUTHOR_ID"]),
        "AUTHOR_NAME": author["name"],
        "AUTHOR_EMAIL": "",
        "POST_DATE": row["POST_DATE"],
        "POST_MESSAGE": row["POST_MESSAGE"],
        "ATTACHED_OBJECTS": {},
    }
