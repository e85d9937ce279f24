"""Change a task that the layer made: hand it to another person, begin it anew, add an observer."""

from datetime import datetime

import sqlalchemy as sa

from bitrix.errors import NotFound
from engine import storage
from engine.deal import Deal
from engine.ledger import Effect, verb
from engine.run import Doing, Run


def hand_over_task(run: Run, task_id: int, to: int, *, deal_id: int | None) -> Doing:
    """The task has another responsible; its deadline stays (R-11; spec §2.2).

    https://apidocs.bitrix24.com/api-reference/tasks/tasks-task-update.html
    """
    params = {"taskId": task_id, "fields": {"RESPONSIBLE_ID": to}}
    return run.do(UPDATE_TASK, f"hand over {task_id}", "tasks.task.update", params, deal_id=deal_id)


def restart_task(run: Run, task_id: int, due: datetime, *, deal_id: int | None) -> Doing:
    """The task begins anew: its deadline is counted from now on, and being in time is measured against it (LG-T9).

    A deadline so moved is no move by people (R-15).
    """
    params = {"taskId": task_id, "fields": {"DEADLINE": due.isoformat()}}
    memo = {"started_at": run.at.isoformat()}
    return run.do(UPDATE_TASK, f"restart {task_id}", "tasks.task.update", params, deal_id=deal_id, memo=memo)


def rename_task(run: Run, task_id: int, deal: Deal, title: str) -> Doing:
    """The task is called so, of that card."""
    params = {"taskId": task_id, "fields": {"TITLE": f"{title} — {deal.title}"}}
    return run.do(UPDATE_TASK, f"rename {task_id}", "tasks.task.update", params, deal_id=deal.id, memo={"title": title})


def add_observer(run: Run, task_id: int, observer: int, *, deal_id: int | None) -> Doing:
    """The person watches the task, beside whoever watches it already."""
    observers = run.fact(f"observers {task_id}", lambda: _observers(run, task_id))
    params = {"taskId": task_id, "fields": {"AUDITORS": sorted({*observers, observer})}}
    return run.do(UPDATE_TASK, f"observe {task_id}", "tasks.task.update", params, deal_id=deal_id)


def _observers(run: Run, task_id: int) -> list[int]:
    task = run.engine.ask("tasks.task.get", {"taskId": task_id, "select": ["ID", "AUDITORS"]}).result
    return [int(one) for one in task["task"].get("auditors") or []] if task else []


def _settle(engine, tx: sa.Connection, effect: Effect, result: object) -> None:
    fields, values = effect.params["fields"], {}
    if "title" in effect.memo:
        values["title"] = effect.memo["title"]
    if "RESPONSIBLE_ID" in fields:
        values["responsible"] = fields["RESPONSIBLE_ID"]
    if "DEADLINE" in fields:
        due = datetime.fromisoformat(fields["DEADLINE"])
        values |= {
            "deadline": due,
            "original_deadline": due,
            "started_at": datetime.fromisoformat(effect.memo["started_at"]),
        }
    if values:
        table = storage.tasks
        tx.execute(sa.update(table).where(table.c.task_id == effect.params["taskId"]).values(**values))


UPDATE_TASK = verb("update_task", settle=_settle, repeatable=True, forgives=lambda error: isinstance(error, NotFound))
