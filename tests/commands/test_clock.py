"""The clock, as IT sees it: what each job made, what one would find, and one that is run by hand."""

import json
import os
import pty
import re
import subprocess
import sys
import termios
from contextlib import suppress

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

import commands
from engine import storage
from tests.company import ROOT, playing


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with playing(tmp_path_factory.mktemp("company"), seed="customers") as company:
        yield company


@pytest.fixture
def asked(company):
    """`asked("job", "sweep")`: what `flask job sweep` says on the company's database."""

    def run(*words: str) -> Result:
        command = {"job": commands.job, "jobs": commands.list_jobs}[words[0]]
        return CliRunner().invoke(command, words[1:], env=company.environment())

    return run


def periods(company, job: str) -> list[str]:
    table = storage.periods
    with company.engine.storage.read() as connection:
        return list(connection.scalars(sa.select(table.c.period).where(table.c.job == job)))


def lines(said: Result) -> dict[str, dict]:
    return {line["job"]: line for line in map(json.loads, said.output.splitlines())}


def test_a_job_is_rehearsed_run_once_and_its_deeds_are_told(company, asked):
    manager = company.manager_of("Казань")
    deals = [company.new_deal(by=manager, title=f"Запрос {n}") for n in (1, 2)]
    company.settle()
    company.dismiss(manager)
    before = len(company.portal.log())

    said = asked("job", "dismissed", "--at", "2026-11-24T02:00+03:00", "--dry-run")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[0] == "dismissed 2026-11-24T02:00+03:00: 3 would come up, 0 have come up already."
    assert [line.split()[:3] for line in said.output.splitlines()[2:4]] == [
        [f"deal-{deal}", "SOFT", str(deal)] for deal in deals
    ]
    assert len(company.portal.log()) == before
    assert periods(company, "dismissed") == []

    said = asked("job", "dismissed")
    assert said.output.splitlines()[0] == "dismissed 2026-11-23T02:00+03:00: 3 subjects, 3 of them for the first time."
    company.settle()
    assert {company.card(deal)["assignedById"] for deal in deals} != {manager}
    assert "was done already, at 2026-11-23 10:0" in asked("job", "dismissed").output
    again = asked("job", "dismissed", "--at", "2026-11-23 02:00", "--dry-run")
    assert again.output.startswith("dismissed 2026-11-23T02:00+03:00: 0 would come up, 0 have come up already.")

    told = lines(asked("jobs", "--json"))["dismissed"]
    assert (told["made"]["subjects"], told["made"]["runs"], told["trouble"]) == (3, {"done": 3}, None)
    assert told["made"]["effects"]["update_task"] == 2
    [line] = [line for line in asked("jobs").output.splitlines() if line.startswith("dismissed ")]
    assert "3 subjects: 3 done; " in line
    assert "2 tasks changed" in line


def test_what_cannot_be_run_is_said_with_what_to_do(company, asked):
    wrong = asked("job", "dismised")
    assert (wrong.exit_code, "Did you mean dismissed?" in wrong.output) == (2, True)
    wrong = asked("job", "dismissed", "--at", "tomorrow")
    assert (wrong.exit_code, "as 2026-11-26T09:00+03:00" in wrong.output) == (2, True)
    wrong = asked("job", "dismissed", "--at", "2026-12-24T02:00+03:00")
    assert (wrong.exit_code, "--dry-run" in wrong.output) == (1, True)


def test_every_job_can_be_rehearsed(company, asked):
    before = len(company.portal.log())
    for name in lines(asked("jobs", "--json")):
        said = asked("job", name, "--at", "2026-12-01T18:00+03:00", "--dry-run")
        assert said.exit_code == 0, f"{name}: {said.output} {said.exception!r}"
    assert len(company.portal.log()) == before


@pytest.mark.slow
def test_on_a_terminal_a_bar_shows_the_worker_at_it(company):
    """It ends with what was made; without a terminal nobody waits."""
    manager = company.manager_of("Казань")
    company.new_deal(by=manager)
    company.settle()
    company.dismiss(manager)
    company.at("24.11.2026 03:00")
    leader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    command = [sys.executable, "-m", "flask", "--app", "app", "job", "dismissed"]
    job = subprocess.run(
        command, cwd=ROOT, env=company.environment(), stdout=subprocess.PIPE, stderr=terminal, text=True
    )
    os.close(terminal)
    shown = _all_of(leader)
    assert job.returncode == 0, job.stdout
    assert re.search(r"dismissed: .* steps", shown)
    assert re.search(r"2 subjects: 2 done; .*; \d+ requests, [\d.]+ s", job.stdout)


def _all_of(leader: int) -> str:
    """What a terminal was given until its other end was closed."""
    with open(leader, "rb", buffering=0) as terminal:
        shown = b""
        with suppress(OSError):  # the other end is closed
            while part := terminal.read(4096):
                shown += part
    return shown.decode()
