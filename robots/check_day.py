"""Check the day on which goods are said to have left."""

from datetime import date

from engine.deal import Deal
from engine.run import Run
from rules import shipped, vat


def wrong_day(run: Run, shipment: Deal, day: date) -> str | None:
    """E-SH-11. Why the goods of the shipment cannot have left on that day, without a full stop; None when they can."""
    rates = run.company.vat.rates
    return shipped.wrong_day(day, run.today(shipment), vat.first_day(rates, kind_of_vat(run, shipment)))


def kind_of_vat(run: Run, shipment: Deal) -> str:
    """The kind of rates of the own company that ships: the shipment's, else its order's, else the first one."""
    order, ours = run.parent(shipment), run.company.our_companies
    name = shipment["our"] or (order["our"] if order is not None else None)
    our = ours.get(name) or next(iter(ours.values()))
    return run.company.vat.kind_of(our.vat_mode)
