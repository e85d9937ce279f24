"""What happens to tasks, whichever method or person does it.

Kept under the names of tasks.task.*, canonical; shown as strings. https://apidocs.bitrix24.com/api-reference/tasks/fields.html
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from .clock import iso
from .entities import BY_SHORT
from .errors import RestError
from .items import note_activity
from .registry import whole
from .values import canonical

PENDING, RUNNING, CONTROL, DONE, DEFERRED = 2, 3, 4, 5, 6
OVERDUE, ALMOST_OVERDUE = -1, -3


@dataclass(frozen=True)
class TaskField:
    name: str
    upper: str
    kind: str
    multiple: bool
    read_only: bool
    default: object


def _field(line: str) -> TaskField:
    name, upper, kind, default, *flags = line.split()
    return TaskField(
        name, upper, kind.removesuffix("[]"), kind.endswith("[]"), "ro" in flags, None if default == "-" else default
    )


FIELDS = {
    field.name: field
    for field in map(
        _field,
        """
id                  ID                    integer   -     ro
parentId            PARENT_ID             integer   -
title               TITLE                 string    -
description         DESCRIPTION           text      -
mark                MARK                  string    -
priority            PRIORITY              integer   1
multitask           MULTITASK             char      N
notViewed           NOT_VIEWED            char      N     ro
replicate           REPLICATE             char      N
stageId             STAGE_ID              integer   0
createdBy           CREATED_BY            integer   -
createdDate         CREATED_DATE          datetime  -     ro
responsibleId       RESPONSIBLE_ID        integer   -
changedBy           CHANGED_BY            integer   -     ro
changedDate         CHANGED_DATE          datetime  -     ro
statusChangedBy     STATUS_CHANGED_BY     integer   -     ro
statusChangedDate   STATUS_CHANGED_DATE   datetime  -     ro
closedBy            CLOSED_BY             integer   -     ro
closedDate          CLOSED_DATE           datetime  -     ro
activityDate        ACTIVITY_DATE         datetime  -     ro
dateStart           DATE_START            datetime  -     ro
deadline            DEADLINE              datetime  -
startDatePlan       START_DATE_PLAN       datetime  -
endDatePlan         END_DATE_PLAN         datetime  -
guid                GUID                  string    -     ro
xmlId               XML_ID                string    -
commentsCount       COMMENTS_COUNT        integer   -     ro
serviceCommentsCount SERVICE_COMMENTS_COUNT integer -     ro
allowChangeDeadline ALLOW_CHANGE_DEADLINE char      N
allowTimeTracking   ALLOW_TIME_TRACKING   char      N
taskControl         TASK_CONTROL          char      N
addInReport         ADD_IN_REPORT         char      N
timeEstimate        TIME_ESTIMATE         integer   0
timeSpentInLogs     TIME_SPENT_IN_LOGS    integer   -     ro
matchWorkTime       MATCH_WORK_TIME       char      N
siteId              SITE_ID               string    s1
subordinate         SUBORDINATE           char      N     ro
outlookVersion      OUTLOOK_VERSION       integer   1     ro
descriptionInBbcode DESCRIPTION_IN_BBCODE char      Y
status              STATUS                integer   2
durationType        DURATION_TYPE         string    days
favorite            FAVORITE              char      N     ro
groupId             GROUP_ID              integer   0
auditors            AUDITORS              integer[] -
accomplices         ACCOMPLICES           integer[] -
ufCrmTask           UF_CRM_TASK           string[]  -
ufTaskWebdavFiles   UF_TASK_WEBDAV_FILES  disk[]    -
""".strip().splitlines(),
    )
}
BY_UPPER = {field.upper: field for field in FIELDS.values()}


def field_named(name: str) -> TaskField | None:
    """A field by either spelling."""
    return FIELDS.get(name) or BY_UPPER.get(name.upper())


def written(given: dict) -> dict:
    """The canonical values of what may be written; the rest is ignored."""
    values = {}
    for name, value in given.items():
        field = field_named(name)
        if field is not None and not field.read_only:
            values[field.name] = _kept(field, value)
    return values


def _kept(field: TaskField, value: object) -> object:
    if field.kind == "disk":
        return canonical("integer", [str(one).removeprefix("n") for one in canonical("string", value, True)], True)
    return canonical(field.kind, value, field.multiple)


def add(portal, user_id: int, values: dict) -> dict:
    if not values.get("title"):
        raise core("Task title is not specified")
    if not values.get("responsibleId"):
        raise core("Responsible person is not specified")
    if values["responsibleId"] not in portal.store.users:
        raise core("Responsible person not found")
    now = portal.clock.iso()
    row = {field.name: [] if field.multiple else _kept(field, field.default) for field in FIELDS.values()}
    row |= {"createdBy": user_id, "createdDate": now, "changedBy": user_id, "changedDate": now, "activityDate": now}
    row |= {"statusChangedDate": now, "guid": "{" + str(uuid.uuid4()) + "}", "status": PENDING, "description": ""}
    row |= values
    portal.store.tasks.add(row)
    _touch_bound(portal, row, user_id)
    portal.events.ring("ONTASKADD", _event("undefined", {"ID": row["id"]}, before="N"))
    return row


def update(portal, user_id: int, row: dict, values: dict) -> None:
    """Every update counts as a change, as in the portal."""
    if "title" in values and not values["title"]:
        raise core("Task title is not specified")
    status = values.pop("status", row["status"])
    _save(portal, user_id, row, values | (_status_values(portal, user_id, row, status)))


def set_status(portal, user_id: int, row: dict, status: int) -> None:
    _save(portal, user_id, row, _status_values(portal, user_id, row, status))


def delete(portal, row: dict) -> None:
    store = portal.store
    for table, column in ((store.checklist_items, "TASK_ID"), (store.task_comments, "TASK_ID")):
        for child in table.having(**{column: row["id"]}):
            table.remove(child["ID"])
    store.tasks.remove(row["id"])
    portal.events.ring("ONTASKDELETE", _event({"ID": row["id"]}, "undefined", after="N"))


def add_comment(portal, user_id: int, row: dict, text: str) -> int:
    """A message in the task (its chat in the new card, its forum in the old one)."""
    now = portal.clock.iso()
    comment = portal.store.task_comments.add(
        {"ID": None, "TASK_ID": row["id"], "AUTHOR_ID": user_id, "POST_DATE": now, "POST_MESSAGE": text}
    )
    portal.store.tasks.update(row["id"], {"activityDate": now, "commentsCount": (row["commentsCount"] or 0) + 1})
    after = {"ID": comment["ID"], "TASK_ID": row["id"]}
    portal.events.ring("ONTASKCOMMENTADD", _event("undefined", after, before="N"))
    return comment["ID"]


def get(portal, task_id: object) -> dict | None:
    row = portal.store.tasks.get(whole(task_id))
    return row if row is not None and portal.may_read(row) else None


def sub_status(portal, row: dict) -> int:
    """The status for sorting: overdue (−1) and almost overdue (−3) are not stored."""
    deadline, now = row["deadline"], portal.clock.now()
    if deadline and row["status"] in (PENDING, RUNNING):
        if deadline < iso(now):
            return OVERDUE
        if row["status"] == RUNNING and deadline < iso(now + timedelta(days=1)):
            return ALMOST_OVERDUE
    return row["status"]


def core(text: str) -> RestError:
    """The tasks module words its refusals as HTML."""
    return RestError("ERROR_CORE", f"{text}<br>")


def not_allowed() -> RestError:
    """One answer for a task that is missing, hidden or in the wrong state."""
    return RestError("0", "Action on the task is not allowed")


def _status_values(portal, user_id: int, row: dict, status: int) -> dict:
    if status == row["status"]:
        return {}
    now = portal.clock.iso()
    values = {"status": status, "statusChangedBy": user_id, "statusChangedDate": now}
    closed = status in (CONTROL, DONE)
    values |= {"closedBy": user_id if closed else None, "closedDate": now if closed else None}
    return values | ({"dateStart": now} if status == RUNNING else {})


def _save(portal, user_id: int, row: dict, values: dict) -> None:
    now = portal.clock.iso()
    portal.store.tasks.update(row["id"], values | {"changedBy": user_id, "changedDate": now, "activityDate": now})
    portal.events.ring("ONTASKUPDATE", _event({"ID": row["id"]}, {"ID": row["id"]}))


def _event(fields_before: object, fields_after: object, before: str = "undefined", after: str = "undefined") -> dict:
    return {
        "FIELDS_BEFORE": fields_before,
        "FIELDS_AFTER": fields_after,
        "IS_ACCESSIBLE_BEFORE": before,
        "IS_ACCESSIBLE_AFTER": after,
    }


def _touch_bound(portal, row: dict, user_id: int) -> None:
    """A task is an activity of the CRM objects it is bound to."""
    for binding in row["ufCrmTask"]:
        short, _, number = binding.rpartition("_")
        if short in BY_SHORT:
            note_activity(portal, BY_SHORT[short], whole(number, 0), user_id)
