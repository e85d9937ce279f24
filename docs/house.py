"""The lists of docs/architecture.md: modules by their docstrings, tables by their comments."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from engine import storage

TARGET = Path(__file__).with_name("architecture.md")
ROOT = TARGET.parent.parent
ROOMS = (
    "config",
    "rules",
    "bitrix",
    "engine",
    "documents",
    "reports",
    "robots",
    "handlers",
    "jobs",
    "provision",
    "web",
    "commands",
)


def text() -> str:
    """The page with its lists made anew."""
    page = TARGET.read_text(encoding="utf-8")
    for name, lines in {"modules": _modules(), "tables": _tables()}.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        rest = page.partition(begin)[2].partition(end)[2]
        page = "\n".join([page.partition(begin)[0] + begin, *lines, end]) + rest
    return page


def _modules() -> Iterator[str]:
    yield "| file | what is inside |"
    yield "|---|---|"
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py"), key=lambda path: (path.stem != "__init__", path.stem)):
            name = f"**{room}/**" if path.stem == "__init__" else f"`{room}/{path.name}`"
            yield f"| {name} | {_first_line(path)} |"


def _first_line(path: Path) -> str:
    words = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    return _cell(re.sub(r"\.$", "", words))


def _tables() -> Iterator[str]:
    yield "| table | what a row is |"
    yield "|---|---|"
    for table in storage.metadata.sorted_tables:
        yield f"| `{table.name}` | {_cell(table.comment)} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
