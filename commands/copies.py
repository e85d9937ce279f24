"""Copies of the database."""

from pathlib import Path

import click

from commands.terminal import command, prepared
from config.settings import Settings
from engine import storage


@command("backup")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def backup(settings: Settings, path: Path) -> None:
    """Write a whole, checked copy of a SQLite database.

    It may run while everything works. A file that is there already is left alone.
    """
    try:
        prepared(settings).copy_to(path)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; name a new file.") from None
    click.echo(f"{path}: {path.stat().st_size} bytes")


@command("restored")
def restored(settings: Settings) -> None:
    """Say that an older copy of the database was put back, where Voronka cannot see that.

    On SQLite it sees it by itself. On PostgreSQL call this before the workers start; they then look for what they did.
    """
    store = prepared(settings)
    with store.write() as tx:
        store.set_mark(tx, storage.RESTORED, {"until": None})
    click.echo("The next start of the worker looks for what was done before it does anything.")
