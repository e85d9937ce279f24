"""The quarterly review of the branches' rates, as the head of distributors and the managers see it."""

import io
from datetime import date
from decimal import Decimal

import pytest
import requests
from openpyxl import load_workbook

TITLE = "Пересмотрите ставки филиалов на I кв. 2027"
NEW_YEAR = date(2027, 1, 1)


def sold(company, branch, month, amount, manager):
    """A month of a branch that is closed."""
    said = {"db_type": "Филиал", "db_month": month, "db_branch": branch, "db_mgr": manager, "db_got": date(2026, 11, 5)}
    said |= {"db_phone": "Сидоров", "db_zero": True, "db_sales": Decimal(amount), "db_act": f"звонков {month[-1]}"}
    company.new_deal("DISTRIBUTOR_BRANCH", "WON", by=manager, **said)


def ticked(company):
    found = company.portal.act(1, "task.checklistitem.getlist", {"TASKID": int(company.task(None, TITLE)["id"])})
    return [item["TITLE"] for item in found if item["PARENT_ID"] not in (0, "0") and item["IS_COMPLETE"] == "Y"]


def table(company):
    """The cells of the file that hangs on the task."""
    [file] = company.task(None, TITLE)["ufTaskWebdavFiles"]
    address = company.portal.act(1, "disk.file.get", {"id": str(file).lstrip("n")})["DOWNLOAD_URL"]
    content = requests.get(address, timeout=10).content
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()]


@pytest.fixture
def branches(company):
    """Three branches of two managers: with a rate, with another, without any; and one that is closed."""
    first, second = company.manager_of("Казань"), company.manager_of("Самара")
    company.new_branch("Закрыт", branch_mgr=first, branch_off=date(2026, 9, 1))
    return [
        company.new_branch("Волга", branch_mgr=first, rate="1"),
        company.new_branch("Ока", branch_mgr=first, rate="0.75"),
        company.new_branch("Кама", branch_mgr=second),
    ]


def open_review(company):
    company.settle()
    company.at("10.12.2026 09:05")
    company.run_clock()


def test_a_quarter_of_rates_from_the_task_to_the_letters(company, branches):
    """DR-T1, DR-T2, DR-T3."""
    volga, oka, kama = branches
    first, second = company.manager_of("Казань"), company.manager_of("Самара")
    head, director = company.holder("DIST_HEAD"), company.holder("COMMERCIAL_DIRECTOR")
    open_review(company)
    assert f"{TITLE} → {company.user_name(head)}, 23.12.2026 18:00" in company.open_tasks(None)
    assert company.task(None, TITLE)["auditors"] == [str(director)]
    assert company.checklist(None, TITLE) == [f"Волга (№ {volga})", f"Ока (№ {oka})", f"Кама (№ {kama})"]

    company.acts(1, "crm.item.update", {"entityTypeId": 4, "id": kama, "fields": {"title": "Кама и Вятка"}})
    company.fill_company(volga, by=head, branch_next=Decimal("1.25"))
    company.fill_company(kama, by=head, branch_next=Decimal("2"), branch_from=date(2027, 1, 11))
    company.settle()
    assert company.company_value(volga, "branch_from") == NEW_YEAR
    assert ticked(company) == [f"Волга (№ {volga})", f"Кама (№ {kama})"]

    company.close_task(None, TITLE)
    company.settle()
    assert company.rates(volga) == ["1% с 01.01.2026 по 31.12.2026", "1,25% с 01.01.2027"]
    assert company.rates(oka) == ["0,75% с 01.01.2026 (I кв. 2027: без изменений)"]
    assert company.rates(kama) == ["2% с 11.01.2027"]
    shown = {name: company.company_value(volga, name) for name in ("branch_next", "branch_from", "branch_rate")}
    assert shown == {"branch_next": None, "branch_from": None, "branch_rate": Decimal(1)}
    said = "Ставки ваших филиалов на I кв. 2027:\n"
    assert company.notifications(first)[-1] == said + "Волга — 1,25% с 01.01.2027 (была 1%)\nОка — без изменений, 0,75%"
    assert company.notifications(second)[-1] == said + "Кама и Вятка — 2% с 11.01.2027 (ставки не было)"
    assert company.failures() == []


@pytest.mark.slow
def test_the_file_of_the_review_shows_what_the_head_decides_on(company, branches):
    """DR-T1: the last three closed months; November is open until the evening of the tenth."""
    volga, first = branches[0], company.manager_of("Казань")
    for month, amount in {
        "2026-05": "100",
        "2026-07": "100",
        "2026-08": "100",
        "2026-10": "120.50",
        "2026-11": "999",
    }.items():
        sold(company, volga, month, amount, first)
    open_review(company)
    rows = table(company)
    [headings] = [row for row in rows if row[0] == "Филиал"]
    assert headings[2:6] == [
        "Продажи, август 2026",
        "Продажи, сентябрь 2026",
        "Продажи, октябрь 2026",
        "Продажи за три месяца",
    ]
    [line] = [row for row in rows if row[0] == "Волга"]
    assert line[1:] == [
        company.user_name(first),
        100,
        None,
        120.5,
        220.5,
        0.103,
        "звонков 0",
        1,
        None,
    ]
    assert {row[0] for row in rows} >= {"Волга", "Ока", "Кама"}
    assert "Закрыт" not in {row[0] for row in rows}


@pytest.mark.parametrize(
    ("rate", "since", "why"),
    [
        ("12", None, "Ставка 12% не принята: укажите от 0 до 10%."),
        ("1.12345", None, "Ставка 1,12345% не принята: не больше 4 знаков после запятой."),
        (
            "1.5",
            date(2026, 8, 1),
            "Ставка с 01.08.2026 не принята: раньше 01.10.2026 месяцы уже рассчитаны по прежней ставке.",
        ),
    ],
)
@pytest.mark.slow
def test_a_rate_that_cannot_be_is_told_to_whoever_entered_it(company, branches, rate, since, why):
    """DR-T2."""
    volga, writer = branches[0], company.holder("COMMERCIAL_DIRECTOR")
    company.settle()
    company.fill_company(volga, by=writer, branch_next=Decimal(rate), branch_from=since)
    company.settle()
    assert company.company_comments(volga) == [why]
    [told] = company.notifications(writer)
    assert told.endswith(f": {why}")
    assert company.company_value(volga, "branch_next") == Decimal(rate)


@pytest.mark.slow
def test_what_was_not_taken_stays_on_the_card_and_the_others_go_on(company, branches):
    """DR-T3, DR-T4: at the end of the quarter the rates go on; a review that is closed late still brings its rates in."""
    volga, oka, kama = branches
    head, director = company.holder("DIST_HEAD"), company.holder("COMMERCIAL_DIRECTOR")
    open_review(company)
    company.at("30.12.2026 18:05")
    company.run_clock()
    assert company.rates(volga) == ["1% с 01.01.2026 (I кв. 2027: продлена без пересмотра)"]
    assert company.rates(kama) == []
    said = "Пересмотр ставок филиалов на I кв. 2027 не завершён: ставки продлены без пересмотра, филиалов: 3."
    assert said in company.notifications(director)
    assert TITLE in company.titles(None)

    company.at("11.01.2027 10:00")
    company.fill_company(volga, by=head, branch_next=Decimal("1.5"), branch_from=NEW_YEAR)
    company.fill_company(oka, by=head, branch_next=Decimal("11"))
    company.settle()
    company.close_task(None, TITLE)
    company.settle()
    assert company.rates(volga)[1:] == ["1,5% с 01.01.2027"]
    assert company.company_value(volga, "branch_rate") == Decimal("1.5")
    assert company.company_value(oka, "branch_next") == Decimal(11)
    assert "Ока: Ставка 11% не принята: укажите от 0 до 10%." in company.notifications(head)[-1]


def test_e_db_4_a_branch_that_was_handed_on_keeps_the_manager_of_its_first_day(company):
    """E-DB-4; R-22: the rate on the card is the layer's."""
    from robots.find_branches import find_branches
    from rules.periods import Month

    first, second = company.manager_of("Казань"), company.manager_of("Самара")
    branch = company.new_branch("Волга", branch_mgr=first, rate="1")
    company.settle()
    company.fill_company(branch, branch_mgr=second)
    company.fill_company(branch, branch_rate=Decimal(5))
    company.settle()
    [found] = find_branches(company.engine)
    assert (found.manager_of(Month(2026, 11)), found.manager_of(Month(2026, 12))) == (first, second)
    assert company.company_value(branch, "branch_rate") == Decimal(1)
    assert company.company_comments(branch) == [
        "«Текущая ставка филиала, %» заполняется автоматически: новую ставку введите в «Новая ставка, %»."
    ]
