"""Whole months and weeks are opened in few requests: a portal with a year behind it, its real people, branches and debts."""

from collections import Counter

import pytest
from structlog.testing import capture_logs

from bench import monthly
from tests.company import playing

HANDFUL = 25  # requests of reading at most: what is due, who is who, what has come of it; an idle machine needs 6 to 14


@pytest.fixture
def company(tmp_path):
    with playing(tmp_path, seed="year", scale=20, look_every_seconds=60, people_fresh_seconds=300) as company:
        yield company


def opened(company, job, moment):
    """What was written, counted by method; as few requests as promised, and nothing failed."""
    made, counted, _, _ = monthly.do(company, job, moment)
    assert counted["writing"] <= monthly.bound(len(made))
    assert counted["http"] - counted["writing"] - counted["looks"] <= HANDFUL
    assert company.failures() == []
    return Counter(effect["method"] for effect in made)


@pytest.mark.slow
def test_a_week_of_all_managers_is_asked_for_in_few_requests(company):
    """RC-T1. Whoever has no debts has a card alone; the others a task with a line for each debtor."""
    methods = opened(company, "receivables", "26.11.2026 11:00")
    assert methods["crm.item.add"] > methods["tasks.task.add"] > 15
    assert methods["crm.item.update"] == 0, "cards are opened with all that they say"


@pytest.mark.slow
def test_a_month_of_all_representatives_is_opened_in_few_requests(company):
    """RP-T1."""
    methods = opened(company, "rep_report_open", "30.11.2026 11:00")
    assert methods["crm.item.add"] == methods["tasks.task.add"] == 15
    assert methods["crm.item.update"] == 0, "cards are opened with all that they say"


@pytest.mark.slow
def test_a_month_of_the_distributor_is_opened_in_few_requests(company):
    """DB-T1. Four summaries with their branches: a card and a task each, one more task a summary, two writes a summary."""
    with capture_logs() as said:
        methods = opened(company, "distributor_month", "01.12.2026 09:05")
    assert methods["crm.item.add"] == methods["tasks.task.add"] >= 60
    assert methods["crm.item.update"] <= 8
    [said] = [line for line in said if line["event"] == "job done"]
    assert (said["job"], said["subjects"], said["cards"], said["tasks"]) == ("distributor_month", 4, 60, 60)
    assert 0 < said["requests"] <= monthly.bound(128)
