"""C-08: the penalty that a claim asks for."""

from dataclasses import dataclass
from decimal import Decimal

from rules.money import q

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Penalty:
    """What is asked for. `is_capped`: the days would have given more than the contract allows."""

    amount: Decimal
    is_capped: bool = False


def penalty(debt: Decimal, days: int, percent: Decimal, cap: Decimal | None = None) -> Penalty:
    """C-08. `percent` of the debt for each day, at most `cap` percent of the debt in all; without a `cap` no limit."""
    grown = q(debt * days * percent / HUNDRED)
    most = grown if cap is None else q(debt * cap / HUNDRED)
    return Penalty(min(grown, most), grown > most)
