"""DOCX templates: which `{Code}` they name, and the same file with text in their place.

`{Code~format=d.m.Y}`: what follows the tilde says how the value is written. A row of a table that names lists is
repeated for each of their elements.
https://apidocs.bitrix24.com/api-reference/crm/document-generator/templates/index.html
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy

from docx import Document
from docx.document import Document as DocumentFile
from docx.opc.exceptions import OpcError
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml.etree import LxmlError

_CODE = re.compile(r"\{([A-Za-z_]\w*)(?:~([^{}]*))?\}", re.ASCII)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Text of a code (and of its modifiers) as it is written; for an element of a list, by its number.
Write = Callable[[str, str, int | None], str]


class BadTemplate(Exception):
    """The file is no DOCX."""


def codes(content: bytes) -> list[str]:
    """Every code once, in the order of the text."""
    texts = (paragraph.text for paragraph in _paragraphs(_opened(content)))
    return list(dict.fromkeys(match[1] for text in texts for match in _CODE.finditer(text)))


def fill(content: bytes, write: Write, length: Callable[[str], int | None]) -> bytes:
    """`length(code)`: how many elements a list has; None, if it is none."""
    document = _opened(content)
    for part in _parts(document):
        for table in part.tables:
            _fill_table(table, write, length)
    for paragraph in _paragraphs(document):
        _fill_paragraph(paragraph, write, None)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _opened(content: bytes) -> DocumentFile:
    try:
        return Document(io.BytesIO(content))
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, AttributeError, SyntaxError):
        raise BadTemplate from None


# -- where text stands


def _parts(document: DocumentFile) -> Iterator[object]:
    """The body, and the headers and footers that are the section's own."""
    yield document
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                yield part


def _paragraphs(document: DocumentFile) -> Iterator[Paragraph]:
    for part in _parts(document):
        yield from _inside(part)


def _inside(part: object) -> Iterator[Paragraph]:
    for block in part.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                yield from _of_row(row)


def _of_row(row: _Row) -> Iterator[Paragraph]:
    seen: set = set()
    for cell in row.cells:
        if cell._tc not in seen:  # a merged cell comes once for each of its columns
            seen.add(cell._tc)
            yield from _inside(cell)


# -- writing


def _fill_table(table: Table, write: Write, length: Callable[[str], int | None]) -> None:
    for row in list(table.rows):
        named = {match[1] for paragraph in _of_row(row) for match in _CODE.finditer(paragraph.text)}
        lengths = [count for count in map(length, named) if count is not None]
        if lengths:
            _repeat(table, row, max(lengths), write)


def _repeat(table: Table, row: _Row, times: int, write: Write) -> None:
    for number in range(times):
        element = deepcopy(row._tr)
        row._tr.addprevious(element)
        for paragraph in _of_row(_Row(element, table)):
            _fill_paragraph(paragraph, write, number)
    row._tr.getparent().remove(row._tr)


def _fill_paragraph(paragraph: Paragraph, write: Write, number: int | None) -> None:
    """A code may be spread over runs: its text goes into the run where it begins and takes that run's looks."""
    runs = list(_runs(paragraph))
    for match in reversed(list(_CODE.finditer("".join(run.text for run in runs)))):
        text = _NOT_XML.sub("", write(match[1], match[2] or "", number))
        _put(runs, match.start(), match.end(), text)


def _runs(paragraph: Paragraph) -> Iterator[Run]:
    for inner in paragraph.iter_inner_content():
        yield from [inner] if isinstance(inner, Run) else inner.runs


def _put(runs: list[Run], start: int, end: int, text: str) -> None:
    position = 0
    for run in runs:
        here, begins = run.text, position
        position += len(here)
        if begins < end and start < position:
            kept = here[: max(start - begins, 0)]
            run.text = kept + (text if start >= begins else "") + here[max(end - begins, 0) :]
