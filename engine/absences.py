"""Who is away, and when: what the layer was told, and what the portal says (R-12).

The most trusted source first: our own list (`flask absences load`, 1C), the portal's chart of absences, calendars.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from engine import storage
from rules.absence import Absence, agreed

LIST, CHART, CALENDAR = "list", "chart", "calendar"
SOURCES = (LIST, CHART, CALENDAR)
LONGEST_NOTE = 200


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

    def load(self, told: Iterable[Told], at: datetime) -> tuple[int, int]:
        """Our own list learns what it is told, all or nothing; an absence that a new one overlaps gives way to it.

        Returns how many are new, and how many gave way. What is told twice changes nothing.
        """
        table, wanted = storage.absences, {(one.user_id, one.first, one.last): one for one in told}
        with self._storage.write() as tx:
            of_them = sa.select(table).where(
                table.c.source == LIST, table.c.user_id.in_({user_id for user_id, _, _ in wanted})
            )
            held = {(row.user_id, row.first, row.last) for row in tx.execute(of_them)}
            new = [one for key, one in wanted.items() if key not in held]
            gone = [key for key in held - wanted.keys() if any(_overlap(key, one) for one in new)]
            for user_id, first, last in gone:
                self._forget(tx, LIST, user_id, first, last)
            rows = [{**asdict(one), "note": one.note[:LONGEST_NOTE], "source": LIST, "noted_at": at} for one in new]
            if rows:
                self._storage.upsert(tx, table, rows)
        return len(new), len(gone)

    def remove(self, user_id: int, day: date) -> bool:
        """The person's absence on that day is taken out of our own list. False: it has none."""
        table = storage.absences
        there = sa.select(table).where(table.c.source == LIST, table.c.user_id == user_id)
        with self._storage.write() as tx:
            found = [row for row in tx.execute(there) if row.first <= day <= row.last]
            for row in found:
                self._forget(tx, LIST, user_id, row.first, row.last)
        return bool(found)

    def known(self, since: date = date.min) -> list[sa.Row]:
        """Every row that ends on that day or later: user_id, first, last, source, note, noted_at; by their first day."""
        table = storage.absences
        with self._storage.read() as connection:
            order = (table.c.first, table.c.last, table.c.user_id)
            return list(connection.execute(sa.select(table).where(table.c.last >= since).order_by(*order)))

    @staticmethod
    def _forget(tx: sa.Connection, source: str, user_id: int, first: date, last: date) -> None:
        table = storage.absences
        same = (table.c.user_id == user_id, table.c.first == first, table.c.last == last, table.c.source == source)
        tx.execute(sa.delete(table).where(*same))

    def renew(self, source: str, told: Iterable[Told], today: date, at: datetime) -> None:
        """What a source says from today on stands instead of what it said before; days that have passed stay."""
        table = storage.absences
        rows = [{**asdict(one), "source": source, "noted_at": at} for one in told]
        with self._storage.write() as tx:
            tx.execute(sa.delete(table).where(table.c.source == source, table.c.last >= today))
            if rows:
                self._storage.upsert(tx, table, rows)

    def renew_chart(self, until: dict[int, date], today: date, at: datetime) -> None:
        """The chart of absences says only who is away now, and until when: a leave goes on from when it was first heard of.

        Whoever is here again has been away until yesterday.
        """
        yesterday, told = today - timedelta(days=1), []
        going_on = self._going_on(CHART, yesterday)
        for user_id, last in until.items():
            told.append(Told(user_id, going_on.get(user_id, today), max(last, today)))
        told += [Told(user_id, first, yesterday) for user_id, first in going_on.items() if user_id not in until]
        self.renew(CHART, [one for one in told if one.first <= one.last], yesterday, at)

    def _going_on(self, source: str, day: date) -> dict[int, date]:
        """Since when those are away who, by that source, are away on the day or later."""
        table = storage.absences
        with self._storage.read() as connection:
            rows = connection.execute(sa.select(table).where(table.c.source == source, table.c.last >= day))
            return {row.user_id: row.first for row in rows}


def _overlap(key: tuple[int, date, date], one: Told) -> bool:
    user_id, first, last = key
    return user_id == one.user_id and first <= one.last and one.first <= last
