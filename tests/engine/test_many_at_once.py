"""Runs that are at the same thing at the same moment leave for the portal together (decision 0026)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.triggers import on_field
from robots.create_task import create_task
from tests.engine.wait import wait_until

CARDS, PEOPLE = 56, 8
# A task of each by itself would be 56 and more. How few it becomes depends on the machine: tests/jobs/test_bulk.py bounds jobs.
FEW = 18


@pytest.mark.slow
def test_fifty_six_cards_that_each_need_a_task_need_few_requests(company, claims):
    @on_field("SERVICE", "sv_object")
    def give(run, deal):
        create_task(run, deal, "SV-4", note=run.change.what["new"])

    with ThreadPoolExecutor(PEOPLE) as people:
        cards = list(people.map(lambda n: company.new_deal("SERVICE", title=f"Выезд {n}"), range(CARDS)))
        company.settle(300)
        company.stop_layer()
        list(people.map(lambda card: company.fill(card, sv_object="Котельная"), cards))
    company.portal.reset_counters()
    company.start_layer()
    wait_until(lambda: company.portal.requests()["commands"].get("tasks.task.add") == CARDS, 120)
    company.settle(300)
    counted = company.portal.requests()
    assert counted["writing"] <= FEW
    assert [len(company.titles(card)) for card in cards] == [1] * CARDS
