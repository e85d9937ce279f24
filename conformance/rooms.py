"""Rooms of the clients that do not live in the project's environment: python/ and js/, each with its pinned packages.

What is installed stays until the pins change. If an installation fails the client does not find its packages, and fails.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PYTHON, JS = HERE / "python", HERE / "js"
INTERPRETER = PYTHON / ".venv" / "bin" / "python"


def python_version() -> str:
    """Of b24pysdk."""
    return re.search(r"^b24pysdk==(\S+)", (PYTHON / "requirements.txt").read_text(), re.MULTILINE)[1]


def js_version() -> str:
    """Of @bitrix24/b24jssdk."""
    return json.loads((JS / "package.json").read_text())["dependencies"]["@bitrix24/b24jssdk"]


def prepare_python() -> None:
    pins, mark = PYTHON / "requirements.txt", PYTHON / ".venv" / "installed"
    if _is_fresh(pins, mark):
        return
    _tell("sh", str(HERE.parent / "scripts" / "make-venv"), sys.executable, str(PYTHON / ".venv"))
    if _tell(str(INTERPRETER), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(pins)):
        mark.write_text(pins.read_text())


def prepare_js() -> str:
    """Returns which program is missing on this machine, or an empty text."""
    if missing := [program for program in ("node", "npm") if shutil.which(program) is None]:
        return f"{' and '.join(missing)} not installed on this machine"
    pins, mark = JS / "package-lock.json", JS / "node_modules" / ".installed"
    if not _is_fresh(pins, mark) and _tell("npm", "ci", "--no-audit", "--no-fund", "--prefix", str(JS)):
        mark.write_text(pins.read_text())
    return ""


def _is_fresh(pins: Path, mark: Path) -> bool:
    return mark.exists() and mark.read_text() == pins.read_text()


def _tell(*command: str) -> bool:
    """Run it, its words on the standard error; True if it succeeded."""
    return subprocess.run(command, stdout=sys.stderr).returncode == 0
