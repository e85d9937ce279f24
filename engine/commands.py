"""Documents of 1C: each taken once, whoever sends it how often, and what became of it.

The primary key decides between two processes that take the same document at the same moment. A run serves a document by
its key ("payment/ПП-17"), which its change carries as `command` and which signals pass on.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from engine import storage
from engine.changes import Change

ACCEPTED, DONE, REFUSED = "accepted", "done", "refused"
UNSERVED, STOPPED = "unserved", "stopped"  # nobody could act on it any more; its run is a dead letter
PREFIX, OTHER = "1c_", "1c_other"
MOST_OTHERS = 5  # contents under one id that its card hears of


@dataclass(frozen=True)
class Document:
    """What was sent first under this id, and what became of it."""

    kind: str
    document: str
    digest: str
    content: dict
    others: list[str]
    received_at: datetime
    outcome: str
    text: str | None
    more: dict
    answered_at: datetime | None

    @property
    def key(self) -> str:
        return _key(self.kind, self.document)

    def says(self, content: dict) -> bool:
        """Whether it was sent with this content."""
        return self.digest == _digest(content)


def find(connection: sa.Connection, kind: str, document: str) -> Document | None:
    table = storage.documents_of_1c
    row = connection.execute(sa.select(table).where(table.c.kind == kind, table.c.document == document)).first()
    return row and Document(**row._mapping)


def take(store: storage.Storage, tx: sa.Connection, kind: str, content: dict) -> bool:
    """Store the document and have it served. False: one of this id is there already."""
    document = content["document"]
    row = {"kind": kind, "document": document, "digest": _digest(content), "content": content, "others": []}
    row |= {"received_at": datetime.now(UTC), "outcome": ACCEPTED, "text": None, "more": {}, "answered_at": None}
    if not store.upsert(tx, storage.documents_of_1c, row):
        return False
    _command(tx, PREFIX + kind, {**content, "command": _key(kind, document)})
    return True


def report_other(tx: sa.Connection, first: Document, content: dict, differs: str) -> None:
    """Have the card told that other data came under the document's id: once for each of the first few of them."""
    digest, table = _digest(content), storage.documents_of_1c
    if digest in first.others or len(first.others) >= MOST_OTHERS:
        return
    same = sa.and_(table.c.kind == first.kind, table.c.document == first.document)
    tx.execute(sa.update(table).where(same).values(others=[*first.others, digest]))
    payload = {"kind": first.kind, "first": first.content, "other": content, "differs": differs}
    _command(tx, OTHER, payload)


def answer(tx: sa.Connection, key: str, outcome: str, text: str, more: dict) -> None:
    """What became of the document, for those who ask."""
    if outcome not in (DONE, REFUSED):
        raise ValueError(f"{outcome} is no outcome of a document: say {DONE} or {REFUSED}")
    tx.execute(_of(key).values(outcome=outcome, text=text, more=more, answered_at=datetime.now(UTC)))


def leave(tx: sa.Connection, change: Change, outcome: str) -> None:
    """Nobody answers the document that the change asks to serve: UNSERVED or STOPPED, unless it was answered before."""
    key = change.what.get("command")
    if key is not None:
        open_ = storage.documents_of_1c.c.outcome.in_((ACCEPTED, STOPPED))
        at = datetime.now(UTC) if outcome == UNSERVED else None  # a dead letter may be opened again
        tx.execute(_of(key).where(open_).values(outcome=outcome, answered_at=at))


def _of(key: str) -> sa.Update:
    table, (kind, _, document) = storage.documents_of_1c, key.partition("/")
    return sa.update(table).where(table.c.kind == kind, table.c.document == document)


def _command(tx: sa.Connection, name: str, payload: dict) -> None:
    row = {"name": name, "deal_id": None, "payload": payload, "received_at": datetime.now(UTC), "taken": False}
    tx.execute(sa.insert(storage.commands), row)


def _key(kind: str, document: str) -> str:
    return f"{kind}/{document}"


def _digest(content: dict) -> str:
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
