"""The commands: `flask <command>` in the project's folder. They end with the codes that `EPILOG` names."""

import json
import re
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask
from tqdm import tqdm

import supervisor
from bitrix.client import Portal
from cli_jobs import job, list_jobs
from config import FOLDER, Company, ConfigError, company, load
from config.settings import Settings
from config.source import nearest
from engine import absence_list, storage
from engine.people import MOSCOW
from engine.storage import Storage
from rules import reading
from terminal import EPILOG
from terminal import command as _command
from terminal import plainly as _plainly
from terminal import prepared as _prepared
from terminal import print_table as _print_table
from web.health import Part, examine, is_well

A_FOLDER = click.Path(path_type=Path, file_okay=False)


def register(app: Flask) -> None:
    """Make `flask <command>` know them."""
    for one in COMMANDS:
        app.cli.add_command(one)


# — processes —


@_command("serve")
def serve(settings: Settings) -> None:
    """Run receiver, worker and clock with one command.

    Web and worker are two processes, restarted when they die, ended together by SIGTERM or Ctrl+C.
    """
    _refuse_taken_port(settings)
    _prepared(settings).close()
    flask = (sys.executable, "-m", "flask", "--app", str(Path(__file__).with_name("app.py")))
    children = [supervisor.Child(name, (*flask, name)) for name in ("web", "worker")]
    address = f"http://{settings.host}:{settings.port}"
    code = supervisor.keep(children, lambda: _answers(settings), lambda: click.echo(f"Voronka listens on {address}"))
    sys.exit(code)


@_command("web")
def web(settings: Settings) -> None:
    """Run the receiver and the status pages alone."""
    from app import serve as answer  # the application registers these commands

    _prepared(settings).close()
    answer(settings)


@_command("worker")
def worker(settings: Settings) -> None:
    """Run the worker alone.

    It looks, does runs and keeps the clock. One on SQLite; on PostgreSQL as many as you like, of which one leads.
    """
    from worker import run  # the engine takes a second to import: only where it is used

    run(settings)


# — looking —


@_command("health")
@click.option("--json", "as_json", is_flag=True, help="As /healthz answers.")
def health(settings: Settings, as_json: bool) -> None:
    """Say how the parts are and what to do.

    The parts are receiver, worker, clock, observer and portal. Ends with 1 while one of them is down.
    """
    parts = examine(Storage(settings.database_url), settings)
    if not _answers(settings):
        remedy = f"Nothing listens on {settings.host}:{settings.port}: start it with flask serve, or flask web."
        parts["receiver"] = Part("down", None, remedy)
    if as_json:
        click.echo(json.dumps({name: asdict(part) for name, part in parts.items()}))
    else:
        rows = [(name, part.state, part.seconds, part.do) for name, part in parts.items()]
        _print_table(("part", "state", "seconds", "what to do"), rows)
    sys.exit(0 if is_well(parts) else 1)


@_command("failures")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def failures(settings: Settings, as_json: bool) -> None:
    """List the dead letters.

    These are runs that ended without success; they wait for `flask retry` or `flask park`.
    """
    runs = storage.runs
    with _prepared(settings).read() as connection:
        dead = connection.execute(sa.select(runs).where(runs.c.state == "failed").order_by(runs.c.id)).all()
    rows = [(run.id, run.finished_at.isoformat(timespec="seconds"), run.deal_id, run.trigger, run.note) for run in dead]
    columns = ("id", "when", "deal", "trigger", "why")
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False))
    elif rows:
        _print_table(columns, rows)
    else:
        click.echo("No dead letters.")


# — the portal as code —


@_command("plan")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--config", "folder", type=A_FOLDER, help="Another folder than config/, as flask export makes it.")
def plan(settings: Settings, as_json: bool, folder: Path | None) -> None:
    """Say what lies between config/ and the portal.

    Nothing is changed. Ends with 0 when there is nothing to do, with 2 when flask apply would change something.
    """
    from provision import apply as provisioning

    made = provisioning.plan(_portal(settings), load(folder) if folder else company())
    if as_json:
        steps = [{"kind": step.kind, "place": step.place, "what": step.what} for step in made.steps]
        click.echo(json.dumps({"steps": steps, "counts": made.counts}, ensure_ascii=False))
    else:
        _print_plan(made)
    sys.exit(2 if made.doable else 0)


@_command("apply")
@click.option("--adopt", multiple=True, metavar="CODE=ID", help="This funnel of the portal is that of a process.")
@click.option("--create", multiple=True, metavar="CODE", help="A new funnel, although one is called much alike.")
@click.option("--as-written", is_flag=True, help="Titles, labels and colours that people changed become config/'s.")
def apply(settings: Settings, adopt: Sequence[str], create: Sequence[str], as_written: bool) -> None:
    """Make the portal as config/ describes it.

    It may be ended and repeated at any moment. Nothing that people made is deleted or renamed. At the end it says, in
    Russian, what only a person can do. Ends with 1 while something could not be done.
    """
    from provision import apply as provisioning
    from provision import by_hand
    from provision.plan import Answers

    answers = Answers(_about_funnels(company(), adopt, create), as_written)
    with tqdm(disable=None, leave=False, unit=" commands") as bar:

        def progress(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        applied = provisioning.apply(_portal(settings), _prepared(settings), company(), answers, progress)
    refused = {step: error for step, error in applied.refused.items() if step in applied.left.steps}
    _print_plan(applied.left)
    for step, error in refused.items():
        click.echo(f"! {step.place}: {step.what}: {error}")
    click.echo(f"{applied.done} commands done.")
    click.echo("\nОстальное может сделать только человек:\n\n" + "\n".join(by_hand.steps(company(), settings)))
    sys.exit(1 if refused or applied.left.doable else 0)


@_command("export")
@click.argument("folder", type=A_FOLDER)
def export(settings: Settings, folder: Path) -> None:
    """Write the portal down as a folder like config/.

    Its funnels, their stages and all custom fields become YAML that loads as it is; cities, people, terms and the rest are
    copied from config/. The portal is only read. Go on with flask plan --config FOLDER.
    """
    from provision import export, found

    try:
        made = export.write(found.read(_portal(settings)), company(), FOLDER, folder)
    except FileExistsError:
        raise click.ClickException(f"{folder} is not empty; name a new folder.") from None
    for path in made.files:
        click.echo(path)
    for one in made.left_out:
        click.echo(f"! {one}: config/ has no such type, the field is left to the portal.")


@_command("check")
@click.option("--ring/--no-ring", default=True, help="Also make a test deal and wait for its event; needs flask web.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def check(settings: Settings, ring: bool, as_json: bool) -> None:
    """Say what is wrong with portal, people, machine and database, and what to do.

    Ends with 0 when all is well, with 1 when something must be mended, with 2 when there are only warnings.
    """
    from provision.check import Patient, examine

    states = set()
    for finding in examine(Patient(_portal(settings), _prepared(settings), company(), settings), ring=ring):
        states.add(finding.state)
        if as_json:
            click.echo(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            click.echo(f"{MARKS[finding.state]} {finding.what}" + (f"\n    {finding.do}" if finding.do else ""))
    sys.exit(1 if "error" in states else 2 if "warning" in states else 0)


MARKS = {"ok": "+", "warning": "?", "error": "!"}
SIGNS = {"create": "+", "change": "~", "keep": "=", "ask": "?", "cannot": "!"}


def _print_plan(made) -> None:
    """One line a step, place by place, and a line that adds them up."""
    place = None
    for step in made.steps:
        if step.place != place:
            place = step.place
            click.echo(place)
        click.echo(f"  {SIGNS[step.kind]} {step.what}")
    counts = made.counts
    if not made.doable:
        click.echo("Nothing to do.")
    click.echo(
        f"{counts['create']} to create, {counts['change']} to change, {counts['keep']} left alone, "
        f"{counts['ask']} to ask about, {counts['cannot']} impossible."
    )


def _about_funnels(company: Company, adopt: Sequence[str], create: Sequence[str]) -> dict[str, int | None]:
    """What was answered, by the code under which a funnel is found again."""
    from provision import wanted

    given: dict[str, int | None] = dict.fromkeys(create)
    for word in adopt:
        code, _, number = word.partition("=")
        if not number.isdecimal():
            raise click.UsageError(f"--adopt {word}: write CODE=ID, as --adopt SOFT=7.")
        given[code] = int(number)
    known = [funnel.key for funnel in wanted.of(company).funnels]
    for code in given:
        if code not in known:
            raise click.UsageError(f"config/ asks for no funnel {code}.{nearest(code, known)}")
    return given


def _portal(settings: Settings) -> Portal:
    return Portal(
        settings.bitrix_webhook_url.get_secret_value(), limits=settings.limits, cut_seconds=settings.portal_cut_seconds
    )


# — dead letters —


@_command("retry")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
def retry(settings: Settings, ids: Sequence[int]) -> None:
    """Open dead letters again.

    What they have done already is not done twice.
    """
    from engine import families

    _each(settings, ids, families.retry, "opened again")


@_command("park")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
def park(settings: Settings, ids: Sequence[int]) -> None:
    """Give dead letters up.

    Somebody has done it by hand, or it shall not be done.
    """
    from engine import families

    _each(settings, ids, families.park, "given up")


# — what the clock opens —


@_command("cancel")
@click.argument("key", metavar="KEY")
@click.option("--undo", is_flag=True, help="It shall be made after all.")
def cancel(settings: Settings, key: str, undo: bool) -> None:
    """Keep a report from being opened, or from coming back once it was deleted.

    KEY names it, REP_REPORT:2026-11:U17 for November of user 17; the notification of a deletion says it.
    """
    if not re.fullmatch(r"[A-Z_]+:[\w-]+:U\d+", key):
        raise click.UsageError(f"{key} is no key of a report: it is written REP_REPORT:2026-11:U17.")
    store = _prepared(settings)
    with store.write() as tx:
        store.set_mark(tx, storage.cancelled(key), None if undo else datetime.now(UTC).isoformat())
    click.echo(f"{key}: {'will be made again' if undo else 'will not be made'}.")


@dataclass(frozen=True)
class _Desk:
    """As much of an engine as dead letters need: nothing is started."""

    storage: Storage
    queue: object


def _each(settings: Settings, ids: Sequence[int], act: Callable[[_Desk, int], bool], done: str) -> None:
    from engine.families import Queue

    store = _prepared(settings)
    desk = _Desk(store, Queue(store))
    unknown = [run_id for run_id in tqdm(ids, disable=None, leave=False) if not act(desk, run_id)]
    if len(ids) > len(unknown):
        click.echo(f"{len(ids) - len(unknown)} {done}.")
    if unknown:
        raise click.ClickException(f"No dead letter {', '.join(map(str, unknown))}: flask failures lists them.")


# — copies of the database —


@_command("backup")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(settings: Settings, path: Path) -> None:
    """Write a whole, checked copy of a SQLite database.

    It may run while everything works. A file that is there already is left alone.
    """
    try:
        _prepared(settings).copy_to(path)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; name a new file.") from None
    click.echo(f"{path}: {path.stat().st_size} bytes")


@_command("restored")
def restored(settings: Settings) -> None:
    """Say that an older copy of the database was put back, where Voronka cannot see that.

    On SQLite it sees it by itself. On PostgreSQL call this before the workers start; they then look for what they did.
    """
    store = _prepared(settings)
    with store.write() as tx:
        store.set_mark(tx, storage.RESTORED, {"until": None})
    click.echo("The next start of the worker looks for what was done before it does anything.")


# — templates of documents: no settings and no portal are needed —


@click.group("templates", epilog=EPILOG)
def templates() -> None:
    """Look at the templates of documents."""


@templates.command("check", epilog=EPILOG)
@click.argument("codes", nargs=-1, metavar="[CODE…]")
@_plainly
def check_templates(codes: Sequence[str]) -> None:
    """Say what each template uses and what is wrong with it.

    Unknown names come with the nearest right one. Without codes all templates are looked at. Ends with 1 on findings.
    """
    from documents import inspection

    found = 0
    for code in codes or inspection.written():
        one = inspection.inspect(_template(code))
        click.echo(f"{one.code} «{one.title}»: {', '.join(one.uses) or '—'}")
        for finding in one.findings:
            click.echo(f"  ! {finding}")
        found += len(one.findings)
    click.echo(f"Замечаний: {found}.")
    sys.exit(1 if found else 0)


@templates.command("preview", epilog=EPILOG)
@click.argument("code")
@click.option("--pdf", "as_pdf", is_flag=True, help="As PDF, by the LibreOffice of this machine.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to; CODE.example.docx by default.")
@_plainly
def preview(code: str, as_pdf: bool, out: Path | None) -> None:
    """Fill a template with example data."""
    from documents import inspection

    target = out or Path(f"{code}.example.{'pdf' if as_pdf else 'docx'}")
    try:
        target.write_bytes(inspection.preview(_template(code), as_pdf=as_pdf))
    except inspection.NoPreview as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(str(target))


def _template(code: str) -> str:
    from documents import inspection

    if code not in (written := inspection.written()):
        raise click.UsageError(f"There is no template {code}; there are: {', '.join(written)}.")
    return code


# — the distributor: rates of its branches, its price list —


@click.group("rates", epilog=EPILOG)
def rates() -> None:
    """Rates of the distributor's branches. BRANCH is a name or a number, days are 27.11.2026."""


@click.group("prices", epilog=EPILOG)
def prices() -> None:
    """The distributor's price list."""


def _of_distributor(group: click.Group, name: str) -> Callable:
    """A command of the group, whose first argument is a desk; what is wrong with what was entered is said in its words."""

    def declare(act: Callable) -> click.Command:
        @wraps(act)
        def run(**given: object) -> None:
            from provision.distributor import Desk

            settings = Settings.from_env()
            try:
                act(Desk.of(_portal(settings), company(), _prepared(settings)), **given)
            except ValueError as reason:
                raise reason if isinstance(reason, ConfigError) else click.ClickException(str(reason)) from None

        return group.command(name, epilog=EPILOG)(_plainly(run))

    return declare


A_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
ONLY_LOOK = click.option("--dry", is_flag=True, help="Only look at the file: nothing is written.")


@_of_distributor(rates, "list")
@click.argument("branch", required=False)
@click.option("--on", "day", help="Only the rates of that day.")
def list_rates(desk, branch: str | None, day: str | None) -> None:
    """List the rates, of one branch or of all."""
    from provision import distributor

    columns = ("number", "branch", "rate", "from", "until", "note")
    _print_table(columns, distributor.rates(desk, branch, reading.day(day) if day else None))


@_of_distributor(rates, "set")
@click.argument("branch")
@click.argument("rate")
@click.option(
    "--from", "since", required=True, metavar="DAY", help="Its first day; the rate before ends the day before."
)
@click.option("--note", default="")
def set_rate(desk, branch: str, rate: str, since: str, note: str) -> None:
    """Give a branch a rate, in percent."""
    from provision import distributor

    click.echo(distributor.set_rate(desk, branch, rate, since, note))


@_of_distributor(rates, "correct")
@click.argument("branch")
@click.argument("since", metavar="FROM")
@click.option("--rate", help="Another percentage.")
@click.option("--from", "begins", metavar="DAY", help="Another first day.")
@click.option("--to", "ends", metavar="DAY", help="Another last day; - where it has none.")
def correct_rate(desk, branch: str, since: str, rate: str | None, begins: str | None, ends: str | None) -> None:
    """Correct the rate that begins on FROM. Bonuses that are accrued stay as they are."""
    from provision import distributor

    click.echo(distributor.correct_rate(desk, branch, since, rate, begins, ends))


@_of_distributor(rates, "remove")
@click.argument("branch")
@click.argument("since", metavar="FROM")
def remove_rate(desk, branch: str, since: str) -> None:
    """Remove the rate that begins on FROM: its days have none."""
    from provision import distributor

    click.echo(distributor.remove_rate(desk, branch, since))


@_of_distributor(rates, "load")
@click.argument("file", type=A_FILE)
@ONLY_LOOK
def load_rates(desk, file: Path, dry: bool) -> None:
    """Load rates from an XLSX or CSV: Филиал, Ставка, Действует с; По and Примечание if you like.

    All lines or none. A table may be loaded again.
    """
    from provision import distributor

    count = distributor.load_rates(desk, file.read_bytes(), dry=dry)
    click.echo(f"{count} rates {'would be' if dry else 'are'} as in {file}.")


@_of_distributor(prices, "list")
@click.option("--on", "day", help="The list of that day; today's by default.")
def list_prices(desk, day: str | None) -> None:
    """List the prices."""
    from provision import distributor

    today = desk.portal.now().astimezone(MOSCOW).date()
    _print_table(
        ("number", "product", "price", "from", "note"), distributor.prices(desk, reading.day(day) if day else today)
    )


@_of_distributor(prices, "load")
@click.argument("file", type=A_FILE)
@click.option("--from", "since", required=True, metavar="DAY", help="The first day of these prices.")
@ONLY_LOOK
def load_prices(desk, file: Path, since: str, dry: bool) -> None:
    """Load a price list from an XLSX or CSV: Артикул or Товар, and Цена.

    All lines or none. A branch's month is paid by the prices of its first day.
    """
    from provision import distributor

    count = distributor.load_prices(desk, file.read_bytes(), reading.day(since), dry=dry)
    click.echo(f"{count} prices {'would be' if dry else 'are'} as in {file}.")


# — who is away —


@click.group("absences", epilog=EPILOG, invoke_without_command=True)
@click.option("--all", "whole", is_flag=True, help="Also those that have passed.")
@click.pass_context
@_plainly
def absences(context: click.Context, whole: bool) -> None:
    """Say who is away, and who says so.

    Tasks of somebody who is away wait for the return or go to the deputy.
    """
    if context.invoked_subcommand is not None:
        return
    engine = _engine()
    today = engine.portal.now().astimezone(MOSCOW).date()
    rows = [
        (one.user_id, f"{one.first:%d.%m.%Y}", f"{one.last:%d.%m.%Y}", SAYS[one.source], one.note or "—")
        for one in engine.people.absences.known(date.min if whole else today)
    ]
    if not rows:
        click.echo("Отсутствий нет.")
        return
    names = {person.id: f"{person.name} <{person.email}>" for person in engine.people.everybody()}
    _print_table(("сотрудник", "с", "по", "откуда", "причина"), [(names.get(who, who), *more) for who, *more in rows])


@absences.command("load", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_plainly
def load_absences(file: Path) -> None:
    """Take a list of absences in.

    XLSX or CSV with the columns «Сотрудник» (e-mail, or surname and name), «С», «По», «Причина». All of it is taken or
    nothing; what is known already changes nothing, what overlaps a new absence of the same person gives way to it.
    """
    engine = _engine()
    told = _understood(lambda: absence_list.read(file, engine.people.everybody()))
    new, gone = engine.people.absences.load(told, engine.portal.now())
    click.echo(f"Строк: {len(told)}. Новых отсутствий: {new}, заменено прежних: {gone}.")


@absences.command("remove", epilog=EPILOG)
@click.argument("who", metavar="СОТРУДНИК")
@click.argument("day", metavar="ДАТА", type=click.DateTime(["%d.%m.%Y", "%Y-%m-%d"]))
@_plainly
def remove_absence(who: str, day: datetime) -> None:
    """Take the absence of a person on that day out of the list.

    What the portal says is corrected on the portal: in its chart of absences, or in the person's calendar.
    """
    engine = _engine()
    person = _understood(lambda: absence_list.employee(engine.people.everybody(), who))
    if not engine.people.absences.remove(person.id, day.date()):
        said = f"В списке нет отсутствия: {person.name}, {day:%d.%m.%Y}. Что есть, покажет flask absences."
        raise click.ClickException(said)
    click.echo(f"Удалено: {person.name}, {day:%d.%m.%Y}.")


def _engine():
    """The engine of the settings, not started: its people and what it knows of them."""
    from engine.engine import Engine

    settings = Settings.from_env()
    _prepared(settings).close()
    return Engine.from_settings(settings, company())


def _understood(read: Callable[[], object]) -> object:
    try:
        return read()
    except absence_list.Mistaken as wrong:
        raise click.ClickException("\n".join(["ничего не изменено.", *wrong.mistakes])) from None


SAYS = {"list": "список", "chart": "график отсутствий", "calendar": "календарь"}


COMMANDS = (
    serve, web, worker, health, failures, list_jobs, job, plan, apply, export, check, retry, park, cancel, backup, restored, templates,
    rates, prices, absences,
)  # fmt: skip


# — inside —


def _answers(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.host, settings.port), timeout=2).close()
    except OSError:
        return False
    return True


def _refuse_taken_port(settings: Settings) -> None:
    if _answers(settings):
        raise click.ClickException(
            f"{settings.host}:{settings.port} is taken already. Stop what listens there, or set PORT."
        )
