"""Colours of charts, on light ground and on dark; told apart also by those who see few colours."""

from dataclasses import dataclass

from reports.report import Chart


@dataclass(frozen=True)
class Color:
    light: str
    dark: str


APART = (
    Color("#2a6fc9", "#6ea8f2"), Color("#d9622b", "#f2935f"), Color("#178a66", "#4cc79f"), Color("#8a5bb8", "#bd97e6"),
    Color("#a8790a", "#e0b64a"), Color("#5b6875", "#a9b4bf"),
)  # fmt: skip
"""For things that have nothing in common."""
WORSE_AND_WORSE = (
    Color("#f0bf57", "#f3cf7c"), Color("#e58a3c", "#ee9d55"), Color("#cc4f3b", "#dd6b57"), Color("#85233a", "#b04862"),
)  # fmt: skip
"""For steps of one thing, from the mildest to the worst."""


def of(chart: Chart) -> tuple[Color, ...]:
    """A colour for each of its series."""
    palette = WORSE_AND_WORSE if chart.kind == "stacked" else APART
    return palette[: len(chart.series)]
