"""The register of documents, as other processes use it."""

from datetime import date
from decimal import Decimal

import pytest

from engine.triggers import Trigger, _claims, claim
from robots.register_document import register_document

UPD = {"number": "УПД-77", "date": date(2026, 11, 23), "sum": Decimal("72000.00")}


@pytest.fixture
def company_that_registers(company):
    """Signals «register» of this test reach the robot, as 1C's and handlers' reach it through their process."""
    asked = Trigger("on_signal", "SOFT", "register", lambda run, deal: register_document(run, deal, "UPD", **UPD))
    claim(asked)
    yield company
    del _claims[asked.identity]


def test_e_rg_7_the_same_upd_from_1c_and_by_hand_is_one_document(company_that_registers):
    """E-RG-7: by number, date and client; another client's of that number is another one."""
    company = company_that_registers
    client, other = company.any_company(), company.twin_of(company.any_company())
    by_hand = dict(
        doc_no="УПД-77", doc_date=date(2026, 11, 23), doc_state="Проект", doc_side="Клиент", doc_sum=Decimal("71000")
    )
    company.new_deal("REGISTRY", "UPD", title="Чужой УПД", company=other, **by_hand)
    there = company.new_deal("REGISTRY", "UPD", title="УПД", company=client, **by_hand)
    deal = company.deal_in("OFFER", company=client)
    for _ in (1, 2):
        company.tell(deal, "register")
        company.settle()
    assert len(company.register(doc_no="УПД-77")) == 2
    assert company.value(there, "doc_sum") == Decimal("72000.00")
    assert company.value(there, "doc_source") == deal
    assert "Сумма документа изменена: было 71\u00a0000,00\u00a0₽, стало 72\u00a0000,00\u00a0₽." in company.comments(
        there
    )
    assert len([one for one in company.comments(deal) if "Документ уже есть в реестре" in one]) == 2
    assert not company.failures()


def test_a_document_of_1c_is_opened_with_all_that_the_register_asks_for(company_that_registers):
    """RG-T1: nothing is missing there, so its guard stays silent."""
    company = company_that_registers
    deal = company.deal_in("OFFER")
    company.tell(deal, "register")
    company.settle()
    [card] = company.register(doc_no="УПД-77")
    assert (company.stage(card), company.value(card, "block")) == ("UPD", None)
    assert company.value(card, "city") == company.value(deal, "city")
    assert company.card(card)["title"].startswith("УПД № УПД-77 — ")
    assert company.engine.storage  # the register card is a family of its own: what happens to it waits for nobody
    assert company.value(card, "parent") is None
