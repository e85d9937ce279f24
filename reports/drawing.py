"""The chart of a sheet as SVG, for pages: no script, colours by class, values also as hints under the pointer."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from markupsafe import Markup

from reports import words
from reports.report import Chart, Column, Sheet

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 74, 12, 12, 34
STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
FEWEST_LINES = 4
NOTHING = Decimal(0)
WIDEST_BAR, SHARE_OF_BARS = 46, 0.68
LETTER = 7.5
"""How wide a letter of a label is, about."""


@dataclass(frozen=True)
class Series:
    """A column of the chart with its values; where nothing is known, None."""

    column: Column
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Scale:
    """Values → heights of the drawing."""

    marks: tuple[Decimal, ...]

    def y(self, value: Decimal) -> float:
        low, high = self.marks[0], self.marks[-1]
        return round(float(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP)), 1)


def drawn(sheet: Sheet) -> Markup:
    """The sheet's chart; the legend is the page's."""
    chart = sheet.chart
    labels = _labels(sheet, chart)
    series = [_series(sheet, title) for title in chart.series]
    scale = Scale(_marks(*_reach(chart, series)))
    parts = [*_grid(scale, series[0].column), *_names(labels), *_DRAWING[chart.kind](labels, series, scale)]
    inside = Markup("").join(parts)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, chart.title, inside
    )


def _labels(sheet: Sheet, chart: Chart) -> list[str]:
    place = sheet.place(chart.labels)
    return [words.said(sheet.columns[place], row[place]) for row in sheet.rows]


def _series(sheet: Sheet, title: str) -> Series:
    place = sheet.place(title)
    return Series(
        sheet.columns[place], tuple(None if row[place] is None else Decimal(row[place]) for row in sheet.rows)
    )


# — the scale —


def _reach(chart: Chart, series: list[Series]) -> tuple[Decimal, Decimal]:
    """The least and the greatest that must have its place, nought included."""
    if chart.kind == "stacked":
        heights = [sum(filter(None, at), NOTHING) for at in zip(*(one.values for one in series), strict=True)]
    else:
        heights = [value for one in series for value in one.values if value is not None]
    return min([NOTHING, *heights]), max([NOTHING, *heights])


def _marks(low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """Round numbers from below the least to above the greatest."""
    raw = (high - low) / FEWEST_LINES or Decimal("0.25")
    power = Decimal(1).scaleb(raw.adjusted())
    step = next(step * power for step in STEPS if step * power >= raw)
    first, last = ((value / step).to_integral_value(way) for value, way in ((low, ROUND_FLOOR), (high, ROUND_CEILING)))
    return tuple(step * number for number in range(int(first), max(int(last), int(first) + 1) + 1))


# — what is drawn —


def _grid(scale: Scale, column: Column) -> Iterator[Markup]:
    unit = "%" if column.kind == "percent" else ""
    for mark in scale.marks:
        y = scale.y(mark)
        ground = "ground" if mark == 0 else "grid"
        yield Markup('<path class="{}" d="M{} {}H{}"/>').format(ground, LEFT, y, WIDTH - RIGHT)
        yield Markup('<text class="mark" x="{}" y="{}">{}{}</text>').format(LEFT - 8, y + 4, words.short(mark), unit)


def _names(labels: list[str]) -> Iterator[Markup]:
    """As many labels as have room."""
    room = max((len(label) for label in labels), default=1) * LETTER + 8
    every = int(-(-room // _slot(labels)))
    for place, label in enumerate(labels):
        if (len(labels) - 1 - place) % every == 0:
            yield Markup('<text class="name" x="{}" y="{}">{}</text>').format(
                _middle(labels, place), HEIGHT - BOTTOM + 20, label
            )


def _lines(labels: list[str], series: list[Series], scale: Scale) -> Iterator[Markup]:
    for number, one in enumerate(series, 1):
        known = [(place, value) for place, value in enumerate(one.values) if value is not None]
        path = "".join(
            f"{'L' if place and one.values[place - 1] is not None else 'M'}{_middle(labels, place)} {scale.y(value)}"
            for place, value in known
        )
        yield Markup('<path class="line s{}" d="{}"/>').format(number, path)
        for place, value in known:
            yield Markup('<circle class="s{}" cx="{}" cy="{}" r="4">{}</circle>').format(
                number, _middle(labels, place), scale.y(value), _hint(labels[place], one, value)
            )


def _bars(labels: list[str], series: list[Series], scale: Scale) -> Iterator[Markup]:
    width = _bar_width(labels) / len(series)
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            if value:
                x = _middle(labels, place) + (number - len(series) / 2) * width
                yield _bar(number + 1, x, width - 1, NOTHING, value, scale, _hint(labels[place], one, value))


def _stacked(labels: list[str], series: list[Series], scale: Scale) -> Iterator[Markup]:
    width = _bar_width(labels)
    for place, label in enumerate(labels):
        below = NOTHING
        for number, one in enumerate(series, 1):
            if value := one.values[place]:
                x, hint = _middle(labels, place) - width / 2, _hint(label, one, value)
                yield _bar(number, x, width, below, below + value, scale, hint)
                below += value


def _bar(number: int, x: float, width: float, low: Decimal, high: Decimal, scale: Scale, hint: Markup) -> Markup:
    top, bottom = sorted((scale.y(low), scale.y(high)))
    return Markup('<rect class="s{}" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
        number, round(x, 1), top, round(width, 1), round(bottom - top, 1), hint
    )


def _hint(label: str, series: Series, value: Decimal) -> Markup:
    shown = int(value) if series.column.kind == "whole" else value
    return Markup("<title>{}: {} — {}</title>").format(label, series.column.title, words.said(series.column, shown))


def _slot(labels: list[str]) -> float:
    return (WIDTH - LEFT - RIGHT) / max(len(labels), 1)


def _middle(labels: list[str], place: int) -> float:
    return round(LEFT + (place + 0.5) * _slot(labels), 1)


def _bar_width(labels: list[str]) -> float:
    return min(SHARE_OF_BARS * _slot(labels), WIDEST_BAR)


_DRAWING = {"lines": _lines, "bars": _bars, "stacked": _stacked}
