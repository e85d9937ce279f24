"""Complete the card's open tasks that the layer made; they fire nothing, only people close tasks."""

import sqlalchemy as sa

from bitrix.errors import AccessDenied, NotFound
from engine import storage
from engine.deal import Deal
from engine.ledger import Effect, verb
from engine.run import Run
from robots.say_in_task import say_in_task

NOT_ALLOWED = (
    "action on the task is not allowed"  # what the portal says of a task that is closed already, or open already
)


def close_tasks(
    run: Run,
    deal: Deal,
    *codes: str,
    because: str,
    as_: str = "passed",
    stages: list[str] | None = None,
    keep: list[str] | None = None,
) -> list[int]:
    """Close the card's open tasks, each with the reason as a message; returns their ids.

    Without `codes` all of them, narrowed to those of `stages`, but for the codes in `keep`. `as_`: what they count as,
    `passed` (the stage is over) or `cancelled` (returned, deleted, lost); never as done.
    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-complete.html
    """
    which = f"close {' '.join(codes) or '*'} {deal.id}"
    tasks = run.fact(which, lambda: open_tasks(run.engine, deal.id, codes, stages, keep))
    with run.together():
        for task_id in tasks:
            run.do(
                COMPLETE,
                f"close {task_id}",
                "tasks.task.complete",
                {"taskId": task_id},
                deal_id=deal.id,
                memo={"as": as_},
            )
            say_in_task(run, task_id, because, deal_id=deal.id)
    return tasks


def open_tasks(
    engine, deal_id: int, codes: tuple[str, ...] = (), stages: list[str] | None = None, keep: list[str] | None = None
) -> list[int]:
    """Ids of a card's open tasks of the layer, oldest first."""
    table = storage.tasks
    query = sa.select(table.c.task_id).where(
        table.c.deal_id == deal_id, table.c.state == "open", table.c.code.not_in(keep or [])
    )
    if codes:
        query = query.where(table.c.code.in_(codes))
    if stages is not None:
        query = query.where(table.c.stage.in_(stages))
    with engine.storage.read() as connection:
        return list(connection.scalars(query.order_by(table.c.task_id)))


def _settle(engine, tx: sa.Connection, effect: Effect, result: object) -> None:
    table = storage.tasks
    values = {"state": effect.memo["as"], "closed_at": engine.clock.now()}
    tx.execute(sa.update(table).where(table.c.task_id == effect.params["taskId"]).values(**values))


def _nothing_to_close(error) -> bool:
    """The task is gone, or a person has closed it."""
    return isinstance(error, NotFound | AccessDenied) or NOT_ALLOWED in error.description.lower()


COMPLETE = verb("complete_task", settle=_settle, forgives=_nothing_to_close, repeatable=True)
