"""What was delivered to a client under a contract, and what the client has paid, as the cards of the portal say (T18, T19).

Deliveries: shipments that have left, by the УПД that the register has of them, and signed acts of the register. Payments:
those that stand on orders, projects and shipments, also on cancelled ones. What was taken back counts as never delivered.
https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-list.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.deal import Deal
from engine.dictionary import DEAL
from rules import payments
from rules.allocation import Payment

ORDERS, SHIPMENT, REGISTER = ("SOFT", "HARD"), "SOFT_SHIPMENT", "REGISTRY"
UPD, ACT = "UPD", "ACT"
SIGNED = "Подписан (закрывающий)"


@dataclass(frozen=True)
class Delivery:
    """`paper`: «УПД № 7» or «Акт № А-2026/003», and the day of that paper; `schedule`: lines «дата; сумма; остаток»."""

    day: date
    total: Decimal
    kind: str
    number: str
    paper_day: date
    schedule: str = ""


@dataclass(frozen=True)
class Dealings:
    """`on`: the day on which the portal said so."""

    on: date
    deliveries: list[Delivery]
    payments: list[Payment]


def read(engine, deal: Deal, today: date) -> Dealings:
    """Under the contract of the card, with its own company; where the card names no contract, under all and without one."""
    if not deal["company"]:
        return Dealings(today, [], [])
    papers = {one.id: one for one in _cards(engine, deal["company"], [REGISTER]) if one.stage in (UPD, ACT)}
    cards = {one.id: one for one in _cards(engine, deal["company"], [*ORDERS, SHIPMENT])}
    known = _Belonging(engine, cards, deal)
    of_contract = [one for one in cards.values() if known.belongs(one)]
    shipped = [made for one in of_contract for made in _shipped(engine, one, papers)]
    accepted = [made for one in papers.values() if known.belongs(one) for made in _accepted(one)]
    paid = [one for card in of_contract for one in payments.readable(card["payments"])]
    return Dealings(today, shipped + accepted, paid)


class _Belonging:
    """Which cards are of the same contract and the same own company; a shipment that says neither is as its order."""

    def __init__(self, engine, cards: dict[int, Deal], deal: Deal):
        self._cards, self._first = cards, next(iter(engine.company.our_companies))
        self._contract, self._our = self._of(deal)

    def belongs(self, card: Deal) -> bool:
        contract, our = self._of(card)
        return our == self._our and self._contract in (None, contract)

    def _of(self, card: Deal) -> tuple[int | None, str]:
        order = self._cards.get(card["parent"])
        named = [card, order] if order is not None else [card]
        base = "doc_base" if card.process == REGISTER else "contract"
        contract = next((one[base] for one in named if one[base]), None)
        return contract, next((one["our"] for one in named if one["our"]), self._first)


def _shipped(engine, card: Deal, papers: dict[int, Deal]) -> Iterator[Delivery]:
    """Goods that have left and did not come back. Before 1C has given the УПД its number, it is called as the register calls it."""
    if card.process != SHIPMENT or card["sh_fact"] is None or not card.is_living(engine.company):
        return
    upd = papers.get(card["sh_upd"])
    number = (upd["doc_no"] if upd is not None else None) or f"{card.parent or card.id}/{card['sh_no']}"
    day = (upd["doc_date"] if upd is not None else None) or card["sh_fact"]
    yield Delivery(card["sh_fact"], card["sh_sum"] or Decimal(0), "УПД", number, day, card["sh_sched"] or "")


def _accepted(card: Deal) -> Iterator[Delivery]:
    """Works, by an act that both have signed."""
    if card.stage == ACT and card["doc_state"] == SIGNED and card["doc_date"] and isinstance(card["doc_sum"], Decimal):
        yield Delivery(card["doc_date"], card["doc_sum"], "Акт", card["doc_no"] or "б/н", card["doc_date"])


def _cards(engine, company: int, processes: Sequence[str]) -> Iterator[Deal]:
    """All cards of the client in these funnels."""
    which = {"@categoryId": [engine.dictionary.category(one) for one in processes], "=companyId": company}
    params = {"entityTypeId": DEAL, "filter": which, "select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
    return (Deal.of_item(engine.dictionary, item) for item in engine.portal.list("crm.item.list", params))
