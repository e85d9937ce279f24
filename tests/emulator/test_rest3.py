"""REST 3: its envelopes, its errors, Idempotency-Key."""

from datetime import timedelta

import pytest
import requests

from emulator.control import TOKEN


@pytest.fixture
def send(portal, task):
    """Send a message to the chat of a fresh task."""
    task()
    url = portal.webhook_url.replace("/rest/", "/rest/api/") + "tasks.task.chat.message.send"

    def post(fields: dict, key: str | None = None):
        return requests.post(url, json={"fields": fields}, headers={"Idempotency-Key": key} if key else {}, timeout=10)

    return post


@pytest.fixture
def messages(act):
    return lambda: [one["POST_MESSAGE"] for one in act("task.commentitem.getlist", TASKID=1)]


def test_a_message_goes_into_the_task(send, messages):
    answer = send({"taskId": 1, "text": "Сделка возвращена"})
    assert answer.json()["result"] == {"result": True}
    assert messages() == ["Сделка возвращена"]


def test_the_same_key_sends_once(send, messages):
    first, second = (send({"taskId": 1, "text": "Раз"}, "key-1") for _ in range(2))
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.json() == first.json()
    assert messages() == ["Раз"]


def test_the_same_key_with_another_body_is_422(send, messages):
    send({"taskId": 1, "text": "Раз"}, "key-1")
    assert send({"taskId": 1, "text": "Два"}, "key-1").status_code == 422
    assert messages() == ["Раз"]


def test_a_key_is_forgotten_after_a_day(portal, send, messages):
    send({"taskId": 1, "text": "Раз"}, "key-1")
    portal.advance(timedelta(hours=25))
    send({"taskId": 1, "text": "Раз"}, "key-1")
    assert messages() == ["Раз", "Раз"]


def test_a_key_is_of_one_webhook_and_forgotten_with_its_secret(portal, messages, task):
    task()

    def send(key: str) -> None:
        url = portal.webhook_url.replace("/rest/", "/rest/api/") + "tasks.task.chat.message.send"
        fields = {"taskId": 1, "text": "Раз"}
        requests.post(url, json={"fields": fields}, headers={"Idempotency-Key": key}, timeout=10).raise_for_status()

    send("key-1")
    portal.rotate_webhook("anotherwebhook")
    send("key-1")
    portal.rotate_webhook(TOKEN)
    assert messages() == ["Раз", "Раз"]


def test_only_successes_are_remembered(portal, send, messages):
    portal.fault(kind="refuse", method="tasks.task.chat.message.send", status=500)
    assert send({"taskId": 1, "text": "Раз"}, "key-1").status_code == 500
    assert send({"taskId": 1, "text": "Раз"}, "key-1").status_code == 200
    assert messages() == ["Раз"]


def test_an_error_is_an_object_that_names_the_field(send):
    error = send({"taskId": 1}).json()["error"]
    assert error["validation"] == [{"message": 'The required field "text" is not filled', "field": "text"}]


def test_an_unknown_method_is_refused_in_the_form_of_rest_3(portal):
    url = portal.webhook_url.replace("/rest/", "/rest/api/") + "crm.item.add"
    answer = requests.post(url, json={}, timeout=10)
    assert (answer.status_code, set(answer.json()["error"])) == (404, {"code", "message", "validation"})
