"""Tick an item of a task's checklist off."""

from engine.ledger import verb
from engine.run import Run


def tick_item(run: Run, task_id: int, ending: str) -> None:
    """The item whose title ends so is done; nothing happens where the task has none, or it is done already.

    https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-complete.html
    """
    item = run.fact(f"item of {task_id}", lambda: _undone(run, task_id, ending))
    if item is not None:
        run.do(TICK_ITEM, f"tick {item}", "task.checklistitem.complete", {"TASKID": task_id, "ITEMID": item})


def _undone(run: Run, task_id: int, ending: str) -> int | None:
    items = run.engine.ask("task.checklistitem.getlist", {"TASKID": task_id}).result
    return next((int(one["ID"]) for one in items if one["TITLE"].endswith(ending) and one["IS_COMPLETE"] != "Y"), None)


TICK_ITEM = verb("tick_item", repeatable=True)
