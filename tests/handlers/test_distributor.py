"""DISTRIBUTOR and DISTRIBUTOR_BRANCH, as people see them on the portal: from the opening of a month to what is accrued."""

import base64
import io
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from openpyxl import Workbook

from engine import storage
from engine.people import MOSCOW
from robots.price_rows import Price, keep_prices
from robots.read_month import read_month
from rules.periods import Month

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


def reminders(company, user):
    return [text.partition("\n")[2] for text in told(company, user) if "Нет отчётов филиалов" in text]


def confirm(company, *cards):
    for card in cards:
        company.close_task(card, "Проверьте расчёт")
    company.settle()


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_11_what_comes_after_the_month_was_handed_over_is_a_correction_of_the_next(company, manager, price_list):
    """A-11; DB-T2, DB-T8, DB-T11, DB-T12; E-DB-1, E-DB-12, R-22."""
    rates = {name: rate for name, (rate, _) in GOLDEN.items()} | {"Пермь": None, "Омск": "1"}
    ids = {name: company.new_branch(name, branch_mgr=manager, rate=rate) for name, rate in rates.items()}
    head = company.holder("DIST_HEAD")
    [summary] = open_november(company)
    cards = branch_cards(company, summary)
    hand_in(company, {cards[name]: rows for name, (_, rows) in GOLDEN.items()})
    company.at("02.12.2026 10:05")
    company.run_clock()
    [reminder] = reminders(company, manager)
    assert reminder == "Нет отчётов филиалов за ноябрь 2026 (1): Омск. Срок: 03.12.2026 18:00."
    assert company.value(cards["Омск"], "db_reminded") == 1
    company.fill(cards["Уфа"], db_bonus=Decimal(500))
    company.settle()
    assert company.value(cards["Уфа"], "db_bonus") == Decimal("64.81"), "R-22"
    confirm(company, *(cards[name] for name in GOLDEN if name != "Пермь"))
    assert company.stage(cards["Пермь"]) == "CHECK"
    assert company.value(cards["Пермь"], "block") == "Нет ставки на 01.11.2026"
    assert company.value(cards["Пермь"], "db_bonus") is None
    assert company.titles(cards["Пермь"]) == ["Установите ставку филиалу Пермь"]

    company.at("10.12.2026 18:05")
    company.run_clock()
    assert (company.stage(cards["Омск"]), company.stage(summary)) == ("LOSE", "APPROVE")
    assert company.titles(cards["Омск"]) == []
    said = [company.value(summary, name) for name in ("ds_bonus", "ds_misslist", "ds_done", "ds_total")]
    assert said == [Decimal("273.09"), "Пермь — нет ставки\nОмск — не предоставлен", 4, 6]
    company.fill(summary, by=manager, ds_partial=True)
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert not company.value(summary, "ds_partial"), "only the head lets it close so"
    assert company.titles(summary) == ["Согласуйте расчёт вознаграждения"]
    assert "Не предоставлено: Пермь — нет ставки; Омск — не предоставлен" in company.messages(summary, "Согласуйте")[-1]
    company.fill(summary, by=head, ds_partial=True)
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert company.stage(summary) == "ACCOUNTING", company.value(summary, "block")

    company.fill(summary, ds_bonus=Decimal(500))
    company.settle()
    assert company.value(summary, "ds_bonus") == Decimal("273.09")
    assert any("рассчитывается автоматически" in text for text in company.comments(summary))

    company.fill_company(ids["Пермь"], by=head, branch_next=Decimal("0.125"))
    company.settle()
    company.close_task(cards["Пермь"], "Установите ставку")
    company.settle()
    confirm(company, cards["Пермь"])
    assert company.stage(cards["Пермь"]) == "WON"
    assert company.value(summary, "ds_bonus") == Decimal("273.09"), "what was handed over stays"
    company.at("11.01.2027 09:05")
    company.run_clock()
    [december] = summaries(company, db_month="2026-12")
    assert company.value(december, "ds_corr") == Decimal("0.13")
    [line] = [text.replace("\u00a0", " ") for text in company.comments(december) if text.startswith("Корректировка")]
    assert line == "Корректировка за ноябрь 2026: Пермь +0,13 ₽"

    company.fill(cards["Омск"], db_got=date(2027, 1, 11), db_phone="Сидоров")
    company.move(cards["Омск"], "INPUT", by=manager)
    company.settle()
    company.set_rows(cards["Омск"], ("Жилет", "0", "1"))
    company.close_task(cards["Омск"], "Введите данные")
    company.settle()
    confirm(company, cards["Омск"])
    assert company.stage(cards["Омск"]) == "WON", company.value(cards["Омск"], "block")
    assert company.value(december, "ds_corr") == Decimal("10.13")
    assert company.failures() == []


# — the report as a file, and its prices —


def workbook(*rows):
    """The content of an XLSX with these rows under their headings."""
    book, made = Workbook(), io.BytesIO()
    for row in (("Номенклатура", "Количество"), *rows):
        book.active.append(row)
    book.save(made)
    return base64.b64encode(made.getvalue()).decode()


def put_report(company, card, name, content):
    """The manager puts a file on the card, beside those that lie there."""
    held = [{"id": one["id"]} for one in company.card(card)["UF_CRM_SF_DB_FILE"] or []]
    company.fill(card, db_file=[*held, [name, content]])
    company.settle()


@pytest.mark.slow
def test_e_db_10_a_report_in_a_file_is_read_once_and_priced(company, manager, price_list):
    """DB-T3, DB-T4, E-DB-8, E-DB-9, E-DB-10, E-DB-11: of the file, of what the price list does not have, of odd figures."""
    head, operator = company.holder("DIST_HEAD"), company.holder("DIST_OPERATOR")
    ids = {name: company.new_branch(name, branch_mgr=manager, rate="1") for name in ("Казань", "Уфа")}
    for number, month in enumerate(("2026-08", "2026-09", "2026-10")):
        keep_sales(company, month, ids["Казань"], Decimal(100), summary=9000 + number)
    [summary] = open_november(company)
    cards = branch_cards(company, summary)
    kazan, ufa = cards["Казань"], cards["Уфа"]
    keep_prices(company.engine.storage, [Price(9001, "Костюм", Decimal(9999), date(2026, 11, 10))])
    report = workbook(("Костюм", 2), ("Сапоги", "−1"), ("Галоши", 3), ("Итого", 4))
    put_report(company, kazan, "Казань ноябрь.xlsx", report)
    assert company.stage(kazan) == "INPUT", company.value(kazan, "block")
    assert company.value(kazan, "db_got") == date(2026, 12, 1)
    assert company.titles(kazan) == ["Проверьте загруженные данные филиала Казань"]
    assert company.rows(kazan) == [("Костюм", "1500.55", "2"), ("Сапоги", "450.45", "-1"), ("Галоши", "0", "3")]

    put_report(company, kazan, "Ещё раз.xlsx", report)
    assert "Файл «Ещё раз.xlsx»: уже загружен, повторно не читается." in company.comments(kazan)
    put_report(company, ufa, "Уфа.xlsx", report)
    assert "Такой же файл загружен в сделку «Казань — ноябрь 2026»: проверьте, тот ли это филиал." in company.comments(
        ufa
    )

    company.close_task(kazan, "Проверьте загруженные")
    company.settle()
    assert (company.stage(kazan), company.value(kazan, "block")) == ("INPUT", "Отчёт не принят. Нет цены: Галоши")
    assert company.titles(kazan) == ["Проверьте загруженные данные филиала Казань"], "the task is open again"
    assert any("Нет цены: Галоши" in text for text in told(company, head))
    set_rows_as(company, head, kazan, ("Костюм", "1", "2"), ("Сапоги", "1", "-1"), ("Галоши", "50.00", "3"))
    company.close_task(kazan, "Проверьте загруженные")
    company.settle()
    assert company.stage(kazan) == "CHECK", company.value(kazan, "block")
    assert company.rows(kazan) == [("Костюм", "1500.55", "2"), ("Сапоги", "450.45", "-1"), ("Галоши", "50", "3")]
    assert company.value(kazan, "db_sales") == Decimal("2700.65")
    assert any("на 2600,7% больше средних" in text for text in company.comments(kazan)), "E-DB-11"

    put_report(company, ufa, "Уфа исправлено.xlsx", workbook(("Каска", 1)))
    assert company.rows(ufa) == [("Каска", "333.33", "1")], "nobody had touched the rows of the file before"
    set_rows_as(company, operator, ufa, ("Каска", "0", "5"))
    put_report(company, ufa, "Уфа снова.xlsx", workbook(("Каска", 7)))
    assert company.rows(ufa) == [("Каска", "333.33", "5")]
    put_report(company, ufa, "Скан.pdf", base64.b64encode(b"%PDF-1.4").decode())
    assert "Файл «Скан.pdf»: строки не загружены, это не таблица XLSX." in company.comments(ufa)
    assert company.failures() == []


def set_rows_as(company, user, card, *rows):
    """That person writes the product rows of a card."""
    products = [dict(zip(("productName", "price", "quantity"), row, strict=True)) for row in rows]
    company.acts(user, "crm.item.productrow.set", {"ownerType": "D", "ownerId": card, "productRows": products})
    company.settle()


def keep_sales(company, month, branch, sales, *, summary):
    """A month of the branch was handed over with these sales."""
    row = {"month": month, "branch": branch, "name": "Казань", "manager": 0, "summary": summary, "sales": sales}
    with company.engine.storage.write() as tx:
        tx.execute(sa.insert(storage.distributor_bonuses), row)


# — what goes wrong —


@pytest.mark.slow
def test_e_db_18_a_card_on_a_stage_of_the_other_type_comes_back_and_a_deleted_one_is_offered_again(
    company, manager, price_list
):
    """E-DB-5, E-DB-7, E-DB-15, E-DB-16, E-DB-18, DB-T6, DB-T7, DB-T10."""
    _, omsk = (company.new_branch(name, branch_mgr=manager, rate="1.1") for name in ("Томск", "Омск"))
    head = company.holder("DIST_HEAD")
    [summary] = open_november(company)
    cards = branch_cards(company, summary)
    company.move(cards["Томск"], "APPROVE", by=manager)
    company.settle()
    assert company.stage(cards["Томск"]) == "REQUEST"
    assert company.value(cards["Томск"], "block") == "Стадия не для этого типа сделки"
    assert company.titles(cards["Томск"]) == ["Запросите отчёт у филиала Томск"]

    company.delete(cards["Омск"])
    company.settle()
    assert company.value(summary, "ds_misslist") == "Томск — не предоставлен\nОмск — сделка удалена"
    company.close_task(summary, "Закройте месяц")
    company.settle()
    assert company.titles(summary) == ["Закройте месяц по своим филиалам"], "not while a branch is missing"
    company.at("02.12.2026 09:35")
    company.run_clock()
    assert any("Удалены сделки филиалов: Омск." in text for text in told(company, manager))
    company.fill(summary, by=manager, ds_recreate=True)
    company.settle()
    cards = branch_cards(company, summary)
    assert [*cards] == ["Томск", "Омск"]
    assert company.titles(cards["Омск"]) == ["Запросите отчёт у филиала Омск"]
    assert company.value(summary, "children") == [*cards.values()]
    assert not company.value(summary, "ds_recreate")

    hand_in(company, {card: [("Сапоги", "450.45", "-2")] for card in cards.values()})
    at_once = [int(company.task(card, "Проверьте расчёт")["id"]) for card in cards.values()]
    for task in at_once:
        company.portal.act(manager, "tasks.task.complete", {"taskId": task})
    company.settle()
    assert {company.stage(card) for card in cards.values()} == {"WON"}
    done = [line.partition(" — ")[0] for line in company.value(summary, "ds_donelist").splitlines()]
    assert (company.stage(summary), done) == ("APPROVE", ["Томск", "Омск"]), "E-DB-15"
    assert company.value(summary, "ds_bonus") == Decimal("-19.82")
    assert company.value(summary, "ds_pay") == 0, "E-DB-7"

    company.dismiss(manager)
    company.at("03.12.2026 02:05")
    company.run_clock()
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert company.stage(summary) == "ACCOUNTING", company.value(summary, "block")
    assert "Беляев Артур: уволен 03.12.2026" in company.task(summary, "Начислите")["description"], "E-DB-5"
    assert company.value(summary, "db_mgr") == manager
    said = {"db_type": "Сводная по менеджеру", "db_month": "2026-12", "db_mgr": manager, "ds_branches": [omsk]}
    december = company.new_deal("DISTRIBUTOR", by=head, title="Беляев Артур — декабрь 2026", **said)
    company.settle()
    assert company.value(december, "ds_carry") == Decimal("-19.82"), "E-DB-7"

    set_rows_as(company, head, cards["Омск"], ("Сапоги", "0", "1"))
    assert company.value(cards["Омск"], "db_bonus") == Decimal("4.95")
    assert company.value(december, "ds_corr") == Decimal("14.86"), "rows changed after the month was handed over"
    assert company.value(summary, "ds_bonus") == Decimal("-19.82")
    assert company.failures() == []


# — what people do out of order —


def open_by_hand(company, manager, month, *branches):
    """The head of the direction makes a summary, without waiting for the clock; returns it and the cards of its branches."""
    said = {"db_type": "Сводная по менеджеру", "db_month": month, "db_mgr": manager, "ds_branches": [*branches]}
    title = f"Беляев Артур — {month}"
    summary = company.new_deal("DISTRIBUTOR", by=company.holder("DIST_HEAD"), title=title, **said)
    company.settle()
    return summary, branch_cards(company, summary)


def accrue(company, summary):
    """The head agrees to the month, the accountant accrues it."""
    for task in ("Согласуйте", "Начислите"):
        company.close_task(summary, task)
        company.settle()


@pytest.mark.slow
def test_r_09_a_month_that_is_accrued_is_never_accrued_again(company, manager, price_list):
    """R-09, DB-T9, DB-T11, DB-T12, E-DB-4, DB-T6: a summary taken back after it was closed, and a branch that is cancelled then."""
    branch, head = company.new_branch("Самара", branch_mgr=manager, rate="1.5"), company.holder("DIST_HEAD")
    summary, cards = open_by_hand(company, manager, "2026-10", branch)
    samara = cards["Самара"]
    hand_in(company, {samara: [("Жилет", "1000.33", "1")]})
    confirm(company, samara)
    set_rows_as(company, head, samara, ("Жилет", "0", "2"))
    [said] = [text.replace("\u00a0", " ") for text in company.messages(summary, "Согласуйте")]
    assert said == "Расчёт изменился. К начислению: 30,01 ₽"
    company.close_task(summary, "Согласуйте")
    company.settle()
    company.move(summary, "APPROVE", by=head)
    company.settle()
    company.move(summary, "ACCOUNTING", by=head)
    company.settle()
    said = "Расчёт не согласован: сначала руководитель направления закрывает задачу «Согласуйте расчёт вознаграждения»"
    assert (company.stage(summary), company.value(summary, "block")) == ("APPROVE", said)
    accrue(company, summary)
    assert (company.stage(summary), company.value(summary, "ds_pay")) == ("WON", Decimal("30.01"))

    company.move(summary, "COLLECT", by=head)
    company.settle()
    accrued = "Месяц уже начислен: его суммы не меняются, изменения филиалов войдут корректировкой в следующий месяц."
    assert accrued in company.comments(summary)
    set_rows_as(company, head, samara, ("Жилет", "0", "3"))
    assert company.value(samara, "db_bonus") == Decimal("45.01")
    assert company.value(summary, "ds_bonus") == Decimal("30.01")
    company.close_task(summary, "Закройте месяц")
    company.settle()
    assert company.stage(summary) == "APPROVE"
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert (company.stage(summary), company.titles(summary)) == ("WON", []), "nobody is asked to accrue it again"
    assert company.value(summary, "ds_pay") == Decimal("30.01")

    company.fill(summary, db_mgr=head)
    company.settle()
    assert company.value(summary, "db_mgr") == manager
    kept = "«Менеджер периода» определяется при открытии месяца и не меняется: прежнее значение восстановлено."
    assert kept in company.comments(summary)

    november, _ = open_by_hand(company, manager, "2026-11", branch)
    assert company.value(november, "ds_corr") == Decimal("15.00")
    company.move(samara, "CANCELLED", by=head)
    company.settle()
    assert company.value(november, "ds_corr") == Decimal("-30.01"), "nothing was earned after all"
    company.move(november, "CANCELLED", by=head)
    company.settle()
    assert company.titles(november) == []
    assert company.failures() == []


@pytest.mark.slow
def test_db_t4_only_what_was_counted_is_paid(company, manager, price_list):
    """DB-T4, R-06, E-DB-1: a card that jumps over the check; a rate that begins after the first day of the month."""
    ufa, omsk = (
        company.new_branch("Уфа", branch_mgr=manager, rate="0.75"),
        company.new_branch("Омск", branch_mgr=manager),
    )
    company.set_rate(omsk, "2", date(2026, 10, 15))
    head = company.holder("DIST_HEAD")
    _, cards = open_by_hand(company, manager, "2026-10", ufa, omsk)
    hand_in(company, {card: [("Ботинки", "1234.57", "7")] for card in cards.values()})
    assert company.value(cards["Уфа"], "db_bonus") == Decimal("64.81")
    company.move(cards["Уфа"], "INPUT", by=manager)
    company.settle()
    company.set_rows(cards["Уфа"], ("Ботинки", "0", "1"))
    company.settle()
    company.move(cards["Уфа"], "WON", by=manager)
    company.settle()
    assert company.stage(cards["Уфа"]) == "INPUT"
    said = "Вознаграждение не рассчитано: сначала переведите сделку на стадию «Проверка расчёта»"
    assert company.value(cards["Уфа"], "block") == said

    asked = company.task(cards["Омск"], "Установите ставку")["description"]
    how = "В карточке филиала заполните «Новая ставка, %» и «Новая ставка действует с» (не позже 01.10.2026)."
    assert f"Нет ставки на 01.10.2026. {how}" in asked
    company.fill_company(omsk, by=head, branch_next=Decimal(1), branch_from=date(2026, 10, 1))
    company.settle()
    company.close_task(cards["Омск"], "Установите ставку")
    company.settle()
    assert company.value(cards["Омск"], "db_bonus") == Decimal("86.42"), company.messages(cards["Омск"], "Установите")
    assert company.rates(omsk) == ["1% с 01.10.2026 по 14.10.2026", "2% с 15.10.2026"]
    assert company.company_value(omsk, "branch_next") is None
    assert company.company_value(omsk, "branch_rate") in (None, Decimal(2)), "today's is the later one"
    lines = {one.name: one for one in read_month(company.engine, Month(2026, 10))["branches"]}
    assert [lines["Омск"].sales, lines["Омск"].bonus] == [None, None], "the report sums up what is confirmed"
    assert company.failures() == []


@pytest.mark.slow
def test_r_09_an_accrued_month_that_is_dragged_about_asks_for_no_second_accrual(company, manager, price_list):
    """R-09, DB-T9, DB-T10: the head drags a closed summary to the accountants, and one that was looked at again to its end."""
    branch, head = company.new_branch("Самара", branch_mgr=manager, rate="1.5"), company.holder("DIST_HEAD")
    summary, cards = open_by_hand(company, manager, "2026-10", branch)
    hand_in(company, {cards["Самара"]: [("Жилет", "1000.33", "1")]})
    confirm(company, cards["Самара"])
    company.close_task(summary, "Согласуйте")
    company.settle()
    company.move(summary, "WON", by=head)
    company.settle()
    company.move(summary, "ACCOUNTING", by=head)
    company.settle()
    asked = ["Начислите вознаграждение Беляев Артур"]
    assert company.titles(summary) == asked, "nobody has said yet that it is accrued"
    company.close_task(summary, "Начислите")
    company.settle()
    assert company.stage(summary) == "WON"

    company.move(summary, "ACCOUNTING", by=head)
    company.settle()
    assert (company.stage(summary), company.titles(summary)) == ("WON", []), "nobody is asked to accrue it again"
    assert any(text.startswith("Месяц уже начислен") for text in company.comments(summary))
    for stage in ("COLLECT", "WON"):
        company.move(summary, stage, by=head)
        company.settle()
    assert (company.stage(summary), company.titles(summary)) == ("WON", [])
    assert len([text for text in told(company, head) if "Начислено 15,00 ₽" in text]) == 1
    assert company.failures() == []


@pytest.mark.slow
def test_db_t11_a_month_that_is_open_again_leaves_nothing_to_the_next(company, manager, price_list):
    """C-09, DB-T11, E-DB-7: two months at once, and the first one is taken back from the accountants, then once more too late."""
    branch, head = company.new_branch("Томск", branch_mgr=manager, rate="1.1"), company.holder("DIST_HEAD")
    october, cards = open_by_hand(company, manager, "2026-10", branch)
    november, _ = open_by_hand(company, manager, "2026-11", branch)
    hand_in(company, {cards["Томск"]: [("Сапоги", "450.45", "-2")]})
    confirm(company, cards["Томск"])
    company.close_task(october, "Согласуйте")
    company.settle()
    assert company.value(november, "ds_carry") == Decimal("-9.91")
    company.move(october, "APPROVE", by=head)
    company.settle()
    assert company.value(november, "ds_carry") == 0, "October may still become another one"
    company.close_task(october, "Согласуйте")
    company.settle()
    assert company.value(november, "ds_carry") == Decimal("-9.91")

    company.fill(november, by=head, ds_partial=True)
    company.settle()
    company.move(november, "APPROVE", by=head)
    company.settle()
    company.close_task(november, "Согласуйте")
    company.settle()
    company.move(october, "APPROVE", by=head)
    company.settle()
    said = "Следующий месяц уже передан в бухгалтерию с тем, что перешло с этого: его суммы не меняются, изменения филиалов войдут корректировкой в следующий открытый месяц."
    assert said in company.comments(october)
    assert company.failures() == []


@pytest.mark.slow
def test_db_t8_a_branch_is_silent_also_where_its_summary_went_on_before(company, manager, price_list):
    """DB-T8: the head lets the month go on without a branch; at the cut-off it did not report, and nobody is asked any more."""
    for name in ("Томск", "Омск"):
        company.new_branch(name, branch_mgr=manager, rate="1.1")
    [summary] = open_november(company)
    cards = branch_cards(company, summary)
    hand_in(company, {cards["Томск"]: [("Сапоги", "450.45", "2")]})
    confirm(company, cards["Томск"])
    company.fill(summary, by=company.holder("DIST_HEAD"), ds_partial=True)
    company.settle()
    company.move(summary, "APPROVE", by=manager)
    company.settle()
    company.close_task(summary, "Согласуйте")
    company.settle()
    assert (company.stage(summary), company.stage(cards["Омск"])) == ("ACCOUNTING", "REQUEST")
    company.at("10.12.2026 18:05")
    company.run_clock()
    assert (company.stage(summary), company.stage(cards["Омск"])) == ("ACCOUNTING", "LOSE")
    assert company.titles(cards["Омск"]) == []
    assert company.failures() == []


@pytest.mark.slow
def test_a_card_that_people_open_or_take_back_has_its_planned_day(company, manager, price_list):
    """Spec §9, stages: collecting is planned until мес+8рд, a branch's report until мес+3рд, whoever brought the card there."""
    branch, head = company.new_branch("Томск", branch_mgr=manager, rate="1.1"), company.holder("DIST_HEAD")
    company.at("01.12.2026 08:30")
    summary, cards = open_by_hand(company, manager, "2026-11", branch)
    tomsk = cards["Томск"]
    assert planned(company, summary) == "10.12.2026 18:00"
    assert planned(company, tomsk) == "03.12.2026 18:00"
    hand_in(company, {tomsk: [("Сапоги", "450.45", "2")]})
    company.move(tomsk, "REQUEST", by=manager)
    company.settle()
    assert planned(company, tomsk) == "03.12.2026 18:00"
    company.fill(summary, by=head, ds_partial=True)
    company.settle()
    for stage in ("APPROVE", "COLLECT"):
        company.move(summary, stage, by=head)
        company.settle()
    assert planned(company, summary) == "10.12.2026 18:00"
    assert company.failures() == []


def planned(company, card):
    """«Плановый срок стадии», by the head office's clock."""
    due = company.value(card, "stage_plan")
    return due and f"{due.astimezone(MOSCOW):%d.%m.%Y %H:%M}"
