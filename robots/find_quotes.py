"""Find what was offered on a route before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from engine.run import Run
from rules import money, reading
from rules.routes import town

LAST = 5


@dataclass(frozen=True)
class Found:
    """An offer of an earlier transport."""

    contractor: str
    route_from: str
    price: Decimal
    days: int | None
    day: date
    chosen: bool

    def __str__(self) -> str:
        """«Север (из Москвы…)»: as the comment on a card lists it."""
        parts = [f"{self.contractor}: {money.text(self.price)}"]
        parts += [f"{self.days} дн."] if self.days is not None else []
        parts += [f"из: {self.route_from}"] if self.route_from else []
        chosen = " (выбран)" if self.chosen else ""
        return f"{', '.join(parts)}, {reading.day_text(self.day)}{chosen}"


def find_quotes(run: Run, route_from: str | None, route_to: str | None) -> list[Found]:
    """LG-T1. The last five offers between the two towns; where none was made, or the start is open, to that town from anywhere."""
    found = run.fact("quotes on the route", lambda: _find(run, town(route_from), town(route_to)))
    return [
        Found(one["contractor"], one["route_from"], Decimal(one["price"]), one["days"], date.fromisoformat(one["date"]), one["chosen"])
        for one in found
    ]  # fmt: skip


def _find(run: Run, start: str, end: str) -> list[dict]:
    if not end:
        return []
    table = storage.quotes
    to_there = sa.select(table).where(table.c.route_to == end)
    newest = (table.c.date.desc(), table.c.deal.desc(), table.c.number)
    with run.engine.storage.read() as connection:
        rows = connection.execute(to_there.where(table.c.route_from == start).order_by(*newest).limit(LAST)).all()
        rows = rows or connection.execute(to_there.order_by(*newest).limit(LAST)).all()
    return [{"contractor": row.contractor, "route_from": row.route_from, "price": row.price, "days": row.days,
             "date": row.date, "chosen": row.chosen} for row in rows]  # fmt: skip
