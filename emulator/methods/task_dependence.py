"""task.dependence.*: one task waits for another."""

from ..errors import RestError
from ..objects import task_rights, tasks
from ..objects.task_arguments import number
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/tasks/task-dependence-{}.html"


@method("task.dependence.add", scope="task", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """linkType: 0 start-start, 1 start-finish, 2 finish-start, 3 finish-finish. No circles."""
    before, after = _tasks(portal, caller, params)
    kind = number(params, "linkType")
    if _link(portal, before, after) is not None:
        raise RestError("ILLEGAL_NEW_LINK", "A link between tasks already exists")
    if kind not in range(4) or _leads(portal, after, before):
        raise _not_allowed()
    known = tasks.links_to(portal, after)
    portal.store.task_links.add({"ID": None, "FROM": before["id"], "TO": after["id"], "TYPE": kind})
    tasks.touch(portal, caller.user_id, after, "DEPENDS_ON", known, tasks.links_to(portal, after))
    return []


@method("task.dependence.delete", scope="task", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    before, after = _tasks(portal, caller, params)
    link = _link(portal, before, after)
    if link is None:
        raise RestError("ILLEGAL_NEW_LINK", "The dependency between tasks does not exist")
    known = tasks.links_to(portal, after)
    portal.store.task_links.remove(link["ID"])
    tasks.touch(portal, caller.user_id, after, "DEPENDS_ON", known, tasks.links_to(portal, after))
    return []


def _tasks(portal, caller, params) -> tuple[dict, dict]:
    """The task that comes first and the one that waits for it; the caller works on both."""
    found = [tasks.get(portal, number(params, name)) for name in ("taskIdFrom", "taskIdTo")]
    if any(row is None or not task_rights.works(portal, row, caller.user_id) for row in found):
        raise _not_allowed()
    return found[0], found[1]


def _link(portal, before: dict, after: dict) -> dict | None:
    found = portal.store.task_links.having(FROM=before["id"], TO=after["id"])
    return found[0] if found else None


def _leads(portal, first: dict, last: dict) -> bool:
    """Whether the links lead from one task to the other, or they are the same."""
    seen, ahead = set(), [first["id"]]
    while ahead:
        task_id = ahead.pop()
        if task_id not in seen:
            seen.add(task_id)
            ahead += [link["TO"] for link in portal.store.task_links.having(FROM=task_id)]
    return last["id"] in seen


def _not_allowed() -> RestError:
    return RestError("ACTION_NOT_ALLOWED", "Unable to add a link between tasks")
