"""REGISTRY: a document that is signed, registered again or deleted."""

from datetime import date
from decimal import Decimal

import pytest


@pytest.fixture
def client(company):
    return {"company": company.any_company(), "contact": company.any_contact()}


def registered(company, deal, kind):
    """The register card of a document that the button made."""
    company.fill(deal, make_doc=kind)
    company.settle()
    return company.register(doc_source=deal)[-1]


def contract_of(company, client, deal=None, **fields):
    said = {"doc_no": "Д-2026/017", "doc_date": date(2026, 3, 31), "doc_state": "На подписании", "doc_side": "Клиент"}
    said |= {"company": client["company"], "doc_prolong": "Не требуется", "doc_init": company.manager_of("Москва")}
    return company.new_deal(
        "REGISTRY", "CONTRACT", title="Договор Д-2026/017", **{**said, "doc_source": deal, **fields}
    )


@pytest.mark.slow
def test_a_signed_scan_makes_a_contract_valid_and_its_order_goes_on(company, client):
    """RG-T6, SO-T11."""
    deal = company.deal_in("CONTRACT", **client, delivery_way="Самовывоз", ship_until=date(2026, 12, 28))
    contract = contract_of(company, client, deal)
    company.settle()
    company.put_scan(contract, "Договор подписанный.pdf")
    company.settle()
    state = [company.value(contract, name) for name in ("doc_state", "doc_signed", "doc_start")]
    assert state == ["Действует", date(2026, 11, 23), date(2026, 11, 23)]
    assert company.value(deal, "contract") == contract
    assert company.stage(deal) == "SUPPLY"


@pytest.mark.slow
def test_a_contract_that_is_made_with_its_scan_is_signed_as_well(company, client):
    """RG-T6."""
    deal = company.deal_in("CONTRACT", **client, delivery_way="Самовывоз", ship_until=date(2026, 12, 28))
    contract = contract_of(company, client, deal, doc_scan=[["Договор.pdf", "JVBERi0xLjQ="]])
    company.settle()
    assert company.value(contract, "doc_state") == "Действует"
    assert company.value(deal, "contract") == contract
    assert company.stage(deal) == "SUPPLY"


@pytest.mark.slow
def test_a_signing_date_that_people_entered_stays_and_a_closing_document_is_signed_not_valid(company, client):
    """RG-T6."""
    deal = company.deal_in("OFFER", **client)
    invoice = registered(company, deal, "Счёт на оплату")
    company.fill(invoice, doc_signed=date(2026, 11, 20))
    company.put_scan(invoice, "Счёт.pdf")
    company.settle()
    assert company.value(invoice, "doc_signed") == date(2026, 11, 20)
    assert company.value(invoice, "doc_state") == "Подписан (закрывающий)"
    assert "Документ подписан 20.11.2026, состояние: «Подписан (закрывающий)»." in company.comments(invoice)


@pytest.mark.slow
def test_a_signed_document_is_not_replaced_by_a_new_version(company, client):
    """The card says so; the new file lies on the deal."""
    deal = company.deal_in("OFFER", **client)
    invoice = registered(company, deal, "Счёт на оплату")
    company.put_scan(invoice, "Счёт.pdf")
    company.settle()
    company.set_rows(deal, ("Каска", "900", "1"))
    company.settle()
    registered(company, deal, "Счёт на оплату")
    assert company.value(invoice, "doc_sum") == Decimal("429000.00")
    assert any("документ уже подписан" in one for one in company.comments(invoice))
    assert len(company.files(deal)) == 2


def test_a_deleted_document_is_told_to_its_source_whose_link_is_cleared(company, client):
    """E-RG-9."""
    deal = company.deal_in("OFFER", **client)
    contract = contract_of(company, client, deal)
    company.fill(deal, contract=contract)
    company.settle()
    company.delete(contract)
    company.settle()
    assert company.value(deal, "contract") is None
    assert "Документ удалён из реестра: Договор Д-2026/017." in company.comments(deal)


@pytest.mark.slow
def test_a_scan_that_came_before_the_type_was_chosen_counts_when_it_is(company, client):
    """RG-T6. Put on a card whose type nobody knew yet."""
    deal = company.deal_in("OFFER", **client)
    said = {
        "doc_no": "45",
        "doc_date": date(2026, 11, 20),
        "doc_state": "Проект",
        "doc_side": "Клиент",
        "doc_sum": Decimal(1),
    }
    said |= {"company": client["company"], "doc_init": company.manager_of("Москва"), "doc_source": deal}
    document = company.new_deal("REGISTRY", "NEW", title="Документ", **said)
    company.put_scan(document, "Документ.pdf")
    company.settle()
    assert company.value(document, "doc_state") == "Проект"
    company.move(document, "UPD")
    company.settle()
    assert company.value(document, "doc_state") == "Подписан (закрывающий)"
    assert company.value(document, "doc_signed") == date(2026, 11, 23)
    signed = [one for one in company.comments(document) if one.startswith("Документ подписан")]
    assert len(signed) == 1
