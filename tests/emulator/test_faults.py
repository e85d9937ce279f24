"""Misbehaviour on request: each kind, what the client sees and what was done."""

import time

import pytest
import requests

from emulator.control import TOKEN

ADD = "crm.item.add"


@pytest.fixture
def add(portal):
    """Add a deal by the webhook."""

    def send(title: str = "Сделка", **more):
        body = {"entityTypeId": 2, "fields": {"title": title, **more}}
        return requests.post(portal.webhook_url + ADD, json=body, timeout=10, allow_redirects=False)

    return send


@pytest.fixture
def made(portal):
    """Titles of the deals that exist."""
    return lambda: [item["title"] for item in portal.act(1, "crm.item.list", {"entityTypeId": 2})["items"]]


def test_a_refusal_comes_as_ordered_and_as_often(portal, add, made):
    portal.fault(kind="refuse", method=ADD, code="QUERY_LIMIT_EXCEEDED", status=503, times=2)
    assert [add().status_code for _ in range(3)] == [503, 503, 200]
    assert made() == ["Сделка"]


def test_a_refusal_inside_a_batch_hits_its_command_only(portal, call, made):
    portal.fault(kind="refuse", method=ADD, code="ACCESS_DENIED", description="Access denied", status=400)
    cmd = {"a": f"{ADD}?entityTypeId=2&fields[title]=А", "b": f"{ADD}?entityTypeId=2&fields[title]=Б"}
    result = call("batch", cmd=cmd)["result"]
    assert result["result_error"] == {"a": {"error": "ACCESS_DENIED", "error_description": "Access denied"}}
    assert made() == ["Б"]


@pytest.mark.parametrize(("kind", "done"), [("cut_before", []), ("cut_after", ["Сделка"]), ("half", ["Сделка"])])
def test_a_cut_connection_leaves_the_client_in_the_dark(portal, add, made, kind, done):
    portal.fault(kind=kind, method=ADD)
    with pytest.raises(requests.RequestException):
        add()
    assert made() == done
    assert add("После").status_code == 200


def test_a_cut_hits_a_batch_that_contains_the_method(portal, call, made):
    portal.fault(kind="cut_after", method=ADD)
    with pytest.raises(requests.RequestException):
        call("batch", cmd={"a": f"{ADD}?entityTypeId=2&fields[title]=А", "t": "server.time"})
    assert made() == ["А"]
    assert call("batch", cmd={"t": "server.time"})["result"]["result"]["t"]


def test_a_broken_batch_is_what_waited_for_each_of_its_methods(portal, call):
    """One batch cannot break once for every method it carries."""
    portal.fault(kind="cut_before", method=ADD)
    portal.fault(kind="cut_before", method="server.time")
    portal.fault(kind="cut_after", method="server.time")
    cmd = {"a": f"{ADD}?entityTypeId=2&fields[title]=А", "t": "server.time"}
    with pytest.raises(requests.RequestException):
        call("batch", cmd=cmd)
    assert [fault["kind"] for fault in portal.faults_waiting()] == ["cut_after"]


def test_late_work_is_done_when_the_client_is_long_gone(portal, add, made):
    portal.fault(kind="late", method=ADD, seconds=0.5)
    with pytest.raises(requests.RequestException):
        add()
    assert made() == []
    time.sleep(0.8)
    assert made() == ["Сделка"]


def test_late_work_does_not_survive_a_new_beginning(portal, add, made):
    portal.fault(kind="late", method=ADD, seconds=0.3)
    with pytest.raises(requests.RequestException):
        add()
    portal.reset("bare")
    time.sleep(0.5)
    assert made() == []


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", ""])
def test_what_was_done_may_be_answered_with_an_error_or_a_page(portal, add, made, code):
    portal.fault(kind="wrong_after", method=ADD, status=502, code=code)
    answer = add()
    assert (answer.status_code, code in answer.text, "html" in answer.text) == (502, True, not code)
    assert made() == ["Сделка"]


def test_html_comes_where_json_should(portal, add, made):
    portal.fault(kind="html")
    answer = add()
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert made() == []


def test_an_error_may_hide_in_a_200(portal, add):
    portal.fault(kind="error200", code="ERROR_CORE", description="Сбой")
    answer = add()
    assert (answer.status_code, answer.json()) == (200, {"error": "ERROR_CORE", "error_description": "Сбой"})


def test_a_slow_answer_is_slow_and_right(portal, add, made):
    portal.fault(kind="slow", seconds=0.3)
    began = time.monotonic()
    assert add().status_code == 200
    assert time.monotonic() - began >= 0.3
    assert made() == ["Сделка"]


def test_a_renamed_portal_answers_302(portal, add):
    portal.fault(kind="redirect")
    answer = add()
    assert (answer.status_code, "new-" in answer.headers["Location"]) == (302, True)


def test_a_revoked_webhook_is_refused_until_it_is_back(portal, add):
    portal.fault(kind="revoked")
    assert [add().json()["error"] for _ in range(3)] == ["NO_AUTH_FOUND"] * 3
    portal.clear_faults()
    assert add().status_code == 200


def test_a_webhook_that_was_edited_is_unknown_under_its_old_address(portal, add):
    old = portal.webhook_url
    new = portal.rotate_webhook("anotherwebhook")
    assert requests.post(old + "profile", json={}, timeout=10).json()["error"] == "NO_AUTH_FOUND"
    assert new == portal.webhook_url != old
    assert add().status_code == 200
    portal.rotate_webhook(TOKEN)


def test_a_webhook_without_a_word_for_a_secret_is_refused(portal):
    with pytest.raises(ValueError, match="letters and digits"):
        portal.rotate_webhook("../x")


def test_a_field_may_be_denied(portal, add):
    portal.fault(kind="denied_field", method=ADD, field="comments")
    answer = add(comments="секрет")
    assert (answer.status_code, "comments" in answer.json()["error_description"]) == (400, True)


def test_a_field_may_be_silently_ignored(portal, add):
    portal.fault(kind="ignored_field", method=ADD, field="comments")
    assert add(comments="секрет").json()["result"]["item"]["comments"] is None


def test_people_are_spared(portal, made):
    portal.fault(kind="refuse")
    assert made() == []
    assert len(portal.faults_waiting()) == 1


def test_an_unknown_fault_is_refused(portal):
    with pytest.raises(ValueError, match="there are: cut_before"):
        portal.fault(kind="tired")
