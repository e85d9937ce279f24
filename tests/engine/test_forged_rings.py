"""A layer that looks only when it hears a ring: what a replayed and a forged one cost."""

import time

import pytest

from tests.company import playing
from tests.engine.ring import deliver
from tests.engine.wait import wait_until


@pytest.fixture
def company(tmp_path):
    with playing(tmp_path, look_every_seconds=3600) as company:
        yield company


def test_a_replayed_ring_costs_one_read_and_a_forged_one_none(company):
    """R09."""
    deal = company.new_deal()
    company.settle()
    event = next(one for one in company.portal.events_done() if one["event"] == "ONCRMDEALADD")
    effects = len(company.portal.log())
    company.portal.reset_counters()

    assert deliver(company, event, **{"auth[application_token]": "guess"}) == 403
    time.sleep(0.6)
    assert company.portal.requests()["http"] == 0

    assert deliver(company, event) == 200
    wait_until(lambda: company.portal.requests()["http"])
    time.sleep(0.6)
    assert company.portal.requests()["http"] == 1

    for _ in range(30):
        deliver(company, event)
    time.sleep(0.6)
    assert company.portal.requests()["http"] <= 4, "however often it rang, a look is one read"
    assert len(company.portal.log()) == effects
    assert company.titles(deal) == ["Свяжитесь с клиентом"]
