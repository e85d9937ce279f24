"""C-02, C-03: VAT of an amount, of rows, and the rate that a day has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

from rules.amounts import Priced, row_total
from rules.money import q

HUNDRED = Decimal(100)
STANDARD, REDUCED = "standard", "reduced"


class RateFrom(Protocol):
    """A rate and the first day on which it is in force; None is «НДС не облагается»."""

    starts: date
    rate: Decimal | None


class NoRate(ValueError):
    """A day before the first rate of its kind."""

    def __init__(self, kind: str, day: date):
        super().__init__(
            f"config/vat.yaml has no rate «{kind}» for {day:%d.%m.%Y}: add the row that was in force then."
        )
        self.day = day


class Taxed(Priced, Protocol):
    """A product row with its rate in percent; None is without VAT."""

    vat_rate: Decimal | None


AnyRow = TypeVar("AnyRow", bound=Taxed)


@dataclass(frozen=True)
class Vat:
    """An amount without VAT, the VAT, and both together."""

    net: Decimal
    vat: Decimal
    gross: Decimal

    def __add__(self, other: "Vat") -> "Vat":
        return Vat(self.net + other.net, self.vat + other.vat, self.gross + other.gross)


NOTHING = Vat(q(Decimal(0)), q(Decimal(0)), q(Decimal(0)))


def rate_on(rates: Mapping[str, Sequence[RateFrom]], kind: str, day: date) -> Decimal | None:
    """C-03. The rate of that kind on the day of shipment; None: no VAT.

    `rates`: rows of a kind in order of their dates. Raises ValueError for an unknown kind and for a day before the
    first row.
    """
    if kind not in rates:
        raise ValueError(f"There is no rate of VAT «{kind}»: config/vat.yaml has {', '.join(rates)}.")
    in_force = [row for row in rates[kind] if row.starts <= day]
    if not in_force:
        raise NoRate(kind, day)
    return in_force[-1].rate


def first_day(rates: Mapping[str, Sequence[RateFrom]], kind: str) -> date:
    """The first day for which there is a rate of that kind."""
    return rates[kind][0].starts


def at_rates(rows: Iterable[AnyRow], rates: Mapping[str, Sequence[RateFrom]], kind: str, day: date) -> list[AnyRow]:
    """C-03. The rows as they are taxed on that day: by the mode of the own company, its `kind` of rates.

    Under the general rate a row of the reduced rate and one of 0 % keep their own; whatever else a row says is an older
    general rate. The other kinds are the same for every row. Raises ValueError as `rate_on` does.
    """
    rate, kept = rate_on(rates, kind, day), [Decimal(0), rate_on(rates, REDUCED, day)] if kind == STANDARD else []
    return [row if row.vat_rate is not None and row.vat_rate in kept else replace(row, vat_rate=rate) for row in rows]


def rate_day(order: Iterable[str], **dates: date | None) -> date | None:
    """C-03. The day that decides on the rate: the first of `order` that is known, as shipment_fact, shipment_plan."""
    return next((dates[name] for name in order if dates.get(name)), None)


def split(amount: Decimal, rate: Decimal | None, included: bool = True) -> Vat:
    """C-02. `amount` holds the VAT when `included`, else it comes on top; no rate: no VAT."""
    amount = q(amount)
    rate = rate or Decimal(0)
    if included:
        vat = q(amount * rate / (HUNDRED + rate))
        return Vat(amount - vat, vat, amount)
    vat = q(amount * rate / HUNDRED)
    return Vat(amount, vat, amount + vat)


def of_row(row: Taxed) -> Vat:
    """C-02. The VAT in one product row, whose price holds it."""
    return split(row_total(row.quantity, row.price), row.vat_rate)


def of_rows(rows: Iterable[Taxed]) -> Vat:
    """C-02. Totals are sums of rows, so that a document adds up line by line."""
    return sum(map(of_row, rows), NOTHING)


def by_rate(rows: Iterable[Taxed]) -> dict[Decimal | None, Vat]:
    """One total for each rate, as a document with mixed rates prints them: the highest first, «без НДС» last."""
    found: dict[Decimal | None, Vat] = {}
    for row in rows:
        found[row.vat_rate] = found.get(row.vat_rate, NOTHING) + of_row(row)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] is None, -(pair[0] or 0))))
