"""«Продажи региона» of representatives (REP_REPORT): whose each sale is, and none counted twice (E-RP-12)."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Sale:
    """A sale that was won."""

    amount: Decimal
    city: str | None
    responsible: Hashable


@dataclass(frozen=True)
class RegionSales:
    """Sales by representative, everyone named; `unassigned`: by city, those of nobody where several share it."""

    of: dict[Hashable, Decimal]
    unassigned: dict[str, Decimal]


def by_representative(sales: Iterable[Sale], cities: Mapping[Hashable, str]) -> RegionSales:
    """A sale is its responsible's; of somebody else it is that of the city's representative, if there is one alone.

    `cities`: representative → city. Sales of a city without a representative are in no region.
    """
    found = RegionSales(dict.fromkeys(cities, ZERO), {})
    for sale in sales:
        there = [one for one, city in cities.items() if city == sale.city]
        owner = sale.responsible if sale.responsible in cities else there[0] if len(there) == 1 else None
        if owner is not None:
            found.of[owner] += sale.amount
        elif there and sale.city is not None:
            found.unassigned[sale.city] = found.unassigned.get(sale.city, ZERO) + sale.amount
    return found
