"""C-11: what the company and a representative owe each other after a month. A positive sum is the company's debt."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile

from rules import money
from rules.money import q

ZERO = Decimal("0.00")
MONTHS_OF_DEBT = 3
"""From so many months below zero in a row on they are told to the coordinator and the chief accountant (E-RP-4)."""


@dataclass(frozen=True)
class Settlement:
    """A month settled: one of `pay` and `hold`, or neither; `carry_out` goes to the next month if that is done in full."""

    balance: Decimal
    pay: Decimal
    hold: Decimal
    carry_out: Decimal

    @property
    def is_closed(self) -> bool:
        """«Расчёты закрыты»: nobody owes anything."""
        return self.balance == 0

    @property
    def asked(self) -> Decimal:
        """What is to be paid or to be withheld."""
        return self.pay or self.hold


def settle(carry_in: Decimal, approved: Decimal, advance: Decimal, limit: Decimal | None = None) -> Settlement:
    """C-11. `limit`: how much may be withheld in a month, None for no limit."""
    balance = q(carry_in + approved - advance)
    if balance >= 0:
        return Settlement(balance, balance, ZERO, ZERO)
    hold = -balance if limit is None else min(-balance, max(q(limit), ZERO))
    return Settlement(balance, ZERO, hold, q(balance + hold))


def not_handed_in(carry_in: Decimal, advance: Decimal, limit: Decimal | None = None) -> Settlement:
    """RP-T10. Without a report the whole advance is a debt; all of it goes to the next month, as nobody withholds it now."""
    settled = settle(carry_in, ZERO, advance, limit)
    return Settlement(settled.balance, settled.pay, settled.hold, settled.balance)


def carry_out(settled: Settlement, done: Decimal) -> Decimal:
    """RP-T7, E-RP-13. What goes to the next month after `done` was really paid or withheld."""
    return q(settled.balance - done if settled.balance > 0 else settled.balance + done)


def wrong_done(settled: Settlement, done: Decimal) -> str | None:
    """RP-T7. Why «Выплачено / удержано фактически» cannot be right, for people; None when it can."""
    if done < 0:
        return "«Выплачено / удержано фактически»: сумма меньше нуля"
    if done > settled.asked:
        said = "К выплате" if settled.pay else "К удержанию"
        return (
            f"«Выплачено / удержано фактически»: {money.text(done)} больше, чем «{said}» — {money.text(settled.asked)}"
        )
    return None


def cut(claimed: Decimal, approved: Decimal) -> Decimal:
    """«Не принято»; below zero when a reviewer raised a row (E-RP-6). Anything but nought needs its reason."""
    return q(claimed - approved)


def carried_in(carry: Decimal, taken: Decimal, left: Decimal) -> Decimal:
    """RP-T7, RP-T11. The carry of a month of which `taken` came from the report before, now that that one leaves `left`."""
    return q(carry + left - taken)


def months_of_debt(balances: Iterable[Decimal | None]) -> int:
    """E-RP-4. How many months in a row ended below zero. `balances`: the newest first, None of a month that is not known."""
    return sum(1 for _ in takewhile(lambda balance: balance is not None and balance < 0, balances))
