"""HTTP requests to the portal for a stage change and its task, at 1, 10 and 1,000 changes at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.company import Company, playing

AT_ONCE = (1, 10, 1000)
SCALED = 10
PEOPLE = 8
MESSAGE = "tasks.task.chat.message.send"


def rows(at_once: tuple[int, ...] = AT_ONCE) -> Iterator[str]:
    """A Markdown table, row by row."""
    yield f"Limits scaled:{SCALED} (20 requests a second, bursts of 50, operating time × 10). One change: a Soft deal moved to"
    yield "«Оценка клиента и потребностей»: its first task is closed, one with a checklist of six items is opened, the stage's plan is"
    yield "written. Messages in tasks (REST 3) leave one by one, by themselves, and keep nothing waiting: they are counted apart."
    yield ""
    yield "| changes at once | requests | per change | commands | per request | messages | seconds to the last task |"
    yield "|---|---|---|---|---|---|---|"
    for number in at_once:
        settings = {"people_fresh_seconds": 300, "look_every_seconds": 60}
        with TemporaryDirectory() as folder, playing(Path(folder), scale=SCALED, **settings) as company:
            yield _row(company, number)


def _row(company: Company, number: int) -> str:
    client = {"company": company.any_company(), "contact": company.any_contact()}
    manager = company.manager_of("Москва")
    with ThreadPoolExecutor(PEOPLE) as people:
        deals = list(people.map(lambda _: company.new_deal(by=manager, **client), range(number)))
        company.settle(900)
        company.portal.reset_counters()
        started = time.monotonic()
        list(people.map(lambda deal: company.move(deal, "QUALIFY", by=manager), deals))
    _wait_for_tasks(company, number)
    seconds = time.monotonic() - started
    company.settle(900)
    sent = company.portal.requests()
    messages = sent["commands"].pop(MESSAGE, 0)
    requests, commands = sent["http"] - messages, sum(sent["commands"].values())
    return f"| {number} | {requests} | {requests / number:.2f} | {commands} | {commands / requests:.1f} | {messages} | {seconds:.1f} |"


def _wait_for_tasks(company: Company, number: int) -> None:
    while company.portal.requests()["commands"].get("tasks.task.add", 0) < number:
        time.sleep(0.1)
