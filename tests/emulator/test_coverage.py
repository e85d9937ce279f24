"""emulator/COVERAGE.md names every declared method and no other."""

import re

from tests.emulator import coverage

ROW = re.compile(r"^\| (\[`.+?`\]\(\S+?\)(?: \(REST 3\))?) \| (\d+) \| .+ \| (.*) \|$", re.MULTILINE)


def test_the_page_has_a_row_for_every_method_and_no_other():
    page = coverage.TARGET.read_text(encoding="utf-8") if coverage.TARGET.exists() else ""
    rows = {cell for cell, _, _ in ROW.findall(page)}
    assert rows == {coverage.link(declared) for declared in coverage.methods()}, "make coverage writes it anew"


def test_a_row_counts_tests_and_names_the_one_that_calls_least():
    declared, other = coverage.methods()[:2]
    page = coverage.text({"test_a::first": {declared, other}, "test_b::second": {declared}})
    rows = {cell: (count, differs) for cell, count, differs in ROW.findall(page)}
    assert rows[coverage.link(declared)] == ("2", declared.differs)
    assert f"{coverage.link(declared)} | 2 | `test_b::second` |" in page
    assert f"{coverage.link(coverage.methods()[2])} | 0 | none |" in page
