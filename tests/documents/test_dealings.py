"""What was delivered and paid under a contract, read from a portal on which people have worked."""

from datetime import date
from decimal import Decimal

import pytest

from documents import dealings
from engine.deal import Deal

SUIT, DAY = "Костюм «Монтажник»", date(2026, 11, 20)
OURS, TRADE = "ООО «Сферотек»", "ООО «Сферотек Трейд»"


def order(company, client: int, contract: int | None, our: str | None = OURS) -> int:
    return company.new_deal("SOFT", company=client, contract=contract, our=our)


def shipped(company, order: int, pieces: str, day: date | None = DAY) -> int:
    """So many suits at 1 000,00 of that order, which says contract and own company for it."""
    shipment = company.new_deal(
        "SOFT_SHIPMENT",
        company=company.value(order, "company"),
        parent=order,
        sh_plan=DAY,
        sh_fact=day,
        sh_warehouse="Новосибирск",
    )
    company.set_rows(shipment, (SUIT, "1000", pieces))
    return shipment


def pay(company, deal: int, amount: str) -> None:
    company.fill(deal, pay_sum=Decimal(amount), pay_date=DAY, pay_no=amount)


def act(company, client: int, contract: int, number: str, state: str) -> int:
    return company.new_deal(
        "REGISTRY", "ACT", title="Акт", company=client, doc_base=contract, our=OURS, doc_no=number, doc_date=DAY, doc_side="Клиент",
        doc_sum=Decimal(5000), doc_state=state, doc_init=company.manager_of("Москва"), doc_signed=DAY,
    )  # fmt: skip


@pytest.mark.slow
def test_the_contract_and_our_company_decide_what_belongs_together(company):
    """T18, T19: debts of two contracts are not netted (E-RC-7)."""
    client = company.any_company()
    first, second = (
        company.frame_contract(client, doc_no=number, doc_frame=False, doc_sum=Decimal(1)) for number in ("1", "2")
    )
    named, of_trade, of_second = (
        order(company, client, first),
        order(company, client, first, TRADE),
        order(company, client, second),
    )
    stranger = order(company, company.another_company(), None)
    gone = shipped(company, named, "3")
    shipped(company, named, "2", day=None)
    returned = shipped(company, named, "7")
    for one, pieces in ((of_trade, "11"), (of_second, "13"), (stranger, "17")):
        shipped(company, one, pieces)
    act(company, client, first, "А-1", "Подписан (закрывающий)")
    act(company, client, first, "А-2", "Проект")
    act(company, client, second, "А-3", "Подписан (закрывающий)")
    company.settle()
    company.fill(returned, sh_cancel="Брак")
    company.move(returned, "RETURNED")
    for card, amount in ((named, "1000"), (gone, "500"), (returned, "250"), (of_second, "77")):
        pay(company, card, amount)
    company.settle()

    def read(card: int) -> tuple[list, list]:
        deal = Deal.of_item(company.dictionary, company.card(card))
        found = dealings.read(company.engine, deal, DAY)
        return [(one.kind, one.number, int(one.total)) for one in found.deliveries], [
            int(one.amount) for one in found.payments
        ]

    assert read(named) == ([("УПД", f"{named}/1", 3000), ("Акт", "А-1", 5000)], [1000, 500, 250])
    assert read(gone) == read(named), "a shipment is asked as its order"
    assert read(of_second) == ([("УПД", f"{of_second}/1", 13000), ("Акт", "А-3", 5000)], [77])
    assert read(of_trade) == ([("УПД", f"{of_trade}/1", 11000)], [])
    assert read(stranger) == ([("УПД", f"{stranger}/1", 17000)], [])
    free = order(company, client, None)
    assert sum(total for *_, total in read(free)[0]) == 3000 + 13000 + 10000, "without a contract: all of them"
    assert company.failures() == []
