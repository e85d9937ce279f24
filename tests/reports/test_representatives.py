"""«Эффективность представителей» and the lists: RP-T9, E-RP-12."""

from datetime import datetime
from decimal import Decimal

from engine.people import MOSCOW
from reports import page, representatives, xlsx
from reports.report import Link
from reports.representatives import Missing, Month, Waiting, Work

AT = datetime(2026, 12, 16, 10, tzinfo=MOSCOW)
GOOD = Month(20, 18, Decimal("18500"), Decimal("18000"), Decimal(0), Decimal("2000"), Decimal("-749.25"), 0, 1)
LATE = Month(20, 10, Decimal("5310.40"), Decimal("5310.40"), Decimal("5310.40"), Decimal(0), Decimal(0), 2, 0)
SILENT = Month(20, 0, Decimal(0), Decimal(0), Decimal(0), Decimal(0), Decimal(-20000), None, 0)
ZERO = Decimal(0)


def made(*works, unassigned=None):
    return representatives.efficiency("ноябрь 2026", AT, works, unassigned or {}).sheets[0]


def test_a_month_of_a_representative():
    sheet = made(Work("Абрамова Людмила", "Самара", [GOOD], 12, Decimal("91.7"), Decimal(1_200_000)))
    assert sheet.rows == ((
        "Абрамова Людмила", "Самара", 20, 18, Decimal("90.0"), 12, Decimal("91.7"), Decimal(18500), Decimal(18000),
        Decimal(500), ZERO, Decimal(2000), Decimal("-749.25"), Decimal(1_200_000), Decimal("1.5"), "да", 1,
    ),)  # fmt: skip


def test_how_punctual_a_month_and_a_quarter_was():
    person = ("Уваров Илья", "Екатеринбург")
    for months, said in (
        ([LATE], "опоздание 2 раб. дн."),
        ([SILENT], "не сдан"),
        ([GOOD, LATE, SILENT], "1 из 3"),
        ([], "нет отчёта"),
    ):
        [row] = made(Work(*person, months, 0, None, ZERO)).rows
        assert row[15] == said
    [row] = made(Work(*person, [GOOD, LATE, SILENT], 0, None, ZERO)).rows
    assert row[12] == Decimal(-20000), "what is left is that of the last month"
    assert row[14] is None, "nothing was sold"


def test_e_rp_12_sales_of_nobody_stand_in_a_line_of_their_own():
    works = [Work("Б", "Самара", [GOOD], 1, None, Decimal(100)), Work("А", "Самара", [LATE], 2, None, Decimal(200))]
    sheet = made(*works, unassigned={"Самара": Decimal("50.50")})
    assert [(row[0], row[1], row[13]) for row in sheet.rows] == [
        ("А", "Самара", Decimal(200)), ("Б", "Самара", Decimal(100)), ("Продажи без представителя", "Самара", Decimal("50.50")),
    ]  # fmt: skip
    assert sheet.total[13] == Decimal("350.50")


def test_who_has_not_reported_and_what_waits():
    card = Link("2026-11", "https://portal.example/crm/deal/details/7/")
    missing = Missing("Лапина Вера", "Санкт-Петербург", card, AT, 3, Decimal(20000), ZERO)
    waiting = [
        Waiting("Уваров Илья", card, "Проверка координатором", "Белова Ирина", days, Decimal(18000)) for days in (1, 4)
    ]
    report = representatives.lists("ноябрь 2026", AT, [missing], waiting)
    assert [sheet.title for sheet in report.sheets] == ["Не сдали отчёт", "Ждут проверки"]
    assert [row[4] for row in report.sheets[1].rows] == [4, 1], "what waits longest is first"
    assert xlsx.made(report)
    assert "Лапина Вера" in page.made(report)
    assert representatives.lists("ноябрь 2026", AT, [], []).sheets[0].empty == "Сдали все"
