"""«Продажи региона» of representatives (REP_REPORT): whose each sale is, and none counted twice (E-RP-12)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Sale:
    """A sale that was won."""

    amount: Decimal
    city: str | None
    responsible: Hashable
    day: date


@dataclass(frozen=True)
class Region:
    """A representative's city, and from when until when it is theirs, both days included."""

    city: str
    start: date
    end: date | None = None

    def has(self, sale: Sale) -> bool:
        return sale.city == self.city and self.start <= sale.day and (self.end is None or sale.day <= self.end)


@dataclass(frozen=True)
class RegionSales:
    """Sales by representative, everyone named; `unassigned`: by city, those of nobody where several share it."""

    of: dict[Hashable, Decimal]
    unassigned: dict[str, Decimal]


def by_representative(sales: Iterable[Sale], regions: Mapping[Hashable, Region]) -> RegionSales:
    """A sale is its responsible's; of somebody else it is that of the city's representative on its day, if there is one alone.

    `regions`: of each representative. Sales of a city without a representative are in no region.
    """
    found = RegionSales(dict.fromkeys(regions, ZERO), {})
    for sale in sales:
        there = [one for one, region in regions.items() if region.has(sale)]
        owner = sale.responsible if sale.responsible in regions else there[0] if len(there) == 1 else None
        if owner is not None:
            found.of[owner] += sale.amount
        elif there and sale.city is not None:
            found.unassigned[sale.city] = found.unassigned.get(sale.city, ZERO) + sale.amount
    return found
