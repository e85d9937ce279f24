"""docs/documents.md lists the templates and the names that there are."""

from docs import vocabulary


def test_its_lists_are_what_the_code_says():
    assert vocabulary.TARGET.read_text(encoding="utf-8") == vocabulary.text(), (
        "docs/documents.md is stale: run make docs"
    )
