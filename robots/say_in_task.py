"""Say something in a task: a message of its chat, on older portals a comment (R-24)."""

from datetime import timedelta

from bitrix.errors import AccessDenied, NotFound, PortalError
from engine.changes import Change
from engine.ledger import Effect, verb
from engine.run import Doing, Run

KEY_IS_KNOWN = timedelta(hours=23)


def say_in_task(run: Run, task_id: int, text: str, *, deal_id: int | None = None) -> Doing:
    """The text stands in the task's chat. It leaves by itself and keeps nothing waiting.

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-chat-message-send.html
    """
    params = {"fields": {"taskId": task_id, "text": text}}
    return run.do(SAY, f"say {task_id}", "tasks.task.chat.message.send", params, deal_id=deal_id, due_at=run.now)


def _as_comment(params: dict) -> tuple[str, dict]:
    """The same on a portal without task chats: https://apidocs.bitrix24.com/api-reference/tasks/comment-item/"""
    message = params["fields"]
    return "task.commentitem.add", {"TASKID": message["taskId"], "FIELDS": {"POST_MESSAGE": message["text"]}}


def _nobody_reads(error: PortalError) -> bool:
    """The task is gone: REST 3 then says «access denied»."""
    return isinstance(error, NotFound | AccessDenied)


def _said_long_ago(engine, effect: Effect, change: Change) -> dict | None:
    """The portal knows the key of a message for a day; an older one was said, as far as anybody can tell."""
    return {"taken for said": True} if engine.portal.now() - change.at > KEY_IS_KNOWN else None


SAY = verb("say_in_task", rest3=True, recall=_said_long_ago, rest2=_as_comment, forgives=_nobody_reads)
