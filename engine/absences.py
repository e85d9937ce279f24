"""Who is away, and when: what the layer was told, and what the portal says (R-12).

The most trusted source first: our own list (`flask absences load`, 1C), the portal's chart of absences, calendars.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from engine import storage
from rules.absence import Absence, agreed

LIST, CHART, CALENDAR = "list", "chart", "calendar"
SOURCES = (LIST, CHART, CALENDAR)


@dataclass(frozen=True)
class Told:
    """What a source says of somebody: away from `first` to `last`, both days included, and why."""

    user_id: int
    first: date
    last: date
    note: str = ""


class Absences:
    """The layer's table of absences."""

    def __init__(self, store: storage.Storage):
        self._storage = store

    def of(self, user_id: int, since: date = date.min) -> list[Absence]:
        """When the person is away on that day or later, as far as anybody told."""
        return [one for one in self.of_all([user_id])[user_id] if one.last >= since]

    def of_all(self, user_ids: Collection[int]) -> dict[int, list[Absence]]:
        """When these people are away."""
        table, told = storage.absences, defaultdict(lambda: {source: [] for source in SOURCES})
        with self._storage.read() as connection:
            for row in connection.execute(sa.select(table).where(table.c.user_id.in_(user_ids))):
                told[row.user_id][row.source].append(Absence(row.first, row.last))
        return {user_id: agreed(told[user_id].values()) if user_id in told else [] for user_id in user_ids}

    def add(self, source: str, told: Iterable[Told], at: datetime) -> int:
        """Keep what a source says, all or nothing. Returns how much of it was new."""
        rows = [{**asdict(one), "source": source, "noted_at": at} for one in told]
        if not rows:
            return 0
        with self._storage.write() as tx:
            return self._storage.upsert(tx, storage.absences, rows)
