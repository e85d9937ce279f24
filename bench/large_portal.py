"""How fast is an emulated portal of a hundred thousand deals?

`python -m emulator --seed large` in a process of its own: 100,000 deals in all funnels, 1,000,000 records of their stage
history. One client asks over HTTP, one call after the other; the first of a kind may build an index and is told apart.
"""

import resource
import statistics
import time
from collections.abc import Iterator

import requests

from emulator.control import Control, free_port, spawned

ASKED = 20
PATIENCE_SECONDS = 600
CALLS = (
    ("a deal", "crm.item.get", {"entityTypeId": 2, "id": 77_777}),
    ("a deal, the older way", "crm.deal.get", {"id": 77_777}),
    ("all deals, the first page", "crm.item.list", {"entityTypeId": 2}),
    ("all deals, a late page", "crm.item.list", {"entityTypeId": 2, "start": 90_000}),
    ("the newest deals", "crm.item.list", {"entityTypeId": 2, "order": {"id": "DESC"}}),
    ("deals after one, not counted", "crm.item.list", {"entityTypeId": 2, "filter": {">id": 50_000}, "start": -1}),
    ("open deals of a funnel", "crm.item.list", {"entityTypeId": 2, "filter": {"categoryId": 1, "stageSemanticId": "P"}, "select": ["id", "title", "stageId", "assignedById"]}),
    ("deals of a company", "crm.deal.list", {"filter": {"COMPANY_ID": 20}, "select": ["ID", "TITLE", "STAGE_ID"]}),
    (
        "deals changed of late",
        "crm.item.list",
        {"entityTypeId": 2, "filter": {">=updatedTime": "2026-11-20T00:00:00+03:00"}, "order": {"updatedTime": "ASC"}},
    ),
    ("a word in the title", "crm.item.list", {"entityTypeId": 2, "filter": {"%title": "Каски"}}),
    ("history of a deal", "crm.stagehistory.list", {"entityTypeId": 2, "filter": {"OWNER_ID": 77_777}}),
    ("history after a record", "crm.stagehistory.list", {"entityTypeId": 2, "filter": {">ID": 500_000}, "order": {"ID": "ASC"}}),
    ("history since a moment", "crm.stagehistory.list", {"entityTypeId": 2, "filter": {">=CREATED_TIME": "2026-11-20T00:00:00+03:00"}}),
)  # fmt: skip


def rows(seed: str = "large") -> Iterator[str]:
    """A table, row by row; below it the time to plant and the memory."""
    yield "| asked for | method | first, ms | median of the next 20, ms |"
    yield "|---|---|---|---|"
    began, medians = time.monotonic(), []
    with spawned(port=free_port(), seed=seed, limits="off", patience_seconds=PATIENCE_SECONDS) as portal:
        ready = time.monotonic() - began
        for name, method, params in CALLS:
            first, *others = _spans(portal, method, params)
            medians.append(statistics.median(others))
            yield f"| {name} | `{method}` | {first:.1f} | {medians[-1]:.1f} |"
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield ""
    yield f"Median of these medians {statistics.median(medians):.1f} ms. Ready in {ready:.0f} s; at most {memory:,.0f} MB of memory."


def _spans(portal: Control, method: str, params: dict) -> Iterator[float]:
    with requests.Session() as session:
        for _ in range(1 + ASKED):
            began = time.perf_counter()
            session.post(portal.webhook_url + method, json=params, timeout=PATIENCE_SECONDS).raise_for_status()
            yield (time.perf_counter() - began) * 1000
