"""`python -m templates_docx.build [T12 …]`: makes the first form of the templates, or begins one anew.

It overwrites what a lawyer has edited in them since.
"""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent


def main(codes: Sequence[str]) -> None:
    written = sorted(path.stem.upper() for path in HERE.glob("t[0-9][0-9].py"))
    for code in codes or written:
        module = importlib.import_module(f"templates_docx.build.{code.lower()}")
        module.build().save(HERE.parent / f"{code}.docx")


if __name__ == "__main__":
    main(sys.argv[1:])
