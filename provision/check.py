"""The doctor: whether portal, people, machine and database are as Voronka needs them; each finding says what to do."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from requests import RequestException, get

from bitrix.client import Command, Portal
from bitrix.errors import PortalError
from config import Company
from config.settings import Settings
from engine.log import log
from engine.storage import SAFE_WAL, Storage
from provision import apply

State = Literal["ok", "warning", "error"]
SCOPES = {
    "crm": "deals, stages, timeline, requisites",
    "task": "tasks and checklists",
    "tasks": "messages in a task's chat",
    "user": "who fills a role",
    "department": "who is whose head",
    "im": "notifications, who is on leave",
    "disk": "folders of reports",
    "calendar": "who is away",
}
CLOCK_SECONDS = 60
RING_SECONDS = 60
NEXT_YEAR_FROM_MONTH = 11
LOOKED_OVER, REST = "provision:looked_over", timedelta(hours=1)
LOW_BYTES, FULL_BYTES = 2**30, 100 * 2**20
FONTS = ("Times New Roman", "Liberation Serif")
TEST_DEAL = "Проверка «Воронки»: сделку можно удалить"
EDIT_WEBHOOK = "On the portal: «Разработчикам» → the incoming webhook → give it the right; its address stays."


@dataclass(frozen=True)
class Finding:
    """`what` was found; `do` is empty while it is well."""

    state: State
    what: str
    do: str = ""


@dataclass(frozen=True)
class Patient:
    portal: Portal
    store: Storage
    company: Company
    settings: Settings


def examine(patient: Patient, *, ring: bool) -> Iterator[Finding]:
    """One finding after the other, as they come. `ring`: also change a deal of the portal and wait for its event."""
    for look in (_webhook, _portal, _people, _clock, _calendar, _office, _database):
        yield from _guarded(look, patient)
    if ring:
        yield from _guarded(_ring, patient)


def look_over(patient: Patient, *, ring: bool) -> list[Finding]:
    """The same for nobody to watch: what is not well stands in the log, and when it was looked at in the store."""
    findings = list(examine(patient, ring=ring))
    for found in findings:
        if found.state != "ok":
            log.warning("check", severity=found.state, what=found.what, do=found.do)
    with patient.store.write() as tx:
        patient.store.set_mark(tx, LOOKED_OVER, patient.portal.now().isoformat())
    return findings


def is_due(patient: Patient) -> bool:
    """Whether a start should look over: a worker that is restarted again and again does it once an hour."""
    with patient.store.read() as connection:
        last = patient.store.mark(connection, LOOKED_OVER)
    return last is None or patient.portal.now() - datetime.fromisoformat(last) > REST


def receiver_listens(patient: Patient) -> bool:
    """Whether the receiver can be asked from here what has rung."""
    return _events(_metrics(patient)) is not None


def _metrics(patient: Patient) -> str:
    return f"http://{patient.settings.host}:{patient.settings.port}/metrics"


def _guarded(look: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    """What the portal or the database does not answer is a finding, and keeps no other from being made."""
    try:
        yield from look(patient)
    except PortalError as error:
        yield Finding("error", "the portal does not answer as it should", str(error))
    except sa.exc.SQLAlchemyError as error:
        yield Finding("error", f"the database cannot be used ({type(error).__name__})", "Check DATABASE_URL.")


# — the portal —


def _webhook(patient: Patient) -> Iterator[Finding]:
    profile, scopes = patient.portal.call("profile").result, patient.portal.call("scope").result
    for scope, what_for in SCOPES.items():
        if scope not in scopes:
            yield Finding("error", f"the incoming webhook has no right «{scope}» ({what_for})", EDIT_WEBHOOK)
    name = f"{profile.get('LAST_NAME') or ''} {profile.get('NAME') or ''}".strip()
    if not profile.get("ADMIN"):
        do = f"Make {name} an administrator, or create the webhook as one."
        yield Finding("error", f"the webhook's user, {name}, is no administrator", do)
    [user] = patient.portal.call("user.get", {"FILTER": {"ID": profile["ID"]}}).result
    if str(user.get("EMAIL") or "").lower() in _named(patient.company):
        do = "Create an employee «Воронка» for it: else nobody can tell what a person did and what the program."
        yield Finding("warning", f"the webhook belongs to {name}, who fills a role", do)
    yield Finding("ok", f"incoming webhook of {name}")


def _portal(patient: Patient) -> Iterator[Finding]:
    plan = apply.plan(patient.portal, patient.company)
    if plan.doable:
        do = "flask plan says what, flask apply makes it."
        yield Finding("error", f"the portal lacks {len(plan.doable)} things of config/", do)
    for step in plan.steps:
        if step.kind in ("ask", "cannot"):
            yield Finding("warning", f"{step.place}: {step.what}", "Decide it, then flask apply.")
    if not plan.doable:
        yield Finding("ok", "funnels, stages, fields and cards are as config/ describes them")


def _people(patient: Patient) -> Iterator[Finding]:
    named = _named(patient.company)
    asked = [Command("user.get", {"FILTER": {"EMAIL": email}, "ADMIN_MODE": "Y"}) for email in named]
    for (email, roles), answer in zip(named.items(), patient.portal.submit(asked), strict=True):
        if isinstance(answer, PortalError):
            raise answer
        active = [user.get("ACTIVE") in (True, "Y", "true") for user in answer.result]
        if not active:
            do = "Correct the e-mail in config/people.yaml, or invite the person to the portal."
            yield Finding("error", f"{email} ({', '.join(roles)}) is not on the portal", do)
        elif not any(active):
            do = "Name somebody else in config/people.yaml; until then the deputy or the head is asked."
            yield Finding("warning", f"{email} ({', '.join(roles)}) is dismissed", do)
        elif not any(_has_zone(patient.company, user) for user in answer.result):
            do = "Fill in the city or the time zone of the profile on the portal; until then it is Moscow's time."
            yield Finding("warning", f"{email} ({', '.join(roles)}) has no time zone for the deadlines of tasks", do)
    yield Finding("ok", f"{len(named)} people of config/people.yaml were looked for")


def _has_zone(company: Company, user: dict) -> bool:
    return bool(user.get("TIME_ZONE")) or user.get("PERSONAL_CITY") in company.cities


def _named(company: Company) -> dict[str, list[str]]:
    """E-mail → the roles that it fills or stands in for."""
    named: dict[str, list[str]] = {}
    for role in company.roles.values():
        of_cities = [email for emails in role.users_by_city.values() for email in emails]
        for email in dict.fromkeys([*role.users, *of_cities, *([role.deputy] if role.deputy else [])]):
            named.setdefault(email, []).append(role.code)
    return named


def _ring(patient: Patient) -> Iterator[Finding]:
    """A marked deal in the portal's general funnel, which is none of ours, is made and deleted again."""
    address = _metrics(patient)
    before = _events(address)
    if before is None:
        yield Finding("error", "the receiver does not listen", "Start flask serve, or flask web, then check again.")
        return
    made = patient.portal.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": TEST_DEAL, "categoryId": 0}})
    try:
        rung = _wait_for_more(address, before)
    finally:
        patient.portal.call("crm.item.delete", {"entityTypeId": 2, "id": made.result["item"]["id"]})
    if rung is None:
        do = "Look at the outgoing webhook: its address, its events, its token in BITRIX_EVENT_TOKEN; and at the log."
        yield Finding("error", f"no event came within {RING_SECONDS} s after a deal was made", do)
    else:
        yield Finding("ok", f"the portal rang {rung:.0f} s after a change")


def _wait_for_more(address: str, before: float) -> float | None:
    """After how many seconds more events had been taken."""
    began = time.monotonic()
    while time.monotonic() - began < RING_SECONDS:
        if (_events(address) or 0) > before:
            return time.monotonic() - began
        time.sleep(0.2)
    return None


def _events(address: str) -> float | None:
    """How many events the receiver has taken; None while it does not answer."""
    try:
        lines = get(address, timeout=10).text.splitlines()
    except RequestException:
        return None
    return sum(
        float(line.rpartition(" ")[2]) for line in lines if line.startswith('voronka_events_total{outcome="taken"')
    )


# — the machine —


def _clock(patient: Patient) -> Iterator[Finding]:
    """Business time is the portal's; logs and certificates are the machine's."""
    apart = abs((patient.portal.now() - datetime.now(UTC)).total_seconds())
    if apart > CLOCK_SECONDS:
        do = "Switch time synchronisation on; deadlines follow the portal in any case, the log does not."
        yield Finding("warning", f"this machine's clock is {apart:.0f} s away from the portal's", do)
    else:
        yield Finding("ok", "the clocks agree")


def _calendar(patient: Patient) -> Iterator[Finding]:
    today = patient.portal.now().date()
    calendar = patient.company.calendar
    known = {day.year for day in (*calendar.short_days, *calendar.overrides)}
    years = [today.year, *([today.year + 1] if today >= date(today.year, NEXT_YEAR_FROM_MONTH, 1) else [])]
    for year in years:
        if year not in known:
            do = "Have the accountant confirm the days before holidays and write them into config/calendar.yaml."
            yield Finding("warning", f"the production calendar of {year} has no short days", do)
    if known.issuperset(years):
        yield Finding("ok", f"production calendar of {', '.join(map(str, years))}")


def _office(patient: Patient) -> Iterator[Finding]:
    if shutil.which("soffice") is None:
        yield Finding("warning", "LibreOffice is not installed: no PDF", "apt install libreoffice-writer-nogui")
    else:
        yield Finding("ok", "LibreOffice is installed")
    listed = (
        subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True) if shutil.which("fc-list") else None
    )
    if listed is None or not any(font in listed.stdout for font in FONTS):
        yield Finding("warning", f"neither {' nor '.join(FONTS)} is installed", "apt install fonts-liberation")
    else:
        yield Finding("ok", "the documents' font is installed")


def _database(patient: Patient) -> Iterator[Finding]:
    with patient.store.read() as connection:
        if not patient.store.is_sqlite:
            version = connection.scalar(sa.text("SHOW server_version"))
            yield Finding("ok", f"PostgreSQL {version}")
            return
        version = connection.scalar(sa.text("SELECT sqlite_version()"))
        path = Path(patient.store.engine.url.database)
    if tuple(map(int, version.split("."))) < SAFE_WAL:
        do = "Install the requirements on a machine for which pysqlite3 has a wheel; until then writing is slower."
        yield Finding("warning", f"SQLite {version} cannot use its faster journal safely", do)
    else:
        yield Finding("ok", f"SQLite {version}")
    free = shutil.disk_usage(path.parent).free
    state: State = "error" if free < FULL_BYTES else "warning" if free < LOW_BYTES else "ok"
    do = "" if state == "ok" else f"Make room where {path} lies."
    yield Finding(state, f"{free / 2**30:.1f} GB free beside the database", do)
