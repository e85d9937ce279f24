"""The lists of docs/documents.md: which templates there are, what each needs and says, and what a template may say at all."""

from collections.abc import Iterator
from pathlib import Path

from config import company
from documents import clauses, template, usage, variables
from documents.variables import BLOCKS, REQUIRED, VOCABULARY

TARGET = Path(__file__).with_name("documents.md")


def text() -> str:
    """The page with its lists made anew."""
    page = TARGET.read_text(encoding="utf-8")
    for name, lines in {"templates": _templates(), "contents": _contents(), "variables": _variables()}.items():
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        rest = page.partition(begin)[2].partition(end)[2]
        page = "\n".join([page.partition(begin)[0] + begin, *lines, end]) + rest
    return page


def _templates() -> Iterator[str]:
    yield "| file | document | type in the register | written |"
    yield "|---|---|---|---|"
    for kind in company().document_kinds.values():
        yield f"| `{kind.code}.docx` | {kind.title} | {kind.registry} | {'yes' if template.exists(kind.code) else 'not yet'} |"


def _contents() -> Iterator[str]:
    for kind in company().document_kinds.values():
        if template.exists(kind.code):
            yield ""
            yield f"**{kind.code} «{kind.title}»**"
            yield from _content(kind.code)
    yield ""


def _content(code: str) -> Iterator[str]:
    yield ""
    yield f"* Needs: {', '.join(f'«{variables.label(company(), name)}»' for name in REQUIRED.get(code, ()))}."
    if chapters := clauses.of(code):
        yield f"* Clauses: {'; '.join(f'{head}{_range(numbers)}' for head, numbers in chapters.items())}."
    yield f"* Uses: {', '.join(f'`{name}`' for name in _shortened(usage.of(template.path_of(code).read_bytes()).uses))}."


def _range(numbers: list[str]) -> str:
    return f" ({numbers[0]}–{numbers[-1]})" if numbers else ""


def _shortened(names: list[str]) -> list[str]:
    """Nearly every document says most of the two sides."""
    sides = ("our", "client")
    short = [f"{side}.…" for side in sides if any(name.startswith(f"{side}.") for name in names)]
    return [*short, *sorted(name for name in names if name.partition(".")[0] not in sides)]


def _variables() -> Iterator[str]:
    yield "| name | what stands there |"
    yield "|---|---|"
    for name, meaning in VOCABULARY.items():
        yield f"| `{name}` | {meaning} |"
    for code, blocks in BLOCKS.items():
        for name, meaning in ((name, meaning) for block in blocks for name, meaning in block.VOCABULARY.items()):
            yield f"| `{name}` | only {code}: {meaning} |"
