"""Payments entered by people and told by 1C; each is taken once, and 1C hears what became of it."""

from datetime import date
from decimal import Decimal

SUIT = "Костюм «Монтажник»"
PAYMENT = {"document": "p1", "date": "2026-11-23", "sum": "20000.00", "number": "117"}


def test_1c_hears_whether_a_payment_was_taken_and_leaves_the_fields_that_people_are_filling_alone(company):
    """SH-T8, E-SH-1: the same payment by hand and from 1C is one."""
    shipment = company.new_deal(
        "SOFT_SHIPMENT", company=company.any_company(), terms="Отсрочка N календарных дней", terms_days=10
    )
    company.set_rows(shipment, (SUIT, "1200", "100"))
    company.settle()
    company.fill(shipment, pay_date=date(2026, 11, 20), pay_no="5")
    company.settle()
    assert company.value(shipment, "payments") == [], "nothing is taken before there is a sum"
    assert company.onec("payment", {**PAYMENT, "deal": shipment}).status_code == 202
    company.settle()
    outcome = company.outcome("payment", "p1")
    assert (outcome["state"], company.value(shipment, "payments")) == ("done", ["23.11.2026; 20\u00a0000,00; 117; 1С"])
    assert company.value(shipment, "pay_no") == "5"

    company.fill(shipment, pay_sum=Decimal(1000))
    company.settle()
    assert company.value(shipment, "payments")[-1] == "20.11.2026; 1\u00a0000,00; 5; вручную"
    assert [company.value(shipment, name) for name in ("pay_sum", "pay_date", "pay_no")] == [None, None, None]
    assert company.onec("payment", {**PAYMENT, "document": "p2", "deal": shipment}).status_code == 202
    company.settle()
    refused = company.outcome("payment", "p2")
    assert refused["state"] == "refused"
    assert "Такой платёж уже внесён" in refused["text"]
    assert company.value(shipment, "sh_paid") == Decimal(21000)
    assert company.failures() == []
