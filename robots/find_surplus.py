"""Find money that a client paid too much on other orders of the same contract."""

from dataclasses import dataclass
from decimal import Decimal

from engine.deal import Deal
from engine.dictionary import DEAL
from engine.run import Run
from rules import money

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Surplus:
    """An order and what of its payments covers nothing in it."""

    order: int
    title: str
    amount: Decimal


def find_surplus(run: Run, deal: Deal) -> list[Surplus]:
    """E-SO-2. Orders under the card's contract that are paid above their own sum, or have ended with an advance left."""
    if deal["contract"] is None:
        return []
    found = run.fact(f"surplus of contract {deal['contract']}", lambda: _ask(run, deal))
    return [Surplus(one["order"], one["title"], Decimal(one["amount"])) for one in found]


def _ask(run: Run, deal: Deal) -> list[dict]:
    dictionary = run.engine.dictionary
    which = {
        "=categoryId": dictionary.category(deal.process),
        f"@{dictionary.field(deal.process, 'contract').code}": [f"D_{deal['contract']}", str(deal["contract"])],
        "!=id": deal.id,
    }
    params = {"entityTypeId": DEAL, "filter": which, "select": ["*", "UF_*"], "order": {"id": "ASC"}}
    items = run.engine.ask("crm.item.list", {**params, "useOriginalUfNames": "Y"}).result["items"]
    orders = [Deal.of_item(dictionary, item) for item in items if int(item["id"]) != deal.id]
    amounts = {order.id: _surplus(run, order) for order in orders}
    return [
        {"order": order.id, "title": order.title, "amount": str(amounts[order.id])}
        for order in orders
        if amounts[order.id] > 0
    ]


def _surplus(run: Run, order: Deal) -> Decimal:
    """An open order still needs what it has asked for in advance."""
    advance, paid = money.known(order["so_advance"]) or NOTHING, money.known(order["so_paid"]) or NOTHING
    return min(advance, paid - order.amount) if order.is_open(run.company) else advance
