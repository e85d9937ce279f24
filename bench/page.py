"""docs/benchmarks.md: one section a question, each with the day and the machine of its answer."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType

HEAD = """# Benchmarks

Written by `make bench`; `make bench REAL=1` asks the long questions too. Everything runs on one machine: the emulated portal,
the receiver, the worker and who measures share its cores. Small machines are noisy: compare within one section.
"""


def title(question: ModuleType) -> str:
    """The first line of its docstring."""
    return question.__doc__.partition("\n")[0].rstrip(".")


def answer(question: ModuleType) -> str:
    """Ask now, and print while the rows come."""
    lines = [f"On {date.today():%d.%m.%Y}, {machine()}.", ""]
    if note := question.__doc__.partition("\n")[2].strip():
        lines += [note, ""]
    print(f"\n## {title(question)}\n", *lines, sep="\n", flush=True)
    for row in question.rows():
        print(row, flush=True)
        lines.append(row)
    return "\n".join(lines)


def machine() -> str:
    total = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    memory = f"{int(total[1]) / 2**20:.0f} GB, " if total else ""
    return f"{os.cpu_count()} cores, {memory}{_model()}{platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _model() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return f"{found[1].strip()}, " if found else ""


def sections(text: str) -> dict[str, str]:
    """What stands under each heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {name.strip(): body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def text(titles: Sequence[str], answers: Mapping[str, str]) -> str:
    """The page; a section whose question is asked no more is left out."""
    given = [f"## {name}\n\n{answers[name]}\n" for name in titles if name in answers]
    return "\n".join([HEAD, *given])
