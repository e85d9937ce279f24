"""docs/processes.md says what the code does, and nothing of what an automated process promises is missing."""

from docs import generate

# What the specification asks of what is automated so far (the rest of SOFT comes with the processes that follow the offer).
SOFT_TO_THE_OFFER = {"SO-T1", "SO-T2", "SO-T3", "SO-T4", "SO-T8", "SO-T19", "SO-T20", "SO-T21"}
EVERY_PROCESS = {
    "R-07",
    "R-08",
    "R-09",
    "R-10",
    "R-11",
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


def test_the_page_is_what_the_code_says():
    assert generate.TARGET.read_text(encoding="utf-8") == generate.text(), "docs/processes.md is stale: run make docs"


def test_every_trigger_of_the_list_has_an_owner():
    assert generate.ids_claimed() >= SOFT_TO_THE_OFFER | EVERY_PROCESS
