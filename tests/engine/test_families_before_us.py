"""Cards that belonged together before the layer went live: seen for the first time, they are seen as a family."""

from decimal import Decimal

import pytest

from tests.company import playing

SHIPMENT, ORDER = "SOFT_SHIPMENT", "SOFT"


@pytest.fixture
def company(tmp_path):
    """A portal with a year behind it, on which the layer has just gone live."""
    with playing(tmp_path, seed="year") as company:
        yield company


def shipments(company) -> list[dict]:
    which = {"=categoryId": company.dictionary.category(SHIPMENT), "=closed": "N"}
    params = {"entityTypeId": 2, "filter": which, "useOriginalUfNames": "Y"}
    return company.portal.act(1, "crm.item.list", params)["items"]


def seller(company, shipment: dict) -> int:
    """Who is responsible for the shipment's order, by the portal."""
    order = int(shipment["UF_CRM_SF_PARENT"].removeprefix("D_"))
    return int(company.portal.act(1, "crm.item.get", {"entityTypeId": 2, "id": order})["item"]["assignedById"])


def known(company, deal_id: int):
    return company.engine.cards_where({"=id": deal_id})[0]


def test_the_seller_of_an_order_from_before_is_found_and_its_money_counted(company):
    touched, listed = shipments(company)[:2]
    company.fill(touched["id"], dz_note="обещали на той неделе")
    company.settle()
    people = company.engine.people
    assert (
        people.in_role("SALES", known(company, touched["id"])).id == seller(company, touched) != touched["assignedById"]
    )
    company.engine.cards_on(SHIPMENT, "OVERDUE", "PAYMENT", "DOCS")
    assert people.in_role("SALES", known(company, listed["id"])).id == seller(company, listed)
    order = int(touched["UF_CRM_SF_PARENT"].removeprefix("D_"))
    company.fill(touched["id"], pay_sum=Decimal(1000), pay_no="7")
    company.settle()
    assert company.value(order, "so_debt") == company.value(touched["id"], "sh_debt") > 0
