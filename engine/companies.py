"""Companies that somebody watches (`on_company`): read with each look, compared with what we knew.

Of a portal's thousands only those of a watched kind are read and remembered. All of these are known from the start, so
one that appears later was empty before: what it says then, a person has said.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from bitrix.client import Command
from engine import changes, storage, triggers
from engine.changes import Change
from engine.company_card import CompanyCard, asked, kept
from engine.triggers import Trigger

KIND, KNOWN = "kind", "companies_known"
WRITES = ("set_company_fields", "set_companies")


class Companies:
    """The observer's knowledge of companies."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage

    def know_all(self) -> None:
        """Remember every company of a kind that is watched since this start: what it says already is no change."""
        with self._storage.read() as connection:
            known = set(self._storage.mark(connection, KNOWN, []))
        kinds = self._kinds()
        if kinds <= known:
            return
        found = list(self._engine.portal.list("crm.item.list", self._params(kinds - known, {})))
        with self._storage.write() as tx:
            for item in found:
                self._storage.upsert(tx, storage.companies, self._row(item))
            self._storage.set_mark(tx, KNOWN, sorted(known | kinds))

    # — what a look reads —

    def rung(self, parts: list[list[int]]) -> list[Command]:
        """Commands for the companies that rang; none where nobody watches."""
        kinds = self._kinds()
        asked_for = [self._params(kinds, {"@id": ids}) for ids in parts if kinds]
        return [Command("crm.item.list", params, f"companies{n}") for n, params in enumerate(asked_for)]

    def changed(self, window: tuple[datetime, datetime]) -> list[Command]:
        """The command for those that changed in the window; none where nobody watches."""
        kinds, since = self._kinds(), {">=updatedTime": window[0].isoformat(), "<updatedTime": window[1].isoformat()}
        return [Command("crm.item.list", self._params(kinds, since), "companywindow")] if kinds else []

    def versions(self) -> dict[int, int]:
        """What we wrote of companies until now: one that we write while it is being read is compared another time."""
        table = storage.companies
        with self._storage.read() as connection:
            return dict(connection.execute(sa.select(table.c.company_id, table.c.version)).all())

    def _params(self, kinds: set[str], which: dict) -> dict:
        dictionary = self._engine.dictionary
        field = dictionary.company_field(KIND)
        said = asked(dictionary, {"@" + field.code: dictionary.encode(field, sorted(kinds)), **which})
        return {**said, "order": {"id": "ASC"}, "start": -1}

    # — what it says —

    def compare(
        self, tx: sa.Connection, read: dict[int, dict], versions: dict[int, int]
    ) -> tuple[list[Change], list[int]]:
        """What people changed, and which companies must be looked at again as we are writing companies."""
        if self._is_writing(tx):
            return [], sorted(read)
        noticed, again = [], []
        for company_id, item in sorted(read.items()):
            before = self._known(tx, company_id)
            if before is not None and versions.get(company_id) != before.version:
                again.append(company_id)
                continue
            noticed += self._edited(before.raw if before else {}, kept(self._engine.dictionary, item))
            now = self._row(item, version=before.version + 1 if before else 0)
            self._storage.upsert(tx, storage.companies, now, raw=now["raw"], version=now["version"])
        return noticed, again

    def wrote(self, tx: sa.Connection, company_id: int, fields: dict) -> None:
        """Our own write is no change: the snapshot takes it with the effect."""
        before = self._known(tx, company_id)
        if before is not None:
            now = {"raw": {**before.raw, **fields}, "version": before.version + 1}
            table = storage.companies
            tx.execute(sa.update(table).where(table.c.company_id == company_id).values(**now))

    def _edited(self, before: dict, after: dict) -> Iterator[Change]:
        old, new = CompanyCard(self._engine.dictionary, before), CompanyCard(self._engine.dictionary, after)
        for trigger in self._watchers():
            name = trigger.detail
            if trigger.kind in new[KIND] and old[name] != new[name]:
                yield changes.company_changed(
                    new.id, trigger.process, name, _plain(old[name]), _plain(new[name]), new.updated_at, new.updated_by
                )

    def _is_writing(self, tx: sa.Connection) -> bool:
        """Whether a write of ours is under way: which company it is of, the ledger does not say."""
        effects, runs = storage.effects, storage.runs
        is_sent = sa.or_(
            effects.c.state.in_(("sent", "unknown")), sa.and_(effects.c.state == "planned", effects.c.attempts > 0)
        )
        open_runs = sa.select(runs.c.id).where(runs.c.state == "open")
        under_way = sa.select(effects.c.key).where(effects.c.verb.in_(WRITES), is_sent, effects.c.run_id.in_(open_runs))
        return tx.execute(under_way.limit(1)).first() is not None

    def _known(self, tx: sa.Connection, company_id: int) -> sa.Row | None:
        table = storage.companies
        return tx.execute(sa.select(table).where(table.c.company_id == company_id)).first()

    def _row(self, item: dict, version: int = 0) -> dict:
        return {"company_id": int(item["id"]), "raw": kept(self._engine.dictionary, item), "version": version}

    # — who watches —

    def _watchers(self) -> list[Trigger]:
        processes = self._engine.company.processes
        return [one for one in triggers.of_companies() if processes[one.process].enabled]

    def _kinds(self) -> set[str]:
        return {one.kind for one in self._watchers()}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)
