"""task.stages.*: columns of a group's kanban and of a person's own plan («Мой план»).

https://apidocs.bitrix24.com/api-reference/tasks/stages/index.html
"""

from ..errors import RestError
from ..objects import task_rights, tasks
from ..objects.task_arguments import number
from ..php import as_map
from ..registry import method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/stages/task-stages-{}.html"
OWN, GROUP = "U", "G"
STEP = 100
DEFAULTS = {
    OWN: (("Не спланированы", "00C4FB", "NEW"), ("Сделаю на неделе", "47D1E2", None)),
    GROUP: (("Новые", "00C4FB", "NEW"), ("Выполняются", "47D1E2", "WORK"), ("Сделаны", "75D900", "FINISH")),
}
ANY_GROUP = "there are no groups: whatever id is given is a group, and an administrator or whoever works there may"


@method("task.stages.add", scope="task", docs=DOCS.format("add"), writes=True, differs=ANY_GROUP)
def add(portal, caller, params):
    """After AFTER_ID, otherwise first."""
    given = params.fields()
    if not given.get("TITLE"):
        raise RestError("EMPTY_TITLE", "Stage title is not specified")
    board = _board(portal, caller, whole(given.get("ENTITY_ID"), 0))
    if not _may(portal, caller, params, *board):
        raise _denied("You do not have permission to manage stages")
    _stages(portal, *board)
    row = {"ID": None, "TITLE": str(given["TITLE"]), "COLOR": str(given.get("COLOR") or ""), "SYSTEM_TYPE": None}
    row = portal.store.task_stages.add(row | {"ENTITY_TYPE": board[0], "ENTITY_ID": board[1], "SORT": 0})
    _place(portal, row, whole(given.get("AFTER_ID"), 0))
    return row["ID"]


@method("task.stages.get", scope="task", docs=DOCS.format("get"), differs=ANY_GROUP)
def get(portal, caller, params):
    board = _board(portal, caller, number(params, "entityId"))
    if not _may(portal, caller, params, *board):
        raise _denied("You cannot view stages in this group.")
    return {str(row["ID"]): _show(row) for row in _stages(portal, *board)}


@method("task.stages.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """A stage moves only where AFTER_ID is given."""
    row, given = _stage(portal, params, "id"), as_map(params.need("fields"))
    if not _may(portal, caller, params, row["ENTITY_TYPE"], row["ENTITY_ID"]):
        raise _denied("You cannot modify stages in this group")
    values = {name: str(given[name]) for name in ("TITLE", "COLOR") if given.get(name)}
    portal.store.task_stages.update(row["ID"], values)
    if "AFTER_ID" in given:
        _place(portal, row, whole(given["AFTER_ID"], 0))
    return True


@method(
    "task.stages.delete",
    scope="task",
    docs=DOCS.format("delete"),
    writes=True,
    differs="the word for a stage that holds tasks, NOT_EMPTY, is not documented",
)
def delete(portal, caller, params):
    row = _stage(portal, params, "id")
    if not _may(portal, caller, params, row["ENTITY_TYPE"], row["ENTITY_ID"]):
        raise _denied("You cannot manage stages")
    if _stages(portal, row["ENTITY_TYPE"], row["ENTITY_ID"])[0] is row:
        raise RestError("CANT_DELETE_FIRST", "Cannot delete the first stage. Move the stage to delete it")
    if row["SYSTEM_TYPE"] == "NEW":
        raise RestError("IS_SYSTEM", "The default stage cannot be deleted")
    if portal.store.tasks.having(stageId=row["ID"]) or portal.store.task_places.having(STAGE_ID=row["ID"]):
        raise RestError("NOT_EMPTY", "The stage holds tasks")
    portal.store.task_stages.remove(row["ID"])
    return True


@method("task.stages.canmovetask", scope="task", docs=DOCS.format("can-move-task"), differs=ANY_GROUP)
def can_move_task(portal, caller, params):
    entity_id, kind = number(params, "entityId"), str(params.need("entityType"))
    if kind == OWN:
        return entity_id == caller.user_id
    return kind == GROUP and entity_id > 0 and _may_manage(portal, caller, GROUP, entity_id)


@method(
    "task.stages.movetask",
    scope="task",
    docs=DOCS.format("move-task"),
    writes=True,
    differs="before and after are not looked at: no method tells the place of a task within its column",
)
def move_task(portal, caller, params):
    """On the group's board if the stage is of one, otherwise on the caller's own plan."""
    task, row = tasks.get(portal, number(params, "id")), _stage(portal, params, "stageId")
    if task is None:
        raise RestError("TASK_NOT_FOUND", "Task not found or access to it is denied")
    if row["ENTITY_TYPE"] == GROUP:
        return _move_on_board(portal, caller, task, row)
    if row["ENTITY_ID"] != caller.user_id:
        raise _cannot_move()
    held = portal.store.task_places.having(TASK_ID=task["id"], USER_ID=caller.user_id)
    for place in held:
        portal.store.task_places.remove(place["ID"])
    portal.store.task_places.add({"ID": None, "TASK_ID": task["id"], "USER_ID": caller.user_id, "STAGE_ID": row["ID"]})
    before = held[0]["STAGE_ID"] if held else 0
    tasks.touch(portal, caller.user_id, task, "STAGE_ID", before, row["ID"])
    return True


def _move_on_board(portal, caller, task: dict, row: dict) -> bool:
    may = task["groupId"] == row["ENTITY_ID"] and _may_manage(portal, caller, GROUP, row["ENTITY_ID"])
    if not may and not (task["groupId"] == row["ENTITY_ID"] and task_rights.works(portal, task, caller.user_id)):
        raise _cannot_move()
    tasks.update(portal, caller.user_id, task, {"stageId": row["ID"]})
    return True


def _board(portal, caller, entity_id: int) -> tuple[str, int]:
    return (GROUP, entity_id) if entity_id > 0 else (OWN, caller.user_id)


def _may(portal, caller, params, kind: str, entity_id: int) -> bool:
    """An administrator who says so may everything."""
    as_admin = flag(params.get("isAdmin")) == "Y" and portal.is_admin(caller.user_id)
    return as_admin or _may_manage(portal, caller, kind, entity_id)


def _may_manage(portal, caller, kind: str, entity_id: int) -> bool:
    """One's own plan and nobody else's; a group's board if one is an administrator or has a task there."""
    if kind == OWN:
        return entity_id == caller.user_id
    inside = portal.store.tasks.having(groupId=entity_id)
    return portal.is_admin(caller.user_id) or any(task_rights.works(portal, row, caller.user_id) for row in inside)


def _stages(portal, kind: str, entity_id: int) -> list[dict]:
    """From left to right; a board gets the default stages when it is first looked at."""
    table = portal.store.task_stages
    found = table.having(ENTITY_TYPE=kind, ENTITY_ID=entity_id)
    if not found:
        for place, (title, color, system) in enumerate(DEFAULTS[kind], start=1):
            values = {"TITLE": title, "COLOR": color, "SYSTEM_TYPE": system, "SORT": STEP * place}
            table.add({"ID": None, "ENTITY_TYPE": kind, "ENTITY_ID": entity_id, **values})
        found = table.having(ENTITY_TYPE=kind, ENTITY_ID=entity_id)
    return sorted(found, key=lambda row: (row["SORT"], row["ID"]))


def _place(portal, row: dict, after_id: int) -> None:
    """After that stage of the same board, first if there is none."""
    others = [one for one in _stages(portal, row["ENTITY_TYPE"], row["ENTITY_ID"]) if one is not row]
    place = next((index for index, one in enumerate(others, start=1) if one["ID"] == after_id), 0)
    others.insert(place, row)
    for index, one in enumerate(others, start=1):
        portal.store.task_stages.update(one["ID"], {"SORT": STEP * index})


def _stage(portal, params, name: str) -> dict:
    row = portal.store.task_stages.get(number(params, name))
    if row is None:
        raise RestError("NOT_FOUND", "Stage not found")
    return row


def _denied(text: str) -> RestError:
    return RestError("ACCESS_DENIED", text)


def _cannot_move() -> RestError:
    return RestError("ACCESS_DENIED_MOVE", "You cannot move this task")


def _show(row: dict) -> dict:
    return {
        "ID": str(row["ID"]),
        "TITLE": row["TITLE"],
        "SORT": str(row["SORT"]),
        "COLOR": row["COLOR"],
        "SYSTEM_TYPE": row["SYSTEM_TYPE"],
        "ENTITY_ID": str(row["ENTITY_ID"]),
        "ENTITY_TYPE": row["ENTITY_TYPE"],
        "ADDITIONAL_FILTER": [],
        "TO_UPDATE": [],
        "TO_UPDATE_ACCESS": None,
    }
