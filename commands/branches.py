"""The distributor: rates of its branches, its price list."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click

from commands.terminal import EPILOG, all_or_nothing, plainly, prepared, print_table
from config import company
from config.settings import Settings
from engine.people import MOSCOW
from rules import lists


@click.group("rates", epilog=EPILOG)
def rates() -> None:
    """Rates of the distributor's branches. BRANCH is a name or a number, days are 27.11.2026."""


@click.group("prices", epilog=EPILOG)
def prices() -> None:
    """The distributor's price list."""


def _of_distributor(group: click.Group, name: str, saying: Callable = plainly) -> Callable:
    """A command of the group, whose first argument is a desk."""

    def declare(act: Callable) -> click.Command:
        @wraps(act)
        def run(**given: object) -> None:
            from engine.engine import Engine  # it takes a second to import: only where it is used
            from provision.distributor import at_the_desk

            settings = Settings.from_env()
            prepared(settings).close()
            act(at_the_desk(Engine.from_settings(settings, company())), **given)

        return group.command(name, epilog=EPILOG)(saying(run))

    return declare


A_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
ONLY_LOOK = click.option("--dry-run", is_flag=True, help="Only look at the file: nothing is written.")


@_of_distributor(rates, "list")
@click.argument("branch", required=False)
@click.option("--on", "day", help="Only the rates of that day.")
def list_rates(desk, branch: str | None, day: str | None) -> None:
    """List the rates, of one branch or of all."""
    from provision import distributor

    columns = ("number", "branch", "rate", "from", "until", "note")
    print_table(columns, distributor.rates(desk, branch, lists.day(day, "--on") if day else None))


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


@_of_distributor(rates, "load", all_or_nothing)
@click.argument("file", type=A_FILE)
@ONLY_LOOK
def load_rates(desk, file: Path, dry_run: bool) -> None:
    """Load rates from an XLSX or CSV: Филиал, Ставка, Действует с; По and Примечание if you like.

    All lines or none. A table may be loaded again.
    """
    from provision import distributor

    count = distributor.load_rates(desk, file.read_bytes(), dry_run=dry_run)
    click.echo(f"{count} rates {'would be' if dry_run else 'are'} as in {file}.")


@_of_distributor(prices, "list")
@click.option("--on", "day", help="The list of that day; today's by default.")
def list_prices(desk, day: str | None) -> None:
    """List the prices."""
    from provision import distributor

    today = desk.portal.now().astimezone(MOSCOW).date()
    print_table(
        ("number", "product", "price", "from", "note"),
        distributor.prices(desk, lists.day(day, "--on") if day else today),
    )


@_of_distributor(prices, "load", all_or_nothing)
@click.argument("file", type=A_FILE)
@click.option("--from", "since", required=True, metavar="DAY", help="The first day of these prices.")
@ONLY_LOOK
def load_prices(desk, file: Path, since: str, dry_run: bool) -> None:
    """Load a price list from an XLSX or CSV: Артикул or Товар, and Цена.

    All lines or none. A branch's month is paid by the prices of its first day.
    """
    from provision import distributor

    count = distributor.load_prices(desk, file.read_bytes(), lists.day(since, "--from"), dry_run=dry_run)
    click.echo(f"{count} prices {'would be' if dry_run else 'are'} as in {file}.")
