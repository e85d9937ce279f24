"""Documents that were filled: by card, template and version, with their file while it may still have to leave."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from engine import storage

FILES_KEPT = timedelta(days=31)
"""How long after a file was made a run may still want to send it (as jobs/sweep: the longest memory of the layer)."""

PDF = ".pdf"


@dataclass(frozen=True)
class Document:
    """A row of the table `documents`, without its file."""

    id: int
    key: str
    scope: str
    number: str
    date: date
    made_on: date
    said: str
    name: str
    total: str
    version: int


def digest(variables: dict) -> str:
    """Equal when two documents say the same."""
    text = json.dumps(variables, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def last(store: storage.Storage, deal_id: int, code: str) -> Document | None:
    """The newest version of the card's document of that template."""
    table = storage.documents
    query = sa.select(table).where(table.c.deal_id == deal_id, table.c.code == code).order_by(table.c.id.desc())
    with store.read() as connection:
        row = connection.execute(query.limit(1)).first()
    return _document(row) if row else None


def keep(store: storage.Storage, clock, *, deal_id: int, code: str, content: bytes, **what: object) -> Document:
    """Write a filled document down, once under its key; files of old ones are forgotten."""
    table, now = storage.documents, clock.now()
    row = {**what, "deal_id": deal_id, "code": code, "content": content, "made_at": now}
    row |= {name: row[name].isoformat() for name in ("date", "made_on")}
    with store.write() as tx:
        old = sa.and_(table.c.made_at < now - FILES_KEPT, table.c.content.is_not(None))
        tx.execute(sa.update(table).where(old).values(content=None))
        there = tx.execute(sa.select(table).where(table.c.key == row["key"])).first()
        if there is None:
            tx.execute(sa.insert(table).values(**row))
            there = tx.execute(sa.select(table).where(table.c.key == row["key"])).one()
    return _document(there)


def pdf_of(store: storage.Storage, document: int) -> int | None:
    """The row that holds the PDF of a document."""
    table = storage.documents
    key = sa.select(table.c.key + PDF).where(table.c.id == document).scalar_subquery()
    with store.read() as connection:
        return connection.scalar(sa.select(table.c.id).where(table.c.key == key, table.c.content.is_not(None)))


def keep_pdf(store: storage.Storage, clock, document: int, content: bytes) -> int:
    """Write the PDF of a document down, once: a row like the document's own, under its code and key with «.pdf»."""
    table = storage.documents
    with store.read() as connection:
        row = dict(connection.execute(sa.select(table).where(table.c.id == document)).one()._mapping)
    del row["id"], row["content"], row["made_at"]
    row |= {name: row[name] + PDF for name in ("key", "code")}
    row |= {name: date.fromisoformat(row[name]) for name in ("date", "made_on")}
    return keep(store, clock, content=content, **{**row, "name": row["name"].removesuffix(".docx") + PDF}).id


def numbered(store: storage.Storage, deal_id: int, code: str) -> int:
    """How many documents of that template the card has had, versions of one counted once."""
    table = storage.documents
    of_card = (
        sa.select(table.c.scope, table.c.number).where(table.c.deal_id == deal_id, table.c.code == code).distinct()
    )
    with store.read() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(of_card.subquery()))


def file(store: storage.Storage, document: int) -> tuple[str, bytes]:
    """Name and content. Raises LookupError when the file is forgotten."""
    table = storage.documents
    with store.read() as connection:
        row = connection.execute(sa.select(table.c.name, table.c.content).where(table.c.id == document)).first()
    if row is None or row.content is None:
        raise LookupError(f"the file of document {document} is no longer kept; fill the document again")
    return row.name, row.content


def _document(row: sa.Row) -> Document:
    names = ("id", "key", "scope", "number", "said", "name", "total", "version")
    days = {name: date.fromisoformat(getattr(row, name)) for name in ("date", "made_on")}
    return Document(**{name: getattr(row, name) for name in names}, **days)
