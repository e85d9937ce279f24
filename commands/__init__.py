"""The commands: `flask <command>` in the project's folder, a subject a file. They end with the codes that `EPILOG` names."""

from flask import Flask

from commands.absences import absences
from commands.branches import prices, rates
from commands.clock import cancel, job, list_jobs
from commands.copies import backup, restored
from commands.failures import failures, park, retry
from commands.portal import apply, check, export, plan
from commands.serving import health, serve, web, worker
from commands.templates import templates

COMMANDS = (
    serve, web, worker, health, failures, retry, park, list_jobs, job, cancel, plan, apply, export, check, rates, prices, absences,
    templates, backup, restored,
)  # fmt: skip


def register(app: Flask) -> None:
    """Make `flask <command>` know them."""
    for one in COMMANDS:
        app.cli.add_command(one)
