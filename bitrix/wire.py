"""One request, one answer: the only place that speaks HTTP to the portal for single calls and batches.

Nothing is followed, nothing is repeated, nothing that could hold the webhook's code gets out: library errors are told
in our own words.
"""

import io
import json
import re
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote, urlsplit

import requests
import urllib3

from bitrix import redaction
from bitrix.errors import PortalError, PortalMoved, classify
from bitrix.webhook import Webhook, checked_name

LARGEST_ANSWER = 32 * 1024 * 1024
PIECE = 64 * 1024
IDLE_SECONDS = 10.0  # a connection unused for longer may be closed by the portal just while we write: open a new one
HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", "User-Agent": "voronka"}


@dataclass(frozen=True)
class Reply:
    """What came back. `body` is the parsed JSON, or the reason (a text) why there is none."""

    status: int
    body: object
    moved_to: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class File:
    """A file of the portal. `size` is None where the portal does not say it, `content` where it is more than was asked for."""

    name: str
    size: int | None
    content: bytes | None


class Wire:
    """Sends JSON to one webhook from any thread. Trouble on the way is Unreachable or OutcomeUnknown, nothing else."""

    def __init__(self, webhook: Webhook, *, connect_seconds: float, answer_seconds: float):
        self._webhook = webhook
        self._connect_seconds, self._answer_seconds = connect_seconds, answer_seconds
        self._resting: deque[tuple[requests.Session, float]] = deque()
        redaction.guard_library_logs()

    def post(
        self, method: str, payload: bytes, *, rest3: bool = False, headers: Mapping[str, str] | None = None
    ) -> Reply:
        checked_name(method)
        body, trouble = _Body(payload), None
        locate = self._webhook.address_v3 if rest3 else self._webhook.address
        try:
            return self._exchange(lambda: locate(method), body, {**HEADERS, **(headers or {})})
        except Exception as error:  # any library error may quote the address: only our own words go on
            trouble = _in_our_words(error)
        raise classify(None, trouble, sent=body.begun, method=method)

    def get(self, address: str, most: int) -> File | None:
        """A file by the address that the portal gave for it; None where it does not give it out, or not there."""
        if not address.startswith(f"{self._webhook.portal}/"):
            return None
        status, file, trouble = None, None, None
        try:
            status, file = self._fetch(address, most)
        except Exception as error:  # as in `post`
            trouble = _in_our_words(error)
        if status is not None and (status == 200 or 300 <= status < 500 and status != 429):
            return file
        raise classify(None, trouble or f"HTTP {status}", sent=False, method="download")

    def _fetch(self, address: str, most: int) -> tuple[int, File | None]:
        headers = {"User-Agent": HEADERS["User-Agent"], "Referer": f"{self._webhook.portal}/"}
        limit = time.monotonic() + self._connect_seconds + self._answer_seconds
        with self._session() as session:
            response = session.get(
                address, headers=headers, stream=True, allow_redirects=False,
                timeout=(self._connect_seconds, self._answer_seconds),
            )  # fmt: skip
            with response:
                if response.status_code != 200:
                    return response.status_code, None
                said = response.headers.get("Content-Length", "")
                file = File(
                    file_name(response.headers.get("Content-Disposition", "")), int(said) if said else None, None
                )
                if file.size is not None and file.size > most:
                    return 200, file
                try:
                    return 200, replace(file, content=_read(response.raw, limit, most))
                except TooLarge:
                    return 200, file

    def close(self) -> None:
        while self._resting:
            self._resting.pop()[0].close()

    def _exchange(self, address: Callable[[], str], body: "_Body", headers: Mapping[str, str]) -> Reply:
        limit = time.monotonic() + self._connect_seconds + self._answer_seconds
        with self._session() as session:
            response = session.post(
                address(), data=body, headers=headers, stream=True, allow_redirects=False,
                timeout=(self._connect_seconds, self._answer_seconds),
            )  # fmt: skip
            with response:
                content = _read(response.raw, limit)
        return Reply(
            response.status_code,
            parsed(content, response.headers.get("Content-Type", "")),
            redirect_host(response.headers.get("Location", "")),
            response.headers.get("Idempotent-Replayed", "").lower() == "true",
        )

    @contextmanager
    def _session(self):
        """The session used last, so that its connection is warm; one that met an error is not used again."""
        session = self._rested() or self._new()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        self._resting.append((session, time.monotonic()))

    def _rested(self) -> requests.Session | None:
        try:
            session, used = self._resting.pop()
        except IndexError:
            return None
        if time.monotonic() - used < IDLE_SECONDS:
            return session
        session.close()
        return None

    def _new(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = not self._webhook.loopback  # proxies and private certificates of the company
        session.auth = lambda request: request  # else requests looks for a password in ~/.netrc
        # With its session cookie the portal would run our requests one after the other.
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session


class _Body(io.BytesIO):
    """A request's body that knows whether any of it was taken: before that, nothing can have been executed."""

    begun = False

    def read(self, size: int | None = -1) -> bytes:
        self.begun = True
        return super().read(size)


class TooLarge(Exception):
    pass


class TooSlow(Exception):
    pass


def verdict(reply: Reply, method: str) -> Reply | PortalError:
    """The reply itself if it is the portal's answer, else what its failure means."""
    body = reply.body
    if reply.status == 200 and isinstance(body, dict) and "result" in body and "error" not in body:
        return reply
    error = classify(reply.status, body, method=method)
    if isinstance(error, PortalMoved):
        error.moved_to = reply.moved_to
    return error


def read_json(content: bytes) -> object:
    """JSON as the portal means it: exact decimals, no NaN, no key twice. ValueError or RecursionError otherwise."""
    return json.loads(content, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def write_json(params: object) -> bytes:
    """The parameters of a request; Decimals as text, so that no amount passes through a binary float."""
    return json.dumps(params, ensure_ascii=False, allow_nan=False, default=_plain).encode()


def file_name(disposition: str) -> str:
    """The name under which a download is to be kept: `attachment; filename*=UTF-8''…`; «файл» where none is said."""
    coded = re.search(r"filename\*=UTF-8''([^;]+)", disposition, re.IGNORECASE)
    plain = re.search(r'filename="?([^";]+)', disposition, re.IGNORECASE)
    return unquote(coded[1]) if coded else plain[1] if plain else "файл"


def _read(raw: urllib3.BaseHTTPResponse, limit: float, most: int = LARGEST_ANSWER) -> bytes:
    content = bytearray()
    while piece := raw.read1(PIECE, decode_content=True):
        content += piece
        if len(content) > most:
            raise TooLarge
        if time.monotonic() > limit:
            raise TooSlow
    return bytes(content)


def parsed(content: bytes, kind: str) -> object:
    try:
        return read_json(content)
    except (ValueError, RecursionError):
        return f"the answer is not JSON: {len(content)} bytes of {kind.partition(';')[0][:60] or 'unnamed content'}"


def redirect_host(location: str) -> str:
    """The host of a redirect, if it is one: it is shown, never asked."""
    try:
        host = urlsplit(location).hostname or ""
    except ValueError:
        return ""
    return redaction.redact(host) if re.fullmatch(r"[a-z0-9.-]{1,253}", host) else ""


def _refuse_constant(word: str) -> object:
    raise ValueError(f"{word} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} cannot be sent; send text, numbers, lists or maps")


def _in_our_words(error: Exception) -> str:
    for kinds, words in _WORDS:
        if any(isinstance(one, kinds) for one in _chain(error)):
            return words
    return f"the request broke off ({type(error).__name__})"


def _chain(error: Exception) -> Iterator[object]:
    """requests wraps urllib3's error, which wraps the reason."""
    yield error
    for inner in error.args:
        yield inner
        yield getattr(inner, "reason", None)


# The first kind that fits; urllib3 counts a refused connection among the late ones.
_WORDS: list[tuple[tuple[type, ...], str]] = [
    ((TooLarge,), f"the answer is larger than {LARGEST_ANSWER // 1024 // 1024} MB"),
    ((TooSlow, urllib3.exceptions.ReadTimeoutError), "no whole answer in time"),
    ((urllib3.exceptions.NameResolutionError,), "the portal's name is not known to DNS"),
    ((urllib3.exceptions.NewConnectionError,), "the connection was refused or has no way there"),
    ((urllib3.exceptions.ConnectTimeoutError,), "no connection in time"),
    ((urllib3.exceptions.ProxyError,), "the proxy does not let us through"),
    ((urllib3.exceptions.SSLError,), "no safe connection: the certificate or TLS is not right"),
    ((urllib3.exceptions.DecodeError,), "the answer's compression is broken"),
]
