"""The reports of the distributor's direction, from example rows."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports import words, xlsx
from reports.distributors import BonusLine, BranchLine, ManagerLine, Sold, bonus_report, month_report

AT = datetime(2026, 12, 14, 18, tzinfo=ZoneInfo("Europe/Moscow"))
DUE = date(2026, 12, 3)
MONTHS = ("июнь 2026", "июль 2026", "август 2026", "сентябрь 2026", "октябрь 2026")


def said(sheet):
    """Its lines in words, the total last."""
    rows = [*sheet.rows, *([sheet.total] if sheet.total else [])]
    return [
        [words.said(column, value).replace("\u00a0", " ") for column, value in zip(sheet.columns, row, strict=True)]
        for row in rows
    ]


def november():
    kazan = BranchLine(
        "Казань", "Беляев Артур", "Закрыто", DUE, Decimal("16255.47"), Decimal("1.25"), Decimal("203.19"), date(2026, 12, 2),
        before=[Decimal(n) for n in ("10000", "10000", "10000", "10000", "10000")],
    )  # fmt: skip
    late = BranchLine(
        "Пермь",
        "Беляев Артур",
        "Проверка расчёта",
        DUE,
        Decimal("100"),
        got=date(2026, 12, 7),
        reminders=3,
        before=[None] * 5,
    )
    silent = BranchLine("Омск", "Исаев Рустам", "Отчёт не предоставлен", DUE, reminders=3, before=[None] * 5)
    managers = [
        ManagerLine(
            "Беляев Артур", "0042", "ноябрь 2026", 2, 1, 1, Decimal("16255.47"), Decimal("203.19"), Decimal("0.13"), Decimal("-9.91"), Decimal("193.41")
        ),
        ManagerLine("Исаев Рустам", "", "ноябрь 2026", 1, 0, 0, *[Decimal("0.00")] * 5),
    ]  # fmt: skip
    sold = [
        Sold("Каска", Decimal(3), Decimal("999.99")),
        Sold("Костюм", Decimal("10"), Decimal("15005.50")),
        Sold("КАСКА ", Decimal("2.5"), Decimal("249.98")),
    ]
    return month_report("ноябрь 2026", AT, managers=managers, branches=[kazan, late, silent], sold=sold, months=MONTHS)


def test_the_month_of_the_direction_has_a_sheet_for_each_question():
    report = november()
    by_title = {sheet.title: said(sheet) for sheet in report.sheets}
    assert [*by_title] == ["По менеджерам", "По филиалам", "По номенклатуре", "Поздние отчёты", "Для бухгалтерии"]
    assert by_title["По менеджерам"] == [
        ["Беляев Артур", "2", "50,0%", "16 255,47 ₽", "203,19 ₽", "0,13 ₽", "50,0%"],
        ["Исаев Рустам", "1", "0,0%", "0,00 ₽", "0,00 ₽", "0,00 ₽", "0,0%"],
        ["Итого", "3", "33,3%", "16 255,47 ₽", "203,19 ₽", "0,13 ₽", "33,3%"],
    ]
    kazan = by_title["По филиалам"][0]
    assert kazan[-4:] == ["16 255,47 ₽", "1,2500%", "203,19 ₽", "20,9%"], "36 255,47 after 30 000,00"
    assert by_title["По номенклатуре"][:2] == [
        ["Костюм", "10,000", "15 005,50 ₽", "92,3%"], ["Каска", "5,500", "1 249,97 ₽", "7,7%"],
    ]  # fmt: skip
    assert [line[:1] + line[2:] for line in by_title["Поздние отчёты"]] == [
        ["Пермь", "03.12.2026", "07.12.2026", "Проверка расчёта", "3"],
        ["Омск", "03.12.2026", "", "Отчёт не предоставлен", "3"],
        ["Итого", "", "", "", "6"],
    ]
    assert by_title["Для бухгалтерии"][0] == [
        "Беляев Артур", "0042", "ноябрь 2026", "16 255,47 ₽", "203,19 ₽", "0,13 ₽", "−9,91 ₽", "193,41 ₽",
    ]  # fmt: skip
    assert xlsx.made(report)


def test_a_managers_calculation_comes_to_what_is_paid():
    lines = [
        BonusLine("Казань", "", Decimal("16255.47"), Decimal("1.25"), Decimal("203.19")),
        BonusLine("Пермь", "нет ставки", None, None, None),
    ]
    report = bonus_report(
        "Беляев Артур", "ноябрь 2026", AT, lines, [("За октябрь 2026: Пермь", Decimal("0.13"))],
        carry=Decimal("-9.91"), pay=Decimal("193.41"), to_next=Decimal("0.00"),
    )  # fmt: skip
    branches, result = map(said, report.sheets)
    assert branches[1][-1] == "нет ставки"
    assert result == [
        ["Вознаграждение за месяц", "203,19 ₽"], ["За октябрь 2026: Пермь", "0,13 ₽"], ["К зачёту с прошлого месяца", "−9,91 ₽"],
        ["К начислению", "193,41 ₽"], ["Переходит на следующий месяц", "0,00 ₽"],
    ]  # fmt: skip
