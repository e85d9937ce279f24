"""Who is away: what the layer knows, lists that are taken in (R-12)."""

from datetime import date, datetime
from pathlib import Path

import click

from commands.terminal import EPILOG, all_or_nothing, plainly, prepared, print_table
from config import company
from config.settings import Settings
from engine.people import MOSCOW
from provision.absences import employee, read


@click.group("absences", epilog=EPILOG, invoke_without_command=True)
@click.option("--all", "whole", is_flag=True, help="Also those that have passed.")
@click.pass_context
@plainly
def absences(context: click.Context, whole: bool) -> None:
    """Say who is away, and who says so.

    Tasks of somebody who is away wait for the return or go to the deputy.
    """
    if context.invoked_subcommand is not None:
        return
    engine = _engine()
    today = engine.portal.now().astimezone(MOSCOW).date()
    rows = [
        (one.user_id, f"{one.first:%d.%m.%Y}", f"{one.last:%d.%m.%Y}", one.source, one.note or "—")
        for one in engine.people.absences.known(date.min if whole else today)
    ]
    if not rows:
        click.echo("Nobody is away.")
        return
    names = {person.id: f"{person.name} <{person.email}>" for person in engine.people.everybody()}
    print_table(
        ("employee", "from", "until", "known from", "reason"), [(names.get(who, who), *more) for who, *more in rows]
    )


@absences.command("load", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@all_or_nothing
def load_absences(file: Path) -> None:
    """Take a list of absences in.

    XLSX or CSV with the columns «Сотрудник» (e-mail, or surname and name), «С», «По», «Причина». All of it is taken or
    nothing; what is known already changes nothing, what overlaps a new absence of the same person gives way to it.
    """
    engine = _engine()
    told = read(file.read_bytes(), engine.people.everybody())
    new, gone = engine.people.absences.load(told, engine.portal.now())
    click.echo(f"{len(told)} lines: {new} new absences, {gone} that were known gave way.")


@absences.command("remove", epilog=EPILOG)
@click.argument("who", metavar="WHO")
@click.argument("day", metavar="DAY", type=click.DateTime(["%d.%m.%Y", "%Y-%m-%d"]))
@plainly
def remove_absence(who: str, day: datetime) -> None:
    """Take the absence of a person on that day out of the list.

    What the portal says is corrected on the portal: in its chart of absences, or in the person's calendar.
    """
    engine = _engine()
    person = employee(engine.people.everybody(), who)
    if not engine.people.absences.remove(person.id, day.date()):
        said = f"The list has no absence of {person.name} on {day:%d.%m.%Y}; flask absences shows what there is."
        raise click.ClickException(said)
    click.echo(f"Removed: {person.name}, {day:%d.%m.%Y}.")


def _engine():
    """The engine of the settings, not started: its people and what it knows of them."""
    from engine.engine import Engine

    settings = Settings.from_env()
    prepared(settings).close()
    return Engine.from_settings(settings, company())
