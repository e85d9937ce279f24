"""Who may do what with a task: by the task's status and the person's part in it.

Names and examples: https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get-access.html
"""

from . import tasks
from .task_roles import edits, reads, works

_NAMES = """
ACCEPT               accept
DECLINE              decline
COMPLETE             complete
APPROVE              approve
DISAPPROVE           disapprove
START                start
PAUSE                pause
DELEGATE             delegate
REMOVE               remove
EDIT                 edit
DEFER                defer
RENEW                renew
CREATE               create
CHANGE_DEADLINE      changeDeadline
CHECKLIST_ADD_ITEMS  checklistAddItems
ADD_FAVORITE         addFavorite
DELETE_FAVORITE      deleteFavorite
RATE                 rate
TAKE                 take
EDIT.ORIGINATOR      edit.originator
CHECKLIST.REORDER    checklist.reorder
ELAPSEDTIME.ADD      elapsedtime.add
DAYPLAN.TIMER.TOGGLE dayplan.timer.toggle
EDIT.PLAN            edit.plan
CHECKLIST.ADD        checklist.add
FAVORITE.ADD         favorite.add
FAVORITE.DELETE      favorite.delete
"""
IN_TASK = dict(line.split() for line in _NAMES.strip().splitlines())
OPEN = (tasks.PENDING, tasks.RUNNING, tasks.DEFERRED)


# What it takes to write a field for who may not edit the task; for a status, what takes the task there.
_FIELDS = {"deadline": "CHANGE_DEADLINE", "stageId": "CHECKLIST.ADD"}
_WAYS = {
    tasks.PENDING: ("RENEW", "PAUSE", "DISAPPROVE"),
    tasks.RUNNING: ("START",),
    tasks.CONTROL: ("COMPLETE",),
    tasks.DONE: ("COMPLETE", "APPROVE"),
    tasks.DEFERRED: ("DEFER",),
}


def may_write(portal, row: dict, user_id: int, values: dict) -> bool:
    """Whether the person may write these fields: who may edit, all of them; others what they may do anyway."""
    may = allowed(portal, row, user_id)
    if may["EDIT"]:
        return True
    asked = {name: value for name, value in values.items() if name != "status"}
    moves = "status" not in values or any(may[way] for way in _WAYS.get(values["status"], ()))
    return bool(values) and moves and all(may.get(_FIELDS.get(name), False) for name in asked)


def allowed(portal, row: dict, user_id: int) -> dict[str, bool]:
    """Every action by its name in tasks.task.getaccess; nothing for who does not exist."""
    if user_id not in portal.store.users:
        return dict.fromkeys(IN_TASK, False)
    can_edit, can_work = edits(portal, row, user_id), works(portal, row, user_id)
    can_read = reads(portal, row, user_id)
    may = _by_status(row, can_edit, can_work) | _by_part(row, can_edit, can_work, can_read)
    is_favorite = tasks.personal(portal, user_id, row)["favorite"] == "Y"
    may |= dict.fromkeys(("ADD_FAVORITE", "FAVORITE.ADD"), can_read and not is_favorite)
    may |= dict.fromkeys(("DELETE_FAVORITE", "FAVORITE.DELETE"), can_read and is_favorite)
    return {name: may.get(name, False) for name in IN_TASK}


def _by_status(row: dict, can_edit: bool, can_work: bool) -> dict[str, bool]:
    status = row["status"]
    checks = can_edit and status == tasks.CONTROL
    return {
        "COMPLETE": can_work and status in OPEN or checks,
        "APPROVE": checks,
        "DISAPPROVE": checks,
        "START": can_work and status == tasks.PENDING,
        "PAUSE": can_work and status == tasks.RUNNING,
        "DEFER": can_work and status == tasks.PENDING,
        "RENEW": can_work and status in (tasks.CONTROL, tasks.DONE, tasks.DEFERRED),
        "DELEGATE": can_work and status in OPEN,
        "DAYPLAN.TIMER.TOGGLE": can_work and status in OPEN and row["allowTimeTracking"] == "Y",
    }


def _by_part(row: dict, can_edit: bool, can_work: bool, can_read: bool) -> dict[str, bool]:
    may_move = can_edit or (can_work and row["allowChangeDeadline"] == "Y")
    for_workers = ("CHECKLIST_ADD_ITEMS", "CHECKLIST.REORDER", "ELAPSEDTIME.ADD", "CHECKLIST.ADD")
    return (
        dict.fromkeys(("REMOVE", "EDIT", "RATE", "EDIT.PLAN"), can_edit)
        | dict.fromkeys(for_workers, can_work)
        | {"CREATE": can_read, "CHANGE_DEADLINE": may_move}
    )
