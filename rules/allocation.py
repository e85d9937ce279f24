"""C-05: which payment covers which line. Counted anew from all payments, so their order of arrival decides nothing.

Payments of a shipment cover its own lines, first due first. What is more, and what was paid on the order, goes to the
oldest shipment that is not paid, and what is still left is the order's advance. As all of it is counted from sums, a
refund takes back what was covered last.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol, TypeVar

from rules.money import q

ZERO = Decimal("0.00")


class Payable(Protocol):
    """A line of a schedule: `Line`, or `Due` of rules/payment_schedule.py."""

    due: date | None
    amount: Decimal
    is_advance: bool


AnyLine = TypeVar("AnyLine", bound=Payable)


@dataclass(frozen=True)
class Payment:
    """Money that came, or went back when `amount` is negative. `number`: of the payment order."""

    day: date
    amount: Decimal
    number: str = ""
    source: str = ""


@dataclass(frozen=True)
class Line:
    """What is to be paid by a day; the day may not be known yet."""

    due: date | None
    amount: Decimal
    is_advance: bool = False


@dataclass(frozen=True)
class Shipment:
    """A part of an order: its lines, the payments entered on its own card, and its place among the others."""

    key: Hashable
    lines: Sequence[Payable]
    own: Sequence[Payment] = ()
    position: int = 0

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


@dataclass(frozen=True)
class Allocation:
    """What each line of each shipment got, and what no line needed.

    `advance` is below zero only when more went back than ever came.
    """

    paid: dict[Hashable, list[Decimal]]
    advance: Decimal

    def of(self, key: Hashable) -> Decimal:
        """All that the shipment got."""
        return sum(self.paid[key], ZERO)


def received(payments: Iterable[Payment]) -> Decimal:
    """What came less what went back."""
    return sum((q(payment.amount) for payment in payments), ZERO)


def allocate(
    shipments: Iterable[Shipment],
    payments_of_order: Iterable[Payment] = (),
    policy: Literal["fifo", "proportional"] = "fifo",
    order_lines: Sequence[Payable] = (),
) -> Allocation:
    """C-05. Covers lines with payments; Σ paid + advance = Σ payments.

    `shipments`: those that live (payments of a cancelled one are payments of the order); `order_lines`: the schedule of
    the whole order, for the policy `proportional`, by which each shipment gets its share of the advance.
    """
    shipments = sorted(shipments, key=lambda shipment: shipment.position)
    of_order = received(payments_of_order)
    got, pool, kept = [], ZERO, ZERO
    shares = [ZERO] * len(shipments)
    if policy == "proportional":
        shares, kept = _shares(shipments, of_order, order_lines)
        of_order -= sum(shares, kept)
    for shipment, share in zip(shipments, shares, strict=True):
        own = received(shipment.own) + share
        got.append(min(max(own, ZERO), shipment.amount))
        pool += own - got[-1]
    pool += of_order
    from_kept = min(kept, max(-pool, ZERO))
    pool, kept = pool + from_kept, kept - from_kept
    got, pool = _cover(shipments, got, pool) if pool >= 0 else _take_back(got, pool)
    paid = {one.key: _over_lines(one.lines, amount) for one, amount in zip(shipments, got, strict=True)}
    return Allocation(paid, pool + kept)


def advances_are_met(received: Decimal, order_lines: Iterable[Payable]) -> bool:
    """C-05. Whether all that came covers the advance lines of the whole order: then none of them is asked for again."""
    return received >= sum((line.amount for line in order_lines if line.is_advance), ZERO)


def defer_advances(lines: Sequence[AnyLine]) -> list[AnyLine]:
    """Lines of a shipment whose advance counts as met: an advance is due with the next line, so never late by itself."""
    made: list[AnyLine] = []
    due = None
    for line in reversed(lines):
        due = due if line.is_advance else line.due
        made.append(replace(line, due=due) if line.is_advance else line)
    return made[::-1]


# — sums of shipments —


def _cover(shipments: Sequence[Shipment], got: list[Decimal], pool: Decimal) -> tuple[list[Decimal], Decimal]:
    """The oldest unpaid shipment first; the amounts, and what is left."""
    made = []
    for shipment, amount in zip(shipments, got, strict=True):
        more = min(shipment.amount - amount, pool)
        made.append(amount + more)
        pool -= more
    return made, pool


def _take_back(got: list[Decimal], pool: Decimal) -> tuple[list[Decimal], Decimal]:
    """A refund beyond what was left over: the newest shipment gives first; the amounts, and what nobody can give."""
    made = []
    for amount in reversed(got):
        less = min(amount, -pool)
        made.append(amount - less)
        pool += less
    return made[::-1], pool


def _shares(
    shipments: Sequence[Shipment], of_order: Decimal, order_lines: Sequence[Payable]
) -> tuple[list[Decimal], Decimal]:
    """Each shipment's share of the order's advance by its amount, and what waits for shipments that do not exist yet.

    Only what the order's advance lines ask for is shared; what came beyond is covered first in, first out.
    """
    planned = sum((one.amount for one in shipments), ZERO)
    total = max(sum((line.amount for line in order_lines), ZERO), planned)
    asked = sum((line.amount for line in order_lines if line.is_advance), ZERO) if order_lines else of_order
    advance = min(max(of_order, ZERO), asked)
    if not total or not advance:
        return [ZERO] * len(shipments), ZERO
    shares, left = [], advance
    for shipment in shipments:
        is_last = shipment is shipments[-1] and planned == total
        shares.append(left if is_last else min(q(advance * shipment.amount / total), left))
        left -= shares[-1]
    return shares, left


# — lines of a shipment —


def _over_lines(lines: Sequence[Payable], amount: Decimal) -> list[Decimal]:
    """The amount over the lines, first due first."""
    paid = [ZERO] * len(lines)
    for index in _first_due_first(lines):
        paid[index] = min(lines[index].amount, amount)
        amount -= paid[index]
    return paid


def _first_due_first(lines: Sequence[Payable]) -> list[int]:
    """Indexes by (due date, number); a line without a date stands just before the next that has one."""
    last = date.max
    days = [last] * len(lines)
    for index in reversed(range(len(lines))):
        last = days[index] = lines[index].due or last
    return sorted(range(len(lines)), key=lambda index: (days[index], index))
