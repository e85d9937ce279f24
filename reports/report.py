"""What a report is: sheets of typed columns, rows, totals, perhaps a chart; a mistake in it is said where it is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from engine.people import MOSCOW

ROUBLES = "RUB"
TOTAL, EMPTY = "Итого", "Нет данных"
NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")
LONGEST_TITLE = 31  # what Excel allows a sheet
MOST_SERIES = {"lines": 6, "bars": 6, "stacked": 4}  # as many as there are colours (reports/colors.py)


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere: a card, a document."""

    text: str
    address: str

    def __post_init__(self):
        if not self.address.startswith(("https://", "http://")):
            raise ValueError(f"«{self.text}» leads to {self.address!r}: a report links to web addresses only.")


KINDS = {
    "text": str, "whole": int, "number": Decimal, "money": Decimal, "percent": Decimal, "date": date, "moment": datetime,
    "link": Link,
}  # fmt: skip
NUMERIC = ("whole", "number", "money", "percent")


@dataclass(frozen=True)
class Column:
    """What stands in a column. Any value may be None: nothing is known.

    kind      text, whole, number, money, percent (12.5 is «12,5%»), date, moment (shown in the zone it comes in), link
    sums      whether its total is the sum of its rows
    places    decimals of a number or a percentage; money has kopecks
    currency  of money: RUB is shown as «₽», another by its code
    """

    title: str
    kind: str = "text"
    sums: bool = False
    places: int = 1
    currency: str = ROUBLES

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(
                f"The column «{self.title}» is of no known kind: {self.kind!r}. Known: {', '.join(KINDS)}."
            )
        if self.sums and self.kind not in ("whole", "number", "money"):
            raise ValueError(f"The column «{self.title}»: a {self.kind} is never summed.")

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    def takes(self, value: object) -> bool:
        """Whether the value may stand in the column."""
        if value is None:
            return True
        if isinstance(value, bool) or not isinstance(value, KINDS[self.kind]):
            return False
        if isinstance(value, datetime):
            return self.kind == "moment" and value.tzinfo is not None
        return not isinstance(value, Decimal) or value.is_finite()


@dataclass(frozen=True)
class Chart:
    """A picture of a sheet's rows, by titles of columns: `labels` along the bottom, a line or a bar for each of `series`.

    kind  lines; bars, side by side; stacked, parts of one whole from the mildest to the worst
    """

    title: str
    labels: str
    series: tuple[str, ...]
    kind: str = "lines"

    def __post_init__(self):
        if self.kind not in MOST_SERIES:
            raise ValueError(f"The chart «{self.title}» is of no known kind: {self.kind!r}.")
        if not 1 <= len(self.series) <= MOST_SERIES[self.kind]:
            raise ValueError(
                f"The chart «{self.title}» shows 1–{MOST_SERIES[self.kind]} columns, not {len(self.series)}."
            )


Row = tuple[object, ...]


@dataclass(frozen=True)
class Sheet:
    """A table. `totals`: by title of the column, what its total is where that is no sum; `empty`: what stands for no rows."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Mapping[str, object] = field(default_factory=dict)
    chart: Chart | None = None
    empty: str = EMPTY

    def __post_init__(self):
        if len(self.title) > LONGEST_TITLE or NOT_IN_A_TITLE.search(self.title) or not self.title:
            raise ValueError(f"«{self.title}» cannot be the title of a sheet: 1–31 characters, none of [ ] : * ? / \\")
        for number, row in enumerate(self.rows, 1):
            self._check(f"row {number}", row)
        self._check("the total", self.total or (None,) * len(self.columns))
        for title in (*self.totals, *((self.chart.labels, *self.chart.series) if self.chart else ())):
            self.place(title)

    def place(self, title: str) -> int:
        """Which column bears that title. Raises ValueError."""
        titles = [column.title for column in self.columns]
        if title not in titles:
            raise ValueError(f"The sheet «{self.title}» has no column «{title}». It has: {', '.join(titles)}.")
        return titles.index(title)

    @cached_property
    def total(self) -> Row | None:
        """The last line: «Итого» and what is summed or given; None where nothing is, or there are no rows."""
        known = [self._total_of(place, column) for place, column in enumerate(self.columns)]
        if not self.rows or all(value is None for value in known):
            return None
        if known[0] is None and self.columns[0].kind == "text":
            known[0] = TOTAL
        return tuple(known)

    def _total_of(self, place: int, column: Column) -> object:
        if column.sums:
            return sum((row[place] for row in self.rows if row[place] is not None), KINDS[column.kind](0))
        return self.totals.get(column.title)

    def _check(self, where: str, row: Row) -> None:
        if len(row) != len(self.columns):
            raise ValueError(
                f"The sheet «{self.title}», {where}: {len(row)} values stand in {len(self.columns)} columns."
            )
        for column, value in zip(self.columns, row, strict=True):
            if not column.takes(value):
                raise ValueError(
                    f"The sheet «{self.title}», {where}, «{column.title}»: {value!r} is no {column.kind}"
                    f"{' with a zone' if column.kind == 'moment' else ''}."
                )


@dataclass(frozen=True)
class Report:
    """Sheets under one title. `at`: of which moment the figures are."""

    title: str
    at: datetime
    sheets: tuple[Sheet, ...]

    def __post_init__(self):
        if self.at.tzinfo is None:
            raise ValueError(f"«{self.title}»: {self.at} has no zone: nobody knows which moment it is.")
        titles = [sheet.title.casefold() for sheet in self.sheets]
        if not titles or len(set(titles)) != len(titles):
            raise ValueError(f"«{self.title}» needs sheets, each with a title of its own.")

    @property
    def as_of(self) -> str:
        """«Данные на 27.11.2026 16:00 (МСК)»."""
        return f"Данные на {self.at.astimezone(MOSCOW):%d.%m.%Y %H:%M} (МСК)"
