"""tasks.task.complete, start, pause, defer, renew, approve, disapprove: the statuses a task goes through.

https://apidocs.bitrix24.com/api-reference/tasks/status/index.html
"""

from ..objects import task_rights, tasks
from ..objects.task_arguments import task
from ..registry import method
from .tasks_task import DOCS as OF_TASKS
from .tasks_task import show_changed

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/status/tasks-task-{}.html"
REFUSED = "1048582"


@method("tasks.task.complete", scope="task", docs=DOCS.format("complete"), writes=True)
def complete(portal, caller, params):
    row = _task_for(portal, caller, params, "COMPLETE", "0")
    if tasks.lacks_result(portal, row):
        raise tasks.not_allowed()
    tasks.complete(portal, caller.user_id, row)
    return {"task": show_changed(portal, caller, row)}


@method("tasks.task.renew", scope="task", docs=DOCS.format("renew"), writes=True)
def renew(portal, caller, params):
    return _put(portal, caller, _task_for(portal, caller, params, "RENEW"), tasks.PENDING)


@method("tasks.task.start", scope="task", docs=DOCS.format("start"), writes=True)
def start(portal, caller, params):
    """A deferred task is renewed first."""
    return _put(portal, caller, _task_for(portal, caller, params, "START", "0"), tasks.RUNNING)


@method("tasks.task.pause", scope="task", docs=DOCS.format("pause"), writes=True)
def pause(portal, caller, params):
    return _put(portal, caller, _task_for(portal, caller, params, "PAUSE"), tasks.PENDING)


@method("tasks.task.defer", scope="task", docs=DOCS.format("defer"), writes=True)
def defer(portal, caller, params):
    return _put(portal, caller, _task_for(portal, caller, params, "DEFER"), tasks.DEFERRED)


@method("tasks.task.approve", scope="task", docs=OF_TASKS.format("approve"), writes=True)
def approve(portal, caller, params):
    return _put(portal, caller, _task_for(portal, caller, params, "APPROVE"), tasks.DONE)


@method("tasks.task.disapprove", scope="task", docs=OF_TASKS.format("disapprove"), writes=True)
def disapprove(portal, caller, params):
    return _put(portal, caller, _task_for(portal, caller, params, "DISAPPROVE"), tasks.PENDING)


def _put(portal, caller, row: dict, status: int) -> dict:
    tasks.set_status(portal, caller.user_id, row, status)
    return {"task": show_changed(portal, caller, row)}


def _task_for(portal, caller, params, action: str, code: str = REFUSED) -> dict:
    row = task(portal, params)
    if row is None or not task_rights.allowed(portal, row, caller.user_id)[action]:
        raise tasks.not_allowed(code)
    return row
