"""Open a shipment of an order with everything that no shipment carries yet."""

from engine.deal import Deal
from engine.run import Doing, Run
from robots.comment import comment
from robots.open_deal import open_deal
from rules import shipping

PROCESS = "SOFT_SHIPMENT"
COPIED = ("contract", "our", "terms", "terms_pct", "terms_days", "terms_sched", "delivery_way", "address")


def open_shipment(run: Run, order: Deal) -> Doing | None:
    """SO-T14. A card in the first stage of shipments: the person leaves in it what shall go, the rest is offered to the next one.

    Where nothing is left none is opened, and the order says so (E-SO-7).
    """
    rows = shipping.left(order.rows, [row for one in living_shipments(run, order) for row in one.rows])
    if not rows:
        comment(run, order, "Отгрузка не создана: все товары заказа уже распределены по отгрузкам.")
        return None
    return open_deal(run, order, PROCESS, title=f"{order.title} / отгрузка", copy=COPIED, rows=rows)


def living_shipments(run: Run, order: Deal) -> list[Deal]:
    """Shipments of the order that are neither cancelled nor returned."""
    return [one for one in run.children(order, PROCESS) if one.is_living(run.company)]
