"""`python -m simulate`: live through the months, then look whether everything that was due has come true.

`--compare` lives three lives beside each other: undisturbed, with a service that is down for hours and days, and with two
processes that do the work; all three must end in the same state.
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

from simulate import endstate
from simulate.lives import live
from simulate.outages import outages
from simulate.verdict import Verdict

FIRST, LAST = date(2026, 10, 28), date(2027, 12, 31)
COMPARED = date(2026, 12, 20), date(2027, 3, 15)
SHOWN = 40
A_MONTH = 30.5
PLAIN = "undisturbed"


def main() -> int:
    options = _options()
    if options.compare:
        return _compare(options)
    verdict, _ = live(
        options.first,
        options.last,
        seed=options.seed,
        workers=options.workers,
        reports=options.reports,
        log_to=options.log,
    )
    return _report(verdict)


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
    with ProcessPoolExecutor(len(lives), get_context("spawn")) as pool:
        span = options.first, options.last
        under_way = {
            name: pool.submit(live, *span, seed=options.seed, name=f"{name}: ", **life) for name, life in lives.items()
        }
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
