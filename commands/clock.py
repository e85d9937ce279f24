"""The clock, as IT sees it: what each job made, what one would find, one that is run by hand."""

import json
import re
import time
from dataclasses import asdict
from datetime import UTC, datetime

import click
import sqlalchemy as sa
from tqdm import tqdm

import handlers
import jobs
from commands.terminal import command, prepared, print_table
from config import company
from config.settings import Settings
from config.source import nearest
from engine import schedule, storage
from engine.storage import Storage
from rules.working_time import WorkingCalendar

STUCK_SECONDS = 60  # without any step of the worker's: then flask job waits no longer


@command("jobs")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_jobs(settings: Settings, as_json: bool) -> None:
    """List the jobs of the clock.

    Zone, last period, next one, and what was made when something last came up: subjects, what became of their runs, and
    what these did on the portal. A job that fails is named with the reason.
    """
    from engine.made import past

    jobs.load()
    now, calendar = datetime.now(UTC), _calendar()
    known = {job.name: job for job in schedule.jobs()}
    with prepared(settings).read() as connection:
        found = [(known[name], one, known[name].next(now, calendar)) for name, one in past(connection, list(known))]
    if as_json:
        for job, one, due in found:
            line = {"job": job.name, "zone": job.zone.key, "last": one.last, "next": due}
            line |= {"made": one.made and asdict(one.made), "trouble": one.trouble and asdict(one.trouble)}
            click.echo(json.dumps(line, ensure_ascii=False, default=datetime.isoformat))
        return
    rows = [
        (job.name, job.zone.key, _local(one.last, job), _local(due, job), _said(one, job)) for job, one, due in found
    ]
    print_table(("job", "zone", "last", "next", "made"), rows)


def _said(one, job: schedule.Job) -> str:
    """What it made, with the day if that was in an earlier period than the last one, or why it makes nothing."""
    if one.trouble is not None:
        return f"! fails since {_local(one.trouble.since, job)}: {one.trouble.why}"
    if one.made is None:
        return "—"
    when = datetime.fromisoformat(one.made.period)
    return str(one.made) if when == one.last else f"{_local(when, job)}: {one.made}"


@command("job")
@click.argument("name")
@click.option(
    "--at", metavar="MOMENT", help="2026-11-26T09:00+03:00; without it, now. Without an offset: the job's zone."
)
@click.option("--dry-run", is_flag=True, help="Only say what would come up; nothing is written, here or on the portal.")
def job(settings: Settings, name: str, at: str | None, dry_run: bool) -> None:
    """Run the newest period of a job, or say what it would find.

    A period that was done already is not done twice. With it go the periods before it that were missed. The worker does
    what comes up; flask jobs then shows what that made.
    """
    from engine.engine import Engine
    from engine.rehearsal import Rehearsal

    handlers.load()
    jobs.load()
    one = _job_called(name)
    engine = Engine.from_settings(settings, company(), Rehearsal if dry_run else Storage)
    try:
        engine.look_up()
    except sa.exc.OperationalError:
        if dry_run:
            raise click.ClickException("The database has no tables of today: start the worker first.") from None
        raise
    now = engine.clock.now()
    moment = _moment(at, one) if at else now
    period = engine.schedule.at(one, moment)
    if period is None:
        raise click.ClickException(
            f"{name} has no period in the year before {moment:%Y-%m-%d}; flask jobs lists the next."
        )
    if dry_run:
        _rehearse(engine, one, period)
    elif moment > now:
        raise click.ClickException(
            f"It is not {moment.isoformat()} yet: wait, or see what would come up with --dry-run."
        )
    elif (row := engine.schedule.row_of(one, period)) is not None:
        click.echo(f"{name} {period.key} was done already, at {_local(row.finished_at, one)}: {row.subjects} subjects.")
    else:
        for begun in engine.schedule.run(one, period):
            row = engine.schedule.row_of(one, begun)
            click.echo(f"{name} {begun.key}: {row.subjects} subjects, {row.begun} of them for the first time.")
            if row.begun:
                _watch(engine.storage, row)
        click.echo("The worker does them; flask jobs says what they made.")


@command("cancel")
@click.argument("key", metavar="KEY")
@click.option("--undo", is_flag=True, help="It shall be made after all.")
def cancel(settings: Settings, key: str, undo: bool) -> None:
    """Keep a report of a representative from being opened, or from coming back once it was deleted.

    KEY names it, REP_REPORT:2026-11:U17 for November of user 17; the notification of a deletion says it.
    """
    if not re.fullmatch(r"REP_REPORT:\d{4}-(0[1-9]|1[0-2]):U\d+", key):
        raise click.UsageError(f"{key} is no key of a report: it is written REP_REPORT:2026-11:U17.")
    store = prepared(settings)
    with store.write() as tx:
        store.set_mark(tx, storage.cancelled(key), None if undo else datetime.now(UTC).isoformat())
    click.echo(f"{key}: {'will be made again' if undo else 'will not be made'}.")


def _watch(store: Storage, row: sa.Row) -> None:
    """On a terminal: a bar while the worker does what came up. It ends with what that made, or when nothing goes on for a minute."""
    from engine.made import made

    with tqdm(disable=None, leave=False, unit=" steps", desc=row.job) as bar:
        moved_at = time.monotonic()
        while not bar.disable and time.monotonic() - moved_at < STUCK_SECONDS:
            with store.read() as connection:
                one = made(connection, row)
            over, bar.total = one.steps
            if over != bar.n:
                moved_at = time.monotonic()
            bar.update(over - bar.n)
            if one.is_over:
                bar.clear()
                click.echo(f"{one}; {one.requests} requests, {one.counts['seconds']} s")
                return
            time.sleep(0.5)


def _rehearse(engine, one: schedule.Job, period: schedule.Period) -> None:
    """Which subjects would come up; those that have come up before do so once and never again."""
    table, found = storage.changes, {change.id: change for change in engine.schedule.changes_of(one, period)}
    with engine.storage.read() as connection:
        known = set(connection.scalars(sa.select(table.c.id).where(table.c.id.in_(found)))) if found else set()
    click.echo(f"{one.name} {period.key}: {len(found) - len(known)} would come up, {len(known)} have come up already.")
    rows = [
        (identity.removeprefix(f"job:{one.name}:").removeprefix(period.key).removeprefix(":"), change.process, change.deal_id, _what(change.what))
        for identity, change in found.items() if identity not in known
    ]  # fmt: skip
    if rows:
        print_table(("subject", "process", "deal", "what"), rows)


def _what(what: dict) -> str:
    said = json.dumps({name: value for name, value in what.items() if name != "job"}, ensure_ascii=False, default=str)
    return said if len(said) <= 200 else f"{said[:199]}…"


def _job_called(name: str) -> schedule.Job:
    known = {job.name: job for job in schedule.jobs()}
    if name not in known:
        raise click.UsageError(f"There is no job {name}.{nearest(name, known)} flask jobs lists them.")
    return known[name]


def _moment(text: str, job: schedule.Job) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--at {text}: write a moment, as 2026-11-26T09:00+03:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=job.zone)


def _calendar() -> WorkingCalendar:
    """The head office's."""
    known = company().calendar
    return WorkingCalendar(known.short_days, (), known.overrides)


def _local(moment: datetime | None, job: schedule.Job) -> str:
    return f"{moment.astimezone(job.zone):%Y-%m-%d %H:%M}" if moment else "—"
