"""How long from a change to its effect?

Seconds from a person's move of one Soft card until its new task stands on the portal, one change at a time, with the portal
answering at once and after a delay that every request has.
"""

import statistics
import time
from collections.abc import Iterator

from bench.layer import Layer, layer

LIMITS = "scaled:10"


def rows(changes: int = 20, latencies: tuple[float, ...] = (0.0, 0.1)) -> Iterator[str]:
    """A table, row by row."""
    yield f"Limits {LIMITS} (20 requests a second, bursts of 50): one change never comes near them."
    yield ""
    yield "| portal answers after | changes | median s | p95 s | longest s |"
    yield "|---|---|---|---|---|"
    with layer(LIMITS) as it:
        for latency in latencies:
            spans = sorted(_spans(it, changes, latency))
            p95 = spans[-1] if changes < 2 else statistics.quantiles(spans, n=20, method="inclusive")[18]
            yield f"| {latency * 1000:.0f} ms | {changes} | {statistics.median(spans):.2f} | {p95:.2f} | {spans[-1]:.2f} |"


def _spans(it: Layer, changes: int, latency: float) -> Iterator[float]:
    deals = it.new_deals(changes)
    it.settle()
    if latency:
        it.portal.fault("slow", seconds=latency, times=None)
    for deal in deals:
        it.portal.reset_counters()
        started = time.monotonic()
        it.move([deal], "QUALIFY")
        it.wait_for_tasks(1)
        yield time.monotonic() - started
        it.settle()
    it.portal.clear_faults()
