"""Processes started by the clock: one job, one file. The clock moves the card, the stage acts.

`load()` imports every module of the list, which claims its periods; a file that is not in the list fails a test.
"""

from importlib import import_module

MODULES = (
    "broken_promises",
    "dismissed",
    "doctor",
    "escalation",
    "expiry",
    "heads_digest",
    "late_shipments",
    "overdue_payments",
    "prolongation",
    "receivables",
    "receivables_lost",
    "receivables_report",
    "receivables_silent",
    "rep_report_close",
    "rep_report_efficiency",
    "rep_report_late",
    "rep_report_open",
    "rep_report_restore",
    "rep_report_silent",
    "silence",
    "stale_estimates",
    "sweep",
    "termless_contracts",
)


def load() -> None:
    """Claim every job. Raises ClaimedTwice where two files want the same name."""
    for name in MODULES:
        import_module(f"jobs.{name}")
