"""A process with `enabled: false`: the layer is as good as not there for its cards."""

import pytest

from engine.triggers import on_field, on_stage
from robots.comment import comment
from robots.create_task import create_task
from tests.company import playing


@pytest.fixture
def company(tmp_path, claims):
    @on_stage("SERVICE", "NEW")
    def offer(run, deal):
        create_task(run, deal, "SV-1")

    @on_stage("SERVICE", "TALKS")
    def talk(run, deal):
        comment(run, deal, "Переговоры")

    @on_field("SERVICE", "sv_object")
    def tell(run, deal):
        comment(run, deal, "Объект")

    with playing(tmp_path, apart=True) as company:
        company.start_layer()
        yield company


def switch(company, on: bool) -> None:
    """IT changes config/processes/service.yaml and starts the layer again."""
    company.stop_layer()
    processes = company.config.processes
    service = processes["SERVICE"].model_copy(update={"enabled": on})
    company.config = company.config.model_copy(update={"processes": {**processes, "SERVICE": service}})
    company.start_layer()


def test_a_process_that_is_switched_off_does_nothing_until_it_is_switched_on(company):
    deal = company.new_deal("SERVICE")
    company.settle()
    assert company.titles(deal) == ["Предложить сервис"]
    switch(company, on=False)
    other = company.new_deal("SERVICE")
    company.fill(deal, sv_object="Котельная")
    company.move(deal, "TALKS")
    company.settle()
    assert company.titles(deal) == ["Предложить сервис"], "not closed either"
    assert company.comments(deal) == company.titles(other) == []
    assert company.failures() == []

    switch(company, on=True)
    company.settle()
    assert company.comments(deal) == []
    company.fill(deal, sv_object="Насосная")
    company.move(deal, "NEW")
    company.move(other, "TALKS")
    company.settle()
    assert company.comments(deal) == ["Объект"]
    assert company.comments(other) == ["Переговоры"]
    assert company.failures() == []


def test_what_was_under_way_when_a_process_was_switched_off_is_left_undone(company):
    deal = company.new_deal("SERVICE")
    company.settle()
    comments = "crm.timeline.comment.add"
    company.portal.fault("refuse", method=comments, times=1000, code="OVERLOAD_LIMIT", status=503)
    company.fill(deal, sv_object="Котельная")
    company.portal.settle_events()
    company.engine.look()
    switch(company, on=False)
    company.portal.clear_faults()
    company.settle()
    assert company.comments(deal) == []
    assert company.failures() == []
