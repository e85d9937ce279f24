"""What happens to tasks, whichever method or person does it; every change leaves lines in the task's history."""

import uuid
from datetime import timedelta

from ..clock import iso
from ..errors import RestError
from ..registry import whole
from . import chats, drive, task_roles
from .entities import marked
from .items import note_activity
from .task_fields import FIELDS, NEEDS_RESULT, fresh

PENDING, RUNNING, CONTROL, DONE, DEFERRED = STATUSES = 2, 3, 4, 5, 6
OVERDUE, ALMOST_OVERDUE = -1, -3
CHAT = "TASKS_TASK"
PEOPLE = ("createdBy", "responsibleId", "accomplices", "auditors")
PERSONAL = ("favorite", "isMuted", "isPinned")
_IN_HISTORY = """
title description priority mark parentId groupId stageId createdBy responsibleId accomplices auditors deadline status
startDatePlan endDatePlan timeEstimate addInReport taskControl allowTimeTracking allowChangeDeadline ufTaskWebdavFiles
"""


def add(portal, user_id: int, values: dict) -> dict:
    if not values.get("title"):
        raise core("Task title is not specified")
    if not values.get("responsibleId"):
        raise core("Responsible person is not specified")
    _check(portal, None, values)
    now, row = portal.clock.iso(), fresh()
    row |= {"createdBy": user_id, "createdDate": now, "changedBy": user_id, "changedDate": now, "activityDate": now}
    row |= {"statusChangedDate": now, "guid": "{" + str(uuid.uuid4()) + "}", "status": PENDING}
    row |= values | {"parameters": row["parameters"] | values.get("parameters", {})}
    portal.store.tasks.add(row)
    place = {"ENTITY_TYPE": CHAT, "ENTITY_ID": str(row["id"]), "TITLE": row["title"]}
    portal.store.tasks.update(
        row["id"], {"chatId": chats.add_chat(portal, chats.GROUP, task_roles.people(row), **place)["ID"]}
    )
    note(portal, user_id, row["id"], "NEW")
    _touch_bound(portal, row, user_id)
    portal.events.ring("ONTASKADD", _event("undefined", {"ID": row["id"]}, before="N"))
    return row


def update(portal, user_id: int, row: dict, values: dict) -> None:
    """Every update counts as a change, as in the portal."""
    if "title" in values and not values["title"]:
        raise core("Task title is not specified")
    _check(portal, row, values)
    status = values.pop("status", row["status"])
    if "parameters" in values:
        values["parameters"] = row["parameters"] | values["parameters"]
    _save(portal, user_id, row, values | (_status_values(portal, user_id, row, status)))


def set_status(portal, user_id: int, row: dict, status: int) -> None:
    _save(portal, user_id, row, _status_values(portal, user_id, row, status))


def complete(portal, user_id: int, row: dict) -> None:
    """Done; awaiting control if the creator wants to check and somebody else completes."""
    checked = row["taskControl"] == "Y" and user_id != row["createdBy"] and row["status"] != CONTROL
    set_status(portal, user_id, row, CONTROL if checked else DONE)


def lacks_result(portal, row: dict) -> bool:
    """A task that must not be completed without a result, and has none."""
    return row["parameters"][NEEDS_RESULT] == "Y" and not portal.store.task_results.having(TASK_ID=row["id"])


def delete(portal, row: dict) -> None:
    store = portal.store
    for table in (
        store.checklist_items, store.elapsed_items, store.task_results, store.task_marks, store.task_places,
        store.task_history, store.task_files,
    ):  # fmt: skip
        _remove_all(table, TASK_ID=row["id"])
    _remove_all(store.messages, CHAT_ID=row["chatId"])
    store.chats.remove(row["chatId"])
    _remove_all(store.task_links, FROM=row["id"])
    _remove_all(store.task_links, TO=row["id"])
    store.tasks.remove(row["id"])
    portal.events.ring("ONTASKDELETE", _event({"ID": row["id"]}, "undefined", after="N"))


def add_comment(portal, user_id: int, row: dict, text: str) -> int:
    """A message in the task's chat; the event names it, the comment's own id is 0 since tasks 25.700."""
    message = chats.post(portal, chat(portal, row), user_id, text)
    heard(portal, message)
    return message["ID"]


def heard(portal, message: dict) -> None:
    """What a message means to the task in whose chat it stands; nothing if it stands elsewhere."""
    row = of_chat(portal, message["CHAT_ID"])
    if row is None:
        return
    values = {"activityDate": message["DATE"], "commentsCount": (row["commentsCount"] or 0) + 1}
    portal.store.tasks.update(row["id"], values)
    note(portal, message["AUTHOR_ID"], row["id"], "COMMENT", None, message["ID"])
    after = {"ID": 0, "TASK_ID": row["id"], "MESSAGE_ID": message["ID"]}
    portal.events.ring("ONTASKCOMMENTADD", _event("undefined", after, before="N"))


def chat(portal, row: dict) -> dict:
    return portal.store.chats.get(row["chatId"])


def of_chat(portal, chat_id: int) -> dict | None:
    """The task whose chat it is."""
    found = portal.store.chats.get(chat_id)
    row = portal.store.tasks.get(whole(found["ENTITY_ID"])) if found and found["ENTITY_TYPE"] == CHAT else None
    return row if row is not None and row["chatId"] == chat_id else None


def attach(portal, user_id: int, row: dict, file_ids: list[int]) -> list[int]:
    """Files of the Drive hang on the task; the ids of their attachments."""
    held = row["ufTaskWebdavFiles"]
    added = [file_id for file_id in dict.fromkeys(file_ids) if file_id not in held]
    _save(portal, user_id, row, {"ufTaskWebdavFiles": held + added})
    return [_attachment(portal, row, file_id)["ID"] for file_id in file_ids]


def is_file(portal, file_id: int | None) -> bool:
    found = portal.store.disk_objects.get(file_id)
    return found is not None and found["TYPE"] == "file" and found["DELETED_TYPE"] == drive.LIVE


def touch(portal, user_id: int, row: dict, field: str, before: object, after: object) -> None:
    """A change around a task that its own fields do not show: a link, a place on a plan."""
    note(portal, user_id, row["id"], field, before, after)
    _save(portal, user_id, row, {})


def note(portal, user_id: int, task_id: int, field: str, before: object = None, after: object = None) -> None:
    """A line of the task's history.

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-history-list.html
    """
    portal.store.task_history.add(
        {
            "ID": None,
            "TASK_ID": task_id,
            "CREATED_DATE": portal.clock.iso(),
            "USER_ID": user_id,
            "FIELD": field,
            "FROM": _told(before),
            "TO": _told(after),
        }
    )


def mark(portal, user_id: int, row: dict, name: str, wanted: bool) -> None:
    """A person's own mark on a task, one of PERSONAL; nobody else sees it."""
    table, place = portal.store.task_marks, {"TASK_ID": row["id"], "USER_ID": user_id, "NAME": name}
    held = table.having(**place)
    if wanted and not held:
        table.add({"ID": None, **place})
    elif held and not wanted:
        table.remove(held[0]["ID"])


def personal(portal, user_id: int, row: dict) -> dict[str, str]:
    """What the task is to this person: Y or N for each of PERSONAL."""
    held = {one["NAME"] for one in portal.store.task_marks.having(TASK_ID=row["id"], USER_ID=user_id)}
    return {name: "Y" if name in held else "N" for name in PERSONAL}


def planned(portal, user_id: int, row: dict) -> list[int]:
    """The stage of the person's own plan («Мой план») where the task lies."""
    return [place["STAGE_ID"] for place in portal.store.task_places.having(TASK_ID=row["id"], USER_ID=user_id)]


def links_to(portal, row: dict) -> list[int]:
    """The tasks that this one depends on."""
    return [link["FROM"] for link in portal.store.task_links.having(TO=row["id"])]


def get(portal, task_id: object) -> dict | None:
    """The task that who calls may see."""
    row = portal.store.tasks.get(whole(task_id))
    may_read = task_roles.readable_by(portal, portal.user_id)
    return row if row is not None and (may_read is None or may_read(row)) else None


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


def not_allowed(code: str = "0") -> RestError:
    """One answer for a task that is missing, hidden or in the wrong state."""
    return RestError(code, "Action on the task is not allowed")


def _check(portal, row: dict | None, values: dict) -> None:
    """The refusals that adding and changing have in common."""
    if "responsibleId" in values and values["responsibleId"] not in portal.store.users:
        raise core('User specified in the "Responsible" field not found')
    if "status" in values and values["status"] not in STATUSES:
        raise core("Incorrect status" if row is None else "Invalid status")
    if values.get("parentId"):
        _check_parent(portal, row, values["parentId"])
    dates = (row or {}) | values
    start, end = dates.get("startDatePlan"), dates.get("endDatePlan")
    if start and end and end < start and {"startDatePlan", "endDatePlan"} & values.keys():
        raise core("The end date specified in the scheduling is earlier than the start date")


def _check_parent(portal, row: dict | None, parent_id: int) -> None:
    parent = portal.store.tasks.get(parent_id)
    if parent is None:
        raise core('Task specified in the "Parent Task" field not found')
    if row is not None and parent_id == row["id"]:
        raise core("Cannot bind the node to itself")
    while row is not None and parent is not None:
        if parent["parentId"] == row["id"]:
            raise core("Creating cyclic links in tasks is prohibited")
        parent = portal.store.tasks.get(parent["parentId"])


def _attachment(portal, row: dict, file_id: int) -> dict:
    place = {"TASK_ID": row["id"], "OBJECT_ID": file_id}
    held = portal.store.task_files.having(**place)
    return held[0] if held else portal.store.task_files.add({"ID": None, **place})


def _told(value: object) -> str | None:
    if isinstance(value, list):
        return ",".join(str(one) for one in value)
    return None if value is None else str(value)


def _remove_all(table, **equal: object) -> None:
    for row in table.having(**equal):
        table.remove(row[table.key])


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
    for name in _IN_HISTORY.split():
        if name in values and values[name] != row[name]:
            note(portal, user_id, row["id"], FIELDS[name].upper, row[name], values[name])
    if values.get("status") == DONE:
        for result in portal.store.task_results.having(TASK_ID=row["id"], STATUS=0):
            portal.store.task_results.update(result["ID"], {"STATUS": 1, "STATUS_NAME": "closed"})
    portal.store.tasks.update(row["id"], values | {"changedBy": user_id, "changedDate": now, "activityDate": now})
    if values.keys() & {"title", *PEOPLE}:
        _follow(portal, row)
    portal.events.ring("ONTASKUPDATE", _event({"ID": row["id"]}, {"ID": row["id"]}))


def _follow(portal, row: dict) -> None:
    """The chat is called as the task and holds its people."""
    held, people = chat(portal, row), task_roles.people(row)
    readers = {name: dict.fromkeys(people, 0) | held[name] for name in ("READ", "SINCE")}
    portal.store.chats.update(held["ID"], {"TITLE": row["title"], "MEMBERS": people, **readers})


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
        entity = marked(portal, short)
        if entity is not None:
            note_activity(portal, entity, whole(number, 0), user_id)
