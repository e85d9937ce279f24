"""The portal over HTTP: addresses, bodies, the connection itself (which a fault may cut).

Werkzeug's threading server, because it hands out the socket: only so a connection can be dropped in the middle.
"""

import base64
import io
import json
import socket
import threading
import time

from flask import Flask, Response
from werkzeug.datastructures import FileStorage
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.utils import send_file
from werkzeug.wrappers import Request

from . import batch, control_pages, files, rest, rest3
from .envelope import JSON, reply
from .errors import RestError
from .faults import TRANSPORT, Fault
from .php import parse_pairs, parse_query
from .portal import DOMAIN, Portal
from .registry import Caller, whole


class Application:
    """WSGI: /rest/ is answered here, everything else (control, board) by Flask."""

    def __init__(self, portal: Portal):
        self.portal = portal
        self.pages = pages(portal)

    def __call__(self, environ: dict, start_response):
        if not environ["PATH_INFO"].startswith("/rest/"):
            return self.pages(environ, start_response)
        return answer_rest(self.portal, Request(environ))(environ, start_response)


def pages(portal: Portal) -> Flask:
    app = Flask(__name__)
    app.json.ensure_ascii = False
    app.json.sort_keys = False
    app.register_blueprint(control_pages.blueprint(portal))
    try:
        from . import board

        app.register_blueprint(board.blueprint(portal))
    except ImportError:
        pass
    return app


# -- one REST request


def answer_rest(portal: Portal, request: Request) -> Response:
    portal.count()
    steps = request.path.strip("/").split("/")[1:]
    if steps[:1] == ["download"]:
        return _download(portal, request, steps)
    version3 = steps[:1] == ["api"]
    refused = rest3.refused if version3 else _refused
    try:
        user, token, name = (steps[1:] if version3 else steps)[:3]
    except ValueError:
        return refused(RestError("NO_AUTH_FOUND", "Wrong authorization data", 401))
    name = name.lower().removesuffix(".json").removesuffix(".xml")
    serve = rest3.serve if version3 else _serve
    try:
        given = read_params(request)
        fault = portal.faults.take(TRANSPORT, {name} | (batch.methods_of(given) if name == "batch" else set()))
        portal.limits.admit(request.remote_addr or "")
        _authorise(portal, user, token, fault)
        caller = Caller(int(user))
        if fault is not None:
            return _misbehave(portal, request, fault, lambda: serve(portal, caller, name, given, request))
        started = time.monotonic()
        answer = serve(portal, caller, name, given, request)
        return answer if time.monotonic() - started <= portal.limits.cut_seconds else _gateway_timeout()
    except RestError as refusal:
        return refused(refusal)
    except Exception:
        rest.log.exception("%s failed: a mistake of the emulator", name)
        return refused(RestError("INTERNAL_SERVER_ERROR", "Internal server error", 500))


def _serve(portal: Portal, caller: Caller, name: str, given: dict, request: Request) -> Response:
    if name == "batch":
        return reply(batch.run(portal, caller, given).body())
    return reply(rest.run(portal, caller, name, given).body())


def _refused(refusal: RestError) -> Response:
    return reply(refusal.body(), refusal.status)


def read_params(request: Request) -> dict:
    """Query, form (also multipart) and JSON body, merged; the body wins."""
    given = parse_query(request.query_string.decode())
    if request.mimetype == "application/json":
        body = json.loads(request.get_data() or b"{}")
        return given | (body if isinstance(body, dict) else {"": body} if body else {})
    if request.method == "POST":
        uploads = [(name, _as_pair(upload)) for name, upload in request.files.items(multi=True)]
        return given | parse_pairs([*request.form.items(multi=True), *uploads])
    return given


def _as_pair(upload: FileStorage) -> list[str]:
    """An uploaded file in the form of one in JSON: name and base64."""
    return [upload.filename or "file", base64.b64encode(upload.read()).decode()]


def _authorise(portal: Portal, user: str, token: str, fault: Fault | None) -> None:
    known = token == portal.token and whole(user) == portal.webhook_user
    if not known or (fault is not None and fault.kind == "revoked"):
        raise RestError("NO_AUTH_FOUND", "Wrong authorization data", 401)


# -- misbehaviour of the transport


def _misbehave(portal: Portal, request: Request, fault: Fault, work) -> Response:
    if fault.kind == "html":
        return Response("<html><body><h1>Bitrix24</h1></body></html>", 200, content_type="text/html")
    if fault.kind == "error200":
        return reply({"error": fault.code, "error_description": fault.description})
    if fault.kind == "redirect":
        return Response("", 302, {"Location": f"https://new-{DOMAIN}{request.path}"})
    if fault.kind == "late":
        threading.Timer(fault.seconds, work).start()
    if fault.kind == "cut_after":
        work()
    if fault.kind == "half":
        return _half(request, work())
    return _drop(request)


def _drop(request: Request) -> Response:
    def body():
        _close(request)
        yield b""

    _close(request)
    return Response(body())


def _half(request: Request, answer: Response) -> Response:
    whole_body = answer.get_data()

    def body():
        yield whole_body[: len(whole_body) // 2]
        _close(request)
        raise ConnectionAbortedError("half an answer, as asked")

    return Response(body(), answer.status_code, {"Content-Length": str(len(whole_body))}, content_type=JSON)


def _close(request: Request) -> None:
    try:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _gateway_timeout() -> Response:
    return Response("<html><h1>504 Gateway Time-out</h1></html>", 504, content_type="text/html")


def _download(portal: Portal, request: Request, steps: list[str]) -> Response:
    file_id = whole(steps[1] if len(steps) > 1 else None)
    stored = portal.store.files.get(file_id)
    if stored is None or request.args.get("token") != files.token(portal, file_id):
        return Response("", 404)
    return send_file(io.BytesIO(stored["content"]), request.environ, download_name=stored["name"], as_attachment=True)


# -- the server


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *args: object) -> None:
        """The portal's own log names what matters; addresses with the webhook's secret stay out of it."""


class Server(ThreadedWSGIServer):
    """Threads, one per connection; stops without waiting for idle connections."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nobody's error."""


def make_server(portal: Portal, host: str = "127.0.0.1", port: int = 0) -> Server:
    server = Server(host, port, Application(portal), _Handler)
    portal.base_url = f"http://{host}:{server.port}"
    return server
