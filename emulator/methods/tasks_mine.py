"""What a person does with a task for oneself: watch, favour, pin, mute.

https://apidocs.bitrix24.com/api-reference/tasks/user-actions/index.html
"""

from ..errors import RestError
from ..objects import tasks
from ..objects.task_arguments import task
from ..registry import method
from .tasks_task import show_changed

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/user-actions/tasks-task-{}.html"


@method("tasks.task.startwatch", scope="task", docs=DOCS.format("start-watch"), writes=True)
def start_watch(portal, caller, params):
    return _watch(portal, caller, params, [caller.user_id])


@method("tasks.task.stopwatch", scope="task", docs=DOCS.format("stop-watch"), writes=True)
def stop_watch(portal, caller, params):
    return _watch(portal, caller, params, [])


@method("tasks.task.favorite.add", scope="task", docs=DOCS.format("favorite-add"), writes=True)
def favorite_add(portal, caller, params):
    return _favour(portal, caller, params, True)


@method("tasks.task.favorite.remove", scope="task", docs=DOCS.format("favorite-remove"), writes=True)
def favorite_remove(portal, caller, params):
    return _favour(portal, caller, params, False)


@method("tasks.task.pin", scope="task", docs=DOCS.format("pin"), writes=True)
def pin(portal, caller, params):
    return _mark(portal, caller, params, "isPinned", True)


@method("tasks.task.unpin", scope="task", docs=DOCS.format("unpin"), writes=True)
def unpin(portal, caller, params):
    return _mark(portal, caller, params, "isPinned", False)


@method("tasks.task.mute", scope="task", docs=DOCS.format("mute"), writes=True)
def mute(portal, caller, params):
    return _mark(portal, caller, params, "isMuted", True)


@method("tasks.task.unmute", scope="task", docs=DOCS.format("unmute"), writes=True)
def unmute(portal, caller, params):
    return _mark(portal, caller, params, "isMuted", False)


def _watch(portal, caller, params, watching: list[int]) -> dict:
    """The caller is among the observers, or no longer; the portal says it as an update."""
    row = task(portal, params)
    if row is None:
        raise RestError("1048584", "a:0:{}")
    others = [user_id for user_id in row["auditors"] if user_id != caller.user_id]
    tasks.update(portal, caller.user_id, row, {"auditors": others + watching})
    return {"task": show_changed(portal, caller, row)}


def _favour(portal, caller, params, wanted: bool) -> bool:
    row = task(portal, params)
    if row is None:
        raise RestError("1", "Task not found or not accessible")
    tasks.mark(portal, caller.user_id, row, "favorite", wanted)
    return True


def _mark(portal, caller, params, name: str, wanted: bool) -> dict | list:
    """An empty answer for a task that does not exist."""
    row = task(portal, params, "id")
    if row is None:
        return []
    tasks.mark(portal, caller.user_id, row, name, wanted)
    return {"task": show_changed(portal, caller, row)}
