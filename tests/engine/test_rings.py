"""Events that come twice, late, in any order, not at all, or from somebody else."""

import random
from concurrent.futures import ThreadPoolExecutor

from tests.engine.ring import deliver
from tests.engine.wait import wait_until


def lost(company) -> list[dict]:
    return [event for event in company.portal.events_done() if event["outcome"] == "lost"]


def made_for(company, deal: int, method: str) -> int:
    """How often the portal itself counted such an effect for the card."""
    fields = [effect["params"].get("fields", {}) for effect in company.portal.log() if effect["method"] == method]
    return sum(
        f"D_{deal}" in str(one.get("UF_CRM_TASK")) or one.get("ENTITY_ID") in (deal, str(deal)) for one in fields
    )


def test_stage_and_sum_at_once_delivered_in_reverse_and_one_twice_make_one_set_of_tasks(company, client):
    """A-16."""
    deal = company.new_deal(**client)
    company.settle()
    manager, seen = company.card(deal)["assignedById"], len(lost(company))
    company.portal.events(lose=1000)
    for fields in ({"stageId": company.dictionary.stage_id("SOFT", "QUALIFY")}, {"opportunity": 500000}):
        params = {"entityTypeId": 2, "id": deal, "fields": fields}
        company.portal.act(manager, "crm.item.update", params)
    company.portal.events(lose=0)
    stage, amount = lost(company)[seen:]
    for event in (amount, stage, amount):
        assert deliver(company, event) == 200
    company.settle()
    assert company.titles(deal) == ["Оцените клиента и потребности"]
    assert company.stage(deal) == "QUALIFY"
    assert company.card(deal)["opportunity"] == 500000
    assert made_for(company, deal, "tasks.task.add") == 2, "of the request and of the assessment"


def test_what_rang_nothing_is_found_by_the_minutes_look(company, client):
    """R-19."""
    company.portal.events(lose=1000)
    deal = company.new_deal(**client)
    wait_until(lambda: company.titles(deal) == ["Свяжитесь с клиентом"])
    company.move(deal, "QUALIFY")
    wait_until(lambda: company.titles(deal) == ["Оцените клиента и потребности"])
    company.fill(deal, so_newmat=True, so_need="Костюмы")
    wait_until(lambda: company.stage(deal) == "DESIGN")


def test_events_five_times_over_and_shuffled_change_nothing(company, client):
    """R07, R08: the same as one of each in order."""
    seen = len(lost(company))
    company.portal.events(lose=1000)
    deals = [company.new_deal(**client) for _ in range(4)]
    for deal in deals:
        company.move(deal, "QUALIFY")
    company.portal.events(lose=0)
    events = lost(company)[seen:] * 5
    random.Random(7).shuffle(events)
    with ThreadPoolExecutor(4) as posters:
        assert set(posters.map(lambda event: deliver(company, event), events)) == {200}
    company.settle()
    for deal in deals:
        assert company.titles(deal, open_only=False) == ["Свяжитесь с клиентом", "Оцените клиента и потребности"]
        assert made_for(company, deal, "tasks.task.add") == 2
    assert company.failures() == []
