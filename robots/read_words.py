"""Read what people have said in a task."""

from bitrix.errors import MethodMissing, NotFound, Rejected
from engine.run import Run


def read_words(run: Run, task_id: int) -> list[str]:
    """Their comments, oldest first, without the layer's own. None of a task that is gone, or whose portal tells nobody.

    https://apidocs.bitrix24.com/api-reference/tasks/comment-item/task-comment-item-get-list.html
    """
    return run.fact(f"words in {task_id}", lambda: _ask(run, task_id))


def _ask(run: Run, task_id: int) -> list[str]:
    try:
        said = run.engine.ask("task.commentitem.getlist", {"TASKID": task_id}).result
    except (NotFound, Rejected, MethodMissing):
        return []
    own = str(run.engine.own_user)
    texts = (str(one.get("POST_MESSAGE") or "").strip() for one in said if str(one.get("AUTHOR_ID")) != own)
    return [text for text in texts if text]
