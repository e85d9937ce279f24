"""tasks.task.* of REST 3: typed values, camelCase names, related objects by dotted `select`.

Properties: https://apidocs.bitrix24.com/api-reference/tasks/fields-rest-v3.html
"""

from datetime import datetime

from .. import dto, shapes
from ..listing import filtered
from ..objects import task_fields, task_rights, tasks
from ..objects.task_roles import readable_by
from ..registry import Params, method
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-{}.html"
PRIORITIES = {0: "low", 1: "average", 2: "high"}
STATUSES = {2: "pending", 3: "in_progress", 4: "supposedly_completed", 5: "completed", 6: "deferred"}
MARKS = {None: "none", "N": "N", "P": "P"}
PERSONAL = {"inFavorite": "favorite", "inPin": "isPinned", "inMute": "isMuted"}
PARAMETERS = {
    "matchesSubTasksTime": task_fields.DATES_OF_SUBTASKS,
    "autocompleteSubTasks": task_fields.FOLLOWS_SUBTASKS,
    "requireResult": task_fields.NEEDS_RESULT,
}
_RIGHTS = """
read          CREATE
watch         CREATE
mute          CREATE
createSubtask CREATE
createResult  CREATE
edit          EDIT
remove        REMOVE
complete      COMPLETE
approve       APPROVE
disapprove    DISAPPROVE
start         START
take          TAKE
delegate      DELEGATE
defer         DEFER
renew         RENEW
deadline      CHANGE_DEADLINE
datePlan      EDIT.PLAN
changeDirector EDIT.ORIGINATOR
changeResponsible DELEGATE
changeAccomplices EDIT
pause         PAUSE
timeTracking  DAYPLAN.TIMER.TOGGLE
mark          RATE
changeStatus  CHECKLIST.ADD
reminder      CREATE
addAuditors   CREATE
elapsedTime   ELAPSEDTIME.ADD
favorite      CREATE
checklistAdd  CHECKLIST.ADD
checklistEdit CHECKLIST.ADD
checklistSave CHECKLIST.ADD
checklistToggle CHECKLIST.ADD
automate      EDIT
completeResult CREATE
copy          CREATE
saveAsTemplate CREATE
attachFile    EDIT
detachFile    EDIT
detachParent  EDIT
createGanttDependence CHECKLIST.ADD
"""
RIGHTS = dict(line.split() for line in _RIGHTS.strip().splitlines())
NEVER = ("resultEdit", "removeResult", "resultRead", "sort")


def _user_value(portal, caller, row: dict, prop: dto.Property) -> object:
    computed = {
        "name": f"{row['NAME']} {row['LAST_NAME']}".strip(),
        "role": "admin" if portal.is_admin(row["ID"]) else "employee",
        "rights": [],
    }
    return computed.get(prop.name, row.get(prop.column) or None)


def _task_value(portal, caller, row: dict, prop: dto.Property) -> object:
    if prop.name in COMPUTED:
        return COMPUTED[prop.name](portal, caller, row)
    value = row.get(prop.column)
    return flag(value) == "Y" if prop.kind == "bool" else value


def _with_marks(name: str):
    def read(portal, caller, row: dict) -> list[int]:
        held = tasks.personal(portal, caller.user_id, row)[PERSONAL[name]] == "Y"
        return [caller.user_id] if held else []

    return read


def _days_planned(portal, caller, row: dict) -> int:
    if not row["startDatePlan"] or not row["endDatePlan"]:
        return 0
    return (datetime.fromisoformat(row["endDatePlan"]) - datetime.fromisoformat(row["startDatePlan"])).days


def _link(portal, caller, row: dict) -> str:
    return f"/company/personal/user/{caller.user_id}/tasks/task/view/{row['id']}/"


def rights(portal, caller, row: dict) -> dict[str, bool]:
    may = task_rights.allowed(portal, row, caller.user_id)
    shown = {name: may[action] for name, action in RIGHTS.items()} | dict.fromkeys(NEVER, False)
    return shown | {"admin": portal.is_admin(caller.user_id)}


COMPUTED = {
    "fileIds": lambda portal, caller, row: row["ufTaskWebdavFiles"] or None,
    "checklist": lambda portal, caller, row: [one["ID"] for one in _items(portal, row)],
    "priority": lambda portal, caller, row: PRIORITIES.get(row["priority"], "average"),
    "status": lambda portal, caller, row: STATUSES[row["status"]],
    "mark": lambda portal, caller, row: MARKS.get(row["mark"], "none"),
    "containsChecklist": lambda portal, caller, row: bool(_items(portal, row)),
    "containsSubTasks": lambda portal, caller, row: bool(portal.store.tasks.having(parentId=row["id"])),
    "containsGanttLinks": lambda portal, caller, row: bool(_links(portal, row)),
    "containsResults": lambda portal, caller, row: bool(portal.store.task_results.having(TASK_ID=row["id"])),
    "plannedDuration": _days_planned,
    "actualDuration": lambda portal, caller, row: (row["timeSpentInLogs"] or 0) // 60,
    "link": _link,
    "rights": rights,
    "dependsOn": lambda portal, caller, row: tasks.links_to(portal, row),
    "scenarios": lambda portal, caller, row: ["default"],
    **{name: _with_marks(name) for name in PERSONAL},
    **{
        name: lambda portal, caller, row, code=code: row["parameters"][code] == "Y" for name, code in PARAMETERS.items()
    },
}

USER = dto.of(
    "UserDto",
    """
id      int     ID
name    string  NAME
role    string  -
gender  string  PERSONAL_GENDER
email   string  EMAIL
rights  array   -
""",
    _user_value,
)
STAGE = dto.of("StageDto", "id int ID\ntitle string TITLE\ncolor string COLOR")
CHAT = dto.of("ChatDto", "id int ID\nentityId int TASK_ID\nentityType string TYPE")
ELAPSED = dto.of(
    "ElapsedTimeDto",
    "id int ID\nuserId int USER_ID\ntaskId int TASK_ID\nminutes int MINUTES\nseconds int SECONDS\ntext string COMMENT_TEXT",
)
TASK = dto.of(
    "TaskDto",
    """
id                   int      id                 F S
title                string   title              S E
description          string   description        E
creatorId            int      createdBy          S A
creator              object   createdBy
created              DateTime createdDate        S
responsibleId        int      responsibleId      S E
responsible          object   responsibleId
deadline             DateTime deadline           S E
needsControl         bool     taskControl        E
startPlan            DateTime startDatePlan      S E
endPlan              DateTime endDatePlan        S E
fileIds              array    ufTaskWebdavFiles  E
checklist            array    -
groupId              int      groupId            S E
stageId              int      stageId            E
stage                object   stageId
epicId               int      -
storyPoints          int      -
priority             string   priority           S E
status               string   status             S E
statusChanged        DateTime statusChangedDate
accomplices          array    accomplices        E
auditors             array    auditors           E
parentId             int      parentId           E
parent               object   parentId
containsChecklist    bool     -
containsSubTasks     bool     -
containsGanttLinks   bool     -
containsResults      bool     -
chatId               int      chatId
chat                 object   chatId
plannedDuration      int      -
actualDuration       int      -
durationType         string   durationType
started              DateTime dateStart          S
estimatedTime        int      timeEstimate       S E
replicate            bool     replicate          E
changed              DateTime changedDate        S
changedById          int      changedBy
changedBy            object   changedBy
statusChangedById    int      statusChangedBy
statusChangedBy      object   statusChangedBy
closedById           int      closedBy
closedBy             object   closedBy
closed               DateTime closedDate         S
activity             DateTime activityDate       S
guid                 string   guid
xmlId                string   xmlId              E
outlookVersion       int      outlookVersion
mark                 string   mark               S E
allowsChangeDeadline bool     allowChangeDeadline S E
allowsTimeTracking   bool     allowTimeTracking  S E
matchesWorkTime      bool     matchWorkTime      E
addInReport          bool     addInReport        E
isMultitask          bool     multitask          E
siteId               string   siteId             E
link                 string   -
rights               array    -
crmItemIds           array    ufCrmTask          E
elapsedTime          object   -
requireResult        bool     -                  E
matchesSubTasksTime  bool     -                  E
autocompleteSubTasks bool     -                  E
inFavorite           array    -
inPin                array    -
inMute               array    -
dependsOn            array    -
scenarios            array    -
""",
    _task_value,
)
ACCESS = dto.of(
    "TaskAccessDto", "\n".join(["id int id F S", *(f"{name} bool -" for name in (*RIGHTS, *NEVER, "admin"))])
)
FILE = dto.of("TaskFileDto", "taskId int TASK_ID\nfileIds array -")


def _person(column: str) -> dto.Relation:
    return dto.Relation(USER, lambda portal, caller, row: portal.store.users.get(row[column]))


def _people(column: str) -> dto.Relation:
    def find(portal, caller, row: dict) -> list[dict]:
        return [user for user in map(portal.store.users.get, row[column]) if user is not None]

    return dto.Relation(USER, find)


def _chat(portal, caller, row: dict) -> dict:
    return {"ID": row["chatId"], "TASK_ID": row["id"], "TYPE": tasks.CHAT}


TASK.relations.update(
    {
        "creator": _person("createdBy"),
        "responsible": _person("responsibleId"),
        "changedBy": _person("changedBy"),
        "statusChangedBy": _person("statusChangedBy"),
        "closedBy": _person("closedBy"),
        "accomplices": _people("accomplices"),
        "auditors": _people("auditors"),
        "stage": dto.Relation(STAGE, lambda portal, caller, row: portal.store.task_stages.get(row["stageId"])),
        "parent": dto.Relation(TASK, lambda portal, caller, row: portal.store.tasks.get(row["parentId"])),
        "chat": dto.Relation(CHAT, _chat),
        "elapsedTime": dto.Relation(
            ELAPSED, lambda portal, caller, row: portal.store.elapsed_items.having(TASK_ID=row["id"])
        ),
    }
)
_WITHOUT = {"creatorId", "created", "responsibleId", "groupId", "stageId", "changedById", "statusChangedById"}
BASIC = tuple(name for name in TASK.properties if name not in {*TASK.relations, *_WITHOUT, "closedById"})
HERE = "only the properties that exist here; there are no groups, flows, scrum, mail and files' archives"


@method(
    "tasks.task.add",
    scope="tasks",
    docs=DOCS.format("add-rest-v3"),
    writes=True,
    rest3=True,
    differs=HERE,
    takes=shapes.takes("fields fields!", TASK, adding=True),
    gives=shapes.one(TASK),
)
def add(portal, caller, params):
    given = dto.fields(TASK, params)
    dto.required(Params({name: value or None for name, value in given.items()}), "title", "creatorId", "responsibleId")
    row = tasks.add(portal, caller.user_id, _written(portal, None, given))
    return {"item": dto.show(portal, caller, TASK, row, dict.fromkeys(BASIC))}


@method(
    "tasks.task.get",
    scope="tasks",
    docs=DOCS.format("get-rest-v3"),
    rest3=True,
    differs=HERE,
    takes=shapes.takes("id int! select select"),
    gives=shapes.one(TASK),
)
def get(portal, caller, params):
    task_id = dto.integer(params, "id")
    row = tasks.get(portal, task_id)
    if row is None:
        raise dto.not_found(task_id)
    return {"item": dto.show(portal, caller, TASK, row, dto.selection(TASK, params, BASIC))}


@method(
    "tasks.task.list",
    scope="tasks",
    docs=DOCS.format("list-rest-v3"),
    rest3=True,
    differs=HERE,
    takes=shapes.takes("filter filter select select order order pagination pagination"),
    gives=shapes.many(TASK),
)
def list_(portal, caller, params):
    """Only `id` may be filtered by, and without `select` only it is shown."""
    tree, keys = dto.selection(TASK, params, ("id",)), dto.order(TASK, params)
    found = portal.store.tasks.find(dto.where(TASK, params.get("filter") or []))
    rows = dto.page(filtered(found, readable_by(portal, caller.user_id)), keys, "id", params)
    return {"items": [dto.show(portal, caller, TASK, row, tree) for row in rows]}


@method(
    "tasks.task.update",
    scope="tasks",
    docs=DOCS.format("update-rest-v3"),
    writes=True,
    rest3=True,
    differs=HERE,
    takes=shapes.takes("id int! fields fields!", TASK),
    gives=shapes.done(),
)
def update(portal, caller, params):
    dto.required(params, "id", "fields")
    row, given = _task(portal, caller, params, "EDIT"), dto.fields(TASK, params, adding=False)
    tasks.update(portal, caller.user_id, row, _written(portal, row, given))
    return {"result": True}


@method(
    "tasks.task.delete",
    scope="tasks",
    docs=DOCS.format("delete-rest-v3"),
    writes=True,
    rest3=True,
    takes=shapes.takes("id int!"),
    gives=shapes.done(),
)
def delete(portal, caller, params):
    tasks.delete(portal, _task(portal, caller, params, "REMOVE"))
    return {"result": True}


@method(
    "tasks.task.access.get",
    scope="tasks",
    docs=DOCS.format("access-get"),
    rest3=True,
    takes=shapes.takes("id int!"),
    gives=ACCESS,
)
def access_get(portal, caller, params):
    return rights(portal, caller, _task(portal, caller, params, "CREATE"))


@method(
    "tasks.task.file.attach",
    scope="tasks",
    docs=DOCS.format("file-attach"),
    writes=True,
    rest3=True,
    takes=shapes.takes("taskId int! fileIds int[]!"),
    gives=shapes.done(),
)
def file_attach(portal, caller, params):
    dto.required(params, "taskId", "fileIds")
    row, file_ids = tasks.get(portal, dto.integer(params, "taskId")), params.get("fileIds")
    if not isinstance(file_ids, list) or not all(dto.fits("int", one) for one in file_ids):
        raise dto.invalid_value("Field `fileIds` requires data type `array` for this request", "fileIds")
    may = row is not None and task_rights.edits(portal, row, caller.user_id)
    if not may or not all(tasks.is_file(portal, one) for one in file_ids):
        raise dto.invalid({"message": "Insufficient permissions"})
    tasks.attach(portal, caller.user_id, row, file_ids)
    return {"result": True}


dto.declare_fields("tasks.task", TASK, DOCS, differs=HERE)
dto.declare_fields("tasks.task.access", ACCESS, DOCS.format("access-{}"))
dto.declare_fields("tasks.task.file", FILE, DOCS.format("file-{}"))


def _task(portal, caller, params, action: str) -> dict:
    row = tasks.get(portal, dto.integer(params, "id"))
    if row is None or not task_rights.allowed(portal, row, caller.user_id)[action]:
        raise dto.access_denied()
    return row


def _written(portal, row: dict | None, given: dict) -> dict:
    """What is stored of a task for the properties of REST 3; refused in the words of its validation."""
    _check_lists(given)
    _check_people(portal, given)
    _check_parent(portal, row, given)
    if "title" in given and not given["title"]:
        raise dto.invalid_value("Required field `title` is missing", "title")
    dates = {name: given.get(name, (row or {}).get(TASK.properties[name].column)) for name in ("startPlan", "endPlan")}
    values = task_fields.written(
        {
            TASK.properties[name].column: _canonical(name, value)
            for name, value in given.items()
            if name not in PARAMETERS
        }
    )
    start, end = values.get("startDatePlan", dates["startPlan"]), values.get("endDatePlan", dates["endPlan"])
    if start and end and end < start:
        raise dto.invalid_value("The specified end date is earlier than the start date in the planning", "endPlan")
    parameters = {code: flag(given[name]) for name, code in PARAMETERS.items() if name in given}
    return values | ({"parameters": parameters} if parameters else {})


def _canonical(name: str, value: object) -> object:
    """Words become the numbers that are stored."""
    words = {"priority": PRIORITIES, "status": STATUSES, "mark": MARKS}.get(name)
    if words is None:
        return value
    if value not in words.values():
        raise dto.invalid_value(f"Field `{name}` requires data type `{name.capitalize()}` for this request", name)
    return next(stored for stored, word in words.items() if word == value)


def _check_lists(given: dict) -> None:
    for name in ("accomplices", "auditors", "fileIds"):
        if not all(dto.fits("int", one) for one in given.get(name) or []):
            raise dto.invalid_value(f"Field `{name}` requires data type `int[]` for this request", name)
    if not all(isinstance(one, str) for one in given.get("crmItemIds") or []):
        raise dto.invalid_value("Field `crmItemIds` requires data type `string[]` for this request", "crmItemIds")


def _check_people(portal, given: dict) -> None:
    if "responsibleId" in given and given["responsibleId"] not in portal.store.users:
        raise dto.invalid_value('User specified in the "Executor" field not found', "responsibleId")
    if "creatorId" in given and given["creatorId"] not in portal.store.users:
        raise dto.invalid_value("", "creatorId")


def _check_parent(portal, row: dict | None, given: dict) -> None:
    parent_id = given.get("parentId")
    if parent_id and row is not None and parent_id == row["id"]:
        raise dto.invalid_value("Cannot bind a node to itself", "parentId")
    if parent_id and portal.store.tasks.get(parent_id) is None:
        raise dto.invalid_value('Task specified in the "Parent Task" field not found', "parentId")


def _items(portal, row: dict) -> list[dict]:
    return portal.store.checklist_items.having(TASK_ID=row["id"])


def _links(portal, row: dict) -> list[dict]:
    return portal.store.task_links.having(FROM=row["id"]) + portal.store.task_links.having(TO=row["id"])
