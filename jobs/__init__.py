"""Processes started by the clock: one job, one file. The clock moves the card, the stage acts.

`load()` imports every module of the list, which claims its periods; a file that is not in the list fails a test.
"""

from importlib import import_module

MODULES = (
    "absent",
    "branch_rates",
    "calendar_check",
    "dismissed",
    "distributor_confirm",
    "distributor_cut_off",
    "distributor_deleted",
    "distributor_month",
    "distributor_reminders",
    "distributor_report",
    "doctor",
    "escalation",
    "expiry",
    "heads_digest",
    "late_shipments",
    "overdue_payments",
    "prolongation",
    "promised_payments",
    "rate_review",
    "rates_go_on",
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
    "stuck_jobs",
    "sweep",
    "termless_contracts",
)


def load() -> None:
    """Claim every job. Raises ClaimedTwice where two files want the same name."""
    for name in MODULES:
        import_module(f"jobs.{name}")
