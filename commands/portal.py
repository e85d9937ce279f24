"""The portal as code: what config/ asks for, and what the portal has."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from tqdm import tqdm

from commands.terminal import command, portal, prepared
from config import FOLDER, Company, company, load
from config.settings import Settings
from config.source import nearest

A_FOLDER = click.Path(path_type=Path, file_okay=False)


@command("plan")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--config", "folder", type=A_FOLDER, help="Another folder than config/, as flask export makes it.")
def plan(settings: Settings, as_json: bool, folder: Path | None) -> None:
    """Say what lies between config/ and the portal.

    Nothing is changed. Ends with 0 when there is nothing to do, with 2 when flask apply would change something.
    """
    from provision import apply as provisioning

    made = provisioning.plan(portal(settings), load(folder) if folder else company())
    if as_json:
        steps = [{"kind": step.kind, "place": step.place, "what": step.what} for step in made.steps]
        click.echo(json.dumps({"steps": steps, "counts": made.counts}, ensure_ascii=False))
    else:
        _print_plan(made)
    sys.exit(2 if made.doable else 0)


@command("apply")
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

        applied = provisioning.apply(portal(settings), prepared(settings), company(), answers, progress)
    refused = {step: error for step, error in applied.refused.items() if step in applied.left.steps}
    _print_plan(applied.left)
    for step, error in refused.items():
        click.echo(f"! {step.place}: {step.what}: {error}")
    click.echo(f"{applied.done} commands done.")
    click.echo("\nОстальное может сделать только человек:\n\n" + "\n".join(by_hand.steps(company(), settings)))
    sys.exit(1 if refused or applied.left.doable else 0)


@command("export")
@click.argument("folder", type=A_FOLDER)
def export(settings: Settings, folder: Path) -> None:
    """Write the portal down as a folder like config/.

    Its funnels, their stages and all custom fields become YAML that loads as it is; cities, people, terms and the rest are
    copied from config/. The portal is only read. Go on with flask plan --config FOLDER.
    """
    from provision import export, found

    try:
        made = export.write(found.read(portal(settings)), company(), FOLDER, folder)
    except FileExistsError:
        raise click.ClickException(f"{folder} is not empty; name a new folder.") from None
    for path in made.files:
        click.echo(path)
    for one in made.left_out:
        click.echo(f"! {one}: config/ has no such type, the field is left to the portal.")


@command("check")
@click.option(
    "--ring/--no-ring",
    default=True,
    help="Also make a test deal and a test company and wait for their events; needs flask web.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def check(settings: Settings, ring: bool, as_json: bool) -> None:
    """Say what is wrong with portal, people, machine and database, and what to do.

    Ends with 0 when all is well, with 1 when something must be mended, with 2 when there are only warnings.
    """
    from provision.check import Patient, examine

    states = set()
    for finding in examine(Patient(portal(settings), prepared(settings), company(), settings), ring=ring):
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
