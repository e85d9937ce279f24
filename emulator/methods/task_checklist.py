"""task.checklistitem.*: check lists of tasks. An item whose PARENT_ID is 0 is the list itself."""

from ..filters import in_order, ordering
from ..listing import Columns
from ..objects import task_rights, tasks
from ..objects.task_arguments import Arguments, failed, manifest
from ..php import as_map
from ..registry import method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-{}.html"
DEFAULT_LIST = "BX_CHECKLIST_1"
WRITABLE = ("PARENT_ID", "TITLE", "SORT_INDEX", "IS_COMPLETE", "IS_IMPORTANT", "MEMBERS")
SORTABLE = (
    "ID", "PARENT_ID", "CREATED_BY", "TITLE", "SORT_INDEX", "IS_COMPLETE", "IS_IMPORTANT", "TOGGLED_BY", "TOGGLED_DATE"
)  # fmt: skip
READABLE = ("ID", "TASK_ID", *SORTABLE[1:], "MEMBERS", "ATTACHMENTS")
COLUMNS = Columns(dict.fromkeys(SORTABLE, "string"))
ROLES = {"A": "accomplices", "U": "auditors"}
METHODS = {
    "getmanifest": (),
    "get": ("taskId", "itemId"),
    "getlist": ("taskId", "arOrder"),
    "add": ("taskId", "arFields"),
    "update": ("taskId", "itemId", "arFields"),
    "delete": ("taskId", "itemId"),
    "complete": ("taskId", "itemId"),
    "renew": ("taskId", "itemId"),
    "moveafteritem": ("taskId", "itemId", "afterItemId"),
    "isactionallowed": ("taskId", "itemId", "actionId"),
}


@method("task.checklistitem.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """Without PARENT_ID the item goes into the task's first list, which is made if there is none."""
    arguments = Arguments("ctaskchecklistitem::add", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    if task is None or not task_rights.works(portal, task, caller.user_id):
        raise failed("Adding item: action not allowed")
    given = arguments.fields(1, "FIELDS", WRITABLE)
    if not given.get("TITLE"):
        raise failed("Item name not specified")
    row = _add(portal, task, caller.user_id, _parent(portal, task, caller.user_id, given), given)
    tasks.note(portal, caller.user_id, task["id"], "CHECKLIST_ITEM_CREATE", "", row["TITLE"])
    _admit(portal, caller, task, row["MEMBERS"])
    return row["ID"]


@method(
    "task.checklistitem.getlist",
    scope="task",
    docs=DOCS.format("get-list"),
    differs="without ORDER the oldest item comes first, not the newest",
)
def getlist(portal, caller, params):
    arguments = Arguments("ctaskchecklistitem::getlist", params)
    task = _task(portal, arguments)
    keys = ordering(arguments.order(1, "ORDER", SORTABLE), COLUMNS.name)
    rows = portal.store.checklist_items.having(TASK_ID=task["id"])
    return [_show(portal, row) for row in in_order(rows, keys, "ID")]


@method("task.checklistitem.get", scope="task", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(portal, _item(portal, Arguments("ctaskchecklistitem::get", params)))


@method("task.checklistitem.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    arguments = Arguments("ctaskchecklistitem::update", params)
    row = _item(portal, arguments)
    given = arguments.fields(2, "FIELDS", WRITABLE)
    task = portal.store.tasks.get(row["TASK_ID"])
    if not task_rights.works(portal, task, caller.user_id):
        raise tasks.core("TASKS_ERROR_EXCEPTION_#4; No access to edit the task; 4/TE/ACTION_NOT_ALLOWED")
    values = _written(given)
    if "PARENT_ID" in given:
        values["PARENT_ID"] = _new_parent(portal, row, whole(given["PARENT_ID"], 0))
    if values.get("TITLE", row["TITLE"]) != row["TITLE"]:
        tasks.note(portal, caller.user_id, task["id"], "CHECKLIST_ITEM_RENAME", row["TITLE"], values["TITLE"])
    _tick(portal, caller, row, values.pop("IS_COMPLETE", row["IS_COMPLETE"]))
    portal.store.checklist_items.update(row["ID"], values)
    _admit(portal, caller, task, row["MEMBERS"])
    return None


@method("task.checklistitem.complete", scope="task", docs=DOCS.format("complete"), writes=True)
def complete(portal, caller, params):
    return _toggle(portal, caller, Arguments("ctaskchecklistitem::complete", params), "Y")


@method("task.checklistitem.renew", scope="task", docs=DOCS.format("renew"), writes=True)
def renew(portal, caller, params):
    return _toggle(portal, caller, Arguments("ctaskchecklistitem::renew", params), "N")


@method("task.checklistitem.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """A list goes with its items."""
    row = _item(portal, Arguments("ctaskchecklistitem::delete", params))
    if not task_rights.works(portal, portal.store.tasks.get(row["TASK_ID"]), caller.user_id):
        raise failed("Deleting item: action not allowed")
    for child in _below(portal, row):
        portal.store.checklist_items.remove(child["ID"])
    portal.store.checklist_items.remove(row["ID"])
    tasks.note(portal, caller.user_id, row["TASK_ID"], "CHECKLIST_ITEM_REMOVE", row["TITLE"], "")
    return True


@method("task.checklistitem.moveafteritem", scope="task", docs=DOCS.format("move-after-item"), writes=True)
def move_after_item(portal, caller, params):
    """The item takes the place after the other one, in the other's list."""
    arguments = Arguments("ctaskchecklistitem::moveafteritem", params)
    numbers = (arguments.number(0, "TASKID"), arguments.number(1, "ITEMID"), arguments.number(2, "AFTERITEMID"))
    task, table = tasks.get(portal, numbers[0]), portal.store.checklist_items
    row, after = (table.get(number) for number in numbers[1:])
    if task is None or not task_rights.works(portal, task, caller.user_id) or not _can_follow(portal, task, row, after):
        raise failed("Moving item: action not allowed")
    others = [one for one in _children(portal, task["id"], after["PARENT_ID"]) if one["ID"] != row["ID"]]
    others.insert(others.index(after) + 1, row)
    for place, one in enumerate(others):
        table.update(one["ID"], {"SORT_INDEX": place, "PARENT_ID": after["PARENT_ID"]})
    return None


@method("task.checklistitem.isactionallowed", scope="task", docs=DOCS.format("is-action-allowed"))
def is_action_allowed(portal, caller, params):
    """1 add, 2 modify, 3 remove, 4 toggle, 5 reorder; never of what does not exist."""
    arguments = Arguments("ctaskchecklistitem::isactionallowed", params)
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    row = portal.store.checklist_items.get(arguments.number(1, "ITEMID"))
    exists = task is not None and row is not None and row["TASK_ID"] == task["id"]
    known = arguments.number(2, "ACTIONID") in range(1, 6)
    return exists and known and task_rights.works(portal, task, caller.user_id)


@method(
    "task.checklistitem.getmanifest",
    scope="task",
    docs=DOCS.format("get-manifest"),
    differs="only the fields, the methods and their arguments",
)
def get_manifest(portal, caller, params):
    return manifest("checklistitem", "2.0", WRITABLE, READABLE, METHODS)


def _toggle(portal, caller, arguments: Arguments, complete: str) -> bool:
    """False for an item that does not exist; whether it is of that task is not looked at."""
    numbers = arguments.number(0, "TASKID"), arguments.number(1, "ITEMID")
    if min(numbers) <= 0:
        raise tasks.core("TASKS_ERROR_ASSERT_EXCEPTION")
    row = portal.store.checklist_items.get(numbers[1])
    if row is not None:
        _tick(portal, caller, row, complete)
    return row is not None


def _tick(portal, caller, row: dict, complete: str) -> None:
    """Who and when are noted only of a change."""
    if row["IS_COMPLETE"] == complete:
        return
    stamps = {"TOGGLED_BY": caller.user_id, "TOGGLED_DATE": portal.clock.iso()}
    portal.store.checklist_items.update(row["ID"], {"IS_COMPLETE": complete} | stamps)
    event = "CHECKLIST_ITEM_CHECK" if complete == "Y" else "CHECKLIST_ITEM_UNCHECK"
    tasks.note(portal, caller.user_id, row["TASK_ID"], event, row["TITLE"], row["TITLE"])


def _written(given: dict) -> dict:
    values = {"TITLE": str(given["TITLE"])} if given.get("TITLE") else {}
    values |= {name: flag(given[name]) for name in ("IS_COMPLETE", "IS_IMPORTANT") if name in given}
    values |= {"SORT_INDEX": whole(given["SORT_INDEX"], 0)} if "SORT_INDEX" in given else {}
    return values | ({"MEMBERS": _members(given["MEMBERS"])} if "MEMBERS" in given else {})


def _members(given: object) -> dict[str, str]:
    """`{"3": {"TYPE": "A"}}` → {"3": "A"}."""
    types = {str(user): as_map(one).get("TYPE") for user, one in as_map(given).items()}
    return {user: kind for user, kind in types.items() if kind in ROLES}


def _admit(portal, caller, task: dict, members: dict[str, str]) -> None:
    """Members of an item take part in the task in the same roles."""
    for field in ROLES.values():
        wanted = [whole(user) for user, kind in members.items() if ROLES[kind] == field]
        fresh = [user for user in wanted if user in portal.store.users and user not in task[field]]
        if fresh:
            tasks.update(portal, caller.user_id, task, {field: task[field] + fresh})


def _add(portal, task: dict, user_id: int, parent_id: int, given: dict) -> dict:
    siblings = portal.store.checklist_items.having(TASK_ID=task["id"], PARENT_ID=parent_id)
    return portal.store.checklist_items.add(
        {
            "ID": None,
            "TASK_ID": task["id"],
            "PARENT_ID": parent_id,
            "CREATED_BY": user_id,
            "TITLE": str(given["TITLE"]),
            "SORT_INDEX": whole(given.get("SORT_INDEX"), len(siblings)),
            "IS_COMPLETE": flag(given.get("IS_COMPLETE")),
            "IS_IMPORTANT": flag(given.get("IS_IMPORTANT")),
            "TOGGLED_BY": None,
            "TOGGLED_DATE": None,
            "MEMBERS": _members(given.get("MEMBERS")),
        }
    )


def _parent(portal, task: dict, user_id: int, given: dict) -> int:
    """The list or item that the new one goes under; 0 for a new list, also where there is no such parent."""
    parent_id = whole(given.get("PARENT_ID"))
    if parent_id is not None:
        parent = portal.store.checklist_items.get(parent_id)
        return parent_id if parent is not None and parent["TASK_ID"] == task["id"] else 0
    lists = portal.store.checklist_items.having(TASK_ID=task["id"], PARENT_ID=0)
    return lists[0]["ID"] if lists else _add(portal, task, user_id, 0, {"TITLE": DEFAULT_LIST})["ID"]


def _new_parent(portal, row: dict, parent_id: int) -> int:
    parent = portal.store.checklist_items.get(parent_id)
    inside = parent is not None and parent["TASK_ID"] == row["TASK_ID"] and parent not in [row, *_below(portal, row)]
    return parent_id if inside else 0


def _children(portal, task_id: int, parent_id: int) -> list[dict]:
    rows = portal.store.checklist_items.having(TASK_ID=task_id, PARENT_ID=parent_id)
    return sorted(rows, key=lambda row: (row["SORT_INDEX"], row["ID"]))


def _below(portal, row: dict) -> list[dict]:
    children = _children(portal, row["TASK_ID"], row["ID"])
    return children + [deeper for child in children for deeper in _below(portal, child)]


def _can_follow(portal, task: dict, row: dict | None, after: dict | None) -> bool:
    ours = all(one is not None and one["TASK_ID"] == task["id"] for one in (row, after))
    return ours and after not in [row, *_below(portal, row)]


def _task(portal, arguments: Arguments) -> dict:
    task = tasks.get(portal, arguments.number(0, "TASKID"))
    if task is None:
        raise failed("Action failed")
    return task


def _item(portal, arguments: Arguments) -> dict:
    task, number = _task(portal, arguments), arguments.number(1, "ITEMID")
    row = portal.store.checklist_items.get(number)
    if row is None or row["TASK_ID"] != task["id"]:
        raise failed("Item not found")
    return row


def _show(portal, row: dict) -> dict:
    return {
        "ID": str(row["ID"]),
        "TASK_ID": str(row["TASK_ID"]),
        "PARENT_ID": str(row["PARENT_ID"]) if row["PARENT_ID"] else 0,
        "CREATED_BY": str(row["CREATED_BY"]),
        "TITLE": row["TITLE"],
        "SORT_INDEX": str(row["SORT_INDEX"]),
        "IS_COMPLETE": row["IS_COMPLETE"],
        "IS_IMPORTANT": row["IS_IMPORTANT"],
        "TOGGLED_BY": str(row["TOGGLED_BY"]) if row["TOGGLED_BY"] else None,
        "TOGGLED_DATE": row["TOGGLED_DATE"] or "",
        "MEMBERS": [_show_member(portal, user_id, kind) for user_id, kind in row["MEMBERS"].items()],
        "ATTACHMENTS": [],
    }


def _show_member(portal, user_id: str, kind: str) -> dict:
    user = portal.store.users.get(whole(user_id)) or {}
    return {
        "ID": user_id,
        "TYPE": kind,
        "NAME": f"{user.get('NAME', '')} {user.get('LAST_NAME', '')}".strip(),
        "PERSONAL_PHOTO": None,
        "PERSONAL_GENDER": user.get("PERSONAL_GENDER", ""),
        "IMAGE": "",
        "IS_COLLABER": False,
    }
