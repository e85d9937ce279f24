"""Tell the week's reports that something has become of a shipment that they list."""

from engine.run import Run

REPORT = "RECEIVABLES"
OPEN = ("NEW", "CHECK")


def tell_reports(run: Run, shipment: int) -> None:
    """RC-T2, E-RC-5. Each open report that lists it is counted anew, in a run of its own family."""
    for report in run.fact(f"reports with {shipment}", lambda: _listing(run, shipment)):
        run.signal(report, "debtor")


def _listing(run: Run, shipment: int) -> list[int]:
    return [card.id for card in run.engine.known_cards(REPORT, *OPEN) if shipment in (card["dz_list"] or [])]
