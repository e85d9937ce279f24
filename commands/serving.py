"""Receiver, worker and clock: run them, and say how they are."""

import json
import socket
import sys
from dataclasses import asdict
from pathlib import Path

import click

import supervisor
from commands.terminal import command, prepared, print_table
from config.settings import Settings
from engine.storage import Storage
from web.health import Part, examine, is_well

APP = Path(__file__).parents[1] / "app.py"


@command("serve")
def serve(settings: Settings) -> None:
    """Run receiver, worker and clock with one command.

    Web and worker are two processes, restarted when they die, ended together by SIGTERM or Ctrl+C.
    """
    _refuse_taken_port(settings)
    prepared(settings).close()
    flask = (sys.executable, "-m", "flask", "--app", str(APP))
    children = [supervisor.Child(name, (*flask, name)) for name in ("web", "worker")]
    address = f"http://{settings.host}:{settings.port}"
    code = supervisor.keep(children, lambda: _answers(settings), lambda: click.echo(f"Voronka listens on {address}"))
    sys.exit(code)


@command("web")
def web(settings: Settings) -> None:
    """Run the receiver and the status pages alone."""
    from app import serve as answer  # the application registers these commands

    prepared(settings).close()
    answer(settings)


@command("worker")
def worker(settings: Settings) -> None:
    """Run the worker alone.

    It looks, does runs and keeps the clock. One on SQLite; on PostgreSQL as many as you like, of which one leads.
    """
    from worker import run  # the engine takes a second to import: only where it is used

    run(settings)


@command("health")
@click.option("--json", "as_json", is_flag=True, help="As /healthz answers.")
def health(settings: Settings, as_json: bool) -> None:
    """Say how the parts are and what to do.

    The parts are receiver, worker, clock, observer and portal. Ends with 1 while one of them is down.
    """
    parts = examine(Storage(settings.database_url), settings)
    if not _answers(settings):
        remedy = f"Nothing listens on {settings.host}:{settings.port}: start it with flask serve, or flask web."
        parts["receiver"] = Part("down", None, remedy)
    if as_json:
        click.echo(json.dumps({name: asdict(part) for name, part in parts.items()}))
    else:
        rows = [(name, part.state, part.seconds, part.do) for name, part in parts.items()]
        print_table(("part", "state", "seconds", "what to do"), rows)
    sys.exit(0 if is_well(parts) else 1)


def _answers(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.host, settings.port), timeout=2).close()
    except OSError:
        return False
    return True


def _refuse_taken_port(settings: Settings) -> None:
    if _answers(settings):
        raise click.ClickException(
            f"{settings.host}:{settings.port} is taken already. Stop what listens there, or set PORT."
        )
