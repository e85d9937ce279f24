"""Processes started by a change: one process, one file, the story from top to bottom.

`load()` imports every module of the list, which claims its changes; a file that is not in the list fails a test.
"""

from importlib import import_module

MODULES = (
    "distributor",
    "distributor_branch",
    "every_process",
    "logistics",
    "onec",
    "rate_review",
    "receivables",
    "registry",
    "rep_report",
    "soft",
    "soft_shipment",
)


def load() -> None:
    """Claim everything. Raises ClaimedTwice where two handlers want the same change."""
    for name in MODULES:
        import_module(f"handlers.{name}")
