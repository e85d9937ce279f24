"""Buttons: fields that act when a person fills them."""

import threading

import pytest

from engine import triggers
from engine.triggers import on_field
from handlers import soft
from robots.comment import comment
from robots.set_fields import set_fields
from tests.engine.wait import wait_until


@pytest.fixture
def pressed(claims):
    """The button of LOGISTICS answers on the card, when the test lets it."""
    let = threading.Event()
    let.set()

    @on_field("LOGISTICS", "lg_new")
    def answer(run, deal):
        assert let.wait(5)
        with run.together():
            comment(run, deal, "Оценка создана")
            set_fields(run, deal, lg_new=None)

    return let


def test_a_button_pressed_twice_with_the_same_value_acts_twice(company, pressed):
    deal = company.new_deal("LOGISTICS")
    company.settle()
    for presses in (1, 2):
        company.fill(deal, lg_new=True)
        company.settle()
        assert company.comments(deal) == ["Оценка создана"] * presses
        assert not company.value(deal, "lg_new")


def test_an_edit_while_the_button_is_filled_is_no_press(company, pressed):
    deal = company.new_deal("LOGISTICS")
    company.settle()
    pressed.clear()
    company.fill(deal, lg_new=True)
    wait_until(company.engine._open_runs)
    company.fill(deal, lg_from="Омск")
    company.portal.settle_events()
    company.engine.look()
    pressed.set()
    company.settle()
    assert company.comments(deal) == ["Оценка создана"]
    assert not company.value(deal, "lg_new")


def test_a_press_made_while_the_answer_to_the_emptying_is_lost_is_not_lost(company, pressed):
    """The same choice again, between our emptying of the button and its repeat."""
    deal = company.new_deal("LOGISTICS")
    company.settle()
    company.portal.fault("cut_after", method="crm.item.update")
    company.fill(deal, lg_new=True)
    wait_until(lambda: not company.value(deal, "lg_new"))
    company.fill(deal, lg_new=True)
    company.settle()
    assert company.comments(deal) == ["Оценка создана"] * 2
    assert not company.value(deal, "lg_new")


@pytest.fixture
def document(claims):
    """«Сформировать документ» works when the test lets it."""
    let = threading.Event()
    del claims["on_field SOFT make_doc"]

    @on_field("SOFT", "make_doc")
    def make(run, deal):
        assert let.wait(5)
        soft.make_document(run, deal, run.change.what["new"])

    return let


def test_another_choice_made_while_the_first_is_worked_on_is_not_lost(company, client, document):
    deal = company.new_deal(**client)
    company.settle()
    company.fill(deal, make_doc="Договор субподряда")
    wait_until(company.engine._open_runs)
    company.portal.events(hold=True)
    other = next(kind.option for kind in company.config.document_kinds.values() if kind.code == "T06")
    with company.engine._looking:
        company.fill(deal, make_doc=other)
        document.set()
        wait_until(lambda: not company.engine._open_runs())
    company.portal.events(hold=False)
    company.settle()
    assert [text.split("»")[0] for text in company.comments(deal)] == [
        "Шаблон «Договор субподряда", f"Шаблон «{other}",
    ]  # fmt: skip
    assert company.value(deal, "make_doc") is None
    assert triggers.find("on_field SOFT make_doc") is not None
