"""Order what is not in stock: from our production, and from suppliers."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from documents import terms
from engine.deal import Deal, Row
from engine.run import Run
from robots.close_tasks import close_tasks, open_tasks
from robots.comment import comment
from robots.find_families import find_families
from robots.open_deal import open_deal
from robots.read_terms import read_terms
from rules import allocation, amounts, payment_schedule, reading, split

MAKE, BUY = "PRODUCTION", "PURCHASE"
COPIED = ("ship_until",)


def order_supply(run: Run, order: Deal, splits: list[split.Split]) -> None:
    """SO-T13. What is to be made goes to production, one child per family of goods; what is to be bought, to a supplier.

    What earlier children bring already is not ordered again.
    """
    make = _still_to_order(run, order, MAKE, [(one.product, one.make) for one in splits])
    buy = _still_to_order(run, order, BUY, [(one.product, one.buy) for one in splits])
    families = find_families(run, make) if make else {}
    with run.together():
        for family in dict.fromkeys(families.values()):
            rows = [row for row in make if families[row.product] == family]
            title = f"{order.title} / производство: {family}"
            open_deal(run, order, MAKE, title=title, subject=family, copy=COPIED, rows=rows)
        if buy:
            open_deal(run, order, BUY, title=f"{order.title} / закупка", copy=COPIED, rows=buy)


def go_on_with_the_advance(run: Run, order: Deal, received: Decimal) -> None:
    """SO-T12. The client has paid `received` so far: with the whole advance in, what waited for it is ordered."""
    if not asks_for_an_advance(run, order) or not is_advance_in(run, order, received):
        return
    close_tasks(run, order, "SO-10", because="Аванс поступил")
    if not order["noadv"]:
        order_what_waits(run, order)


def order_what_waits(run: Run, order: Deal) -> None:
    """What was split and waits for money is ordered; a split that support is still at work on is not."""
    is_supplied = order.is_open(run.company) and order.has_reached("SUPPLY", run.company)
    at_work = run.fact("split goes on", lambda: open_tasks(run.engine, order.id, ("SO-8",)))
    if not order["so_split"] or not is_supplied or at_work:
        return
    try:
        order_supply(run, order, split.parse(order["so_split"]))
    except split.WrongSplit as wrong:
        comment(run, order, f"Производство и закупка не заказаны. {wrong}")


def asks_for_an_advance(run: Run, order: Deal) -> bool:
    """Whether the client pays before the goods are ordered."""
    try:
        return payment_schedule.has_advance(read_terms(run, order))
    except payment_schedule.WrongTerms:
        return False


def is_advance_in(run: Run, order: Deal, received: Decimal) -> bool:
    """C-05. Whether the client has paid the advance of the whole order."""
    total, parts = amounts.total(order.rows), read_terms(run, order)
    lines = terms.schedule(run.company, run.engine.calendar_of(None), total, parts, {})
    return allocation.advances_are_met(received, lines)


def _still_to_order(run: Run, order: Deal, process: str, wanted: list[tuple[str, Decimal]]) -> list[Row]:
    """Rows of the order with what children of the process do not bring yet."""
    living = [one for one in run.children(order, process) if one.is_living(run.company)]
    lacking: Counter = Counter()
    for product, quantity in wanted:
        lacking[reading.name_key(product)] += quantity
    for child in living:
        for row in child.rows:
            lacking[reading.name_key(row.product)] -= row.quantity
    rows = {reading.name_key(row.product): row for row in reversed(order.rows)}
    return [replace(rows[key], quantity=lacking[key]) for key in lacking if lacking[key] > 0 and key in rows]
