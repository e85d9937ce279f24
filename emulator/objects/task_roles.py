"""A person's part in a task: creator, responsible, participant, observer, or the head of one of them.

https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-get.html
"""

from collections.abc import Callable

from . import structure


def people(row: dict) -> list[int]:
    """Everybody in the task, its creator first."""
    return list(dict.fromkeys([row["createdBy"], row["responsibleId"], *row["accomplices"], *row["auditors"]]))


def edits(portal, row: dict, user_id: int) -> bool:
    """The creator and administrators."""
    return user_id == row["createdBy"] or portal.is_admin(user_id)


def works(portal, row: dict, user_id: int) -> bool:
    """Who may edit, the responsible and the participants."""
    return edits(portal, row, user_id) or user_id == row["responsibleId"] or user_id in row["accomplices"]


def reads(portal, row: dict, user_id: int) -> bool:
    """Everybody in the task, the heads of their departments, administrators."""
    holds = readable_by(portal, user_id)
    return holds is None or holds(row)


def readable_by(portal, user_id: int | None) -> Callable[[dict], bool] | None:
    """The same as a test made once for a whole list; None for who sees all, as the portal itself does."""
    if user_id is None or portal.is_admin(user_id):
        return None
    seen = structure.subordinates(portal, user_id) | {user_id}
    return lambda row: not seen.isdisjoint(people(row))
