"""Fill a document from a shipment."""

from engine.deal import Deal
from engine.run import Run
from robots.fill_document import Filled, fill_document

OF_THE_ORDER = ("contract", "our", "contact")


def fill_for_shipment(run: Run, shipment: Deal, code: str, *, subject: str = "") -> Filled | None:
    """As `fill_document`; contract, own company and contact are those of the order where the shipment names none."""
    order = run.parent(shipment)
    taken = (
        {name: order[name] for name in OF_THE_ORDER if not shipment[name] and order[name]} if order is not None else {}
    )
    return fill_document(run, shipment.but(**taken), code, subject=subject)
