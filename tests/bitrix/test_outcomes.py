"""Every way a request can fail, and what may be done then."""

import gzip
import pickle
import threading

import pytest

from bitrix import errors
from bitrix.client import Command, Portal
from bitrix.errors import (
    AccessDenied,
    FieldInvalid,
    LimitExceeded,
    MethodMissing,
    MethodPaused,
    NotExecuted,
    NotFound,
    OutcomeUnknown,
    PortalClosed,
    PortalMoved,
    Rejected,
    Unreachable,
    WebhookRefused,
    classify,
)
from tests.bitrix.odd_server import cut, error, half, reply, silence

PLAN = "REST API is available only on commercial plans"
V3 = "BITRIX_REST_V3_EXCEPTION_"

# status, code, description, meaning
SPOKEN = [
    # nothing was executed
    (503, "QUERY_LIMIT_EXCEEDED", "Too many requests", LimitExceeded),
    (429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit", MethodPaused),
    (401, "NO_AUTH_FOUND", "Wrong authorization data", WebhookRefused),
    (401, "expired_token", "The access token provided has expired", WebhookRefused),
    (401, "INVALID_CREDENTIALS", "Invalid request credentials", WebhookRefused),
    (403, "INVALID_CREDENTIALS", "Invalid request credentials", WebhookRefused),
    (403, "insufficient_scope", "The request requires higher privileges", WebhookRefused),
    (403, "user_access_error", "The user does not have access to the application", WebhookRefused),
    (401, "METHOD_CONFIRM_WAITING", "Waiting for confirmation", WebhookRefused),
    (403, "METHOD_CONFIRM_DENIED", "", WebhookRefused),
    (403, "allowed_only_intranet_user", "", WebhookRefused),
    (400, "INVALID_REQUEST", "Https required", WebhookRefused),
    (404, "ERROR_METHOD_NOT_FOUND", "Method not found!", MethodMissing),
    (404, "ERROR_MANIFEST_IS_NOT_AVAILABLE", "Manifest is not available", MethodMissing),
    (405, "ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", MethodMissing),
    # refused for good
    (400, "NOT_FOUND", "Element not found", NotFound),
    (400, "ERROR_NOT_FOUND", "Could not find entity with id `X`", NotFound),
    (400, "ACCESS_DENIED", "Access denied!", AccessDenied),
    (403, "ACCESS_DENIED", "Access denied!", AccessDenied),
    (400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", "Invalid value", FieldInvalid),
    (400, "CRM_FIELD_ERROR_REQUIRED", "Поле обязательно для заполнения", FieldInvalid),
    (400, "INVALID_ARG_VALUE", "Invalid filter: field 'FIELD' is not allowed in filter", FieldInvalid),
    (400, "ERROR_CORE", "Task title is not specified<br>", Rejected),
    (400, "", "Target is not set.", Rejected),
    (400, "", "Not found", NotFound),
    (400, "", "Access denied.", AccessDenied),
    (400, "0", "Invalid sorting key (internal error)", Rejected),
    (400, "100", "Bind variables", Rejected),
    (400, "SOMETHING_OF_A_METHOD", "words", Rejected),
    (400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded", Rejected),
    (200, "ERROR_CORE", "words in a 200", Rejected),
    # nobody knows
    (500, "INTERNAL_SERVER_ERROR", "Internal server error", OutcomeUnknown),
    (500, "ERROR_UNEXPECTED_ANSWER", "Server returned an unexpected response", OutcomeUnknown),
    (400, "ERROR_UNEXPECTED_ANSWER", "", OutcomeUnknown),
    (503, "SOMETHING_ELSE", "", OutcomeUnknown),
    (200, "SOMETHING_ELSE", "in a 200", OutcomeUnknown),
    # the whole portal
    (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload", PortalClosed),
    (500, "PORTAL_DELETED", "Portal was deleted", PortalClosed),
    (403, "ACCESS_DENIED", PLAN, PortalClosed),
    (403, "ACCESS_DENIED", "", PortalClosed),
]

UNSPOKEN = [
    (301, PortalMoved),
    (302, PortalMoved),
    (307, PortalMoved),
    (401, WebhookRefused),
    (404, MethodMissing),
    (405, MethodMissing),
    (413, Rejected),
    (429, MethodPaused),
    (400, OutcomeUnknown),
    (403, OutcomeUnknown),
    (200, OutcomeUnknown),
    (500, OutcomeUnknown),
    (502, OutcomeUnknown),
    (503, OutcomeUnknown),
    (504, OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "code", "description", "meaning"), SPOKEN)
def test_what_the_portal_says_means_what_can_be_done(status, code, description, meaning):
    error = classify(status, {"error": code, "error_description": description}, method="crm.item.add")

    assert type(error) is meaning
    assert (error.code, error.http_status, error.method) == (code, status, "crm.item.add")


@pytest.mark.parametrize(("status", "meaning"), UNSPOKEN)
def test_without_words_only_the_status_speaks(status, meaning):
    assert type(classify(status, "the answer is not JSON: 178 bytes of text/html")) is meaning


@pytest.mark.parametrize(
    ("status", "code", "validation", "meaning", "said"),
    [
        (
            400,
            V3 + "VALIDATION_REQUESTVALIDATIONEXCEPTION",
            [{"message": "Required field `id`", "field": "id"}],
            FieldInvalid,
            "`id`",
        ),
        (404, V3 + "METHODNOTFOUNDEXCEPTION", [], MethodMissing, "words"),
        (400, V3 + "ENTITYNOTFOUNDEXCEPTION", [], NotFound, "words"),
        (403, V3 + "ACCESSDENIEDEXCEPTION", [], AccessDenied, "words"),
        (422, V3 + "IDEMPOTENCY", [], Rejected, "words"),
        (500, V3 + "UNKNOWN", [], OutcomeUnknown, "words"),
    ],
)
def test_errors_of_rest_3_are_objects_and_mean_the_same(status, code, validation, meaning, said):
    error = classify(status, {"error": {"code": code, "message": "words", "validation": validation}})

    assert type(error) is meaning
    assert said in error.description


def test_before_a_byte_of_the_command_left_nothing_can_have_happened():
    assert type(classify(None, "the connection was refused", sent=False)) is Unreachable
    assert type(classify(None, "no whole answer in time", sent=True)) is OutcomeUnknown


def test_a_text_says_what_did_not_happen_where_and_what_to_do():
    error = classify(
        400, {"error": "ERROR_CORE", "error_description": "Title is not<br>specified"}, method="tasks.task.add"
    )

    assert str(error) == (
        "tasks.task.add was refused (HTTP 400 ERROR_CORE: Title is not specified). "
        "Nothing changed on the portal; correct what it names, asking again the same way will not help."
    )


def test_an_error_survives_being_stored_and_concerns_one_command():
    paused = classify(429, {"error": "OPERATION_TIME_LIMIT"}, method="batch").about("crm.item.add")
    paused.seconds_left = 61.5

    again = pickle.loads(pickle.dumps(paused))

    assert (str(again), again.method, again.seconds_left) == (str(paused), "crm.item.add", 61.5)


def test_the_tree_follows_what_one_can_do():
    assert all(
        issubclass(one, NotExecuted)
        for one in (LimitExceeded, MethodPaused, Unreachable, WebhookRefused, PortalMoved, MethodMissing)
    )
    assert all(issubclass(one, Rejected) for one in (NotFound, AccessDenied, FieldInvalid))
    assert not issubclass(OutcomeUnknown, NotExecuted | Rejected)
    assert not issubclass(PortalClosed, NotExecuted | Rejected | OutcomeUnknown)


# — over the wire —

DEEP = "[" * 100_000 + "]" * 100_000
ODD_ANSWERS = {
    "cut without an answer": (cut, OutcomeUnknown, "broke off"),
    "half an answer": (half({"result": {"id": 1, "title": "x" * 400}}), OutcomeUnknown, "broke off"),
    "silence": (silence, OutcomeUnknown, "in time"),
    "a page instead of JSON": (
        reply("<html>Bitrix24</html>", kind="text/html"),
        OutcomeUnknown,
        "not JSON: 21 bytes of text/html",
    ),
    "an empty 200": (reply(""), OutcomeUnknown, "not JSON: 0 bytes"),
    "JSON without result": (reply({"time": {}}), OutcomeUnknown, ""),
    "a list instead of an envelope": (reply([1, 2]), OutcomeUnknown, ""),
    "NaN": (reply('{"result": NaN}'), OutcomeUnknown, "not JSON"),
    "a key twice": (reply('{"result": 1, "result": 2}'), OutcomeUnknown, "not JSON"),
    "a nest of a hundred thousand": (reply('{"result": ' + DEEP + "}"), OutcomeUnknown, "not JSON"),
    "a number of five thousand digits": (reply('{"result": ' + "9" * 5000 + "}"), OutcomeUnknown, "not JSON"),
    "bytes that are no text": (reply(b'{"result": "\xff\xfe"}'), OutcomeUnknown, "not JSON"),
    "a gateway's page": (reply("<html>502</html>", 502, kind="text/html"), OutcomeUnknown, "not JSON"),
    "broken compression": (reply(b"no gzip", headers={"Content-Encoding": "gzip"}), OutcomeUnknown, "compression"),
    "the limit": (error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503), LimitExceeded, "Too many"),
    "a refusal": (error("NOT_FOUND", "Element not found", 400), NotFound, "Element"),
}


@pytest.mark.parametrize("what", ODD_ANSWERS)
def test_an_odd_answer_becomes_one_of_our_errors(odd, odd_portal, what):
    script, meaning, said = ODD_ANSWERS[what]
    odd.answers(script)

    with pytest.raises(meaning) as caught:
        odd_portal.call("crm.item.add", {"entityTypeId": 2})

    assert said in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_unknown_outcome_is_asked_only_once(odd, odd_portal):
    odd.answers(cut)

    with pytest.raises(OutcomeUnknown):
        odd_portal.call("crm.item.add", {"entityTypeId": 2})

    assert len(odd.asked) == 1


def test_a_refused_connection_means_that_nothing_was_sent(odd):
    odd.close()

    with pytest.raises(Unreachable, match="connection was refused"):
        Portal(odd.webhook(), limits="off").call("crm.item.add", {"entityTypeId": 2})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_but_told(odd, odd_portal, status):
    odd.answers(reply("", status, {"Location": "https://new.bitrix24.ru/rest/1/0ddc0de0ddc0de/crm.item.add"}))

    with pytest.raises(PortalMoved) as caught:
        odd_portal.call("crm.item.add", {"entityTypeId": 2})

    assert caught.value.moved_to == "new.bitrix24.ru"
    assert len(odd.asked) == 1


def test_an_answer_stops_at_32_megabytes(odd, odd_portal):
    odd.answers(lambda connection: connection.sendall(reply(b" " * (33 * 1024 * 1024))))

    with pytest.raises(OutcomeUnknown, match="larger than 32 MB"):
        odd_portal.call("crm.item.list")


def test_a_small_answer_that_swells_stops_at_32_megabytes(odd, odd_portal):
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    odd.answers(reply(bomb, headers={"Content-Encoding": "gzip"}))

    with pytest.raises(OutcomeUnknown, match="larger than 32 MB"):
        odd_portal.call("crm.item.list")


def test_an_answer_that_drips_is_not_waited_for_forever(odd):
    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b" ")
            stop.wait(0.05)

    stop = threading.Event()
    odd.answers(drip)
    with pytest.raises(OutcomeUnknown, match="in time"):
        Portal(odd.webhook(), limits="off", cut_seconds=0.3, slack_seconds=0.1, connect_seconds=0.3).call(
            "crm.item.list"
        )
    stop.set()


def test_a_lost_batch_is_unknown_for_each_of_its_commands(odd, odd_portal):
    odd.answers(cut)

    outcomes = odd_portal.batch([Command("crm.item.add", {"n": 1}), Command("tasks.task.add", {"n": 2})])

    assert [(type(one), one.method) for one in outcomes] == [
        (OutcomeUnknown, "crm.item.add"),
        (OutcomeUnknown, "tasks.task.add"),
    ]


def test_every_error_class_says_what_to_do():
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.PortalError)]

    assert all(one.advice.endswith(".") and len(one.advice) > 20 for one in classes)
