"""The leaky bucket and the operating time, on a clock that moves without waiting."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from emulator.control import running


@pytest.fixture
def strict():
    """A portal with the documented limits."""
    with running(seed="bare", limits="real") as control:
        yield control


def ask(control, method="server.time", **params):
    return requests.post(control.webhook_url + method, json=params, timeout=30)


def statuses(control, number: int) -> list[int]:
    return [ask(control).status_code for _ in range(number)]


def test_fifty_requests_pass_at_once_and_the_next_are_refused(strict):
    answers = statuses(strict, 60)
    assert answers[:50] == [200] * 50
    refused = ask(strict)
    assert answers.count(503) >= 7
    assert (refused.status_code, refused.json()["error"]) == (503, "QUERY_LIMIT_EXCEEDED")


def test_two_places_a_second_come_free(strict):
    statuses(strict, 55)
    strict.advance(5)
    assert statuses(strict, 10) == [200] * 10


def test_a_client_that_sleeps_as_documented_is_never_refused(strict):
    for _ in range(100):
        strict.advance(0.5)
        assert ask(strict).status_code == 200


def test_a_batch_is_one_request(strict):
    cmd = {f"c{number}": "server.time" for number in range(50)}
    answers = [ask(strict, "batch", cmd=cmd) for _ in range(10)]
    assert {answer.status_code for answer in answers} == {200}
    assert len(answers[-1].json()["result"]["result"]) == 50


def test_simultaneous_requests_share_the_bucket(strict):
    with ThreadPoolExecutor(16) as pool:
        answers = [answer.status_code for answer in pool.map(lambda _: ask(strict), range(80))]
    assert 50 <= answers.count(200) <= 56


def test_people_on_the_board_are_not_limited(strict):
    for _ in range(60):
        strict.act(1, "server.time")
    assert ask(strict).status_code == 200


def test_operating_time_adds_up_and_the_method_pauses(strict):
    """685 deals at 0.7 s reach 480 s: the call that crosses still completes, the next one is refused."""
    cmd = {f"c{number}": "crm.item.add?entityTypeId=2&fields[title]=x" for number in range(49)}
    for _ in range(14):
        strict.advance(2)
        result = ask(strict, "batch", cmd=cmd).json()["result"]
    made = strict.act_fully(1, "crm.item.list", {"entityTypeId": 2})["total"]
    assert made == 686
    assert strict.act(1, "crm.item.list", {"entityTypeId": 2, "filter": {"id": made}})["items"]
    refused = ask(strict, "crm.item.add", entityTypeId=2, fields={})
    assert (refused.status_code, refused.json()["error"]) == (429, "OPERATION_TIME_LIMIT")
    assert result["result_time"]["c0"]["operating"] == pytest.approx(0.7 * (49 * 13 + 1))


def test_other_methods_go_on_while_one_pauses_and_it_returns_when_its_baskets_expire(strict):
    cmd = {f"c{number}": "tasks.task.add?fields[TITLE]=x&fields[RESPONSIBLE_ID]=1" for number in range(50)}
    for _ in range(11):
        ask(strict, "batch", cmd=cmd)
    refused = ask(strict, "batch", cmd={"a": "tasks.task.add?fields[TITLE]=x&fields[RESPONSIBLE_ID]=1"}).json()
    assert refused["result"]["result_error"]["a"]["error"] == "OPERATION_TIME_LIMIT"
    assert ask(strict, "tasks.task.list").status_code == 200
    strict.advance(570)
    assert ask(strict, "tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": 1}).status_code == 429
    strict.advance(90)
    assert ask(strict, "tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": 1}).status_code == 200


def test_the_answer_says_when_the_oldest_basket_expires(strict):
    first = ask(strict, "crm.item.add", entityTypeId=2, fields={}).json()["time"]
    strict.advance(120)
    second = ask(strict, "crm.item.add", entityTypeId=2, fields={}).json()["time"]
    assert second["operating"] == pytest.approx(1.4)
    assert second["operating_reset_at"] == first["operating_reset_at"] == int(first["start"]) + 600


def test_a_client_that_waits_until_the_named_moment_is_never_refused(strict):
    """It keeps 480 s in sight: before they are used up it sleeps until `operating_reset_at`, and makes 1,500 deals."""
    cmd = {f"c{number}": "crm.item.add?entityTypeId=2&fields[title]=x" for number in range(50)}
    for _ in range(30):
        strict.advance(20)
        result = ask(strict, "batch", cmd=cmd).json()["result"]
        assert result["result_error"] == []
        spent = result["result_time"]["c49"]
        if spent["operating"] + 50 * 0.7 > 480:
            strict.advance(max(0, spent["operating_reset_at"] - strict.time().timestamp()) + 1)
    assert strict.act_fully(1, "crm.item.list", {"entityTypeId": 2})["total"] == 1500


def test_a_client_that_does_not_wait_is_refused(strict):
    cmd = {f"c{number}": "crm.item.add?entityTypeId=2&fields[title]=x" for number in range(50)}
    refusals = []
    for _ in range(30):
        strict.advance(1)
        refusals += list(ask(strict, "batch", cmd=cmd).json()["result"]["result_error"] or {})
    assert len(refusals) > 500


def test_scaled_limits_multiply_rate_and_budget():
    with running(seed="bare", limits="scaled:20") as control:
        statuses(control, 50)
        control.advance(1)
        assert statuses(control, 40) == [200] * 40


def test_the_enterprise_plan_allows_more():
    with running(seed="bare", limits="enterprise") as control:
        answers = statuses(control, 300)
    assert answers[:250] == [200] * 250
    assert 503 in answers


def test_limits_can_be_off():
    with running(seed="bare", limits="off") as control:
        assert statuses(control, 80) == [200] * 80


def test_nonsense_is_no_profile():
    with pytest.raises(ValueError, match="scaled:N"), running(seed="bare", limits="scaled"):
        pass
