"""The week of receivables, as the clock begins and ends it."""

import io
import time
from datetime import date
from decimal import Decimal

import pytest
import requests
import sqlalchemy as sa
from openpyxl import load_workbook

from engine import storage

DUE = date(2026, 11, 16)  # on 27.11.2026 11 days late


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


def tasks_of(company, user: int, title: str) -> list[dict]:
    """A person's open tasks whose title begins so, with their files."""
    select = ["ID", "TITLE", "DEADLINE", "UF_TASK_WEBDAV_FILES"]
    found = company.portal.act(1, "tasks.task.list", {"filter": {"RESPONSIBLE_ID": user}, "select": select})["tasks"]
    return [one for one in found if one["title"].startswith(title)]


@pytest.mark.slow
@pytest.mark.timeout(400)
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
    for moment in ("26.11.2026 05:00", "26.11.2026 12:00"):
        company.at(moment)
        company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in company.cards("RECEIVABLES")}
    assert sorted(cards) == sorted(managers)
    assert len(company.cards("RECEIVABLES")) == 20
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

    company.at("27.11.2026 14:00")
    company.run_clock()
    coordinator = company.holder("COORDINATOR")
    late = [text for text in company.notifications(coordinator) if "не сдан в срок" in text]
    assert len(late) == 2
    assert company.value(cards[silent[0]], "overdue")
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
    [of_far] = company.cards("RECEIVABLES")
    assert company.value(of_far, "dz_manager") == far, "E-RC-3: the user's own zone, whatever the city"
    company.at("26.11.2026 09:01")
    company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in company.cards("RECEIVABLES")}
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
    assert len(company.cards("RECEIVABLES")) == 4, "E-RC-4: the week has its key"
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
    [report] = company.cards("RECEIVABLES")
    name = company.user_name(manager)
    assert company.open_tasks(report) == [f"Заполните отчёт по ДЗ → {name}, 27.11.2026 17:10"]
    company.at("27.11.2026 14:00")
    company.run_clock()
    told = company.notifications(company.holder("COORDINATOR"))
    assert told[-1] == "Просроченных отчётов по ДЗ за неделю 2026-W48 нет, срок ещё не истёк: 1."
    company.at("27.11.2026 16:00")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W48")
    assert [row["Сдан вовремя"] for row in table(book["Сводка по менеджерам"], "Менеджер")][
        0
    ] == "срок 27.11.2026 17:10"
    assert "Просроченных отчётов нет" in str(list(book["Не предоставили"].values))
    [task] = tasks_of(company, company.holder("COMMERCIAL_DIRECTOR"), "Сводный отчёт по ДЗ")
    assert (
        "Просроченных отчётов нет."
        in company.portal.act(1, "tasks.task.get", {"taskId": task["id"]})["task"]["description"]
    )
    company.fill(shipment, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.settle()
    assert company.stage(report) == "CHECK"
    assert not company.value(report, "dz_late")
    assert company.value(report, "dz_sent") is not None
    company.at("04.12.2026 16:01")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W49")
    weeks = [(row["Неделя"], row["Просрочено"], row["Должников"]) for row in table(book["Динамика 8 недель"], "Неделя")]
    assert weeks == [("2026-W48", 50400, 1), ("2026-W49", 50400, 1)], "a past week says what its own report said"
    assert len(company.cards("RECEIVABLES", dz_week="2026-W49")) == 1

    with company.engine.storage.write() as tx:
        tx.execute(sa.update(storage.reports).values(content=sa.null()))  # as after a month
    company.at("11.12.2026 16:01")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W50")
    weeks = [(row["Неделя"], row["Просрочено"], row["Должников"]) for row in table(book["Динамика 8 недель"], "Неделя")]
    assert weeks == [("2026-W48", 50400, None), ("2026-W49", 50400, None), ("2026-W50", 50400, 1)], "else its cards do"
    assert company.failures() == []


@pytest.mark.slow
def test_on_the_last_morning_everybody_is_reminded_once_however_late_they_were_asked(office):
    """D 10:00: the task of Thursday nine o'clock brings its reminder with it (R-14), that of Thursday afternoon is too short."""
    company = office
    late, early = company.manager_of("Москва"), company.manager_of("Иркутск")
    shipment = company.owing(late, "100.00", DUE)
    company.owing(early, "200.00", DUE)
    company.start_layer()
    company.at("26.11.2026 04:05")
    company.run_clock()
    with company.layer_down():
        company.at("26.11.2026 15:01")
    company.run_clock()
    [report] = company.cards("RECEIVABLES", dz_manager=late)
    for moment in ("27.11.2026 05:01", "27.11.2026 09:59"):
        company.at(moment)
        company.run_clock()
    reminders = lambda who: [text for text in company.notifications(who) if "Напоминание" in text and "по ДЗ" in text]  # noqa: E731
    assert (len(reminders(early)), reminders(late)) == (1, [])
    for moment in ("27.11.2026 10:01", "27.11.2026 10:16"):
        company.at(moment)
        company.run_clock()
    [reminder] = reminders(late)
    assert reminder.endswith(
        "Напоминание: сегодня в 12:00 срок отчёта по ДЗ за неделю 2026-W48. Не заполнено строк: 1."
    )
    company.fill(shipment, by=late, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
    company.settle()
    assert company.stage(report) == "CHECK"
    assert company.failures() == []


@pytest.mark.slow
def test_what_was_said_while_the_layer_was_down_hands_the_report_in(office):
    """E-RC-8, E-RC-9: pressed on Thursday, «Без изменений» counts on Friday, although the promised day has come by then."""
    company = office
    manager = company.manager_of("Москва")
    first, second = company.owing(manager, "100.00", DUE), company.owing(manager, "200.00", DUE)
    company.start_layer()
    company.at("25.11.2026 12:00")
    company.fill(second, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 11, 27))
    company.settle()
    with company.layer_down():
        company.at("26.11.2026 15:00")
        company.fill(first, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
        company.fill(second, by=manager, dz_same=True)
        company.at("27.11.2026 09:05")
    company.run_clock()
    [report] = company.cards("RECEIVABLES")
    assert company.value(report, "dz_gaps") is None
    assert company.stage(report) == "CHECK"
    assert not company.value(report, "dz_late")
    assert company.failures() == []


@pytest.mark.slow
def test_what_was_said_after_the_last_chance_is_given_up_though_the_layer_was_down(office):
    """RC-T8: as if it had been there. Friday's report may come until Monday noon."""
    company = office
    manager = company.manager_of("Москва")
    in_time, too_late = (
        company.owing(manager, "100.00", DUE),
        company.owing(company.manager_of("Самара"), "200.00", DUE),
    )
    company.start_layer()
    company.at("26.11.2026 09:05")
    company.run_clock()
    said = {"dz_reason": "Забыли оплатить", "dz_promise": date(2026, 12, 4)}
    with company.layer_down():
        company.at("30.11.2026 10:30")
        company.fill(in_time, by=manager, **said)
        company.at("30.11.2026 12:30")
        company.fill(too_late, **said)
        company.at("30.11.2026 15:00")
    company.run_clock()
    stages = {company.value(report, "dz_manager"): company.stage(report) for report in company.cards("RECEIVABLES")}
    assert stages == {manager: "CHECK", company.manager_of("Самара"): "LOSE"}
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_that_is_being_returned_when_the_clock_looks_is_not_given_up(office):
    """RC-T5, RC-T8: until it has its new deadline it has that of the coordinator, whose last chance has passed."""
    company = office
    manager = company.manager_of("Москва")
    shipment = company.owing(manager, "100.00", DUE)
    company.start_layer()
    company.at("26.11.2026 09:05")
    company.run_clock()
    company.fill(shipment, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
    company.settle()
    [report] = company.cards("RECEIVABLES")
    assert company.stage(report) == "CHECK"
    company.at("27.11.2026 15:31")
    company.run_clock()
    company.at("27.11.2026 15:46")
    company.portal.fault("refuse", method="crm.item.update", times=1000, code="OVERLOAD_LIMIT", status=503)
    company.move(report, "NEW", by=company.holder("COORDINATOR"))
    until = time.monotonic() + 60
    while not company.engine.known_cards("RECEIVABLES", "NEW") and time.monotonic() < until:
        time.sleep(0.05)
    company.engine.tick()
    company.portal.clear_faults()
    company.settle()
    assert company.stage(report) == "NEW"
    assert company.titles(report) == ["Заполните отчёт по ДЗ (доработка)"]
    assert company.failures() == []


def test_nobody_hears_that_all_have_reported_when_nobody_was_asked(office):
    company = office
    company.owing(company.manager_of("Москва"), "100.00", DUE)
    company.start_layer()
    company.run_clock()
    with company.layer_down():
        company.at("27.11.2026 14:20")
    company.run_clock()
    assert len(company.cards("RECEIVABLES")) == 1
    assert not any("сдали все" in text for text in company.notifications(company.holder("COORDINATOR")))
    assert company.failures() == []


@pytest.mark.slow
def test_an_order_in_another_hand_a_debt_in_yuan_and_the_deputy_of_a_head_who_sells(office):
    """E-RC-1, E-RC-2, E-RC-10, RC-T6: what is owed stands with whoever reports it, like what of it is late."""
    company = office
    before, after, head, deputy = (company.user(one) for one in ("volkova", "kozlov", "kuznetsova", "gromov"))
    first = company.owing(before, "1000.00", DUE)
    in_yuan = company.owing(before, "700.00", DUE)
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": in_yuan, "fields": {"currencyId": "CNY"}})
    company.owing(head, "50.00", DUE)
    company.start_layer()
    company.on_leave("kuznetsova", "23.11.2026", "04.12.2026")
    company.at("26.11.2026 09:01")
    company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in company.cards("RECEIVABLES")}
    assert int(company.card(cards[head])["assignedById"]) == deputy, "config/people.yaml names him"
    sums = [one.rpartition(" — ")[2].replace("\u00a0", " ") for one in company.checklist(cards[before], "Заполните")]
    assert sums == ["1 000,00 ₽", "700,00 CNY"]
    assert company.value(cards[before], "dz_total") == 1000
    order = company.value(first, "parent")
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": order, "fields": {"assignedById": after}})
    company.settle()
    company.at("27.11.2026 16:01")
    company.run_clock()
    book = stored_report(company, "Сводный отчёт по ДЗ за неделю 2026-W48")
    summary = {row["Менеджер"]: row for row in table(book["Сводка по менеджерам"], "Менеджер")}
    owed = {who: [row["Всего ДЗ"], row["Просрочено"]] for who, row in summary.items()}
    assert owed[company.user_name(before)] == [1000, 1000]
    assert owed[company.user_name(after)] == [0, 0]
    assert owed["Итого"] == [1050, 1050]
    assert [row["Просрочено"] for row in table(book["Должники, CNY"], "Клиент")] == [700, 700]
    assert company.failures() == []


@pytest.mark.slow
def test_sixty_debtors_are_sixty_lines_of_one_task(office):
    """More than one batch carries; a shipment without an order, and a project, belong to whoever answers for them."""
    company = office
    manager = company.manager_of("Москва")
    shipments = [company.owing(manager, f"{100 + number}.00", DUE) for number in range(58)]
    shipments.append(company.owing(manager, "99.00", DUE, parent=None, responsible=manager))
    owed = {"sh_sched": "16.11.2026; 500.00; 500.00", "sh_debt": Decimal(500)}
    shipments.append(company.new_deal("HARD", "PAYMENT", by=manager, title="Линии на крыше", **owed))
    company.start_layer()
    company.at("26.11.2026 09:05")
    company.run_clock()
    [report] = company.cards("RECEIVABLES")
    assert company.value(report, "dz_list") == shipments
    assert len(company.checklist(report, "Заполните")) == 60
    company.fill(shipments[-1], by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 2))
    company.settle()
    assert company.ticked(report, "Заполните").count(True) == 1
    assert len(company.value(report, "dz_gaps").splitlines()) == 59
    assert company.failures() == []
