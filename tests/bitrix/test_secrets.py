"""The webhook's code in no exception, log line or repr: a canary is planted and looked for everywhere."""

import base64
import io
import json
import logging
import ssl
import traceback
from pathlib import Path
from re._parser import parse
from urllib.parse import quote

import pytest

from bitrix import redaction
from bitrix.bulk import get_all
from bitrix.client import Command, Portal
from bitrix.errors import PortalError
from bitrix.redaction import RedactingFilter, redact, redacted, remember
from tests.bitrix.odd_server import cut, error, half, reply, silence

CANARY = "canary0a1b2c3d4e5f"
TROUBLES = {
    "503": error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503),
    "a page": reply("<html>/rest/1/canary0a1b2c3d4e5f/</html>", 502, kind="text/html"),
    "an error that quotes the address": error("ERROR_CORE", "POST /rest/1/canary0a1b2c3d4e5f/crm.item.add failed", 400),
    "an error code that quotes it": error("/rest/1/canary0a1b2c3d4e5f", "", 400),
    "a redirect": reply("", 302, {"Location": "https://canary0a1b2c3d4e5f.ru/rest/1/canary0a1b2c3d4e5f/"}),
    "cut": cut,
    "half": half({"result": "x" * 100}),
    "silence": silence,
}


@pytest.fixture
def everything_logged():
    """All that any logger writes, finished lines, at the loudest level."""
    lines: list[str] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    root, handler = logging.getLogger(), Collect()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def all_of(error: BaseException) -> str:
    """What a careless program would print: text, repr, arguments, the chain, the traceback."""
    told = [str(error), repr(error), repr(error.args), repr(vars(error)), *traceback.format_exception(error)]
    for other in (error.__cause__, error.__context__):
        told += [all_of(other)] if other is not None else []
    return "\n".join(told)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_trouble_tells_the_code(odd, everything_logged, trouble):
    odd.answers(TROUBLES[trouble])
    portal = Portal(odd.webhook(CANARY), limits="off", cut_seconds=0.1, slack_seconds=0.1, patience_seconds=0.1)

    told = [
        repr(portal),
        repr(portal.webhook),
        repr(vars(portal.webhook) if hasattr(portal.webhook, "__dict__") else ""),
    ]
    for ask in (
        lambda: portal.call("crm.item.add", {}),
        lambda: portal.call_v3("tasks.task.chat.message.send", {}, "key"),
        lambda: next(portal.list("crm.item.list")),
        lambda: get_all(portal, "crm.item.list"),
    ):
        with pytest.raises(PortalError) as caught:
            ask()
        told.append(all_of(caught.value))
    told += [all_of(one) for one in portal.submit([Command("crm.item.add"), Command("tasks.task.add")])]

    assert CANARY in odd.asked[0].path
    assert CANARY not in "\n".join(told + everything_logged)


def test_no_connection_tells_the_code(odd, everything_logged):
    odd.close()
    portal = Portal(odd.webhook(CANARY), limits="off", patience_seconds=0.1)

    with pytest.raises(PortalError) as alone:
        portal.call("crm.item.add")
    with pytest.raises(PortalError) as bulk:
        get_all(portal, "crm.item.list")

    assert CANARY not in all_of(alone.value) + all_of(bulk.value) + "\n".join(everything_logged)


@pytest.mark.parametrize("certificate", ["none at all", "self-signed"])
def test_without_a_good_certificate_nothing_is_sent_nor_told(odd, everything_logged, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))
    odd.wrap = {
        "none at all": lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n") or connection,
        "self-signed": lambda connection: context.wrap_socket(connection, server_side=True),
    }[certificate]
    portal = Portal(odd.webhook(CANARY).replace("http:", "https:"), limits="off", patience_seconds=0.1)

    with pytest.raises(PortalError, match="certificate or TLS") as alone:
        portal.call("crm.item.add")
    with pytest.raises(PortalError) as bulk:
        get_all(portal, "crm.item.list")

    assert not any(CANARY in asked.path for asked in odd.asked)
    assert CANARY not in all_of(alone.value) + all_of(bulk.value) + "\n".join(everything_logged)


@pytest.mark.parametrize(
    "address",
    [
        f"http://company.bitrix24.ru/rest/1/{CANARY}/",
        f"https://user:pass@company.bitrix24.ru/rest/1/{CANARY}/",
        f"https://[fe80::1]/rest/1/{CANARY}/",
        f"https://company.bitrix24.ru/rest/x/{CANARY}/",
    ],
)
def test_a_refused_address_is_not_repeated(address):
    with pytest.raises(ValueError) as caught:
        Portal(address)

    assert CANARY not in all_of(caught.value)


# — texts of others —


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "GET https://a.bitrix24.ru/rest/1/abc123/crm.item.add.json",
            "GET https://a.bitrix24.ru/rest/1/***/crm.item.add.json",
        ),
        ("/rest/api/12/abc123/tasks.task.get", "/rest/api/12/***/tasks.task.get"),
        ("url=%2Frest%2F1%2Fabc123%2Fbatch", "url=%2Frest%2F1%2F***%2Fbatch"),
        ("%252Frest%252F1%252Fabc123", "%252Frest%252F1%252F***"),
        (r'{"u": "https:\/\/a.ru\/rest\/1\/abc123\/"}', r'{"u": "https:\/\/a.ru\/rest\/1\/***\/"}'),
        ("/rest/download.json?auth=929b78&token=disk%7CaWQ9%3D.XX", "/rest/download.json?auth=***&token=***"),
        ("auth[application_token]=jvh9y1", "auth[application_token]=***"),
        ("auth%5Bapplication_token%5D=jvh9y1&ts=1", "auth%5Bapplication_token%5D=***&ts=1"),
        ('{"application_token": "jvh9y1", "ts": 1}', '{"application_token": "***", "ts": 1}'),
        ("token=disk|aWQ9OTAxMSZfPQ", "token=***"),
        ("the author=Пушкин rests / 1 / in peace", "the author=Пушкин rests / 1 / in peace"),
    ],
)
def test_secrets_are_masked_in_any_text(text, shown):
    assert redact(text) == shown
    assert redact(redact(text)) == shown


def test_a_remembered_secret_is_masked_wherever_it_stands():
    remember("remembered4secret")

    for lead in ("", "a", "ab", "abc"):
        text = base64.b64encode(f"{lead}remembered4secret{lead}".encode()).decode()
        assert "***" in redact(text)
    assert redact("see remembered4secret.") == "see ***."


def test_a_secret_split_over_the_arguments_of_a_log_line_is_masked(caplog):
    logger = logging.getLogger("some.library")
    logger.addFilter(RedactingFilter())

    logger.warning("POST %s/%s/batch", "https://a.bitrix24.ru/rest/1", "abc123abc123")

    assert caplog.messages == ["POST https://a.bitrix24.ru/rest/1/***/batch"]


def test_a_secret_that_only_a_traceback_quotes_is_masked():
    logger, lines = logging.getLogger("some.other.library"), io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.addFilter(RedactingFilter())
    logger.addHandler(handler)

    try:
        raise OSError("POST https://a.bitrix24.ru/rest/1/abc123abc123/batch")
    except OSError:
        logger.exception("it failed", stack_info=True)
    logger.removeHandler(handler)

    assert "OSError: POST https://a.bitrix24.ru/rest/1/***/batch" in lines.getvalue()
    assert "abc123abc123" not in lines.getvalue()


@pytest.mark.parametrize("secret", ["p@ss/word+1%2", 'quo"ted\\secret', "кириллица", "a b&c=d?e#f"])
def test_a_remembered_secret_is_masked_in_whatever_code_it_travels(secret):
    """S27: in an address, in JSON, in the base64 of either kind."""
    remember(secret)
    raw = f"before {secret} after".encode()

    for text in (
        f"see {secret}.", f"?key={quote(secret, safe='')}&x=1", json.dumps({"key": secret}),
        base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(),
    ):  # fmt: skip
        assert "***" in redact(text)
        assert secret not in redact(text)


def test_texts_inside_lists_and_maps_are_masked_too():
    value = {"files": [{"id": 7, "url": "/rest/download/7/?token=0ddc0de"}], "n": 1, "none": None}

    assert redacted(value) == {"files": [{"id": 7, "url": "/rest/download/7/?token=***"}], "n": 1, "none": None}


@pytest.mark.parametrize("pattern", [redaction._CODE_IN_PATH, redaction._NAMED_SECRET])
def test_masking_takes_time_in_proportion_to_the_text(pattern):
    """S27, by structure: an endless repeat is of single characters and the last thing sought, so nothing is gone over twice."""
    *before, last = parse(pattern.pattern, pattern.flags).data

    assert _endless(before) == []
    assert _endless([last]) == [last]
    [[kind, _]] = last[1][2]
    assert str(kind) in ("IN", "NOT_LITERAL")


def _endless(nodes) -> list:
    """Repeats without an upper bound, at any depth."""
    found = []
    for node in nodes:
        kind, value = node
        if str(kind) in ("MAX_REPEAT", "MIN_REPEAT"):
            found += [node] if str(value[1]) == "MAXREPEAT" else _endless(value[2])
        elif str(kind) == "SUBPATTERN":
            found += _endless(value[-1])
        elif str(kind) == "BRANCH":
            found += [one for branch in value[1] for one in _endless(branch)]
    return found
