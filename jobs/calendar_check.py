"""On 1 October and 1 December: is the production calendar of the next year complete."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from engine import storage
from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from robots.create_task import create_task_of_no_card
from rules import production_calendar

DAYS, TASK = ((10, 1), (12, 1)), "G-CALENDAR"


def _is_asked(moment: datetime) -> bool:
    return (moment.month, moment.day) in DAYS


@daily("09:00", zone="Europe/Moscow", when=_is_asked, newest_only=True)
def find_an_incomplete_calendar(engine, period: Period) -> Iterator[Subject]:
    """R-20. What the package `holidays` and config/calendar.yaml do not know of the next year."""
    year, said = period.due_at.year + 1, engine.company.calendar
    missing = production_calendar.missing(year, said.short_days, said.overrides)
    if missing:
        yield Subject(str(year), what={"year": year, "missing": missing})


@find_an_incomplete_calendar.each
def ask_for_it(run: Run, deal: Deal | None) -> None:
    """R-20. The administrator's task says what is missing and where it is written; one that is open from before is enough."""
    year, missing = run.change.what["year"], run.change.what["missing"]
    if not run.fact("is asked already", lambda: _is_open(run)):
        title = run.company.common_tasks[TASK].title.replace("{год}", str(year))
        create_task_of_no_card(run, None, TASK, to="ADMIN", title=title, note="\n".join(missing))


def _is_open(run: Run) -> bool:
    tasks = storage.tasks
    with run.engine.storage.read() as connection:
        query = sa.select(tasks.c.task_id).where(tasks.c.code == TASK, tasks.c.state == "open")
        return connection.execute(query.limit(1)).first() is not None
