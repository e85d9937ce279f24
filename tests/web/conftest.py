"""The web side alone: served over HTTP, on a database of its own, with nobody behind it who looks."""

import io
import json
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import sqlalchemy as sa

from app import create_app
from config.settings import Settings
from engine import log, storage
from engine.storage import Storage
from tests.serving import Server
from tests.stores import new_store

TOKEN = "jvh9y1ulvt2m6k5or90v9mg8nn32ozas"
ROBOT_SECRET = "a-secret-for-the-rules-of-the-portal"
ONEC_TOKEN = "a-token-for-1c-of-the-company"
DOMAIN = "company.bitrix24.ru"
FORM = "application/x-www-form-urlencoded"


class Door:
    """What may knock at the layer, and what it wrote down."""

    def __init__(self, folder: Path, **settings: object):
        values = {
            "bitrix_webhook_url": f"https://{DOMAIN}/rest/1/secret-of-the-webhook/",
            "bitrix_event_token": TOKEN,
            "robot_secret": ROBOT_SECRET,
            "onec_token": ONEC_TOKEN,
            "database_url": new_store(folder),
            **settings,
        }
        self.settings, self.log = Settings(**values), io.StringIO()
        self.store = Storage(self.settings.database_url)
        self.store.prepare()
        log.configure(self.log)
        self._server = Server(threads=32)
        self._server.serve(create_app(self.settings))
        self.address = self._server.address

    def close(self) -> None:
        self._server.stop()
        self.store.close()

    # — who knocks —

    def event(self, name: str = "ONCRMDEALUPDATE", number: object = 7, **changes: str) -> dict[str, str]:
        """The form of an event as the portal posts it; `token`, `domain`, `member_id` may be others."""
        return {
            "event": name,
            "event_handler_id": "975",
            "data[FIELDS][ID]": str(number),
            "ts": "1766047124",
            "auth[domain]": changes.get("domain", DOMAIN),
            "auth[client_endpoint]": f"https://{DOMAIN}/rest/",
            "auth[server_endpoint]": "https://oauth.bitrix.info/rest/",
            "auth[member_id]": changes.get("member_id", "d897063e1ce7c5eb9f04b9751eef5915"),
            "auth[application_token]": changes.get("token", TOKEN),
        }

    def ring(self, *event: object, **changes: str) -> requests.Response:
        return self.post(data=self.event(*event, **changes))

    def post(self, path: str = "/hook/b24", **how: object) -> requests.Response:
        return requests.post(self.address + path, timeout=20, **how)

    def ask(self, verb: str, path: str, **how: object) -> requests.Response:
        return requests.request(verb, self.address + path, timeout=20, **how)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.address + path, timeout=20)

    def press(self, name: str = "make_document", query: str = "?deal=12", **how: object) -> requests.Response:
        """A rule of the portal posts to its address."""
        return self.post(f"/robot/{ROBOT_SECRET}/{name}{query}", **how)

    def onec(self, kind: str, payload: object, token: str = ONEC_TOKEN) -> requests.Response:
        """1C sends a document; bytes go as they are."""
        how = {"data": payload} if isinstance(payload, bytes) else {"json": payload}
        return self.post(f"/hook/1c/{kind}", headers={"Authorization": f"Bearer {token}"}, **how)

    def outcome(self, kind: str, document: str, token: str = ONEC_TOKEN) -> requests.Response:
        """1C asks what became of a document."""
        return self.ask("GET", f"/hook/1c/{kind}/{document}", headers={"Authorization": f"Bearer {token}"})

    # — what was written down —

    def rings(self) -> dict[tuple[str, int], int]:
        with self.store.read() as connection:
            rows = connection.execute(sa.select(storage.rings))
            return {(row.entity, row.entity_id): row.times for row in rows}

    def commands(self) -> list[tuple[str, int, dict]]:
        with self.store.read() as connection:
            rows = connection.execute(sa.select(storage.commands).order_by(storage.commands.c.id))
            return [(row.name, row.deal_id, row.payload) for row in rows]

    def turned_away(self) -> dict[str, int]:
        """The counters, after the second that they may take to be written."""
        time.sleep(1.2)
        with self.store.read() as connection:
            rows = connection.execute(sa.select(storage.marks))
            return {row.name.rpartition(":")[2]: row.value for row in rows if row.name.startswith("count:turned_away:")}

    def is_untouched(self) -> bool:
        return not self.rings() and not self.commands()

    def log_lines(self) -> list[dict]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


@contextmanager
def door_to(folder: Path, **settings: object):
    door = Door(folder, **settings)
    try:
        yield door
    finally:
        door.close()


@pytest.fixture
def door(tmp_path):
    with door_to(tmp_path) as door:
        yield door


@contextmanager
def commits():
    """Counts the transactions that this process commits on any database: `with commits() as count: …; count()`."""
    seen = []

    def committed(connection: sa.Connection) -> None:
        seen.append(connection)

    sa.event.listen(sa.Engine, "commit", committed)
    try:
        yield lambda: len(seen)
    finally:
        sa.event.remove(sa.Engine, "commit", committed)
