"""Dead letters: see them, open them again, give them up."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
import sqlalchemy as sa
from tqdm import tqdm

from commands.terminal import command, prepared, print_table
from config.settings import Settings
from engine import storage
from engine.storage import Storage


@command("failures")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def failures(settings: Settings, as_json: bool) -> None:
    """List the dead letters.

    These are runs that ended without success; they wait for `flask retry` or `flask park`.
    """
    runs = storage.runs
    with prepared(settings).read() as connection:
        dead = connection.execute(sa.select(runs).where(runs.c.state == "failed").order_by(runs.c.id)).all()
    rows = [(run.id, run.finished_at.isoformat(timespec="seconds"), run.deal_id, run.trigger, run.note) for run in dead]
    columns = ("id", "when", "deal", "trigger", "why")
    if as_json:
        for row in rows:
            click.echo(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False))
    elif rows:
        print_table(columns, rows)
    else:
        click.echo("No dead letters.")


@command("retry")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
def retry(settings: Settings, ids: Sequence[int]) -> None:
    """Open dead letters again.

    What they have done already is not done twice.
    """
    from engine import families

    _each(settings, ids, families.retry, "opened again")


@command("park")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID…")
def park(settings: Settings, ids: Sequence[int]) -> None:
    """Give dead letters up.

    Somebody has done it by hand, or it shall not be done.
    """
    from engine import families

    _each(settings, ids, families.park, "given up")


@dataclass(frozen=True)
class _Desk:
    """As much of an engine as dead letters need: nothing is started."""

    storage: Storage
    queue: object


def _each(settings: Settings, ids: Sequence[int], act: Callable[[_Desk, int], bool], done: str) -> None:
    from engine.families import Queue

    store = prepared(settings)
    desk = _Desk(store, Queue(store))
    unknown = [run_id for run_id in tqdm(ids, disable=None, leave=False) if not act(desk, run_id)]
    if len(ids) > len(unknown):
        click.echo(f"{len(ids) - len(unknown)} {done}.")
    if unknown:
        raise click.ClickException(f"No dead letter {', '.join(map(str, unknown))}: flask failures lists them.")
