"""Open a task again that was closed without its result."""

import sqlalchemy as sa

from bitrix.errors import NotFound
from engine import storage
from engine.ledger import Effect, verb
from engine.run import Run
from robots.close_tasks import NOT_ALLOWED
from robots.say_in_task import say_in_task


def renew_task(run: Run, task_id: int, because: str) -> None:
    """The task is open again and says why (R-16).

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-renew.html
    """
    with run.together():
        run.do(RENEW, f"renew {task_id}", "tasks.task.renew", {"taskId": task_id})
        say_in_task(run, task_id, because)


def _renewed(engine, tx: sa.Connection, effect: Effect, result: object) -> None:
    table = storage.tasks
    values = {"state": "open", "closed_at": None, "renewals": table.c.renewals + 1}
    tx.execute(sa.update(table).where(table.c.task_id == effect.params["taskId"]).values(**values))


def _nothing_to_open(error) -> bool:
    """The task is gone, or it is open: a person was quicker, or an earlier request of ours whose answer was lost."""
    return isinstance(error, NotFound) or NOT_ALLOWED in error.description.lower()


RENEW = verb("renew_task", settle=_renewed, repeatable=True, forgives=_nothing_to_open)
