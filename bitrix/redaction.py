"""Keeps the portal's secrets out of every text that leaves the process.

The code of an incoming webhook is a password that travels in the path of each request, so `requests`, urllib3 and
aiohttp write it into exceptions and debug logs. Download addresses carry `auth=` and `token=` likewise
(https://apidocs.bitrix24.com/local-integrations/local-webhooks.html).
"""

import base64
import logging
import re
from collections.abc import Mapping
from json import dumps
from urllib.parse import quote

MASK = "***"
SHORTEST_SECRET = 8  # shorter words occur in ordinary text: masking them everywhere would hide more than secrets

_SLASH = r"(?:\\?/|%2F|%252F)"
_CODE_IN_PATH = re.compile(rf"(rest{_SLASH}(?:api{_SLASH})?\d{{1,19}}{_SLASH})[^\s/\\%\"'&?<>*]+", re.IGNORECASE)
_NAMED_SECRET = re.compile(
    r"((?:auth|token|secret|password)(?:\]|%5D)?(?:=|%3D|\\?[\"']\s{0,9}:\s{0,9}\\?[\"']))[^\s&\"'<>\\*]+",
    re.IGNORECASE,
)
_WORTH_A_LOOK = ("rest/", "rest\\/", "rest%", "auth", "token", "secret", "password")
URL_SAFE = str.maketrans("+/", "-_")  # the base64 of addresses
_remembered: dict[str, list[str]] = {}


def remember(secret: str) -> None:
    """From now on `redact` masks this very word, plain, encoded for an address or JSON, or inside base64, wherever it stands."""
    if len(secret) >= SHORTEST_SECRET:
        encoded = [quote(secret, safe=""), dumps(secret)[1:-1], *_base64_forms(secret)]
        addressed = [form.translate(URL_SAFE) for form in encoded]
        _remembered[secret] = list(dict.fromkeys([secret, *encoded, *addressed]))


def redact(text: str) -> str:
    """The text with webhook codes, `auth=…`, `token=…` and remembered secrets masked. Time is linear in the text."""
    for form in [form for forms in list(_remembered.values()) for form in forms]:
        text = text.replace(form, MASK)
    plain = text.lower()
    if not any(word in plain for word in _WORTH_A_LOOK):
        return text
    return _NAMED_SECRET.sub(rf"\1{MASK}", _CODE_IN_PATH.sub(rf"\1{MASK}", text))


def redacted(value: object) -> object:
    """The same for every text inside lists and maps."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {key: redacted(one) for key, one in value.items()}
    return [redacted(one) for one in value] if isinstance(value, list | tuple) else value


class RedactingFilter(logging.Filter):
    """For loggers and handlers: the finished line is redacted, so a secret split over arguments is found too.

    A traceback is written out here, as its text may quote what no argument shows.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and redact(record.exc_text)
        record.stack_info = record.stack_info and redact(record.stack_info)
        return True


def guard_library_logs() -> None:
    """urllib3 and asyncio write addresses at DEBUG, whatever level the application sets: redact them at the source."""
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "asyncio", "aiohttp.client"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, RedactingFilter) for one in logger.filters):
            logger.addFilter(RedactingFilter())


def _base64_forms(secret: str) -> list[str]:
    """What stays the same of the secret's base64 wherever it begins in the encoded text (three alignments)."""
    forms = []
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + secret.encode()).decode().rstrip("=")
        whole = len(encoded) - 1 if (lead + len(secret.encode())) % 3 else len(encoded)
        forms.append(encoded[(lead * 8 + 5) // 6 : whole])
    return forms
