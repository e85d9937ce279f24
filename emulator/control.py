"""A portal for a test or a demonstration, and the hand that plays its people and breaks its manners.

with running(seed="empty", events_to=url, event_token="secret") as portal:
    deal = portal.act(1, "crm.item.add", {"entityTypeId": 2, "fields": {"title": "…"}})["item"]
    portal.fault(method="crm.item.update", kind="cut_after")
    portal.advance(timedelta(days=3))
    portal.log()
"""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from requests import ConnectionError as NotReachable
from requests import Response, Session

from .portal import Portal
from .server import make_server

TOKEN = "emulatortoken"
START_SECONDS = 20


class Refused(Exception):
    """The portal refused what a person tried."""

    def __init__(self, body: dict, status: int):
        super().__init__(f"{status} {body}")
        self.code = body.get("error")
        self.description = body.get("error_description", "")
        self.status = status


class Control:
    """Everything that /_emulator/ offers, over HTTP."""

    def __init__(self, base_url: str, token: str = TOKEN, user: int = 1):
        self.base_url = base_url.rstrip("/")
        self._user = user
        self.webhook_url = self._address(token)
        self._mine = threading.local()

    # -- time

    def time(self) -> datetime:
        return datetime.fromisoformat(self._get("clock")["time"])

    def advance(self, by: timedelta | float) -> datetime:
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return datetime.fromisoformat(self._post("clock", {"advance": seconds})["time"])

    def set_time(self, moment: datetime) -> datetime:
        return datetime.fromisoformat(self._post("clock", {"set": moment.isoformat()})["time"])

    def reset(self, seed: str = "empty", now: datetime | None = None) -> None:
        self._post("reset", {"seed": seed, "now": now.isoformat() if now else None})

    def live_through_history(self) -> None:
        """Clients and deals of the seed `year` appear, as if for long; the funnels and fields of config/ must be there."""
        self._post("history", {})

    # -- people

    def act(self, user_id: int, method: str, params: dict | None = None) -> object:
        """Run a REST method as that person and return its result; outside the limits, not counted."""
        return self.act_fully(user_id, method, params)["result"]

    def act_fully(self, user_id: int, method: str, params: dict | None = None) -> dict:
        """As `act`, with the whole envelope (total, next, time)."""
        answer = self._ask("POST", f"as/{user_id}/{method}", json=params or {})
        if answer.status_code != 200:
            raise Refused(answer.json(), answer.status_code)
        return answer.json()

    def add_trigger(self, code: str, stage_id: str, category_id: int = 0, **more: object) -> None:
        """Make a trigger «Отследить входящий вебхук» by hand: it moves a card of the funnel to that stage when
        crm.automation.trigger names its code. more: entity_type_id (2, deals), back (True: also to an earlier stage)."""
        self._post("triggers", {"code": code, "stage_id": stage_id, "category_id": category_id, **more})

    def triggers(self) -> list[dict]:
        """The triggers that were made: code, entityTypeId, categoryId, stageId, allowBackwards."""
        return self._get("triggers")

    def give_role(self, name: str, **role: object) -> dict:
        """A role in the CRM, in place of the one called so: users=[5], departments=[3], settings=True (may change
        funnels, stages, fields), rights={"2": {"read": "own", "add": "all"}, "2_category_7": "none", "*": "all"}.

        By kind of cards (entityTypeId), by funnel or for all others, each action (read, add, update, delete) reaches
        none, own, department, subdepartments, open or all; one word is meant for all four. Whoever has no role may
        everything, but change settings."""
        return self._post("roles", {"name": name, **role})

    def roles(self) -> list[dict]:
        return self._get("roles")

    def forget_roles(self) -> None:
        """Everybody may everything again."""
        self._ask("DELETE", "roles").raise_for_status()

    def require_field(self, field: str, stage_id: str | None = None, **where: object) -> dict:
        """Make a field of cards required, as in the settings of a card: from that stage on, or anywhere without one.
        where: category_id (0, the funnel of the stage), entity_type_id (2, deals)."""
        return self._post("required_fields", {"field": field, "stage_id": stage_id, **where})

    def required_fields(self) -> list[dict]:
        return self._get("required_fields")

    def recycle_bin(self) -> list[dict]:
        """The deleted cards: entityTypeId, itemId, title, deletedTime, deletedBy."""
        return self._get("recycle_bin")

    def restore(self, entity_type_id: int, item_id: int) -> None:
        """Give a card back out of the recycle bin with all that it had; rings as a new one does."""
        self._post("recycle_bin", {"entity_type_id": entity_type_id, "item_id": item_id})

    def give_leave(self, user_id: int, first: date, last: date) -> dict:
        """The personnel department enters a leave, both days included, in the chart of absences."""
        return self._post("leaves", {"user_id": user_id, "first": first.isoformat(), "last": last.isoformat()})

    def cancel_leave(self, user_id: int) -> None:
        """It takes the person's leaves out of the chart."""
        self._ask("DELETE", f"leaves?user_id={user_id}").raise_for_status()

    def write_letter(self, sender: str, to: list[str], subject: str, body: str = "") -> list[int]:
        """Somebody outside of the portal writes to its mailboxes; the ids of the letters that arrived."""
        return self._post("letters", {"sender": sender, "to": to, "subject": subject, "body": body})

    # -- what happened

    def requests(self) -> dict:
        """{"http": requests of the webhook, "writing": those of them that write, "commands": {method: times}}."""
        return self._get("requests")

    def reset_counters(self) -> None:
        self._ask("DELETE", "requests").raise_for_status()

    def log(self, after: int = 0) -> list[dict]:
        """The portal's own record of executed effects, oldest first, from number `after` on."""
        return self._get(f"log?after={after}")

    # -- manners

    def events(self, **behaviour: object) -> None:
        """hold=True, lose=0.1 or 2, repeat=…, shuffle=True, delay=seconds, slow=seconds (of an answer that makes the queue
        call its handler less often), without=names of events that no outgoing webhook asks for."""
        self._post("events", behaviour)

    def take_time(self, on: bool = True) -> None:
        """A call of the webhook lasts as long as it is charged: 0.9 s for a task, 0.7 s for a deal; ÷ N where limits are scaled."""
        self._post("takes_time", {"on": on})

    def event_queue(self) -> list[dict]:
        """Events that are still waiting or on their way."""
        return self._get("events")["waiting"]

    def events_done(self) -> list[dict]:
        """Events that were delivered, refused, failed or lost."""
        return self._get("events")["done"]

    def event_pauses(self) -> dict[str, float]:
        """The seconds that the queue waits after each call of a handler that was slow, by address; see `slow`."""
        return self._get("events")["pauses"]

    def settle_events(self, seconds: float = 10) -> bool:
        """Wait until no event is on its way."""
        return self._post("events/settle", {"seconds": seconds})["settled"]

    def fault(self, kind: str, method: str | None = None, times: int = 1, **more: object) -> None:
        """Order a misbehaviour (faults.KINDS); more: code, description, status, seconds, field."""
        self._post("faults", {"kind": kind, "method": method, "times": times, **more})

    def faults_waiting(self) -> list[dict]:
        return self._get("faults")

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults").raise_for_status()

    def rotate_webhook(self, token: str) -> str:
        """Give the webhook another secret, as by editing it on the portal; returns its new address, the old one is unknown."""
        self._post("webhook", {"token": token})
        self.webhook_url = self._address(token)
        return self.webhook_url

    def _address(self, token: str) -> str:
        return f"{self.base_url}/rest/{self._user}/{token}/"

    # -- the wire

    def _get(self, path: str) -> object:
        return self._checked(self._ask("GET", path))

    def _post(self, path: str, body: dict) -> object:
        return self._checked(self._ask("POST", path, json=body))

    def _checked(self, answer: Response) -> object:
        if answer.status_code == 400:
            raise ValueError(answer.json().get("error"))
        answer.raise_for_status()
        return answer.json()

    def _ask(self, verb: str, path: str, **more: object) -> Response:
        if not hasattr(self._mine, "session"):
            self._mine.session = Session()
        return self._mine.session.request(verb, f"{self.base_url}/_emulator/{path}", timeout=90, **more)


@contextmanager
def running(
    *,
    seed: str = "empty",
    limits: str = "off",
    events_to: str | None = None,
    event_token: str = "",
    token: str = TOKEN,
    user: int = 1,
    port: int = 0,
    now: datetime | None = None,
) -> Iterator[Control]:
    """A portal in threads of this process on a free port; gone when the block ends."""
    portal = Portal(
        token=token, user=user, seed=seed, limits=limits, events_to=events_to, event_token=event_token, now=now
    )
    server = make_server(portal, port=port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Control(portal.base_url, token, user)
    finally:
        portal.close()
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


@contextmanager
def spawned(
    *,
    port: int,
    seed: str = "empty",
    limits: str = "off",
    events_to: str | None = None,
    event_token: str = "",
    token: str = TOKEN,
    user: int = 1,
    now: datetime | None = None,
    log: BinaryIO | None = None,
    patience_seconds: float = START_SECONDS,
) -> Iterator[Control]:
    """`python -m emulator` as a process of its own, ready to answer; ended when the block ends. `log`: where its log goes.

    Raises RuntimeError if it is not ready after `patience_seconds`: a large seed takes long.
    """
    options = {"port": port, "seed": seed, "limits": limits, "token": token, "user": user}
    options |= {"events-to": events_to, "event-token": event_token, "now": now.isoformat() if now else None}
    words = [word for name, value in options.items() if value for word in (f"--{name}", str(value))]
    process = subprocess.Popen([sys.executable, "-m", "emulator", *words], cwd=Path(__file__).parents[1], stderr=log)
    control = Control(f"http://127.0.0.1:{port}", token, user)
    try:
        _wait_until_ready(control, process, patience_seconds)
        yield control
    finally:
        process.terminate()
        process.wait(timeout=10)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(control: Control, process: subprocess.Popen, patience_seconds: float) -> None:
    limit = time.monotonic() + patience_seconds
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError(f"the emulated portal ended at its start with code {process.returncode}")
        try:
            control.time()
            return
        except NotReachable:
            time.sleep(0.05)
    raise RuntimeError(f"the emulated portal did not answer within {patience_seconds:g} s")
