"""What the clock says of estimates whose price no longer holds (LG-T10)."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine import storage


def stale(company, person):
    return [text for text in company.notifications(person) if "Оценка устарела" in text]


@pytest.mark.slow
def test_a_seller_hears_once_that_the_price_of_the_delivery_no_longer_holds(company):
    """LG-T10: not on its last day, not after the contract, and again only when a new price has passed as well."""
    logist = company.user("rybakov")
    order = company.deal_in("ESTIMATE", address="г. Омск, ул. Мира, 5")
    (estimate,) = company.children(order, "LOGISTICS")
    company.fill(
        estimate, by=logist, lg_from="Москва", lg_date=date(2026, 12, 20), lg_cost=Decimal(48_000), lg_price=Decimal(56_000),
        lg_days=6, lg_valid=date(2026, 11, 25), 
    )  # fmt: skip
    company.move(estimate, "READY", by=logist)
    company.settle()
    assert company.stage(estimate) == "READY", company.value(estimate, "block")
    seller = company.card(order)["assignedById"]

    company.at("25.11.2026 09:05")
    company.run_clock()
    assert stale(company, seller) == []
    for moment in ("26.11.2026 09:05", "27.11.2026 09:05"):
        company.at(moment)
        company.run_clock()
    (text,) = stale(company, seller)
    assert "цена доставки действовала до 25.11.2026" in text

    company.fill(estimate, by=logist, lg_valid=date(2026, 11, 28))
    company.at("30.11.2026 09:05")
    company.run_clock()
    assert len(stale(company, seller)) == 2

    company.fill(estimate, by=logist, lg_valid=date(2026, 11, 30))
    company.move(order, "CONTRACT")
    company.settle()
    company.at("01.12.2026 09:05")
    company.run_clock()
    assert company.stage(order) == "CONTRACT"
    assert len(stale(company, seller)) == 2


@pytest.mark.slow
def test_an_order_on_a_stage_that_nobody_knows_keeps_no_other_from_being_told_of(company):
    """LG-T10."""
    logist, orders = company.user("rybakov"), []
    for place in range(2):
        order = company.deal_in("ESTIMATE", address="г. Омск, ул. Мира, 5", title=f"Заказ {place}")
        (estimate,) = company.children(order, "LOGISTICS")
        company.fill(
            estimate, by=logist, lg_from="Москва", lg_date=date(2026, 12, 20), lg_cost=Decimal(48_000), lg_price=Decimal(56_000),
            lg_days=6, lg_valid=date(2026, 11, 25), lg_mode="Собственный транспорт",
        )  # fmt: skip
        company.move(estimate, "READY", by=logist)
        company.settle()
        assert company.stage(estimate) == "READY", company.value(estimate, "block")
        orders.append(order)
    with company.engine.storage.write() as tx:
        tx.execute(sa.update(storage.cards).where(storage.cards.c.deal_id == orders[0]).values(stage=None))
    company.at("26.11.2026 09:05")
    company.run_clock()
    assert len(stale(company, company.card(orders[1])["assignedById"])) == 1
