"""task.checklistitem.*: check lists of tasks. An item whose PARENT_ID is 0 is the list itself."""

from .. import tasks
from ..php import as_map
from ..registry import method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-{}.html"
DEFAULT_LIST = "BX_CHECKLIST_1"


@method("task.checklistitem.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """Without PARENT_ID the item goes into the task's first list, which is made if there is none."""
    task, given = _task(portal, params), as_map(params.at(1, "FIELDS"))
    if not given.get("TITLE"):
        raise tasks.core("TASKS_ERROR_EXCEPTION_#8; Title is empty; 8/TE/ACTION_FAILED_TO_BE_PROCESSED")
    parent_id = whole(given.get("PARENT_ID"))
    if parent_id is None:
        parent_id = _first_list(portal, task, caller.user_id)
    return _add(portal, task, caller.user_id, parent_id, given)["ID"]


@method("task.checklistitem.getlist", scope="task", docs=DOCS.format("get-list"))
def getlist(portal, caller, params):
    task = _task(portal, params)
    return [_show(row) for row in portal.store.checklist_items.having(TASK_ID=task["id"])]


@method("task.checklistitem.get", scope="task", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(_item(portal, params))


@method("task.checklistitem.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row, given = _item(portal, params), as_map(params.at(2, "FIELDS"))
    values = {"TITLE": str(given["TITLE"])} if given.get("TITLE") else {}
    portal.store.checklist_items.update(row["ID"], values)
    return None


@method("task.checklistitem.complete", scope="task", docs=DOCS.format("complete"), writes=True)
def complete(portal, caller, params):
    return _toggle(portal, caller, params, "Y")


@method("task.checklistitem.renew", scope="task", docs=DOCS.format("renew"), writes=True)
def renew(portal, caller, params):
    return _toggle(portal, caller, params, "N")


@method("task.checklistitem.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """A list goes with its items."""
    row = _item(portal, params)
    for child in portal.store.checklist_items.having(TASK_ID=row["TASK_ID"], PARENT_ID=row["ID"]):
        portal.store.checklist_items.remove(child["ID"])
    portal.store.checklist_items.remove(row["ID"])
    return True


def _toggle(portal, caller, params, complete: str) -> bool:
    row = _item(portal, params)
    stamps = {"TOGGLED_BY": caller.user_id, "TOGGLED_DATE": portal.clock.iso()}
    portal.store.checklist_items.update(row["ID"], {"IS_COMPLETE": complete} | stamps)
    return True


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
        }
    )


def _first_list(portal, task: dict, user_id: int) -> int:
    lists = portal.store.checklist_items.having(TASK_ID=task["id"], PARENT_ID=0)
    return lists[0]["ID"] if lists else _add(portal, task, user_id, 0, {"TITLE": DEFAULT_LIST})["ID"]


def _task(portal, params) -> dict:
    task = tasks.get(portal, params.at(0, "TASKID"))
    if task is None:
        raise tasks.core("TASKS_ERROR_EXCEPTION_#8; Action failed; 8/TE/ACTION_FAILED_TO_BE_PROCESSED")
    return task


def _item(portal, params) -> dict:
    task = _task(portal, params)
    row = portal.store.checklist_items.get(whole(params.at(1, "ITEMID")))
    if row is None or row["TASK_ID"] != task["id"]:
        raise tasks.core("TASKS_ERROR_EXCEPTION_#8; Item not found; 8/TE/ACTION_FAILED_TO_BE_PROCESSED")
    return row


def _show(row: dict) -> dict:
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
        "MEMBERS": [],
        "ATTACHMENTS": [],
    }
