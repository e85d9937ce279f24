"""Lists as people keep them: Excel, CSV, and what may be wrong with them."""

import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from rules import lists
from rules.lists import Line, Mistaken, read


def sheet(*rows: list, **formats: str) -> bytes:
    """A workbook whose first sheet has these rows: sheet([0.0125], A1="0.00%")."""
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for cell, form in formats.items():
        book.active[cell].number_format = form
    book.save(file)
    return file.getvalue()


def mistakes(act, *what) -> list[str]:
    with pytest.raises(Mistaken) as caught:
        act(*what)
    return list(caught.value.mistakes)


def test_a_sheet_of_excel_is_read_as_people_see_it():
    first, second = read(
        sheet(
            ["Филиал", "Ставка, %", "Действует с"],
            ["Волга ", 0.0125, datetime(2026, 1, 1)],
            [None, None, None],
            ["Ока", 1.1, "01.02.2026"],
            B2="0.00%",
        ),
        "Филиал",
    )
    assert (first.number, first["Филиал"], first["ставка"], first["действует"]) == (2, "Волга", "1.25", "2026-01-01")
    assert (second.number, second["Ставка"], second["По"]) == (4, "1.1", "")


def test_a_formula_is_what_it_came_to():
    """A formula that no Excel has counted yet came to nothing."""
    [line] = read(sheet(["Товар", "Цена"], ["Каска", "=450*2"]), "Товар", "Цена")
    assert (line["Товар"], line["Цена"]) == ("Каска", "")


HEADED = [
    ["Прайс-лист; с НДС", "", ""],
    ["Цена действует с 01.12.2026", "", ""],
    ["№", "Цена, руб.", "Артикул"],
    ["1", "900", "К-1"],
    ["Каски", "", ""],
    ["2", "1 200,50", "К-2"],
]


@pytest.mark.parametrize(
    ("code", "between"),
    [("utf-8-sig", ";"), ("cp1251", ";"), ("utf-8", ","), ("cp1251", ","), ("utf-8", "\t"), ("cp1251", "\t")],
)
def test_headings_stand_in_any_order_under_any_lines_of_a_csv(code, between):
    quoted = [[f'"{cell}"' if between in cell or ";" in cell else cell for cell in row] for row in HEADED]
    content = "\r\n".join(between.join(row) for row in quoted).encode(code)
    lines = read(content, ("Артикул", "Товар"), "Цена")
    assert [(line.number, line["Артикул"], line["Цена"], line["Товар"]) for line in lines] == [
        (4, "К-1", "900", ""),
        (6, "К-2", "1 200,50", ""),
    ]


def test_headings_stand_in_any_order_under_any_lines_of_a_sheet():
    lines = read(sheet(*HEADED), ("Артикул", "Товар"), "Цена")
    assert [(line.number, line["Артикул"], line["Цена"]) for line in lines] == [
        (4, "К-1", "900"),
        (6, "К-2", "1 200,50"),
    ]


def test_a_heading_is_that_very_word_or_begins_with_it():
    line = Line(2, {"сотрудник": "Ким", "с": "1", "ставка, %": "2", "по приказу": "7", "по": "3"})
    assert [line[name] for name in ("С", "Ставка", "По", "Сотр")] == ["1", "2", "3", ""]


def test_of_two_columns_under_one_heading_the_first_counts():
    [line] = read("Товар;Цена;Цена\nКаска;900;1000\n".encode(), "Товар", "Цена")
    assert line["Цена"] == "900"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"",
            "None of the first 30 lines has the headings «Филиал», «Ставка» or «Процент». Write them above the list.",
        ),
        ("Филиал\nВолга\n".encode(), "None of the first 30 lines has the headings"),
        ("\n".join(["слова"] * 30 + ["Филиал;Ставка", "Волга;1"]).encode(), "None of the first 30 lines"),
        ("Филиал;Ставка;Примечание\n\n;;\n;;позже\n".encode(), "There is no line under the headings."),
        (b"PK\x03\x04 no book", "The file does not open as XLSX. Open it in Excel and save it anew."),
        (sheet(["Филиал", "Ставка"], ["Волга", 1])[:-400], "The file does not open as XLSX."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Open it in Excel and save it as .xlsx."),
        (b"\xff\x98\n", "The file is neither XLSX nor CSV in UTF-8 or Windows-1251. Save the list as .xlsx."),
        ("Филиал;Ставка\n".encode() + b"x" * 200_000, "Save the list as .xlsx."),
        ("Филиал;Ставка\n".encode() + b"a;1\n" * 20_000, "more than 20000 lines. Divide it into several files."),
    ],
)
def test_a_file_that_is_no_such_list(content, said):
    [mistake] = mistakes(read, content, "Филиал", ("Ставка", "Процент"))
    assert said in mistake


def test_everything_that_is_wrong_is_told_at_once_by_its_line():
    lines = read("Цена;С\nмного;31.11.2026\n900;24.11.2026\n;24.11.2026\n".encode(), "Цена", "С")

    def take(line):
        return lists.all_of(lambda: lists.number(line["Цена"], "«Цена»"), lambda: lists.day(line["С"], "«С»"))

    assert mistakes(lists.each, lines, take) == [
        "line 2: «Цена» is no number: «много». Write it as 1,25.",
        "line 2: «С» is no day: «31.11.2026». Write it as 24.11.2026.",
        "line 4: «Цена» is empty. Write it as 1,25.",
    ]
    assert lists.each(lines[1:2], take) == [[Decimal(900), date(2026, 11, 24)]]


@pytest.mark.parametrize(
    "text", ["24.11.2026", "2026-11-24", "24.11.26", "2026.11.24", "24/11/2026", "20261124", "24.11.2026 0:00:00"]
)
def test_a_day_in_any_form(text):
    assert lists.day(text, "«С»") == date(2026, 11, 24)
