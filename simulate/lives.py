"""One life, told month by month: a portal with a year behind it, the layer and the people."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.control import free_port, spawned
from engine import log
from simulate import endstate
from simulate.calendar import at
from simulate.layer import Layer, database
from simulate.life import Life, Outage
from simulate.office import Office
from simulate.verdict import Judge, Verdict
from simulate.witness import Witness

MEMORY = Path("/dev/shm")
START_SECONDS = 120


def live(
    first: date,
    last: date,
    *,
    seed: int,
    bad_days: tuple[Outage, ...] = (),
    workers: int = 1,
    name: str = "",
    reports: Path | None = None,
    log_to: Path | None = None,
) -> tuple[Verdict, list[endstate.Line]]:
    """From the first day to the last. Returns the verdict and the state at its end.

    `name`: what each line that it tells begins with; `reports`: a folder for the reports of the Disk; `log_to`: where the
    layer's log goes, nowhere without it.
    """

    def tell(line: str) -> None:
        print(f"{name}{line}", flush=True)

    log.configure((log_to or Path(os.devnull)).open("w", encoding="utf-8"))
    began = time.monotonic()
    with _living(first, workers, seed, bad_days) as (life, office):
        witness, complaints = Witness(office), set()
        for day in life.live(first, last, witness.look):
            if day == last or (day + timedelta(days=1)).day == 1:
                tell(
                    f"{day}: {life.told.stops} stops, {life.told.acts} acts of people, {time.monotonic() - began:.0f} s"
                )
            if day != last and (day + timedelta(days=1)).day == 1:
                found = Judge(office, witness, first, day, bad_days).judge().complaints
                for complaint in sorted(set(found) - complaints):
                    tell(f"✗ {complaint}")
                complaints.update(found)
        parts = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in life.told.seconds.items())
        tell(f"{(last - first).days + 1} days lived in {time.monotonic() - began:.0f} s ({parts}).")
        tell(f"Tasks done by people: {', '.join(f'{code} {number}' for code, number in sorted(life.done.items()))}.")
        tell(f"Requests of the layer: {office.portal.requests()['http']}.")
        if reports:
            _keep_reports(office, reports)
        return Judge(office, witness, first, last, bad_days).judge(), endstate.of(office)


def _keep_reports(office: Office, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in office.reports():
        (folder / name).write_bytes(content)


@contextmanager
def _living(first: date, workers: int, seed: int, bad_days: tuple[Outage, ...]) -> Iterator[tuple[Life, Office]]:
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
