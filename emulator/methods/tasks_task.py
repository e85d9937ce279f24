"""tasks.task.*: everything comes back as strings."""

from .. import tasks
from ..errors import RestError, missing
from ..filters import in_order, ordering, parse, split_prefix
from ..listing import cut
from ..registry import Params, method, whole
from ..values import asked
from .user import card

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-{}.html"
STATUS_DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/status/tasks-task-{}.html"
_FILTERS = """
ID PARENT_ID GROUP_ID CREATED_BY STATUS_CHANGED_BY PRIORITY RESPONSIBLE_ID TITLE MARK SITE_ID ADD_IN_REPORT DATE_START
DEADLINE CREATED_DATE CLOSED_DATE CHANGED_DATE STAGE_ID UF_CRM_TASK
"""
_ORDERS = """
ID TITLE DATE_START CREATED_DATE CHANGED_DATE CLOSED_DATE ACTIVITY_DATE START_DATE_PLAN END_DATE_PLAN DEADLINE STATUS
PRIORITY MARK GROUP_ID TIME_ESTIMATE ALLOW_CHANGE_DEADLINE FAVORITE
"""
FILTERS = {name: tasks.BY_UPPER[name].name for name in _FILTERS.split()}
FILTERS |= {"ACCOMPLICE": "accomplices", "AUDITOR": "auditors", "REAL_STATUS": "status"}
ORDERS = {name: tasks.BY_UPPER[name].name for name in _ORDERS.split()} | {"REAL_STATUS": "status"}
ONLY_IF_SELECTED = {"ufCrmTask", "ufTaskWebdavFiles"}


@method("tasks.task.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    row = tasks.add(portal, caller.user_id, tasks.written(params.fields()))
    return {"task": show(portal, row)}


@method("tasks.task.get", scope="task", docs=DOCS.format("get"))
def get(portal, caller, params):
    """A missing task is an empty answer, not an error."""
    if params.get("taskId") is None:
        raise missing("taskId")
    row = tasks.get(portal, params.get("taskId"))
    return [] if row is None else {"task": show(portal, row, _selection(params))}


@method("tasks.task.list", scope="task", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """Filters: the documented names only; others (XML_ID among them) are ignored. Newest first by default."""
    keys = ordering(params.map("order"), _ordered) or [("id", True)]
    given = params.map("filter")
    where = parse(given, _read)
    by_status = parse({key: value for key, value in given.items() if _is_status(key)}, _read_status)
    select = _selection(params)
    found = (
        row
        for row in portal.store.tasks.find(where)
        if portal.may_read(row) and by_status.holds({"subStatus": tasks.sub_status(portal, row)})
    )
    return cut(in_order(found, keys, "id"), params, lambda row: show(portal, row, select), "tasks")


@method("tasks.task.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row = _task(portal, params)
    tasks.update(portal, caller.user_id, row, tasks.written(params.fields()))
    return {"task": show(portal, row)}


@method("tasks.task.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _task(portal, params, RestError("1048582", "No access to delete the task"))
    tasks.delete(portal, row)
    return {"task": True}


@method("tasks.task.complete", scope="task", docs=STATUS_DOCS.format("complete"), writes=True)
def complete(portal, caller, params):
    """Done; awaiting control if the creator wants to check and somebody else completes."""
    row = _task_in(portal, params, tasks.PENDING, tasks.RUNNING, tasks.CONTROL, tasks.DEFERRED)
    checked = row["taskControl"] == "Y" and caller.user_id != row["createdBy"] and row["status"] != tasks.CONTROL
    tasks.set_status(portal, caller.user_id, row, tasks.CONTROL if checked else tasks.DONE)
    return {"task": show(portal, row)}


@method("tasks.task.renew", scope="task", docs=STATUS_DOCS.format("renew"), writes=True)
def renew(portal, caller, params):
    row = _task_in(portal, params, tasks.CONTROL, tasks.DONE, tasks.DEFERRED)
    tasks.set_status(portal, caller.user_id, row, tasks.PENDING)
    return {"task": show(portal, row)}


@method("tasks.task.start", scope="task", docs=STATUS_DOCS.format("start"), writes=True)
def start(portal, caller, params):
    row = _task_in(portal, params, tasks.PENDING, tasks.DEFERRED)
    tasks.set_status(portal, caller.user_id, row, tasks.RUNNING)
    return {"task": show(portal, row)}


@method("tasks.task.delegate", scope="task", docs=DOCS.format("delegate"), writes=True)
def delegate(portal, caller, params):
    """A new responsible; the former one becomes an observer, the deadline does not move."""
    row, user_id = _task(portal, params), whole(params.need("userId"))
    if user_id not in portal.store.users:
        raise tasks.not_allowed()
    auditors = [*row["auditors"], *([row["responsibleId"]] if row["responsibleId"] not in row["auditors"] else [])]
    tasks.update(portal, caller.user_id, row, {"responsibleId": user_id, "auditors": auditors})
    return {"task": show(portal, row)}


def show(portal, row: dict, select: set[str] | None = None) -> dict:
    """The task as strings; empty maps as empty lists, people with their cards."""
    names = [
        name for name in tasks.FIELDS if (select is None and name not in ONLY_IF_SELECTED) or name in (select or ())
    ]
    shown = {name: _text(tasks.FIELDS[name], row[name]) for name in names}
    shown["id"] = str(row["id"])
    shown["group"] = []
    if "createdBy" in shown:
        shown["creator"] = card(portal, row["createdBy"])
    if "responsibleId" in shown:
        shown["responsible"] = card(portal, row["responsibleId"])
    for name in ("accomplices", "auditors"):
        if name in shown:
            shown[f"{name}Data"] = {str(user_id): card(portal, user_id) for user_id in row[name]}
    if "status" in shown:
        shown["subStatus"] = str(tasks.sub_status(portal, row))
    if select is None or "checklist" in select:
        shown["checklist"] = _checklist(portal, row)
    return shown


def _text(field: tasks.TaskField, value: object) -> object:
    if field.kind == "disk":
        return value
    if field.multiple:
        return [str(element) for element in value]
    return None if value is None else str(value)


def _checklist(portal, row: dict) -> dict:
    items = portal.store.checklist_items.having(TASK_ID=row["id"])
    return {
        str(item["ID"]): {
            "id": str(item["ID"]),
            "taskId": str(row["id"]),
            "parentId": str(item["PARENT_ID"]) if item["PARENT_ID"] else 0,
            "title": item["TITLE"],
            "sortIndex": str(item["SORT_INDEX"]),
            "isComplete": item["IS_COMPLETE"],
            "isImportant": item["IS_IMPORTANT"],
        }
        for item in items
    }


def _selection(params: Params) -> set[str] | None:
    """Selected names in the spelling of the answer; `*` is everything but UF, `UF_*` those too."""
    asked = [str(name) for name in params.list("select")]
    if not asked:
        return None
    names = set()
    for name in asked:
        field = tasks.field_named(name)
        if name == "*":
            names |= set(tasks.FIELDS) - ONLY_IF_SELECTED
        elif name.upper() == "UF_*":
            names |= ONLY_IF_SELECTED
        elif name.upper() == "CHECKLIST":
            names.add("checklist")
        elif field is not None:
            names.add(field.name)
    return names


def _task(portal, params: Params, absent: RestError | None = None) -> dict:
    if params.get("taskId") is None:
        raise RestError("100", "CTaskItem All parameters in the constructor must have real class type")
    if params.integer("taskId") is None:
        raise RestError("0", "wrong task id")
    row = tasks.get(portal, params.get("taskId"))
    if row is None:
        raise absent or tasks.not_allowed()
    return row


def _task_in(portal, params: Params, *statuses: int) -> dict:
    row = _task(portal, params)
    if row["status"] not in statuses:
        raise tasks.not_allowed()
    return row


def _read(name: str, value: object) -> tuple[str, object] | None:
    stored = FILTERS.get(name.upper())
    return (stored, asked(tasks.FIELDS[stored].kind, value)) if stored else None


def _ordered(name: str) -> str:
    if name.upper() not in ORDERS:
        raise RestError("0", "Invalid sorting key (internal error)")
    return ORDERS[name.upper()]


def _is_status(key: str) -> bool:
    return split_prefix(key)[1].upper() == "STATUS"


def _read_status(name: str, value: object) -> tuple[str, object]:
    return "subStatus", whole(value)
