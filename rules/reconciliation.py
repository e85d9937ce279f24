"""The account of a client between two days: what stood before, what came, what stands after (T19)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Operation:
    """A document of the account: what the client owes more by it (`debit`), or less (`credit`)."""

    day: date
    document: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO


@dataclass(frozen=True)
class Statement:
    """Balances above nought are owed by the client, below nought by us."""

    opening: Decimal
    lines: list[Operation]

    @property
    def debit(self) -> Decimal:
        return sum((one.debit for one in self.lines), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((one.credit for one in self.lines), ZERO)

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


def statement(operations: Iterable[Operation], since: date, until: date) -> Statement:
    """Operations of the period by day, both days included; of one day what the client owes more comes first."""
    known = sorted(operations, key=lambda one: (one.day, one.credit > 0))
    opening = sum((one.debit - one.credit for one in known if one.day < since), ZERO)
    return Statement(opening, [one for one in known if since <= one.day <= until])


def sides(balance: Decimal) -> tuple[Decimal, Decimal]:
    """A balance as it stands in the columns: in the debit what the client owes, in the credit what we owe."""
    return max(balance, ZERO), max(-balance, ZERO)
