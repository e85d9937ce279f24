"""An application served over HTTP in a thread of the test, on a port that is known before the application exists."""

import threading
from contextlib import suppress

from waitress import create_server, wasyncore


class Server:
    """Serves one application on a free port of this machine, from `serve` to `stop`."""

    def __init__(self, threads: int = 8):
        self._app, self._open = None, {}
        self._server = create_server(
            self._call, map=self._open, host="127.0.0.1", port=0, threads=threads, connection_limit=1000,
            asyncore_use_poll=True,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._server.run, name="server", daemon=True)
        self.address = f"http://127.0.0.1:{self._server.effective_port}"

    def _call(self, environ, start_response):
        return self._app(environ, start_response)

    def serve(self, app) -> None:
        """From now on requests are answered."""
        self._app = app
        self._thread.start()

    def stop(self) -> None:
        """Close everything in the server's own thread, which alone may touch its sockets."""
        with suppress(OSError):  # that thread was awake already, and has closed what we would wake it by
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._open, ignore_all=True))
        self._thread.join(timeout=5)
        self._server.task_dispatcher.shutdown(timeout=5)
        if self._app is not None and "storage" in self._app.extensions:
            self._app.extensions["storage"].close()
