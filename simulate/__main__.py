"""`python -m simulate`: live through the months, then look whether everything that was due has come true."""

import argparse
import io
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from emulator.control import free_port, spawned
from engine import log
from simulate.calendar import at
from simulate.layer import Layer
from simulate.life import Life, Outage
from simulate.office import Office
from simulate.verdict import Judge
from simulate.witness import Witness

MEMORY = Path("/dev/shm")
FIRST, LAST = date(2026, 10, 28), date(2027, 12, 31)
START_SECONDS, SHOWN = 60, 40


def main() -> int:
    options = _options()
    log.configure(
        (options.log.open("w", encoding="utf-8") if options.log else io.StringIO()),
        logging.INFO if options.log else logging.ERROR,
    )
    began = time.monotonic()
    with living(options.first, options.workers, options.seed) as (life, office):
        witness = Witness(office)
        for day in life.live(options.first, options.last, witness.look):
            if day == options.last or (day + timedelta(days=1)).day == 1:
                print(
                    f"{day:%d.%m.%Y}: остановок {life.told.stops}, действий людей {life.told.acts}, {time.monotonic() - began:.0f} с",
                    flush=True,
                )
        print({name: round(seconds) for name, seconds in life.told.seconds.items()})
        print(life.done)
        print([(round(seconds, 1), f"{moment:%d.%m.%Y %H:%M}") for seconds, moment in life.told.slow])
        print(office.portal.requests())
        verdict = Judge(office, witness, options.first, options.last).judge()
    for what, number in sorted(verdict.counted.items()):
        print(f"  {what}: {number}")
    for complaint in verdict.complaints[:SHOWN]:
        print(f"✗ {complaint}")
    print(f"Проверок: {verdict.counted.total()}, не сошлось: {len(verdict.complaints)}.")
    return 1 if verdict.complaints else 0


@contextmanager
def living(
    first: date, workers: int = 1, seed: int = 1, outages: tuple[Outage, ...] = ()
) -> Iterator[tuple[Life, Office]]:
    """A portal with a year behind it, the layer and the people, on the morning of the first day."""
    with (
        TemporaryDirectory(prefix="voronka-simulate-", dir=MEMORY if MEMORY.exists() else None) as folder,
        spawned(
            port=free_port(), seed="year", limits="off", now=at(first, 0), patience_seconds=START_SECONDS
        ) as portal,
    ):
        layer = Layer(portal.webhook_url, Path(folder), workers)
        layer.start()
        try:
            office = Office(portal)
            yield Life(office, layer, seed, outages), office
        finally:
            layer.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulate", description="Months of the demo company, in minutes.")
    parser.add_argument("--first", type=date.fromisoformat, default=FIRST, help="its first day (2026-10-28)")
    parser.add_argument("--months", type=int, default=0, help="how many months; without it, until --last")
    parser.add_argument("--last", type=date.fromisoformat, default=LAST, help="its last day (2027-12-31)")
    parser.add_argument("--workers", type=int, default=1, help="how many processes do the layer's work")
    parser.add_argument("--seed", type=int, default=1, help="of the dice")
    parser.add_argument("--log", type=Path, help="where the layer's log goes; nowhere without it")
    options = parser.parse_args()
    if options.months:
        options.last = options.first + timedelta(days=round(options.months * 30.5) - 1)
    return options


if __name__ == "__main__":
    sys.exit(main())
