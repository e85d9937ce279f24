"""Hang a file of the Disk on a task."""

from engine.ledger import verb
from engine.run import Doing, Run


def attach_to_task(run: Run, task_id: int, file: int, *, deal_id: int | None = None) -> Doing:
    """The task shows the file, beside those that hang there already.

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-file-attach.html
    """
    params = {"taskId": task_id, "fileIds": [file]}
    return run.do(ATTACH, f"attach {file} to task {task_id}", "tasks.task.file.attach", params, deal_id=deal_id)


def _of_rest2(params: dict) -> tuple[str, dict]:
    """The same on older portals: https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-files-attach.html"""
    return "tasks.task.files.attach", {"taskId": params["taskId"], "fileId": params["fileIds"][0]}


ATTACH = verb("attach_to_task", rest3=True, rest2=_of_rest2)
