"""DISTRIBUTOR and DISTRIBUTOR_BRANCH, as people see them on the portal: from the opening of a month to what is accrued."""

from datetime import date
from decimal import Decimal

import pytest

from robots.price_rows import Price, keep_prices

GOLDEN = {
    "Казань": ("1.25", [("Костюм", "1500.55", "10"), ("Каска", "333.33", "3"), ("Ткань", "99.99", "2.5")]),
    "Уфа": ("0.75", [("Ботинки", "1234.57", "7")]),
    "Самара": ("1.5", [("Жилет", "1000.33", "1")]),
    "Пермь": ("0.125", [("Перчатки", "100", "1")]),
    "Томск": ("1.1", [("Сапоги", "450.45", "-2")]),
}
"""C-09: branch → rate, rows (product, price, quantity)."""


@pytest.fixture
def manager(company):
    return company.user("belyaev")


@pytest.fixture
def price_list(company):
    """The golden products at their prices since the beginning of the year."""
    products = [row for _, rows in GOLDEN.values() for row in rows]
    listed = [Price(n, name, Decimal(price), date(2026, 1, 1)) for n, (name, price, _) in enumerate(products, 9001)]
    keep_prices(company.engine.storage, listed)


@pytest.fixture
def branches(company, manager, price_list):
    """The golden branches of the manager: name → company."""
    return {name: company.new_branch(name, branch_mgr=manager, rate=rate) for name, (rate, _) in GOLDEN.items()}


def open_november(company):
    """The month is opened by the clock; returns its summaries."""
    company.at("01.12.2026 09:05")
    company.run_clock()
    return summaries(company)


def summaries(company, **fields):
    """Ids of the summaries whose fields say so, oldest first."""
    on = {"=categoryId": company.dictionary.category("DISTRIBUTOR")}
    items = company.portal.act(1, "crm.item.list", {"entityTypeId": 2, "filter": on, "order": {"id": "ASC"}})["items"]
    found = [int(item["id"]) for item in items]
    said = {"db_type": "Сводная по менеджеру", **fields}
    return [one for one in found if all(company.value(one, name) == value for name, value in said.items())]


def branch_cards(company, summary):
    """Cards of a summary's branches by their names."""
    return {company.card(one)["title"].partition(" — ")[0]: one for one in company.children(summary, "DISTRIBUTOR")}


def hand_in(company, rows):
    """Branches tell their sales on the phone and the operator enters them: card → rows (product, price, quantity)."""
    for card in rows:
        company.fill(card, db_got=date(2026, 12, 2), db_phone="Иванова, бухгалтер филиала")
    company.settle()
    for card, sold in rows.items():
        company.set_rows(card, *((product, "0", quantity) for product, _, quantity in sold))
        company.close_task(card, "Введите данные")
    company.settle()


def told(company, user):
    """What a person was told, oldest first, with plain spaces."""
    return [text.replace("\u00a0", " ") for text in company.notifications(user)]


def confirm(company, *cards):
    for card in cards:
        company.close_task(card, "Проверьте расчёт")
    company.settle()


def test_a_10_a_month_from_its_opening_to_the_accountant(company, manager, branches):
    """A-10; DB-T1, DB-T3…DB-T7, DB-T9, DB-T10; C-09; E-DB-6, E-DB-19."""
    [summary] = open_november(company)
    assert company.stage(summary) == "COLLECT", company.value(summary, "block")
    cards = branch_cards(company, summary)
    assert [*cards] == [*GOLDEN]
    assert {company.stage(card) for card in cards.values()} == {"REQUEST"}
    assert company.open_tasks(cards["Уфа"]) == ["Запросите отчёт у филиала Уфа → Беляев Артур, 03.12.2026 18:00"]
    assert company.open_tasks(summary) == ["Закройте месяц по своим филиалам → Беляев Артур, 10.12.2026 18:00"]
    assert company.value(summary, "children") == [*cards.values()]
    assert company.value(summary, "ds_total") == 5
    assert company.value(summary, "ds_misslist").splitlines()[0] == "Казань — не предоставлен"
    hand_in(company, {card: GOLDEN[name][1] for name, card in cards.items()})
    assert {company.stage(card) for card in cards.values()} == {"CHECK"}
    figures = {
        name: [company.value(card, one) for one in ("db_sales", "db_rate", "db_bonus")] for name, card in cards.items()
    }
    assert figures == {
        "Казань": [Decimal("16255.47"), Decimal("1.25"), Decimal("203.19")],
        "Уфа": [Decimal("8641.99"), Decimal("0.75"), Decimal("64.81")],
        "Самара": [Decimal("1000.33"), Decimal("1.5"), Decimal("15.00")],
        "Пермь": [Decimal("100.00"), Decimal("0.125"), Decimal("0.13")],
        "Томск": [Decimal("-900.90"), Decimal("1.1"), Decimal("-9.91")],
    }
    assert company.open_tasks(cards["Казань"]) == ["Проверьте расчёт → Беляев Артур, 02.12.2026 18:00"]
    confirm(company, *cards.values())
    assert {company.stage(card) for card in cards.values()} == {"WON"}
    assert company.stage(summary) == "APPROVE"
    said = [company.value(summary, name) for name in ("ds_sales", "ds_bonus", "ds_pay", "ds_done", "ds_misslist")]
    assert said == [Decimal("25096.89"), Decimal("273.22"), Decimal("273.22"), 5, None]
    assert company.titles(summary) == ["Согласуйте расчёт вознаграждения"]
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert company.stage(summary) == "ACCOUNTING", company.value(summary, "block")
    [task] = [one["title"] for one in company.tasks(summary) if one["status"] != "5"]
    assert task.startswith("Начислите вознаграждение Беляев Артур — 273,22 ₽ — ")
    [calculation] = company.files(summary, "ds_file")
    assert calculation.startswith("Расчёт вознаграждения менеджера ИСХ-2026")
    company.close_task(summary, "Начислите")
    company.settle()
    assert company.stage(summary) == "WON"
    assert "Начислено 273,22 ₽ за ноябрь 2026." in told(company, manager)[-1]
    assert company.failures() == []
