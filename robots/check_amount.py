"""Compare the sum of a card with its product rows (C-01)."""

from engine.deal import Deal, Row
from engine.run import Doing, Run
from robots.comment import comment
from rules import amounts, money


def check_amount(run: Run, deal: Deal, rows: list[Row]) -> Doing | None:
    """C-01. A card whose sum is off its rows by a kopeck or more says so; what is counted goes by the rows."""
    if not rows or not amounts.differs(deal.amount, rows):
        return None
    said, counted = money.text(deal.amount), money.text(amounts.total(rows))
    return comment(
        run, deal, f"Сумма сделки {said} не равна сумме товаров {counted}. В расчётах используется {counted}."
    )
