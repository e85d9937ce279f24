"""The file that people open in Excel: typed cells, nothing that calculates, the same bytes from the same rows."""

import io
import re
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reports import words, xlsx
from reports.report import Chart, Column, Link, Report, Sheet
from tests.reports import sample

MOMENT = datetime(2026, 11, 27, 16, tzinfo=ZoneInfo("Asia/Kamchatka"))
HOSTILE = (
    "=1+1", "=cmd|'/C calc'!A0", '=HYPERLINK("http://evil.example","Отчёт")', "+7 999 123-45-67", "-5", "@SUM(A1)", "\t=1",
    "\r=1", "＝1+1", "#N/A", "#REF!", "{=1}",
)  # fmt: skip


def opened(*columns: Column, rows: tuple = (), **more: object):
    """The only sheet of a report with these columns and rows, as a reader sees it."""
    return load_workbook(io.BytesIO(xlsx.made(Report("Отчёт", MOMENT, (Sheet("Лист", columns, rows, **more),)))))[
        "Лист"
    ]


def the_cell(kind: str, value: object, **more: object):
    return opened(Column("Графа", kind, **more), rows=((value,),))["A5"]


@pytest.mark.parametrize(("kind", "value", "kept", "form"), [
    ("text", "Иванова", "Иванова", "General"),
    ("whole", 12345, 12345, "#,##0"),
    ("number", Decimal("30.8"), 30.8, "#,##0.0"),
    ("money", Decimal("-1234.56"), -1234.56, "#,##0.00\\ [$₽-419]"),
    ("percent", Decimal("12.5"), 0.125, "0.0%"),
    ("date", date(2026, 11, 27), datetime(2026, 11, 27), "dd.mm.yyyy"),
    ("moment", MOMENT, datetime(2026, 11, 27, 16), "dd.mm.yyyy hh:mm"),
])  # fmt: skip
def test_a_value_is_a_number_or_a_day_and_not_its_picture(kind, value, kept, form):
    cell = the_cell(kind, value)
    assert (cell.value, cell.number_format) == (kept, form)


def test_a_kopeck_is_never_lost_in_a_binary_fraction():
    with zipfile.ZipFile(
        io.BytesIO(xlsx.made(Report("О", MOMENT, (Sheet("Л", (Column("С", "money"),), ((Decimal("273.22"),),)),))))
    ) as file:
        assert b"<v>273.22</v>" in file.read("xl/worksheets/sheet1.xml")


def test_another_currency_and_other_decimals_have_their_form():
    assert the_cell("money", Decimal(1), currency="USD").number_format == '#,##0.00\\ "USD"'
    assert the_cell("percent", Decimal(1), places=4).number_format == "0.0000%"
    assert the_cell("percent", Decimal(1), places=0).number_format == "0%"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_a_text_in_every_place(text):
    """S68."""
    columns = (Column(text), Column("Ссылка", "link"))
    report = Report(
        text,
        MOMENT,
        (Sheet("Лист", columns, ((text, Link(text, "https://a.example/")),)), Sheet("Пусто", columns, (), empty=text)),
    )
    content = xlsx.made(report)
    book, clean = load_workbook(io.BytesIO(content)), words.clean(text)
    for cell in (book["Лист"]["A4"], book["Лист"]["A5"], book["Лист"]["B5"], book["Пусто"]["A5"]):
        assert (cell.data_type, cell.value) == ("s", clean)
        assert cell.quotePrefix or clean[0] not in "=+-@\t\n＝", "also for whoever edits the cell"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert not any(b"<f>" in file.read(name) for name in file.namelist() if name.startswith("xl/worksheets/"))


@pytest.mark.parametrize("text", ["до\r\nпосле", "\x00\x1b[31mкрасный", "а\ud800б", "  пробелы  ", "&lt;"])
def test_what_no_xml_can_hold_is_left_out_and_the_rest_stays(text):
    """S69."""
    assert the_cell("text", text).value == words.clean(text)


@pytest.mark.slow
@given(st.text(max_size=60))
def test_whatever_people_write_the_file_opens_and_says_it(text):
    said = words.clean(text)
    assert (opened(Column("Графа"), rows=((text,),))["A5"].value or "") == said


def test_a_text_that_is_too_long_for_a_cell_says_that_it_goes_on():
    value = the_cell("text", "ы" * 40_000).value
    assert (len(value), value[-1]) == (32_767, "…")


def test_a_link_leads_to_its_card_and_one_that_is_too_long_is_only_words():
    cell = the_cell("link", Link("ОТГ-2026/301", "https://a.example/crm/deal/details/7/?a=1&b=2"))
    assert (cell.value, cell.hyperlink.target) == ("ОТГ-2026/301", "https://a.example/crm/deal/details/7/?a=1&b=2")
    assert the_cell("link", Link("Длинная", "https://a.example/" + "x" * 3000)).hyperlink is None


def test_a_sheet_has_a_title_its_moment_frozen_headings_a_filter_and_a_total():
    columns = (Column("Филиал"), Column("Продажи", "money", sums=True), Column("Дней", "whole"))
    sheet = opened(*columns, rows=(("Казань", Decimal("0.10"), 1), ("Уфа", Decimal("0.20"), None)))
    assert (sheet["A1"].value, sheet["A2"].value) == ("Отчёт: Лист", "Данные на 27.11.2026 07:00 (МСК)")
    assert [cell.value for cell in sheet[4]] == ["Филиал", "Продажи", "Дней"]
    assert [cell.value for cell in sheet[7]] == ["Итого", 0.3, None]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B5", "A4:C6", "$4:$4")
    assert sheet.page_setup.orientation == "landscape"


def test_a_sheet_without_rows_says_so():
    sheet = opened(Column("Клиент"), rows=(), empty="Просрочки нет")
    assert (sheet["A5"].value, sheet.auto_filter.ref) == ("Просрочки нет", None)


def test_a_column_is_as_wide_as_its_longest_value_but_no_wider_than_a_line_that_can_be_read():
    sheet = opened(Column("А"), Column("Б"), rows=(("x" * 20, "слово " * 100),))
    narrow, wide = (sheet.column_dimensions[name].width for name in "AB")
    assert (20 < narrow < 28, wide) == (True, 48)
    assert sheet.row_dimensions[5].height > 10 * 12, "all its lines are seen"


def test_the_chart_of_eight_weeks_shows_the_ages_of_the_debts():
    book = load_workbook(io.BytesIO(xlsx.made(sample.report())))
    [chart] = book["Динамика 8 недель"]._charts
    assert [series.val.numRef.f for series in chart.series] == [
        f"'Динамика 8 недель'!${column}$5:${column}$12" for column in "CDEF"
    ]
    assert chart.series[0].cat.numRef.f == "'Динамика 8 недель'!$A$5:$A$12"
    assert [len(book[name]._charts) for name in book.sheetnames] == [0, 0, 0, 1]


def test_a_chart_of_nothing_is_not_drawn():
    chart = Chart("Рост", "Неделя", ("Сумма",))
    assert opened(Column("Неделя"), Column("Сумма", "money"), chart=chart)._charts == []


def test_equal_rows_make_equal_files_whenever_they_are_made():
    first = xlsx.made(sample.report())
    assert xlsx.made(sample.report()) == first
    assert xlsx.made(sample.report(weeks=[])) != first
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time[:3] for entry in file.infolist()} == {(2026, 1, 1)}
        assert set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", file.read("docProps/core.xml"))) == {b"2026-11-27T13:00:00Z"}


@pytest.mark.slow
def test_five_thousand_rows_take_seconds():
    columns = tuple(Column(f"Графа {number}", "money", sums=True) for number in range(12))
    begun = time.process_time()
    xlsx.made(Report("Отчёт", MOMENT, (Sheet("Лист", columns, ((Decimal("1234.56"),) * 12,) * 5000),)))
    assert time.process_time() - begun < 30
