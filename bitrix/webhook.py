"""The address of an incoming webhook: the one secret of this package, held by one object that never shows it."""

import hashlib
import re

from bitrix import redaction

_SHAPE = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[::1\])(?::(?P<port>\d{1,5}))?"
    r"/rest/(?P<user>[1-9]\d{0,9})/(?P<code>[A-Za-z0-9_-]+)/?",
    re.ASCII,
)
_LOOPBACK = re.compile(r"localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]")
_PUBLIC_NAME = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.IGNORECASE
)
_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")


class BadAddress(ValueError):
    """The webhook's address cannot be used; the text says why without repeating it."""


class Webhook:
    """`https://company.bitrix24.ru/rest/<user id>/<code>/`; plain http is accepted for loopback hosts only.

    Refuses user names, IP addresses other than loopback, names without a dot and low ports, so that a mistyped or
    planted address cannot carry the secret elsewhere. Where it comes from:
    https://apidocs.bitrix24.com/local-integrations/local-webhooks.html
    """

    __slots__ = ("host", "user_id", "loopback", "_root", "_code")

    def __init__(self, url: str):
        parts = _SHAPE.fullmatch(url.strip())
        if parts is None:
            raise BadAddress(_refusal("it does not have that form"))
        self.host, self.loopback = parts["host"].lower(), bool(_LOOPBACK.fullmatch(parts["host"].lower()))
        if not self.loopback:
            _check_public(parts["scheme"], self.host, parts["port"])
        self.user_id, self._code = int(parts["user"]), parts["code"]
        self._root = f"{parts['scheme']}://{self.host}{':' + parts['port'] if parts['port'] else ''}/rest"
        redaction.remember(self._code)

    def __repr__(self) -> str:
        return f"Webhook(of user {self.user_id} on {self.host})"

    @property
    def portal(self) -> str:
        """Where people see the portal: scheme and host, no secret."""
        return self._root.removesuffix("/rest")

    @property
    def digest(self) -> str:
        """Tells this webhook from another one without telling its secret."""
        return hashlib.sha256(self.root().encode()).hexdigest()[:16]

    def root(self) -> str:
        """The whole address, secret included: for the transport only."""
        return f"{self._root}/{self.user_id}/{self._code}/"

    def address(self, method: str) -> str:
        return self.root() + checked_name(method)

    def address_v3(self, method: str) -> str:
        """REST 3.0 has its own root: https://apidocs.bitrix24.com/api-reference/rest-v3.html"""
        return f"{self._root}/api/{self.user_id}/{self._code}/{checked_name(method)}"


def _check_public(scheme: str, host: str, port: str | None) -> None:
    if scheme != "https":
        raise BadAddress(_refusal("plain http is for this machine only"))
    if not _PUBLIC_NAME.fullmatch(host):
        raise BadAddress(_refusal("its host is not a full domain name"))
    if port and int(port) != 443 and not 1024 <= int(port) <= 65535:
        raise BadAddress(_refusal(f"port {port} is not a web server's"))


def checked_name(method: str) -> str:
    """The name of a method, fit to become part of an address or a line of a batch. ValueError otherwise."""
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method[:80]!r} is not the name of a REST method; nothing was sent. Correct the name.")
    return method


def _refusal(reason: str) -> str:
    return (
        f"The webhook's address is not usable: {reason}. Copy it from the portal's card of the incoming webhook: "
        "https://<portal>/rest/<user id>/<code>/"
    )
