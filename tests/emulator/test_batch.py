"""batch: references, halt, errors, sizes."""

import requests


def test_a_later_command_uses_what_an_earlier_one_made(call):
    result = call(
        "batch",
        halt=0,
        cmd={
            "deal": "crm.item.add?entityTypeId=2&fields[title]=Большая%20сделка",
            "task": "tasks.task.add?fields[TITLE]=К сделке $result[deal][item][id]&fields[RESPONSIBLE_ID]=1"
            "&fields[UF_CRM_TASK][0]=D_$result[deal][item][id]",
            "read": "tasks.task.get?taskId=$result[task][task][id]&select[]=TITLE&select[]=UF_CRM_TASK",
        },
    )["result"]
    deal_id = result["result"]["deal"]["item"]["id"]
    assert result["result"]["read"]["task"]["title"] == f"К сделке {deal_id}"
    assert result["result"]["read"]["task"]["ufCrmTask"] == [f"D_{deal_id}"]
    assert result["result_error"] == []


def test_a_reference_that_stands_alone_passes_a_whole_array(call):
    result = call("batch", cmd={"me": "user.current", "d": "department.get?ID=$result[me][UF_DEPARTMENT]"})["result"]
    assert result["result"]["d"][0]["NAME"] == "Сферотек"
    assert result["result_total"] == {"d": 1}


def test_errors_stay_with_their_command_and_the_request_is_200(portal):
    cmd = {"bad": "crm.item.get?entityTypeId=2&id=999", "good": "server.time", "no": "no.such.method"}
    answer = requests.post(portal.webhook_url + "batch", json={"halt": 0, "cmd": cmd}, timeout=10)
    result = answer.json()["result"]
    assert answer.status_code == 200
    assert {label: error["error"] for label, error in result["result_error"].items()} == {
        "bad": "NOT_FOUND",
        "no": "ERROR_METHOD_NOT_FOUND",
    }
    assert list(result["result"]) == list(result["result_time"]) == ["good"]


def test_halt_stops_at_the_first_error(call):
    cmd = {"bad": "no.such.method", "never": "server.time"}
    for halt in (1, True, "true", "1"):
        result = call("batch", halt=halt, cmd=cmd)["result"]
        assert (result["result"], list(result["result_error"])) == ([], ["bad"])
    assert call("batch", halt=0, cmd=cmd)["result"]["result"]["never"]


def test_commands_as_a_list_come_back_as_lists(call):
    result = call("batch", cmd=["server.time", "user.current"])["result"]
    assert isinstance(result["result"], list)
    assert result["result"][1]["ID"] == "1"
    assert isinstance(result["result_time"], list)


def test_no_commands_are_no_error(call):
    assert call("batch")["result"] == {
        "result": [],
        "result_error": [],
        "result_total": [],
        "result_next": [],
        "result_time": [],
    }


def test_commands_past_the_fiftieth_are_refused(call):
    result = call("batch", cmd={f"c{number}": "server.time" for number in range(52)})["result"]
    assert len(result["result"]) == 50
    assert {error["error"] for error in result["result_error"].values()} == {"ERROR_BATCH_LENGTH_EXCEEDED"}


def test_a_batch_inside_a_batch_and_a_file_transfer_are_refused(call):
    cmd = {"inner": "batch?cmd[a]=server.time", "file": "disk.folder.uploadfile?id=1"}
    errors = call("batch", cmd=cmd)["result"]["result_error"]
    assert {error["error"] for error in errors.values()} == {"ERROR_BATCH_METHOD_NOT_ALLOWED"}


def test_method_names_inside_a_batch_have_no_case(call):
    assert call("batch", cmd={"a": "Server.Time"})["result"]["result"]["a"]


def test_a_list_inside_a_batch_has_its_marks(call, deal):
    for number in range(51):
        deal(title=f"Сделка {number}")
    result = call("batch", cmd={"a": "crm.item.list?entityTypeId=2&select[]=id"})["result"]
    assert (result["result_total"], result["result_next"]) == ({"a": 51}, {"a": 50})
