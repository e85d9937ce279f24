"""Lists that people keep in Excel and IT loads: the first sheet of an XLSX, or a CSV as any program writes it.

The headings stand in one of the first lines, in any order. Everything that is wrong is told at once, by line, in English: it is
IT who reads it.
"""

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TypeVar

from rules import reading
from rules.reading import name_key

HEADINGS_WITHIN = 30
"""Lines that are not empty, among which the headings are looked for."""
MOST_LINES = 20_000
ENCODINGS = ("utf-8-sig", "cp1251")
DELIMITERS = (";", ",", "\t")
FORMS_OF_A_DAY = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y.%m.%d", "%d/%m/%Y", "%Y%m%d")
XLSX, XLS = b"PK", b"\xd0\xcf\x11\xe0"
HUNDRED = Decimal(100)

Row = list[str]
Heading = str | tuple[str, ...]
"""A tuple: one of these does."""
Taken = TypeVar("Taken")


class Mistaken(ValueError):
    """What somebody entered cannot be taken. `mistakes`: everything that is wrong with it, each with what to do."""

    def __init__(self, *mistakes: str):
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


@dataclass(frozen=True)
class Line:
    """A line under the headings. `line["Ставка"]`: the text under «Ставка», else under a heading that begins with that word,
    as «Ставка, %»; empty where nothing stands."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(_column(heading, self.cells) or "", "")


def read(content: bytes, *needed: Heading) -> list[Line]:
    """The lines under the headings, but those where nothing stands under any that is needed. Raises Mistaken."""
    for rows in _tables(content):
        start = next(
            (place for place, (_, row) in enumerate(rows[:HEADINGS_WITHIN]) if _are_headings(row, needed)), None
        )
        if start is not None:
            return _under(rows[start][1], rows[start + 1 :], needed)
    wanted = ", ".join(" or ".join(f"«{name}»" for name in _names(heading)) for heading in needed)
    raise Mistaken(f"None of the first {HEADINGS_WITHIN} lines has the headings {wanted}. Write them above the list.")


def each(lines: Iterable[Line], take: Callable[[Line], Taken]) -> list[Taken]:
    """What `take` makes of each line. Raises Mistaken with what is wrong in all of them, by their numbers."""
    return all_of(*(partial(_at, line, take) for line in lines))


def all_of(*parts: Callable[[], object]) -> list:
    """What each part gives. Raises Mistaken with what is wrong in all of them."""
    given, mistakes = [], []
    for part in parts:
        try:
            given.append(part())
        except Mistaken as wrong:
            mistakes += wrong.mistakes
    if mistakes:
        raise Mistaken(*mistakes)
    return given


def day(text: str, name: str) -> date:
    """«24.11.2026», «2026-11-24», «24.11.26» and other forms, a time behind them or not. Raises Mistaken, which says `name`."""
    for form in FORMS_OF_A_DAY if text else ():
        try:
            return datetime.strptime(re.split(r"[ T]", text)[0], form).date()
        except ValueError:
            continue
    raise Mistaken(f"{_said(text, name, 'day')} Write it as 24.11.2026.")


def number(text: str, name: str) -> Decimal:
    """«1 234,50 ₽», «1.25» or «30 %». Raises Mistaken, which says `name`."""
    try:
        return reading.number(text)
    except ValueError:
        raise Mistaken(f"{_said(text, name, 'number')} Write it as 1,25.") from None


def _said(text: str, name: str, kind: str) -> str:
    return f"{name} is no {kind}: «{text}»." if text else f"{name} is empty."


def _at(line: Line, take: Callable[[Line], Taken]) -> Taken:
    try:
        return take(line)
    except Mistaken as wrong:
        raise Mistaken(*(f"line {line.number}: {mistake}" for mistake in wrong.mistakes)) from None


# — headings —


def _under(headings: Row, rows: Sequence[tuple[int, Row]], needed: Iterable[Heading]) -> list[Line]:
    places: dict[str, int] = {}
    for place, text in enumerate(headings):
        places.setdefault(name_key(text), place)
    lines = [
        Line(number, {heading: row[place] for heading, place in places.items() if heading and place < len(row)})
        for number, row in rows
    ]
    filled = [line for line in lines if any(line[name] for heading in needed for name in _names(heading))]
    if not filled:
        raise Mistaken("There is no line under the headings. Is the list on another sheet? Only the first one is read.")
    return filled


def _are_headings(row: Row, needed: Iterable[Heading]) -> bool:
    keys = [name_key(text) for text in row]
    return all(any(_column(name, keys) is not None for name in _names(heading)) for heading in needed)


def _column(heading: str, keys: Collection[str]) -> str | None:
    wanted = name_key(heading)
    begins = re.compile(rf"{re.escape(wanted)}\b")
    return wanted if wanted in keys else next((key for key in keys if begins.match(key)), None)


def _names(heading: Heading) -> tuple[str, ...]:
    return (heading,) if isinstance(heading, str) else heading


# — files —


def _tables(content: bytes) -> Iterator[list[tuple[int, Row]]]:
    """The rows that are not empty, by their numbers; of a CSV as each of the delimiters parts them."""
    if content.startswith(XLS):
        raise Mistaken("This is a file of an old Excel (.xls). Open it in Excel and save it as .xlsx.")
    if content.startswith(XLSX):
        yield _filled(_of_xlsx(content))
        return
    text = _decoded(content)
    for delimiter in DELIMITERS:
        yield _filled(_of_csv(text, delimiter))


def _filled(rows: Iterable[Row]) -> list[tuple[int, Row]]:
    numbered = ((number, row) for number, row in enumerate(rows, start=1) if any(row))
    filled = list(islice(numbered, MOST_LINES + 1))
    if len(filled) > MOST_LINES:
        raise Mistaken(f"The list has more than {MOST_LINES} lines. Divide it into several files.")
    return filled


def _of_xlsx(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # half a second to import: only where a file is read

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows():
            yield [_text(cell) for cell in row]
    except Exception as trouble:  # whatever the library stumbles over
        raise Mistaken("The file does not open as XLSX. Open it in Excel and save it anew.") from trouble


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


def _of_csv(text: str, delimiter: str) -> Iterator[Row]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [" ".join(cell.split()) for cell in row]
    except csv.Error as trouble:
        raise Mistaken(f"The file does not open as CSV ({trouble}). Save the list as .xlsx.") from trouble


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Mistaken("The file is neither XLSX nor CSV in UTF-8 or Windows-1251. Save the list as .xlsx.")
