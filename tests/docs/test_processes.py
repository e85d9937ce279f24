"""docs/processes.md says what the code does, and nothing of what an automated process promises is missing."""

import re
from pathlib import Path

from config import company
from docs import generate

TESTS = Path(__file__).parents[1]

# The numbered triggers of the specification, of each process that is automated.
TRIGGERS = {
    "SOFT": ("SO", 21),
    "SOFT_SHIPMENT": ("SH", 13),
    "LOGISTICS": ("LG", 10),
    "REGISTRY": ("RG", 14),
    "RECEIVABLES": ("RC", 8),
    "REP_REPORT": ("RP", 11),
    "DISTRIBUTOR_BRANCH": ("DB", 12),
    "DISTRIBUTOR": ("DR", 4),
}
EVERY_PROCESS = {
    "R-07",
    "R-08",
    "R-09",
    "R-10",
    "R-11",
    "R-12",
    "R-14",
    "R-16",
    "R-17",
    "R-18",
    "R-19",
    "R-22",
    "R-23",
    "R-25",
    "R-26",
    "R-28",
}
EDGE_CASES = {"E-SO": 12, "E-SH": 12, "E-LG": 5, "E-RG": 12, "E-RC": 10, "E-RP": 14, "E-DB": 20}


def test_the_page_is_what_the_code_says():
    assert generate.TARGET.read_text(encoding="utf-8") == generate.text(), "docs/processes.md is stale: run make docs"


def test_every_trigger_of_the_list_has_an_owner():
    numbered = {f"{prefix}-T{number}" for prefix, last in TRIGGERS.values() for number in range(1, last + 1)}
    assert numbered | EVERY_PROCESS <= generate.ids_claimed()


def test_a_process_whose_triggers_are_listed_is_declared_automated():
    automated = {process.code for process in company().processes.values() if process.automated}
    assert set(TRIGGERS) <= automated


def test_every_edge_case_has_a_test_that_names_it():
    numbered = {f"{prefix}-{number}" for prefix, last in EDGE_CASES.items() for number in range(1, last + 1)}
    sources = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__))
    named = {
        f"E-{one[0]}-{one[1]}".upper()
        for one in re.findall(r"(?<![a-z])e[-_](so|sh|lg|rg|rc|rp|db)[-_](\d+)", sources, re.IGNORECASE)
    }
    assert numbered <= named, sorted(numbered - named)
