"""The layer does not chase itself: chains of its own moves end, and somebody is told."""

import pytest

from engine.triggers import on_field, on_stage
from robots.comment import comment
from robots.move_card import move_card


def visits(company, deal: int) -> list[str]:
    params = {"entityTypeId": 2, "filter": {"OWNER_ID": deal}, "order": {"ID": "ASC"}}
    records = company.portal.act(1, "crm.stagehistory.list", params)["items"]
    return [company.dictionary.stage(record["STAGE_ID"]) for record in records]


@pytest.fixture
def to_and_fro(claims):
    """Two owners who want the card elsewhere."""

    @on_stage("SERVICE", "NEW")
    def forth(run, deal):
        move_card(run, deal, "TALKS")

    @on_stage("SERVICE", "TALKS")
    def back(run, deal):
        move_card(run, deal, "NEW")


@pytest.mark.slow
def test_two_owners_who_move_a_card_to_and_fro_are_stopped_and_told_of(company, to_and_fro):
    """R29."""
    deal = company.new_deal("SERVICE")
    company.settle()
    assert visits(company, deal) == ["NEW", "TALKS", "NEW", "TALKS", "NEW", "TALKS", "NEW"]
    assert company.failures() == ["a chain of 6 changes that the layer caused itself"]
    assert "по кругу" in company.comments(deal)[-1]
    assert sum("по кругу" in text for text in company.notifications(company.holder("ADMIN"))) == 1

    company.retry_failures()
    company.settle()
    assert len(visits(company, deal)) == 13, "a person wanted it: another chain of five"
    assert company.failures() == ["a chain of 6 changes that the layer caused itself"]


@pytest.mark.slow
def test_what_a_person_does_begins_a_new_chain(company, claims):
    """Effects are not bounded, only causes: the same way as often as people want it."""

    @on_stage("SERVICE", "TALKS")
    def go_on(run, deal):
        move_card(run, deal, "CONTRACT")

    @on_stage("SERVICE", "CONTRACT")
    def tell(run, deal):
        comment(run, deal, f"Договор, {run.depth} по своей воле")

    deal = company.new_deal("SERVICE", sv_object="Котельная")
    company.settle()
    for _ in range(6):
        company.move(deal, "TALKS")
        company.settle()
    assert company.comments(deal) == ["Договор, 1 по своей воле"] * 6


def test_a_person_who_goes_where_the_layer_went_before_is_a_person(company, claims):
    @on_field("SERVICE", "sv_period")
    def go_on(run, deal):
        move_card(run, deal, "CONTRACT")

    @on_stage("SERVICE", "CONTRACT")
    def tell(run, deal):
        comment(run, deal, f"По своей воле: {run.depth}")

    deal = company.new_deal("SERVICE", sv_object="Котельная")
    company.settle()
    company.fill(deal, sv_period=1)
    company.settle()
    company.move(deal, "NEW")
    company.settle()
    company.move(deal, "CONTRACT")
    company.settle()
    assert company.comments(deal) == ["По своей воле: 1", "По своей воле: 0"]


@pytest.mark.slow
def test_ten_times_an_hour_is_enough_for_one_trigger_on_one_card(company, claims):
    """A chain may be short and come again and again, from a field that something else keeps changing."""

    @on_field("SERVICE", "sv_period")
    def go_on(run, deal):
        move_card(run, deal, "TALKS" if deal.stage == "NEW" else "NEW")

    told = []

    @on_stage("SERVICE", "TALKS")
    def tell(run, deal):
        told.append(run.id)

    deal = company.new_deal("SERVICE")
    company.settle()
    for months in range(1, 23):
        company.fill(deal, sv_period=months)
        company.settle()
    assert len(told) == 10
    assert [why for why in company.failures() if "11 times in an hour" in why]
