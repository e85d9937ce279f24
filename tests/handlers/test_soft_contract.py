"""SOFT at its contract stage, as people see it on the portal."""

from datetime import date
from decimal import Decimal

import pytest

FRAME = "Рамочный договор истекает 31.12.2026, раньше срока поставки 15.01.2027"


@pytest.fixture
def client(company):
    """A client company and its contact."""
    return {"company": company.any_company(), "contact": company.any_contact()}


def test_the_first_legal_entity_is_the_deals_until_a_person_chooses_another(company, client):
    """Spec §4.2."""
    deal = company.new_deal(**client)
    other = company.new_deal(**client, our=list(company.config.our_companies)[1])
    company.settle()
    assert company.value(deal, "our") == next(iter(company.config.our_companies))
    assert company.value(other, "our") == list(company.config.our_companies)[1]


@pytest.mark.slow
def test_without_a_framework_contract_the_manager_prepares_one_and_gets_it_signed(company, client):
    """SO-T9, SO-T10, SO-T11: the signed contract is the order's, which goes on to supply."""
    deal = company.deal_in("CONTRACT", **client, ship_until=date(2026, 12, 20), delivery_way="Самовывоз")
    assert company.titles(deal) == ["Подготовьте договор и спецификацию"]
    assert company.checklist(deal, "Подготовьте договор") == [
        "реквизиты проверены",
        "условия оплаты",
        "протокол разногласий",
    ]
    company.close_task(deal, "Подготовьте договор")
    company.settle()
    assert company.titles(deal) == ["Получите подписанный договор"]

    contract = company.frame_contract(client["company"], doc_frame=False, doc_state="На подписании", doc_source=deal)
    company.settle()
    company.put_scan(contract, "Договор.pdf")
    company.settle()
    assert company.stage(deal) == "SUPPLY", company.value(deal, "block")
    assert company.value(deal, "contract") == contract
    assert "Получите подписанный договор" not in company.titles(deal)


@pytest.mark.slow
def test_under_a_framework_contract_a_signed_specification_is_enough(company, client):
    """SO-T9, SO-T11."""
    contract = company.frame_contract(client["company"])
    deal = company.deal_in("CONTRACT", **client, ship_until=date(2026, 12, 20), delivery_way="Самовывоз")
    assert company.value(deal, "contract") == contract
    assert company.titles(deal) == [], "nothing to prepare but the specification, which the layer makes"
    [specification] = company.register(doc_source=deal)
    assert company.stage(specification) == "SPEC"
    company.put_scan(specification, "Спецификация.pdf")
    company.settle()
    assert company.stage(deal) == "SUPPLY", company.value(deal, "block")
    assert company.value(deal, "contract") == contract


@pytest.mark.slow
def test_e_so_6_a_framework_contract_that_ends_before_the_delivery_does_not_spare_the_contract_stage(company, client):
    """E-SO-6: seen at the contract stage, when the day of delivery is moved there, and again at supply."""
    company.frame_contract(client["company"], until=date(2026, 12, 31))
    deal = company.deal_in("CONTRACT", **client, ship_until=date(2027, 1, 15), delivery_way="Самовывоз")
    assert company.titles(deal) == ["Подготовьте договор и спецификацию"]
    assert any(FRAME in text for text in company.comments(deal))
    company.move(deal, "SUPPLY")
    company.settle()
    assert company.stage(deal) == "CONTRACT"
    assert FRAME in company.value(deal, "block")

    jumped = company.deal_in("OFFER", **client, ship_until=date(2027, 1, 15), delivery_way="Самовывоз")
    company.move(jumped, "SUPPLY")
    company.settle()
    assert company.stage(jumped) == "OFFER"
    assert FRAME in company.value(jumped, "block")

    moved = company.deal_in("CONTRACT", **client, ship_until=date(2026, 12, 20), delivery_way="Самовывоз")
    assert company.titles(moved) == []
    company.fill(moved, ship_until=date(2027, 1, 15))
    company.settle()
    assert company.titles(moved) == ["Подготовьте договор и спецификацию"]
    assert any(FRAME in text for text in company.comments(moved))


@pytest.mark.slow
def test_e_so_6_without_any_framework_contract_the_stage_cannot_be_jumped_over(company, client):
    one_off = company.frame_contract(client["company"], doc_frame=False, doc_sum=Decimal(429000))
    deal = company.deal_in("OFFER", **client, ship_until=date(2026, 12, 20), delivery_way="Самовывоз", contract=one_off)
    company.move(deal, "SUPPLY")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert "Не пройдена стадия «Договор и спецификация»" in company.value(deal, "block")


def test_e_so_9_an_order_for_nothing_gets_no_contract(company, client):
    deal = company.deal_in("OFFER", **client)
    company.set_rows(deal, ("Костюм «Монтажник»", "0", "100"))
    company.move(deal, "CONTRACT")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert company.value(deal, "block") == "Не заполнено: Товары (спецификация), Сумма"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({"terms": "Аванс X%, остаток перед отгрузкой", "terms_pct": 100}, "выберите «100% предоплата»"),
        ({"terms": "Аванс X%, остаток перед отгрузкой", "terms_pct": 0}, "выберите условия с отсрочкой"),
        ({"terms": "Поэтапно по графику", "terms_sched": "30; счёт; 5 рд\n60; отгрузка; 30 кд"}, "дают 90%"),
        ({"terms": "Поэтапно с гарантийным удержанием R%"}, "выберите «Поэтапно по графику»"),
    ],
)
def test_terms_of_payment_that_make_no_sense_keep_the_deal_from_its_contract(company, client, terms, says):
    """C-04, §15.4: the card says what to choose instead."""
    deal = company.deal_in("OFFER", **{**client, **terms})
    company.move(deal, "CONTRACT")
    company.settle()
    assert company.stage(deal) == "OFFER"
    assert says in company.value(deal, "block")


@pytest.mark.slow
def test_e_so_12_another_client_after_the_contract_brings_the_order_back_to_it(company, client):
    """E-SO-12: and a request that only begins finds the contract of its new client."""
    company.frame_contract(client["company"])
    order = company.order_in("SUPPLY", **client)
    other = company.another_company()
    company.fill(order, company=other)
    company.settle()
    assert company.stage(order) == "CONTRACT"
    assert company.value(order, "contract") is None
    assert any("Компания заменена" in text for text in company.comments(order))
    assert company.titles(order) == ["Подготовьте договор и спецификацию"], "the tasks of supply are cancelled"

    request, theirs = company.deal_in("QUALIFY", **client), company.frame_contract(other)
    assert company.value(request, "contract") is not None
    company.fill(request, company=other)
    company.settle()
    assert company.stage(request) == "QUALIFY"
    assert company.value(request, "contract") == theirs


@pytest.mark.slow
def test_a_sum_that_is_not_the_sum_of_the_rows_is_told_of(company, client):
    """C-01."""
    deal = company.deal_in("OFFER", **client)
    company.set_sum_by_hand(deal, "400000")
    company.settle()
    assert any("не равна сумме товаров 429\u00a0000,00\u00a0₽" in text for text in company.comments(deal))
