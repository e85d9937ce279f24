"""Every way a request can fail, and what may be done then."""

import gzip
import pickle
import threading
import time

import pytest

from bitrix import errors
from bitrix.bulk import get_all
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
    PortalError,
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


def test_nor_does_bulk_reading_follow_one(odd, odd_portal):
    odd.answers(reply("", 302, {"Location": odd.webhook("another0another0") + "crm.item.list"}), reply({"result": []}))

    with pytest.raises(PortalMoved):
        get_all(odd_portal, "crm.item.list")

    assert len(odd.asked) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        reply('{"result": NaN}'),
        reply('{"result": ' + DEEP + "}"),
        reply(gzip.compress(b" " * (64 * 1024 * 1024)), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["NaN", "a nest of a hundred thousand", "a bomb"],
)
def test_bulk_reading_takes_odd_answers_no_better(odd, odd_portal, answer):
    """S22."""
    odd.answers(answer)

    with pytest.raises(OutcomeUnknown):
        get_all(odd_portal, "crm.item.list")


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


# — alone, in a batch, in REST 3 (RELIABILITY §2.3): what the class is must not hang on how the command travels —

GATEWAY = reply("<html>Gateway</html>", 502, kind="text/html")
WHOLE_REQUESTS = {
    "the bucket is full": (error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503), LimitExceeded),
    "the method's time is up": (error("OPERATION_TIME_LIMIT", "Method is blocked", 429), MethodPaused),
    "no such webhook": (error("NO_AUTH_FOUND", "Wrong authorization data", 401), WebhookRefused),
    "an expired one": (error("expired_token", "", 401), WebhookRefused),
    "wrong credentials": (error("INVALID_CREDENTIALS", "", 403), WebhookRefused),
    "no scope": (error("insufficient_scope", "", 403), WebhookRefused),
    "no access": (error("user_access_error", "", 403), WebhookRefused),
    "no such method": (error("ERROR_METHOD_NOT_FOUND", "Method not found!", 404), MethodMissing),
    "not by POST": (reply("", 405), MethodMissing),
    "another address": (reply("", 302, {"Location": "https://new.bitrix24.ru/"}), PortalMoved),
    "overloaded": (error("OVERLOAD_LIMIT", "REST API is blocked due to overload", 503), PortalClosed),
    "deleted": (error("PORTAL_DELETED", "Portal was deleted", 500), PortalClosed),
    "no plan": (error("ACCESS_DENIED", PLAN, 403), PortalClosed),
    "no right": (error("ACCESS_DENIED", "Access denied!", 400), AccessDenied),
    "nothing there": (error("NOT_FOUND", "Element not found", 400), NotFound),
    "a wrong value": (error("CRM_FIELD_ERROR_VALUE_NOT_VALID", "Invalid value", 400), FieldInvalid),
    "a core error": (error("ERROR_CORE", "words", 400), Rejected),
    "silence": (silence, OutcomeUnknown),
    "cut": (cut, OutcomeUnknown),
    "half": (half({"result": {"id": 1, "title": "x" * 400}}), OutcomeUnknown),
    "a page in a 200": (reply("<html>", kind="text/html"), OutcomeUnknown),
    "an empty 200": (reply(""), OutcomeUnknown),
    "an error in a 200": (error("SOMETHING", "words", 200), OutcomeUnknown),
    "500": (error("INTERNAL_SERVER_ERROR", "Internal server error", 500), OutcomeUnknown),
    "an unexpected answer": (error("ERROR_UNEXPECTED_ANSWER", "", 500), OutcomeUnknown),
    "502": (GATEWAY, OutcomeUnknown),
    "504": (reply("<html>Gateway</html>", 504, kind="text/html"), OutcomeUnknown),
    "503 with an unknown word": (error("SOMETHING", "", 503), OutcomeUnknown),
    "503 without a word": (reply("", 503), OutcomeUnknown),
}
WAYS = {
    "alone": lambda portal: portal.call("crm.item.add", {"entityTypeId": 2}),
    "in a batch": lambda portal: portal.batch([Command("crm.item.add"), Command("tasks.task.add")]),
    "combined": lambda portal: portal.submit([Command("crm.item.add"), Command("tasks.task.add")]),
    "in REST 3": lambda portal: portal.call_v3("tasks.task.add", {}, "key"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", WHOLE_REQUESTS)
def test_a_request_fails_the_same_however_its_commands_travel(odd, way, what):
    script, meaning = WHOLE_REQUESTS[what]
    odd.answers(script)
    portal = Portal(odd.webhook(), limits="off", cut_seconds=0.1, slack_seconds=0.1, patience_seconds=0)

    try:
        outcomes = WAYS[way](portal)
    except PortalError as trouble:
        outcomes = [trouble]

    assert {type(outcome) for outcome in outcomes} <= {meaning, NotExecuted}  # the latter: never sent at all
    assert type(outcomes[0]) is meaning
    assert len(odd.asked) == 1


@pytest.mark.parametrize(
    ("code", "description", "meaning"),
    [
        ("OPERATION_TIME_LIMIT", "", MethodPaused),
        ("insufficient_scope", "", WebhookRefused),
        ("ERROR_METHOD_NOT_FOUND", "", MethodMissing),
        ("ACCESS_DENIED", "Access denied!", AccessDenied),
        ("ACCESS_DENIED", PLAN, PortalClosed),
        ("NOT_FOUND", "", NotFound),
        ("CRM_FIELD_ERROR_REQUIRED", "", FieldInvalid),
        ("ERROR_CORE", "words", Rejected),
        ("INTERNAL_SERVER_ERROR", "", OutcomeUnknown),
    ],
)
def test_an_error_of_one_command_inside_a_batch_is_its_own(odd, odd_portal, code, description, meaning):
    failed = {"a": {"error": code, "error_description": description}}
    odd.answers(reply({"result": {"result": {"b": 7}, "result_error": failed}}))

    first, second = odd_portal.batch([Command("crm.item.add", {}, "a"), Command("tasks.task.add", {}, "b")])

    assert type(first) is meaning
    assert second.result == 7


# — the circuit: what concerns the whole portal is not asked again and again (R13, R24) —

OPENING = ["no such webhook", "an expired one", "no access", "another address", "overloaded", "deleted", "no plan"]
NOT_OPENING = [
    "the bucket is full", "the method's time is up", "no scope", "no such method", "no right", "nothing there", "a core error",
    "silence", "500", "502",
]  # fmt: skip


@pytest.fixture
def probing(odd):
    """A portal that probes after half a second."""
    return Portal(odd.webhook(), limits="off", cut_seconds=0.1, slack_seconds=0.1, patience_seconds=0)


def failing(portal: Portal, times: int = 1) -> list[PortalError]:
    caught = []
    for _ in range(times):
        with pytest.raises(PortalError) as error:
            portal.call("crm.item.list")
        caught.append(error.value)
    return caught


@pytest.mark.parametrize("what", OPENING)
def test_trouble_with_the_whole_portal_is_met_once(odd, what):
    """Until the first probe, which comes after five minutes here."""
    script, meaning = WHOLE_REQUESTS[what]
    portal = Portal(odd.webhook(), limits="off", patience_seconds=0)
    odd.answers(script)

    troubles = failing(portal, 5)
    outcomes = portal.submit([Command("crm.item.add"), Command("tasks.task.add")])

    assert {type(one) for one in troubles} == {meaning}
    assert isinstance(outcomes[0], meaning)
    with pytest.raises(meaning):
        get_all(portal, "crm.item.list")
    assert len(odd.asked) == 1
    assert type(portal.circuit.trouble) is meaning


@pytest.mark.parametrize("what", NOT_OPENING)
def test_trouble_of_one_request_keeps_no_other_from_leaving(odd, probing, what):
    odd.answers(WHOLE_REQUESTS[what][0], reply({"result": True}))

    failing(probing)

    assert probing.circuit.trouble is None
    assert probing.call("tasks.task.list").result is True


def test_one_request_probes_and_its_answer_closes_the_circuit(odd, probing):
    heard = []
    probing.circuit.watch(lambda trouble: heard.append(trouble and type(trouble)))
    odd.answers(WHOLE_REQUESTS["overloaded"][0])
    failing(probing, 2)
    time.sleep(0.6)
    failing(probing, 3)
    assert len(odd.asked) == 2

    odd.answers(reply({"result": True}))
    time.sleep(0.6)

    assert probing.call("crm.item.list").result is True
    assert probing.circuit.trouble is None
    assert heard == [PortalClosed, None]


@pytest.mark.parametrize("what", ["silence", "502", "the bucket is full"])
def test_a_probe_that_learns_nothing_leaves_the_circuit_open(odd, probing, what):
    odd.answers(WHOLE_REQUESTS["no such webhook"][0])
    failing(probing)
    odd.answers(WHOLE_REQUESTS[what][0])
    time.sleep(0.6)

    failing(probing)

    assert [type(one) for one in failing(probing, 2)] == [WebhookRefused] * 2
    assert len(odd.asked) == 2


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
