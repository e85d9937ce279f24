"""The clock's part: jobs with due periods, each period once in any number of processes, caught up after downtime.

    @daily("02:00", zone="Europe/Moscow")
    def dismissed(engine, period):          # finds who is concerned …
        yield Subject("user-17", what={"user": 17})

    @dismissed.each
    def hand_over(run, deal): ...           # … one run per subject, in the family of its card

A schedule is a predicate on local time: it is tested with dates, not with clocks.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bitrix.errors import PortalError
from engine import changes, storage, triggers
from engine.deal import Deal
from engine.log import log
from engine.triggers import Trigger

MAX_CATCH_UP = timedelta(days=31)


@dataclass(frozen=True)
class Period:
    """One due time of a job, in the job's own zone. `key` names it for ever: `2026-11-24T02:00+03:00`.

    `since`: up to when the job has been done before.
    """

    due_at: datetime
    since: datetime | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        return self.due_at.isoformat(timespec="minutes")


@dataclass(frozen=True)
class Subject:
    """What a job is about: a card, a task, a person. It comes up once a period, or `once` for ever under its key."""

    key: str
    deal_id: int | None = None
    process: str | None = None
    what: dict = field(default_factory=dict)
    once: bool = False


class Job:
    """A function that finds subjects, and what is done for each."""

    def __init__(
        self, find: Callable, periods: Callable[[datetime, datetime], Iterator[datetime]], zone: str, newest_only: bool
    ):
        self.name = find.__module__.rpartition(".")[2]
        self.find, self.zone, self.newest_only = find, ZoneInfo(zone), newest_only
        self._periods = periods
        self.__doc__ = find.__doc__

    def each(self, act: Callable) -> Callable:
        """Claim what is done for each subject."""
        return triggers.claim(Trigger("job", self.name, None, act))

    def due(self, after: datetime, until: datetime) -> list[Period]:
        """Periods in (after, until], oldest first; of a `newest_only` job just the last."""
        moments = list(self._periods(after.astimezone(self.zone), until.astimezone(self.zone)))
        moments = moments[-1:] if self.newest_only else moments
        return [Period(at, since) for since, at in zip([after, *moments], moments, strict=False)]

    def next(self, after: datetime) -> datetime | None:
        """When the job is due first after that moment; None if that is more than a month away."""
        local = after.astimezone(self.zone)
        return next(self._periods(local, local + MAX_CATCH_UP), None)


_jobs: dict[str, Job] = {}


def jobs() -> list[Job]:
    """Every job claimed so far."""
    return list(_jobs.values())


def _job(periods: Callable, zone: str, newest_only: bool) -> Callable:
    def claim(find: Callable) -> Job:
        job = Job(find, periods, zone, newest_only)
        if job.name in _jobs and _jobs[job.name].find is not find:
            raise triggers.ClaimedTwice(f"The job {job.name} is claimed twice: one file of jobs/, one job.")
        _jobs[job.name] = job
        return job

    return claim


def every(*, minutes: int, newest_only: bool = True) -> Callable:
    """At :00, :15, … of every hour for minutes=15. What was missed collapses into the newest period by default."""

    def periods(after: datetime, until: datetime) -> Iterator[datetime]:
        step = timedelta(minutes=minutes)
        start = after.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = start + ((after - start) // step + 1) * step
        while moment <= until:
            yield moment
            moment += step

    return _job(periods, "UTC", newest_only)


def daily(
    at: str, *, zone: str, when: Callable[[datetime], bool] = lambda day: True, newest_only: bool = False
) -> Callable:
    """Once a local day at `at` ("02:00"), on the days for which `when(local moment)` holds."""
    clock = time.fromisoformat(at)

    def periods(after: datetime, until: datetime) -> Iterator[datetime]:
        day = after.date()
        while day <= until.date():
            moment = datetime.combine(day, clock, after.tzinfo)
            if after < moment <= until and when(moment):
                yield moment
            day += timedelta(days=1)

    return _job(periods, zone, newest_only)


def cities_at(engine, hour: int, period: Period) -> dict[str | None, datetime]:
    """Cities in which that hour began since the job was done last, and when; None stands for cards without a city.

    For jobs that are due at a local time of each city: after a downtime each city comes up once, for its newest day.
    """
    cities = engine.company.cities
    zones: dict[str | None, ZoneInfo] = {name: ZoneInfo(city.zone) for name, city in cities.items()}
    zones[None] = next(zones[name] for name, city in cities.items() if city.head_office)
    begun = {name: _newest(hour, period.due_at.astimezone(zone)) for name, zone in zones.items()}
    return {name: at for name, at in begun.items() if period.since is None or at > period.since}


def cards_where_it_is(engine, hour: int, period: Period, process: str, *stages: str) -> Iterator[tuple[Deal, date]]:
    """Cards on these stages in those cities, each with the day that has begun there."""
    cities = cities_at(engine, hour, period)
    for deal in engine.cards_on(process, *stages) if cities else ():
        at = cities.get(deal["city"])
        if at is not None:
            yield deal, at.date()


def _newest(hour: int, local: datetime) -> datetime:
    """When that hour of the day last began."""
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


class Schedule:
    """Finds due periods and turns their subjects into changes."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage

    def tick(self) -> int:
        """Do what is due; safe in any number of processes, a period is taken by inserting it. Returns the periods begun."""
        now = self._engine.clock.now()
        return sum(self._catch_up(job, now) for job in jobs())

    def _catch_up(self, job: Job, now: datetime) -> int:
        """Begin the job's due periods in order. One that fails is tried again at the next tick and holds up no other job."""
        begun = 0
        try:
            for period in job.due(self._last(job, now), now):
                begun += self._begin(job, period)
        except (PortalError, sa.exc.OperationalError) as reason:
            log.warning("job waits", job=job.name, reason=str(reason))
        except Exception:  # ours
            log.exception("job failed by our mistake", job=job.name)
        return begun

    def _last(self, job: Job, now: datetime) -> datetime:
        """The newest period of the job; before the first one, the go-live mark. Never more than 31 days back."""
        with self._storage.read() as connection:
            last = connection.scalar(
                sa.select(sa.func.max(storage.periods.c.due_at)).where(storage.periods.c.job == job.name)
            )
            last = last or datetime.fromisoformat(self._storage.mark(connection, "live_at"))
        return max(last, now - MAX_CATCH_UP)

    def _begin(self, job: Job, period: Period) -> bool:
        """Find the subjects and write period and changes in one transaction; a process that comes second writes nothing."""
        subjects = list(job.find(self._engine, period) or ())
        row = {"job": job.name, "period": period.key, "due_at": period.due_at, "subjects": len(subjects)}
        row |= {"finished_at": self._engine.clock.now()}
        with self._storage.write() as tx:
            if not self._storage.upsert(tx, storage.periods, row):
                return False
            for change in self._changes(job, period, subjects):
                self._engine.observer.notice(tx, change)
        if subjects:
            log.info("job", job=job.name, period=period.key, subjects=len(subjects))
        return True

    def _changes(self, job: Job, period: Period, subjects: Iterable[Subject]) -> Iterator[changes.Change]:
        for subject in subjects:
            key = "" if subject.once else period.key
            yield changes.job_due(
                job.name, key, subject.key, subject.deal_id, subject.process, period.due_at, subject.what
            )
