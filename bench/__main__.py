"""`make bench` asks the questions and writes docs/benchmarks.md; `python -m bench receiver real` asks these alone.

Answers to questions that are not asked now stay as they were, with their date and machine.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench import delay, documents, drain, large_portal, monthly, page, provisioning, real, receiver, stage_changes

QUESTIONS = {
    "stage_changes": stage_changes, "receiver": receiver, "drain": drain, "delay": delay, "documents": documents,
    "large_portal": large_portal, "provisioning": provisioning, "monthly": monthly, "real": real,
}  # fmt: skip
LONG = {"monthly", "real"}  # asked by name only
TARGET = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main(words: Sequence[str] | None = None) -> None:
    """Ask what the words say; print and keep the answers."""
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(QUESTIONS)}")
    options.add_argument("--all", action="store_true", help=f"also {', '.join(LONG)}, which takes long")
    given = options.parse_args(words)
    if unknown := set(given.names) - set(QUESTIONS):
        options.error(f"there is no question {', '.join(sorted(unknown))}; there are: {', '.join(QUESTIONS)}")
    for name in given.names or [name for name in QUESTIONS if given.all or name not in LONG]:
        keep(page.title(QUESTIONS[name]), page.answer(QUESTIONS[name]))


def keep(title: str, answer: str) -> None:
    """Put one section in the place of what it said before."""
    kept = page.sections(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    titles = [page.title(question) for question in QUESTIONS.values()]
    TARGET.write_text(page.text(titles, kept | {title: answer}), encoding="utf-8")


if __name__ == "__main__":
    main()
