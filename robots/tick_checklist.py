"""Tick items of a task's checklist off."""

from collections.abc import Collection

from bitrix.errors import NotFound
from engine.ledger import verb
from engine.run import Run


def tick_checklist(run: Run, task_id: int, beginnings: Collection[str]) -> None:
    """Items that begin so are done.

    https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-complete.html
    """
    found = run.fact(f"unticked items of {task_id}", lambda: _unticked(run, task_id))
    with run.together():
        for item, title in found:
            if title.startswith(tuple(beginnings)):
                params = {"TASKID": task_id, "ITEMID": item}
                run.do(TICK, f"tick {item}", "task.checklistitem.complete", params)


def _unticked(run: Run, task_id: int) -> list[list]:
    items = run.engine.ask("task.checklistitem.getlist", {"TASKID": task_id}).result
    return [[int(one["ID"]), one["TITLE"]] for one in items if int(one["PARENT_ID"] or 0) and one["IS_COMPLETE"] != "Y"]


TICK = verb("tick_item", repeatable=True, forgives=lambda error: isinstance(error, NotFound))
