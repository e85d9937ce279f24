"""The doctor: whether portal, people, machine and database are as Voronka needs them; each finding says what to do."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
CARDS = {"DEAL": (2, {"categoryId": 0}), "COMPANY": (4, {})}
"""What is made in order to be rung for, by its name in events: its kind, and what it needs."""
TEST_CARD = "Проверка «Воронки»: можно удалить"
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
    """One finding after the other, as they come. `ring`: also make a deal and a company and wait for their events."""
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
    return _events(patient) is not None


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
    if str(user.get("EMAIL") or "").lower() in _named(patient.company, patient.portal.now().date()):
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
    named = _named(patient.company, patient.portal.now().date())
    asked = [Command("user.get", {"FILTER": {"EMAIL": email}, "ADMIN_MODE": "Y"}) for email in named]
    for (email, roles), answer in zip(named.items(), patient.portal.submit(asked), strict=True):
        if isinstance(answer, PortalError):
            raise answer
        active = [user.get("ACTIVE") in (True, "Y", "true") for user in answer.result]
        who, file = f"{email} ({', '.join(roles)})", " and ".join(dict.fromkeys(roles.values()))
        if not active:
            do = f"Correct the e-mail in {file}, or invite the person to the portal."
            yield Finding("error", f"{who} is not on the portal", do)
        elif not any(active):
            do = f"Name somebody else in {file}, or give a representative an end; until then the deputy or the head is asked."
            yield Finding("warning", f"{who} is dismissed", do)
        elif not any(_has_zone(patient.company, user) for user in answer.result):
            do = "Fill in the city or the time zone of the profile on the portal; until then it is Moscow's time."
            yield Finding("warning", f"{who} has no time zone for the deadlines of tasks", do)
    yield Finding("ok", f"{len(named)} people of config/ were looked for")


def _has_zone(company: Company, user: dict) -> bool:
    return bool(user.get("TIME_ZONE")) or user.get("PERSONAL_CITY") in company.cities


def _named(company: Company, today: date) -> dict[str, dict[str, str]]:
    """E-mail → what the person does or stands in for, and the file that says so. Who represented a region once is left out."""
    named: dict[str, dict[str, str]] = {}
    for role in company.roles.values():
        of_cities = [email for emails in role.users_by_city.values() for email in emails]
        for email in filter(None, [*role.users, *of_cities, role.deputy]):
            named.setdefault(email, {})[role.code] = "config/people.yaml"
    for one in company.representatives.values():
        if one.end is None or one.end >= today:
            doers = {"representative": one.user, "coordinator": one.coordinator, "deputy": one.deputy}
            for what, email in doers.items():
                if email is not None:
                    named.setdefault(email, {})[f"{what}, {one.city}"] = "config/representatives.yaml"
    return named


def _ring(patient: Patient) -> Iterator[Finding]:
    """Marked cards, a deal of the portal's general funnel and a company of no kind, are made, changed and deleted again."""
    before = _events(patient)
    if before is None:
        yield Finding("error", "the receiver does not listen", "Start flask serve, or flask web, then check again.")
        return
    wanted = {f"ONCRM{card}{what}" for card in CARDS for what in ("ADD", "UPDATE")}
    with _cards_of_ours(patient):
        silent, seconds = _wait_for(patient, wanted, before)
    if silent == wanted:
        do = "Look at the outgoing webhook: its address, its events, its token in BITRIX_EVENT_TOKEN; and at the log."
        yield Finding("error", f"no event came within {RING_SECONDS} s after a deal and a company were made", do)
    elif silent:
        do = "Add these events to the outgoing webhook; until then such changes are heard within a minute."
        missing = ", ".join(sorted(silent))
        yield Finding("warning", f"the portal rang, but {missing} did not come within {RING_SECONDS} s", do)
    else:
        yield Finding("ok", f"the portal rang {seconds:.0f} s after a change")


@contextmanager
def _cards_of_ours(patient: Patient) -> Iterator[None]:
    made = []
    try:
        for kind, fields in CARDS.values():
            asked = {"entityTypeId": kind, "fields": {"title": TEST_CARD, **fields}}
            made.append({"entityTypeId": kind, "id": patient.portal.call("crm.item.add", asked).result["item"]["id"]})
            patient.portal.call("crm.item.update", {**made[-1], "fields": {"title": f"{TEST_CARD}."}})
        yield
    finally:
        for card in made:
            patient.portal.call("crm.item.delete", card)


def _wait_for(patient: Patient, wanted: set[str], before: dict[str, float]) -> tuple[set[str], float]:
    """Which events did not come, and after how many seconds the others had."""
    began = time.monotonic()
    silent = wanted
    while silent and time.monotonic() - began < RING_SECONDS:
        now = _events(patient) or before
        silent = {event for event in wanted if now.get(event, 0) <= before.get(event, 0)}
        if silent:
            time.sleep(0.2)
    return silent, time.monotonic() - began


def _events(patient: Patient) -> dict[str, float] | None:
    """How many events of each name the receiver has taken; None while it does not answer."""
    try:
        text = get(_metrics(patient), timeout=10).text
    except RequestException:
        return None
    return {
        event: float(count) for event, count in re.findall(r'^voronka_rings_total\{event="(\w+)"\} (\S+)$', text, re.M)
    }


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
