"""What may stand in a report, how it is said, and its totals."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from reports import words
from reports.report import Chart, Column, Link, Report, Sheet

MOMENT = datetime(2026, 11, 27, 16, 5, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize(("column", "value", "expected"), [
    (Column("a"), "ООО «А&Б»", "ООО «А&Б»"),
    (Column("a"), "до\r\nпосле\x07", "до\nпосле"),
    (Column("a", "whole"), 1234567, "1 234 567"),
    (Column("a", "whole"), -5, "−5"),
    (Column("a", "number"), Decimal("12"), "12,0"),
    (Column("a", "number"), Decimal("1234.25"), "1 234,3"),
    (Column("a", "number"), Decimal("-0.04"), "0,0"),
    (Column("a", "money"), Decimal("1234.5"), "1 234,50 ₽"),
    (Column("a", "money"), Decimal("-2749.25"), "−2 749,25 ₽"),
    (Column("a", "money", currency="USD"), Decimal("99.995"), "100,00 USD"),
    (Column("a", "percent"), Decimal("12.25"), "12,3%"),
    (Column("a", "percent", places=4), Decimal("0.125"), "0,1250%"),
    (Column("a", "percent", places=0), Decimal("99.5"), "100%"),
    (Column("a", "date"), date(2026, 11, 7), "07.11.2026"),
    (Column("a", "moment"), MOMENT, "27.11.2026 16:05"),
    (Column("a", "link"), Link("ОТГ-1", "https://a.example/"), "ОТГ-1"),
    (Column("a", "money"), None, ""),
])  # fmt: skip
def test_a_value_is_said_as_people_read_it(column, value, expected):
    assert words.said(column, value).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(("number", "expected"), [
    ("0", "0"), ("950", "950"), ("1000", "1 тыс."), ("250000", "250 тыс."), ("1500000", "1,5 млн"), ("-2000000000", "−2 млрд"),
])  # fmt: skip
def test_a_number_beside_an_axis_is_short(number, expected):
    assert words.short(Decimal(number)).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(("kind", "value"), [
    ("text", 5), ("whole", Decimal(5)), ("whole", True), ("money", 5), ("money", 5.5), ("money", Decimal("NaN")),
    ("percent", "5%"), ("date", MOMENT), ("date", "27.11.2026"), ("moment", date(2026, 11, 27)),
    ("moment", datetime(2026, 11, 27)), ("link", "https://a.example/"),
])  # fmt: skip
def test_a_value_of_another_kind_than_its_column_is_refused_where_it_is_made(kind, value):
    with pytest.raises(ValueError, match="The sheet «Лист», row 1, «Графа»:"):
        Sheet("Лист", (Column("Графа", kind),), ((value,),))


@pytest.mark.parametrize(("wrong", "why"), [
    (lambda: Column("а", "sum"), "no known kind"),
    (lambda: Column("а", "percent", sums=True), "never summed"),
    (lambda: Link("Карточка", "javascript:alert(1)"), "web addresses only"),
    (lambda: Chart("Рост", "а", ("б",), "pie"), "no known kind"),
    (lambda: Chart("Рост", "а", (), "lines"), "shows 1–6 columns, not 0"),
    (lambda: Chart("Рост", "а", ("б",) * 5, "stacked"), "shows 1–4 columns, not 5"),
    (lambda: Sheet("Д/З", (Column("а"),), ()), "cannot be the title"),
    (lambda: Sheet("Сводка по менеджерам за 8 недель", (Column("а"),), ()), "cannot be the title"),
    (lambda: Sheet("ДЗ", (Column("а"),), (("1", "2"),)), "2 values stand in 1 columns"),
    (lambda: Sheet("ДЗ", (Column("а"),), (), totals={"б": 5}), "no column «б». It has: а"),
    (lambda: Sheet("ДЗ", (Column("а"),), (), chart=Chart("Рост", "а", ("б",))), "no column «б»"),
    (lambda: Sheet("ДЗ", (Column("а"), Column("б", "whole")), (("x", 1),), totals={"б": "пять"}), "the total, «б»: 'пять'"),
    (lambda: Report("ДЗ", datetime(2026, 11, 27), (Sheet("а", (Column("а"),), ()),)), "has no zone"),
    (lambda: Report("ДЗ", MOMENT, ()), "needs sheets"),
    (lambda: Report("ДЗ", MOMENT, (Sheet("Да", (Column("а"),), ()), Sheet("да", (Column("а"),), ()))), "of its own"),
])  # fmt: skip
def test_a_mistake_in_a_report_is_named(wrong, why):
    with pytest.raises(ValueError, match=why):
        wrong()


def test_a_total_is_the_sum_or_what_is_given_and_stands_under_rows_only():
    columns = (
        Column("Филиал"),
        Column("Продажи", "money", sums=True),
        Column("Дней", "whole", sums=True),
        Column("Доля", "percent"),
    )
    rows = (("Казань", Decimal("0.10"), 3, None), ("Уфа", None, 4, None), ("Томск", Decimal("0.20"), None, Decimal(5)))
    sheet = Sheet("Филиалы", columns, rows, totals={"Доля": Decimal("33.3")})
    assert sheet.total == ("Итого", Decimal("0.30"), 7, Decimal("33.3"))
    assert Sheet("Филиалы", columns, ()).total is None
    assert Sheet("Филиалы", columns[:1], (("Казань",),)).total is None


def test_a_report_says_of_which_moment_its_figures_are_in_moscow():
    report = Report("ДЗ", datetime(2026, 11, 27, 23, 30, tzinfo=UTC), (Sheet("а", (Column("а"),), ()),))
    assert report.as_of == "Данные на 28.11.2026 02:30 (МСК)"
