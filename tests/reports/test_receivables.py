"""RC-T6: the consolidated report of a week, from example rows."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reports import words
from reports.receivables import Manager, Past
from rules.debt import Overdue
from rules.debtors import Debtor
from tests.reports import sample

MAGADAN = ZoneInfo("Asia/Magadan")
NOBODY = {"managers": [], "weeks": []}
DAY = date(2026, 11, 27)


def debt(days: int, rest: str, client: str = "ООО «Ромашка»", **more: object) -> Debtor:
    return Debtor(client, "417-1", [Overdue(1, DAY, Decimal(rest), days)], deal_id=418, **more)


def paid(client: str) -> Debtor:
    return Debtor(client, "417-1", [])


def manager(name: str, *debtors: Debtor, **more: object) -> Manager:
    due = datetime(2026, 11, 27, 12, tzinfo=MAGADAN)
    return Manager(name, "Магадан", Decimal("500000"), debtors, **{"deadline": due, **more})


def sheet(title: str, **rows: object) -> list[dict[str, str]]:
    """The sheet's lines in words, totals at the end: title of the column → what stands there."""
    [found] = [one for one in sample.report(**{**NOBODY, **rows}).sheets if one.title == title]
    lines = [*found.rows, *([found.total] if found.total else [])]
    return [
        {
            column.title: words.said(column, value).replace("\u00a0", " ")
            for column, value in zip(found.columns, line, strict=True)
        }
        for line in lines
    ]


def test_its_sheets_and_columns_are_those_of_the_specification():
    report = sample.report()
    assert report.title == "Сводный отчёт по ДЗ за неделю 2026-W48"
    titles = {one.title: [column.title for column in one.columns] for one in report.sheets}
    assert list(titles) == ["Сводка по менеджерам", "Должники", "Не предоставили", "Динамика 8 недель"]
    assert titles["Сводка по менеджерам"] == [
        "Менеджер", "Город", "Всего ДЗ", "Просрочено", "1–30", "31–60", "61–90", "90+", "Должников", "Макс. дней",
        "Средневзвешенная просрочка", "Обещано на след. неделю", "Сдан вовремя", "С начала квартала вовремя, %",
    ]  # fmt: skip
    assert "Аванс клиента" in titles["Должники"], "E-RC-7"


def test_a_manager_has_the_sums_of_his_debts_by_age_and_what_is_promised_for_the_next_week():
    owed = [
        debt(30, "100.00", promise=date(2026, 11, 30)), debt(31, "200.00", promise=date(2026, 12, 6)),
        debt(91, "0.50", "АО «Север»", promise=date(2026, 12, 7)), paid("ПАО «Юг»"),
    ]  # fmt: skip
    handed_in = datetime(2026, 11, 27, 11, 40, tzinfo=MAGADAN)
    people = [manager("Гусев Антон", *owed, handed_in=handed_in, in_time=Decimal("87.5")), manager("Орлова Вера")]
    first, second, total = sheet("Сводка по менеджерам", managers=people)
    assert first == {
        "Менеджер": "Гусев Антон", "Город": "Магадан", "Всего ДЗ": "500 000,00 ₽", "Просрочено": "300,50 ₽", "1–30": "100,00 ₽",
        "31–60": "200,00 ₽", "61–90": "0,00 ₽", "90+": "0,50 ₽", "Должников": "2", "Макс. дней": "91",
        "Средневзвешенная просрочка": "30,8", "Обещано на след. неделю": "300,00 ₽", "Сдан вовремя": "да, 27.11.2026 11:40",
        "С начала квартала вовремя, %": "87,5%",
    }  # fmt: skip
    assert (second["Просрочено"], second["Средневзвешенная просрочка"], second["Сдан вовремя"]) == (
        "0,00 ₽",
        "",
        "просрочки нет",
    )
    assert (total["Всего ДЗ"], total["Просрочено"], total["Должников"], total["Средневзвешенная просрочка"]) == (
        "1 000 000,00 ₽", "300,50 ₽", "2", "30,8",
    )  # fmt: skip


def test_lines_of_one_shipment_are_counted_each_by_its_own_age():
    """C-07."""
    both = Debtor("А", "1-1", [Overdue(1, DAY, Decimal(5), 31), Overdue(2, DAY, Decimal(7), 1)])
    line, _ = sheet("Сводка по менеджерам", managers=[manager("А", both)])
    assert (line["1–30"], line["31–60"], line["Макс. дней"]) == ("7,00 ₽", "5,00 ₽", "31")
    line, _ = sheet("Должники", managers=[manager("А", both)])
    assert (line["Дней"], line["Просрочено"]) == ("31", "12,00 ₽")


def test_the_client_of_two_managers_is_one_debtor_of_the_company():
    *_, total = sheet("Сводка по менеджерам", managers=[manager("А", debt(5, "10.00")), manager("Б", debt(5, "10.00"))])
    assert total["Должников"] == "1"


def test_who_owes_most_comes_first_and_what_was_paid_meanwhile_last():
    """E-RC-5."""
    owed = [debt(5, "10.00", "а"), debt(50, "70.00", "б"), paid("в")]
    lines = sheet("Должники", managers=[manager("А", *owed)])
    states = [(line["Клиент"], line["Дней"], line["Состояние"]) for line in lines]
    assert states == [("б", "50", ""), ("а", "5", ""), ("в", "", "оплачено"), ("Итого", "", "")]
    assert lines[-1]["Просрочено"] == "80,00 ₽", "what was paid is owed no longer"


def test_e_rc_10_debts_in_another_currency_stand_on_a_sheet_of_their_own_and_in_no_sum():
    said = {"managers": [manager("А", debt(5, "10.00"), debt(5, "700.00", "Shenzhen Cloth", currency="CNY"))]}
    line, _ = sheet("Сводка по менеджерам", **said)
    assert (line["Просрочено"], line["Должников"]) == ("10,00 ₽", "1")
    assert [one["Клиент"] for one in sheet("Должники", **said)] == ["ООО «Ромашка»", "Итого"]
    assert [(one["Клиент"], one["Просрочено"]) for one in sheet("Должники, CNY", **said)] == [
        ("Shenzhen Cloth", "700,00 CNY"), ("Итого", "700,00 CNY"),
    ]  # fmt: skip


def test_only_those_with_debts_who_are_silent_are_named_with_their_own_deadline():
    """E-RC-8: one whose time is not over, and one who was never asked, are not."""
    owed = debt(5, "10.00")
    late = manager("Б", owed, handed_in=datetime(2026, 11, 27, 13, 5, tzinfo=MAGADAN), late=True)
    silent = manager("А", owed, gaps="ООО «Ромашка»: нет даты")
    has_time = manager("Г", owed, deadline=datetime(2026, 11, 30, 13, tzinfo=MAGADAN))
    people = [silent, late, manager("В"), has_time, manager("Д", owed, deadline=None)]
    named, _ = sheet("Не предоставили", managers=people)
    assert named == {
        "Менеджер": "А", "Город": "Магадан", "Срок сдачи, местное время": "27.11.2026 12:00", "Должников": "1",
        "Просрочено": "10,00 ₽", "Не заполнено по должникам": "ООО «Ромашка»: нет даты",
    }  # fmt: skip
    states = {line["Менеджер"]: line["Сдан вовремя"] for line in sheet("Сводка по менеджерам", managers=people)}
    assert states == {
        "А": "не сдан", "Б": "нет, 27.11.2026 13:05", "В": "просрочки нет", "Г": "срок 30.11.2026 13:00", "Д": "не запрошен",
        "Итого": "",
    }  # fmt: skip


def test_a_week_of_the_past_says_what_its_report_said():
    week = Past(
        "2026-W47",
        {"1–30": Decimal(1), "31–60": Decimal(2), "61–90": Decimal(3), "90+": Decimal(4)},
        7,
        None,
        Decimal(95),
    )
    [line] = sheet("Динамика 8 недель", weeks=[week])
    assert (line["Неделя"], line["Просрочено"], line["90+"], line["Сдали вовремя, %"]) == (
        "2026-W47",
        "10,00 ₽",
        "4,00 ₽",
        "95,0%",
    )


def test_a_week_without_debts_has_a_report_too():
    empty = {one.title: one.empty for one in sample.report(**NOBODY).sheets}
    assert (empty["Должники"], empty["Не предоставили"]) == ("Просрочки нет", "Сдали все")
    waited_for = [manager("А", debt(5, "10.00"), deadline=datetime(2026, 11, 30, 13, tzinfo=MAGADAN))]
    late = {one.title: one.empty for one in sample.report(**{**NOBODY, "managers": waited_for}).sheets}
    assert late["Не предоставили"] == "Просроченных отчётов нет", "not all have reported: E-RC-8"
