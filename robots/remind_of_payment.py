"""Have the manager remind the client of a payment that comes due."""

from datetime import date

from engine.deal import Deal
from engine.run import Doing, Run
from robots.create_task import create_task


def remind_of_payment(run: Run, shipment: Deal, due: date | None) -> Doing | None:
    """SH-T7. Three working days before the payment is due the manager reminds the client. Not of what is late already."""
    if due is None or due < run.today(shipment):
        return None
    return create_task(run, shipment, "SH-6", day=due, note=f"Срок оплаты: {due:%d.%m.%Y}.")
