"""Every quarter of an hour: reminders, and what happens to tasks that are late (R-14)."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.create_task import title_of
from robots.notify import notify
from robots.say_in_task import say_in_task
from robots.set_fields import set_fields
from robots.update_task import add_observer
from rules import deadline, escalation


@every(minutes=15)
def find_steps_that_are_due(engine, period: Period) -> Iterator[Subject]:
    """R-14. The newest due step of each open task: each once a task and deadline; a moved deadline begins anew (R-15)."""
    table = storage.tasks
    with engine.storage.read() as connection:
        rows = connection.execute(
            sa.select(table).where(table.c.state == "open", table.c.deadline.is_not(None)).order_by(table.c.task_id)
        ).all()
    for row in rows:
        person = engine.people.user(row.responsible)
        if person is not None:
            calendar, ladder = engine.calendar_of(person.city), engine.company.limits.escalation
            steps = escalation.steps(
                row.started_at, row.deadline, _in_hours(engine, row), person.zone, calendar, ladder
            )
            due = [step for step, moment in steps if moment <= period.due_at]
            if due:
                key = f"{row.task_id}:{row.deadline.isoformat()}:{due[-1]}"
                local = row.deadline.astimezone(person.zone).isoformat()
                what = {"task": row.task_id, "code": row.code, "deadline": local, "step": due[-1]}
                yield Subject(key, row.deal_id, row.process, what, once=True)


def _in_hours(engine, row: sa.Row) -> bool:
    """Whether the task's span is counted in working hours."""
    task = engine.company.task(row.process, row.code)
    return bool(task and task.deadline) and deadline.parse(task.deadline).unit == "рч"


@find_steps_that_are_due.each
def climb(run: Run, deal: Deal | None) -> None:
    """R-14. Remind the responsible; then tell them, their head, and the owner of the process that the task is late."""
    what, people = run.change.what, run.engine.people
    task, deal_id = what["task"], run.change.deal_id
    responsible = run.fact("responsible", lambda: _responsible_for_open(run, task))
    if responsible is None:
        return
    title, name = run.fact("title", lambda: title_of(run.engine, task)), people.user(responsible).name
    match what["step"]:
        case escalation.REMIND:
            notify(run, responsible, _reminder(run, title), task=task)
        case escalation.OVERDUE:
            say_in_task(run, task, "Срок задачи истёк.", deal_id=deal_id)
            notify(run, responsible, f"Просрочена задача «{title}».", task=task)
        case escalation.TO_HEAD:
            head = run.fact("head", lambda: people.head_of(people.user(responsible)).id)
            with run.together():
                notify(run, head, f"Просрочена задача «{title}», ответственный: {name}.", task=task)
                add_observer(run, task, head, deal_id=deal_id)
                if deal is not None:
                    set_fields(run, deal, overdue=True)
        case escalation.TO_OWNER:
            days = run.company.limits.escalation.owner_after_days
            text = f"Задача «{title}» просрочена на {days} раб. дн., ответственный: {name}."
            with run.together():
                notify(run, _owner(run), text, task=task)
                if deal is not None:
                    set_fields(run, deal, overdue=True)


def _owner(run: Run) -> str:
    """Of a task of every process that is of no card: the commercial director."""
    process = run.company.processes.get(run.change.process)
    return process.owner if process is not None else "COMMERCIAL_DIRECTOR"


def _reminder(run: Run, title: str) -> str:
    """A task of hours that is due in the morning is reminded of on the day before: then the date is said."""
    due = datetime.fromisoformat(run.change.what["deadline"])
    day = "сегодня" if due.date() == run.now.astimezone(due.tzinfo).date() else f"{due:%d.%m.%Y}"
    return f"Напоминание: {day} срок задачи «{title}», {due:%H:%M}."


def _responsible_for_open(run: Run, task_id: int) -> int | None:
    """Who has the task; None when it is no longer open."""
    table = storage.tasks
    with run.engine.storage.read() as connection:
        return connection.scalar(
            sa.select(table.c.responsible).where(table.c.task_id == task_id, table.c.state == "open")
        )
