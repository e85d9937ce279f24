"""task.elapseditem.*: the time people spent on tasks.

https://apidocs.bitrix24.com/api-reference/tasks/elapsed-item/index.html
"""

from ..filters import in_order, ordering, parse
from ..listing import Columns, as_text, cut
from ..objects import task_rights, tasks
from ..objects.task_arguments import Arguments, manifest
from ..php import as_list, as_map
from ..registry import PAGE, Page, Params, method, whole
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/elapsed-item/task-elapsed-item-{}.html"
WRITABLE = ("USER_ID", "COMMENT_TEXT", "SECONDS", "SOURCE", "CREATED_DATE", "DATE_START", "DATE_STOP")
COLUMNS = Columns(
    {
        "ID": "integer",
        "TASK_ID": "integer",
        "USER_ID": "integer",
        "COMMENT_TEXT": "string",
        "SECONDS": "integer",
        "MINUTES": "integer",
        "SOURCE": "integer",
        "CREATED_DATE": "datetime",
        "DATE_START": "datetime",
        "DATE_STOP": "datetime",
    }
)
FILTERS = Columns({name: COLUMNS[name] for name in ("ID", "TASK_ID", "USER_ID", "CREATED_DATE")})
BY_HAND = 2
METHODS = {
    "getmanifest": (),
    "getlist": ("taskId", "order", "filter", "select", "params"),
    "get": ("taskId", "itemId"),
    "add": ("taskId", "fields"),
    "update": ("taskId", "itemId", "fields"),
    "delete": ("taskId", "itemId"),
    "isactionallowed": ("taskId", "itemId", "actionId"),
}


@method("task.elapseditem.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """Another's time is an administrator's or the creator's to write."""
    arguments = Arguments("ctaskelapseditem::add", params)
    task = _task(portal, arguments)
    given = arguments.fields(1, "ARFIELDS", WRITABLE)
    user_id, now = whole(given.get("USER_ID"), caller.user_id), portal.clock.iso()
    if not _may_add(portal, caller, task, user_id) or not _is_whole(given):
        raise _not_allowed()
    dates = dict.fromkeys(("CREATED_DATE", "DATE_START", "DATE_STOP"), now)
    row = {"ID": None, "TASK_ID": task["id"], "USER_ID": user_id, "SOURCE": BY_HAND, **dates}
    row = portal.store.elapsed_items.add(row | {"COMMENT_TEXT": ""} | _written(given))
    _count(portal, caller, task)
    return row["ID"]


@method(
    "task.elapseditem.get",
    scope="task",
    docs=DOCS.format("get"),
    differs="the record itself, as its table says, not a list of one, as in its example",
)
def get(portal, caller, params):
    return _show(_item(portal, Arguments("ctaskelapseditem::get", params)), list(COLUMNS))


@method("task.elapseditem.getlist", scope="task", docs=DOCS.format("get-list"))
def getlist(portal, caller, params):
    """Of one task or of all; TASKID may be left out and the other arguments then move up."""
    first = 1 if _names_task(params) else 0
    order, given, select, more = (
        params.at(first + place, name) for place, name in enumerate(("ORDER", "FILTER", "SELECT", "PARAMS"))
    )
    where = parse(as_map(given) | _of_task(portal, params), FILTERS.read)
    names = COLUMNS.chosen([name for name in as_list(select) if name != ""])
    rows = in_order(portal.store.elapsed_items.find(where), ordering(order, COLUMNS.name), "ID")
    return _page(list(rows), params, as_map(as_map(more).get("NAV_PARAMS")), lambda row: _show(row, names))


@method("task.elapseditem.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    arguments = Arguments("ctaskelapseditem::update", params)
    row = _item(portal, arguments)
    given = arguments.fields(2, "ARFIELDS", WRITABLE)
    if not _may_change(portal, caller, row) or not _is_whole(given, row):
        raise _not_allowed()
    portal.store.elapsed_items.update(row["ID"], _written(given))
    _count(portal, caller, portal.store.tasks.get(row["TASK_ID"]))
    return None


@method("task.elapseditem.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _item(portal, Arguments("ctaskelapseditem::delete", params))
    if not _may_change(portal, caller, row):
        raise _not_allowed()
    portal.store.elapsed_items.remove(row["ID"])
    _count(portal, caller, portal.store.tasks.get(row["TASK_ID"]))
    return None


@method("task.elapseditem.isactionallowed", scope="task", docs=DOCS.format("is-action-allowed"))
def is_action_allowed(portal, caller, params):
    """1 add, 2 modify, 3 remove; never of what does not exist."""
    arguments = Arguments("ctaskelapseditem::isactionallowed", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    row = portal.store.elapsed_items.get(arguments.number(1, "ITEMID"))
    action = arguments.number(2, "ACTIONID")
    if task is None:
        return False
    if action == 1:
        return _may_add(portal, caller, task, caller.user_id)
    is_here = row is not None and row["TASK_ID"] == task["id"]
    return action in (2, 3) and is_here and _may_change(portal, caller, row)


@method(
    "task.elapseditem.getmanifest",
    scope="task",
    docs=DOCS.format("get-manifest"),
    differs="only the fields, the methods and their arguments",
)
def get_manifest(portal, caller, params):
    return manifest("elapseditem", "1.2", WRITABLE, tuple(COLUMNS), METHODS)


def _task(portal, arguments: Arguments) -> dict:
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    if task is None:
        raise tasks.core("Task not found")
    return task


def _item(portal, arguments: Arguments) -> dict:
    task = _task(portal, arguments)
    row = portal.store.elapsed_items.get(arguments.number(1, "ITEMID"))
    if row is None or row["TASK_ID"] != task["id"]:
        raise _not_allowed()
    return row


def _not_allowed():
    return tasks.core("ACTION_NOT_ALLOWED")


def _may_add(portal, caller, task: dict, user_id: int) -> bool:
    for_other = user_id != caller.user_id
    if user_id not in portal.store.users or (for_other and not task_rights.edits(portal, task, caller.user_id)):
        return False
    return task_rights.allowed(portal, task, caller.user_id)["ELAPSEDTIME.ADD"]


def _may_change(portal, caller, row: dict) -> bool:
    """One's own record; an administrator's any."""
    return row["USER_ID"] == caller.user_id or portal.is_admin(caller.user_id)


def _is_whole(given: dict, row: dict | None = None) -> bool:
    """Time and words are both needed; whoever changes a record may leave out what stays."""
    merged = (row or {}) | given
    return whole(merged.get("SECONDS"), 0) > 0 and bool(merged.get("COMMENT_TEXT"))


def _written(given: dict) -> dict:
    values = {name: canonical(COLUMNS[name], given[name]) for name in WRITABLE if given.get(name)}
    return values | ({"MINUTES": values["SECONDS"] // 60} if "SECONDS" in values else {})


def _count(portal, caller, task: dict) -> None:
    """The task knows the sum of its records."""
    spent = sum(row["SECONDS"] for row in portal.store.elapsed_items.having(TASK_ID=task["id"]))
    tasks.note(portal, caller.user_id, task["id"], "TIME_SPENT_IN_LOGS", task["timeSpentInLogs"] or 0, spent)
    portal.store.tasks.update(task["id"], {"timeSpentInLogs": spent or None})


def _names_task(params: Params) -> bool:
    return params.get("TASKID") is not None or whole(params.get("0")) is not None or params.get("0") is None


def _of_task(portal, params: Params) -> dict:
    number = params.at(0, "TASKID")
    if number is None or isinstance(number, (dict, list)):
        return {}
    return {"TASK_ID": _task(portal, Arguments("ctaskelapseditem::getlist", params))["id"]}


def _page(rows: list[dict], params: Params, nav: dict, show) -> Page:
    """50 from `start`, or the page of NAV_PARAMS."""
    if not nav:
        return cut(rows, params, show)
    size = min(max(whole(nav.get("nPageSize"), PAGE), 1), PAGE)
    start = (max(whole(nav.get("iNumPage"), 1), 1) - 1) * size
    return Page([show(row) for row in rows[start : start + size]], len(rows))


def _show(row: dict, names: list[str]) -> dict:
    return {name: as_text(row[name]) for name in names}
