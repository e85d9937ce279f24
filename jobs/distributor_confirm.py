"""Every quarter of an hour, where the company wants it so: figures that nobody objected to are confirmed (DB-T5)."""

from collections.abc import Iterator

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.close_tasks import close_tasks
from robots.count_month import BRANCH
from robots.move_card import move_card

CONFIRM = "DB-3"


@every(minutes=15, of=BRANCH)
def find_what_nobody_objected_to(engine, period: Period) -> Iterator[Subject]:
    """DB-T5. Branches whose DB-3 is due; none while config/limits.yaml does not say so."""
    if not engine.company.limits.distributor.confirms_itself:
        return
    tasks = storage.tasks
    open_ = (tasks.c.process == BRANCH, tasks.c.code == CONFIRM, tasks.c.state == "open")
    with engine.storage.read() as connection:
        due = connection.execute(sa.select(tasks).where(*open_, tasks.c.deadline <= period.due_at)).all()
    for row in due:
        yield Subject(f"{row.task_id}:{row.deadline.isoformat()}", row.deal_id, BRANCH, once=True)


@find_what_nobody_objected_to.each
def take_it_for_confirmed(run: Run, branch: Deal) -> None:
    """DB-T5. The branch is closed as if its manager had confirmed it."""
    if branch.stage == "CHECK" and branch["db_bonus"] is not None:
        close_tasks(run, branch, CONFIRM, because="Возражений за рабочий день не было: расчёт подтверждён")
        move_card(run, branch, "WON")
