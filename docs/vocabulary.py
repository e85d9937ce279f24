"""The table of docs/documents.md: what a template may say, as documents/variables.py makes it."""

from collections.abc import Iterator
from pathlib import Path

from config import company
from documents import template
from documents.variables import VOCABULARY

TARGET = Path(__file__).with_name("documents.md")


def text() -> str:
    """The page with its lists made anew."""
    page = TARGET.read_text(encoding="utf-8")
    for name, lines in {"templates": _templates(), "variables": _variables()}.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        rest = page.partition(begin)[2].partition(end)[2]
        page = "\n".join([page.partition(begin)[0] + begin, *lines, end]) + rest
    return page


def _templates() -> Iterator[str]:
    yield "| file | document | type in the register | written |"
    yield "|---|---|---|---|"
    for kind in company().document_kinds.values():
        yield f"| `{kind.code}.docx` | {kind.title} | {kind.registry} | {'yes' if template.exists(kind.code) else 'not yet'} |"


def _variables() -> Iterator[str]:
    yield "| name | what stands there |"
    yield "|---|---|"
    for name, meaning in VOCABULARY.items():
        yield f"| `{name}` | {meaning} |"
