"""What IT enters about the distributor: first rates of the branches, corrections, price lists.

Texts are Russian: they are read beside the tables that accountants and the head of distributors made.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce

from engine.dictionary import Dictionary
from engine.engine import Engine
from reports.table import Line, read
from robots.find_branches import Branch, find_branches
from robots.keep_rates import keep_rates
from robots.price_rows import Price, keep_prices, prices_on, wrong_price
from rules import branch_rates, money, reading
from rules.branch_rates import Interval, WrongRate
from rules.reading import name_key

BRANCH, RATE, SINCE, UNTIL, NOTE = "Филиал", "Ставка", "С", "По", "Примечание"
PRODUCT, ARTICLE, PRICE = "Товар", "Артикул", "Цена"
ACTS_FROM = "Действует с"


class Refused(ValueError):
    """Nothing was written; the text says why, a line for each mistake."""


def at_the_desk(engine: Engine) -> Engine:
    """An engine that is not started and knows the portal's names: as much as this needs."""
    engine.dictionary = Dictionary.read(engine.portal, engine.company)
    return engine


# — rates —


def rates(desk: Engine, named: str | None = None, day: date | None = None) -> list[tuple]:
    """Rows (number, branch, rate, from, until, note) of all branches or of one: every interval, or the one of a day."""
    branches = find_branches(desk)
    shown = [_named(branches, named)] if named else branches
    return [row for branch in shown for row in _rows(branch, day)]


def set_rate(desk: Engine, named: str, rate: str, since: str, note: str) -> str:
    """The branch has that rate from that day on; the one before ends the day before. Returns what is true then."""
    return _change(desk, named, lambda history: branch_rates.add(history, _interval(desk, rate, since, "", note)))


def correct_rate(desk: Engine, named: str, since: str, rate: str | None, begins: str | None, ends: str | None) -> str:
    """Of the rate that begins on `since` another percentage, first or last day; `ends` "-" opens its end."""

    def change(history: list[Interval]) -> list[Interval]:
        old = next((one for one in history if one.since == _day(since)), None)
        new = old and replace(
            old,
            rate=_rate(desk, rate) if rate else old.rate,
            since=_day(begins) if begins else old.since,
            until=None if ends == "-" else _day(ends) if ends else old.until,
        )
        return branch_rates.correct(history, _day(since), new)

    return _change(desk, named, change)


def remove_rate(desk: Engine, named: str, since: str) -> str:
    """The rate that begins on that day is gone; its days have none."""
    return _change(desk, named, lambda history: branch_rates.without(history, _day(since)))


def load_rates(desk: Engine, content: bytes, *, dry: bool) -> int:
    """The rates of a table «Филиал; Ставка; Действует с; По; Примечание», all or none. Returns how many. Raises Refused, NotATable.

    What stands there already is left alone, so that a table may be loaded again. `dry`: only looked at.
    """
    branches, added, wrong = find_branches(desk), {}, []
    lines = read(content, BRANCH, RATE)
    for line in lines:
        try:
            branch, new = _of_line(desk, branches, line)
            added[branch.id] = branch_rates.add(added.get(branch.id, []), new)
        except ValueError as reason:
            wrong.append(f"строка {line.number}: {reason}")
    for branch in branches:
        try:
            _adding(added.get(branch.id, []))([*branch.rates])
        except WrongRate as reason:
            wrong.append(f"{branch.name}: {reason}")
    if wrong:
        raise Refused("\n".join(wrong))
    if not dry:
        keep_rates(desk.storage, {branch: _adding(news) for branch, news in added.items()})
    return len(lines)


def _adding(news: list[Interval]) -> Callable[[list[Interval]], list[Interval]]:
    """The last first: what was open until then ends before it."""
    return lambda history: reduce(branch_rates.add, reversed(news), history)


def _of_line(desk: Engine, branches: list[Branch], line: Line) -> tuple[Branch, Interval]:
    branch = _named(branches, line[BRANCH])
    since = line[ACTS_FROM] or line.exactly(SINCE)
    if not since and branch.starts is None:
        raise Refused("нет дня, с которого действует ставка")
    since = since or branch.starts.isoformat()
    return branch, _interval(desk, line[RATE], since, line.exactly(UNTIL), line[NOTE])


def _interval(desk: Engine, rate: str, since: str, until: str, note: str) -> Interval:
    return Interval(_rate(desk, rate), _day(since), _day(until) if until else None, note=note)


def _rate(desk: Engine, text: str) -> Decimal:
    rate = reading.number(text)
    if (wrong := branch_rates.wrong_rate(rate, desk.company.limits.distributor.max_rate)) is not None:
        raise WrongRate(wrong)
    return rate


def _day(text: str) -> date:
    return reading.day(text)


def _change(desk: Engine, named: str, change: Callable[[list[Interval]], list[Interval]]) -> str:
    branch = _named(find_branches(desk), named)
    history = keep_rates(desk.storage, {branch.id: change})[branch.id]
    said = "; ".join(branch_rates.said(one) for one in history)
    return f"{branch.name} (№ {branch.id}): {said or 'ставок нет'}"


def _rows(branch: Branch, day: date | None) -> Iterator[tuple]:
    shown = [one for one in branch.rates if day is None or day in one]
    for one in shown:
        ends = reading.day_text(one.until) if one.until else None
        yield branch.id, branch.name, f"{reading.quantity_text(one.rate)}%", reading.day_text(one.since), ends, one.note
    if not shown:
        yield branch.id, branch.name, None, None, None, ""


def _named(branches: list[Branch], word: str) -> Branch:
    """The branch of that number or name. Raises Refused."""
    found = [
        one for one in branches if word == str(one.id) or name_key(word) in (name_key(one.title), name_key(one.name))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(
            f"«{word}»: таких филиалов {len(found)}, укажите номер: {', '.join(str(one.id) for one in found)}"
        )
    raise Refused(f"«{word}»: такого филиала на портале нет. Все филиалы: flask rates list")


# — prices —


def prices(desk: Engine, day: date) -> list[tuple]:
    """Rows (product's number, product, price, since, note) of the price list of that day."""
    said = reading.day_text
    return [
        (one.product_id, one.product, money.text(one.price), said(one.since), one.note)
        for one in prices_on(desk.storage, day)
    ]


def load_prices(desk: Engine, content: bytes, since: date, *, dry: bool) -> int:
    """The price list of a table «Артикул или Товар; Цена» holds from that day on, all of it or none. Returns how many prices.

    A product is known by its name, its number or its external code. Raises Refused, NotATable.
    """
    lines, catalogue = read(content, PRICE), _catalogue(desk)
    found: dict[int, Price] = {}
    wrong = []
    for line in lines:
        try:
            one = _price(catalogue, line, since)
            if one.product_id in found:
                raise Refused(f"«{one.product}» стоит в файле дважды")
            found[one.product_id] = one
        except ValueError as reason:
            wrong.append(f"строка {line.number}: {reason}")
    if wrong:
        raise Refused("\n".join(wrong))
    return len(found) if dry else keep_prices(desk.storage, found.values())


def _price(catalogue: dict[str, tuple[int, str]], line: Line, since: date) -> Price:
    words = [word for word in (line[ARTICLE], line[PRODUCT]) if word]
    known = next((catalogue[name_key(word)] for word in words if name_key(word) in catalogue), None)
    if known is None:
        raise Refused(f"«{' / '.join(words)}»: такого товара в каталоге портала нет")
    price = reading.number(line[PRICE])
    if (why := wrong_price(price)) is not None:
        raise Refused(f"«{known[1]}»: {why}")
    return Price(*known, price, since)


def _catalogue(desk: Engine) -> dict[str, tuple[int, str]]:
    """Products of the portal by name, number and external code.

    https://apidocs.bitrix24.com/api-reference/crm/outdated/products/crm-product-list.html
    """
    rows = desk.portal.list("crm.product.list", {"select": ["ID", "NAME", "XML_ID"]}, key=None, id_key="ID")
    found: dict[str, tuple[int, str]] = {}
    for row in rows:
        for word in (row["NAME"], row.get("XML_ID"), row["ID"]):
            if word:
                found.setdefault(name_key(str(word)), (int(row["ID"]), row["NAME"]))
    return found
