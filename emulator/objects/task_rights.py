"""Who may do what with a task: by the task's status and the person's part in it.

Names and examples: https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get-access.html
"""

from . import tasks

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
ANYBODY = "whoever calls may: a person's part in the task is not checked"
OPEN = (tasks.PENDING, tasks.RUNNING, tasks.DEFERRED)


def edits(portal, row: dict, user_id: int) -> bool:
    """The creator and administrators."""
    return user_id == row["createdBy"] or portal.is_admin(user_id)


def works(portal, row: dict, user_id: int) -> bool:
    """Who may edit, the responsible and the participants."""
    return edits(portal, row, user_id) or user_id == row["responsibleId"] or user_id in row["accomplices"]


def allowed(portal, row: dict, user_id: int) -> dict[str, bool]:
    """Every action by its name in tasks.task.getaccess; nothing for who does not exist."""
    if user_id not in portal.store.users:
        return dict.fromkeys(IN_TASK, False)
    can_edit, can_work = edits(portal, row, user_id), works(portal, row, user_id)
    can_read = can_work or user_id in row["auditors"]
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
