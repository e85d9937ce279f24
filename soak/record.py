"""What a checker needs to know, as plain values: it can be kept as a file and judged again."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import sqlalchemy as sa

from emulator.control import Control
from engine import storage
from engine.storage import Storage
from soak.words import DEAL, Words


@dataclass
class Record:
    """`log`: the portal's effects; `cards`: how they stand at the end; `history`: its stage records; the rest: the layer's tables.

    `retried`: dead letters that IT has opened again meanwhile.
    """

    words: dict
    last_record: int
    users: list[int]
    log: list[dict]
    cards: dict[str, dict]
    history: list[dict]
    runs: list[dict]
    changes: dict[str, int]
    effects: dict[str, int]
    not_done: list[dict]
    retried: list[dict] = field(default_factory=list)
    worker_endings: list[str] = field(default_factory=list)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Record":
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def newest_record(portal: Control) -> int:
    """The newest id of the stage history now."""
    newest = portal.act(1, "crm.stagehistory.list", {"entityTypeId": DEAL, "order": {"ID": "DESC"}})["items"]
    return max((int(record["ID"]) for record in newest), default=0)


def collect(portal: Control, store: Storage, last_record: int) -> Record:
    """Everything as it is now. `last_record`: the newest id of the stage history before people began."""
    words = Words.read(lambda method, params: portal.act(1, method, params))
    runs, changes, effects = storage.runs, storage.changes, storage.effects
    with store.read() as connection:
        columns = (runs.c.id, runs.c.change_id, runs.c.trigger, runs.c.deal_id, runs.c.state, runs.c.note)
        all_runs = [dict(row._mapping) for row in connection.execute(sa.select(*columns).order_by(runs.c.id))]
        kinds = connection.execute(sa.select(changes.c.kind, sa.func.count()).group_by(changes.c.kind)).all()
        done = connection.execute(
            sa.select(effects.c.verb, sa.func.count()).where(effects.c.state == "done").group_by(effects.c.verb)
        ).all()
        columns = (effects.c.verb, effects.c.state, effects.c.deal_id, effects.c.run_id, effects.c.error)
        not_done = connection.execute(sa.select(*columns).where(effects.c.state != "done")).all()
    return Record(
        words=asdict(words), last_record=last_record,
        users=[int(user["ID"]) for user in _all(portal, "user.get", {"ADMIN_MODE": True}, None)],
        log=_log(portal),
        cards={str(item["id"]): item for item in _all(portal, "crm.item.list", _WHOLE, "items")},
        history=_all(portal, "crm.stagehistory.list", {"entityTypeId": DEAL, "filter": {">ID": last_record}}, "items"),
        runs=all_runs, changes=dict(map(tuple, kinds)), effects=dict(map(tuple, done)),
        not_done=[dict(row._mapping) for row in not_done],
    )  # fmt: skip


_WHOLE = {"entityTypeId": DEAL, "select": ["*", "UF_*"], "useOriginalUfNames": "Y", "order": {"id": "ASC"}}


def _log(portal: Control) -> list[dict]:
    found: list[dict] = []
    while piece := portal.log(after=len(found)):
        found += piece
    return found


def _all(portal: Control, method: str, params: dict, key: str | None) -> list[dict]:
    rows, start = [], 0
    while start is not None:
        answer = portal.act_fully(1, method, {**params, "start": start})
        rows += answer["result"] if key is None else answer["result"][key]
        start = answer.get("next")
    return rows
