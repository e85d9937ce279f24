"""Addresses, bodies, refusals."""

import pytest
import requests


@pytest.mark.parametrize("ending", ["", ".json", "/", "/?bx24_request_id=7f"])
def test_a_method_is_found_under_every_form_of_its_address(portal, ending):
    answer = requests.post(portal.webhook_url + "User.Get" + ending, json={"FILTER": {"ID": 1}}, timeout=10)
    assert answer.json()["result"][0]["ID"] == "1"


def test_parameters_may_come_as_json_form_multipart_or_query(portal):
    url, form = portal.webhook_url + "user.get", {"FILTER[ID][0]": "1", "FILTER[ID][1]": "2"}
    answers = [
        requests.post(url, json={"FILTER": {"ID": [1, 2]}}, timeout=10),
        requests.post(url, data=form, timeout=10),
        requests.post(url, files={name: (None, value) for name, value in form.items()}, timeout=10),
        requests.get(url, params=form, timeout=10),
    ]
    assert [answer.json()["total"] for answer in answers] == [2, 2, 2, 2]


def test_an_empty_json_list_stands_for_no_parameters(portal):
    answer = requests.post(portal.webhook_url + "server.time", json=[], timeout=10)
    assert answer.status_code == 200


def test_every_answer_carries_its_time(call):
    time = call("server.time")["time"]
    assert set(time) == {
        "start",
        "finish",
        "duration",
        "processing",
        "date_start",
        "date_finish",
        "operating",
        "operating_reset_at",
    }
    assert time["date_finish"].endswith("+03:00")


def test_a_wrong_token_and_a_wrong_user_are_refused_alike(portal):
    right = portal.webhook_url
    for wrong in (right[:-2] + "x/", right.replace("/rest/1/", "/rest/2/")):
        answer = requests.post(wrong + "user.current", timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (401, "NO_AUTH_FOUND")


def test_a_method_that_nobody_wrote_is_refused_loudly(portal, caplog):
    answer = requests.post(portal.webhook_url + "crm.deal.recurring.add", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (404, "ERROR_METHOD_NOT_FOUND")
    assert "crm.deal.recurring.add" in caplog.text


def test_a_missing_parameter_is_error_100(portal):
    answer = requests.post(portal.webhook_url + "crm.item.get", json={"id": 1}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "100")


def test_methods_say_which_exist(call):
    assert call("method.get", name="crm.item.add")["result"] == {"isExisting": True, "isAvailable": True}
    assert call("method.get", name="crm.no.such")["result"]["isExisting"] is False
    assert "tasks.task.add" in call("methods", scope="task")["result"]
    scopes = call("scope")["result"]
    assert {"crm", "disk", "im", "task", "user"} <= set(scopes)
    assert "basic" not in scopes


def test_what_belongs_to_applications_is_refused_to_a_webhook(portal):
    answer = requests.post(portal.webhook_url + "app.info", timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (403, "ACCESS_DENIED")


def test_requests_of_the_webhook_are_counted_and_those_of_people_are_not(portal, call, act):
    portal.reset_counters()
    call("batch", cmd={"a": "server.time", "b": "user.current"})
    act("server.time")
    assert portal.requests() == {"http": 1, "writing": 0, "commands": {"server.time": 1, "user.current": 1}}
    add = "crm.item.add?entityTypeId=2"
    call("batch", cmd={"a": add, "b": add, "c": "server.time"})
    assert (portal.requests()["http"], portal.requests()["writing"]) == (2, 1), "a request with a command that writes"


def test_a_portal_that_takes_its_time_says_so_of_every_call(portal, call, act):
    quick = call("crm.item.add", entityTypeId=2, fields={"title": "Сделка"})["time"]["duration"]
    portal.take_time()
    slow = call("crm.item.add", entityTypeId=2, fields={"title": "Сделка"})["time"]["duration"]
    portal.take_time(False)
    assert slow >= 0.7 > quick, "as much as the method is charged"


def test_the_record_names_every_effect_once_and_in_order(portal, call, act):
    made = call("crm.item.add", entityTypeId=2, fields={"title": "Сделка"})["result"]["item"]
    act("crm.item.update", entityTypeId=2, id=made["id"], fields={"title": "Другая"})
    call("crm.item.list", entityTypeId=2)
    assert [(one["method"], one["user"], one["via"], one["id"]) for one in portal.log()] == [
        ("crm.item.add", 1, "webhook", made["id"]),
        ("crm.item.update", 2, "control", made["id"]),
    ]
