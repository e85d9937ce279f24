"""LibreOffices that behave as a test wants: scripts that are called as the real one is."""

from pathlib import Path

ONE_PAGE = "%PDF-1.4\n1 0 obj<</Type/Page>>endobj\n%%EOF\n"
WORKS = "for one in sources: print_(one)"
PREAMBLE = """#!/usr/bin/env python3
import os, sys, time, pathlib
target = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
sources = [pathlib.Path(one) for one in sys.argv if one.endswith(".docx")]
target.mkdir()
with open({log!r}, "a") as log:
    log.write(f"{{len(sources)}}\\n")
def print_(source, what={page!r}):
    (target / f"{{source.stem}}.pdf").write_text(what)
"""


def written(folder: Path, does: str = WORKS) -> Path:
    """One that does this with its `sources`."""
    path = folder / "soffice"
    path.write_text(PREAMBLE.format(log=str(folder / "starts"), page=ONE_PAGE) + does)
    path.chmod(0o755)
    return path


def starts(folder: Path) -> list[int]:
    """How many documents each start of it had."""
    log = folder / "starts"
    return list(map(int, log.read_text().split())) if log.exists() else []
