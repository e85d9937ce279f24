"""What the pages say is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
PACKAGE = re.compile(r"^(\w[\w-]*)", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_commands_that_exist(page):
    """`flask …` and `make …`, wherever a page tells to run them."""
    text = page.read_text(encoding="utf-8")
    written = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "commands").glob("*.py"))
    commands = re.findall(r'^@(?:command|click\.group)\("(\w+)"', written, re.MULTILINE)
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"\bflask ([a-z]+)\b(?!\))", text)) <= {*commands}
    assert set(re.findall(r"(?:`|^ {4})make ([a-z-]+)\b", text, re.MULTILINE)) <= {*targets}


def test_every_package_is_here_for_a_stated_reason():
    page = (ROOT / "docs/decisions/0001-dependencies.md").read_text(encoding="utf-8")
    rows = {name for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) for name in row.strip().split(", ")}
    files = (ROOT / name for name in ("requirements.txt", "requirements-dev.txt"))
    wanted = [name for file in files for name in PACKAGE.findall(file.read_text(encoding="utf-8"))]
    assert [name for name in wanted if name.lower() not in rows] == []


def test_the_example_of_the_readme_is_the_code_that_runs():
    examples = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "handlers").glob("*.py"))
    assert examples
    assert [example for example in examples if example not in code] == []
