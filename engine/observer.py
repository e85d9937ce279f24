"""The observer: turns what the portal shows into changes, each noticed exactly once, and changes into runs.

A webhook is a doorbell; the portal's own history is the log. What a look read (engine/reading.py) is compared with the
snapshots; change, snapshot, runs and cursors are written in one transaction. A card with a write of ours under way is
left for the next look, as is one that we wrote while it was being read.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from config import Process
from engine import changes, failpoints, storage, triggers
from engine.changes import Change
from engine.companies import Companies
from engine.deal import Deal
from engine.dictionary import DEAL, linked_deal
from engine.log import log
from engine.reading import CREATED, FUNNEL_CHANGED, Reader, Reading, chunks

STARTED, CLOSED = "3", "5"
ADDS_CARD, CARD_KEY = "crm.item.add", "UF_CRM_SF_KEY"
WRITES_CARD = ("crm.item.update", "crm.item.productrow.set")


class Observer:
    """Looks at the portal; see `look`."""

    def __init__(self, engine):
        self._engine = engine
        self._storage: storage.Storage = engine.storage
        self.companies = Companies(engine)
        self._reader = Reader(engine, self.companies)

    def go_live(self) -> None:
        """Set the cursors to now, once in the life of a database: what happened before never fires."""
        with self._storage.read() as connection:
            if self._storage.mark(connection, "live_from") is not None:
                return
        newest = {"entityTypeId": DEAL, "order": {"ID": "DESC"}, "select": ["ID"], "start": -1}
        records = self._engine.portal.call("crm.stagehistory.list", newest).result["items"]
        top, now = max((int(record["ID"]) for record in records), default=0), self._engine.portal.now().isoformat()
        with self._storage.write() as tx:
            if self._storage.mark(tx, "live_from") is not None:
                return  # another worker was first
            for name, value in (("history", top), ("live_from", top), ("seen_until", now), ("live_at", now)):
                self._storage.set_mark(tx, name, value)
        log.info("live from now on", history=top)

    def look(self, thorough: bool) -> bool:
        """Read, compare, write. True: there is more to see at once."""
        reading = self._reader.read(thorough)
        failpoints.reach("read")
        noticed = self._compare(reading)
        failpoints.reach("noticed")
        self._engine.metrics.looks.labels("thorough" if thorough else "rung").inc()
        if noticed:
            log.info("looked", changes=noticed, cards=len(reading.cards), thorough=thorough)
        return reading.more

    def _compare(self, reading: Reading) -> int:
        known = self._reader.known_records(reading)
        with self._storage.write() as tx:
            busy = self._busy(tx, reading)
            for item in reading.kin:
                self.remember(tx, item)
            fresh = self._keep_records(tx, reading, known)
            noticed = []
            for record in self._unused_records(tx, reading, fresh, busy):
                noticed += self._stage(tx, reading, record)
            for deal_id, item in reading.cards.items():
                if deal_id not in busy:
                    noticed += self._edits(tx, item, reading.rows.get(deal_id, []))
            noticed += self._tasks(tx, reading)
            noticed += self._of_companies(tx, reading)
            noticed += [self._deleted(tx, deal_id) for deal_id in sorted(reading.gone)]
            noticed += [self._commanded(tx, command) for command in reading.commands]
            for change in sorted(noticed, key=lambda change: change.at):
                self.notice(tx, change)
            self._move_cursors(tx, reading)
            self._forget_rings(tx, reading, busy)
        return len(noticed)

    def _busy(self, tx: sa.Connection, reading: Reading) -> set[int]:
        """Cards that we are writing, or wrote since the reading began."""
        effects, cards, busy = storage.effects, storage.cards, set()
        under_way = _under_way(effects.c.method.in_(WRITES_CARD))
        for part in chunks(reading.cards, 500):
            busy |= set(tx.scalars(under_way.where(effects.c.deal_id.in_(part))))
            for row in tx.execute(sa.select(cards.c.deal_id, cards.c.version).where(cards.c.deal_id.in_(part))):
                if reading.versions.get(row.deal_id) != row.version:
                    busy.add(row.deal_id)
        self.born = self._being_born(tx, reading)
        return busy | self.born.keys()

    def _being_born(self, tx: sa.Connection, reading: Reading) -> dict[int, str]:
        """Cards that a request of ours is making at this moment, with their keys: all of them are seen when it is done."""
        effects, born = storage.effects, {}
        cards = {item[CARD_KEY]: deal_id for deal_id, item in reading.cards.items() if item.get(CARD_KEY)}
        for part in chunks(cards, 500):
            under_way = sa.and_(effects.c.key.in_(part), effects.c.state == "sent", effects.c.method == ADDS_CARD)
            born |= {cards[key]: key for key in tx.scalars(sa.select(effects.c.key).where(under_way))}
        return born

    def rings(self, connection: sa.Connection) -> bool:
        """Whether something rang that is worth a look: not the cards that our own request is still making."""
        rings, effects = storage.rings, storage.effects
        others = sa.select(rings.c.entity_id).where(
            sa.or_(rings.c.entity != "deal", rings.c.entity_id.not_in(self.born))
        )
        made = sa.select(effects.c.key).where(effects.c.key.in_(self.born.values()), effects.c.state != "sent")
        return any(connection.execute(one.limit(1)).first() is not None for one in (others, made))

    # — stages —

    def _keep_records(self, tx: sa.Connection, reading: Reading, known: set[int]) -> set[int]:
        """Store new records of the stage history, unused yet; returns their ids."""
        fresh = set()
        for record_id in sorted(set(reading.records) - known):
            record = reading.records[record_id]
            deal_id = int(record["OWNER_ID"])
            process = self._process(record["CATEGORY_ID"], reading.cards.get(deal_id))
            if process and deal_id not in reading.cards and self._card(tx, deal_id) is None:
                continue  # deleted meanwhile: its history goes with it
            row = {
                "id": record_id,
                "deal_id": deal_id,
                "type": int(record["TYPE_ID"]),
                "process": process.code if process else None,
                "stage": self._engine.dictionary.stage(record["STAGE_ID"]) if process else None,
                "at": datetime.fromisoformat(record["CREATED_TIME"]),
                "role": "unused",
            }
            self._storage.upsert(tx, storage.stage_records, row)
            fresh.add(record_id)
        return fresh

    def _unused_records(self, tx: sa.Connection, reading: Reading, fresh: set[int], busy: set[int]) -> list[sa.Row]:
        """Records to be used now, oldest first; those of a busy card stay until its fields can be compared as well."""
        table, found = storage.stage_records, []
        owners = {int(reading.records[record_id]["OWNER_ID"]) for record_id in fresh}
        for part in chunks((owners | set(reading.ids("deal"))) - busy, 500):
            found += tx.execute(sa.select(table).where(table.c.deal_id.in_(part), table.c.role == "unused")).all()
        return sorted(found, key=lambda record: record.id)

    def _stage(self, tx: sa.Connection, reading: Reading, record: sa.Row) -> list[Change]:
        """A record of the stage history, used once, in the order of ids."""
        table, deal_id = storage.stage_records, record.deal_id
        tx.execute(sa.update(table).where(table.c.id == record.id).values(role="ordinary"))
        process, before = self._engine.company.processes.get(record.process), self._card(tx, deal_id)
        noticed = []
        if before is not None and before.process not in (None, record.process):
            noticed.append(changes.funnel_left(record.id, deal_id, before.process, record.at))
        if before is not None or process:
            place = {"process": record.process, "stage": record.stage, "history_id": record.id}
            self._place(tx, deal_id, reading.cards.get(deal_id), place)
        if process is None:
            return noticed
        if record.stage not in process.stages:
            log.warning("stage is not in config", deal=deal_id, process=process.code, stage=record.stage)
            return noticed
        if noticed or record.type in (CREATED, FUNNEL_CHANGED):
            return [*noticed, changes.created(record.id, deal_id, process.code, record.stage, record.at)]
        left = self._stage_before(reading, deal_id, before)
        left = left if left in process.stages else None
        return [changes.stage_entered(record.id, deal_id, process.code, left, record.stage, record.at)]

    def _stage_before(self, reading: Reading, deal_id: int, before: sa.Row | None) -> str | None:
        """Where the card stood; of one that we have seen but not moving yet, the portal's history knows better."""
        if before is not None and before.history_id:
            return before.stage
        return reading.stage_before.get(deal_id) or (before.stage if before else None)

    def _place(self, tx: sa.Connection, deal_id: int, item: dict | None, place: dict) -> None:
        done = tx.execute(sa.update(storage.cards).where(storage.cards.c.deal_id == deal_id).values(**place))
        if done.rowcount == 0:
            self.remember(tx, item, **place)

    def strangers(self, cards: Sequence[Deal]) -> list[Deal]:
        """Those that the layer never saw."""
        known = self._reader.known([card.id for card in cards])
        return [card for card in cards if card.id not in known]

    def kin(self, strangers: Sequence[Deal]) -> list[dict]:
        """What belongs to them and was never seen either."""
        return self._reader.kin((card.raw for card in strangers), besides=[card.id for card in strangers])

    def remember(self, tx: sa.Connection, item: dict, **place: object) -> None:
        """Store a card that was never seen. Being seen for the first time fires nothing but filled button fields."""
        raw, process = self._engine.dictionary.keep(item), self._process(item["categoryId"], item)
        stage = self._engine.dictionary.stage(item["stageId"]) if process else None
        card = {
            "deal_id": int(item["id"]),
            "process": process.code if process else None,
            "stage": stage,
            "raw": raw,
            "rows": None,
        }
        card |= {"family": self._family(tx, int(item["id"]), raw), "history_id": 0, "version": 0, **place}
        self._storage.upsert(tx, storage.cards, card)

    def _family(self, tx: sa.Connection, deal_id: int, raw: dict) -> int:
        """The root of the card's parents."""
        parent = linked_deal(raw.get("UF_CRM_SF_PARENT"))
        if parent is None or parent == deal_id:
            return deal_id
        return tx.scalar(sa.select(storage.cards.c.family).where(storage.cards.c.deal_id == parent)) or parent

    # — fields and product rows —

    def _edits(self, tx: sa.Connection, item: dict, rows: list[dict]) -> list[Change]:
        """A card that we fail to understand is left as it was known, and keeps no other from being seen."""
        try:
            return self._fields(tx, item, rows)
        except (ValueError, TypeError, LookupError, ArithmeticError):
            log.exception("card not understood", deal=item.get("id"))
            return []

    def _fields(self, tx: sa.Connection, item: dict, rows: list[dict]) -> list[Change]:
        """What people changed on a card; the snapshot then says what was read."""
        deal_id, process = int(item["id"]), self._process(item["categoryId"], item)
        if process is None:
            return []
        if (before := self._card(tx, deal_id)) is None:
            self.remember(tx, item)
            before = self._card(tx, deal_id)
        now = {"raw": self._engine.dictionary.keep(item), "rows": plain_rows(rows)}
        old = Deal(self._engine.dictionary, {**before._mapping, "process": process.code}) if before.version else None
        new = Deal(self._engine.dictionary, {**before._mapping, "process": process.code, **now})
        noticed = self._edited(process, old, new) + self._overwritten(process, old, new)
        if before.rows is not None and before.rows != now["rows"] and triggers.watches_rows(process.code):
            noticed.append(changes.rows_changed(deal_id, process.code, before.rows, now["rows"], new.updated_at))
        table = storage.cards
        now |= {"family": self._family(tx, deal_id, now["raw"]), "version": table.c.version + 1}
        tx.execute(sa.update(table).where(table.c.deal_id == deal_id).values(**now))
        return noticed

    def _edited(self, process: Process, old: Deal | None, new: Deal) -> list[Change]:
        noticed = []
        for name in sorted(triggers.watched_fields(process.code)):
            is_button = self._engine.dictionary.field(process.code, name).button
            was, now = old[name] if old else None, new[name]
            if was != now and (now if is_button else old is not None):
                noticed.append(
                    changes.field_changed(
                        new.id, process.code, name, _plain(was), _plain(now), new.updated_at, new.updated_by
                    )
                )
        return noticed

    def _overwritten(self, process: Process, old: Deal | None, new: Deal) -> list[Change]:
        """Fields that the layer computes and a person changed (R-22)."""
        if old is None:
            return []
        computed = [f.name for f in (*self._engine.company.deal_fields.values(), *process.fields.values()) if f.calc]
        return [
            changes.computed_overwritten(
                new.id, process.code, name, _plain(old[name]), _plain(new[name]), new.updated_at
            )
            for name in computed
            if old[name] != new[name]
        ]

    # — tasks —

    def _tasks(self, tx: sa.Connection, reading: Reading) -> list[Change]:
        """What people did to the layer's tasks."""
        noticed, table = [], storage.tasks
        for part in chunks(sorted(set(reading.ids("task")) | set(reading.tasks)), 500):
            for row in tx.execute(sa.select(table).where(table.c.task_id.in_(part))).all():
                if reading.known_tasks.get(row.task_id) != row or self._is_writing_task(tx, row.deal_id):
                    self.ring(tx, "task", row.task_id)
                else:
                    noticed += self._task(tx, row, reading.tasks.get(row.task_id))
        return noticed

    def _task(self, tx: sa.Connection, row: sa.Row, seen: dict | None) -> list[Change]:
        """Completed, moved, handed on, deleted; what the layer did itself stands in the row already."""

        def change(kind: str, at: datetime, **what: object) -> Change:
            return changes.task_changed(row.task_id, kind, row.code, row.deal_id, row.process, at, **what)

        if seen is None:
            self._set_task(tx, row, state="deleted")
            return [change("task_deleted", self._engine.portal.now())] if row.state == "open" else []
        at, deadline = datetime.fromisoformat(seen["changedDate"]), _moment(seen.get("deadline"))
        noticed, values = [], {"responsible": int(seen["responsibleId"]), "changed_at": at}
        if seen["status"] == CLOSED:
            closed_at = _moment(seen.get("closedDate")) or at
            if row.state == "open" and self._closed_by_us(seen, closed_at):
                values |= {"state": "passed", "closed_at": closed_at}
            elif row.state == "open" or (row.state == "done" and closed_at != row.closed_at):
                values |= {"state": "done", "closed_at": closed_at}
                noticed.append(change("task_closed", closed_at))
        else:
            values |= {"state": "open", "closed_at": None}
            if seen["status"] == STARTED and triggers.find(f"on_task_started {row.process} {row.code}"):
                noticed.append(
                    changes.task_started(row.task_id, row.code, row.deal_id, row.process, at, values["responsible"])
                )
            if deadline != row.deadline:
                values |= {"deadline": deadline, "moves": row.moves + 1}
                noticed.append(change("task_moved", at, old=_plain(row.deadline), new=_plain(deadline)))
        self._set_task(tx, row, **values)
        return noticed

    def _closed_by_us(self, seen: dict, closed_at: datetime) -> bool:
        """Whether the layer had closed it and, put back from an older copy, no longer knows."""
        return self._engine.restore.covers(closed_at) and int(seen.get("closedBy") or 0) == self._engine.own_user

    def _is_writing_task(self, tx: sa.Connection, deal_id: int) -> bool:
        under_way = _under_way(storage.effects.c.method.like("tasks.task.%"))
        return tx.execute(under_way.where(storage.effects.c.deal_id == deal_id).limit(1)).first() is not None

    def _set_task(self, tx: sa.Connection, row: sa.Row, **values: object) -> None:
        tx.execute(sa.update(storage.tasks).where(storage.tasks.c.task_id == row.task_id).values(**values))

    # — companies —

    def _of_companies(self, tx: sa.Connection, reading: Reading) -> list[Change]:
        noticed, again = self.companies.compare(tx, reading.companies, reading.company_versions)
        for company_id in again:
            self.ring(tx, "company", company_id)
        return noticed

    # — deletions, commands —

    def _deleted(self, tx: sa.Connection, deal_id: int) -> Change:
        card = self._card(tx, deal_id)
        now = self._engine.portal.now()
        tx.execute(sa.update(storage.cards).where(storage.cards.c.deal_id == deal_id).values(deleted_at=now))
        return changes.deleted(deal_id, card.process, now)

    def _commanded(self, tx: sa.Connection, command: sa.Row) -> Change:
        tx.execute(sa.update(storage.commands).where(storage.commands.c.id == command.id).values(taken=True))
        card = self._card(tx, command.deal_id)
        process = card.process if card else None
        at = self._engine.clock.of(command.received_at)
        return changes.commanded(command.id, command.name, command.deal_id, process, at, command.payload)

    # — from changes to runs —

    def notice(self, tx: sa.Connection, change: Change, *, family: str | None = None) -> bool:
        """Store a change once, with a run for each trigger that meets it; the family's drain is enqueued with them.

        False: it is known already, or of a process that is switched off; then nothing is stored.
        """
        process = self._engine.company.processes.get(change.process)
        if process is not None and not process.enabled:
            return False
        row = {"id": change.id, "kind": change.kind, "deal_id": change.deal_id, "process": change.process}
        row |= {"at": change.at, "what": change.what, "seen_at": self._engine.clock.now()}
        if not self._storage.upsert(tx, storage.changes, row):
            return False
        wanted = triggers.matching(change, self._jumped_over(change))
        log.info("change", change=change.id, kind=change.kind, deal=change.deal_id, triggers=wanted)
        self._engine.metrics.changes.labels(change.kind).inc()
        if wanted:
            family = family or self._family_of(tx, change)
            run = {"change_id": change.id, "family": family, "deal_id": change.deal_id, "state": "open", "facts": {}}
            run |= {"attempts": 0, "depth": 0, "created_at": self._engine.clock.now()}
            tx.execute(sa.insert(storage.runs), [{**run, "trigger": identity} for identity in wanted])
            self._engine.queue.enqueue(tx, family)
        return True

    def _family_of(self, tx: sa.Connection, change: Change) -> str:
        if change.company is not None:
            return f"company-{change.company}"
        card = self._card(tx, change.deal_id)
        return str(card.family if card else change.deal_id or change.of_task or change.id)

    def _jumped_over(self, change: Change) -> list[str]:
        """Stages between the one left and the one entered (R-06)."""
        if change.kind != "stage":
            return []
        process = self._engine.company.processes[change.process]
        left, entered = change.what["left"], change.what["stage"]
        order = [stage.code for stage in process.stages.values() if stage.semantics == "process"]
        if not process.sequential or left not in order or process.stages[entered].semantics == "failure":
            return []
        end = order.index(entered) if entered in order else len(order)
        return order[order.index(left) + 1 : end]

    # — cursors and rings —

    def _move_cursors(self, tx: sa.Connection, reading: Reading) -> None:
        top = max((int(self._storage.mark(tx, "history")), *reading.records))
        self._storage.set_mark(tx, "history", top)
        if reading.window is not None:
            self._storage.set_mark(tx, "seen_until", reading.window[1].isoformat())

    def _forget_rings(self, tx: sa.Connection, reading: Reading, busy: set[int]) -> None:
        rings = storage.rings
        for (entity, entity_id), times in reading.rung.items():
            if entity == "deal" and entity_id in busy:
                self.ring(tx, "deal", entity_id)
            elif times:
                mine = sa.and_(rings.c.entity == entity, rings.c.entity_id == entity_id, rings.c.times == times)
                tx.execute(sa.delete(rings).where(mine))
        for deal_id in self.born.keys() - {entity_id for entity, entity_id in reading.rung if entity == "deal"}:
            self.ring(tx, "deal", deal_id)  # its records stood in the history, its own ring may be lost

    def ring(self, tx: sa.Connection, entity: str, entity_id: int) -> None:
        """Have the entity looked at in the next look."""
        row = {"entity": entity, "entity_id": entity_id, "times": 1}
        self._storage.upsert(tx, storage.rings, row, times=storage.rings.c.times + 1)

    def _process(self, category: object, item: dict | None) -> Process | None:
        return self._engine.dictionary.process(category, item)

    def _card(self, tx: sa.Connection, deal_id: int | None) -> sa.Row | None:
        return tx.execute(sa.select(storage.cards).where(storage.cards.c.deal_id == deal_id)).first()


def _under_way(which: sa.ColumnElement) -> sa.Select:
    """Cards with such an effect sent, of a run that will learn its outcome (or send it again, if it may be repeated)."""
    effects, runs = storage.effects, storage.runs
    open_runs = sa.select(runs.c.id).where(runs.c.state == "open")
    sent = sa.or_(
        effects.c.state.in_(("sent", "unknown")), sa.and_(effects.c.state == "planned", effects.c.attempts > 0)
    )
    return sa.select(effects.c.deal_id).where(sent, effects.c.run_id.in_(open_runs), which)


def plain_rows(rows: list[dict]) -> list[dict]:
    """Product rows as kept in a snapshot: equal rows compare equal, however the portal writes a number."""
    ordered = sorted(rows, key=lambda row: int(row["id"]))
    return [
        {
            "productName": str(row.get("productName") or ""),
            "price": _number(row.get("price")),
            "quantity": _number(row.get("quantity")),
            "productId": int(row.get("productId") or 0),
            "measureName": str(row.get("measureName") or "шт"),
            "taxRate": None if row.get("taxRate") is None else _number(row["taxRate"]),
        }
        for row in ordered
    ]


def _number(value: object) -> str:
    return f"{Decimal(str(value or 0)).normalize():f}"


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)
