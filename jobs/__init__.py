"""Processes started by the clock: one job, one file. The clock moves the card, the stage acts.

`load()` imports every module of the list, which claims its periods; a file that is not in the list fails a test.
"""

from importlib import import_module

MODULES = (
    "branch_rates",
    "dismissed",
    "doctor",
    "escalation",
    "expiry",
    "heads_digest",
    "late_shipments",
    "overdue_payments",
    "prolongation",
    "rate_review",
    "rates_go_on",
    "silence",
    "stale_estimates",
    "sweep",
    "termless_contracts",
)


def load() -> None:
    """Claim every job. Raises ClaimedTwice where two files want the same name."""
    for name in MODULES:
        import_module(f"jobs.{name}")
