"""Addresses under /_emulator/: move the clock, play people, see what was done, order misbehaviour.

All JSON. `Control` (control.py) is the same for Python.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, jsonify, request

from . import batch, front, rest
from .envelope import reply
from .errors import RestError
from .faults import KINDS, Fault
from .methods import METHODS, REST3_METHODS
from .objects import items, leaves, letters, recycle_bin, required_fields, rights, triggers
from .registry import Caller


def blueprint(portal) -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/_emulator")

    @pages.get("/")
    def overview():
        """What stands where; for a person who looks."""
        return jsonify(
            time=portal.clock.iso(),
            limits=portal.limits.profile.name,
            tables={name: len(table) for name, table in vars(portal.store).items()},
            methods=sorted(declared.name for declared in METHODS.values()),
            rest3_methods=sorted(declared.name for declared in REST3_METHODS.values()),
            faults=KINDS,
        )

    @pages.route("/clock", methods=["GET", "POST"])
    def clock():
        """{"advance": seconds} or {"set": ISO}."""
        given = request.get_json(silent=True) or {}
        with portal.lock:
            if "advance" in given:
                portal.clock.advance(float(given["advance"]))
            if "set" in given:
                portal.clock.set(datetime.fromisoformat(given["set"]))
        return jsonify(time=portal.clock.now().isoformat())

    @pages.post("/reset")
    def reset():
        """{"seed": "demo"|"empty"|"staff"|"bare", "now": ISO}."""
        given = request.get_json(silent=True) or {}
        now = datetime.fromisoformat(given["now"]) if given.get("now") else None
        portal.reset(given.get("seed", "empty"), now)
        return jsonify(time=portal.clock.iso())

    @pages.post("/history")
    def history():
        """Clients and deals of the seed `year` appear on a portal that has the funnels and fields of config/."""
        portal.live_through_history()
        return jsonify(time=portal.clock.iso())

    @pages.route("/as/<int:user>/<name>", methods=["GET", "POST"])
    def play(user: int, name: str):
        """Run a REST method as that person: outside the limits, not counted, no faults."""
        caller, name = Caller(user, via="control"), name.lower()
        given = front.read_params(request)
        if user not in portal.store.users or portal.is_dismissed(user):
            return reply({"error": "NO_AUTH_FOUND", "error_description": f"Nobody works here as user {user}"}, 401)
        try:
            runner = batch.run(portal, caller, given) if name == "batch" else rest.run(portal, caller, name, given)
            return reply(runner.body())
        except RestError as refusal:
            return reply(refusal.body(), refusal.status)

    @pages.post("/webhook")
    def webhook():
        """{"token": secret}: the incoming webhook has this secret from now on, and its old address is unknown."""
        token = (request.get_json(silent=True) or {}).get("token")
        if not isinstance(token, str) or not token.isalnum():
            return jsonify(error="a webhook's token is made of letters and digits"), 400
        portal.change_webhook(token)
        return jsonify(user=portal.webhook_user)

    @pages.route("/triggers", methods=["GET", "POST"])
    def triggers_made():
        """{"code", "stage_id", "category_id", "entity_type_id", "back"}: a trigger as a person makes one in the automation."""
        with portal.lock:
            if request.method == "POST":
                return _made(triggers.define, portal)
            return jsonify(list(portal.store.triggers.all()))

    @pages.route("/roles", methods=["GET", "POST", "DELETE"])
    def roles():
        """{"name", "users", "departments", "rights", "settings"}: a role in the CRM, as an administrator gives one."""
        with portal.lock:
            if request.method == "DELETE":
                rights.forget_all(portal)
            if request.method == "POST":
                return _made(rights.give, portal)
            return jsonify(list(portal.store.roles.all()))

    @pages.route("/required_fields", methods=["GET", "POST"])
    def required():
        """{"field", "stage_id", "category_id", "entity_type_id"}: a field required from a stage on, or anywhere."""
        with portal.lock:
            if request.method == "POST":
                return _made(required_fields.require, portal)
            return jsonify(list(portal.store.required_fields.all()))

    @pages.route("/recycle_bin", methods=["GET", "POST"])
    def bin_of_cards():
        """{"entity_type_id", "item_id"}: the card comes back out of the recycle bin."""
        with portal.lock:
            if request.method == "POST":
                return _made(items.restore, portal)
            return jsonify(recycle_bin.shown(portal))

    @pages.route("/leaves", methods=["GET", "POST", "DELETE"])
    def leaves_entered():
        """{"user_id", "first", "last"}: a leave in the chart of absences; DELETE with user_id takes the person's out."""
        with portal.lock:
            if request.method == "DELETE":
                leaves.cancel(portal, request.args.get("user_id", type=int))
            if request.method == "POST":
                return _made(leaves.enter, portal)
            return jsonify(list(portal.store.leaves.all()))

    @pages.post("/letters")
    def letters_from_outside():
        """{"sender", "to": [addresses], "subject", "body"}: somebody who is not of this portal writes; who got it."""
        given = request.get_json(silent=True) or {}
        with portal.lock:
            try:
                arrived = letters.receive(portal, **given)
            except (TypeError, ValueError) as wrong:
                return jsonify(error=str(wrong)), 400
        return jsonify([row["id"] for row in arrived])

    @pages.route("/requests", methods=["GET", "DELETE"])
    def requests_counted():
        if request.method == "DELETE":
            portal.reset_counters()
        return jsonify(http=portal.http_requests, writing=portal.writing_requests, commands=portal.commands)

    @pages.get("/log")
    def log():
        """The portal's own record of effects, from number `after` on."""
        after = request.args.get("after", 0, int)
        with portal.lock:
            effects = portal.effects[after:]
        return reply([asdict(effect) for effect in effects])

    @pages.route("/faults", methods=["GET", "POST", "DELETE"])
    def faults():
        if request.method == "DELETE":
            portal.faults.clear()
        if request.method == "POST":
            try:
                portal.faults.add(Fault(**request.get_json()))
            except (TypeError, ValueError) as wrong:
                return jsonify(error=str(wrong)), 400
        return jsonify([asdict(fault) for fault in portal.faults.waiting()])

    @pages.post("/takes_time")
    def takes_time():
        """{"on": true}: from now on a call of the webhook lasts as long as it is charged."""
        portal.limits.takes_time = bool((request.get_json(silent=True) or {}).get("on"))
        return jsonify(on=portal.limits.takes_time)

    @pages.route("/events", methods=["GET", "POST"])
    def events():
        if request.method == "POST":
            try:
                portal.events.behave(**request.get_json())
            except (TypeError, ValueError) as wrong:
                return jsonify(error=str(wrong)), 400
        return jsonify(
            behaviour=asdict(portal.events.behaviour),
            waiting=[_ring(ring) for ring in portal.events.waiting()],
            pauses=portal.events.pauses(),
            done=[_ring(ring) for ring in list(portal.events.done)],
        )

    @pages.post("/events/settle")
    def settle():
        """Wait until no event is on its way, at most {"seconds": n}."""
        seconds = float((request.get_json(silent=True) or {}).get("seconds", 10))
        return jsonify(settled=portal.events.settle(seconds))

    return pages


def _made(make: Callable, portal):
    """What a person does by hand with the words of the body; a 400 that says what is wrong with them."""
    try:
        return jsonify(make(portal, **(request.get_json(silent=True) or {})))
    except (TypeError, ValueError, LookupError) as wrong:
        return jsonify(error=str(wrong)), 400


def _ring(ring) -> dict:
    return {"number": ring.number, "event": ring.name, "outcome": ring.outcome, "form": ring.form, "url": ring.url}
