"""The house: which room may use which, and that every module is in its list."""

import ast
import re
from pathlib import Path

import pytest

import handlers
import jobs
from config import company
from engine import schedule

ROOT = Path(__file__).parent.parent
ABOVE_BITRIX = {"config", "rules"}
MAY_USE = {
    "config": set(),
    "rules": set(),
    "bitrix": set(),
    "engine": {"bitrix", *ABOVE_BITRIX},
    "documents": {"engine", "bitrix", *ABOVE_BITRIX},
    "reports": {"documents", "engine", "bitrix", *ABOVE_BITRIX},
    "robots": {"reports", "documents", "engine", "bitrix", *ABOVE_BITRIX},
    "provision": {"robots", "reports", "documents", "engine", "bitrix", *ABOVE_BITRIX},
    "handlers": {"robots", "reports", "documents", "engine", "bitrix", *ABOVE_BITRIX},
    "jobs": {"provision", "robots", "reports", "documents", "engine", "bitrix", *ABOVE_BITRIX},
    "web": {"robots", "reports", "documents", "engine", "bitrix", *ABOVE_BITRIX},
    "commands": {
        "web",
        "handlers",
        "jobs",
        "provision",
        "robots",
        "reports",
        "documents",
        "engine",
        "bitrix",
        *ABOVE_BITRIX,
    },
    "emulator": {"config"},
    "demo": {"emulator", "config"},
}
SIBLINGS_APART = ("handlers", "jobs")


def modules(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports, relative ones made absolute."""
    package = path.relative_to(ROOT).parent.parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            names.add(".".join(filter(None, [base, node.module])))
            names |= {".".join(filter(None, [base, node.module, alias.name])) for alias in node.names}
    return names


@pytest.mark.parametrize("room", [room for room in MAY_USE if (ROOT / room).exists()])
def test_a_room_uses_only_the_rooms_below_it(room):
    rooms = set(MAY_USE)
    for path in modules(room):
        used = {name.partition(".")[0] for name in imported(path)} & rooms - {room}
        assert used <= MAY_USE[room], f"{path.relative_to(ROOT)} uses {sorted(used - MAY_USE[room])}"


@pytest.mark.parametrize("room", SIBLINGS_APART)
def test_processes_and_jobs_never_use_each_other(room):
    for path in modules(room):
        own = f"{room}.{path.stem}"
        others = {name for name in imported(path) if name.startswith(f"{room}.") and name != own}
        assert not others or path.name == "__init__.py", f"{path.name} uses its siblings {sorted(others)}"


def test_of_the_jobs_only_the_doctor_looks_at_the_portal_as_code():
    users = {path.stem for path in modules("jobs") if any(name.startswith("provision") for name in imported(path))}
    assert users == {"doctor"}


def test_only_families_knows_dbos_and_only_bitrix_knows_requests():
    for room in MAY_USE:
        for path in modules(room):
            names = {name.partition(".")[0] for name in imported(path)}
            assert "dbos" not in names or path.name == "families.py", path
            assert "fast_bitrix24" not in names or room == "bitrix", path


# The receiver notes when a command came; it is put into the portal's time when it is taken (engine/clock.py).
OF_THIS_MACHINE = {"commands.py"}


@pytest.mark.parametrize("room", ["engine", "handlers", "jobs", "robots", "reports", "rules", "documents"])
def test_what_is_due_is_never_counted_on_the_clock_of_this_machine(room):
    """R20: it may jump by ten years; business time is the portal's, waiting is monotonic."""
    for path in modules(room):
        calls = re.findall(
            r"\b(?:datetime\.now|datetime\.utcnow|date\.today|time\.time|time\.localtime)\(", path.read_text()
        )
        assert not calls or path.name in OF_THIS_MACHINE, f"{path.relative_to(ROOT)} asks {calls[0]}…)"


@pytest.mark.parametrize("package", [handlers, jobs])
def test_every_module_is_in_its_list(package):
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(package.MODULES)
    assert list(package.MODULES) == sorted(package.MODULES)


OF_EVERY_PROCESS = {
    "absent", "calendar_check", "dismissed", "doctor", "escalation", "heads_digest", "promised_payments", "stuck_jobs", "sweep",
}  # fmt: skip


def test_every_job_says_whose_it_is_or_serves_all():
    """A process that is switched off is asked for nothing, also by the clock."""
    jobs.load()
    house = [job for job in schedule.jobs() if job.name in jobs.MODULES]
    assert {job.name for job in house if job.process is None} == OF_EVERY_PROCESS
    assert {job.process for job in house if job.process} <= {*company().processes}
