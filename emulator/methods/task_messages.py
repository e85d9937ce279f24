"""Words in tasks. Since tasks 25.700 they are messages of the task's chat, and what the old comments offered is dead.

https://apidocs.bitrix24.com/api-reference/tasks/tasks-new.html
"""

from .. import dto, shapes
from ..errors import RestError
from ..objects import task_rights, tasks
from ..objects.task_arguments import Arguments, failed, manifest
from ..registry import method, whole
from .user import card

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/comment-item/task-comment-item-{}.html"
CHAT_DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-chat-message-{}.html"
WRITABLE = ("POST_MESSAGE", "AUTHOR_ID", "POST_DATE", "UF_FORUM_MESSAGE_DOC")
READABLE = ("POST_MESSAGE_HTML", "ID", "AUTHOR_ID", "AUTHOR_NAME", "AUTHOR_EMAIL", "POST_DATE", "POST_MESSAGE")
SORTABLE = ("ID", "AUTHOR_ID", "AUTHOR_NAME", "AUTHOR_EMAIL", "POST_DATE")
DEAD = "the new card has no comments; this answers as for a comment that does not exist"
METHODS = {
    "getmanifest": (),
    "getlist": ("taskId", "arOrder", "arFilter"),
    "get": ("taskId", "itemId"),
    "add": ("taskId", "arFields"),
    "update": ("taskId", "itemId", "arFields"),
    "delete": ("taskId", "itemId"),
    "isactionallowed": ("taskId", "itemId", "actionId"),
}
MESSAGE = dto.of("ChatMessageDto", "id int ID F S\ntaskId int TASK_ID E\ntext string POST_MESSAGE E")


@method(
    "task.commentitem.add",
    scope="task",
    docs=DOCS.format("add"),
    writes=True,
    differs="POST_DATE and files are not kept; the id is that of the message",
)
def add(portal, caller, params):
    arguments = Arguments("ctaskcommentitem::add", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    given = arguments.fields(1, "FIELDS", WRITABLE)
    if task is None:
        raise RestError("ERROR_CODE", "Insufficient permissions to add a comment.<br>")
    if not given.get("POST_MESSAGE"):
        raise tasks.core("Comment text is not specified")
    author = whole(given.get("AUTHOR_ID"), caller.user_id)
    return tasks.add_comment(portal, author, task, str(given["POST_MESSAGE"]))


@method(
    "task.commentitem.getlist",
    scope="task",
    docs=DOCS.format("get-list"),
    differs="the new card has no comments, so a webhook finds none; a person played here sees the messages of the chat",
)
def getlist(portal, caller, params):
    arguments = Arguments("ctaskcommentitem::getlist", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    if task is None:
        raise failed("Action failed")
    arguments.order(1, "ORDER", SORTABLE)
    if caller.via == "webhook":
        return []
    return [_show(portal, row) for row in portal.store.messages.having(CHAT_ID=task["chatId"])]


@method("task.commentitem.get", scope="task", docs=DOCS.format("get"), differs=DEAD)
def get(portal, caller, params):
    arguments = Arguments("ctaskcommentitem::get", params)
    arguments.number(0, "TASKID"), arguments.number(1, "ITEMID")
    text = "Check listitem not found or not accessible; 512/TE/ITEM_NOT_FOUND_OR_NOT_ACCESSIBLE"
    raise tasks.core(f"TASKS_ERROR_EXCEPTION_#512; {text}.")


@method("task.commentitem.update", scope="task", docs=DOCS.format("update"), differs=DEAD)
def update(portal, caller, params):
    arguments = Arguments("ctaskcommentitem::update", params)
    arguments.number(0, "TASKID"), arguments.number(1, "ITEMID")
    arguments.fields(2, "FIELDS", WRITABLE)
    raise _not_allowed()


@method("task.commentitem.delete", scope="task", docs=DOCS.format("delete"), differs=DEAD)
def delete(portal, caller, params):
    arguments = Arguments("ctaskcommentitem::delete", params)
    arguments.number(0, "TASKID"), arguments.number(1, "ITEMID")
    raise _not_allowed()


@method("task.commentitem.isactionallowed", scope="task", docs=DOCS.format("is-action-allowed"))
def is_action_allowed(portal, caller, params):
    """1 add: whoever may read the task; there are no comments to change (2) or delete (3)."""
    arguments = Arguments("ctaskcommentitem::isactionallowed", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    arguments.number(1, "ITEMID")
    may_add = task is not None and task_rights.allowed(portal, task, caller.user_id)["CREATE"]
    return arguments.number(2, "ACTIONID") == 1 and may_add


@method(
    "task.commentitem.getmanifest",
    scope="task",
    docs=DOCS.format("get-manifest"),
    differs="only the fields, the methods and their arguments",
)
def get_manifest(portal, caller, params):
    return manifest("commentitem", "1.1", WRITABLE, READABLE, METHODS)


@method(
    "tasks.task.chat.message.send",
    scope="tasks",
    docs=CHAT_DOCS.format("send"),
    writes=True,
    rest3=True,
    takes=shapes.takes("fields fields!", MESSAGE, adding=True),
    gives=shapes.done(),
)
def send(portal, caller, params):
    given = dto.fields(MESSAGE, params)
    dto.check_filled(given, "taskId", "text")
    task = tasks.get(portal, given["taskId"])
    if task is None:
        raise dto.access_denied()
    tasks.add_comment(portal, caller.user_id, task, given["text"])
    return {"result": True}


dto.declare_fields("tasks.task.chat.message", MESSAGE, CHAT_DOCS)


def _not_allowed():
    return tasks.core("TASKS_ERROR_EXCEPTION_#4; Action is not allowed; 4/TE/ACTION_NOT_ALLOWED.")


def _show(portal, row: dict) -> dict:
    author = card(portal, row["AUTHOR_ID"]) or {"name": ""}
    return {
        "POST_MESSAGE_HTML": None,
        "ID": str(row["ID"]),
        "AUTHOR_ID": str(row["AUTHOR_ID"]),
        "AUTHOR_NAME": author["name"],
        "AUTHOR_EMAIL": "",
        "POST_DATE": row["DATE"],
        "POST_MESSAGE": row["TEXT"],
        "ATTACHED_OBJECTS": {},
    }
