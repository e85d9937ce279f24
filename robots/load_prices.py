"""Load the distributor's price list: a table «Товар», «Цена», «Действует с», from Excel or as CSV (E-DB-8, E-DB-9)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook

from robots.price_rows import Price, keep_prices, wrong_price
from rules import reading
from rules.reading import name_key

PRODUCT, PRICE, SINCE = "товар", "цена", "действует с"
HEADINGS = (PRODUCT, PRICE, SINCE)


class WrongList(ValueError):
    """Why the file is no price list; `mistakes` says all of it, by line, in words for people."""

    def __init__(self, *mistakes: str):
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


def load_prices(engine, path: Path) -> int:
    """All of the file or nothing of it; a price of the same product and day is written over. Returns how many. Raises WrongList."""
    lines = list(_lines(path))
    heading = next(
        (n for n, cells in enumerate(lines) if set(HEADINGS) <= {_text(one).casefold() for one in cells}), None
    )
    if heading is None:
        raise WrongList(f"{path.name}: нет строки с заголовками «Товар», «Цена», «Действует с».")
    names = [_text(one).casefold() for one in lines[heading]]
    products = {name_key(one["NAME"]): one for one in _catalogue(engine)}
    prices, mistakes = [], []
    for number, cells in enumerate(lines[heading + 1 :], start=heading + 2):
        said = dict(zip(names, cells, strict=False))
        if not any(_text(said.get(name)) for name in HEADINGS):
            continue
        try:
            prices.append(_price(said, products))
        except ValueError as wrong:
            mistakes.append(f"строка {number}: {wrong}")
    if mistakes or not prices:
        raise WrongList(*(mistakes or [f"{path.name}: под заголовками нет ни одной строки."]))
    return keep_prices(engine.storage, prices)


def _price(said: dict[str, object], products: dict[str, dict]) -> Price:
    name = _text(said.get(PRODUCT))
    product = products.get(name_key(name))
    if product is None:
        raise ValueError(f"товара «{name}» нет в каталоге портала")
    price = (
        Decimal(str(said[PRICE]))
        if isinstance(said.get(PRICE), int | float)
        else reading.number(_text(said.get(PRICE)))
    )
    if (wrong := wrong_price(price)) is not None:
        raise ValueError(wrong)
    return Price(int(product["ID"]), product["NAME"], price, _day(said.get(SINCE)))


def _day(cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else reading.day(_text(cell))


def _text(cell: object) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _catalogue(engine) -> Iterable[dict]:
    """https://apidocs.bitrix24.com/api-reference/crm/outdated/products/crm-product-list.html"""
    start: int | None = 0
    while start is not None:
        answer = engine.portal.call(
            "crm.product.list", {"select": ["ID", "NAME"], "order": {"ID": "ASC"}, "start": start}
        )
        yield from answer.result
        start = answer.next


def _lines(path: Path) -> Iterator[Sequence[object]]:
    if path.suffix.lower() != ".csv":
        try:
            yield from load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
        except (BadZipFile, KeyError, ValueError, OSError):
            raise WrongList(f"{path.name}: нужен файл Excel (.xlsx) или CSV.") from None
        return
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=";")
