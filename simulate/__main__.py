"""`python -m simulate`: live through the months, then look whether everything that was due has come true.

`--compare` lives three lives beside each other: undisturbed, with a service that is down for hours and days, and with two
processes that do the work; all three must end in the same state.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.control import free_port, spawned
from engine import log
from simulate import endstate
from simulate.calendar import at
from simulate.layer import Layer, database
from simulate.life import Life, Outage
from simulate.office import Office
from simulate.outages import outages
from simulate.verdict import Judge, Verdict
from simulate.witness import Witness

MEMORY = Path("/dev/shm")
FIRST, LAST = date(2026, 10, 28), date(2027, 12, 31)
COMPARED = date(2026, 12, 20), date(2027, 3, 15)
START_SECONDS, SHOWN = 120, 40
A_MONTH = 30.5
PLAIN = "undisturbed"


def main() -> int:
    options = _options()
    if options.compare:
        return _compare(options)
    _log(options.log)
    return _report(_live(options)[0])


def _log(target: Path | None) -> None:
    log.configure((target or Path(os.devnull)).open("a", encoding="utf-8"))


def _live(
    options: argparse.Namespace, bad_days: tuple[Outage, ...] = (), workers: int = 0, name: str = ""
) -> tuple[Verdict, list[endstate.Line]]:
    """One life, told month by month. Returns the verdict and the state at its end."""

    def tell(line: str) -> None:
        _tell(f"{name}{line}")

    began = time.monotonic()
    with living(options.first, workers or options.workers, options.seed, bad_days) as (life, office):
        witness, complaints = Witness(office), set()
        for day in life.live(options.first, options.last, witness.look):
            if day == options.last or (day + timedelta(days=1)).day == 1:
                tell(
                    f"{day}: {life.told.stops} stops, {life.told.acts} acts of people, {time.monotonic() - began:.0f} s"
                )
            if day != options.last and (day + timedelta(days=1)).day == 1:
                found = Judge(office, witness, options.first, day, bad_days).judge().complaints
                for complaint in sorted(set(found) - complaints):
                    tell(f"✗ {complaint}")
                complaints.update(found)
        parts = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in life.told.seconds.items())
        tell(f"{(options.last - options.first).days + 1} days lived in {time.monotonic() - began:.0f} s ({parts}).")
        tell(f"Tasks done by people: {', '.join(f'{code} {number}' for code, number in sorted(life.done.items()))}.")
        tell(f"Requests of the layer: {office.portal.requests()['http']}.")
        if options.reports:
            _keep_reports(office, options.reports)
        return Judge(office, witness, options.first, options.last, bad_days).judge(), endstate.of(office)


def _keep_reports(office: Office, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in office.reports():
        (folder / name).write_bytes(content)


def _report(verdict: Verdict) -> int:
    for what, number in sorted(verdict.counted.items()):
        _tell(f"  {what}: {number}")
    for complaint in verdict.complaints[:SHOWN]:
        _tell(f"✗ {complaint}")
    _tell(f"{verdict.counted.total()} checks, {len(verdict.complaints)} complaints.")
    return 1 if verdict.complaints else 0


def _compare(options: argparse.Namespace) -> int:
    """Three lives beside each other, each in a process of its own."""
    bad_days = outages(options.first, options.last, options.seed)
    down = ", ".join(f"{one.since:%d.%m %H:%M}–{one.until:%d.%m %H:%M}" for one in bad_days)
    _tell(f"With outages the service is down: {down}.")
    lives = {PLAIN: {}, "with outages": {"bad_days": bad_days}, "two processes": {"workers": 2}}
    with ProcessPoolExecutor(len(lives), get_context("spawn"), _log, (options.log,)) as pool:
        under_way = {name: pool.submit(_live, options, name=f"{name}: ", **life) for name, life in lives.items()}
        worst, wanted = 0, under_way[PLAIN].result()[1]
        for name, life in under_way.items():
            verdict, found = life.result()
            different = endstate.differences(wanted, found, same_moments="bad_days" not in lives[name])
            _tell(f"— {name} —")
            for line in different[:SHOWN]:
                _tell(f"✗ {line}")
            _tell(f"{len(found)} lines of state, {len(different)} differences.")
            worst = max(worst, _report(verdict), 1 if different else 0)
    return worst


@contextmanager
def living(
    first: date, workers: int = 1, seed: int = 1, bad_days: tuple[Outage, ...] = ()
) -> Iterator[tuple[Life, Office]]:
    """A portal with a year behind it, the layer and the people, on the morning of the first day."""
    with (
        TemporaryDirectory(prefix="voronka-simulate-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder,
        spawned(
            port=free_port(), seed="year", limits="off", now=at(first, 0), patience_seconds=START_SECONDS
        ) as portal,
        database(Path(folder), workers) as url,
    ):
        layer = Layer(portal.webhook_url, url, workers)
        layer.start()
        try:
            office = Office(portal)
            layer.enter_prices(office.goods())
            yield Life(office, layer, seed, bad_days), office
        finally:
            layer.stop()


def _tell(line: str) -> None:
    print(line, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulate", description="Months of the demo company at one sitting."
    )
    parser.add_argument("--first", type=date.fromisoformat, help="its first day (2026-10-28; --compare: 2026-12-20)")
    parser.add_argument("--last", type=date.fromisoformat, help="its last day (2027-12-31; --compare: 2027-03-15)")
    parser.add_argument("--months", type=float, help="how many months, instead of --last")
    parser.add_argument(
        "--compare", action="store_true", help="live three times: undisturbed, with outages, with two processes"
    )
    parser.add_argument("--workers", type=int, default=1, help="how many processes do the layer's work")
    parser.add_argument("--seed", type=int, default=1, help="of the dice")
    parser.add_argument("--reports", type=Path, help="a folder for the reports that lie on the Disk in the end")
    parser.add_argument("--log", type=Path, help="where the layer's log goes; nowhere without it")
    options = parser.parse_args()
    first, last = COMPARED if options.compare else (FIRST, LAST)
    options.first = options.first or first
    options.last = options.last or (
        options.first + timedelta(days=round(options.months * A_MONTH) - 1) if options.months else last
    )
    return options


if __name__ == "__main__":
    sys.exit(main())
