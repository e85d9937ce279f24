"""The web side of Voronka: pages of web/ under one roof, and the server that runs them.

Any WSGI server does (`granian --interface wsgi --factory app:create_app`); `flask web` is the one we measured.
"""

import json
import os
import signal
import sys
from functools import partial

import click
import structlog
from flask import Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry
from werkzeug.exceptions import HTTPException

import commands
import handlers
import supervisor
from config.settings import Settings, SettingsError
from engine import log
from engine.storage import Storage
from web import onec, receiver, robots, status
from web.onec import OneC
from web.receiver import Receiver
from web.rings import Rings
from web.robots import Robots
from web.status import Status
from web.tally import Tally
from web.writing import PATIENCE_SECONDS, RETRY_AFTER_SECONDS, NotWritten, Writer

MOST_BYTES = 64 * 1024
THREADS = 16
HOW_GRANIAN_SERVES = {
    "interface": "wsgi",
    "http": "1",
    "blocking_threads": THREADS,
    "workers_kill_timeout": 10,
    "log_level": "error",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application; `settings` default to the environment's. Raises SettingsError.

    Where settings are missing only a `flask` command gets an application, one without pages: `flask --help` works
    anywhere, and a command that needs settings says itself which are missing.
    """
    app = Flask(__name__, static_folder=None)
    commands.register(app)
    try:
        settings = settings or Settings.from_env()
    except SettingsError:
        if click.get_current_context(silent=True) is None:
            raise
        return app
    _open(app, settings)
    return app


def _open(app: Flask, settings: Settings) -> None:
    """Put the pages in."""
    if not structlog.is_configured():
        log.configure()
    log.keep_secrets(settings)
    handlers.load()
    app.json.sort_keys = False
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    store, registry = Storage(settings.database_url, PATIENCE_SECONDS), CollectorRegistry()
    app.extensions["storage"] = store
    tally, writer = Tally(store), Writer(store, registry)
    doorbell = Receiver(settings, Rings(store, writer), tally, registry)
    app.register_blueprint(receiver.blueprint(doorbell, has_secret=settings.hook_secret is not None))
    app.register_blueprint(robots.blueprint(Robots(settings, writer, tally, registry)))
    if settings.onec_token is not None:
        app.register_blueprint(onec.blueprint(OneC(settings, store, writer, tally, registry)))
    app.register_blueprint(status.blueprint(Status(settings, store, registry)))
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(NotWritten, _not_written)
    app.register_error_handler(Exception, _mistake)
    app.after_request(_guard)


def serve(settings: Settings) -> None:
    """Answer on HOST:PORT until told to end: by granian, or by waitress where granian has no wheel.

    A body that never comes whole holds one of granian's threads (its issue 728): before an address that strangers reach
    belongs a front that collects bodies first, as nginx does by itself.
    """
    try:
        from granian import Granian
    except ImportError:
        _serve_by_waitress(settings)
        return
    server = Granian("app", address=settings.host, port=settings.port, **HOW_GRANIAN_SERVES)
    server.serve(target_loader=partial(_load, settings, os.getpid()), wrap_loader=False)


def _load(settings: Settings, parent: int) -> Flask:
    """In granian's own child process, which shall not outlive its parent."""
    supervisor.die_with(parent)
    return create_app(settings)


def _serve_by_waitress(settings: Settings) -> None:
    import waitress

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    waitress.serve(create_app(settings), host=settings.host, port=settings.port, threads=THREADS)


def _guard(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _refusal(error: HTTPException) -> Response:
    """Every refusal is JSON. Its text never repeats what the caller sent."""
    answer = error.get_response()
    answer.data = json.dumps({"error": error.name, "what": error.description}, ensure_ascii=False)
    answer.content_type = "application/json"
    return answer


def _not_written(error: NotWritten) -> tuple[Response, int, dict]:
    log.log.warning("not written", reason=str(error))
    text = "The database took nothing just now. Nothing was stored; try again."
    return jsonify(error="Service Unavailable", what=text), 503, {"Retry-After": str(RETRY_AFTER_SECONDS)}


def _mistake(error: Exception) -> tuple[Response, int]:
    log.log.exception("an answer failed by our mistake", path=request.url_rule and request.url_rule.rule)
    return jsonify(error="Internal Server Error", what="The layer made a mistake; its log says which."), 500
