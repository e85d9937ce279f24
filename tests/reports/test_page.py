"""The page of a report: the words of the table, nothing that runs, nothing from elsewhere."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports import drawing, page, words
from reports.report import Chart, Column, Link, Report, Sheet
from tests.reports import sample

MOMENT = datetime(2026, 11, 27, 13, tzinfo=UTC)


class Reader(HTMLParser):
    """What a person reads in tables, row by row, and what a browser would run or fetch."""

    def __init__(self, text: str):
        super().__init__()
        self.rows, self.tags, self.addresses = [], set(), []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.addresses += [value for name, value in attributes if name in ("href", "src", "action")]
        assert not [name for name, _ in attributes if name.startswith("on")]
        if tag == "tr":
            self.rows.append([])
        self._inside = tag in ("td", "th") or (self._inside and tag not in ("tr", "table"))
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, text):
        if self._inside:
            self.rows[-1][-1] += text


def of(*columns: Column, rows: tuple = (), **more: object) -> str:
    return page.made(Report("Отчёт", MOMENT, (Sheet("Лист", columns, rows, **more),)))


def test_it_shows_every_row_and_total_of_every_sheet_in_the_words_of_the_report():
    report = sample.report()
    expected = []
    for sheet in report.sheets:
        expected.append([column.title for column in sheet.columns])
        lines = [*sheet.rows, *([sheet.total] if sheet.total else [])]
        expected += [
            [words.said(column, value) for column, value in zip(sheet.columns, line, strict=True)] for line in lines
        ]
    text = page.made(report)
    assert Reader(text).rows == expected
    for said in (
        report.title,
        "Данные на 27.11.2026 16:00 (МСК)",
        *(f"<h2>{sheet.title}</h2>" for sheet in report.sheets),
    ):
        assert said in text


def test_it_stands_alone_and_runs_nothing():
    reader = Reader(page.made(sample.report()))
    assert not reader.tags & {"script", "link", "img", "iframe", "object", "form"}
    assert {one.partition(":")[0] for one in reader.addresses if not one.startswith("#")} == {"https"}
    text = page.made(sample.report())
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.slow
@given(st.text(max_size=60))
@example("</title></style><script>alert(1)</script>{{ 7*7 }}")
def test_what_people_write_is_only_text(text):
    said = words.clean(text)
    made = page.made(
        Report(
            text,
            MOMENT,
            (
                Sheet(
                    "Лист",
                    (Column(f"а{text}"), Column("Ссылка", "link"), Column("Сумма", "whole")),
                    ((f"<b>{text}", Link(f"</td>{text}", f"https://a.example/?{text}"), 1),),
                    chart=Chart(f"</figure>{text}", f"а{text}", ("Сумма",)),
                ),
                Sheet("Пусто", (Column("а"),), (), empty=f"<i>{text}"),
            ),
        )
    )
    reader = Reader(made)
    assert reader.tags.isdisjoint({"b", "script"})
    assert [[_plain(one) for one in row] for row in reader.rows] == [
        [_plain(f"а{said}"), "Ссылка", "Сумма"],
        [_plain(f"<b>{said}"), _plain(f"</td>{said}"), "1"],
    ]


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_a_sheet_without_rows_says_so_and_one_sheet_needs_no_contents():
    text = of(Column("Клиент"), empty="Просрочки нет")
    assert '<p class="empty">Просрочки нет</p>' in text
    assert "<nav>" not in text
    assert "<nav>" in page.made(sample.report())


# — charts —


def chart(kind: str, *values: object, of_kind: str = "money") -> ElementTree.Element:
    """The drawing of one column, or for tuples of several."""
    series = [f"Ряд {number}" for number in range(1, len(values[0]) + 1)] if isinstance(values[0], tuple) else ["Ряд 1"]
    lines = [value if isinstance(value, tuple) else (value,) for value in values]
    columns = (Column("Неделя"), *(Column(title, of_kind) for title in series))
    rows = tuple((f"W{number}", *line) for number, line in enumerate(lines, 41))
    return ElementTree.fromstring(
        drawing.drawn(Sheet("Лист", columns, rows, chart=Chart("Рост", "Неделя", tuple(series), kind)))
    )


def said(drawn: ElementTree.Element, kind: str) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in drawn.iter("text") if one.get("class") == kind]


def hints(drawn: ElementTree.Element) -> list[str]:
    return [one.text.replace("\u00a0", " ") for one in drawn.iter("title")]


@pytest.mark.parametrize(("values", "marks"), [
    ([Decimal(0), Decimal(0)], ["0", "0,25"]),
    ([Decimal("83.5"), Decimal("61")], ["0", "25", "50", "75", "100"]),
    ([Decimal(1_450_000), Decimal(300_000)], ["0", "500 тыс.", "1 млн", "1,5 млн"]),
    ([Decimal(-300), Decimal(700)], ["−500", "−250", "0", "250", "500", "750"]),
    ([None, None], ["0", "0,25"]),
])  # fmt: skip
def test_the_axis_has_round_numbers_and_nought(values, marks):
    assert said(chart("lines", *values), "mark") == marks


def test_a_line_breaks_where_nothing_is_known():
    drawn = chart("lines", Decimal(10), None, Decimal(20), Decimal(30))
    [line] = [one for one in drawn.iter("path") if "line" in one.get("class")]
    assert [part[0] for part in line.get("d").replace("L", " L").replace("M", " M").split() if part[0] in "ML"] == [
        "M",
        "M",
        "L",
    ]
    assert hints(drawn) == ["W41: Ряд 1 — 10,00 ₽", "W43: Ряд 1 — 20,00 ₽", "W44: Ряд 1 — 30,00 ₽"]


def test_parts_of_a_stack_stand_on_each_other():
    drawn = chart("stacked", (Decimal(100), None, Decimal(300)))
    low, high = drawn.iter("rect")
    assert float(high.get("y")) + float(high.get("height")) == pytest.approx(float(low.get("y")))
    assert float(high.get("height")) == pytest.approx(3 * float(low.get("height")), abs=0.3)
    assert [one.get("class") for one in (low, high)] == ["s1", "s3"], (
        "a colour belongs to a column, whatever is missing"
    )


def test_a_bar_below_nought_hangs_from_it():
    up, down = chart("bars", (Decimal(50), Decimal(-50))).iter("rect")
    assert float(up.get("y")) + float(up.get("height")) == pytest.approx(float(down.get("y")))
    assert float(up.get("x")) < float(down.get("x"))


def test_labels_that_have_no_room_are_left_out_but_never_the_last():
    drawn = chart("lines", *[Decimal(number) for number in range(60)])
    names = said(drawn, "name")
    assert names[-1] == "W100"
    assert 5 < len(names) < 30


def test_whole_numbers_and_shares_are_said_as_such():
    assert hints(chart("bars", 5, of_kind="whole")) == ["W41: Ряд 1 — 5"]
    assert said(chart("bars", Decimal(80), of_kind="percent"), "mark")[-1] == "80%"
