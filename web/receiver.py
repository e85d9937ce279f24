"""The portal's doorbell: POST /hook/b24, where the outgoing webhook posts its events.

An event is delivered once, late, unsigned or not at all, so it is believed for nothing but this: look at that entity. What is
answered with 200 is on the disk. If the database takes nothing, the answer is 503 and the event is lost; the portal does not
send it again, and need not: the observer reads what changed at least once a minute, and every night which cards are gone.
https://apidocs.bitrix24.com/api-reference/events/index.html
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, Counter

from bitrix.events import TOKEN, Malformed, Ring, parse
from config.settings import LOOPBACK, Settings
from engine.log import log
from engine.storage import Storage
from web.proof import knows
from web.rings import NotWritten, Rings
from web.tally import Tally

FORM = "application/x-www-form-urlencoded"
LOOKED_AT = {"deal", "task"}  # what the observer reads; it looks at the rest when a process needs it


class Receiver:
    """Takes what rings true, turns everything else away. Each check comes before the work that it saves."""

    def __init__(self, settings: Settings, store: Storage, tally: Tally, registry: CollectorRegistry):
        self._token, self._hook_secret = settings.bitrix_event_token, settings.hook_secret
        self._domain, self._member_id = _domain(settings), settings.bitrix_member_id
        self._rings, self._tally = Rings(store), tally
        self._events = Counter("voronka_events", "Events of the portal, by what became of them", ["outcome"], registry=registry)

    def take(self, secret: str = "") -> Response:
        """Answer one event."""
        if self._hook_secret is not None and not knows(secret, self._hook_secret):
            abort(404)
        ring = self._read(_form_body())
        if not self._is_of_our_portal(ring):
            self._turn_away("forged", 403, "This is not an event of our portal.")
        if ring.entity is None:
            log.info("event ignored", event=ring.event)
        if ring.entity not in LOOKED_AT:
            return self._answer("ignored")
        return self._write_down(ring)

    def _read(self, body: bytes) -> Ring:
        try:
            return parse(body)
        except Malformed as error:
            self._turn_away("malformed", 422, f"This is not an event: {error}.")

    def _is_of_our_portal(self, ring: Ring) -> bool:
        """A token in the address is none, however right: addresses end up in the logs of others."""
        if TOKEN in request.args or not knows(ring.token, self._token):
            return False
        return self._domain in ("", ring.domain.lower()) and self._member_id in ("", ring.member_id)

    def _write_down(self, ring: Ring) -> Response:
        try:
            if ring.kind == "delete":
                self._rings.ring_alone(ring.entity, ring.id)
            else:
                self._rings.ring(ring.entity, ring.id)
        except NotWritten:
            self._events.labels("lost").inc()
            raise
        return self._answer("taken")

    def _turn_away(self, reason: str, status: int, text: str) -> None:
        self._events.labels(reason).inc()
        self._tally.add(reason)
        abort(status, text)

    def _answer(self, outcome: str) -> Response:
        self._events.labels(outcome).inc()
        return Response(f'{{"event":"{outcome}"}}\n', mimetype="application/json")


def blueprint(receiver: Receiver, has_secret: bool) -> Blueprint:
    """With a secret in the address the bare address does not exist."""
    pages = Blueprint("receiver", __name__)
    pages.add_url_rule("/hook/b24/<secret>" if has_secret else "/hook/b24", view_func=receiver.take, methods=["POST"])
    return pages


def _form_body() -> bytes:
    """The body, if it is a form of a stated length; Flask refuses what is longer than the application's limit before reading."""
    if request.mimetype != FORM:
        abort(415, f"Post a form ({FORM}).")
    if request.content_length is None:
        abort(411, "State the length of the body.")
    return request.get_data(cache=False)


def _domain(settings: Settings) -> str:
    """The domain that events must name; none for a portal on this machine, which is emulated and calls itself what it likes."""
    if not settings.bitrix_domain and urlsplit(f"//{settings.domain}").hostname in LOOPBACK:
        return ""
    return settings.domain.lower()
