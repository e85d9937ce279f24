"""What commands have in common: settings first, what a person must mend in one line, tables."""

from collections.abc import Callable, Iterable, Sequence
from functools import wraps

import click
import sqlalchemy as sa

import supervisor
from bitrix.client import Portal
from bitrix.errors import PortalError
from config import ConfigError
from config.settings import Settings, SettingsError
from engine.storage import Storage, StorageRefused
from rules.lists import Mistaken

EPILOG = "Exit codes: 0 done, 1 not done, 2 wrong usage, 78 the configuration must be changed first."


class Misconfigured(click.ClickException):
    """Something must be changed before this can run; a restart would end the same way."""

    exit_code = supervisor.HOPELESS


def command(name: str, **how: object) -> Callable:
    """A command whose first argument is the settings; what is wrong with them, or with config/, is said in one line."""

    def declare(act: Callable) -> click.Command:
        @wraps(act)
        def run(**given: object) -> None:
            act(Settings.from_env(), **given)

        return click.command(name, epilog=EPILOG, **how)(plainly(run))

    return declare


def plainly(act: Callable) -> Callable:
    """The act, but what a person must mend is said in one line and not as a traceback."""

    @wraps(act)
    def run(*words: object, **given: object) -> None:
        try:
            act(*words, **given)
        except (SettingsError, ConfigError, StorageRefused) as error:
            raise Misconfigured(str(error)) from None
        except (PortalError, Mistaken) as error:
            raise click.ClickException(str(error)) from None
        except sa.exc.OperationalError as error:
            raise click.ClickException(f"The database cannot be used: {error.orig}") from None

    return run


def all_or_nothing(act: Callable) -> Callable:
    """`plainly`, for what loads a list: whatever keeps it from that ends with what became of the list, and what to do."""

    @wraps(act)
    def run(*words: object, **given: object) -> None:
        try:
            plainly(act)(*words, **given)
        except click.ClickException as error:
            error.message += "\nNothing was written. Mend this and load the list again."
            raise

    return run


def portal(settings: Settings) -> Portal:
    """The portal of the settings; nothing is asked yet."""
    return Portal(
        settings.bitrix_webhook_url.get_secret_value(), limits=settings.limits, cut_seconds=settings.portal_cut_seconds
    )


def prepared(settings: Settings) -> Storage:
    """The database of the settings, with the tables of today."""
    store = Storage(settings.database_url)
    store.prepare()
    return store


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Left-aligned text, one line a row; the last column may be long."""
    lines = [[str(cell) if cell is not None else "—" for cell in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)][:-1]
    for *cells, last in lines:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), last]).rstrip())
