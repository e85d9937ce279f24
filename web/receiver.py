"""The portal's doorbell: POST /hook/b24, where the outgoing webhook posts its events.

An event comes once, late, unsigned or not at all, so it is believed for nothing but this: look at that entity.
What is answered with 200 is on the disk. Where the database takes nothing the answer is 503 and the ring is lost: the
portal does not send it again, and need not, since the observer reads at least once a minute what changed and every
night which cards are gone.
https://apidocs.bitrix24.com/api-reference/events/index.html
"""

from typing import NoReturn
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, Counter

from bitrix.events import TOKEN, Malformed, Ring, parse
from config.settings import LOOPBACK, Settings
from engine import failpoints
from engine.log import log
from web.proof import knows
from web.rings import Rings
from web.tally import Tally
from web.writing import NotWritten

FORM = "application/x-www-form-urlencoded"
LARGEST_ID = 2**63 - 1  # that a database holds
LOOKED_AT = {"deal", "task", "company"}  # what the observer reads; it looks at the rest when a process needs it


class Receiver:
    """Takes what rings true and turns everything else away; a check comes before the work that it saves."""

    def __init__(self, settings: Settings, rings: Rings, tally: Tally, registry: CollectorRegistry):
        self._token, self._secret = settings.bitrix_event_token, settings.hook_secret
        self._domain, self._member_id = _domain(settings), settings.bitrix_member_id
        self._rings, self._tally = rings, tally
        self._events = Counter("voronka_events", "Events, by what became of them", ["outcome"], registry=registry)
        self._taken = Counter("voronka_rings", "Events that were taken, by their names", ["event"], registry=registry)

    def take(self, secret: str = "") -> Response:
        """Answer one event."""
        if self._secret is not None and not knows(secret, self._secret):
            abort(404)
        ring = self._read(self._body())
        if not self._is_ours(ring):
            self._turn_away("forged", 403, "This is not an event of our portal.")
        failpoints.reach("heard")
        if ring.entity is None:
            log.info("event ignored", name=ring.event)
        if ring.entity not in LOOKED_AT:
            return self._answer("ignored")
        return self._write_down(ring)

    def _body(self) -> bytes:
        """The body, if it is a form of a stated length that is short enough; nothing is read before that is known."""
        if request.mimetype != FORM:
            self._turn_away("malformed", 415, f"Post a form ({FORM}).")
        if request.content_length is None:
            self._turn_away("malformed", 411, "State the length of the body.")
        if request.content_length > request.max_content_length:
            self._turn_away("oversized", 413, f"No event is longer than {request.max_content_length} bytes.")
        return request.get_data(cache=False)

    def _read(self, body: bytes) -> Ring:
        try:
            ring = parse(body)
            if ring.id is not None and ring.id > LARGEST_ID:
                raise Malformed("its id is too large")
        except Malformed as error:
            self._turn_away("malformed", 422, f"This is not an event: {error}.")
        return ring

    def _is_ours(self, ring: Ring) -> bool:
        """A token in the address is none, however right: addresses end up in the logs of others."""
        if TOKEN in request.args or not knows(ring.token, self._token):
            return False
        return self._domain in ("", ring.domain.lower()) and self._member_id in ("", ring.member_id)

    def _write_down(self, ring: Ring) -> Response:
        write = self._rings.ring_alone if ring.kind == "delete" else self._rings.ring
        try:
            write(ring.entity, ring.id)
        except NotWritten:
            self._events.labels("lost").inc()
            raise
        self._taken.labels(ring.event).inc()
        return self._answer("taken")

    def _turn_away(self, reason: str, status: int, text: str) -> NoReturn:
        self._events.labels(reason).inc()
        self._tally.add(reason)
        abort(status, text)

    def _answer(self, outcome: str) -> Response:
        self._events.labels(outcome).inc()
        return Response(f'{{"event": "{outcome}"}}\n', mimetype="application/json")


def blueprint(receiver: Receiver, *, has_secret: bool) -> Blueprint:
    """With a secret in the address the bare address does not exist."""
    pages = Blueprint("receiver", __name__)
    address = "/hook/b24/<secret>" if has_secret else "/hook/b24"
    pages.add_url_rule(address, view_func=receiver.take, methods=["POST"])
    return pages


def _domain(settings: Settings) -> str:
    """The domain that events must name. A portal on this machine is emulated and may call itself what it likes."""
    if not settings.bitrix_domain and urlsplit(f"//{settings.domain}").hostname in LOOPBACK:
        return ""
    return settings.domain.lower()
