"""`make soak`: people act on Soft deals while everything fails; ends with 0 only if the portal's record is clean."""

import argparse
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import requests
import sqlalchemy as sa

from emulator.control import Control, free_port, spawned
from engine import storage
from engine.storage import Storage
from soak import checker
from soak.people import People
from soak.processes import ROOT, Mortal, Process, Receiver, Worker
from soak.record import Record, collect, newest_record
from soak.report import Report
from soak.troubles import Troubles

SCALE = 30
LIFE_SECONDS = (3.0, 15.0)  # from the moment when it works
FAULT_EVERY, SHUT_EVERY, RECEIVER_DIES_EVERY = 0.35, 45.0, 25.0
ACTS_A_SECOND = 40.0
MOST_OPEN_RUNS = 250
SETTLE_SECONDS = 240.0
EVENT_TOKEN = "event-token-of-the-soak"
MONDAY = datetime(2026, 11, 23, 9, 5, tzinfo=ZoneInfo("Europe/Moscow"))
BAD_LUCK = ("its outcome stayed unknown", "may or may not have been executed", "was not executed")
WORKERS = {"sqlite": 1, "postgres": 2}


def main() -> int:
    options = _options()
    if options.judge:
        return _judge_again(options.judge)
    seed = options.seed if options.seed is not None else secrets.randbelow(10**6)
    print(
        f"seed {seed}, store {options.store}, limits scaled:{options.scale} (the portal's cut {60 / options.scale:g} s)",
        flush=True,
    )
    folder = Path(tempfile.mkdtemp(prefix="voronka-soak-"))
    report, record = _soak(options, seed, folder)
    record.save(folder / "record.json")
    findings = checker.check(record)
    report.judge(record, findings)
    print(report.text())
    if findings:
        print(f"logs and record: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if options.report:
        options.report.write_text(report.markdown(), encoding="utf-8")
    return 1 if findings else 0


def _judge_again(path: Path) -> int:
    findings = checker.check(Record.load(path))
    print("\n".join(map(str, findings)) or "clean")
    return 1 if findings else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long people act")
    parser.add_argument("--effects", type=int, help="act until the layer has done so many effects instead")
    parser.add_argument("--seed", type=int, help="whose fate to repeat; chosen and printed if not given")
    parser.add_argument("--store", choices=sorted(WORKERS), default="sqlite")
    parser.add_argument("--scale", type=int, default=SCALE, help="how much faster the portal's limits and its cut are")
    parser.add_argument("--judge", type=Path, metavar="RECORD", help="only judge a record that was kept")
    parser.add_argument("--report", type=Path, metavar="PATH", help="write the figures there as rows of Markdown")
    return parser.parse_args()


def _soak(options: argparse.Namespace, seed: int, folder: Path) -> tuple[Report, Record]:
    started = time.monotonic()
    with ExitStack() as ending:
        server, url = ending.enter_context(_database(options.store, folder))
        ports = free_port(), free_port()
        doorbell = f"http://127.0.0.1:{ports[1]}/hook/b24"
        portal_log = ending.enter_context((folder / "portal.log").open("wb"))
        portal = ending.enter_context(
            spawned(port=ports[0], seed="empty", limits=f"scaled:{options.scale}", events_to=doorbell, event_token=EVENT_TOKEN,
                    now=MONDAY, log=portal_log)
        )  # fmt: skip
        environment = _environment(portal, url, ports[1], options.scale)
        receiver = Receiver(environment, folder)
        ending.callback(receiver.process.stop)
        receiver.start()
        workers = []
        for number in range(1, WORKERS[options.store] + 1):
            name = f"worker-{number}"
            process = Worker(name, "worker", {**environment, "SLOT": name}, folder)
            ending.callback(process.stop)
            workers.append(Mortal(process, random.Random(f"{seed} {name}"), LIFE_SECONDS))
        store = Storage(url)
        ending.callback(store.close)
        _go_live(workers[0].process, store)
        last_record = newest_record(portal)
        people = People(portal, random.Random(f"{seed} people"))
        troubles = Troubles(portal, random.Random(f"{seed} troubles"), 60 / options.scale, FAULT_EVERY, SHUT_EVERY)
        for thread in (*workers, troubles):
            thread.start()
        acting = _act(options, random.Random(f"{seed} moments"), people, store, receiver, server)
        troubles.end()
        for worker in workers:
            worker.let_live()
        _ring_as_the_night_does(doorbell, portal, people.deleted)
        settled = _settle(portal, store)
        retried = _retry(store, environment)
        settled = settled and (not retried or _settle(portal, store))
        report = Report(
            seed=seed, store=options.store, limits=f"scaled:{options.scale}", acting=acting, seconds=time.monotonic() - started,
            acts=people.done, kills=sum((worker.kills for worker in workers), Counter()), receiver_kills=receiver.kills,
            starts=sum(worker.starts for worker in workers), failed_starts=sum(worker.failed_starts for worker in workers),
            faults=troubles.struck, events=_events(portal),
            adopted=_logged(workers, '"adopted"'), unknown=_logged(workers, '"outcome unknown"'),
            restarts_of_database=int(server is not None),
        )  # fmt: skip
        record = collect(portal, store, last_record)
        record.retried = retried
        record.worker_endings = [ending for worker in workers for ending in worker.endings]
        if not settled:
            record.worker_endings.append(f"the layer did not settle in {SETTLE_SECONDS:.0f} s")
        return report, record


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[tuple[object, str]]:
    """A fresh database; with PostgreSQL also its server."""
    if kind == "sqlite":
        yield None, f"sqlite:///{folder}/voronka.sqlite"
        return
    from tests import postgres  # only where it is asked for: it needs a server of PostgreSQL on this machine

    with postgres.server() as server:
        yield server, postgres.fresh(server.url)


def _environment(portal: Control, url: str, port: int, scale: int) -> dict[str, str]:
    return {
        "BITRIX_WEBHOOK_URL": portal.webhook_url, "BITRIX_EVENT_TOKEN": EVENT_TOKEN, "DATABASE_URL": url,
        "PORT": str(port), "LIMITS": f"scaled:{scale}", "LOOK_EVERY_SECONDS": "2",
        "TICK_SECONDS": "5", "PEOPLE_FRESH_SECONDS": "60", "TAKEOVER_SECONDS": "6", "THREADS": "12", "ROBOT_SECRET": "",
        "HOOK_SECRET": "", "BITRIX_DOMAIN": "", "BITRIX_MEMBER_ID": "", "PORTAL_CUT_SECONDS": "", "HOST": "127.0.0.1", "OFFICE": "off",
    }  # fmt: skip


def _go_live(worker: Process, store: Storage) -> None:
    """A worker sets the mark from which on it acts, before anybody does anything."""
    worker.start(VORONKA_FAILPOINT="")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with store.read() as connection:
                if store.mark(connection, "live_from") is not None:
                    worker.stop()
                    return
        except sa.exc.DatabaseError:  # no tables yet
            pass
        time.sleep(0.1)
    raise RuntimeError(f"no worker went live: {worker.log}")


def _act(options, rng: random.Random, people: People, store: Storage, receiver: Receiver, server) -> float:
    """People act at a seeded rate; returns for how long. They pause while the layer is far behind."""
    started, looked, restarted = time.monotonic(), 0.0, server is None
    receiver_dies = started + rng.uniform(0.5, 1.5) * RECEIVER_DIES_EVERY
    effects = 0
    while not _is_enough(options, time.monotonic() - started, effects):
        time.sleep(rng.expovariate(ACTS_A_SECOND))
        now = time.monotonic()
        if now - looked > 2:
            looked, effects = now, _figure(store, storage.effects, "done", effects)
            if sys.stdout.isatty():
                print(f"\r{now - started:5.0f} s  {effects} effects ", end="", flush=True)
            while _figure(store, storage.runs, "open", 0) > MOST_OPEN_RUNS:
                time.sleep(0.5)
        if now > receiver_dies:
            receiver.die_and_return(rng.uniform(0, 1))
            receiver_dies = now + rng.uniform(0.5, 1.5) * RECEIVER_DIES_EVERY
        if not restarted and _is_enough(options, 2 * (now - started), 2 * effects):
            server.restart()
            restarted = True
        people.act()
    return time.monotonic() - started


def _is_enough(options, seconds: float, effects: int) -> bool:
    return effects >= options.effects if options.effects else seconds >= options.seconds


def _figure(store: Storage, table: sa.Table, state: str, else_: int) -> int:
    """How many rows are in that state; `else_` while the database is away."""
    try:
        with store.read() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.state == state))
    except sa.exc.DatabaseError:
        return else_


def _ring_as_the_night_does(doorbell: str, portal: Control, deals: list[int]) -> None:
    """A deletion whose event was lost is found by the nightly pass, which rings every card; here it is done at once."""
    for deal in deals:
        form = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": deal, "ts": int(time.time())}
        form |= {"auth[application_token]": EVENT_TOKEN, "auth[domain]": portal.base_url.partition("://")[2]}
        requests.post(doorbell, data=form, timeout=20).raise_for_status()


def _settle(portal: Control, store: Storage) -> bool:
    """Wait until nothing rings, no run is open and no due effect is left, and that for two looks."""
    until, quiet_since = time.monotonic() + SETTLE_SECONDS, None
    portal.settle_events(30)
    while time.monotonic() < until:
        busy = store.is_busy(portal.time())
        quiet_since = None if busy else quiet_since or time.monotonic()
        if quiet_since and time.monotonic() - quiet_since > 8:
            return True
        time.sleep(0.2)
    return False


def _retry(store: Storage, environment: dict[str, str]) -> list[dict]:
    """IT opens again what had bad luck with every one of its attempts, and nothing else."""
    runs = storage.runs
    columns = (runs.c.id, runs.c.deal_id, runs.c.trigger, runs.c.note)
    with store.read() as connection:
        dead = [row._asdict() for row in connection.execute(sa.select(*columns).where(runs.c.state == "failed"))]
    unlucky = [run for run in dead if any(words in run["note"] for words in BAD_LUCK)]
    if unlucky:
        command = [sys.executable, "-m", "flask", "--app", "app", "retry", *(str(run["id"]) for run in unlucky)]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    return unlucky


def _events(portal: Control) -> Counter:
    """What became of the portal's last ten thousand events."""
    return Counter(
        "slow or failed" if one["outcome"] in ("slow", "failed") else one["outcome"] for one in portal.events_done()
    )


def _logged(workers: list[Mortal], word: str) -> int:
    return sum(
        line.count(word) > 0
        for worker in workers
        for line in worker.process.log.open(encoding="utf-8", errors="replace")
    )


if __name__ == "__main__":
    sys.exit(main())
