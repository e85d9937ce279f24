"""A whole company on this machine, each part a process of its own: portal, receiver, worker."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from prometheus_client.parser import text_string_to_metric_families

from bitrix.client import Portal
from config import company as the_company
from config.settings import Settings
from emulator.control import TOKEN as WEBHOOK_TOKEN
from emulator.control import free_port, spawned
from engine.dictionary import Dictionary
from engine.storage import Storage
from tests.company import EVENT_TOKEN, MOSCOW, Company
from tests.web.process import Process, running

PEOPLE = 8
QUIET_SECONDS = 0.5
FIRST_TASK = "Свяжитесь с клиентом"
ADD_TASK = "tasks.task.add"


@dataclass(frozen=True)
class Usage:
    """What a process has used so far: seconds of processor time, megabytes of memory at most."""

    cpu: float
    memory: float


class Layer:
    """People and their portal (`company`), the layer's processes, and its store to look into."""

    def __init__(self, company: Company, web: Process, worker: Process):
        self.company, self.portal, self.web, self.worker = company, company.portal, web, worker
        self.store = Storage(company.settings.database_url)
        self._client = {"company": company.any_company(), "contact": company.any_contact()}
        self._manager = company.manager_of("Москва")

    def new_deals(self, number: int) -> list[int]:
        """People make so many Soft cards."""
        with ThreadPoolExecutor(PEOPLE) as people:
            return list(people.map(lambda _: self.company.new_deal(by=self._manager, **self._client), range(number)))

    def move(self, deals: list[int], stage: str) -> None:
        with ThreadPoolExecutor(PEOPLE) as people:
            list(people.map(lambda deal: self.company.move(deal, stage, by=self._manager), deals))

    def tasks_made(self) -> int:
        """By the layer, since the portal's counters were reset."""
        return self.portal.requests()["commands"].get(ADD_TASK, 0)

    def wait_for_tasks(self, number: int, seconds: float = 3600) -> None:
        until = time.monotonic() + seconds
        while self.tasks_made() < number:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.tasks_made()} tasks of {number} after {seconds} s")
            time.sleep(0.005)

    def settle(self, seconds: float = 3600) -> float:
        """Wait until nothing was to do for half a second. Returns the moment since which that is so."""
        self.portal.settle_events()
        until, quiet_since = time.monotonic() + seconds, None
        while time.monotonic() < until:
            now = time.monotonic()
            quiet_since = None if self.is_busy() else quiet_since or now
            if quiet_since and now - quiet_since > QUIET_SECONDS:
                return quiet_since
            time.sleep(0.05)
        raise TimeoutError(f"not settled in {seconds} s")

    def is_busy(self) -> bool:
        return self.store.is_busy(self.portal.time())

    def usage(self) -> Usage:
        """Of the worker."""
        return usage(self.worker.process.pid)

    def metrics(self) -> dict[str, float]:
        return metrics(self.web.address)


@contextmanager
def layer(limits: str, **more: object) -> Iterator[Layer]:
    """Everything started and live; ended when the block ends."""
    port, portal_port = free_port(), free_port()
    with TemporaryDirectory() as folder:
        settings = {
            "bitrix_webhook_url": f"http://127.0.0.1:{portal_port}/rest/1/{WEBHOOK_TOKEN}/",
            "bitrix_event_token": EVENT_TOKEN,
            "database_url": f"sqlite:///{folder}/voronka.sqlite",
            "port": port,
            "limits": limits,
            **more,
        }
        start = datetime(2026, 11, 23, 10, tzinfo=MOSCOW)
        doorbell = f"http://127.0.0.1:{port}/hook/b24"
        with (
            spawned(
                port=portal_port, seed="demo", limits=limits, events_to=doorbell, event_token=EVENT_TOKEN, now=start
            ) as portal,
            running("web", **settings) as web,
            running("worker", **settings) as worker,
        ):
            company = Company(portal, Settings(**settings), doorbell)
            company.dictionary = Dictionary.read(Portal(portal.webhook_url, limits="off"), the_company())
            web.wait_until_it_answers()
            company.wait_until_live()
            made = Layer(company, web, worker)
            made.settle()
            yield made
            made.store.close()
            worker.end()


def metrics(address: str) -> dict[str, float]:
    """Samples of /metrics by name and labels."""
    families = text_string_to_metric_families(requests.get(f"{address}/metrics", timeout=10).text)
    return {" ".join([one.name, *one.labels.values()]): one.value for family in families for one in family.samples}


def usage(pid: int) -> Usage:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return Usage(cpu, int(status["VmHWM"].split()[0]) / 1024)
