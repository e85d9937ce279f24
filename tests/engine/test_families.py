"""The order of runs: within a family one after the other, families beside each other; what failed holds up nobody."""

import time

import pytest
import sqlalchemy as sa

from engine import families, storage
from engine.triggers import on_field, on_stage
from robots.comment import comment
from robots.create_task import create_task
from robots.move_card import move_card
from robots.open_deal import open_deal
from robots.set_fields import set_fields
from tests.engine.wait import let_waits_end, wait_until


@pytest.fixture(autouse=True)
def no_dead_letters_are_left(company):
    yield
    for run_id in dead(company):
        families.park(company.engine, run_id)


@pytest.fixture
def visits(claims):
    """«Объект» gives a task, «Суть рекламации» a comment."""

    @on_field("SERVICE", "sv_object")
    def give(run, deal):
        create_task(run, deal, "SV-4", note=run.change.what["new"])

    @on_field("SERVICE", "sv_claimtxt")
    def tell(run, deal):
        comment(run, deal, run.change.what["new"])


def effects_on(company, *deals: int) -> list[tuple[int, str]]:
    """What the layer made for these cards, in the portal's own order: (card, method)."""
    made = []
    for effect in company.portal.log():
        fields = effect["params"].get("fields", {})
        card = str(fields.get("ENTITY_ID") or fields.get("UF_CRM_TASK") or "")
        made += [
            (deal, effect["method"])
            for deal in deals
            if card in (str(deal), f"D_{deal}", f"['D_{deal}']", f"{{'0': 'D_{deal}'}}")
        ]
    return made


@pytest.mark.scale(10)
def test_a_family_that_must_wait_keeps_its_order_and_no_other_waits_for_it(company, visits):
    """R31."""
    first, second = company.new_deal("SERVICE"), company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="insufficient_scope", status=403)
    company.fill(first, sv_object="Котельная")
    wait_until(lambda: not company.portal.faults_waiting())
    company.fill(first, sv_claimtxt="Течёт")
    company.fill(second, sv_object="Насосная")
    company.fill(second, sv_claimtxt="Гудит")
    wait_until(lambda: company.comments(second) and company.titles(second))
    assert company.titles(first) == company.comments(first) == []
    company.settle()
    add, say = "tasks.task.add", "crm.timeline.comment.add"
    assert effects_on(company, first, second)[2:] == [(first, add), (first, say)]


def test_a_child_goes_in_the_order_of_its_family(company, visits):
    """What a child asks for waits for what its parent is at."""
    parent = company.new_deal("SERVICE")
    company.settle()
    child = company.new_deal("SERVICE", parent=parent)
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="insufficient_scope", status=403)
    company.fill(parent, sv_object="Котельная")
    wait_until(lambda: not company.portal.faults_waiting())
    company.fill(child, sv_claimtxt="Течёт")
    company.settle()
    assert effects_on(company, parent, child) == [(parent, "tasks.task.add"), (child, "crm.timeline.comment.add")]


def test_a_method_whose_time_is_used_up_is_left_alone_and_the_others_go_on(company, visits):
    """R12."""
    first, second = company.new_deal("SERVICE"), company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="OPERATION_TIME_LIMIT", status=429)
    company.fill(first, sv_object="Котельная")
    wait_until(lambda: not company.portal.faults_waiting())
    asked = company.portal.requests()["commands"]["tasks.task.add"]
    company.fill(second, sv_claimtxt="Гудит")
    wait_until(lambda: company.comments(second) == ["Гудит"])
    assert company.portal.requests()["commands"]["tasks.task.add"] == asked
    assert company.titles(first) == []
    company.advance(minutes=11)
    let_waits_end(company)
    company.settle()
    assert company.titles(first) == ["Разберите рекламацию"]
    assert company.failures() == []


def test_a_wait_of_before_the_machine_was_started_anew_begins_again_and_ends(company, visits):
    """DESIGN, Two clocks: a stamp of another boot waits its full time, once."""
    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="crm.timeline.comment.add", code="insufficient_scope", status=403)
    company.fill(deal, sv_claimtxt="Течёт")
    wait_until(lambda: company.engine._open_runs() and not company.portal.faults_waiting())
    runs = storage.runs
    with company.engine.storage.write() as tx:
        wait = {"since": {"boot": "another", "seconds": 10**9}, "seconds": 1.2}
        tx.execute(sa.update(runs).where(runs.c.state == "open").values(wait=wait))
    company.settle(20)
    assert company.comments(deal) == ["Течёт"]


def test_a_webhook_that_is_revoked_for_a_while_loses_nothing(company, visits):
    """R24: the look and the runs wait; few requests are wasted."""
    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("revoked")
    company.fill(deal, sv_object="Котельная")
    company.fill(deal, sv_claimtxt="Течёт")
    company.portal.reset_counters()
    time.sleep(1.5)
    assert company.portal.requests()["http"] <= 4
    company.portal.clear_faults()
    company.settle()
    assert company.titles(deal) == ["Разберите рекламацию"]
    assert company.comments(deal) == ["Течёт"]
    assert company.failures() == []


def test_a_run_that_another_worker_has_ended_is_not_made_a_dead_letter(company, claims):
    """A worker that was taken for dead wakes up, and what it still wanted to do fails."""

    @on_field("SERVICE", "sv_object")
    def overtaken(run, deal):
        runs = storage.runs
        with company.engine.storage.write() as tx:
            tx.execute(sa.update(runs).where(runs.c.id == run.id).values(state="done", note="by another"))
        raise ArithmeticError("of no account")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.fill(deal, sv_object="Котельная")
    company.settle()
    with company.engine.storage.read() as connection:
        ended = connection.execute(
            sa.select(storage.runs.c.state, storage.runs.c.note).where(
                storage.runs.c.trigger == "on_field SERVICE sv_object", storage.runs.c.deal_id == deal
            )
        ).all()
    assert ended == [("done", "by another")]
    assert company.comments(deal) == []


def test_a_mistake_of_ours_is_told_and_the_family_goes_on(company, visits):
    """R30: with an id by which IT opens it again."""
    broken = [True]

    @on_field("SERVICE", "sv_period")
    def count(run, deal):
        if broken:
            raise ZeroDivisionError("months")
        comment(run, deal, "Посчитано")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.fill(deal, sv_period=1)
    company.fill(deal, sv_claimtxt="Течёт")
    company.settle()
    assert company.failures() == ["ZeroDivisionError: months"]
    assert sorted(text.split("\n")[0] for text in company.comments(deal)) == [
        "Не выполнено автоматически: ошибка программы.", "Течёт",
    ]  # fmt: skip
    told = len(company.notifications(company.holder("ADMIN")))

    company.retry_failures()
    company.settle()
    assert len(company.failures()) == 1
    assert len(company.notifications(company.holder("ADMIN"))) == told + 1, "it failed again"
    broken.clear()
    company.retry_failures()
    company.settle()
    assert company.failures() == []
    assert company.comments(deal)[-1] == "Посчитано"


def test_a_dead_letter_that_was_given_up_stays_so(company, visits):
    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="tasks.task.add", code="ERROR_CORE", status=400)
    company.fill(deal, sv_object="Котельная")
    company.settle()
    [run_id] = dead(company)
    assert families.park(company.engine, run_id)
    assert not families.park(company.engine, run_id)
    company.settle()
    assert company.failures() == []
    assert company.titles(deal) == []
    assert families.retry(company.engine, run_id), "somebody thinks better of it"
    company.settle()
    assert company.titles(deal) == ["Разберите рекламацию"]
    assert not families.retry(company.engine, run_id)


def dead(company) -> list[int]:
    with company.engine.storage.read() as connection:
        return list(connection.scalars(sa.select(storage.runs.c.id).where(storage.runs.c.state == "failed")))


def test_a_card_deleted_while_a_run_waits_alarms_nobody(company, visits):
    """R26."""
    deal = company.new_deal("SERVICE")
    company.settle()
    told = len(company.notifications(company.holder("ADMIN")))
    company.portal.fault("refuse", method="crm.timeline.comment.add", code="insufficient_scope", status=403)
    company.fill(deal, sv_claimtxt="Течёт")
    wait_until(lambda: not company.portal.faults_waiting())
    company.delete(deal)
    company.settle()
    assert company.failures() == []
    assert len(company.notifications(company.holder("ADMIN"))) == told


def test_what_a_stage_asks_for_once_is_asked_for_again_if_it_was_refused(company, claims):
    """The first entry ended as a dead letter; the second finds nothing in its way."""

    @on_stage("SERVICE", "TALKS")
    def order_a_transport(run, deal):
        open_deal(run, deal, "LOGISTICS", title="Перевозка", lg_from=deal["sv_object"] or "")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="crm.item.add", code="CRM_FIELD_ERROR_VALUE_NOT_VALID", status=400)
    company.move(deal, "TALKS")
    company.settle()
    [run_id] = dead(company)
    families.park(company.engine, run_id)
    company.fill(deal, sv_object="Омск")
    company.move(deal, "NEW")
    company.move(deal, "TALKS")
    company.settle()
    assert company.failures() == []
    [child] = company.value(deal, "children")
    assert company.value(child, "lg_from") == "Омск"
    company.move(deal, "NEW")
    company.move(deal, "TALKS")
    company.settle()
    assert company.value(deal, "children") == [child]


def test_two_children_opened_in_one_run_are_both_listed(company, claims):
    @on_stage("SERVICE", "TALKS")
    def order_two_transports(run, deal):
        with run.together():
            for way in ("туда", "обратно"):
                open_deal(run, deal, "LOGISTICS", title=f"Перевозка {way}", subject=way)

    deal = company.new_deal("SERVICE")
    company.settle()
    company.move(deal, "TALKS")
    company.settle()
    children = company.value(deal, "children")
    assert [company.card(child)["title"] for child in children] == ["Перевозка туда", "Перевозка обратно"]
    company.move(deal, "NEW")
    company.move(deal, "TALKS")
    company.settle()
    assert company.value(deal, "children") == children


def test_a_move_that_the_portal_refuses_for_a_field_is_said_on_the_card(company, claims):
    """DESIGN, Own writes: the card is incomplete, a person is asked; no dead letter."""

    @on_field("SERVICE", "sv_period")
    def go_on(run, deal):
        move_card(run, deal, "TALKS")
        set_fields(run, deal, sv_object="Котельная")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("refuse", method="crm.item.update", code="CRM_FIELD_ERROR_REQUIRED", status=400)
    company.fill(deal, sv_period=1)
    company.settle()
    assert company.stage(deal) == "NEW"
    assert company.failures() == []
    assert company.value(deal, "block").startswith("Портал не принял переход")
    assert company.value(deal, "sv_object") == "Котельная"


def test_a_child_that_the_portal_made_without_its_key_is_never_made_again(company, claims):
    """It could not be found again: a person must look."""

    @on_stage("SERVICE", "TALKS")
    def order_a_transport(run, deal):
        open_deal(run, deal, "LOGISTICS", title="Перевозка")

    deal = company.new_deal("SERVICE")
    company.settle()
    company.portal.fault("ignored_field", method="crm.item.add", field="UF_CRM_SF_KEY")
    company.move(deal, "TALKS")
    company.settle()
    params = {"entityTypeId": 2, "filter": {"=UF_CRM_SF_PARENT": f"D_{deal}"}, "useOriginalUfNames": "Y"}
    assert len(company.portal.act(1, "crm.item.list", params)["items"]) == 1
    assert "the portal made it without its key" in company.failures()[0]
