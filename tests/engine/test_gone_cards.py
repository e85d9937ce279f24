"""A card that is deleted while a run is at it is no failure, but first it must be known that it is gone."""

import pytest

from engine.triggers import on_stage
from robots.comment import comment
from robots.set_fields import set_fields


@pytest.fixture
def deal(company):
    deal = company.new_deal("SERVICE")
    company.settle()
    return deal


def test_nobody_is_alarmed_before_it_is_known_whether_the_card_is_gone(company, claims, deal):
    """The portal says «not found» of something else, and nothing to the question whether the card itself is gone."""

    @on_stage("SERVICE", "TALKS")
    def count(run, deal):
        found = run.fact("requisites", lambda: len(run.engine.ask("crm.requisite.list", {}).result))
        comment(run, deal, f"Реквизитов: {found}")

    company.portal.fault("refuse", method="crm.requisite.list", code="NOT_FOUND", description="Not found", status=400)
    company.portal.fault("refuse", method="crm.item.get", code="INTERNAL_SERVER_ERROR", status=500)
    company.move(deal, "TALKS")
    company.settle()
    assert company.portal.faults_waiting() == []
    assert [text.startswith("Реквизитов: ") for text in company.comments(deal)] == [True]
    assert company.failures() == []


def test_a_run_goes_on_when_another_card_that_it_writes_to_is_gone(company, claims, deal):
    """A parent that somebody deletes while its child tells it something: seen in a soak of 30,000 effects."""
    other = company.new_deal("SERVICE")
    company.settle()

    @on_stage("SERVICE", "TALKS")
    def tell(run, deal):
        run.fact("deleted", lambda: company.delete(other))
        set_fields(run, run.card(other), lost_note="Сюда никто не запишет")
        comment(run, deal, "А эта карточка на месте")

    company.portal.events(lose=9)
    company.move(deal, "TALKS")
    company.settle()
    assert company.comments(deal) == ["А эта карточка на месте"]
    assert company.failures() == []


def test_the_failure_of_a_run_whose_card_is_gone_can_still_be_told(company, claims, deal):
    """The administrator hears of it; that nothing can be written on the card is no second failure."""

    @on_stage("SERVICE", "TALKS")
    def fail(run, deal):
        company.delete(deal.id)
        raise ArithmeticError("our mistake")

    company.portal.events(lose=9)
    company.move(deal, "TALKS")
    company.settle()
    told = company.notifications(company.holder("ADMIN"))
    assert [text.partition("\n")[2].partition(":")[0] for text in told] == ["Не выполнено автоматически"]
    assert company.failures() == ["ArithmeticError: our mistake"]
