"""docs/architecture.md lists the modules and tables that there are, in their own words."""

from docs import house


def test_its_lists_are_what_the_code_says():
    assert house.TARGET.read_text(encoding="utf-8") == house.text(), "docs/architecture.md is stale: run make docs"


def test_every_module_and_every_table_says_what_it_is():
    rows = [line for line in house.text().splitlines() if line.startswith("| ")]
    assert [row for row in rows if row.rstrip(" |").endswith(("| ", "None")) or row.endswith("|  |")] == []
