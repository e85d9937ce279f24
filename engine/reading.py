"""What one look reads from the portal: everything in one batch, however many events rang.

Sources: crm.stagehistory.list, crm.item.list, crm.item.productrow.list, tasks.task.list
(https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html and neighbours).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bitrix.client import Answer, Command
from bitrix.errors import FieldInvalid, NotFound
from engine import storage
from engine.companies import Companies
from engine.dictionary import DEAL, linked_deal
from engine.log import log

PAGE = 50
OVERLAP_IDS = 50
OVERLAP_TIME = timedelta(minutes=15)
MAX_RINGS = 400
CREATED, FUNNEL_CHANGED = 1, 5
TASK_FIELDS = ["ID", "STATUS", "DEADLINE", "RESPONSIBLE_ID", "CHANGED_DATE", "CLOSED_DATE", "CLOSED_BY", "UF_CRM_TASK",
               "XML_ID"]  # fmt: skip


@dataclass
class Reading:
    """What a look saw, before it is compared with what the layer knew."""

    rung: dict[tuple[str, int], int]
    commands: list[sa.Row]
    window: tuple[datetime, datetime] | None
    more: bool
    records: dict[int, dict] = field(default_factory=dict)
    stage_before: dict[int, str | None] = field(default_factory=dict)
    cards: dict[int, dict] = field(default_factory=dict)
    rows: dict[int, list[dict]] = field(default_factory=dict)
    tasks: dict[int, dict] = field(default_factory=dict)
    companies: dict[int, dict] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    company_versions: dict[int, int] = field(default_factory=dict)
    known_tasks: dict[int, sa.Row] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)  # records read after the cards that rang
    kin: list[dict] = field(default_factory=list)  # see Reader.kin

    def ids(self, entity: str) -> list[int]:
        """Which entities of this kind rang, or were named by a command."""
        return sorted(entity_id for kind, entity_id in self.rung if kind == entity)


class Reader:
    """Asks the portal. Nothing is concluded from half a reading: an error of any part is the look's error."""

    def __init__(self, engine, companies: Companies):
        self._engine, self._companies = engine, companies
        self._storage: storage.Storage = engine.storage

    def read(self, thorough: bool) -> Reading:
        """`thorough`: also everything that was updated since the last thorough look, rung or not."""
        reading = self._what_rang(thorough)
        self._first_batch(reading)
        self._second_batch(reading)
        strangers = [item for deal_id, item in reading.cards.items() if deal_id not in reading.versions]
        reading.kin = self.kin(strangers, besides=reading.cards)
        reading.gone = self._gone(reading)
        return reading

    def _what_rang(self, thorough: bool) -> Reading:
        rings, commands = storage.rings, storage.commands
        with self._storage.read() as connection:
            rows = connection.execute(
                sa.select(rings).order_by(rings.c.entity.desc(), rings.c.entity_id).limit(MAX_RINGS)
            ).all()
            asked = connection.execute(
                sa.select(commands).where(~commands.c.taken).order_by(commands.c.id).limit(PAGE)
            ).all()
            seen_until = datetime.fromisoformat(self._storage.mark(connection, "seen_until"))
        rung = {(row.entity, row.entity_id): row.times for row in rows}
        for command in asked:
            if command.deal_id is not None:
                rung.setdefault(("deal", command.deal_id), 0)
        window = None
        if thorough:
            lag = timedelta(seconds=self._engine.portal.cut_seconds / 2)
            window = (seen_until, max(seen_until, self._engine.portal.now() - lag))
        reading = Reading(rung, asked, window, more=len(rows) == MAX_RINGS)
        reading.versions = self.known(reading.ids("deal"))
        reading.known_tasks = self._known_tasks(reading.ids("task"))
        return reading

    def known(self, deal_ids: Iterable[int]) -> dict[int, int]:
        """Which of these cards the layer has seen → the version of its snapshot."""
        cards, versions = storage.cards, {}
        with self._storage.read() as connection:
            for part in chunks(deal_ids, 500):
                rows = connection.execute(sa.select(cards.c.deal_id, cards.c.version).where(cards.c.deal_id.in_(part)))
                versions |= {row.deal_id: row.version for row in rows}
        return versions

    def _known_tasks(self, task_ids: Iterable[int]) -> dict[int, sa.Row]:
        """What the layer knows of tasks before they are read: one that it writes meanwhile is compared another time."""
        tasks, known = storage.tasks, {}
        with self._storage.read() as connection:
            for part in chunks(task_ids, 500):
                rows = connection.execute(sa.select(tasks).where(tasks.c.task_id.in_(part)))
                known |= {row.task_id: row for row in rows}
        return known

    def _first_batch(self, reading: Reading) -> None:
        deals, after = reading.ids("deal"), self._history_after(reading.window is not None)
        pages = 2 + len(deals) // PAGE
        commands = [
            Command("crm.stagehistory.list", _history(after, page * PAGE), f"history{page}") for page in range(pages)
        ]
        commands += _card_commands(deals)
        commands += _task_commands(reading.ids("task"))
        windows = self._window_commands(reading.window) if reading.window is not None else []
        of_companies = self._companies.rung(chunks(reading.ids("company")))
        reading.company_versions = self._companies.versions() if of_companies or windows else {}
        answers = self._batch(reading, [*commands, *of_companies, *windows])
        read_at_once = set(reading.records)
        self._long_history(reading, answers[f"history{pages - 1}"])
        reading.late = set(reading.records) - read_at_once
        for command in windows:
            self._long_window(reading, command, answers[command.label])

    def _window_commands(self, window: tuple[datetime, datetime]) -> list[Command]:
        """What changed, rung or not."""
        return [
            Command("crm.item.list", _updated(window), "window"),
            Command("tasks.task.list", _tasks_changed(window), "taskwindow"),
            *self._companies.changed(window),
        ]

    def _history_after(self, thorough: bool) -> int:
        """From which record id to read again: ids may be committed out of order."""
        records = storage.stage_records
        with self._storage.read() as connection:
            after = int(self._storage.mark(connection, "history")) - OVERLAP_IDS
            newest = connection.scalar(sa.select(sa.func.max(records.c.at))) if thorough else None
            if newest is not None:
                first = connection.scalar(
                    sa.select(sa.func.min(records.c.id)).where(records.c.at >= newest - OVERLAP_TIME)
                )
                after = min(after, first - 1)
            return max(after, int(self._storage.mark(connection, "live_from")))

    def _second_batch(self, reading: Reading) -> None:
        """Cards and tasks that the history or the windows name and no ring did; where cards that we never saw move stood.

        Cards that rang are read again if they have moved since: what is decided on a record needs the card as it then was.
        """
        known = self.known_records(reading)
        fresh = {record_id: record for record_id, record in reading.records.items() if record_id not in known}
        named = {int(record["OWNER_ID"]) for record in fresh.values() if self._is_ours(record)}
        missing = sorted((named | set(reading.cards)) - set(reading.ids("deal")))
        again = sorted(
            named & {int(fresh[record_id]["OWNER_ID"]) for record_id in reading.late & fresh.keys()} - {*missing}
        )
        for deal_id in again:
            reading.rows.pop(deal_id, None)
        never_moved = named - self._moved(named)
        reading.versions |= self.known(missing)
        reading.rung |= {("deal", deal_id): 0 for deal_id in missing}
        unrung_tasks = self._known_tasks(set(reading.tasks) - set(reading.ids("task")))
        reading.known_tasks |= unrung_tasks
        commands = _card_commands(missing + again) + _task_commands(sorted(unrung_tasks))
        for deal_id in sorted(never_moved):
            first = min(record_id for record_id, record in fresh.items() if int(record["OWNER_ID"]) == deal_id)
            if int(fresh[first]["TYPE_ID"]) != CREATED:
                commands.append(Command("crm.stagehistory.list", _history_of(deal_id, first), f"before{deal_id}"))
        if commands:
            self._batch(reading, commands)

    def kin(self, strangers: Iterable[dict], besides: Collection[int] = ()) -> list[dict]:
        """The families of cards seen for the first time, as far as the layer has not seen them; without those `besides`.

        A portal may have families before the layer went live there (its database was lost): who sells, and what an order is
        owed, is known only with all of its cards.
        """
        found: dict[int, dict] = {}
        asking = {relative for item in strangers for relative in _relatives(item)}
        while asking := sorted(asking - {*found, *besides} - set(self.known(asking))):
            items = [item for ids in chunks(asking) for item in self._cards_by_id(ids)]
            found |= {int(item["id"]): item for item in items}
            asking = {relative for item in items for relative in _relatives(item)}
        return [found[deal_id] for deal_id in sorted(found)]

    def _cards_by_id(self, ids: list[int]) -> list[dict]:
        return self._engine.portal.call("crm.item.list", _cards({"@id": ids})).result["items"]

    def _moved(self, deal_ids: set[int]) -> set[int]:
        """Which of the cards have a record of the stage history that we used."""
        cards, moved = storage.cards, set()
        with self._storage.read() as connection:
            for part in chunks(deal_ids, 500):
                moving = sa.select(cards.c.deal_id).where(cards.c.deal_id.in_(part), cards.c.history_id > 0)
                moved |= set(connection.scalars(moving))
        return moved

    def _is_ours(self, record: dict) -> bool:
        return self._engine.dictionary.process(record["CATEGORY_ID"]) is not None

    def known_records(self, reading: Reading) -> set[int]:
        """Which of the records read are used already."""
        known: set[int] = set()
        with self._storage.read() as connection:
            for part in chunks(reading.records, 500):
                known |= set(
                    connection.scalars(
                        sa.select(storage.stage_records.c.id).where(storage.stage_records.c.id.in_(part))
                    )
                )
        return known

    def _batch(self, reading: Reading, commands: list[Command]) -> dict[str, Answer]:
        answers = {}
        for part in chunks(commands):
            for command, answer in zip(part, self._engine.portal.batch(part), strict=True):
                if isinstance(answer, FieldInvalid) and command.label.startswith("compan"):
                    # a field of companies is gone; cards and tasks are seen all the same
                    log.error("companies cannot be watched", reason=str(answer))
                    answer = Answer({"items": []})
                elif isinstance(answer, Exception):
                    raise answer
                answers[command.label] = answer
                self._sort(reading, command, answer)
        return answers

    def _sort(self, reading: Reading, command: Command, answer: Answer) -> None:
        label = command.label or ""
        if label.startswith("history"):
            reading.records |= {int(record["ID"]): record for record in answer.result["items"]}
        elif label.startswith("before"):
            reading.stage_before[int(label.removeprefix("before"))] = self._stage_of_last(
                answer.result["items"], command
            )
        elif label.startswith("tasks") or label == "taskwindow":
            reading.tasks |= {int(task["id"]): task for task in answer.result["tasks"]}
        elif label.startswith("compan"):
            reading.companies |= {int(item["id"]): item for item in answer.result["items"]}
        elif label.startswith("rows"):
            self._sort_rows(reading, command, answer)
        else:
            reading.cards |= {int(item["id"]): item for item in answer.result["items"]}

    def _sort_rows(self, reading: Reading, command: Command, answer: Answer) -> None:
        while True:
            for row in answer.result["productRows"]:
                reading.rows.setdefault(int(row["ownerId"]), []).append(row)
            if answer.next is None:
                return
            answer = self._engine.portal.call(command.method, {**command.params, "start": answer.next})

    def _stage_of_last(self, records: list[dict], command: Command) -> str | None:
        owner, before = command.params["filter"]["OWNER_ID"], command.params["filter"]["<ID"]
        own = [record for record in records if int(record["OWNER_ID"]) == owner and int(record["ID"]) < before]
        return (
            self._engine.dictionary.stage(max(own, key=lambda record: int(record["ID"]))["STAGE_ID"]) if own else None
        )

    def _long_history(self, reading: Reading, last: Answer) -> None:
        """Further pages by id: a card deleted between two requests takes its records with it, and places would shift."""
        while len(last.result["items"]) == PAGE:
            newest = max(int(record["ID"]) for record in last.result["items"])
            command = Command("crm.stagehistory.list", _history(newest, 0), "historybeyond")
            last = self._batch(reading, [command])[command.label]

    def _long_window(self, reading: Reading, command: Command, answer: Answer) -> None:
        """Further pages by id inside the fixed window: ties and edits during the reading lose nothing."""
        key, beyond = ("tasks", ">ID") if command.method == "tasks.task.list" else ("items", ">id")
        while len(answer.result[key]) == PAGE:
            last = max(int(one["id"]) for one in answer.result[key])
            params = {**command.params, "filter": {**command.params["filter"], beyond: last}}
            answer = self._batch(reading, [Command(command.method, params, command.label)])[command.label]

    def _gone(self, reading: Reading) -> set[int]:
        """Cards of ours that a list did not show and that do not exist: asked one by one, as a list also hides."""
        gone = set()
        for deal_id in self.known(set(reading.ids("deal")) - set(reading.cards)):
            try:
                self._engine.portal.call("crm.item.get", {"entityTypeId": DEAL, "id": deal_id})
            except NotFound:
                gone.add(deal_id)
        return gone


def chunks(items: Iterable, size: int = PAGE) -> list[list]:
    """Lists of at most `size`."""
    items = list(items)
    return [items[start : start + size] for start in range(0, len(items), size)]


def _relatives(item: dict) -> set[int]:
    """The cards directly above and below."""
    linked = [item.get("UF_CRM_SF_PARENT"), *(item.get("UF_CRM_SF_CHILDREN") or ())]
    return {deal_id for deal_id in map(linked_deal, linked) if deal_id is not None}


def _card_commands(deals: list[int]) -> list[Command]:
    cards = [Command("crm.item.list", _cards({"@id": ids}), f"cards{n}") for n, ids in enumerate(chunks(deals))]
    return cards + [Command("crm.item.productrow.list", _rows(ids), f"rows{n}") for n, ids in enumerate(chunks(deals))]


def _task_commands(tasks: list[int]) -> list[Command]:
    return [Command("tasks.task.list", _tasks({"ID": ids}), f"tasks{n}") for n, ids in enumerate(chunks(tasks))]


def _history(after: int, start: int) -> dict:
    return {"entityTypeId": DEAL, "order": {"ID": "ASC"}, "filter": {">ID": after}, "start": start}


def _history_of(deal_id: int, before: int) -> dict:
    return {"entityTypeId": DEAL, "order": {"ID": "DESC"}, "filter": {"OWNER_ID": deal_id, "<ID": before}}


def _cards(filter_: dict) -> dict:
    select = {"select": ["*", "UF_*"], "useOriginalUfNames": "Y"}
    return {"entityTypeId": DEAL, "filter": filter_, "order": {"id": "ASC"}, "start": -1, **select}


def _rows(owner_ids: list[int]) -> dict:
    return {"filter": {"=ownerType": "D", "@ownerId": owner_ids}, "order": {"id": "ASC"}}


def _tasks(filter_: dict) -> dict:
    return {"filter": filter_, "select": TASK_FIELDS, "order": {"ID": "asc"}, "start": -1}


def _updated(window: tuple[datetime, datetime]) -> dict:
    return _cards({">=updatedTime": window[0].isoformat(), "<updatedTime": window[1].isoformat()})


def _tasks_changed(window: tuple[datetime, datetime]) -> dict:
    return _tasks({">=CHANGED_DATE": window[0].isoformat(), "<CHANGED_DATE": window[1].isoformat()})
