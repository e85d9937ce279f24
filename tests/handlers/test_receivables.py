"""RECEIVABLES, a manager's week as people see it."""

from datetime import date
from decimal import Decimal

import pytest

DUE = date(2026, 10, 27)  # on 27.11.2026 31 days late


def plain(lines: list[str]) -> list[str]:
    return [line.replace("\u00a0", " ") for line in lines]


def test_a_week_from_thursday_nine_to_the_accepted_report(office):
    """RC-T1, RC-T2, RC-T4, E-RC-6: late as of Friday, be it by a day; what becomes late later is next week's."""
    company = office
    manager = company.manager_of("Новосибирск")
    first = company.owing(manager, "50400.00", DUE)
    second = company.owing(manager, "1000.50", date(2026, 11, 26))
    company.owing(manager, "777.00", date(2026, 11, 27), stage="PAYMENT")
    company.start_layer()
    company.at("26.11.2026 04:50")
    company.run_clock()
    assert company.cards("RECEIVABLES") == []
    company.at("26.11.2026 05:01")
    company.run_clock()
    [report] = company.cards("RECEIVABLES")
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
    how = company.task(report, "Проверьте")["description"]
    assert "На доработку — напишите в карточке комментарий и верните её на стадию «Запрошены данные»." in how
    company.close_task(report, "Проверьте")
    company.settle()
    assert company.stage(report) == "WON"
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_that_is_confirmed_paid_returned_and_accepted(office):
    """RC-T2…RC-T5, E-RC-5, E-RC-9, R-09, R-16."""
    company = office
    manager, coordinator = company.manager_of("Москва"), company.holder("COORDINATOR")
    first, second = (company.owing(manager, amount, date(2026, 11, 16)) for amount in ("50400.00", "1000.00"))
    company.start_layer()
    company.at("25.11.2026 12:00")
    company.run_clock()
    for shipment in (first, second):
        company.fill(shipment, by=manager, dz_reason="Забыли оплатить", dz_promise=date(2026, 12, 4))
    company.settle()
    assert company.value(first, "dz_updated") is not None
    company.at("26.11.2026 09:01")
    company.run_clock()
    [report] = company.cards("RECEIVABLES")
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
    assert company.ticked(report, "Заполните") == [True, False]
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
    [again] = company.open_tasks(report)
    assert again.startswith(
        f"Заполните отчёт по ДЗ (доработка) → {name}, 26.11.2026 14:0"
    )  # of a slow machine some minutes later
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
def test_a_promise_that_was_not_kept_is_asked_for_anew_and_counted(office):
    """RC-T7: at seven in the morning, when it is known what is late."""
    company = office
    manager = company.manager_of("Москва")
    known = {"dz_reason": "Забыли оплатить", "dz_promise": date(2026, 11, 24), "city": "Москва"}
    shipment = company.owing(manager, "50400.00", date(2026, 11, 16), **known)
    company.start_layer()
    company.at("24.11.2026 07:05")
    company.run_clock()
    assert company.value(shipment, "dz_promise") == date(2026, 11, 24)
    company.at("25.11.2026 07:05")
    company.run_clock()
    said = [company.value(shipment, name) for name in ("dz_promise", "dz_broken", "dz_reason")]
    assert said == [None, 1, "Забыли оплатить"]
    assert company.titles(shipment) == ["Работа с просроченной оплатой"], "the one of the late line is still open"
    assert plain(company.messages(shipment, "Работа"))[-1].startswith(
        "Обещанная дата оплаты 24.11.2026 прошла, не оплачено 50 400,00 ₽. Сорванных обещаний: 1."
    ), "true of a partial payment too"
    company.at("26.11.2026 09:05")
    company.run_clock()
    [report] = company.cards("RECEIVABLES")
    company.fill(shipment, by=manager, dz_promise=date(2026, 11, 27))
    company.close_task(shipment, "Работа")
    company.settle()
    assert company.stage(report) == "CHECK"
    company.at("28.11.2026 07:05")
    company.run_clock()
    assert company.value(shipment, "dz_broken") == 2
    assert company.titles(shipment) == ["Работа с просроченной оплатой"]
    assert company.stage(report) == "CHECK", "the coordinator decides"
    company.close_task(report, "Проверьте")
    company.settle()
    assert company.stage(report) == "WON", "it was whole when it was handed in"
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_made_by_hand_names_a_week_that_has_one(company):
    """RC-T3: without lines there is nothing to fill in, and the closed task hands it in."""
    manager = company.manager_of("Москва")
    report = company.new_deal("RECEIVABLES", by=manager, title="ДЗ", dz_week="48", dz_date=date(2026, 11, 27))
    company.settle()
    assert company.value(report, "block").startswith("Отчётная неделя «48» не читается")
    assert company.titles(report) == ["Заполните обязательные поля"]
    company.fill(report, by=manager, dz_week="2026-W48")
    company.close_task(report, "Заполните")
    company.settle()
    assert company.open_tasks(report) == [f"Заполните отчёт по ДЗ → {company.user_name(manager)}, 27.11.2026 12:00"]
    company.close_task(report, "Заполните отчёт")
    company.settle()
    assert company.stage(report) == "CHECK"
    skipped = company.new_deal("RECEIVABLES", by=manager, title="ДЗ", dz_week="2027-W01", dz_date=date(2027, 1, 8))
    company.settle()
    assert company.value(skipped, "block") == "На неделе 2027-W01 нет рабочих дней: отчёта по ней нет"
    assert company.failures() == []


@pytest.mark.slow
def test_a_report_that_was_given_up_is_late_whenever_it_comes(office):
    """R-09, C-18: opened again, handed in by the last line or by hand. Who closed the task for good is told that it is late."""
    company = office
    by_line, by_hand = company.user("volkova"), company.user("kozlov")
    first, second = (company.owing(one, "1000.00", date(2026, 11, 16)) for one in (by_line, by_hand))
    third = company.owing(company.user("pavlova"), "1000.00", date(2026, 11, 16))
    company.start_layer()
    company.at("26.11.2026 09:01")
    company.run_clock()
    cards = {company.value(card, "dz_manager"): card for card in company.cards("RECEIVABLES")}
    for _ in range(3):
        company.close_task(cards[by_line], "Заполните")
        company.settle()
    assert company.titles(cards[by_line]) == []
    company.delete(third)
    company.at("27.11.2026 12:01")
    company.run_clock()
    assert company.stage(cards.pop(company.user("pavlova"))) == "CHECK", (
        "of a shipment that is gone nothing is to be said"
    )
    assert "не сдан в срок. Не заполнено строк: 1." in company.notifications(by_line)[-1]
    assert not any("не сдан в срок" in text for text in company.notifications(by_hand)), "his open task says so (R-14)"
    company.at("30.11.2026 12:01")
    company.run_clock()
    said = {"dz_reason": "Забыли оплатить", "dz_promise": date(2026, 12, 4)}
    company.fill(second, by=by_hand, **said)
    company.settle()
    assert [company.stage(card) for card in cards.values()] == ["LOSE", "LOSE"]
    for card in cards.values():
        company.move(card, "NEW", by=company.holder("COMMERCIAL_DIRECTOR"))
    company.settle()
    company.fill(first, by=by_line, **said)
    company.move(cards[by_hand], "CHECK", by=by_hand)
    company.settle()
    assert [company.stage(card) for card in cards.values()] == ["CHECK", "CHECK"]
    assert [company.value(card, "dz_late") for card in cards.values()] == [True, True]
    assert all(company.value(card, "dz_sent") for card in cards.values())
    assert company.failures() == []
