"""HTTP requests to the portal for a stage change and its task, at 1, 10 and 1,000 changes at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.company import SCALE, Company, playing

AT_ONCE = (1, 10, 1000)
PEOPLE = 8


def rows() -> Iterator[str]:
    """A Markdown table, row by row."""
    yield f"Limits scaled:{SCALE}. One change: a Soft deal moved to «Оценка клиента и потребностей», a task with a checklist of six items."
    yield ""
    yield "| changes at once | HTTP requests | per change | commands | per request | seconds | tasks made |"
    yield "|---|---|---|---|---|---|---|"
    for number in AT_ONCE:
        with TemporaryDirectory() as folder, playing(Path(folder), people_fresh_seconds=300) as company:
            yield _row(company, number)


def _row(company: Company, number: int) -> str:
    client = {"company": company.any_company(), "contact": company.any_contact()}
    manager = company.manager_of("Москва")
    with ThreadPoolExecutor(PEOPLE) as people:
        deals = list(people.map(lambda _: company.new_deal(by=manager, **client), range(number)))
        company.settle(600)
        company.portal.reset_counters()
        started = time.monotonic()
        list(people.map(lambda deal: company.move(deal, "QUALIFY", by=manager), deals))
    company.settle(600)
    seconds, sent = time.monotonic() - started, company.portal.requests()
    commands = sum(sent["commands"].values())
    made = sent["commands"].get("tasks.task.add", 0)
    return (
        f"| {number} | {sent['http']} | {sent['http'] / number:.2f} | {commands} | {commands / sent['http']:.1f} | {seconds:.1f} | {made} |"
    )
