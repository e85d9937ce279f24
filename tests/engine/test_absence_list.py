"""Lists of absences as personnel departments keep them: Excel, CSV, and what may be wrong with them."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook

from engine.absence_list import Mistaken, read
from engine.absences import Told
from engine.people import MOSCOW, Person

PEOPLE = [
    Person(1, "Королёва Анна", "koroleva@sferotek.example", True, (), MOSCOW, None),
    Person(2, "Ким Виктория", "kim@sferotek.example", True, (), MOSCOW, None),
    Person(3, "Иванов Иван", "ivanov@sferotek.example", True, (), MOSCOW, None),
    Person(4, "Иванов Иван", "ivanov2@sferotek.example", True, (), MOSCOW, None),
    Person(5, "Ким Виктория", "kim.old@sferotek.example", False, (), MOSCOW, None),
]
KIM = Told(2, date(2026, 11, 24), date(2026, 11, 27), "Отпуск")
KOROLEVA = Told(1, date(2026, 12, 1), date(2026, 12, 14))


@pytest.fixture
def file(tmp_path):
    """A file of that name with these bytes, or with these rows of a sheet."""

    def make(name: str, content: bytes | list[list]):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            book = Workbook()
            for row in content:
                book.active.append(row)
            book.save(path)
        return path

    return make


def mistakes(path) -> list[str]:
    with pytest.raises(Mistaken) as caught:
        read(path, PEOPLE)
    return list(caught.value.mistakes)


def test_a_sheet_of_excel_with_dates_and_texts_under_any_heading_lines(file):
    rows = [
        ["График отпусков на 2026 год"],
        [],
        ["№", "Причина", "Сотрудник", "Должность", "С", "По"],
        [1, "Отпуск", "kim@Sferotek.example", "менеджер", datetime(2026, 11, 24), datetime(2026, 11, 27)],
        [],
        [2, None, " Королева  Анна Сергеевна ", "менеджер", "01.12.2026", "2026-12-14"],
    ]
    assert read(file("Отпуска.XLSX", rows), PEOPLE) == [KIM, KOROLEVA]


@pytest.mark.parametrize(
    ("code", "between"), [("utf-8-sig", ";"), ("cp1251", ";"), ("utf-8", ","), ("utf-8", "\t"), ("cp1251", "\t")]
)
def test_a_csv_file_of_any_program(file, code, between):
    lines = [
        ["СОТРУДНИК", "С", "По", "Причина"],
        ["Ким Виктория", "24.11.2026 0:00:00", "27.11.2026", "Отпуск"],
        ["Королёва Анна", "01.12.26", "20261214", ""],
    ]
    text = "\r\n".join(between.join(line) for line in lines)
    assert read(file("list.csv", text.encode(code)), PEOPLE) == [KIM, KOROLEVA]


def test_everything_that_is_wrong_is_said_at_once_by_line_and_with_what_to_do(file):
    rows = [
        ["Сотрудник", "С", "По"],
        ["Ким Виктория", "24.11.2026", "27.11.2026"],
        ["Пупкин Василий", "24.11.2026", "31.11.2026"],
        ["Иванов Иван Иванович", "24.11.2026", "27.11.2026"],
        [None, "24.11.2026", ""],
        ["kim@sferotek.example", "27.11.2026", "24.11.2026"],
    ]
    assert mistakes(file("list.xlsx", rows)) == [
        "строка 3: сотрудника «Пупкин Василий» на портале нет. Впишите e-mail или фамилию и имя, как в Битрикс24.",
        "строка 3: «По» — не дата: «31.11.2026». Впишите её как 24.11.2026.",
        "строка 4: сотрудников «Иванов Иван Иванович» несколько: ivanov@sferotek.example, ivanov2@sferotek.example. "
        "Впишите вместо имени e-mail.",
        "строка 5: не указан сотрудник. Впишите e-mail или фамилию и имя.",
        "строка 5: пустая дата «По». Впишите её как 24.11.2026.",
        "строка 6: «С» 27.11.2026 позже, чем «По» 24.11.2026. Поменяйте даты местами.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.csv", "Имя;Дата\nКим;24.11.2026".encode(), "нет строки с заголовками «Сотрудник», «С», «По»"),
        ("list.csv", b"", "нет строки с заголовками"),
        ("list.csv", "Сотрудник;С;По\n\n;;\n".encode(), "под заголовками нет ни одной строки"),
        ("list.xlsx", b"PK\x03\x04 no book", "не файл Excel"),
        ("list.xls", b"\xd0\xcf\x11\xe0", "нужен файл Excel (.xlsx) или CSV"),
        ("list.csv", "Сотрудник;С;По\nКим Виктория;0;\x00".encode(), "«С» — не дата: «0»"),
    ],
)
def test_a_file_that_is_no_such_list(file, name, content, said):
    assert said in "\n".join(mistakes(file(name, content)))
