"""Every night: the rates that are in force from today on."""

from datetime import date
from decimal import Decimal

import pytest

from robots.find_branches import find_branches
from robots.keep_rates import keep_rates
from rules.branch_rates import Interval
from rules.periods import Month

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


def night(company, day):
    company.at(f"{day} 00:15")
    company.run_clock()


def of_month(company, branch, month):
    [found] = find_branches(company.engine, only=[branch])
    return found.rate_of(month, "first_day")


def test_e_db_2_a_rate_that_begins_inside_a_month_counts_from_the_next_one(company):
    """DR-T3, C-10: without a review it is taken in the night of its day."""
    head = company.holder("DIST_HEAD")
    branch = company.new_branch("Волга", rate="1")
    typed = company.new_branch("Ока", branch_rate=Decimal("0.5"), branch_on=date(2026, 11, 15))
    ended = company.new_branch("Кама", branch_rate=Decimal(3), branch_on=None)
    company.settle()
    night(company, "24.11.2026")
    assert company.company_value(branch, "branch_rate") == Decimal(1)
    assert company.rates(typed) == ["0,5% с 15.11.2026 (принята из карточки филиала)"], "E-DB-13"
    assert of_month(company, typed, NOVEMBER) == Decimal("0.5")
    assert company.rates(ended) == ["3% с 24.11.2026 (принята из карточки филиала)"]

    company.fill_company(branch, by=head, branch_next=Decimal("1.2"), branch_from=date(2026, 11, 26))
    company.settle()
    night(company, "25.11.2026")
    assert company.rates(branch) == ["1% с 01.01.2026"]
    night(company, "26.11.2026")
    assert company.rates(branch) == ["1% с 01.01.2026 по 25.11.2026", "1,2% с 26.11.2026"]
    assert company.company_value(branch, "branch_rate") == Decimal("1.2")
    assert company.company_value(branch, "branch_next") is None
    assert company.company_comments(branch) == [
        "Действует ставка 1,2% с 26.11.2026: за ноябрь 2026 вознаграждение считается по ставке на 01.11.2026, по новой — с 01.12.2026."
    ]
    assert [of_month(company, branch, month) for month in (NOVEMBER, DECEMBER)] == [Decimal(1), Decimal("1.2")]
    assert company.failures() == []


@pytest.mark.slow
def test_e_db_13_of_a_branch_that_opens_inside_a_month_no_rate_is_said_to_count_from_the_next(company):
    """E-DB-13, E-DB-2: the rate that begins with the branch is that of its first month, so its card says nothing else."""
    head, opened = company.holder("DIST_HEAD"), date(2026, 11, 24)
    planned, entered = (company.new_branch(name, branch_on=opened) for name in ("Волга", "Ока"))
    company.set_rate(planned, "1", opened)
    company.fill_company(entered, by=head, branch_next=Decimal("1.5"), branch_from=opened)
    company.settle()
    night(company, "24.11.2026")
    assert [of_month(company, one, NOVEMBER) for one in (planned, entered)] == [Decimal(1), Decimal("1.5")]
    assert [company.company_comments(one) for one in (planned, entered)] == [[], []]
    company.fill_company(entered, by=head, branch_next=Decimal(2), branch_from=date(2026, 11, 26))
    company.settle()
    night(company, "26.11.2026")
    [said] = company.company_comments(entered)
    assert said.endswith("вознаграждение считается по ставке на 24.11.2026, по новой — с 01.12.2026.")
    assert company.failures() == []


@pytest.mark.slow
def test_a_rate_that_was_planned_gives_way_to_a_newer_word_in_the_night_of_both(company):
    """DR-T3: outside the review it is taken in the night of its day, on which the planned one would begin. E-DB-2."""
    head = company.holder("DIST_HEAD")
    volga, oka, kama = (company.new_branch(name, rate="1") for name in ("Волга", "Ока", "Кама"))
    company.set_rate(volga, "2", date(2026, 11, 26))
    company.set_rate(oka, "2", date(2026, 11, 20))
    company.settle()
    company.fill_company(volga, by=head, branch_next=Decimal(3), branch_from=date(2026, 11, 26))
    company.fill_company(oka, by=head, branch_next=Decimal(3), branch_from=date(2026, 11, 10))
    company.fill_company(kama, branch_next=Decimal(12), branch_from=date(2026, 11, 26))
    company.settle()
    why = "Ставка 3% с 10.11.2026 перекрывает начало ставки 2% с 20.11.2026: исправьте ту ставку."
    assert company.company_comments(oka) == [why]
    assert company.notifications(head)[-1].endswith(f": {why}")
    night(company, "26.11.2026")
    night(company, "27.11.2026")
    company.at("27.11.2026 09:00")
    company.run_clock()
    refused = [text for text in company.notifications(head) if "Новые ставки не приняты" in text]
    assert [text.splitlines()[-1] for text in refused] == ["Кама: Ставка 12% не принята: укажите от 0 до 10%."], "once"
    assert company.rates(volga) == ["1% с 01.01.2026 по 25.11.2026", "3% с 26.11.2026"]
    assert company.rates(oka) == ["1% с 01.01.2026 по 19.11.2026", "2% с 20.11.2026"]
    assert company.failures() == []


@pytest.mark.slow
def test_e_db_3_a_month_keeps_its_rate_after_the_next_review(company):
    """E-DB-3: the report for December comes in January."""
    branch = company.new_branch("Волга", rate="1")
    company.set_rate(branch, "1.5", date(2027, 1, 1))
    company.settle()
    night(company, "12.01.2027")
    assert company.company_value(branch, "branch_rate") == Decimal("1.5")
    assert of_month(company, branch, DECEMBER) == Decimal(1)


@pytest.mark.slow
def test_all_branches_are_set_in_few_requests(company):
    """56 of them: 112 commands, their rates and a comment on each."""
    branches = [company.new_branch(f"Филиал {number}") for number in range(56)]
    company.settle()
    company.at("24.11.2026 12:00")
    company.run_clock()
    rate = Interval(Decimal("1.1"), date(2026, 11, 25))
    keep_rates(company.engine.storage, {branch: lambda history: [rate] for branch in branches})
    company.at("25.11.2026 00:15")
    company.settle()
    written = [one["method"] for one in company.portal.log() if one["via"] == "webhook"][-112:]
    assert sorted(set(written)) == ["crm.item.update", "crm.timeline.comment.add"]
    assert {branch.shown_rate for branch in find_branches(company.engine)} == {Decimal("1.1")}
