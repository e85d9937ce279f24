"""tasks.task.result.*: what came of a task. Both versions of REST see the same results.

https://apidocs.bitrix24.com/api-reference/tasks/result/index.html
"""

from .. import dto, shapes
from ..errors import RestError
from ..filters import Condition, Where
from ..objects import task_rights, tasks
from ..objects.task_arguments import number
from ..registry import method
from .tasks_rest3 import USER

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/result/tasks-task-result-{}.html"
DEAD = "the new card has no comments: none is ever found"
OPEN, CLOSED = 0, 1
STATUSES = {OPEN: "open", CLOSED: "closed"}


def _read(portal, caller, row: dict, prop: dto.Property) -> object:
    if prop.name == "status":
        return STATUSES[row["STATUS"]]
    if prop.name == "rights":
        own = row["CREATED_BY"] == caller.user_id
        return {"edit": own, "remove": own}
    return row[prop.column]


RESULT = dto.of(
    "ResultDto",
    """
id          int       ID          F S
taskId      int       TASK_ID     F A
text        string    TEXT        E
authorId    int       CREATED_BY  F S
author      object    CREATED_BY
createdAt   DateTime  CREATED_AT  S
updatedAt   DateTime  UPDATED_AT  S
status      string    STATUS_NAME F S
fileIds     array     FILES
rights      array     -
messageId   int       MESSAGE_ID  F S A
""",
    _read,
)
RESULT.relations["author"] = dto.Relation(USER, lambda portal, caller, row: portal.store.users.get(row["CREATED_BY"]))
DEFAULT = tuple(name for name in RESULT.properties if name != "author")


@method("tasks.task.result.addFromComment", scope="task", docs=DOCS.format("add-from-comment"), differs=DEAD)
def add_from_comment(portal, caller, params):
    number(params, "commentId")
    raise RestError("0", "Comment not found.")


@method("tasks.task.result.deleteFromComment", scope="task", docs=DOCS.format("delete-from-comment"), differs=DEAD)
def delete_from_comment(portal, caller, params):
    number(params, "commentId")
    raise RestError("0", "Comment not found.")


@method("tasks.task.result.list", scope="task", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """Newest first; `commentId` is 0, as of all results of the new card."""
    task = tasks.get(portal, number(params, "taskId"))
    if task is None:
        raise RestError("0", "Access denied.")
    return [_show_old(row) for row in reversed(portal.store.task_results.having(TASK_ID=task["id"]))]


@method(
    "tasks.task.result.add",
    scope="tasks",
    docs=DOCS.format("add"),
    writes=True,
    rest3=True,
    takes=shapes.takes("fields fields!", RESULT, adding=True),
    gives=shapes.one(RESULT),
)
def add(portal, caller, params):
    given = _fields(params)
    dto.check_filled(given, "taskId", "text")
    if given["taskId"] <= 0:
        raise dto.invalid_value("Task id must be positive", "taskId")
    task = tasks.get(portal, given["taskId"])
    if task is None:
        raise dto.invalid_value("Task not found", "taskId")
    return _show(portal, caller, _add(portal, caller, task, given["text"], None))


@method(
    "tasks.task.result.addfromchatmessage",
    scope="tasks",
    docs=DOCS.format("addfromchatmessage"),
    writes=True,
    rest3=True,
    takes=shapes.takes("fields fields!", RESULT, adding=True),
    gives=shapes.one(RESULT),
)
def add_from_chat_message(portal, caller, params):
    given = _fields(params)
    dto.check_filled(given, "messageId")
    message = portal.store.messages.get(given["messageId"])
    task = message and tasks.of_chat(portal, message["CHAT_ID"])
    if task is None:
        raise dto.invalid_value("Message is not from task chat", "messageId")
    return _show(portal, caller, _add(portal, caller, task, message["TEXT"], message["ID"]))


@method(
    "tasks.task.result.update",
    scope="tasks",
    docs=DOCS.format("update"),
    writes=True,
    rest3=True,
    takes=shapes.takes("id int filter filter fields fields!", RESULT),
    gives=shapes.one(RESULT),
)
def update(portal, caller, params):
    row, given = _own(portal, caller, params), _fields(params, adding=False)
    dto.check_filled(given, "text")
    portal.store.task_results.update(row["ID"], {"TEXT": given["text"], "UPDATED_AT": portal.clock.iso()})
    return _show(portal, caller, row)


@method(
    "tasks.task.result.delete",
    scope="tasks",
    docs=DOCS.format("delete"),
    writes=True,
    rest3=True,
    takes=shapes.takes("id int filter filter"),
    gives=shapes.done(),
)
def delete(portal, caller, params):
    row = _own(portal, caller, params)
    portal.store.task_results.remove(row["ID"])
    return {"result": True}


@method(
    "tasks.task.result.list",
    scope="tasks",
    docs=DOCS.format("list-rest-v3"),
    rest3=True,
    takes=shapes.takes("filter filter! select select order order pagination pagination"),
    gives=shapes.many(RESULT),
)
def list_rest3(portal, caller, params):
    """The filter must name the task."""
    if not params.get("filter"):
        raise dto.invalid_value("The field value cannot be empty", "filter")
    where = dto.where(RESULT, params.get("filter"))
    if not any(_names_task(condition) for condition in where.conditions):
        code = dto.V3 + "VALIDATION_REQUESTFILTERVALIDATIONEXCEPTION"
        fault = {"message": "A filter for the required field `taskId` must be specified", "field": "filter.taskId"}
        raise RestError(code, "Error during request object validation", validation=[fault])
    _check_access(portal, where)
    tree, keys = dto.selection(RESULT, params, DEFAULT), dto.order(RESULT, params)
    rows = dto.page(portal.store.task_results.find(where), keys, "ID", params)
    return {"items": [dto.show(portal, caller, RESULT, row, tree) for row in rows]}


def _fields(params, *, adding: bool = True) -> dict:
    given = params.get("fields")
    if isinstance(given, dict) and "fileIds" in given:
        raise dto.not_valid({"message": "Field `fileIds` is not available for filling", "field": "fileIds"})
    return dto.fields(RESULT, params, adding=adding)


def _add(portal, caller, task: dict, text: str, message_id: int | None) -> dict:
    if not task_rights.allowed(portal, task, caller.user_id)["CREATE"]:
        raise dto.access_denied()
    values = {"TASK_ID": task["id"], "TEXT": text, "CREATED_BY": caller.user_id, "CREATED_AT": portal.clock.iso()}
    state = {"UPDATED_AT": None, "STATUS": OPEN, "STATUS_NAME": STATUSES[OPEN], "FILES": [], "MESSAGE_ID": message_id}
    return portal.store.task_results.add({"ID": None, **values, **state})


def _own(portal, caller, params) -> dict:
    """The result by its id; only its author may touch it."""
    given = [name for name in ("id", "filter") if params.get(name) is not None]
    if not given:
        raise dto.invalid({"message": "At least one required field must be filled: id, filter"})
    if len(given) > 1:
        raise dto.invalid({"message": "Only one of the values must be provided: id, filter"})
    row = portal.store.task_results.get(dto.integer(params, "id"))
    if row is None or row["CREATED_BY"] != caller.user_id:
        raise dto.access_denied()
    return row


def _names_task(part: Condition) -> bool:
    return part.field == "TASK_ID" and part.operation in ("=", "@")


def _check_access(portal, where: Where) -> None:
    named = [number for part in where.conditions if _names_task(part) for number in part.values]
    if any(tasks.get(portal, number) is None for number in named):
        raise dto.access_denied()


def _show(portal, caller, row: dict) -> dict:
    return {"item": dto.show(portal, caller, RESULT, row, dict.fromkeys(DEFAULT))}


def _show_old(row: dict) -> dict:
    return {
        "id": row["ID"],
        "taskId": row["TASK_ID"],
        "commentId": 0,
        "createdBy": row["CREATED_BY"],
        "createdAt": row["CREATED_AT"],
        "updatedAt": row["UPDATED_AT"] or row["CREATED_AT"],
        "status": row["STATUS"],
        "text": row["TEXT"],
        "formattedText": row["TEXT"],
        "files": row["FILES"],
    }
