"""What the layer itself does is no change, but for its creations and moves; what people do beside it always is."""

import threading
import time

import pytest

from engine.triggers import on_field, on_stage, on_task_closed
from robots.close_tasks import close_tasks
from robots.comment import comment
from robots.create_task import create_task
from robots.move_card import move_card
from robots.set_fields import set_fields
from tests.engine.wait import wait_until


@pytest.fixture
def told(claims):
    """Each change of «Объект» is told on the card."""

    @on_field("SERVICE", "sv_object")
    def tell(run, deal):
        comment(run, deal, f"{run.change.what['old']} → {run.change.what['new']}")


def write(company, deal: int, **fields: object) -> None:
    """A person writes in this very second of the portal."""
    params = {"entityTypeId": 2, "id": deal, "fields": company._encoded("SERVICE", fields), "useOriginalUfNames": "Y"}
    company.portal.act(company.manager_of("Москва"), "crm.item.update", params)


def test_a_watched_field_that_the_layer_writes_fires_nothing(company, told):
    """R-05."""

    @on_stage("SERVICE", "TALKS")
    def name_the_object(run, deal):
        set_fields(run, deal, sv_object="Котельная")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.move(deal, "TALKS")
    company.settle()
    assert company.value(deal, "sv_object") == "Котельная"
    assert company.comments(deal) == []
    company.fill(deal, sv_object="Насосная")
    company.settle()
    assert company.comments(deal) == ["Котельная → Насосная"]


def test_a_persons_edit_in_the_second_of_our_write_is_seen(company, told):
    """R-05: there is no «ignore everything for a while»."""

    @on_stage("SERVICE", "TALKS")
    def name_the_object(run, deal):
        set_fields(run, deal, sv_object="Котельная")
        run.fact("a person writes too", lambda: write(company, deal.id, sv_object="Насосная"))

    deal = company.new_deal("SERVICE")
    company.settle()
    company.move(deal, "TALKS")
    company.settle()
    assert company.value(deal, "sv_object") == "Насосная"
    assert company.comments(deal) == ["Котельная → Насосная"]


def test_a_persons_edit_while_our_write_is_on_its_way_is_seen(company, told):
    @on_stage("SERVICE", "TALKS")
    def plan_the_visits(run, deal):
        set_fields(run, deal, sv_period=3)

    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("slow", method="crm.item.update", seconds=0.25)
    company.move(deal, "TALKS")
    wait_until(lambda: not company.portal.faults_waiting())
    write(company, deal, sv_object="Насосная")
    company.settle()
    assert company.value(deal, "sv_period") == 3
    assert company.comments(deal) == ["None → Насосная"]


def test_a_write_that_lands_late_does_not_undo_the_next(company, claims):
    """Its answer was lost, and the portal was still at it."""

    @on_field("SERVICE", "sv_claimtxt")
    def once_a_month(run, deal):
        set_fields(run, deal, sv_period=1)

    @on_field("SERVICE", "sv_object")
    def every_two_months(run, deal):
        set_fields(run, deal, sv_period=2)

    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("late", method="crm.item.update", seconds=0.29)
    company.fill(deal, sv_claimtxt="Течёт", sv_object="Котельная")
    company.settle()
    time.sleep(0.3)
    assert company.value(deal, "sv_period") == 2


class Gate:
    """A handler waits at the gate; a look has read the portal when it opens, and compares when the handler is through."""

    def __init__(self, company, at_point):
        self._company, self._at_point = company, at_point
        self._reached, self._open = threading.Event(), threading.Event()

    def wait(self) -> None:
        self._reached.set()
        assert self._open.wait(5)

    def open_between_reading_and_comparing(self, ring) -> None:
        """`ring()` is what a person does so that the look reads the card or task."""
        assert self._reached.wait(5)
        with self._company.engine._looking:
            ring()
            self._company.portal.settle_events()
            self._at_point("read", self._let_through)
        self._company.settle()

    def _let_through(self) -> None:
        self._open.set()
        wait_until(lambda: not self._company.engine._open_runs())


@pytest.fixture
def gate(company, at_point):
    return Gate(company, at_point)


def test_a_card_read_before_and_compared_after_our_write_was_written_by_nobody_else(company, told, gate):
    @on_stage("SERVICE", "TALKS")
    def name_the_object(run, deal):
        gate.wait()
        set_fields(run, deal, sv_object="Котельная")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.move(deal, "TALKS")
    gate.open_between_reading_and_comparing(lambda: write(company, deal, sv_period=3))
    assert company.value(deal, "sv_object") == "Котельная"
    assert company.comments(deal) == []


def test_a_person_who_fills_a_card_and_moves_it_while_we_write_is_not_sent_back(company, claims):
    """The stage and what it requires are compared together, however the look met our write."""

    @on_field("SERVICE", "sv_claimtxt")
    def answer(run, deal):
        set_fields(run, deal, sv_period=6)
        comment(run, deal, "Принято")

    deal = company.new_deal("SERVICE", "TALKS")
    company.settle()
    company.portal.fault("slow", method="crm.item.update", seconds=0.28)
    company.fill(deal, sv_claimtxt="Течёт")
    wait_until(lambda: not company.portal.faults_waiting())
    params = {"stageId": company.dictionary.stage_id("SERVICE", "CONTRACT"), "UF_CRM_SF_SV_OBJECT": "Котельная"}
    company.portal.act(
        1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": params, "useOriginalUfNames": "Y"}
    )
    company.settle()
    assert company.stage(deal) == "CONTRACT", company.comments(deal)
    assert company.value(deal, "block") is None
    assert company.comments(deal) == ["Принято"]


@pytest.fixture
def closing(claims, gate):
    """A named object closes the first task; whoever else closes it is told on the card."""

    @on_stage("SERVICE", "NEW")
    def offer(run, deal):
        create_task(run, deal, "SV-1")

    @on_field("SERVICE", "sv_object")
    def close(run, deal):
        if deal["sv_period"]:
            gate.wait()
        close_tasks(run, deal, "SV-1", because="Объект назван")

    @on_task_closed("SERVICE", "SV-1")
    def tell(run, deal):
        comment(run, deal, "Задачу закрыл человек")


def test_tasks_that_the_layer_closes_fire_nothing(company, closing):
    """DESIGN, Own writes: only people close tasks."""
    deal = company.new_deal("SERVICE")
    company.settle()
    company.fill(deal, sv_object="Котельная")
    company.settle()
    assert company.titles(deal) == []
    assert company.comments(deal) == []
    company.renew_task(deal, "Предложить сервис")
    company.settle()
    company.close_task(deal, "Предложить сервис")
    company.settle()
    assert company.comments(deal) == ["Задачу закрыл человек"]


def test_a_task_read_before_and_compared_after_we_closed_it_was_closed_by_nobody_else(company, closing, gate):
    deal = company.new_deal("SERVICE", sv_period=1)
    company.settle()
    task = int(company.task(deal, "Предложить")["id"])
    edit = {"taskId": task, "fields": {"DESCRIPTION": "Срочно"}}
    company.fill(deal, sv_object="Котельная")
    gate.open_between_reading_and_comparing(lambda: company.portal.act(1, "tasks.task.update", edit))
    assert company.titles(deal) == []
    assert company.comments(deal) == []


def test_moves_of_the_layer_act_like_any_other(company, claims):
    """DESIGN, Own writes: that is how a process goes on."""

    @on_stage("SERVICE", "TALKS")
    def go_on(run, deal):
        move_card(run, deal, "CONTRACT")

    @on_stage("SERVICE", "CONTRACT")
    def ask(run, deal):
        create_task(run, deal, "SV-2")

    deal = company.new_deal("SERVICE", sv_object="Котельная")
    company.settle()
    company.move(deal, "TALKS")
    company.settle()
    assert company.stage(deal) == "CONTRACT"
    assert company.titles(deal) == ["Заключить контракт на сервисное обслуживание"]
