"""How many changes a second does one worker drain, and what does one take?

Without the portal's limits, which would be the measure otherwise: what the layer itself needs. One change: a Soft deal moved
to «Оценка клиента и потребностей» (one task closed, one with six items opened, the stage's plan written, a message in a
task). The changes wait at the portal and ring all at once; measured from the first ring until nothing is left to do.
"""

import time
from collections.abc import Iterator

from bench.layer import Layer, Usage, layer


def rows(at_once: tuple[int, ...] = (1, 30, 300)) -> Iterator[str]:
    """A table, row by row."""
    yield "| changes at once | seconds | changes/s | worker's CPU seconds | CPU ms per change | memory before, MB | memory at most, MB | KB per change |"
    yield "|---|---|---|---|---|---|---|---|"
    with layer("off", look_every_seconds=3600, tick_seconds=3600) as it:
        for number in at_once:
            seconds, before, after = _drain(it, number)
            cpu, memory = after.cpu - before.cpu, after.memory - before.memory
            yield (
                f"| {number} | {seconds:.2f} | {number / seconds:.1f} | {cpu:.2f} | {cpu / number * 1000:.0f} "
                f"| {before.memory:.0f} | {after.memory:.0f} | {memory / number * 1024:.0f} |"
            )


def _drain(it: Layer, number: int) -> tuple[float, Usage, Usage]:
    deals = it.new_deals(number)
    it.settle()
    it.portal.events(hold=True)
    it.move(deals, "QUALIFY")
    it.portal.reset_counters()
    before, started = it.usage(), time.monotonic()
    it.portal.events(hold=False)
    it.wait_for_tasks(number)
    return it.settle() - started, before, it.usage()
