"""Read which items of a task's checklist nobody has ticked off."""

from engine.run import Run


def read_unticked(run: Run, task_id: int) -> list[str]:
    """Titles of the items that are not done.

    https://apidocs.bitrix24.com/api-reference/tasks/checklist-item/task-checklist-item-get-list.html
    """
    return run.fact(f"unticked of {task_id}", lambda: _ask(run, task_id))


def _ask(run: Run, task_id: int) -> list[str]:
    items = run.engine.ask("task.checklistitem.getlist", {"TASKID": task_id}).result
    return [one["TITLE"] for one in items if int(one["PARENT_ID"] or 0) and one["IS_COMPLETE"] != "Y"]
