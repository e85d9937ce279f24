"""`make conformance`: every client plays its scenarios on a portal with real limits; the table says how it went.

A client is a command that gets the webhook's address and prints one JSON line a scenario (conformance/scenarios.py).
What a client expects of a portal is right: where it fails, the emulator is to be mended.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from conformance import rooms
from conformance.tls import Front, certificate
from emulator.control import Control, free_port, spawned

SECONDS = 300
SEED = "demo"


@dataclass
class Client:
    """How a client is started, or why it is not."""

    name: str
    version: str
    command: list[str]
    absent: str = ""


@dataclass
class Outcome:
    """What one client did."""

    client: Client
    passed: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    calls: int = 0


def main() -> int:
    """0 when every scenario of every client that could run passed."""
    with tempfile.TemporaryDirectory() as folder:
        trusted, key = certificate(Path(folder))
        portal_process = spawned(port=free_port(), seed=SEED, limits="real")
        with portal_process as portal, Front(portal.base_url, trusted, key) as front:
            outcomes = [play(client, portal, front.address(portal.webhook_url), trusted) for client in clients()]
    print(table(outcomes))
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def clients() -> list[Client]:
    rooms.prepare_python()
    return [
        Client("fast-bitrix24", version("fast-bitrix24"), [sys.executable, "-m", "conformance.fast"]),
        Client("b24pysdk", rooms.python_version(), [str(rooms.INTERPRETER), "-m", "conformance.pysdk"]),
        Client("@bitrix24/b24jssdk", rooms.js_version(), ["node", str(rooms.JS / "client.mjs")], rooms.prepare_js()),
    ]


def play(client: Client, portal: Control, address: str, trusted: Path) -> Outcome:
    """Run one client over a portal planted anew; tell of every failure as it comes."""
    outcome = Outcome(client)
    if client.absent:
        print(f"!! {client.name} WAS NOT PLAYED: {client.absent}", file=sys.stderr)
        return outcome
    portal.reset(SEED)
    portal.reset_counters()
    done = subprocess.run(
        [*client.command, address], env=os.environ | trust(trusted), stdout=subprocess.PIPE, timeout=SECONDS, text=True
    )
    for line in done.stdout.splitlines():
        note(outcome, json.loads(line))
    if done.returncode or not outcome.passed:
        outcome.failed["(the client's end)"] = f"code {done.returncode}"
    outcome.calls = sum(portal.requests()["commands"].values())
    for name, why in outcome.failed.items():
        print(f"-- {client.name}: {name}\n{why}\n", file=sys.stderr)
    return outcome


def note(outcome: Outcome, line: dict) -> None:
    if line["error"]:
        outcome.failed[line["scenario"]] = line["error"]
    else:
        outcome.passed.append(line["scenario"])


def trust(certificate: Path) -> dict[str, str]:
    """The clients' own means to trust a certificate: Python's ssl, requests, Node."""
    return dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(certificate))


def table(outcomes: list[Outcome]) -> str:
    lines = ["| client | version | passed | failed | calls |", "|---|---|---|---|---|"]
    for one in outcomes:
        counts = f"{len(one.passed)} | {len(one.failed)} | {one.calls}"
        lines.append(
            f"| {one.client.name} | {one.client.version} | {'not played | | ' if one.client.absent else counts} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
