"""What the clock does to documents whose last day has passed (RG-T11, RG-T13)."""

from datetime import date

import pytest

SUIT = "Костюм «Монтажник»"


@pytest.mark.slow
def test_an_expired_contract_blocks_new_shipments_of_its_open_orders_and_the_seller_hears_of_it(company):
    """RG-T13: on the night after its last day, once."""
    order = company.order_in("SUPPLY", ship_until=date(2026, 12, 20))
    contract, manager = company.value(order, "contract"), company.card(order)["assignedById"]
    shipment = company.shipment_of(order, (SUIT, "1200", "60"), plan=date(2026, 12, 2))
    company.fill(contract, doc_end=date(2026, 11, 30))
    company.settle()
    company.at("30.11.2026 23:00")
    company.run_clock()
    assert company.value(contract, "doc_state") == "Действует"
    for moment in ("01.12.2026 00:35", "01.12.2026 12:00", "02.12.2026 12:00"):
        company.at(moment)
        company.run_clock()
        assert company.value(contract, "doc_state") == "Истёк"
    assert company.titles(contract) == ["Закройте обязательства по истёкшему договору"]
    blocked = "Договор истёк: новые отгрузки заблокированы"
    assert sum(blocked in text for text in company.notifications(manager)) == 1
    assert sum(blocked in text for text in company.comments(order)) == 1
    assert not any(blocked in text for text in company.comments(shipment)), "its order was told"
    company.move(shipment, "RESERVE")
    company.settle()
    assert company.stage(shipment) == "NEW"
    assert blocked in company.value(shipment, "block")
    assert company.failures() == []


@pytest.mark.slow
def test_a_contract_that_goes_on_by_itself_keeps_its_day_as_often_as_it_may(company):
    """RG-T11: 29 February comes back in a leap year; after the last time allowed people decide."""
    contract = company.frame_contract(
        company.any_company(), until=date(2028, 2, 29), doc_prolong="Автоматическая", doc_period=12, doc_maxprol=4,
    )  # fmt: skip
    company.settle()
    for night, end in (
        ("29.02.2028 00:35", date(2028, 2, 29)),
        ("01.03.2028 00:35", date(2029, 2, 28)),
        ("01.03.2029 00:35", date(2030, 2, 28)),
        ("01.03.2030 00:35", date(2031, 2, 28)),
        ("01.03.2031 00:35", date(2032, 2, 29)),
    ):
        company.at(night)
        company.run_clock()
        assert company.value(contract, "doc_end") == end, night
    assert (
        company.value(contract, "doc_hist")[0] == "01.03.2028; 29.02.2028; 28.02.2029; автопролонгация; автоматически"
    )
    assert len(company.value(contract, "doc_hist")) == 4
    company.at("31.12.2031 12:00")
    company.run_clock()
    assert company.titles(contract) == ["Пролонгируйте документ"]
    company.at("01.03.2032 00:35")
    company.run_clock()
    assert company.value(contract, "doc_state") == "Истёк"
    assert company.failures() == []


@pytest.mark.slow
def test_an_addendum_that_is_still_being_signed_is_waited_for(company):
    """RG-T10, RG-T13: the decision is there, so the contract does not expire; nothing is shipped under it meanwhile."""
    contract = company.frame_contract(company.any_company(), until=date(2026, 11, 30))
    company.settle()
    company.fill(contract, doc_result="Пролонгирован доп. соглашением", doc_newend=date(2027, 11, 30))
    company.settle()
    company.at("01.12.2026 00:35")
    company.run_clock()
    assert (company.value(contract, "doc_state"), company.value(contract, "doc_end")) == (
        "Действует",
        date(2026, 11, 30),
    )
