"""Read the report that a distributor's branch has sent: an XLSX by the headings of config/distributor_report.yaml (DB-T3, E-DB-10)."""

import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine import storage
from engine.deal import Deal, Row
from engine.dictionary import DEAL
from engine.run import Run
from robots.comment import comment
from rules import branch_report, reading
from rules.branch_report import NotRecognised

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 10_000, 50
BROKEN = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError)
"""What openpyxl says of a file that is no XLSX."""


@dataclass(frozen=True)
class Report:
    """What a file says: its rows without prices; `unread`: a sentence on rows that could not be read, or nothing.

    `before`: what was read from the file before this one, as (product, quantity).
    """

    name: str
    rows: list[Row]
    unread: str
    before: tuple[tuple[str, str], ...]

    def replaces(self, rows: Sequence[Row]) -> bool:
        """Whether these rows are nobody's work: there are none, or they are as the file before this one said."""
        return not rows or _said(rows) == self.before


def read_branch_report(run: Run, branch: Deal) -> Report | None:
    """The newest of the files that were just put on the card. Not inside `together()`.

    None: there is no new one, the same content has been read before, or it is no table that can be read; the card says so. Of
    several files the last one that can be read counts.
    """
    old = {int(one["id"]) for one in run.change.what["old"] or []}
    files = [int(one["id"]) for one in run.change.what["new"] or [] if int(one["id"]) not in old]
    report = None
    for file in files:
        found = run.fact(f"file {file}", lambda file=file: _look(run, branch, file))
        if found is None:
            continue
        if found["why_not"]:
            comment(run, branch, f"Файл «{found['name']}»: {found['why_not']}.")
            continue
        if found["elsewhere"]:
            comment(
                run, branch, f"Такой же файл загружен в сделку «{found['elsewhere']}»: проверьте, тот ли это филиал."
            )
        rows = [Row(product, Decimal(0), Decimal(quantity), None, unit) for product, quantity, unit in found["rows"]]
        report = Report(found["name"], rows, found["unread"], tuple((one, number) for one, number in found["before"]))
    return report


def _look(run: Run, branch: Deal, file: int) -> dict | None:
    """Its name and what it says; None for one that is gone again."""
    address = _address(run, branch, file)
    held = run.engine.portal.download(address, MOST_BYTES) if address else None
    if held is None:
        return None
    said = {"name": held.name, "rows": [], "unread": "", "before": [], "elsewhere": None, "why_not": None}
    if held.content is None:
        return said | {"why_not": "больше 10 МБ, строки не загружены"}
    digest = hashlib.sha256(held.content).hexdigest()
    before, elsewhere = _known(run, branch, digest)
    if before is None:
        return said | {"why_not": "уже загружен, повторно не читается"}
    try:
        read = branch_report.read(_cells(held.content), run.company.distributor_report)
    except NotRecognised as reason:
        return said | {"why_not": f"строки не загружены, {reason}"}
    except BROKEN:
        return said | {"why_not": "строки не загружены, это не таблица XLSX"}
    rows = [[one.product, f"{one.quantity.normalize():f}", one.unit] for one in read.lines]
    _keep(run, branch, digest, file, held.name, rows)
    return said | {"rows": rows, "unread": _unread(read.unread), "before": before, "elsewhere": elsewhere}


def _unread(rows: list[str]) -> str:
    return f" Не загружено: {'; '.join(rows[:10])}{'…' if len(rows) > 10 else ''}." if rows else ""


def _address(run: Run, branch: Deal, file: int) -> str | None:
    params = {"entityTypeId": DEAL, "id": branch.id, "useOriginalUfNames": "Y"}
    item = run.engine.ask("crm.item.get", params).result["item"]
    field = run.engine.dictionary.field(branch.process, "db_file").code
    return next((one["urlMachine"] for one in item.get(field) or [] if int(one["id"]) == file), None)


def _cells(content: bytes) -> Iterator[tuple]:
    """The cells of the first sheet that has any."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = [row[:MOST_COLUMNS] for row in sheet.iter_rows(max_row=MOST_ROWS, values_only=True)]
        if any(cell is not None for row in rows for cell in row):
            return iter(rows)
    return iter(())


# — files that were read —


def _known(run: Run, branch: Deal, digest: str) -> tuple[list | None, str | None]:
    """What the file before this one said (None: this very content was read), and the title of another card that has the same file."""
    table, cards = storage.distributor_files, storage.cards
    with run.engine.storage.read() as connection:
        own = connection.execute(sa.select(table).where(table.c.deal == branch.id).order_by(table.c.file)).all()
        same = sa.select(cards.c.raw).join(table, table.c.deal == cards.c.deal_id)
        raw = connection.scalar(same.where(table.c.digest == digest, table.c.deal != branch.id).limit(1))
    if any(row.digest == digest for row in own):
        return None, None
    before = own[-1].rows if own else []
    return [[reading.name_key(product), quantity] for product, quantity, _ in before], raw and raw.get("title")


def _keep(run: Run, branch: Deal, digest: str, file: int, name: str, rows: list) -> None:
    store, table = run.engine.storage, storage.distributor_files
    with store.write() as tx:
        store.upsert(tx, table, {"deal": branch.id, "digest": digest, "file": file, "name": name, "rows": rows})


def _said(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    return tuple((reading.name_key(row.product), f"{row.quantity.normalize():f}") for row in rows)
