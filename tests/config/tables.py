"""The specification's tables, copied word for word into spec/*.md, as rows of cells."""

from functools import cache
from pathlib import Path

SPEC = Path(__file__).with_name("spec")


@cache
def tables(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The tables of one file: title → rows, without heads."""
    found: dict[str, list[tuple[str, ...]]] = {}
    title = ""
    for line in (SPEC / f"{name}.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            found.setdefault(title, []).append(tuple(cell.strip() for cell in line.strip("|").split("|")))
        elif line:
            title = line
    return {title: tuple(rows[2:]) for title, rows in found.items()}


def rows(name: str, title: str) -> tuple[tuple[str, ...], ...]:
    return tables(name)[title]
