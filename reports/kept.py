"""Reports that were made: their rows, while a run may still want to send them and people to look at them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from engine import storage
from reports.report import Chart, Column, Link, Report, Sheet

ROWS_KEPT = timedelta(days=31)
"""How long after a report was made its rows are kept; its file stays on the Disk."""


def keep(store: storage.Storage, clock, key: str, folder: str, report: Report) -> int:
    """Write a report down, once under its key; rows of old ones are forgotten. Returns its id."""
    table, now = storage.reports, clock.now()
    row = {
        "key": key,
        "folder": folder,
        "title": report.title,
        "content": plain(report),
        "at": report.at,
        "made_at": now,
    }
    with store.write() as tx:
        old = sa.and_(table.c.made_at < now - ROWS_KEPT, table.c.content.is_not(None))
        tx.execute(sa.update(table).where(old).values(content=sa.null()))
        same = sa.select(table.c.id).where(table.c.key == key)
        if (there := tx.scalar(same)) is None:
            tx.execute(sa.insert(table).values(**row))
            there = tx.scalar(same)
    return there


def report(store: storage.Storage, number: int) -> Report:
    """The report as it was first made. Raises LookupError when its rows are forgotten."""
    with store.read() as connection:
        content = connection.scalar(sa.select(storage.reports.c.content).where(storage.reports.c.id == number))
    if content is None:
        raise LookupError(f"the rows of report {number} are no longer kept; make the report again")
    return of_plain(content)


def newest(store: storage.Storage, title: str) -> Report | None:
    """The last report of that title whose rows are still kept."""
    table = storage.reports
    which = (table.c.title == title, table.c.content.is_not(None))
    with store.read() as connection:
        content = connection.scalar(sa.select(table.c.content).where(*which).order_by(table.c.id.desc()).limit(1))
    return of_plain(content) if content is not None else None


# — as plain values —


def plain(report: Report) -> dict:
    """The report in texts, numbers, lists and maps."""
    return {"title": report.title, "at": report.at.isoformat(), "sheets": [_plain_sheet(one) for one in report.sheets]}


def of_plain(content: dict) -> Report:
    """The report that `plain` took apart."""
    sheets = tuple(_sheet(one) for one in content["sheets"])
    return Report(content["title"], datetime.fromisoformat(content["at"]), sheets)


def _plain_sheet(sheet: Sheet) -> dict:
    return {
        "title": sheet.title, "columns": [vars(column) for column in sheet.columns], "empty": sheet.empty,
        "rows": [[_plain(value) for value in row] for row in sheet.rows],
        "totals": {title: _plain(value) for title, value in sheet.totals.items()},
        "chart": vars(sheet.chart) if sheet.chart else None,
    }  # fmt: skip


def _sheet(content: dict) -> Sheet:
    columns = tuple(Column(**column) for column in content["columns"])
    kinds = {column.title: column.kind for column in columns}
    rows = (zip(columns, row, strict=True) for row in content["rows"])
    chart = content["chart"]
    return Sheet(
        content["title"],
        columns,
        tuple(tuple(_value(column.kind, value) for column, value in row) for row in rows),
        totals={title: _value(kinds[title], value) for title, value in content["totals"].items()},
        chart=Chart(**{**chart, "series": tuple(chart["series"])}) if chart else None,
        empty=content["empty"],
    )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Link):
        return [value.text, value.address]
    return value.isoformat() if isinstance(value, date) else value


def _value(kind: str, value: object) -> object:
    return None if value is None else _READING.get(kind, lambda same: same)(value)


_READING = {
    "number": Decimal, "money": Decimal, "percent": Decimal, "date": date.fromisoformat, "moment": datetime.fromisoformat,
    "link": lambda pair: Link(*pair),
}  # fmt: skip
