"""Count what a manager did for a branch in a month: calls, meetings, letters, tasks."""

from datetime import datetime, time, timedelta

from bitrix.client import Command
from engine.dictionary import COMPANY
from engine.run import Run
from rules.periods import Month

KINDS = {"звонков": 2, "встреч": 1, "писем": 4}
"""Types of activities: https://apidocs.bitrix24.com/api-reference/crm/auxiliary/enum/crm-enum-activity-type.html"""
TASKS = "задач"


def count_activity(run: Run, branch: int, manager: int, month: Month) -> str:
    """«звонков 5, встреч 1, писем 3, задач 2», of the branch's company, as the portal says now: one request.

    https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/activity-base/crm-activity-list.html
    """
    return run.fact(f"activity for {branch}", lambda: _count(run, branch, manager, month))


def _count(run: Run, branch: int, manager: int, month: Month) -> str:
    asked = _commands(run, branch, manager, month)
    said = []
    for name, answer in zip((*KINDS, TASKS), run.engine.portal.submit(asked), strict=True):
        if isinstance(answer, Exception):
            raise answer
        said.append(f"{name} {answer.total or 0}")
    return ", ".join(said)


def _commands(run: Run, branch: int, manager: int, month: Month) -> list[Command]:
    person = run.engine.people.user(manager)
    since, until = (
        datetime.combine(day, time(), person.zone if person else None).isoformat()
        for day in (month.first, month.last + timedelta(days=1))
    )
    of_branch = {"OWNER_TYPE_ID": COMPANY, "OWNER_ID": branch, "RESPONSIBLE_ID": manager}
    within = {">=START_TIME": since, "<START_TIME": until}
    asked = [
        Command("crm.activity.list", {"filter": {**of_branch, **within, "TYPE_ID": kind}, "select": ["ID"]}, f"kind{kind}")
        for kind in KINDS.values()
    ]  # fmt: skip
    created = {">=CREATED_DATE": since, "<CREATED_DATE": until}
    tasks = {"UF_CRM_TASK": f"CO_{branch}", "RESPONSIBLE_ID": manager, **created}
    return [*asked, Command("tasks.task.list", {"filter": tasks, "select": ["ID"]}, "tasks")]
