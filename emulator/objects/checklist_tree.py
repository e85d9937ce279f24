"""The check lists of a task as one tree, as the methods that change a task show it.

https://apidocs.bitrix24.com/api-reference/tasks/fields.html
"""

from collections.abc import Iterator
from itertools import count

from . import task_rights

ROOT = {"ID": None, "TASK_ID": None, "CREATED_BY": None, "PARENT_ID": None, "TITLE": "", "SORT_INDEX": None}
ROOT |= {"IS_COMPLETE": "N", "IS_IMPORTANT": "N", "MEMBERS": {}}


def tree(portal, user_id: int, task: dict) -> dict:
    """Nodes are numbered from the root, 0, downwards; an item is called by its place, `1` or `1.2`, a list by nothing."""
    rows = portal.store.checklist_items.having(TASK_ID=task["id"])
    rows.sort(key=lambda row: (row["SORT_INDEX"], row["ID"]))
    may = dict.fromkeys(
        ("modify", "remove", "toggle", "add", "addAccomplice"), task_rights.works(portal, task, user_id)
    )
    return _node(rows, ROOT, user_id, may, count(), "")


def _node(rows: list[dict], row: dict, user_id: int, may: dict, numbers: Iterator[int], place: str) -> dict:
    number, below = next(numbers), [one for one in rows if one["PARENT_ID"] == (row["ID"] or 0)]
    return {
        "nodeId": number,
        "fields": _fields(row, user_id, sum(one["IS_COMPLETE"] == "Y" for one in below), place),
        "action": [] if row is ROOT else may,
        "descendants": [
            _node(rows, one, user_id, may, numbers, _place(row, place, index))
            for index, one in enumerate(below, start=1)
        ],
    }


def _place(parent: dict, place: str, index: int) -> str:
    if parent is ROOT:
        return ""
    return f"{place}.{index}" if place else str(index)


def _fields(row: dict, user_id: int, completed: int, place: str) -> dict:
    return {
        "id": row["ID"],
        "copiedId": None,
        "entityId": row["TASK_ID"],
        "userId": user_id,
        "createdBy": row["CREATED_BY"],
        "parentId": row["PARENT_ID"],
        "title": row["TITLE"],
        "sortIndex": row["SORT_INDEX"],
        "displaySortIndex": place,
        "isComplete": row["IS_COMPLETE"] == "Y",
        "isImportant": row["IS_IMPORTANT"] == "Y",
        "completedCount": completed,
        "members": [{"id": int(user), "type": kind} for user, kind in row["MEMBERS"].items()],
        "attachments": [],
        "nodeId": None,
    }
