"""Numbers of documents (spec registry §7.3): by own company, type and year, or inside a contract; each taken once."""

from datetime import date

import sqlalchemy as sa

from config import DocumentType
from engine import storage
from engine.clock import Clock


def scope(type_: DocumentType, our: str, contract: int | None) -> str:
    """Inside what the numbers of the type are counted, but for the year: an own company, or the register card of a contract."""
    return f"{type_.stage} of contract {contract}" if type_.within_contract else f"{type_.stage} of {our}"


def text(type_: DocumentType, day: date, number: int) -> str:
    """`Д-2026/117`, three digits at least; inside a contract `3`."""
    return str(number) if type_.within_contract else f"{type_.prefix}-{day.year}/{number:03}"


def specimen(type_: DocumentType, day: date) -> str:
    """What stands in a trial document; no document has it."""
    return text(type_, day, 0)


def counted(type_: DocumentType, within: str, day: date) -> str:
    """Inside what they are counted, with the year where that matters."""
    return within if type_.within_contract else f"{within} in {day.year}"


def take(store: storage.Storage, clock: Clock, type_: DocumentType, within: str, day: date, key: str) -> int:
    """The next number, or the one that `key` took before. A number is never given twice, whatever became of the document."""
    row = counted(type_, within, day)
    with store.write() as tx:
        table = storage.numbers
        taken = tx.scalar(sa.select(table.c.number).where(table.c.key == key))
        if taken is not None:
            return taken
        number = _next(tx, row)
        tx.execute(sa.insert(table).values(scope=row, number=number, key=key, taken_at=clock.now()))
    return number


def pass_over(store: storage.Storage, key: str) -> int:
    """The next number instead of the one that `key` took: somebody has given that one by hand."""
    table = storage.numbers
    with store.write() as tx:
        row = tx.scalar(sa.select(table.c.scope).where(table.c.key == key))
        number = _next(tx, row)
        tx.execute(sa.update(table).where(table.c.key == key).values(number=number))
    return number


def _next(tx: sa.Connection, row: str) -> int:
    table = storage.numbers
    return (tx.scalar(sa.select(sa.func.max(table.c.number)).where(table.c.scope == row)) or 0) + 1
