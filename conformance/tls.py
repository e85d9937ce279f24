"""https before the emulator, for clients that insist on it."""

import asyncio
import ssl
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for this machine and its key, good for a day."""
    paths = folder / "certificate.pem", folder / "key.pem"
    request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", *request.split(), *names, *files], check=True, capture_output=True)
    return paths


class Front:
    """Takes TLS off and passes every byte on, in a thread of its own, while the block lasts."""

    def __init__(self, behind: str, trusted: Path, key: Path):
        self._host, self._port = urlsplit(behind).hostname, urlsplit(behind).port
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(trusted, key)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Front":
        self._thread.start()
        serving = asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=self._tls)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def address(self, url: str) -> str:
        """The same address through this front."""
        port = self._server.sockets[0].getsockname()[1]
        return urlsplit(url)._replace(scheme="https", netloc=f"localhost:{port}").geturl()

    async def _pass_on(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        portal, request = await asyncio.open_connection(self._host, self._port)
        await asyncio.gather(_copy(client, request), _copy(portal, answer), return_exceptions=True)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Until one side ends; then the other ends as well."""
    try:
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    finally:
        target.close()
