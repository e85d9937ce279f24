"""Very many rows in few requests, in order, complete, and never more than once on the portal's account."""

import logging
import subprocess
import sys
import threading

import pytest

from bitrix.bulk import Uneven, get_all
from bitrix.client import Portal
from bitrix.errors import FieldInvalid, LimitExceeded, OutcomeUnknown, PortalMoved, Unreachable, WebhookRefused
from tests.bitrix.odd_server import cut, error, half, reply

SELECT = {"entityTypeId": 2, "select": ["id", "title", "opportunity"]}


@pytest.fixture
def many(emulated):
    """320 deals."""
    for n in range(320):
        emulated.act(1, "crm.item.add", {"entityTypeId": 2, "fields": {"title": f"d{n}", "opportunity": f"{n}.10"}})
    emulated.reset_counters()
    return emulated


def test_everything_comes_in_two_requests_by_id(portal, many):
    rows = get_all(portal, "crm.item.list", SELECT)

    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert [row["title"] for row in rows] == [f"d{n}" for n in range(320)]
    assert many.requests()["http"] == 2


@pytest.mark.parametrize("count", [0, 1, 50, 51, 101])
def test_any_number_comes_whole(portal, emulated, count):
    for n in range(count):
        emulated.act(1, "tasks.task.add", {"fields": {"TITLE": f"t{n}", "RESPONSIBLE_ID": 1}})

    rows = get_all(portal, "tasks.task.list", {"select": ["ID", "TITLE"]})

    assert [row["title"] for row in rows] == [f"t{n}" for n in range(count)]


def test_a_filter_holds_on_every_page(portal, many):
    rows = get_all(portal, "crm.item.list", {**SELECT, "filter": {">=opportunity": 100, "%title": "d"}})

    assert len(rows) == 220


def test_amounts_are_exact(odd, odd_portal):
    odd.answers(reply('{"result": {"items": [{"id": 1, "opportunity": 1234567890123456.78}]}, "total": 1}'))

    [row] = get_all(odd_portal, "crm.item.list")

    assert str(row["opportunity"]) == "1234567890123456.78"


@pytest.mark.parametrize(
    "params",
    [
        {"start": 50},
        {"ORDER": {"id": "DESC"}},
        {"filter": {"closed": True}},
        {"filter": {"companyId": None}},
        {"filter": {"@id": [1, None]}},
    ],
)
def test_what_the_library_would_spoil_is_refused(portal, emulated, params):
    with pytest.raises(TypeError, match="Nothing was read"):
        get_all(portal, "crm.item.list", params)

    assert emulated.requests()["http"] == 0


def test_a_busy_portal_is_waited_for_by_our_rule(portal, many):
    many.fault(
        "refuse",
        method="crm.item.list",
        times=1,
        code="QUERY_LIMIT_EXCEEDED",
        description="Too many requests",
        status=503,
    )

    assert len(get_all(portal, "crm.item.list", SELECT)) == 320
    assert many.requests()["http"] == 3


@pytest.mark.parametrize("kind", ["cut_before", "half", "html"])
def test_a_lost_page_is_read_again(portal, many, kind):
    many.fault(kind, method="crm.item.list")

    assert len(get_all(portal, "crm.item.list", SELECT)) == 320


@pytest.mark.parametrize(
    ("script", "meaning", "requests"),
    [
        (error("INVALID_ARG_VALUE", "Invalid filter", 400), FieldInvalid, 1),
        (error("NO_AUTH_FOUND", "Wrong authorization data", 401), WebhookRefused, 1),
        (reply("", 302, {"Location": "https://new.bitrix24.ru/rest/1/x/"}), PortalMoved, 1),
        (cut, OutcomeUnknown, 3),
        (half({"result": ["x" * 100]}), OutcomeUnknown, 3),
        (reply("<html>", 502, kind="text/html"), OutcomeUnknown, 3),
        (reply(b" " * (33 * 1024 * 1024)), OutcomeUnknown, 3),
        (reply({"result": {"a": 1, "b": 2}, "total": 200}), OutcomeUnknown, 1),
        (error("QUERY_LIMIT_EXCEEDED", "Too many requests", 503), LimitExceeded, None),
    ],
)
def test_trouble_has_our_names_and_our_number_of_attempts(odd, script, meaning, requests):
    odd.answers(script)
    portal = Portal(odd.webhook(), limits="off", patience_seconds=3)

    with pytest.raises(meaning) as caught:
        get_all(portal, "crm.item.list")

    assert type(caught.value) is meaning
    assert requests is None or len(odd.asked) == requests


def test_no_connection_is_told(odd):
    odd.close()

    with pytest.raises(Unreachable):
        get_all(Portal(odd.webhook(), limits="off", patience_seconds=1), "crm.item.list")


def test_one_bad_page_of_a_batch_is_told_by_its_name(odd, odd_portal):
    page = {"result": {"items": [{"id": n} for n in range(1, 51)]}, "total": 120, "next": 50}
    pages = {
        "result": {"cmd0000000000": {"items": []}},
        "result_error": {"cmd0000000001": {"error": "INVALID_ARG_VALUE"}},
    }
    odd.answers(reply(page), reply({"result": pages}))

    with pytest.raises(FieldInvalid):
        get_all(odd_portal, "crm.item.list")


def test_rows_that_came_and_went_meanwhile_are_read_again_and_then_told(odd, odd_portal):
    fifty = {"result": {"items": [{"id": n} for n in range(1, 51)]}, "total": 52, "next": 50}
    short = {"result": {"result": {"cmd0000000000": {"items": [{"id": 51}]}}, "result_time": {"cmd0000000000": {}}}}
    odd.answers(*[reply(fifty), reply(short)] * 3)

    with pytest.raises(Uneven, match="51 rows of 52"):
        get_all(odd_portal, "crm.item.list")

    assert len(odd.asked) == 6


def test_requests_are_reported_and_limited_like_all_others(many):
    class Counted:
        taken = 0

        def acquire(self):
            self.taken += 1

        def refused(self):
            pass

    portal, seen = Portal(many.webhook_url, limits="off", limiter=Counted()), []
    portal.observe(seen.append)

    get_all(portal, "crm.item.list", SELECT)

    assert [(one["method"], one["commands"]) for one in seen] == [
        ("crm.item.list", {"crm.item.list": 1}),
        ("batch", {"crm.item.list": 6}),
    ]
    assert portal.limiter.taken == 2
    assert portal.clock.heard


def test_threads_may_read_at_once(portal, many):
    lengths = []
    threads = [
        threading.Thread(target=lambda: lengths.append(len(get_all(portal, "crm.item.list", SELECT)))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert lengths == [320] * 6


def test_the_library_writes_no_parameters_into_logs(portal, many, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("fast_bitrix24").setLevel(logging.DEBUG)

    get_all(portal, "crm.item.list", {**SELECT, "filter": {"%title": "d1"}})

    assert "title" not in caplog.text


def test_the_library_is_imported_only_by_who_reads():
    script = "import sys, bitrix.client, bitrix.bulk; print('fast_bitrix24' in sys.modules)"

    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
        == "False"
    )
