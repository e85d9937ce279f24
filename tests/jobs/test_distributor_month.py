"""When a month of the distributor is opened, for whom, and what managers are reminded of."""

from datetime import date

import pytest

from robots.find_branches import keep_manager


def summaries(company, **fields):
    on = {"=categoryId": company.dictionary.category("DISTRIBUTOR")}
    items = company.portal.act(1, "crm.item.list", {"entityTypeId": 2, "filter": on, "order": {"id": "ASC"}})["items"]
    said = {"db_type": "Сводная по менеджеру", **fields}
    found = [int(item["id"]) for item in items]
    return [one for one in found if all(company.value(one, name) == value for name, value in said.items())]


def branches(company, summary):
    """Names of the branches of a summary."""
    return [company.card(one)["title"].partition(" — ")[0] for one in sorted(company.children(summary, "DISTRIBUTOR"))]


def reminders(company, user):
    return [text for text in company.notifications(user) if "Нет отчётов филиалов" in text]


@pytest.mark.slow
def test_a_month_belongs_to_who_managed_the_branch_on_its_first_day(company):
    """E-DB-4, E-DB-5, E-DB-13, E-DB-14, E-DB-17, DB-T1: summaries and branches of November and December."""
    first, second, head = (company.user(one) for one in ("belyaev", "isaev", "filatov"))
    handed_on = company.new_branch("Казань", branch_mgr=second, rate="1")
    keep_manager(company.engine.storage, handed_on, first, second, date(2026, 11, 15))
    company.new_branch("Тула", branch_mgr=first, branch_on=date(2026, 11, 15), rate="1.5")
    company.new_branch("Псков", branch_mgr=first, branch_off=date(2026, 11, 30), rate="1")
    company.new_branch("Орёл", branch_mgr=second, branch_on=date(2026, 12, 1), rate="1")
    company.new_branch("Клин", branch_mgr=None, rate="1")
    company.at("01.12.2026 08:55")
    company.run_clock()
    assert summaries(company) == []
    company.at("01.12.2026 09:00")
    company.run_clock()
    of_manager = {company.value(one, "db_mgr"): one for one in summaries(company)}
    assert {user: branches(company, one) for user, one in of_manager.items()} == {
        first: ["Казань", "Тула", "Псков"], head: ["Клин"],
    }, "no summary without a branch; a branch of nobody is the head's"  # fmt: skip
    november = of_manager[first]
    tula = company.children(november, "DISTRIBUTOR")[1]
    assert company.value(tula, "db_rate") == 1.5, "the rate of the day on which it began"
    company.at("01.12.2026 12:00")
    company.run_clock()
    assert len(summaries(company)) == 2

    company.dismiss(first)
    company.at("02.12.2026 02:05")
    company.run_clock()
    assert {company.card(one)["assignedById"] for one in (november, tula)} == {head}
    assert company.value(november, "db_mgr") == first
    company.at("11.01.2027 09:05")
    company.run_clock()
    december = {company.value(one, "db_mgr"): one for one in summaries(company, db_month="2026-12")}
    assert {user: branches(company, one) for user, one in december.items()} == {
        first: ["Тула"], second: ["Казань", "Орёл"], head: ["Клин"],
    }  # fmt: skip
    assert company.card(december[first])["assignedById"] == head
    assert company.failures() == []


@pytest.mark.slow
def test_e_db_20_after_a_downtime_the_month_is_opened_once_and_only_the_newest_reminder_is_sent(company):
    """A-18, E-DB-20, DB-T1, DB-T2, DB-T5: deadlines as in the calendar; «Продаж не было»; a summary that a person makes."""
    manager = company.user("tarasova")  # Novosibirsk, four hours ahead of Moscow
    branch = company.new_branch("Томск", branch_mgr=manager, rate="1")
    with company.layer_down():
        company.at("03.12.2026 09:30", "Asia/Novosibirsk")
    company.run_clock()
    [summary] = summaries(company)
    [card] = company.children(summary, "DISTRIBUTOR")
    assert company.open_tasks(card) == ["Запросите отчёт у филиала Томск → Тарасова Юлия, 03.12.2026 18:00"]
    assert company.open_tasks(summary) == ["Закройте месяц по своим филиалам → Тарасова Юлия, 10.12.2026 22:00"]
    assert company.value(summary, "ds_branches") == [branch]
    with company.layer_down():
        company.at("03.12.2026 15:00", "Asia/Novosibirsk")
    company.run_clock()
    assert len(reminders(company, manager)) == 1, "of 10:00 and 14:00 the newer one"
    company.run_clock()
    company.at("03.12.2026 17:00", "Asia/Novosibirsk")
    company.run_clock()
    assert len(reminders(company, manager)) == 1
    assert summaries(company) == [summary]

    let_figures_confirm_themselves(company)
    company.fill(card, db_got=date(2026, 12, 3), db_phone="Петров")
    company.fill(card, db_zero=True)
    company.settle()
    assert company.open_tasks(card) == [
        f"Введите данные отчёта филиала Томск → {company.user_name(company.holder('DIST_OPERATOR'))}, 04.12.2026 18:00"
    ]
    company.close_task(card, "Введите данные")
    company.settle()
    assert (company.stage(card), company.value(card, "db_bonus")) == ("CHECK", 0)
    company.at("07.12.2026 18:05", "Asia/Novosibirsk")
    company.run_clock()
    assert (company.stage(card), company.stage(summary)) == ("WON", "APPROVE"), "DB-T5"
    assert company.value(summary, "ds_donelist").replace("\u00a0", " ") == "Томск — 0,00 ₽ — 0,00 ₽"

    by_hand = company.new_deal(
        "DISTRIBUTOR", by=company.user("filatov"), title="Октябрь", db_type="Сводная по менеджеру", db_month="октябрь", db_mgr=manager, ds_branches=[branch]
    )  # fmt: skip
    company.settle()
    assert company.value(by_hand, "block") == "«Отчётный месяц» пишется так: 2026-11"
    company.fill(by_hand, db_month="2026-10")
    company.close_task(by_hand, "Заполните обязательные поля")
    company.settle()
    assert (company.stage(by_hand), company.value(by_hand, "ds_total")) == ("COLLECT", 1)
    [october] = company.children(by_hand, "DISTRIBUTOR")
    assert company.titles(october) == ["Запросите отчёт у филиала Томск"]
    assert company.failures() == []


@pytest.mark.slow
def test_e_db_20_a_month_that_people_opened_by_hand_is_not_opened_again(company):
    """E-DB-20, DB-T1: the head makes the summary before the clock does."""
    manager, head = company.user("belyaev"), company.user("filatov")
    branch = company.new_branch("Казань", branch_mgr=manager, rate="1")
    company.at("01.12.2026 08:30")
    said = {"db_type": "Сводная по менеджеру", "db_month": "2026-11", "db_mgr": manager, "ds_branches": [branch]}
    by_hand = company.new_deal("DISTRIBUTOR", by=head, title="Беляев Артур — ноябрь 2026", **said)
    company.settle()
    company.at("01.12.2026 09:05")
    company.run_clock()
    assert summaries(company) == [by_hand]
    assert branches(company, by_hand) == ["Казань"]
    assert company.failures() == []


def let_figures_confirm_themselves(company):
    """The company decides that figures of a branch are confirmed where nobody objects."""
    limits = company.engine.company.limits
    distributor = limits.distributor.model_copy(update={"confirms_itself": True})
    limits = limits.model_copy(update={"distributor": distributor})
    company.engine.company = company.engine.company.model_copy(update={"limits": limits})
