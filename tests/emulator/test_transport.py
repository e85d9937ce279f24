"""The habits of the portal's transport that real clients rely on; more stands in test_requests, test_batch, test_php.

https://apidocs.bitrix24.com/settings/how-to-call-rest-api/general-principles.html
"""

import json
from xml.etree import ElementTree

import pytest
import requests

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TIME = {"start", "finish", "duration", "processing", "date_start", "date_finish", "operating", "operating_reset_at"}


@pytest.fixture
def titled(portal, act):
    """The deals A1, A2 and B1; returns the titles that a filter finds, with any order: titled({"=%title": "A%"})."""
    for title in ("A1", "A2", "B1"):
        act("crm.deal.add", fields={"TITLE": title})

    def find(method: str, name: str, **params) -> list[str]:
        answer = requests.post(portal.webhook_url + method, json={"entityTypeId": 2, **params}, timeout=10).json()
        rows = answer["result"]["items"] if method == "crm.item.list" else answer["result"]
        return [row[name] for row in rows]

    return find


# -- addresses


@pytest.mark.parametrize("ending", ["", ".json", "/", ".json/", "?bx24_request_id=0190", "/?bx24_request_id=0190"])
@pytest.mark.parametrize("name", ["server.time", "Server.Time", "SERVER.TIME"])
def test_a_name_in_any_case_under_any_form_of_the_address_by_get_and_by_post(portal, name, ending):
    for ask in (requests.get, requests.post):
        assert ask(portal.webhook_url + name + ending, timeout=10).status_code == 200


def test_a_request_id_is_no_parameter_of_the_method(portal):
    answer = requests.post(portal.webhook_url + "user.get?bx24_request_id=7", json={"ID": 1}, timeout=10).json()
    assert answer["total"] == 1


def test_xml_is_answered_to_a_method_asked_for_as_xml(portal, deal):
    deal(title="Шапка & <козырёк>")
    answer = requests.post(portal.webhook_url + "crm.deal.list.xml", json={"select": ["ID", "TITLE"]}, timeout=10)
    response = ElementTree.fromstring(answer.content)
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert [title.text for title in response.findall("result/item/TITLE")] == ["Шапка & <козырёк>"]
    assert response.findtext("total") == "1"
    assert {part.tag for part in response.find("time")} == TIME


def test_a_batch_and_a_refusal_come_as_xml_as_well(portal):
    cmd = {"get_user": "user.current", "not a name": "no.such.method"}
    batch = requests.post(portal.webhook_url + "batch.xml", json={"cmd": cmd}, timeout=10)
    refusal = requests.post(portal.webhook_url + "no.such.method.xml", timeout=10)
    assert ElementTree.fromstring(batch.content).findtext("result/result/get_user/ID") == "1"
    assert ElementTree.fromstring(batch.content).findtext("result/result_error/item/error") == "ERROR_METHOD_NOT_FOUND"
    assert ElementTree.fromstring(refusal.content).findtext("error") == "ERROR_METHOD_NOT_FOUND"
    assert refusal.status_code == 404


# -- bodies


def test_a_json_list_holds_positional_arguments(portal, task):
    task_id = int(task()["id"])
    answer = requests.post(
        portal.webhook_url + "task.checklistitem.add", json=[task_id, {"TITLE": "По местам"}], timeout=10
    )
    listed = requests.post(portal.webhook_url + "task.checklistitem.getlist", json=[task_id], timeout=10).json()
    assert (answer.status_code, listed["result"][-1]["TITLE"]) == (200, "По местам")


@pytest.mark.parametrize("body", ["[]", "{}", "", "null", "7", '"x"', "{"])
def test_what_is_no_map_of_parameters_stands_for_none(portal, body):
    answer = requests.post(
        portal.webhook_url + "user.current", data=body, headers={"Content-Type": "application/json"}, timeout=10
    )
    assert answer.json()["result"]["ID"] == "1"


def test_empty_lists_stand_for_empty_maps(call, titled):
    assert call("crm.deal.list", filter=[], order=[], select=[])["total"] == 3
    assert call("crm.item.list", entityTypeId=2, filter=[], order=[], select=[])["total"] == 3


def test_the_body_is_heard_before_the_query(portal):
    answer = requests.post(portal.webhook_url + "user.get?ID=1", json={"ID": 2}, timeout=10)
    assert [user["ID"] for user in answer.json()["result"]] == ["2"]


def test_unknown_parameters_are_ignored(call):
    assert call("user.get", ID=1, auth="x", no_such={"a": [1]})["total"] == 1


def test_a_body_in_pieces_and_one_that_waits_for_a_nod_are_read(portal):
    pieces = iter([b'{"fields": {"TITLE": "', "По частям".encode(), b'"}}'])
    json_type = {"Content-Type": "application/json"}
    chunked = requests.post(portal.webhook_url + "crm.deal.add", data=pieces, headers=json_type, timeout=10)
    waiting = requests.post(
        portal.webhook_url + "crm.deal.get",
        data=json.dumps({"ID": chunked.json()["result"]}),
        headers=json_type | {"Expect": "100-continue"},
        timeout=10,
    )
    assert waiting.json()["result"]["TITLE"] == "По частям"


def test_a_refused_body_does_not_spoil_the_connection(portal):
    with requests.Session() as session:
        long = {"fields": {"COMMENTS": "x" * 200_000}}
        for _ in range(3):
            assert session.post(portal.webhook_url + "no.such.method", json=long, timeout=10).status_code == 404
            assert session.post(portal.webhook_url[:-2] + "x/crm.deal.add", json=long, timeout=10).status_code == 401
        assert session.post(portal.webhook_url + "crm.deal.add", json=long, timeout=10).json()["result"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "filter[@ID][0]=1&filter[@ID][1]=2",
        "filter[@ID][]=1&filter[@ID][]=2",
        "filter%5B%40ID%5D%5B%5D=1&filter%5B%40ID%5D%5B%5D=2",
        "FILTER[%40ID][7]=1&FILTER[%40ID][9]=2",
    ],
)
def test_arrays_of_php_by_query_form_and_inside_a_batch(portal, titled, query):
    url = portal.webhook_url + "crm.deal.list"
    for answer in (
        requests.get(f"{url}?{query}", timeout=10),
        requests.post(url, data=query, headers=FORM, timeout=10),
    ):
        assert answer.json()["total"] == 2
    batch = requests.post(portal.webhook_url + "batch", json={"cmd": {"a": f"crm.deal.list?{query}"}}, timeout=10)
    assert batch.json()["result"]["result_total"] == {"a": 2}


# -- envelopes


def test_time_is_whole_of_a_call_of_a_command_and_of_a_batch(call):
    alone, batch = call("user.current"), call("batch", cmd={"a": "user.current"})
    for time in (alone["time"], batch["time"], batch["result"]["result_time"]["a"]):
        assert set(time) == TIME
        assert isinstance(time["operating_reset_at"], int)
        assert time["finish"] - time["start"] == pytest.approx(time["duration"], abs=1e-3)
    assert "time" not in call("no.such.method")


def test_a_refusal_has_its_word_and_its_description_alone(portal):
    answer = requests.post(portal.webhook_url + "crm.item.get", json={"entityTypeId": 2, "id": 9}, timeout=10)
    assert answer.status_code == 400
    assert answer.json() == {"error": "NOT_FOUND", "error_description": "Element not found"}


def test_a_missing_task_is_an_empty_list(portal):
    answer = requests.post(portal.webhook_url + "tasks.task.get", json={"taskId": 9}, timeout=10)
    assert (answer.status_code, answer.json()["result"]) == (200, [])


def test_addresses_in_answers_begin_with_the_portals_own(portal, call):
    call("disk.folder.uploadfile", id=1, data={"NAME": "a.txt"}, fileContent=["a.txt", "YQ=="])
    text = json.dumps(call("disk.folder.getchildren", id=1))
    assert text.count("http") == text.count(portal.base_url) > 0


# -- lists


def test_next_and_total_stand_where_they_belong(call, act):
    act("crm.deal.add", fields={"TITLE": "одна"})
    for number in range(100):
        act("crm.deal.add", fields={"TITLE": f"Сделка {number}"})
    marks = {start: call("crm.deal.list", select=["ID"], start=start) for start in (0, 50, 100, 150, -1)}
    found = {start: (answer.get("total"), answer.get("next"), len(answer["result"])) for start, answer in marks.items()}
    assert found == {0: (101, 50, 50), 50: (101, 100, 50), 100: (101, None, 1), 150: (101, None, 0), -1: (0, None, 50)}
    assert "total" not in call("crm.deal.get", ID=1)


def test_uncounted_pages_are_walked_by_the_last_id(call, act):
    for number in range(60):
        act("crm.deal.add", fields={"TITLE": f"Сделка {number}"})
    for method, key in (("crm.deal.list", "ID"), ("crm.item.list", "id"), ("crm.item.list", "ID")):
        ids, last = [], 0
        while last is not None:
            answer = call(method, entityTypeId=2, order={key: "ASC"}, filter={f">{key}": last}, start=-1)
            rows = answer["result"]["items"] if method == "crm.item.list" else answer["result"]
            ids += [int(row.get("ID", row.get("id"))) for row in rows]
            last = ids[-1] if len(rows) == 50 else None
        assert ids == list(range(1, 61))


@pytest.mark.parametrize("order", [{"ID": "DESC"}, {"ID": "desc"}, {"ID": "Desc"}])
def test_an_order_has_no_case(titled, order):
    assert titled("crm.deal.list", "TITLE", order=order) == ["B1", "A2", "A1"]
    assert titled("crm.deal.list", "TITLE", ORDER=order) == ["B1", "A2", "A1"]
    assert titled("crm.item.list", "title", order=order) == ["B1", "A2", "A1"]
    assert titled("crm.item.list", "title", order={"id": order["ID"]}) == ["B1", "A2", "A1"]


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        ({"=%title": "A%"}, ["A1", "A2"]),
        ({"%=title": "%1"}, ["A1", "B1"]),
        ({"=%title": "a%"}, ["A1", "A2"]),
        ({"=%title": "_1"}, ["A1", "B1"]),
        ({"=%title": "A"}, []),
        ({"%title": "2"}, ["A2"]),
        ({"!%title": "2"}, ["A1", "B1"]),
        ({"!=%title": "A%"}, ["B1"]),
        ({"!%=title": "A%"}, ["B1"]),
        ({"@title": ["A1", "B1"]}, ["A1", "B1"]),
        ({"!@title": ["A1", "B1"]}, ["A2"]),
        ({"!=title": "A1"}, ["A2", "B1"]),
        ({">=title": "A2"}, ["A2", "B1"]),
        ({"title": "A1"}, ["A1"]),
        ({"0": {"logic": "OR", "0": {"title": "A1"}, "1": {"=%title": "B%"}}}, ["A1", "B1"]),
    ],
)
def test_prefixes_of_a_filter_mean_the_same_in_both_faces(titled, condition, titles):
    assert titled("crm.item.list", "title", filter=condition) == titles
    assert titled("crm.item.list", "title", filter=condition, start=-1) == titles
    if "0" not in condition:  # the older methods document no nesting
        upper = {name.replace("title", "TITLE"): value for name, value in condition.items()}
        assert titled("crm.deal.list", "TITLE", filter=upper) == titles


# -- batch


@pytest.mark.parametrize(("halt", "ran"), [(0, True), (False, True), ("0", True), ("false", True), (None, True),
                                           (1, False), (True, False), ("1", False), ("true", False)])  # fmt: skip
def test_halt_in_every_spelling(portal, halt, ran):
    cmd = {"bad": "no.such.method", "then": "server.time"}
    form = {"halt": str(halt), "cmd[bad]": cmd["bad"], "cmd[then]": cmd["then"]}
    for sent in ({"json": {"halt": halt, "cmd": cmd}}, {"data": form}):
        result = requests.post(portal.webhook_url + "batch", **sent, timeout=10).json()["result"]
        assert ("then" in result["result"]) is ran


@pytest.mark.parametrize("given", [{}, {"cmd": {}}, {"cmd": []}, {"cmd": ""}, {"cmd": None}, {"halt": 1}])
def test_a_batch_of_nothing_answers_empty_lists(call, given):
    assert set(map(str, call("batch", **given)["result"].values())) == {"[]"}


def test_commands_may_come_by_query_encoded_twice(portal):
    deal = "cmd[deal]=crm.deal.add%3Ffields%5BTITLE%5D%3DJohn%2526Martin"
    read = "cmd[read]=crm.deal.get%3FID%3D%24result%5Bdeal%5D"
    result = requests.get(f"{portal.webhook_url}batch?{deal}&{read}", timeout=10).json()["result"]
    assert result["result"]["read"]["TITLE"] == "John&Martin"


def test_labels_are_any_text_and_numbers_with_a_gap_make_a_map(call):
    labels = ["Кто я?", "a b", "5", "x-y.z", "7f0e-11"]
    assert list(call("batch", cmd=dict.fromkeys(labels, "server.time"))["result"]["result"]) == labels
    result = call("batch", cmd=["server.time", "no.such.method", "server.time"])["result"]
    assert list(result["result"]) == ["0", "2"]
    assert list(result["result_error"]) == ["1"]


def test_names_in_a_batch_have_no_case_no_slash_and_may_end_with_json(call):
    cmd = {"a": "CRM.Item.LIST?entityTypeId=2", "b": "/user.current", "c": "server.time.json?x=1", "d": "user.current?"}
    assert list(call("batch", cmd=cmd)["result"]["result"]) == ["a", "b", "c", "d"]


def test_references_reach_into_maps_lists_and_whole_values(call, act):
    for title in ("Первая", "Вторая"):
        act("crm.deal.add", fields={"TITLE": title})
    cmd = {
        "list": "crm.deal.list?select[]=ID&select[]=TITLE&order[ID]=DESC",
        "items": "crm.item.list?entityTypeId=2&select[]=id",
        "by_list": "crm.deal.get?ID=$result[list][0][ID]",
        "by_map": "crm.item.get?entityTypeId=2&id=%24result%5Bitems%5D%5Bitems%5D%5B0%5D%5Bid%5D",
        "text": "crm.deal.add?fields[TITLE]=$result[list][1][TITLE] и $result[list][0][TITLE]",
        "after": "crm.item.list?entityTypeId=2&filter[>id]=$result[items][items][1][id]&start=-1",
        "nowhere": "crm.deal.get?ID=$result[list][9][ID]",
    }
    result = call("batch", cmd=cmd)["result"]
    assert (result["result"]["by_list"]["TITLE"], result["result"]["by_map"]["item"]["title"]) == ("Вторая", "Первая")
    assert [item["title"] for item in result["result"]["after"]["items"]] == ["Первая и Вторая"]
    assert list(result["result_error"]) == ["nowhere"]


def test_references_to_commands_of_a_list_go_by_their_place(call):
    result = call("batch", cmd=["user.current", "user.get?ID=$result[0][ID]"])["result"]
    assert result["result"][1][0]["ID"] == "1"


def test_each_error_in_a_batch_keeps_its_own_words(call):
    cmd = {
        "gone": "crm.item.get?entityTypeId=2&id=9",
        "older": "crm.deal.get?ID=9",
        "needs": "crm.item.get?id=1",
        "nested": "batch?cmd[a]=server.time",
        "Nested": "BATCH?cmd[a]=server.time",
        "file": "Disk.Folder.UploadFile?id=1",
        "app": "app.info",
    }
    result = call("batch", cmd=cmd)["result"]
    not_allowed = ("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage")
    assert {label: tuple(error.values()) for label, error in result["result_error"].items()} == {
        "gone": ("NOT_FOUND", "Element not found"),
        "older": ("", "Not found"),
        "needs": ("100", "Could not find value for parameter {entityTypeId}"),
        "nested": not_allowed,
        "Nested": not_allowed,
        "file": not_allowed,
        "app": ("ACCESS_DENIED", call("app.info")["error_description"]),
    }
    assert (result["result"], result["result_time"]) == ([], [])


def test_fifty_commands_run_and_the_others_are_refused_even_where_one_failed(call):
    cmd = [f"crm.deal.add?fields[TITLE]={number}" for number in range(49)]
    result = call("batch", cmd=["no.such.method", *cmd, *["server.time"] * 3])["result"]
    assert len(result["result"]) == 49
    assert [error["error"] for error in result["result_error"].values()] == [
        "ERROR_METHOD_NOT_FOUND",
        *["ERROR_BATCH_LENGTH_EXCEEDED"] * 3,
    ]
