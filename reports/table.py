"""Read a table that people made: the first sheet of an XLSX, or a CSV as Excel of this country writes it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rules.reading import name_key

ENCODINGS = ("utf-8-sig", "cp1251")
DELIMITERS = (";", "\t", ",")
HUNDRED = Decimal(100)


class NotATable(ValueError):
    """The file cannot be read as a table; the text says why."""


@dataclass(frozen=True)
class Line:
    """A line of the table as texts: `line["Ставка"]` is what stands under the heading that begins so, empty where nothing does."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        wanted = name_key(heading)
        return next((text for name, text in self.cells.items() if name.startswith(wanted)), "")

    def exactly(self, heading: str) -> str:
        """What stands under just that heading."""
        return self.cells.get(name_key(heading), "")


def read(content: bytes, *needed: str) -> list[Line]:
    """The lines below the headings, empty ones left out. Raises NotATable, also where no heading begins with one of `needed`."""
    rows = [(number, row) for number, row in _rows(content) if any(row)]
    if not rows:
        raise NotATable("Файл пуст.")
    headings = [name_key(text) for text in rows[0][1]]
    for wanted in needed:
        if not any(heading.startswith(name_key(wanted)) for heading in headings):
            raise NotATable(f"Нет столбца «{wanted}»: в первой строке должны стоять заголовки.")
    return [
        Line(number, {heading: text for heading, text in zip(headings, row, strict=False) if heading})
        for number, row in rows[1:]
    ]


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    return enumerate(_of_xlsx(content) if content.startswith(b"PK") else _of_csv(content), start=1)


def _of_xlsx(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # half a second to import: only where a file is read

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as trouble:  # whatever the library stumbles over
        raise NotATable("Файл не открывается как XLSX: сохраните его в Excel заново.") from trouble
    for row in book.worksheets[0].iter_rows():
        yield [_text(cell) for cell in row]


def _text(cell) -> str:
    """What people see in the cell: a percentage of Excel is kept there as its hundredth."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = Decimal(repr(value)) * (HUNDRED if "%" in (cell.number_format or "") else 1)
        return f"{number.normalize():f}"
    return " ".join(str(value).split())


def _of_csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    for row in csv.reader(io.StringIO(text), delimiter=delimiter):
        yield [" ".join(cell.split()) for cell in row]


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable("Файл не открывается: нужен XLSX или CSV в кодировке UTF-8 или Windows-1251.")
