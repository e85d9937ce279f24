"""Read the terms of payment of an order or of a shipment."""

from engine.deal import Deal
from engine.run import Run
from rules import payment_schedule
from rules.payment_schedule import Part


def read_terms(run: Run, deal: Deal) -> list[Part]:
    """§15.4. What of the card's sum is paid when; nothing while no terms are chosen.

    Raises payment_schedule.WrongTerms, which says to people what to correct.
    """
    terms = run.company.terms.get(deal["terms"])
    if terms is None:
        return []
    return payment_schedule.parts(terms, deal["terms_pct"], deal["terms_days"], deal["terms_sched"] or "")
