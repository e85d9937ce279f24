"""Addresses for the portal's automation rules: POST /robot/<secret>/<name>?deal={{ID}} (R-23).

The portal's own rule «Исходящий вебхук» posts `document_id[2]=DEAL_12` and no token, so the address carries a secret of its own.
A rule may press twice on purpose: every press is a command of its own, on the disk before it is answered. Only POST, so that
nothing that merely follows a link presses a button.
"""

import re
from datetime import UTC, datetime

import sqlalchemy as sa
from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Counter

from config.settings import Settings
from engine import storage, triggers
from web.proof import knows
from web.tally import Tally
from web.writing import writing

DOCUMENT = "document_id[2]"
_ID = r"([1-9][0-9]{0,17})"


class Robots:
    """Takes commands for which some handler claims `@on_command(name)`."""

    def __init__(self, settings: Settings, store: storage.Storage, tally: Tally, registry: CollectorRegistry):
        self._secret, self._storage, self._tally = settings.robot_secret, store, tally
        self._taken = Counter("voronka_commands", "Commands of automation rules", ["name"], registry=registry)

    def take(self, secret: str, name: str) -> Response:
        """Answer one command with its number."""
        if not knows(secret, self._secret):
            self._tally.add("robot")
            abort(403)
        if triggers.find(f"on_command * {name}") is None:
            abort(404, f"No handler has a command «{name}». Commands are: {', '.join(sorted(_names())) or 'none'}.")
        number = self._write_down(name, _deal())
        self._taken.labels(name).inc()
        return jsonify(accepted=number)

    def _write_down(self, name: str, deal_id: int) -> int:
        more = {key: value for key, value in request.args.items() if key != "deal"}
        row = {"name": name, "deal_id": deal_id, "payload": more, "received_at": datetime.now(UTC), "taken": False}
        with writing(self._storage) as tx:
            return tx.execute(sa.insert(storage.commands), row).inserted_primary_key[0]


def blueprint(robots: Robots) -> Blueprint:
    pages = Blueprint("robots", __name__)
    pages.add_url_rule("/robot/<secret>/<name>", view_func=robots.take, methods=["POST"])
    return pages


def _names() -> list[str]:
    return [trigger.detail for trigger in triggers.claims() if trigger.word == "on_command"]


def _deal() -> int:
    """The deal that the address names, else the one that the rule names in the body; both may not differ."""
    address, rule = request.args.get("deal"), request.form.get(DOCUMENT)
    named = [re.fullmatch(_ID, address)] if address is not None else []
    named += [re.fullmatch(f"DEAL_{_ID}", rule)] if rule is not None else []
    deals = {int(one[1]) if one else None for one in named}
    if len(deals) != 1 or None in deals:
        abort(422, f"Name one deal: ?deal={{{{ID}}}} in the address, or {DOCUMENT}=DEAL_12 in the body.")
    return deals.pop()
