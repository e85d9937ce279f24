"""Read what people have said in a task: in its chat, on older portals in its comments, and as its result."""

from bitrix.errors import AccessDenied, MethodMissing, NotFound, Rejected
from engine.run import Run

TELLS_NOBODY = (NotFound, Rejected, AccessDenied, MethodMissing)
SYSTEM = "0"
"""Who writes «Задача завершена» into a chat."""


def read_words(run: Run, task_id: int) -> list[str]:
    """Their words, oldest first, without the layer's own. None of a task that is gone, or whose portal tells nobody.

    https://apidocs.bitrix24.com/api-reference/chats/messages/im-dialog-messages-get.html
    https://apidocs.bitrix24.com/api-reference/tasks/result/tasks-task-result-list.html
    https://apidocs.bitrix24.com/api-reference/tasks/comment-item/task-comment-item-get-list.html
    """
    return run.fact(f"words in {task_id}", lambda: _ask(run, task_id))


def _ask(run: Run, task_id: int) -> list[str]:
    said = [*_in_comments(run, task_id), *_in_chat(run, task_id), *_in_results(run, task_id)]
    own = {str(run.engine.own_user), SYSTEM}
    texts = (str(text or "").strip() for author, text in said if str(author) not in own)
    return list(dict.fromkeys(text for text in texts if text))


def _in_chat(run: Run, task_id: int) -> list[tuple]:
    task = _asked(run, "tasks.task.get", {"taskId": task_id, "select": ["ID", "CHAT_ID"]}, {"task": {}})["task"]
    if not task.get("chatId"):
        return []
    found = _asked(run, "im.dialog.messages.get", {"DIALOG_ID": f"chat{task['chatId']}"}, {"messages": []})
    return [(one["author_id"], one["text"]) for one in reversed(found["messages"])]


def _in_comments(run: Run, task_id: int) -> list[tuple]:
    found = _asked(run, "task.commentitem.getlist", {"TASKID": task_id}, [])
    return [(one.get("AUTHOR_ID"), one.get("POST_MESSAGE")) for one in found]


def _in_results(run: Run, task_id: int) -> list[tuple]:
    found = _asked(run, "tasks.task.result.list", {"taskId": task_id}, [])
    return [(one.get("createdBy"), one.get("text")) for one in reversed(found)]


def _asked(run: Run, method: str, params: dict, nothing):
    try:
        return run.engine.ask(method, params).result or nothing
    except TELLS_NOBODY:
        return nothing
