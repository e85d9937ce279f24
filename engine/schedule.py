"""The clock's part: jobs with due periods, each period once in any number of processes, caught up after downtime.

    @daily("02:00", zone="Europe/Moscow")
    def dismissed(engine, period):          # finds who is concerned …
        yield Subject("user-17", what={"user": 17})

    @dismissed.each
    def hand_over(run, deal): ...           # … one run per subject, in the family of its card

When a job is due:

    @every(minutes=15)                      # of each person in their own time: what is due lies between period.since and
                                            # period.due_at (rules.periods.due_between), each subject with `once=True`
    @daily("09:00", zone="Europe/Moscow", when=lambda day: day.weekday() == 4)       # Fridays; 01.10 and 01.12; Sundays
    @once_a(Month, opens, zone="Europe/Moscow")     # a moment that rules count: `opens(month, calendar)` says when, and
                                                    # `period.of` is the month. Also once_a(Week, …), once_a(Quarter, …)

A schedule is a predicate on moments: it is tested with dates, not with clocks. Periods go by the zone's own clocks: a local
time that comes twice in an autumn night is one period, one that does not come in a spring night is due when the clocks have
gone on. What was missed is made good in order, or, `newest_only`, by the newest period alone; 31 days back at most, and never
before the job was known here: an update that brings a job does not do last month's work.
`of="SOFT"` says whose job it is: while that process is switched off its periods pass without a look, and its subjects are of
that process where they do not say another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bitrix.errors import PortalError
from engine import changes, storage, triggers
from engine.deal import Deal
from engine.log import log
from engine.triggers import Trigger
from rules import periods
from rules.working_time import WorkingCalendar

MAX_CATCH_UP = timedelta(days=31)
FORESEEN = timedelta(days=400)
TOO_LONG = timedelta(days=1)
HELD_UP = timedelta(minutes=10)
TROUBLE, MET = "trouble:", "jobs met"


@dataclass(frozen=True)
class Period:
    """One due time of a job, in the job's own zone. `key` names it for ever: `2026-11-24T02:00+03:00`.

    `since`: up to when the job has been done before; `of`: the week, month or quarter of a job that is due once in each.
    """

    due_at: datetime
    since: datetime | None = field(default=None, compare=False)
    of: periods.Period | None = field(default=None, compare=False)

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


@dataclass(frozen=True)
class Trouble:
    """A job that fails since then, and why. `stuck`: so long that people must know."""

    job: str
    since: datetime
    why: str
    stuck: bool


Moments = Callable[[datetime, datetime, WorkingCalendar], Iterator[Period]]
"""The periods of a schedule after a moment and up to another, oldest first."""


class Job:
    """A function that finds subjects, and what is done for each."""

    def __init__(self, find: Callable, moments: Moments, zone: str, newest_only: bool, process: str | None):
        self.name, self.process = find.__module__.rpartition(".")[2], process
        self.find, self.zone, self.newest_only = find, ZoneInfo(zone), newest_only
        self._moments = moments
        self.__doc__ = find.__doc__

    def each(self, act: Callable) -> Callable:
        """Claim what is done for each subject."""
        return triggers.claim(Trigger("job", self.name, None, act))

    def missed(self, after: datetime, until: datetime, calendar: WorkingCalendar | None = None) -> list[Period]:
        """Every period in (after, until], oldest first. `calendar`: of the head office; the country's by default."""
        found = list(self._moments(after.astimezone(self.zone), until.astimezone(self.zone), calendar or COUNTRY))
        since = [after, *(period.due_at for period in found)]
        return [Period(one.due_at, before, one.of) for before, one in zip(since, found, strict=False)]

    def due(self, after: datetime, until: datetime, calendar: WorkingCalendar | None = None) -> list[Period]:
        """The same; of a `newest_only` job just the last."""
        found = self.missed(after, until, calendar)
        return [Period(one.due_at, after, one.of) for one in found[-1:]] if self.newest_only else found

    def next(self, after: datetime, calendar: WorkingCalendar | None = None) -> datetime | None:
        """When the job is due first after that moment; None if that is more than a year away."""
        local = after.astimezone(self.zone)
        first = next(self._moments(local, local + FORESEEN, calendar or COUNTRY), None)
        return first and first.due_at


COUNTRY = WorkingCalendar()
_jobs: dict[str, Job] = {}


def jobs() -> list[Job]:
    """Every job claimed so far."""
    return list(_jobs.values())


def _job(moments: Moments, zone: str, newest_only: bool, process: str | None) -> Callable:
    def claim(find: Callable) -> Job:
        job = Job(find, moments, zone, newest_only, process)
        if job.name in _jobs and _jobs[job.name].find is not find:
            raise triggers.ClaimedTwice(f"The job {job.name} is claimed twice: one file of jobs/, one job.")
        _jobs[job.name] = job
        return job

    return claim


def every(*, minutes: int, newest_only: bool = True, of: str | None = None) -> Callable:
    """At :00, :15, … of every hour for minutes=15. What was missed collapses into the newest period by default."""

    def moments(after: datetime, until: datetime, calendar: WorkingCalendar) -> Iterator[Period]:
        step = timedelta(minutes=minutes)
        start = after.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = start + ((after - start) // step + 1) * step
        while moment <= until:
            yield Period(moment)
            moment += step

    return _job(moments, "UTC", newest_only, of)


def daily(
    at: str,
    *,
    zone: str,
    when: Callable[[datetime], bool] = lambda day: True,
    newest_only: bool = False,
    of: str | None = None,
) -> Callable:
    """Once a local day at `at` ("02:00"), on the days for which `when(local moment)` holds."""
    clock = time.fromisoformat(at)

    def moments(after: datetime, until: datetime, calendar: WorkingCalendar) -> Iterator[Period]:
        day, before = after.date() - timedelta(days=1), after
        while day <= until.date():
            moment = _shown(day, clock, after.tzinfo)
            if _is_between(before, moment, until) and when(moment):
                yield Period(moment)
                before = moment
            day += timedelta(days=1)

    return _job(moments, zone, newest_only, of)


def once_a(
    kind: type[periods.Period],
    at: Callable[[periods.AnyPeriod, WorkingCalendar], datetime | None],
    *,
    zone: str,
    newest_only: bool = False,
    of: str | None = None,
) -> Callable:
    """Once a Week, Month or Quarter, at the moment that `at(period, calendar)` says; None where there is none.

    The moment lies in that period or in one of its neighbours; `calendar` is the head office's. `period.of` is the week, …
    """

    def moments(after: datetime, until: datetime, calendar: WorkingCalendar) -> Iterator[Period]:
        for one in periods.due_between(kind, lambda period: at(period, calendar), after, until):
            yield Period(at(one, calendar).astimezone(after.tzinfo), of=one)

    return _job(moments, zone, newest_only, of)


def _shown(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """When the zone's clocks first show that time of the day; where they skip it, when they have gone on by as much."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def _is_between(after: datetime, moment: datetime, until: datetime) -> bool:
    """Moments of one zone compare as its clocks show them, which go back in autumn: so they are compared in UTC."""
    return after.astimezone(UTC) < moment.astimezone(UTC) <= until.astimezone(UTC)


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


@cache
def _newest_periods(jobs: tuple[str, ...]) -> sa.Select:
    """When the newest period of each was due: a lookup each in the index, all in one statement."""
    table = storage.periods
    newest = (sa.select(sa.func.max(table.c.due_at)).where(table.c.job == job).scalar_subquery() for job in jobs)
    return sa.select(*newest)


class Schedule:
    """Finds due periods and turns their subjects into changes."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage
        self._failing: set[str] | None = None
        self.under_way: set[tuple[str, str]] = set()  # jobs and periods begun here whose subjects are not all done
        self.behind = False

    def meet(self) -> None:
        """Remember since when each job is known here: what was due before is none of its business."""
        now = self._engine.clock.now().isoformat()
        with self._storage.write() as tx:
            known = self._storage.mark(tx, MET) or {}
            met = {job.name: known.get(job.name, now) for job in jobs()}
            if met != known:
                self._storage.set_mark(tx, MET, {**known, **met})

    def tick(self) -> int:
        """Do what is due, of all jobs in the order of their moments; returns the periods begun.

        Safe in any number of processes: a period is taken by inserting it. After a downtime a job waits for what others have begun
        for an earlier moment (`behind`: the next tick goes on), as the cut-off of a month does for its cards.
        """
        now, begun, failed = self._engine.clock.now(), 0, set()
        self.behind = False
        for job, period in self._agenda(now):
            if job.name in failed:
                continue
            if self._others_are_at_work(job, period, now):
                self.behind = True
                break
            done = self._attempt(job, now, lambda job=job, period=period: self.begin(job, period))
            if done is None:
                failed.add(job.name)
            else:
                self._goes_again(job)
                begun += done
        return begun

    def _agenda(self, now: datetime) -> list[tuple[Job, Period]]:
        """Every due period of every job, oldest first."""
        last, agenda = self._last(jobs()), []
        for job in jobs():
            since = max(last[job.name], now - MAX_CATCH_UP)
            due = self._attempt(job, now, lambda job=job, since=since: job.due(since, now, self.calendar))
            agenda += [(job, period) for period in due or ()]
        return sorted(agenda, key=lambda one: one[1].due_at)

    def _others_are_at_work(self, job: Job, period: Period, now: datetime) -> bool:
        """Whether runs that other jobs began lately, for an earlier moment, are not done yet, nor wait for another attempt."""
        runs, noticed = storage.runs, storage.changes
        under_way = sa.and_(runs.c.state == "open", runs.c.wait.is_(None), runs.c.created_at > now - HELD_UP)
        earlier = sa.and_(
            noticed.c.kind == "job", noticed.c.at < period.due_at, noticed.c.what["job"].as_string() != job.name
        )
        query = sa.select(runs.c.id).join(noticed, noticed.c.id == runs.c.change_id).where(under_way, earlier)
        with self._storage.read() as connection:
            return connection.execute(query.limit(1)).first() is not None

    def at(self, job: Job, moment: datetime) -> Period | None:
        """The job's newest period at that moment; None if it has none in the year before."""
        for span in (TOO_LONG, MAX_CATCH_UP, FORESEEN):
            if found := job.missed(moment - span, moment, self.calendar):
                return Period(found[-1].due_at, self._done_before(job, found[-1]), found[-1].of)
        return None

    def row_of(self, job: Job, period: Period) -> sa.Row | None:
        """What our table says of the period, if it was begun."""
        table = storage.periods
        with self._storage.read() as connection:
            this = sa.select(table).where(table.c.job == job.name, table.c.period == period.key)
            return connection.execute(this).first()

    def run(self, job: Job, period: Period) -> list[Period]:
        """Begin the period, and before it what the job has not done yet; returns what was begun."""
        last = self._last([job])[job.name]
        is_next = period.due_at > last
        periods = (
            job.due(max(last, period.due_at - MAX_CATCH_UP), period.due_at, self.calendar) if is_next else [period]
        )
        return [one for one in periods if self.begin(job, one)]

    def _done_before(self, job: Job, period: Period) -> datetime:
        """Up to when the job had been done before that period; at most 31 days."""
        table = storage.periods
        earlier = sa.select(sa.func.max(table.c.due_at)).where(table.c.job == job.name, table.c.due_at < period.due_at)
        with self._storage.read() as connection:
            last = connection.scalar(earlier)
        last = last or min(self._last([job])[job.name], period.due_at - timedelta(minutes=1))
        return max(last, period.due_at - MAX_CATCH_UP)

    @property
    def calendar(self) -> WorkingCalendar:
        """The head office's."""
        return self._engine.calendar_of(None)

    def begin(self, job: Job, period: Period) -> bool:
        """Find the subjects and write period and changes in one transaction; a process that comes second writes nothing."""
        started = self._engine.clock.now()
        found = list(self.changes_of(job, period))
        row = {"job": job.name, "period": period.key, "due_at": period.due_at, "started_at": started}
        row |= {"finished_at": self._engine.clock.now(), "subjects": len(found)}
        with self._storage.write() as tx:
            if not self._storage.upsert(tx, storage.periods, row):
                return False
            fresh = sum(self._engine.observer.notice(tx, change) for change in found)
            table = storage.periods
            this = sa.and_(table.c.job == job.name, table.c.period == period.key)
            tx.execute(sa.update(table).where(this).values(begun=fresh))
        if found:
            log.info("job", job=job.name, period=period.key, subjects=len(found), begun=fresh)
        if fresh:
            self.under_way.add((job.name, period.key))
        return True

    def _attempt(self, job: Job, now: datetime, act: Callable) -> object:
        """What `act` gives; None if it fails: then the job is tried again at the next tick, and holds up no other."""
        try:
            done = act()
        except sa.exc.OperationalError as reason:
            log.warning("job waits", job=job.name, reason=str(reason))
        except PortalError as reason:
            if self._engine.portal.circuit.trouble is None:  # else nothing goes, and that has been said
                log.warning("job waits", job=job.name, reason=str(reason))
                self._fails(job, now, str(reason))
        except Exception as mistake:  # ours
            why = f"{type(mistake).__name__}: {mistake}"
            if self._fails(job, now, why):
                log.exception("job failed by our mistake", job=job.name)
            else:
                log.error("job fails still", job=job.name, reason=why)
        else:
            return done
        return None

    def _last(self, of: list[Job]) -> dict[str, datetime]:
        """The newest period of each job; before the first one, when the job was met; of one nobody met, the go-live mark."""
        with self._storage.read() as connection:
            met = self._storage.mark(connection, MET) or {}
            live_at = self._storage.mark(connection, "live_at")
            found = connection.execute(_newest_periods(tuple(job.name for job in of))).one() if of else ()
        return {
            job.name: last or datetime.fromisoformat(met.get(job.name, live_at))
            for job, last in zip(of, found, strict=True)
        }

    # — jobs that fail —

    def troubles(self) -> list[Trouble]:
        """Jobs that fail now."""
        with self._storage.read() as connection:
            return troubles(connection)

    def _fails(self, job: Job, now: datetime, why: str) -> bool:
        """A job is stuck when its next period has come meanwhile as well, or after a day. Whether that is news."""
        with self._storage.write() as tx:
            known = self._storage.mark(tx, TROUBLE + job.name)
            since = datetime.fromisoformat(known["since"]) if known else now
            stuck = now - since >= TOO_LONG or self._has_come_again(job, since, now)
            said = {"since": since.isoformat(), "why": why, "stuck": stuck}
            if said != known:
                self._storage.set_mark(tx, TROUBLE + job.name, said)
        if self._failing is not None:
            self._failing.add(job.name)
        return known is None or known["why"] != why

    def _has_come_again(self, job: Job, since: datetime, now: datetime) -> bool:
        try:
            return bool(job.missed(since, now, self.calendar))
        except Exception:  # ours, and said: nobody knows when it is due
            return False

    def _goes_again(self, job: Job) -> None:
        if self._failing is None:
            self._failing = {trouble.job for trouble in self.troubles()}
        if job.name in self._failing:
            with self._storage.write() as tx:
                tx.execute(sa.delete(storage.marks).where(storage.marks.c.name == TROUBLE + job.name))
            self._failing.discard(job.name)
            log.info("job goes again", job=job.name)

    def changes_of(self, job: Job, period: Period) -> Iterator[changes.Change]:
        """What comes up in the period, without processes that are switched off: nothing is written."""
        if not self._is_on(job.process):
            return
        for subject in job.find(self._engine, period) or ():
            key, process = "" if subject.once else period.key, subject.process or job.process
            if self._is_on(process):
                yield changes.job_due(job.name, key, subject.key, subject.deal_id, process, period.due_at, subject.what)

    def _is_on(self, process: str | None) -> bool:
        known = self._engine.company.processes.get(process)
        return known is None or known.enabled


def troubles(connection: sa.Connection) -> list[Trouble]:
    """Jobs that fail now, by the marks they left."""
    marks = storage.marks
    rows = connection.execute(sa.select(marks).where(marks.c.name.startswith(TROUBLE)).order_by(marks.c.name))
    return [
        Trouble(row.name.removeprefix(TROUBLE), datetime.fromisoformat(row.value["since"]), row.value["why"], row.value["stuck"])
        for row in rows
    ]  # fmt: skip
