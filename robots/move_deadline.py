"""Move the deadline of a card's open tasks to another day, when the day it was counted from has changed."""

from datetime import date, datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from robots.choose_doer import due_at
from robots.update_task import restart_task


def move_deadline(run: Run, deal: Deal, code: str, *, day: date, within: str | None = None) -> None:
    """Every open task `code` of the card is due as if it were set now for that `day`. No move by people (R-15)."""
    span = within or run.company.task(deal.process, code).deadline
    for task_id, due in run.fact(f"{code} of {deal.id} due", lambda: _due(run, deal, code, span, day)):
        restart_task(run, task_id, datetime.fromisoformat(due), deal_id=deal.id)


def _due(run: Run, deal: Deal, code: str, span: str, day: date) -> list[list]:
    """Ids of the tasks whose deadline differs, with the new one."""
    tasks = storage.tasks
    which = (tasks.c.deal_id == deal.id, tasks.c.code == code, tasks.c.state == "open")
    with run.engine.storage.read() as connection:
        rows = connection.execute(sa.select(tasks).where(*which).order_by(tasks.c.task_id)).all()
    found = []
    for row in rows:
        person = run.engine.people.user(row.responsible)
        if person is not None and (due := due_at(run, deal, person, span, day)) != row.deadline:
            found.append([row.task_id, due.isoformat()])
    return found
