"""What do the jobs that open a month or a week cost under the portal's real limits, beside other ways?

The limits: 2 requests a second, bursts of 50, 480 seconds of a method's operating time in ten minutes; the emulated portal
takes its time, 0.7 s for a deal, 0.9 s for a task, and a real one cuts a request after 60 s. It is a company with a year behind
it. A job's hour comes: its cards are opened, with their tasks and checklists. Voronka does all that a job does: it reads what
is due, counts, keeps each effect in its ledger, sees the new cards and acts on their stages; its seconds are those until the
last of it was written. Looks are the observer's, which asks what has changed as long as events ring; the other reading is for
the job itself. The other two ways are only given what was written then, and write it once more to the same portal: a naive
loop (one request for each command, half a second's sleep after it), and fast-bitrix24 with its default settings
(`BitrixAsync.call` with one list for each method). The bucket of requests is left to run empty before each of them.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import requests
from fast_bitrix24 import BitrixAsync

from emulator.methods import METHODS
from engine import schedule
from tests.company import Company, playing

JOBS = {
    "receivables": ("the week's reports on receivables", "26.11.2026 11:00"),
    "rep_report_open": ("the month of the representatives", "30.11.2026 11:00"),
    "distributor_month": ("the month of the distributor", "01.12.2026 09:05"),
}
LOOK = "crm.stagehistory.list"  # what the observer asks for, and nobody else
EMPTYING_SECONDS = 27  # that the bucket takes at two a second
PAUSE = 0.5
PATIENCE = 900


def rows(jobs: Mapping[str, tuple[str, str]] = JOBS, scale: int = 1, pause: float = PAUSE) -> Iterator[str]:
    """A table, row by row. `scale`: the N of scaled:N; 1 are the real limits."""
    yield "| what | way | commands written | ⌈commands/50⌉ + 5 | writing requests | reading requests | looks | longest request, s | seconds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, (what, moment) in jobs.items():
        with TemporaryDirectory() as folder, _company(Path(folder), scale) as company:
            yield from _job(company, name, what, moment, scale, pause)


def _company(folder: Path, scale: int):
    return playing(folder, seed="year", scale=scale, look_every_seconds=60, people_fresh_seconds=300)


def _job(company: Company, name: str, what: str, moment: str, scale: int, pause: float) -> Iterator[str]:
    company.portal.take_time()
    made, counted, seconds, longest = do(company, name, moment, EMPTYING_SECONDS / scale)
    yield _row(what, "Voronka", len(made), counted, longest, seconds)
    company.stop_layer()
    webhook = company.portal.webhook_url
    for way, act in (
        ("a naive loop", lambda: _naive(webhook, made, pause)),
        ("fast-bitrix24", lambda: asyncio.run(_fast(webhook, made))),
    ):
        time.sleep(EMPTYING_SECONDS / scale)
        company.portal.reset_counters()
        started = time.monotonic()
        longest = act()
        yield _row(what, way, len(made), company.portal.requests(), longest, time.monotonic() - started)


def _row(what: str, way: str, commands: int, counted: dict, longest: float, seconds: float) -> str:
    looks = counted.get("looks", 0)
    reading = counted["http"] - counted["writing"] - looks
    return (
        f"| {what} | {way} | {commands} | {bound(commands)} | {counted['writing']} | {reading} | {looks} "
        f"| {longest:.1f} | {seconds:.1f} |"
    )


def bound(commands: int) -> int:
    """As many writing requests as a job may need for so many commands."""
    return -(-commands // 50) + 5


def do(company: Company, job: str, moment: str, pause: float = 0) -> tuple[list[dict], dict, float, float]:
    """The job's hour comes. Returns what was written, the portal's counters and how many requests were the observer's looks,
    the seconds until the last of it was, and those of the longest request."""
    heard: list[tuple[float, dict]] = []
    company.settle(PATIENCE)
    with only(job):
        time.sleep(pause)
        company.at(moment)
        company.engine.portal.observe(lambda event: heard.append((time.monotonic(), event)))
        seen, started = len(company.portal.log()), time.monotonic()
        company.portal.reset_counters()
        company.engine.tick()
        company.settle(PATIENCE)
        company.engine.tick()  # it says in the log what was made
    made = [effect for effect in company.portal.log(after=seen) if effect["via"] == "webhook"]
    last = max((at for at, event in heard if _writes(event["commands"])), default=started)
    looks = sum(LOOK in event["commands"] for _, event in heard)
    return (
        made,
        {**company.portal.requests(), "looks": looks},
        last - started,
        max(event["seconds"] for _, event in heard),
    )


@contextmanager
def only(job: str) -> Iterator[None]:
    """Of all jobs just this one is due inside."""
    kept = dict(schedule._jobs)
    schedule._jobs.clear()
    schedule._jobs[job] = kept[job]
    try:
        yield
    finally:
        schedule._jobs.update(kept)


def _writes(commands: Mapping[str, int]) -> bool:
    return any(METHODS[name.lower()].writes for name in commands if name.lower() in METHODS)


def _naive(webhook: str, made: list[dict], pause: float) -> float:
    longest = 0.0
    with requests.Session() as session:
        for effect in made:
            answer = session.post(webhook + effect["method"], json=effect["params"], timeout=60)
            answer.raise_for_status()
            longest = max(longest, answer.elapsed.total_seconds())
            time.sleep(pause)
    return longest


async def _fast(webhook: str, made: list[dict]) -> float:
    taken, by_method = [], defaultdict(list)
    for effect in made:
        by_method[effect["method"]].append(effect["params"])

    async def measured(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        started = time.monotonic()
        try:
            return await handler(request)
        finally:
            taken.append(time.monotonic() - started)

    async with aiohttp.ClientSession(middlewares=(measured,)) as session:
        client = BitrixAsync(webhook, verbose=False, client=session)
        for method, params in by_method.items():
            await client.call(method, params)
    return max(taken)
