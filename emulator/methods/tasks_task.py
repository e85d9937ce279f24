"""tasks.task.*: everything comes back as strings. Status and personal marks have files of their own."""

from ..errors import RestError, missing
from ..filters import Where, in_order, ordering, parse, split_prefix
from ..listing import cut, filtered
from ..objects import chats, task_fields, task_rights, tasks
from ..objects.checklist_tree import tree
from ..objects.task_arguments import not_of_type, number, task
from ..objects.task_roles import readable_by
from ..php import as_list, as_map
from ..registry import Page, Params, method, whole
from ..values import asked, flag
from .user import card

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-{}.html"
_FILTERS = """
ID PARENT_ID GROUP_ID CREATED_BY STATUS_CHANGED_BY PRIORITY RESPONSIBLE_ID TITLE MARK SITE_ID ADD_IN_REPORT DATE_START
DEADLINE CREATED_DATE CLOSED_DATE CHANGED_DATE UF_CRM_TASK
"""
_ORDERS = """
ID TITLE DATE_START CREATED_DATE CHANGED_DATE CLOSED_DATE ACTIVITY_DATE START_DATE_PLAN END_DATE_PLAN DEADLINE STATUS
PRIORITY MARK GROUP_ID TIME_ESTIMATE TIME_SPENT_IN_LOGS ALLOW_CHANGE_DEADLINE ALLOW_TIME_TRACKING MATCH_WORK_TIME
FAVORITE IS_PINNED
"""
FILTERS = {name: task_fields.BY_UPPER[name].name for name in _FILTERS.split()}
FILTERS |= {"ACCOMPLICE": "accomplices", "AUDITOR": "auditors", "REAL_STATUS": "status"}
COMPUTED = {"STATUS": "subStatus", "STAGE_ID": "stages", "DEPENDS_ON": "dependsOn"}
SUBFILTER = "::SUBFILTER-PARAMS"
ORDERS = {name: task_fields.BY_UPPER[name].name for name in _ORDERS.split()} | {"REAL_STATUS": "status"}
ONLY_IF_SELECTED = {"ufCrmTask", "ufTaskWebdavFiles", "ufMailMessage"}
TITLES = {
    "ID": "ID", "PARENT_ID": "ID базовой задачи", "TITLE": "Название", "DESCRIPTION": "Описание", "MARK": "Оценка",
    "PRIORITY": "Приоритет", "STATUS": "Статус", "MULTITASK": "Множественная задача",
    "REPLICATE": "Повторяемая задача", "GROUP_ID": "Проект", "STAGE_ID": "Стадия", "CREATED_BY": "Постановщик",
    "RESPONSIBLE_ID": "Исполнитель", "CHANGED_BY": "Изменил", "CHANGED_DATE": "Дата изменения",
    "STATUS_CHANGED_BY": "Изменил статус", "STATUS_CHANGED_DATE": "Дата изменения статуса",
    "CLOSED_BY": "Закрыл задачу", "CLOSED_DATE": "Дата закрытия", "DATE_START": "Дата начала",
    "DEADLINE": "Крайний срок", "START_DATE_PLAN": "Плановое начало", "END_DATE_PLAN": "Плановое завершение",
    "GUID": "GUID", "XML_ID": "XML_ID", "COMMENTS_COUNT": "Кол-во комментариев", "TASK_CONTROL": "Принять работу",
    "ADD_IN_REPORT": "Добавить в отчет", "TIME_ESTIMATE": "Затраченое время",
    "TIME_SPENT_IN_LOGS": "Затраченое время из истории изменений", "MATCH_WORK_TIME": "Пропустить выходные дни",
    "SITE_ID": "SITE_ID", "SUBORDINATE": "Задача подчиненного", "OUTLOOK_VERSION": "OUTLOOK_VERSION",
    "SPRINT_ID": "Спринт", "BACKLOG_ID": "Бэклог", "FORKED_BY_TEMPLATE_ID": "Создано из шаблона",
    "FORUM_TOPIC_ID": "FORUM_TOPIC_ID", "FORUM_ID": "FORUM_ID", "EXCHANGE_MODIFIED": "EXCHANGE_MODIFIED",
    "EXCHANGE_ID": "EXCHANGE_ID", "VIEWED_DATE": "Дата последнего просмотра", "SORTING": "Индекс сортировки",
    "DURATION_PLAN": "Затрачено (план)", "DURATION_FACT": "Затрачено (фактически)", "FLOW_ID": "Поток",
    "DURATION_TYPE": "DURATION_TYPE", "UF_CRM_TASK": "Элементы CRM", "UF_TASK_WEBDAV_FILES": "Загрузить файлы",
}  # fmt: skip
VALUES = {
    "MARK": {"N": "Отрицательная", "P": "Положительная"},
    "PRIORITY": {"2": "Высокий", "1": "Средний", "0": "Низкий"},
    "STATUS": {"2": "Ждет выполнения", "3": "Выполняется", "4": "Ожидает контроля", "5": "Завершена", "6": "Отложена"},
    "DURATION_TYPE": ["secs", "mins", "hours", "days", "weeks", "months", "years"],
}
REQUIRED = {"TITLE", "CREATED_BY", "RESPONSIBLE_ID"}


@method("tasks.task.getFields", scope="task", docs=DOCS.format("get-fields"), differs="only the fields that exist here")
def get_fields(portal, caller, params):
    return {"fields": {field.upper: _described(field) for field in task_fields.FIELDS.values()}}


@method("tasks.task.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    row = tasks.add(portal, caller.user_id, task_fields.written(_fields(params)))
    return {"task": show_changed(portal, caller, row)}


@method("tasks.task.get", scope="task", docs=DOCS.format("get"))
def get(portal, caller, params):
    """A missing task is an empty answer, not an error."""
    if params.get("taskId") is None:
        raise missing("taskId")
    if params.get("select") is not None and not isinstance(params.get("select"), (list, dict)):
        raise not_of_type("select", params.get("select"), "array")
    row = tasks.get(portal, params.get("taskId"))
    return [] if row is None else {"task": show(portal, caller, row, _selection(params))}


@method("tasks.task.list", scope="task", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """Filters: the documented names only; others (XML_ID among them) are ignored. Newest first by default."""
    keys = ordering(params.map("order"), _ordered) or [("id", True)]
    given = params.map("filter")
    computed, select = _computed(caller, given), _selection(params)
    found = filtered(portal.store.tasks.find(parse(given, _read)), readable_by(portal, caller.user_id))
    if computed is not None:
        found = (row for row in found if computed(portal, row))
    if any(name in tasks.PERSONAL for name, _ in keys):
        found = ({**row, **tasks.personal(portal, caller.user_id, row)} for row in found)
    more = {name for name, wanted in params.map("params").items() if wanted}
    return cut(in_order(found, keys, "id"), params, lambda row: _listed(portal, caller, row, select, more), "tasks")


@method("tasks.task.update", scope="task", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """Who may not edit the task can still move its deadline and its status, where one may do that."""
    row, values = _task(portal, params), task_fields.written(_fields(params))
    if not task_rights.may_write(portal, row, caller.user_id, values):
        raise tasks.not_allowed()
    tasks.update(portal, caller.user_id, row, values)
    return {"task": show_changed(portal, caller, row)}


@method("tasks.task.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row, refusal = task(portal, params), RestError("1048582", "No access to delete the task")
    if row is None or not task_rights.allowed(portal, row, caller.user_id)["REMOVE"]:
        raise refusal
    tasks.delete(portal, row)
    return {"task": True}


@method("tasks.task.delegate", scope="task", docs=DOCS.format("delegate"), writes=True)
def delegate(portal, caller, params):
    """A new responsible; the former one becomes an observer, the deadline does not move."""
    row, user_id = _task(portal, params), whole(params.need("userId"))
    if user_id not in portal.store.users or not task_rights.allowed(portal, row, caller.user_id)["DELEGATE"]:
        raise tasks.not_allowed()
    auditors = [*row["auditors"], *([row["responsibleId"]] if row["responsibleId"] not in row["auditors"] else [])]
    tasks.update(portal, caller.user_id, row, {"responsibleId": user_id, "auditors": auditors})
    return {"task": show_changed(portal, caller, row)}


@method("tasks.task.getaccess", scope="task", docs=DOCS.format("get-access"))
def get_access(portal, caller, params):
    """What each of these people (by default the caller) may do; nobody may do anything where there is no task."""
    given, row = params.get("users"), task(portal, params)
    if given is not None and not isinstance(given, (list, dict)):
        raise not_of_type("users", given, "array")
    if row is None:
        return {"allowedActions": []}
    people = [whole(one, 0) for one in as_list(given)] or [caller.user_id]
    return {"allowedActions": {str(one): task_rights.allowed(portal, row, one) for one in people}}


@method(
    "tasks.task.files.attach",
    scope="task",
    docs=DOCS.format("files-attach"),
    writes=True,
    differs="the task shows the ids of the files, not of their attachments",
)
def attach(portal, caller, params):
    row = task(portal, params)
    file_id = number(params, "fileId")
    if row is None or not task_rights.edits(portal, row, caller.user_id):
        raise RestError("0", "Access denied (internal error)")
    if not tasks.is_file(portal, file_id):
        raise tasks.core("Insufficient permissions.")
    return {"attachmentId": tasks.attach(portal, caller.user_id, row, [file_id])[0]}


@method("tasks.task.history.list", scope="task", docs=DOCS.format("history-list"))
def history(portal, caller, params):
    """Newest first; nothing for a task that does not exist."""
    row = task(portal, params)
    if row is None and params.integer("taskId") in portal.store.tasks:
        raise RestError("0", "Access denied.")
    found = [] if row is None else portal.store.task_history.having(TASK_ID=row["id"])
    wanted = parse(params.map("filter"), _read_line)
    keys = ordering(params.map("order"), _LINE.get) or [("CREATED_DATE", True), ("ID", True)]
    lines = in_order([line for line in found if wanted.holds(line)], keys, "ID")
    return {"list": [_show_line(portal, line) for line in lines]}


@method(
    "tasks.task.counters.get",
    scope="task",
    docs=DOCS.format("counters-get"),
    differs="there are no groups",
)
def counters(portal, caller, params):
    user_id = caller.user_id if params.get("userId") is None else number(params, "userId", code="0")
    if params.integer("groupId", 0):
        raise RestError("0", "Group not found or access denied. (internal error)")
    if user_id not in portal.store.users:
        return Page([], 1)
    roles = _ROLES.get(str(params.get("type") or "view_all"), ())
    own = [row for row in portal.store.tasks.all() if any(_has_role(row, role, user_id) for role in roles)]
    late = sum(tasks.sub_status(portal, row) == tasks.OVERDUE for row in own)
    new = sum(len(chats.unread(portal, tasks.chat(portal, row), user_id)) for row in own)
    counted = {"expired": {"counter": late, "code": 6291456}, "new_comments": {"counter": new, "code": 12582912}}
    return Page(counted, 1)


def show(portal, caller, row: dict, select: set[str] | None = None) -> dict:
    """One task: as in a list, with what the caller may do."""
    may = task_rights.allowed(portal, row, caller.user_id)
    action = {task_rights.IN_TASK[name]: is_allowed for name, is_allowed in may.items()}
    mine = {"favorite": tasks.personal(portal, caller.user_id, row)["favorite"], "action": action}
    return show_plain(portal, caller, row, select) | mine


def show_changed(portal, caller, row: dict) -> dict:
    """The same after a change, with the tree of its check lists and what is new in it."""
    news = len(chats.unread(portal, tasks.chat(portal, row), caller.user_id))
    whole_tree = tree(portal, caller.user_id, row)
    may_add = task_rights.works(portal, row, caller.user_id)
    return show(portal, caller, row) | {
        "newCommentsCount": news,
        "checkListTree": whole_tree,
        "checkListCanAdd": may_add,
    }


def show_plain(portal, caller, row: dict, select: set[str] | None = None) -> dict:
    """The task as strings; empty maps as empty lists, people with their cards."""
    names = [
        name
        for name in task_fields.FIELDS
        if (select is None and name not in ONLY_IF_SELECTED) or name in (select or ())
    ]
    shown = {name: _text(task_fields.FIELDS[name], row[name]) for name in names}
    shown |= {name: value for name, value in tasks.personal(portal, caller.user_id, row).items() if name in shown}
    shown["id"] = str(row["id"])
    shown["group"] = []
    if "createdBy" in shown:
        shown["creator"] = card(portal, row["createdBy"])
    if "responsibleId" in shown:
        shown["responsible"] = card(portal, row["responsibleId"])
    for name in ("accomplices", "auditors"):
        if name in shown:
            shown[f"{name}Data"] = {str(user_id): card(portal, user_id) for user_id in row[name]}
    if "status" in shown:
        shown["subStatus"] = str(tasks.sub_status(portal, row))
    if select is None or "checklist" in select:
        shown["checklist"] = _checklist(portal, row)
    return shown


def _listed(portal, caller, row: dict, select: set[str] | None, more: set[str]) -> dict:
    """A task of a list, with what `params` asked for."""
    shown = show_plain(portal, caller, row, select)
    if "WITH_RESULT_INFO" in more:
        results = portal.store.task_results.having(TASK_ID=row["id"])
        shown["taskRequireResult"] = row["parameters"][task_fields.NEEDS_RESULT]
        shown["taskHasOpenResult"] = "Y" if any(one["STATUS"] == 0 for one in results) else "N"
        shown["taskHasResult"] = "Y" if results else "N"
    if "WITH_TIMER_INFO" in more:
        shown |= {"timeElapsed": row["timeSpentInLogs"], "timerIsRunningForCurrentUser": "N"}
    if "WITH_PARSED_DESCRIPTION" in more:
        shown["parsedDescription"] = row["description"]
    return shown


def _text(field: task_fields.TaskField, value: object) -> object:
    if field.kind in ("disk", "number"):
        return value
    if field.multiple:
        return [str(element) for element in value]
    return None if value is None else str(value)


def _checklist(portal, row: dict) -> dict:
    items = portal.store.checklist_items.having(TASK_ID=row["id"])
    return {
        str(item["ID"]): {
            "id": str(item["ID"]),
            "taskId": str(row["id"]),
            "parentId": str(item["PARENT_ID"]) if item["PARENT_ID"] else 0,
            "title": item["TITLE"],
            "sortIndex": str(item["SORT_INDEX"]),
            "isComplete": item["IS_COMPLETE"],
            "isImportant": item["IS_IMPORTANT"],
        }
        for item in items
    }


def _selection(params: Params) -> set[str] | None:
    """Selected names in the spelling of the answer; `*` is everything but UF, of which one brings all, as `UF_*` does."""
    asked = [str(name) for name in params.list("select")]
    if not asked:
        return None
    names = set()
    for name in asked:
        field = task_fields.field_named(name)
        if name == "*":
            names |= set(task_fields.FIELDS) - ONLY_IF_SELECTED
        elif name.upper() == "UF_*":
            names |= ONLY_IF_SELECTED
        elif name.upper() == "CHECKLIST":
            names.add("checklist")
        elif field is not None:
            names |= ONLY_IF_SELECTED if field.name in ONLY_IF_SELECTED else {field.name}
    return names | ({"descriptionInBbcode"} if "description" in names else set())


def _task(portal, params: Params) -> dict:
    row = task(portal, params)
    if row is None:
        raise tasks.not_allowed()
    return row


def _fields(params: Params) -> dict:
    given = params.fields()
    if not given:
        raise missing("fields")
    return given


def _described(field: task_fields.TaskField) -> dict:
    values = VALUES.get(field.upper) or ({"Y": "Да", "N": "Нет"} if field.kind == "char" else None)
    kind = "array" if field.multiple else {"text": "string", "number": "integer"}.get(field.kind, field.kind)
    shown = {"title": TITLES.get(field.upper), "type": "enum" if values else _USER_TYPES.get(field.upper, kind)}
    shown |= {"primary": True} if field.name == "id" else {}
    shown |= {"required": True} if field.upper in REQUIRED else {}
    shown |= {"values": values} if values else {}
    return shown | ({"default": _default(field)} if field.default is not None else {})


def _default(field: task_fields.TaskField) -> object:
    return whole(field.default) if field.kind == "integer" else field.default


def _read(name: str, value: object) -> tuple[str, object] | None:
    stored = FILTERS.get(name.upper())
    return (stored, asked(task_fields.FIELDS[stored].kind, value)) if stored else None


def _ordered(name: str) -> str:
    if name.upper() not in ORDERS:
        raise RestError("0", "Invalid sorting key (internal error)")
    return ORDERS[name.upper()]


def _computed(caller, given: dict):
    """The test of a row by what no row holds: its status by now, its stages, links and marks; None if nobody asks."""
    parts = {key: value for key, value in given.items() if split_prefix(key)[1].upper() in COMPUTED}
    where: Where = parse(parts, lambda name, value: (COMPUTED[name.upper()], whole(value)))
    only_favorite = flag(as_map(given.get(SUBFILTER)).get("FAVORITE")) == "Y"
    if not parts and not only_favorite:
        return None

    def holds(portal, row: dict) -> bool:
        if only_favorite and tasks.personal(portal, caller.user_id, row)["favorite"] == "N":
            return False
        return where.holds(
            {
                "subStatus": tasks.sub_status(portal, row),
                "stages": [row["stageId"], *tasks.planned(portal, caller.user_id, row)],
                "dependsOn": tasks.links_to(portal, row),
            }
        )

    return holds


_USER_TYPES = {"UF_CRM_TASK": "crm", "UF_TASK_WEBDAV_FILES": "disk_file", "UF_MAIL_MESSAGE": "mail_message"}
_LINE = {"id": "ID", "createdDate": "CREATED_DATE", "field": "FIELD"}
_LINE |= {name: name for name in ("ID", "CREATED_DATE", "FIELD")}
_ROLE_FIELDS = {
    "view_role_responsible": "responsibleId",
    "view_role_accomplice": "accomplices",
    "view_role_auditor": "auditors",
    "view_role_originator": "createdBy",
}
_ROLES = {name: (field,) for name, field in _ROLE_FIELDS.items()} | {"view_all": tuple(_ROLE_FIELDS.values())}


def _read_line(name: str, value: object) -> tuple[str, object] | None:
    return ("FIELD", str(value)) if name.upper() == "FIELD" else None


def _show_line(portal, line: dict) -> dict:
    user = portal.store.users.get(line["USER_ID"])
    return {
        "id": line["ID"],
        "createdDate": line["CREATED_DATE"],
        "field": line["FIELD"],
        "value": {"from": line["FROM"], "to": line["TO"]},
        "user": {
            "id": line["USER_ID"],
            "name": user["NAME"] if user else "",
            "lastName": user["LAST_NAME"] if user else "",
            "secondName": user["SECOND_NAME"] if user else "",
            "login": user["EMAIL"] if user else "",
        },
    }


def _has_role(row: dict, field: str, user_id: int) -> bool:
    return user_id in row[field] if isinstance(row[field], list) else user_id == row[field]
