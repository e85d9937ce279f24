"""R-12: whose task it becomes when somebody is away, and until when."""

from datetime import datetime

import pytest

from engine.triggers import on_signal
from robots.create_task import create_task
from tests.company import MOSCOW


@pytest.fixture
def calls(company):
    """`calls("kim")`: a new Soft deal of that manager, whose first task is four working hours (SO-1)."""
    return lambda login: company.new_deal(by=company.user(login))


def lines(company, deal: int, title: str = "Свяжитесь") -> list[str]:
    """«Ким Виктория, 24.11.2026 13:00» of the newest task called so, in the doer's own time, and whoever watches it."""
    task = company.task(deal, title)
    observers = [company.user_name(int(one)) for one in task["auditors"]]
    return [company.line(task).partition(" → ")[2], *observers]


def test_whoever_is_away_for_a_part_of_the_time_does_it_later_and_for_all_of_it_the_head(company, calls):
    """On Monday at 10:00 of Moscow the day is over in Kamchatka and Magadan, nearly in Vladivostok, and begins in Kaliningrad."""
    company.on_leave("medvedeva", "24.11.2026")
    company.on_leave("litvinova", "23.11.2026", "27.11.2026")
    company.on_leave("buryatova", "24.11.2026", "25.11.2026")
    company.on_leave("kim", "24.11.2026", "26.11.2026")
    company.on_leave("chernykh", "16.11.2026", "22.11.2026")
    deals = {one: calls(one) for one in ("medvedeva", "litvinova", "buryatova", "kim", "chernykh")}
    company.settle()
    assert {login: lines(company, deal) for login, deal in deals.items()} == {
        "medvedeva": ["Кузнецова Елена, 24.11.2026 04:00", "Медведева Лариса"],
        "litvinova": ["Кузнецова Елена, 23.11.2026 14:00", "Литвинова Дарья"],
        "buryatova": ["Бурятова Сэсэг, 26.11.2026 13:00"],
        "kim": ["Кузнецова Елена, 24.11.2026 05:00", "Ким Виктория"],
        "chernykh": ["Черных Николай, 24.11.2026 13:00"],
    }
    assert all(company.card(deal)["assignedById"] == company.user(login) for login, deal in deals.items())
    assert company.failures() == []


@pytest.fixture
def asks(company, claims):
    """`asks(deal, "27.11.2026 12:00")`: a task of the deal, asked for with a deadline of its own; `to`: of somebody else."""

    @on_signal("SOFT", "asked")
    def ask(run, deal):
        what = run.change.what
        by = datetime.fromisoformat(what["by"])
        if what["to"] == "a date":
            create_task(run, deal, "SO-4", within="D+0рд 12:00 @мск", day=by.date())
        else:
            create_task(run, deal, "SO-4", to=what["to"], by=by)

    def order(deal: int, by: str, to: str | int | None = None) -> list[str]:
        moment = datetime.strptime(by, "%d.%m.%Y %H:%M").replace(tzinfo=MOSCOW)
        company.tell(deal, "asked", by=moment.isoformat(), to=to)
        company.settle()
        return lines(company, deal, "Подготовьте")

    return order


def test_of_several_whoever_is_there_is_chosen_and_where_nobody_is_the_deputy(company, asks):
    """Of two designers whoever has fewer tasks; their deputy is their head, for whom the director stands in."""
    deal = company.new_deal(by=company.user("safin"))
    company.settle()
    company.on_leave("melnikov", "23.11.2026", "01.12.2026")
    assert [asks(deal, "30.11.2026 12:00", "DESIGN") for _ in range(2)] == [["Федотова Лидия, 30.11.2026 12:00"]] * 2
    company.on_leave("fedotova", "23.11.2026", "01.12.2026")
    assert asks(deal, "30.11.2026 12:00", "DESIGN") == ["Баранов Евгений, 30.11.2026 12:00", "Мельников Пётр"]
    company.on_leave("baranov", "30.11.2026")
    assert asks(deal, "30.11.2026 12:00", "DESIGN")[0].startswith("Баранов"), "the deputy is there for a part of it"
    company.on_leave("baranov", "23.11.2026", "29.11.2026")
    assert asks(deal, "30.11.2026 12:00", "DESIGN") == ["Лебедев Андрей, 30.11.2026 12:00", "Мельников Пётр"]


def test_a_day_that_was_named_stays_with_who_is_back_before_it(company, asks):
    company.on_leave("ershov", "24.11.2026", "26.11.2026")
    deal = company.new_deal(by=company.user("ershov"))
    company.settle()
    assert asks(deal, "27.11.2026 11:00") == ["Ершов Павел, 27.11.2026 13:00"]
    assert asks(deal, "26.11.2026 12:00") == ["Кузнецова Елена, 26.11.2026 12:00", "Ершов Павел"]
    assert asks(deal, "27.11.2026 12:00", "a date") == ["Ершов Павел, 27.11.2026 14:00"]
    said = company.task(deal, "Подготовьте")["description"]
    assert "Исполнитель отсутствует" not in said
    assert asks(deal, "26.11.2026 12:00", "a date")[0] == "Кузнецова Елена, 26.11.2026 12:00"
    said = company.task(deal, "Подготовьте")["description"]
    assert "Исполнитель отсутствует: Ершов Павел. Задача передана вам." in said


def test_a_head_and_somebody_named_have_the_deputy_of_their_own_role(company, asks):
    company.on_leave("vinogradov", "23.11.2026", "26.11.2026")
    company.on_leave("andreeva", "23.11.2026", "26.11.2026")
    deal = company.new_deal(by=company.user("nazarov"))
    company.settle()
    assert asks(deal, "26.11.2026 12:00", "H-LOGIST") == ["Рыбаков Антон, 26.11.2026 12:00", "Виноградов Станислав"]
    assert asks(deal, "26.11.2026 12:00", company.user("andreeva"))[0] == "Морозова Раиса, 26.11.2026 12:00"
    company.dismiss(company.user("morozova"))
    assert asks(deal, "26.11.2026 12:00", "ACCOUNTANT")[0] == "Лебедев Андрей, 26.11.2026 12:00", (
        "the deputy is dismissed"
    )


def test_what_was_decided_stays_whatever_is_heard_of_afterwards(company, asks, at_point):
    deal = company.new_deal(by=company.user("shevchenko"))
    company.settle()
    at_point("fact", lambda: company.on_leave("shevchenko", "23.11.2026", "04.12.2026"))
    assert asks(deal, "27.11.2026 12:00") == ["Шевченко Галина, 27.11.2026 15:00"]
    assert asks(deal, "27.11.2026 12:00") == ["Кузнецова Елена, 27.11.2026 12:00", "Шевченко Галина"]
