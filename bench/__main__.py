"""`make bench`: runs every question and writes docs/benchmarks.md."""

import os
import platform
from datetime import date
from pathlib import Path

from bench import receiver, stage_changes

QUESTIONS = (stage_changes, receiver)
TARGET = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Print and keep the answers."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {date.today():%d.%m.%Y}: {machine}. Small machines are noisy: compare within one run.",
    ]
    for question in QUESTIONS:
        lines += ["", f"## {(question.__doc__ or '').rstrip('.')}", ""]
        for row in question.rows():
            print(row, flush=True)
            lines.append(row)
    TARGET.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
