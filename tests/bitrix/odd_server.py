"""A server that answers what no decent portal would: half bodies, pages, redirects, silence, cut connections."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Script = bytes | Callable[[socket.socket], None]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class OddServer:
    """Answers each request with the next script, the last one for ever: raw bytes, or what to do with the socket."""

    def __init__(self):
        self.asked: list[Asked] = []
        self.connections = 0
        self.scripts: list[Script] = [reply({"result": True})]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.wrap: Callable[[socket.socket], socket.socket] = lambda connection: connection
        self.port = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def webhook(self, code: str = "0ddc0de0ddc0de") -> str:
        return f"http://127.0.0.1:{self.port}/rest/1/{code}/"

    def answers(self, *scripts: Script) -> None:
        self.scripts = list(scripts)

    def close(self) -> None:
        """No connection is taken any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, self.wrap(connection) as safe, safe.makefile("rb") as stream:
            while asked := _read(stream):
                with self._lock:
                    self.asked.append(asked)
                    script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
                if not isinstance(script, bytes):
                    script(safe)
                    return
                safe.sendall(script)


def reply(body: object, status: int = 200, headers: dict | None = None, kind: str = "application/json") -> bytes:
    """A whole HTTP answer; text and bytes go out as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    given = {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} Odd\r\n{lines}\r\n".encode() + content


def error(code: str, description: str, status: int) -> bytes:
    return reply({"error": code, "error_description": description}, status)


def half(body: object) -> Script:
    """The headers promise the whole body; half of it comes."""
    whole = reply(body)
    return lambda connection: connection.sendall(whole[: len(whole) - len(json.dumps(body)) // 2])


def cut(connection: socket.socket) -> None:
    """The request was read; the connection ends without a word."""


def silence(connection: socket.socket) -> None:
    """Nothing comes, until the other side gives up."""
    connection.recv(1)


def _read(stream) -> Asked | None:
    first = stream.readline().decode(errors="replace")
    if len(first.split()) < 2:
        return None
    headers = {}
    while line := stream.readline().decode(errors="replace").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(first.split()[1], headers, stream.read(int(headers.get("content-length", 0))))
