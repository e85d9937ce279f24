"""Addresses for the portal's automation rules: POST /robot/<secret>/<name>?deal={{ID}} (R-23).

The portal's rule «Исходящий вебхук» posts `document_id[2]=DEAL_12` and no token, so the address carries a secret of its
own. Every press is a command of its own, on the disk before it is answered. Only POST, so that nothing that merely
follows a link presses a button.
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
from web.writing import Writer

DOCUMENT = "document_id[2]"
DEAL_ID = r"([1-9][0-9]{0,17})"


class Robots:
    """Takes the commands that some handler claims by `@on_command(name)`."""

    def __init__(self, settings: Settings, writer: Writer, tally: Tally, registry: CollectorRegistry):
        self._secret, self._writer, self._tally = settings.robot_secret, writer, tally
        self._presses = Counter("voronka_robot_presses", "Commands of automation rules", ["name"], registry=registry)

    def take(self, secret: str, name: str) -> Response:
        """Answer one command with its number."""
        if not knows(secret, self._secret):
            self._tally.add("robot")
            abort(403, "This address is wrong.")
        if name not in triggers.commands():
            known = ", ".join(sorted(triggers.commands())) or "none"
            abort(404, f"There is no command of this name. Commands are: {known}.")
        number = self._write_down(name, _deal())
        self._presses.labels(name).inc()
        return jsonify(accepted=number)

    def _write_down(self, name: str, deal_id: int) -> int:
        payload = {key: value for key, value in request.args.items() if key != "deal"}
        row = {"name": name, "deal_id": deal_id, "payload": payload, "received_at": datetime.now(UTC), "taken": False}
        with self._writer.transaction() as tx:
            return tx.execute(sa.insert(storage.commands), row).inserted_primary_key[0]


def blueprint(robots: Robots) -> Blueprint:
    pages = Blueprint("robots", __name__)
    pages.add_url_rule("/robot/<secret>/<name>", view_func=robots.take, methods=["POST"])
    return pages


def _deal() -> int:
    """The deal that the address names, or the rule in the body; where both do, it must be the same."""
    given = [(DEAL_ID, request.args.get("deal")), (f"DEAL_{DEAL_ID}", request.form.get(DOCUMENT))]
    found = [re.fullmatch(form, text) for form, text in given if text is not None]
    deals = {int(one[1]) if one else None for one in found}
    if len(deals) != 1 or None in deals:
        abort(422, f"Name one deal: ?deal={{{{ID}}}} in the address, or {DOCUMENT}=DEAL_12 in the body.")
    return deals.pop()
