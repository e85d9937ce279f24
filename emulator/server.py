"""The portal over HTTP.

Werkzeug's threading server, because it hands out the socket: only so a fault can drop a connection in the middle.
"""

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request

from . import board, control_pages, front
from .portal import Portal


class Application:
    """WSGI: /rest/ is answered by front.py, everything else (control, board) by Flask."""

    def __init__(self, portal: Portal):
        self._portal = portal
        self._pages = pages(portal)

    def __call__(self, environ: dict, start_response):
        if environ["PATH_INFO"].startswith("/rest/"):
            return front.answer(self._portal, Request(environ))(environ, start_response)
        return self._pages(environ, start_response)


def pages(portal: Portal) -> Flask:
    app = Flask(__name__)
    app.json.ensure_ascii = False
    app.json.sort_keys = False
    app.register_blueprint(control_pages.blueprint(portal))
    app.register_blueprint(board.blueprint(portal))
    return app


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
    portal.serve_at(f"http://{host}:{server.port}")
    return server
