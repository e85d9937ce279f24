"""What IT enters about the distributor: first rates of the branches, corrections, price lists.

Words are English, figures and days as the lists have them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import reduce

from engine.dictionary import Dictionary
from engine.engine import Engine
from robots.find_branches import Branch, find_branches
from robots.keep_rates import keep_rates
from robots.price_rows import Price, keep_prices, prices_on, wrong_price
from rules import branch_rates, lists, money, reading
from rules.branch_rates import Interval, WrongRate
from rules.lists import Line, Mistaken
from rules.reading import name_key

BRANCH, RATE, ACTS_FROM, SINCE, UNTIL, NOTE = "Филиал", "Ставка", "Действует с", "С", "По", "Примечание"
PRODUCT, ARTICLE, PRICE = "Товар", "Артикул", "Цена"
WHY = {
    "too high": "The rate {}% is not from 0 to {}%.",
    "too exact": "The rate {}% has more than {} digits after the comma.",
    "ends early": "The rate {} ends before it begins.",
    "overlap": "The rates {} and {} overlap. Correct the days.",
    "covers": "The rate {} covers the beginning of the rate {}. Correct that one: flask rates correct.",
    "none begins": "No rate begins on {}. flask rates list says when they do.",
}
"""What branch_rates.WHY says to people on the portal."""


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
    [percent, first] = lists.all_of(lambda: _rate(desk, rate, "RATE"), lambda: lists.day(since, "--from"))
    return _change(desk, named, lambda history: branch_rates.add(history, Interval(percent, first, note=note)))


def correct_rate(desk: Engine, named: str, since: str, rate: str | None, begins: str | None, ends: str | None) -> str:
    """Of the rate that begins on `since` another percentage, first or last day; `ends` "-" opens its end."""
    [first, percent, begins_on, ends_on] = lists.all_of(
        lambda: lists.day(since, "FROM"),
        lambda: _rate(desk, rate, "--rate") if rate else None,
        lambda: lists.day(begins, "--from") if begins else None,
        lambda: lists.day(ends, "--to") if ends and ends != "-" else None,
    )

    def change(history: list[Interval]) -> list[Interval]:
        old = next((one for one in history if one.since == first), None)
        new = old and replace(
            old,
            rate=old.rate if percent is None else percent,
            since=begins_on or old.since,
            until=ends_on if ends else old.until,
        )
        return branch_rates.correct(history, first, new)

    return _change(desk, named, change)


def remove_rate(desk: Engine, named: str, since: str) -> str:
    """The rate that begins on that day is gone; its days have none."""
    first = lists.day(since, "FROM")
    return _change(desk, named, lambda history: branch_rates.without(history, first))


def load_rates(desk: Engine, content: bytes, *, dry_run: bool) -> int:
    """The rates of a table «Филиал; Ставка; Действует с; По; Примечание», all or none. Returns how many. Raises Mistaken.

    What stands there already is left alone, so that a table may be loaded again. `dry_run`: only looked at.
    """
    lines, branches = lists.read(content, BRANCH, RATE), find_branches(desk)
    news: dict[int, list[Interval]] = {}
    numbers: dict[int, list[str]] = {}

    def add(line: Line) -> None:
        branch, new = _of_line(desk, branches, line)
        numbers.setdefault(branch.id, []).append(str(line.number))
        news[branch.id] = _in_english(branch_rates.add, news.get(branch.id, []), new)

    def agree(branch: Branch) -> None:
        try:
            _in_english(_adding(news[branch.id]), [*branch.rates])
        except Mistaken as wrong:
            raise Mistaken(f"lines {', '.join(numbers[branch.id])}: {branch.name}: {wrong}") from None

    lists.each(lines, add)
    lists.all_of(*(lambda branch=branch: agree(branch) for branch in branches if branch.id in news))
    if not dry_run:
        _in_english(keep_rates, desk.storage, {branch: _adding(added) for branch, added in news.items()})
    return len(lines)


def _adding(news: list[Interval]) -> Callable[[list[Interval]], list[Interval]]:
    """The last first: what was open until then ends before it."""
    return lambda history: reduce(branch_rates.add, reversed(news), history)


def _of_line(desk: Engine, branches: list[Branch], line: Line) -> tuple[Branch, Interval]:
    since = line[ACTS_FROM] or line[SINCE]
    branch, rate, first, last = lists.all_of(
        lambda: _named(branches, line[BRANCH]),
        lambda: _rate(desk, line[RATE], f"«{RATE}»"),
        lambda: lists.day(since, f"«{ACTS_FROM}»") if since else None,
        lambda: lists.day(line[UNTIL], f"«{UNTIL}»") if line[UNTIL] else None,
    )
    if (first or branch.starts) is None:
        raise Mistaken(
            f"«{ACTS_FROM}» is empty, and «Филиал отчитывается с» on the branch's card too. Fill one of them in."
        )
    return branch, Interval(rate, first or branch.starts, last, note=line[NOTE])


def _rate(desk: Engine, text: str, name: str) -> Decimal:
    rate = lists.number(text, name)
    if (wrong := branch_rates.wrong_rate(rate, desk.company.limits.distributor.max_rate)) is not None:
        raise Mistaken(_english(wrong))
    return rate


def _change(desk: Engine, named: str, change: Callable[[list[Interval]], list[Interval]]) -> str:
    branch = _named(find_branches(desk), named)
    history = _in_english(keep_rates, desk.storage, {branch.id: change})[branch.id]
    return f"{branch.name} ({branch.id}): {'; '.join(_said(one) for one in history) or 'no rates'}"


def _in_english(act: Callable, *what: object):
    try:
        return act(*what)
    except WrongRate as wrong:
        raise Mistaken(_english(wrong)) from None


def _english(wrong: WrongRate) -> str:
    return WHY[wrong.why].format(*map(_said, wrong.about))


def _said(one: Interval | Decimal | date) -> str:
    """«1,25% from 01.01.2027 to 31.03.2027», a figure, a day."""
    match one:
        case Interval():
            ends = f" to {reading.day_text(one.until)}" if one.until else ""
            return f"{reading.quantity_text(one.rate)}% from {reading.day_text(one.since)}{ends}"
        case date():
            return reading.day_text(one)
        case _:
            return reading.quantity_text(one)


def _rows(branch: Branch, day: date | None) -> Iterator[tuple]:
    shown = [one for one in branch.rates if day is None or day in one]
    for one in shown:
        ends = reading.day_text(one.until) if one.until else None
        yield branch.id, branch.name, f"{reading.quantity_text(one.rate)}%", reading.day_text(one.since), ends, one.note
    if not shown:
        yield branch.id, branch.name, None, None, None, ""


def _named(branches: list[Branch], word: str) -> Branch:
    """The branch of that number or name. Raises Mistaken."""
    found = [
        one for one in branches if word == str(one.id) or name_key(word) in (name_key(one.title), name_key(one.name))
    ]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(one.id) for one in found)
        raise Mistaken(f"The portal has {len(found)} branches «{word}». Write the number instead: {numbers}.")
    raise Mistaken(f"The portal has no branch «{word}». flask rates list says which there are.")


# — prices —


def prices(desk: Engine, day: date) -> list[tuple]:
    """Rows (product's number, product, price, since, note) of the price list of that day."""
    said = reading.day_text
    return [
        (one.product_id, one.product, money.text(one.price), said(one.since), one.note)
        for one in prices_on(desk.storage, day)
    ]


def load_prices(desk: Engine, content: bytes, since: date, *, dry_run: bool) -> int:
    """The price list of a table «Артикул или Товар; Цена» holds from that day on, all of it or none. Returns how many prices.

    A product is known by its name, its number or its external code. Raises Mistaken.
    """
    lines, catalogue = lists.read(content, (ARTICLE, PRODUCT), PRICE), _catalogue(desk)
    found: dict[int, int] = {}

    def price(line: Line) -> Price:
        one = _price(catalogue, line, since)
        if (first := found.setdefault(one.product_id, line.number)) != line.number:
            raise Mistaken(f"«{one.product}» stands in line {first} already. Leave one of the two.")
        return one

    prices = lists.each(lines, price)
    return len(prices) if dry_run else keep_prices(desk.storage, prices)


def _price(catalogue: dict[str, tuple[int, str]], line: Line, since: date) -> Price:
    product, price = lists.all_of(lambda: _product(catalogue, line), lambda: _positive(line[PRICE]))
    return Price(*product, price, since)


def _product(catalogue: dict[str, tuple[int, str]], line: Line) -> tuple[int, str]:
    words = [word for word in (line[ARTICLE], line[PRODUCT]) if word]
    if not words:
        raise Mistaken(f"Neither «{ARTICLE}» nor «{PRODUCT}» is filled in.")
    known = next((catalogue[name_key(word)] for word in words if name_key(word) in catalogue), None)
    if known is None:
        raise Mistaken(
            f"The portal's catalogue has no product «{' / '.join(words)}». Write its name, number or external code."
        )
    return known


def _positive(text: str) -> Decimal:
    price = lists.number(text, f"«{PRICE}»")
    if (why := wrong_price(price)) is not None:
        raise Mistaken(f"«{PRICE}» is «{text}»: {why}.")
    return price


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
