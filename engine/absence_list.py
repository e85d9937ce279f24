"""The company's own list of absences: a table of Excel or a CSV file, as a personnel department keeps it (R-12).

The columns «Сотрудник», «С», «По» and, if there is one, «Причина», in any order and under any heading lines. What is wrong
is said all at once, in Russian, by line; then nothing of the file is taken.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from engine.absences import Told
from engine.people import Person

WHO, FIRST, LAST, WHY = "сотрудник", "с", "по", "причина"
COLUMNS = "«Сотрудник», «С», «По», «Причина»"
LONGEST_NOTE = 200
MOST_LINES = 20_000
_FORMS = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y.%m.%d", "%d/%m/%Y", "%Y%m%d")


class Mistaken(ValueError):
    """What a list says cannot be taken; `mistakes`: every one, in words."""

    def __init__(self, *mistakes: str):
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


def read(path: Path, people: Sequence[Person]) -> list[Told]:
    """What a file says. Raises Mistaken."""
    lines = _lines(path)
    heading = next(((number, _places(cells)) for number, cells in lines if _places(cells)), None)
    if heading is None:
        raise Mistaken(f"{path.name}: нет строки с заголовками {COLUMNS}. Добавьте её над списком.")
    told, mistakes = [], []
    for number, cells in lines:
        named = {name: cells[place] if place < len(cells) else None for name, place in heading[1].items()}
        if number <= heading[0] or all(_text(cell) == "" for cell in named.values()):
            continue
        try:
            told.append(entry(people, named[WHO], named[FIRST], named[LAST], named.get(WHY)))
        except Mistaken as wrong:
            mistakes += [f"строка {number}: {mistake}" for mistake in wrong.mistakes]
    if mistakes or not told:
        raise Mistaken(*(mistakes or [f"{path.name}: под заголовками нет ни одной строки."]))
    return told


def entry(people: Sequence[Person], who: object, first: object, last: object, why: object = None) -> Told:
    """One absence, as somebody has written it. Raises Mistaken with everything that is wrong."""
    mistakes, person, days = [], None, []
    try:
        person = employee(people, _text(who))
    except Mistaken as wrong:
        mistakes += wrong.mistakes
    for name, cell in (("С", first), ("По", last)):
        try:
            days.append(_day(name, cell))
        except Mistaken as wrong:
            mistakes += wrong.mistakes
    if len(days) == 2 and days[0] > days[1]:
        mistakes.append(f"«С» {days[0]:%d.%m.%Y} позже, чем «По» {days[1]:%d.%m.%Y}. Поменяйте даты местами.")
    if mistakes:
        raise Mistaken(*mistakes)
    return Told(person.id, *days, _text(why)[:LONGEST_NOTE])


def employee(people: Sequence[Person], who: str) -> Person:
    """Somebody by e-mail, or by surname and name; a patronymic may follow. Raises Mistaken."""
    if not who:
        raise Mistaken("не указан сотрудник. Впишите e-mail или фамилию и имя.")
    if "@" in who:
        found = [person for person in people if person.email == who.lower()]
    else:
        found = [person for person in people if _words(person.name) == _words(who)[:2]]
    if not found:
        raise Mistaken(f"сотрудника «{who}» на портале нет. Впишите e-mail или фамилию и имя, как в Битрикс24.")
    working = [person for person in found if person.is_active] or found
    if len(working) > 1:
        mails = ", ".join(person.email or f"ID {person.id}" for person in working)
        raise Mistaken(f"сотрудников «{who}» несколько: {mails}. Впишите вместо имени e-mail.")
    return working[0]


def _words(name: str) -> list[str]:
    return name.casefold().replace("ё", "е").split()


def _day(name: str, cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        raise Mistaken(f"пустая дата «{name}». Впишите её как 24.11.2026.")
    for form in _FORMS:
        try:
            return datetime.strptime(re.split(r"[ T]", text)[0], form).date()
        except ValueError:
            continue
    raise Mistaken(f"«{name}» — не дата: «{text}». Впишите её как 24.11.2026.")


def _text(cell: object) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _places(cells: Sequence[object]) -> dict[str, int]:
    """Column by name; nothing where this line is no heading of such a list."""
    names = [_text(cell).casefold() for cell in cells]
    if not {WHO, FIRST, LAST} <= set(names):
        return {}
    return {name: names.index(name) for name in (WHO, FIRST, LAST, WHY) if name in names}


# — files —


def _lines(path: Path) -> list[tuple[int, Sequence[object]]]:
    """Cells by the number of their line."""
    if path.suffix.lower() not in (".xlsx", ".xlsm", ".csv", ".txt"):
        raise Mistaken(f"{path.name}: нужен файл Excel (.xlsx) или CSV. Сохраните список в одном из этих видов.")
    rows = _of_excel(path) if path.suffix.lower().startswith(".xls") else _of_csv(path)
    numbered = list(enumerate(rows, start=1))
    if len(numbered) > MOST_LINES:
        raise Mistaken(f"{path.name}: больше {MOST_LINES} строк. Разделите список на несколько файлов.")
    return numbered


def _of_excel(path: Path) -> Iterator[Sequence[object]]:
    """The first sheet."""
    from openpyxl import load_workbook  # takes a third of a second to import

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError):
        raise Mistaken(f"{path.name} — не файл Excel. Откройте его в Excel и сохраните как .xlsx.") from None
    yield from book.worksheets[0].iter_rows(values_only=True)
    book.close()


def _of_csv(path: Path) -> Iterable[Sequence[object]]:
    """UTF-8 or the code page of a Russian Windows; between the cells semicolons, commas or tabs, as the heading has them."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    heading = next((line for line in text.splitlines() if WHO in line.casefold()), "")
    between = max(";,\t", key=heading.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=between)
