"""docs/adding-a-process.md works: its blocks, written into the files that it names, are a process, a job and their tests."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import engine.schedule
import engine.triggers

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs/adding-a-process.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL))
NEW = {path: text for path, text in BLOCKS.items() if not (ROOT / path).exists()}
LISTS = {
    "handlers/__init__.py": {"samples": 'Add `"samples"`'},
    "jobs/__init__.py": {
        "late_samples": 'The word: `"late_samples"`',
        "samples_due_soon": 'The words: `"samples_due_soon"`',
        "samples_of_month": 'and `"samples_of_month"` in the same list',
    },
}
LEFT_OUT = (".git", ".venv", ".env", ".*_cache", ".hypothesis", "__pycache__", "var", "*.png")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the project with everything done that the page tells to do."""
    folder = tmp_path_factory.mktemp("voronka") / "house"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for path, text in NEW.items():
        (folder / path).write_text(text, encoding="utf-8")
    for path, words in LISTS.items():
        for word, told in words.items():
            assert told in PAGE
            add_to_list(folder / path, word)
    return folder


def add_to_list(file: Path, word: str) -> None:
    text = file.read_text(encoding="utf-8")
    line = re.search(r"^MODULES = \((.+?)\)$", text, re.MULTILINE | re.DOTALL)
    words = sorted([*re.findall(r'"(\w+)"', line[1]), word])
    listed = ", ".join(f'"{one}"' for one in words)
    file.write_text(text.replace(line[0], f"MODULES = ({listed})"), encoding="utf-8")


def run(house: Path, *words: str) -> subprocess.CompletedProcess:
    """`python -m …` in the copy."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=house, env=environment, capture_output=True, text=True, timeout=250
    )


@pytest.mark.slow
def test_the_tests_of_the_page_pass(house):
    written = [path for path in NEW if path.startswith("tests/")]
    assert len(written) == 3
    held = ("tests/test_house.py", "tests/config/test_processes_of_the_spec.py", "tests/emulator/test_seeds.py")
    done = run(house, "pytest", "-p", "no:cacheprovider", *written, *held)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_its_files_are_written_as_ours_are(house):
    written = [path for path in NEW if path.endswith(".py")]
    assert run(house, "ruff", "check", *written).stdout.strip() == "All checks passed!"
    assert run(house, "ruff", "format", "--check", *written).returncode == 0


def test_the_map_of_processes_then_tells_of_it(house):
    assert run(house, "docs.generate").returncode == 0
    page = (house / "docs/processes.md").read_text(encoding="utf-8")
    assert "## SAMPLES «Возврат образцов»: automated" in page
    for number in range(1, 8):
        assert f"| SR-T{number} |" in page


def test_what_it_quotes_is_the_code_that_runs():
    quoted = {path: text for path, text in BLOCKS.items() if path not in NEW}
    assert list(quoted) == ["robots/comment.py", "tests/robots/test_comment.py"]
    for path, text in quoted.items():
        assert text in (ROOT / path).read_text(encoding="utf-8"), f"{path} has changed: quote it anew"


def test_no_block_of_the_page_goes_untested():
    assert len(BLOCKS) == len(re.findall(r"^```\w+$", PAGE, re.MULTILINE))


def test_it_names_every_word():
    words = re.findall(r"^def (on_\w+|requires)\(", Path(engine.triggers.__file__).read_text(), re.MULTILINE)
    clocks = re.findall(r"^def (every|daily|once_a)\(", Path(engine.schedule.__file__).read_text(), re.MULTILINE)
    table = PAGE.partition("# Words at hand")[2]
    assert set(re.findall(r"`@(\w+)`", table)) == {*words, *clocks}
