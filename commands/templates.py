"""Templates of documents: no settings and no portal are needed."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from commands.terminal import EPILOG, plainly


@click.group("templates", epilog=EPILOG)
def templates() -> None:
    """Look at the templates of documents."""


@templates.command("check", epilog=EPILOG)
@click.argument("codes", nargs=-1, metavar="[CODE…]")
@plainly
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
@plainly
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
