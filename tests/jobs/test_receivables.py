"""The week of receivables, as the clock begins and ends it."""

import io
from datetime import date
from decimal import Decimal

import pytest
import requests
from openpyxl import load_workbook

from tests.company import playing

DUE = date(2026, 10, 27)  # on 27.11.2026 31 days late


@pytest.fixture
def office(tmp_path):
    """A company before its layer has gone live: `begin(company)` lets it."""
    with playing(tmp_path, seed="customers", apart=True) as company:
        yield company


def reports(company, **fields: object) -> list[int]:
    """Report cards, oldest first: all, or those whose fields say so."""
    on = {"=categoryId": company.dictionary.category("RECEIVABLES"), ">id": 0}
    items = company.portal.act(1, "crm.item.list", {"entityTypeId": 2, "filter": on, "order": {"id": "ASC"}})["items"]
    cards = [int(item["id"]) for item in items]
    return [card for card in cards if all(company.value(card, name) == value for name, value in fields.items())]


def stored_report(company, title: str):
    """The newest XLSX of that title on the company's Disk, opened."""
    folder = next(
        one["ROOT_OBJECT_ID"] for one in company.portal.act(1, "disk.storage.getlist") if one["ENTITY_TYPE"] == "common"
    )
    for name in ("Отчёты", "ДЗ", "2026"):
        found = company.portal.act(1, "disk.folder.getchildren", {"id": folder, "filter": {"NAME": name}})
        folder = found[0]["ID"]
    files = company.portal.act(1, "disk.folder.getchildren", {"id": folder})
    [file] = [one for one in files if one["NAME"].startswith(title)]
    return load_workbook(io.BytesIO(requests.get(file["DOWNLOAD_URL"], timeout=10).content))


def table(sheet, first: str) -> list[dict]:
    """The rows under the headings of a sheet, whose first one is this."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    [start] = [number for number, row in enumerate(rows) if row[0] == first]
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :] if row[0]]


def ticks(company, report: int) -> list[tuple[str, bool]]:
    """The items of the newest RC-1, and whether each is ticked off."""
    task = int(company.task(report, "Заполните")["id"])
    items = company.portal.act(1, "task.checklistitem.getlist", {"TASKID": task})
    return [(one["TITLE"], one["IS_COMPLETE"] == "Y") for one in items if one["PARENT_ID"] not in (0, "0")]


def tasks_of(company, user: int, title: str) -> list[dict]:
    """A person's open tasks whose title begins so, with their files."""
    select = ["ID", "TITLE", "DEADLINE", "UF_TASK_WEBDAV_FILES"]
    found = company.portal.act(1, "tasks.task.list", {"filter": {"RESPONSIBLE_ID": user}, "select": select})["tasks"]
    return [one for one in found if one["title"].startswith(title)]


def plain(lines: list[str]) -> list[str]:
    return [line.replace("\u00a0", " ") for line in lines]


def test_a_week_from_thursday_nine_to_the_accepted_report(office):
    """RC-T1, RC-T2, RC-T4."""
    company = office
    manager = company.manager_of("Новосибирск")
    first = company.owing(manager, "50400.00", DUE)
    second = company.owing(manager, "1000.50", date(2026, 11, 26))
    company.owing(manager, "777.00", date(2026, 11, 27), stage="PAYMENT")
    company.start_layer()
    company.at("26.11.2026 04:50")
    company.run_clock()
    assert reports(company) == []
    company.at("26.11.2026 05:01")
    company.run_clock()
    [report] = reports(company)
    name = company.user_name(manager)
    assert company.card(report)["title"] == f"Отчёт по ДЗ 2026-W48 — {name}"
    assert [company.value(report, f) for f in ("dz_week", "dz_date", "dz_manager", "dz_list")] == [
        "2026-W48",
        date(2026, 11, 27),
        manager,
        [first, second],
    ]
    sums = [company.value(report, f"dz_{name}") for name in ("total", "b30", "b60", "b90", "b90p")]
    assert sums == [Decimal("51400.50"), Decimal("1000.50"), Decimal(50400), 0, 0]
    assert company.open_tasks(report) == [f"Заполните отчёт по ДЗ → {name}, 27.11.2026 12:00"]
    order = company.value(first, "parent")
    client = company.portal.act(1, "crm.item.get", {"entityTypeId": 4, "id": company.any_company()})["item"]["title"]
    items = plain(company.checklist(report, "Заполните"))
    assert items[0] == f"{client} — № {order}-1 — 31 дн. — 50 400,00 ₽"
    assert len(items) == 2

    company.fill(first, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
    company.settle()
    assert company.value(report, "dz_gaps").splitlines() == [
        f"{client} — № {company.value(second, 'parent')}-1: причина просрочки, обещанная дата оплаты"
    ]
    assert company.stage(report) == "NEW"
    company.fill(second, by=manager, dz_reason="Другое", dz_promise=date(2026, 12, 1), dz_note="ждут счёт")
    company.settle()
    assert company.stage(report) == "CHECK", company.value(report, "block")
    assert company.value(report, "dz_gaps") is None
    assert not company.value(report, "dz_late")
    coordinator = company.user_name(company.holder("COORDINATOR"))
    assert company.open_tasks(report) == [f"Проверьте отчёт по ДЗ → {coordinator}, 26.11.2026 13:00"]
    company.close_task(report, "Проверьте")
    company.settle()
    assert company.stage(report) == "WON"
    assert company.failures() == []


@pytest.mark.slow
def test_a_07_twenty_managers_three_without_debts_and_two_who_are_silent(office):
    """A-07: 17 reports and 3 accepted at once; the XLSX names who is silent; on Monday noon two are given up."""
    company = office
    users = company.portal.act(1, "user.get", {"FILTER": {"ACTIVE": True}})
    managers = [int(one["ID"]) for one in users if one["WORK_POSITION"] == "Менеджер по продажам"][:20]
    assert len(managers) == 20
    debts = {}
    for number, manager in enumerate(managers):
        due = date(2026, 12, 18) if number >= 17 else DUE
        debts[manager] = company.owing(
            manager, f"{1000 + number}.00", due, stage="PAYMENT" if number >= 17 else "OVERDUE"
        )
    company.start_layer()
    for moment in ("26.11.2026 00:05", "26.11.2026 05:00", "26.11.2026 10:05", "26.11.2026 12:00"):
        company.at(moment)
        company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in reports(company)}
    assert sorted(cards) == sorted(managers)
    assert len(reports(company)) == 20
    stages = [company.stage(cards[manager]) for manager in managers]
    assert stages == ["NEW"] * 17 + ["WON"] * 3
    assert company.value(cards[managers[19]], "dz_table") == "Просрочки нет"
    assert company.titles(cards[managers[19]], open_only=False) == []
    silent = managers[3], managers[8]
    for manager in managers[:17]:
        if manager not in silent:
            company.fill(debts[manager], by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.settle()
    assert [company.stage(cards[one]) for one in managers[:17] if one not in silent] == ["CHECK"] * 15

    company.at("27.11.2026 13:05")
    company.run_clock()
    coordinator = company.holder("COORDINATOR")
    late = [text for text in company.notifications(coordinator) if "не сдан в срок" in text]
    assert len(late) == 2
    assert company.value(cards[silent[0]], "overdue")
    company.at("27.11.2026 14:05")
    company.run_clock()
    [told] = [text for text in company.notifications(coordinator) if text.startswith("Не сдали отчёт по ДЗ")]
    assert told.startswith("Не сдали отчёт по ДЗ за неделю 2026-W48: 2.")
    assert all(company.user_name(one) in told for one in silent)

    company.at("27.11.2026 16:01")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W48")
    named = [row[0] for row in book["Не предоставили"].iter_rows(values_only=True)]
    assert {company.user_name(one) for one in silent} <= set(named)
    summary = list(book["Сводка по менеджерам"].iter_rows(values_only=True))
    assert sum(row[0] in {company.user_name(one) for one in managers} for row in summary) == 20

    company.at("30.11.2026 12:00")
    company.run_clock()
    assert [company.stage(cards[one]) for one in managers[:17]].count("LOSE") == 2
    assert [company.stage(cards[one]) for one in silent] == ["LOSE", "LOSE"]
    company.at("30.11.2026 14:01")
    company.run_clock()
    [digest] = [
        text for text in company.notifications(company.holder("COMMERCIAL_DIRECTOR")) if "Не предоставлены" in text
    ]
    assert digest.startswith("Не предоставлены отчёты по ДЗ: 2.")
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_that_is_confirmed_paid_returned_and_accepted(office):
    """RC-T2…RC-T5, E-RC-5, E-RC-9, R-09, R-16."""
    company = office
    manager, coordinator = company.manager_of("Москва"), company.holder("COORDINATOR")
    first, second = company.owing(manager, "50400.00", DUE), company.owing(manager, "1000.00", DUE)
    company.start_layer()
    for shipment in (first, second):
        company.value(shipment, "dz_reason")
    company.at("25.11.2026 12:00")
    company.run_clock()
    for shipment in (first, second):
        company.fill(shipment, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
    company.settle()
    assert company.value(first, "dz_updated") is not None
    company.at("26.11.2026 09:01")
    company.run_clock()
    [report] = reports(company)
    gaps = company.value(report, "dz_gaps").splitlines()
    assert [line.partition(": ")[2] for line in gaps] == ["«Без изменений»", "«Без изменений»"], "said before Thursday"

    company.close_task(report, "Заполните")
    company.settle()
    assert company.titles(report) == ["Заполните отчёт по ДЗ"]
    assert gaps[0] in company.messages(report, "Заполните")[-1]
    company.move(report, "CHECK", by=manager)
    company.settle()
    assert company.stage(report) == "NEW"
    assert company.value(report, "block").startswith("Не заполнено по должникам: ")

    company.fill(first, by=manager, dz_same=True)
    company.settle()
    assert company.value(report, "dz_gaps") == gaps[1]
    assert not company.value(first, "dz_same")
    assert [done for _, done in ticks(company, report)] == [True, False]
    company.fill(second, by=manager, dz_promise=date(2026, 11, 26))
    company.settle()
    company.fill(second, by=manager, dz_same=True)
    company.settle()
    assert "«Без изменений» подтвердить нельзя" in company.comments(second)[-1]
    company.pay(second, "1000.00")
    company.settle()
    assert company.stage(report) == "CHECK"
    assert "оплачено" in company.value(report, "dz_table")
    assert company.value(report, "dz_total") == Decimal(50400)
    sent = company.value(report, "dz_sent")
    assert sent is not None
    assert not company.value(report, "dz_late")

    company.write_comment(report, "Когда именно заплатят? Уточните.", by=coordinator)
    company.move(report, "NEW", by=coordinator)
    company.settle()
    name = company.user_name(manager)
    assert company.open_tasks(report) == [f"Заполните отчёт по ДЗ (доработка) → {name}, 26.11.2026 14:01"]
    assert company.notifications(manager)[-1].endswith("Отчёт возвращён на доработку: Когда именно заплатят? Уточните.")
    assert company.value(report, "dz_returns") == 1
    company.fill(first, by=manager, dz_note="Платёж 04.12 в реестре у их финансового директора")
    company.settle()
    assert company.stage(report) == "NEW", "nobody knows which change is the last"
    company.close_task(report, "Заполните")
    company.settle()
    assert company.stage(report) == "CHECK"
    assert company.value(report, "dz_sent") == sent, "it was handed in then"
    company.close_task(report, "Проверьте")
    company.settle()
    assert company.stage(report) == "WON"

    company.move(report, "NEW", by=manager)
    company.settle()
    assert company.stage(report) == "WON"
    company.move(report, "NEW", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    assert company.titles(report) == ["Заполните отчёт по ДЗ (повтор 2)"]
    assert company.failures() == []


@pytest.mark.slow
def test_people_who_leave_move_or_are_away_in_the_week(office):
    """E-RC-1, E-RC-2, E-RC-3, E-RC-4, E-RC-7, C-18, RC-T6."""
    company = office
    moving, going, away, far = (company.user(one) for one in ("volkova", "kozlov", "pavlova", "stepanov"))
    head = company.user("kuznetsova")
    client = company.another_company()
    debts = {who: company.owing(who, f"{1000 * n}.00", DUE) for n, who in enumerate((moving, going, away, far), 1)}
    company.owing(far, "300.00", DUE, client=client)
    advance = company.new_deal("SOFT", "SHIPPING", by=far, company=client, so_advance=Decimal("250.00"))
    company.acts(1, "user.update", {"ID": far, "TIME_ZONE": "Asia/Magadan"})
    company.start_layer()
    company.on_leave("pavlova", "23.11.2026", "04.12.2026")

    company.at("26.11.2026 01:01")
    company.run_clock()
    [of_far] = reports(company)
    assert company.value(of_far, "dz_manager") == far, "E-RC-3: the user's own zone, whatever the city"
    company.at("26.11.2026 09:01")
    company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in reports(company)}
    assert set(cards) == {moving, going, away, far}
    assert int(company.card(cards[away])["assignedById"]) == head
    assert company.card(cards[away])["title"].endswith(company.user_name(away))
    assert company.open_tasks(cards[away]) == [f"Заполните отчёт по ДЗ → {company.user_name(head)}, 27.11.2026 12:00"]

    company.at("26.11.2026 10:00")
    before = company.deadline(cards[moving], "Заполните")
    company.acts(1, "user.update", {"ID": moving, "TIME_ZONE": "Asia/Vladivostok"})
    company.dismiss(going)
    company.run_clock()
    company.at("27.11.2026 05:05")
    company.run_clock()
    assert len(reports(company)) == 4, "E-RC-4: the week has its key"
    assert company.deadline(cards[moving], "Заполните") == before
    assert not company.value(cards[moving], "overdue")
    assert int(company.card(cards[going])["assignedById"]) == head, "E-RC-2: R-11 hands the report over"
    assert company.value(cards[far], "overdue"), "04:00 Moscow was noon in Magadan"

    company.fill(debts[moving], by=moving, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.fill(debts[away], by=head, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 14))
    company.settle()
    assert [company.stage(cards[one]) for one in (moving, away)] == ["CHECK", "CHECK"]
    company.at("27.11.2026 12:30")
    company.run_clock()
    for shipment in company.value(cards[far], "dz_list"):
        company.fill(shipment, by=far, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.settle()
    assert company.value(cards[far], "dz_late")
    company.at("27.11.2026 16:01")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W48")
    summary = {row["Менеджер"]: row for row in table(book["Сводка по менеджерам"], "Менеджер")}
    moved, gone, deputised, farther = (summary[company.user_name(one)] for one in (moving, head, away, far))
    assert summary["Итого"]["Просрочено"] == 10300, "every debt once"
    assert (moved["Просрочено"], moved["Обещано на след. неделю"], moved["Сдан вовремя"][:2]) == (1000, 1000, "да")
    assert (gone["Просрочено"], gone["Сдан вовремя"]) == (2000, "не сдан"), "the head stands in for who is dismissed"
    assert (deputised["Просрочено"], deputised["Обещано на след. неделю"], deputised["Сдан вовремя"][:2]) == (
        3000,
        0,
        "да",
    )
    assert (farther["Просрочено"], farther["Сдан вовремя"][:3]) == (4300, "нет")
    percents = [row["С начала квартала вовремя, %"] for row in (moved, gone, deputised, farther)]
    assert percents == [1, 0, 1, 0] or percents == [100, 0, 100, 0]
    debtors = table(book["Должники"], "Клиент")
    advances = {row["Просрочено"]: row["Аванс клиента"] for row in debtors if row["Клиент"] != "Итого"}
    assert advances == {1000: None, 2000: None, 3000: None, 4000: None, 300: 250}, "E-RC-7: shown, not set off"
    [silent, _] = table(book["Не предоставили"], "Менеджер")
    assert silent["Менеджер"] == company.user_name(head)
    assert company.value(advance, "so_advance") == 250
    director = company.holder("COMMERCIAL_DIRECTOR")
    [task] = tasks_of(company, director, "Сводный отчёт по ДЗ за неделю 2026-W48")
    assert task["deadline"][:16] == "2026-11-30T12:00"
    assert task["ufTaskWebdavFiles"]
    assert company.failures() == []


@pytest.mark.slow
def test_e_rc_8_a_week_that_began_without_the_layer(office):
    company = office
    manager = company.manager_of("Москва")
    shipment = company.owing(manager, "50400.00", DUE)
    company.start_layer()
    company.run_clock()
    with company.layer_down():
        company.at("27.11.2026 12:10")
    company.run_clock()
    [report] = reports(company)
    name = company.user_name(manager)
    assert company.open_tasks(report) == [f"Заполните отчёт по ДЗ → {name}, 27.11.2026 17:10"]
    company.at("27.11.2026 16:00")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W48")
    assert [row["Сдан вовремя"] for row in table(book["Сводка по менеджерам"], "Менеджер")][
        0
    ] == "срок 27.11.2026 17:10"
    assert "Сдали все" in str(list(book["Не предоставили"].values))
    company.fill(shipment, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.settle()
    assert company.stage(report) == "CHECK"
    assert not company.value(report, "dz_late")
    assert company.value(report, "dz_sent") is not None
    assert company.failures() == []
