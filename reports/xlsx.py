"""A report as XLSX: typed cells, frozen headings, formats, native charts. Equal rows make equal files, byte for byte."""

import io
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from reports import colors, words
from reports.report import ROUBLES, Chart, Column, Link, Report, Row, Sheet
from rules.money import q

MADE_BY = "Воронка"
HEAD = 4
"""The row of the headings: above them the title, the moment, an empty line."""
NARROWEST, WIDEST, LONGEST_TEXT = 9, 48, 32_767
LONGEST_ADDRESS, MOST_LINKS = 2_079, 65_000  # Excel repairs, that is spoils, a file with more
LOOKS_LIKE_A_FORMULA = tuple("=+-@\t\n\r＝＋－＠")
LINE_HEIGHT, LETTERS = 13.2, 1.06  # points of a line; widths that a letter takes, about
CHART_HEIGHT, CHART_WIDTH = 8.5, 24.0
AXIS = '[>=1000000]#,##0.0,,"\u00a0млн";[>=1000]#,##0,"\u00a0тыс.";General'

FACE = "Arial"  # with Excel, and in the same widths with LibreOffice
INK, PALE, LINE = "1F2933", "EEF2F6", "C5CED8"
TITLE, MOMENT = Font(name=FACE, size=13, bold=True, color=INK), Font(name=FACE, size=9, color="5B6875")
PLAIN, BOLD = Font(name=FACE, size=10, color=INK), Font(name=FACE, size=10, bold=True, color=INK)
LINKED = Font(name=FACE, size=10, color="0B5CAD", underline="single")
HEADING = PatternFill("solid", start_color=PALE)
HAIR, FIRM = Side("hair", color=LINE), Side("thin", color=INK)
HEADED, ROW, LAST = Border(left=HAIR, right=HAIR, bottom=FIRM), Border(bottom=HAIR), Border(top=FIRM)


def made(report: Report) -> bytes:
    """The file."""
    book = Workbook()
    book.remove(book.active)
    properties, moment = book.properties, report.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title, properties.creator, properties.lastModifiedBy = words.clean(report.title), MADE_BY, MADE_BY
    properties.created, properties.modified = moment, moment
    for sheet in report.sheets:
        _add(book, report, sheet)
    return _packed(book)


def _add(book: Workbook, report: Report, sheet: Sheet) -> None:
    page = book.create_sheet(sheet.title)
    _text(page["A1"], f"{report.title}: {sheet.title}")
    _text(page["A2"], report.as_of)
    page["A1"].font, page["A2"].font = TITLE, MOMENT
    for place, column in enumerate(sheet.columns, 1):
        _head(page.cell(HEAD, place), column)
    _fill(page, sheet)
    last = HEAD + len(sheet.rows)
    if not sheet.rows:
        _text(page.cell(last + 1, 1), sheet.empty)
        page.cell(last + 1, 1).font = MOMENT
    _arrange(page, sheet, last)
    if sheet.chart is not None and sheet.rows:
        page.add_chart(_chart(page, sheet, sheet.chart, last), f"A{last + 3 + bool(sheet.total)}")


# — cells —


def _head(cell: Cell, column: Column) -> None:
    _text(cell, column.title)
    cell.font, cell.fill, cell.border = BOLD, HEADING, HEADED
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _fill(page: Worksheet, sheet: Sheet) -> None:
    """Write rows and total. A column's look is made once and taken over: openpyxl is slow at making looks."""
    looks: dict[tuple, Cell] = {}
    lines = [(row, False) for row in sheet.rows] + ([(sheet.total, True)] if sheet.total else [])
    for number, (row, is_total) in enumerate(lines, HEAD + 1):
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True), 1):
            cell, look = page.cell(number, place), (column, is_total, isinstance(value, str | Link))
            if look in looks:
                cell._style = copy(looks[look]._style)
            else:
                looks[look] = cell
                _dress(cell, *look)
            if value is not None:
                _write(cell, column, value, links=number <= HEAD + MOST_LINKS)


def _dress(cell: Cell, column: Column, is_total: bool, is_text: bool) -> None:
    plain = LINKED if column.kind == "link" else PLAIN
    cell.font, cell.border = (BOLD, LAST) if is_total else (plain, ROW)
    if is_text:
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True, indent=1)
    elif column.kind in _VALUE:
        cell.number_format = _format(column)
        across = {"horizontal": "right"} if column.is_numeric else {"horizontal": "left", "indent": 1}
        cell.alignment = Alignment(**across, vertical="top")


def _write(cell: Cell, column: Column, value: object, *, links: bool) -> None:
    if isinstance(value, Link):
        _text(cell, value.text)
        if links and len(value.address) <= LONGEST_ADDRESS:
            cell.hyperlink = value.address
    elif isinstance(value, str):
        _text(cell, value)
    else:
        cell.value = _VALUE[column.kind](column, value)


def _text(cell: Cell, text: str) -> None:
    """Only ever a text, also where somebody opens the cell to edit it."""
    said = words.clean(text)
    cell.value = said if len(said) <= LONGEST_TEXT else f"{said[: LONGEST_TEXT - 1]}…"
    cell.data_type = "s"
    if said.startswith(LOOKS_LIKE_A_FORMULA):
        cell.quotePrefix = True


_VALUE: dict[str, Callable] = {
    "whole": lambda column, value: value, "number": words.rounded, "money": lambda column, value: q(value),
    "percent": lambda column, value: words.rounded(column, value) / 100, "date": lambda column, day: day,
    "moment": lambda column, moment: moment.replace(tzinfo=None),
}  # fmt: skip


def _format(column: Column) -> str:
    """In the notation of the file: a Russian Excel shows «1 234,50 ₽», «12,5%», «27.11.2026»."""
    decimals = f".{'0' * column.places}" if column.places else ""
    sign = "[$₽-419]" if column.currency == ROUBLES else f'"{column.currency}"'
    return {
        "whole": "#,##0", "number": f"#,##0{decimals}", "money": f"#,##0.00\\ {sign}", "percent": f"0{decimals}%",
        "date": "dd.mm.yyyy", "moment": "dd.mm.yyyy hh:mm",
    }[column.kind]  # fmt: skip


# — the sheet as a whole —


def _arrange(page: Worksheet, sheet: Sheet, last: int) -> None:
    """Widths, frozen headings, a filter, and how it is printed."""
    widths = list(_widths(sheet))
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    for number, lines in _heights(sheet, widths):
        page.row_dimensions[number].height = lines * LINE_HEIGHT + 3
    page.freeze_panes = page.cell(HEAD + 1, 2 if len(sheet.columns) > 2 else 1)
    end = get_column_letter(len(sheet.columns))
    if sheet.rows:
        page.auto_filter.ref = f"A{HEAD}:{end}{last}"
    page.sheet_view.showGridLines = False
    page.print_title_rows = f"{HEAD}:{HEAD}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.right.text = "&P / &N"
    for side in ("left", "right", "top", "bottom"):
        setattr(page.page_margins, side, 0.5)


def _shown(sheet: Sheet) -> list[Row]:
    return [*sheet.rows, *([sheet.total] if sheet.total else [])]


def _widths(sheet: Sheet) -> Iterator[float]:
    """Of each column: its longest value, or the longest word of its heading and the button of the filter."""
    for place, column in enumerate(sheet.columns):
        heading = max(map(len, column.title.split()), default=0) + 4
        lines = [len(line) for row in _shown(sheet) for line in words.said(column, row[place]).split("\n")]
        yield min(max(NARROWEST, *(LETTERS * length + 2 for length in (heading, *lines))), WIDEST)


def _heights(sheet: Sheet, widths: list[float]) -> Iterator[tuple[int, int]]:
    """How many lines the headings take, and each row that needs more than one: LibreOffice does not count them itself."""
    titles = zip(sheet.columns, widths, strict=True)
    yield HEAD, max(_lines(column.title, width) for column, width in titles)
    for number, row in enumerate(_shown(sheet), HEAD + 1):
        cells = zip(sheet.columns, row, widths, strict=True)
        lines = max(_lines(words.said(column, value), width) for column, value, width in cells)
        if lines > 1:
            yield number, lines


def _lines(text: str, width: float) -> int:
    room = int((width - 2) / LETTERS)
    return sum(1 if len(line) <= room else len(textwrap.wrap(line, room)) for line in text.split("\n"))


# — charts —


def _chart(page: Worksheet, sheet: Sheet, chart: Chart, last: int) -> LineChart | BarChart:
    drawn = LineChart() if chart.kind == "lines" else BarChart()
    if chart.kind == "stacked":
        drawn.grouping, drawn.overlap = "stacked", 100
    for title in chart.series:
        place = sheet.place(title) + 1
        drawn.add_data(Reference(page, min_col=place, min_row=HEAD, max_row=last), titles_from_data=True)
    labels = sheet.place(chart.labels) + 1
    drawn.set_categories(Reference(page, min_col=labels, min_row=HEAD + 1, max_row=last))
    for color, series in zip(colors.of(chart), drawn.series, strict=False):
        series.graphicalProperties = GraphicalProperties(solidFill=color.light[1:])
        series.graphicalProperties.line.solidFill = color.light[1:]
        if chart.kind == "lines":
            series.graphicalProperties.line.width, series.smooth = 28_575, False
    drawn.title, drawn.title.overlay, drawn.legend.position = _titled(chart.title), False, "b"
    drawn.height, drawn.width = CHART_HEIGHT, CHART_WIDTH
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.y_axis.number_format, drawn.y_axis.majorGridlines.spPr = (
        AXIS,
        GraphicalProperties(ln=LineProperties(solidFill=LINE)),
    )
    return drawn


def _titled(text: str) -> Title:
    said = CharacterProperties(sz=1100, b=True, solidFill=INK)
    line = Paragraph(pPr=ParagraphProperties(defRPr=said), r=[RegularTextRun(rPr=said, t=words.clean(text))])
    return Title(tx=Text(rich=RichText(p=[line])))


# — the file —


def _packed(book: Workbook) -> bytes:
    """As openpyxl writes it, but with no trace of when."""
    written, packed = io.BytesIO(), io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(written, "w")).save()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            always = zipfile.ZipInfo(entry.filename, datetime(2026, 1, 1).timetuple()[:6])
            target.writestr(always, source.read(entry.filename), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
