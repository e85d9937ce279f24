"""Every quarter of an hour: jobs that have not run for two of their periods, or for a day."""

from collections.abc import Iterator

from engine.deal import Deal
from engine.people import MOSCOW
from engine.run import Run
from engine.schedule import Period, Subject, every
from robots.notify import notify


@every(minutes=15)
def find_stuck_jobs(engine, period: Period) -> Iterator[Subject]:
    """Each once until it runs again."""
    for one in engine.schedule.troubles():
        if one.stuck:
            since = one.since.astimezone(MOSCOW)
            what = {"job": one.job, "since": f"{since:%d.%m.%Y %H:%M}", "why": one.why}
            yield Subject(f"{one.job}:{one.since.isoformat()}", what={"stuck": what}, once=True)


@find_stuck_jobs.each
def tell_the_administrator(run: Run, deal: Deal | None) -> None:
    """Which job, since when, why, and where IT looks."""
    stuck = run.change.what["stuck"]
    text = f"Задание по расписанию «{stuck['job']}» не выполняется с {stuck['since']} МСК: {stuck['why']}"
    notify(run, "ADMIN", f"{text}\nПовторяется само каждые несколько секунд. Состояние: flask jobs.", urgent=True)
