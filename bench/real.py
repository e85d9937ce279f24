"""What becomes of 100 and 500 events at once under the portal's real limits?

The documented limits: 2 requests a second, bursts of 50, 480 seconds of a method's operating time in ten minutes. One event:
a new Soft card; its first task is owed. Effects are counted in the portal's own record of what the layer did. Lost: cards
without that task when all is quiet; doubled: with more than one. Refused: requests that the portal turned away as too many.
"""

import time
from collections import Counter
from collections.abc import Iterator

from bench.layer import FIRST_TASK, Layer, layer

EMPTYING_SECONDS = 25  # that the portal's bucket takes at two a second


def rows(at_once: tuple[int, ...] = (100, 500), limits: str = "real") -> Iterator[str]:
    """A table, row by row."""
    yield f"Limits {limits}."
    yield ""
    yield "| events at once | effects | requests | requests per event | requests per effect | refused | lost | doubled | seconds to the last task | until all was quiet |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for number in at_once:
        with layer(limits) as it:
            yield _row(it, number, EMPTYING_SECONDS if limits == "real" else 0)


def _row(it: Layer, number: int, pause: float) -> str:
    it.portal.events(hold=True)
    deals = it.new_deals(number)
    time.sleep(pause)
    seen, refused = len(it.portal.log()), _refused(it)
    it.portal.reset_counters()
    started = time.monotonic()
    it.portal.events(hold=False)
    it.wait_for_tasks(number)
    last = time.monotonic() - started
    quiet = it.settle() - started
    requests = it.portal.requests()["http"]
    effects = sum(effect["via"] != "control" for effect in it.portal.log(after=seen))
    tasks = Counter(deal for deal in deals for title in it.company.titles(deal, open_only=False) if title == FIRST_TASK)
    time.sleep(it.company.settings.tick_seconds + 1)  # the worker leaves its counters at every tick
    lost, doubled = sum(not tasks[deal] for deal in deals), sum(tasks[deal] > 1 for deal in deals)
    return (
        f"| {number} | {effects} | {requests} | {requests / number:.2f} | {requests / effects:.2f} "
        f"| {_refused(it) - refused:.0f} | {lost} | {doubled} | {last:.1f} | {quiet:.1f} |"
    )


def _refused(it: Layer) -> float:
    """How often the worker heard that there are too many requests, by its own counters."""
    return sum(value for name, value in it.metrics().items() if _is_refusal(name))


def _is_refusal(name: str) -> bool:
    return name.startswith("voronka_portal_requests_total ") and name.endswith((" LimitExceeded", " MethodPaused"))
