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
