"""What is still to be paid by an act of works: less what is retained, less the advance (T15)."""

from dataclasses import dataclass
from decimal import Decimal

from rules.money import q

HUNDRED, ZERO = Decimal(100), Decimal("0.00")


@dataclass(frozen=True)
class Settlement:
    """The sum of an act, divided: the three parts make the whole."""

    total: Decimal
    advance: Decimal
    retained: Decimal

    @property
    def to_pay(self) -> Decimal:
        return self.total - self.advance - self.retained


def settle(total: Decimal, received: Decimal = ZERO, retain: Decimal = ZERO) -> Settlement:
    """`retain` percent of the sum wait for the end of the guarantee (HD-T18); of the rest what was `received` is offset.

    Of an advance that is more than the rest only so much is offset; a negative one offsets nothing.
    """
    retained = q(total * retain / HUNDRED)
    return Settlement(total, min(max(q(received), ZERO), total - retained), retained)
