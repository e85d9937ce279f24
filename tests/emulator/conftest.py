"""One emulated portal for all tests of the emulator, planted anew for each; a handler that receives its events."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from emulator.control import Control, running
from emulator.php import parse_query

EVENT_TOKEN = "event-token"
ADMIN = 2


class Handler:
    """A receiver of events: what it got, in the order of arrival; it can be slow or broken."""

    def __init__(self):
        self.events: list[dict] = []
        self.status = 200
        self.seconds = 0.0
        receiver = self

        class Post(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.events.append(parse_query(body))
                threading.Event().wait(receiver.seconds)
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Post)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook/b24"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


@pytest.fixture(scope="session")
def handler_of_session():
    handler = Handler()
    yield handler
    handler.server.shutdown()
    handler.server.server_close()


@pytest.fixture(scope="session")
def portal_of_session(handler_of_session):
    with running(seed="bare", events_to=handler_of_session.url, event_token=EVENT_TOKEN) as control:
        yield control


@pytest.fixture
def handler(handler_of_session):
    handler_of_session.status, handler_of_session.seconds = 200, 0.0
    handler_of_session.events.clear()
    return handler_of_session


@pytest.fixture
def portal(portal_of_session, handler) -> Control:
    """A portal just registered; its events go to `handler`."""
    portal_of_session.settle_events()
    portal_of_session.reset("bare")
    handler.events.clear()
    return portal_of_session


@pytest.fixture
def call(portal):
    """Call a method by the webhook and return the whole body: call("user.get", FILTER={"ID": 1})."""

    def ask(method: str, **params) -> dict:
        return requests.post(portal.webhook_url + method, json=params, timeout=30).json()

    return ask


@pytest.fixture
def act(portal):
    """Do something as the administrator and return the result: act("crm.item.add", entityTypeId=2, fields={})."""
    return lambda method, **params: portal.act(ADMIN, method, params)


@pytest.fixture
def deal(act):
    """Make a deal and return it: deal(title="…")."""
    return lambda **fields: act("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields=fields)["item"]


@pytest.fixture
def funnel(act):
    """A second funnel with the portal's default stages."""
    return act("crm.category.add", entityTypeId=2, fields={"name": "Софт-продажи", "sort": 20})["category"]


@pytest.fixture
def field(act):
    """Make a custom field of deals and return its name: field("SF_KEY", "string")."""

    def make(name: str, kind: str, **more) -> str:
        act("crm.deal.userfield.add", fields={"FIELD_NAME": name, "USER_TYPE_ID": kind, **more})
        return f"UF_CRM_{name}"

    return make


@pytest.fixture
def task(act):
    """Make a task and return it: task(TITLE="…")."""
    return lambda **fields: act("tasks.task.add", fields={"TITLE": "Дело", "RESPONSIBLE_ID": ADMIN, **fields})["task"]


@pytest.fixture
def person(act):
    """Employ somebody without rights and return the id: person("worker")."""
    return lambda name: act("user.add", EMAIL=f"{name}@sferotek.example", NAME=name, UF_DEPARTMENT=[1], EXTRANET="N")
