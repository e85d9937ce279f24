"""REST 3: tasks with typed values and related objects, results, validation, batch, the rules of Idempotency-Key."""

from datetime import timedelta

import pytest
import requests

from emulator import rest
from emulator.errors import RestError
from emulator.methods import REST3_METHODS
from emulator.portal import Portal
from emulator.registry import Caller

from .conftest import ADMIN

NONSENSE = [
    {},
    [],
    [1, "x", [None]],
    {"id": [1], "fields": [1], "filter": [[[1]]], "select": {"a": 1}, "order": "x", "pagination": "x", "name": {}},
    {"id": 1, "taskId": {}, "fileIds": {}, "fields": "x", "filter": {"logic": 1}, "select": [""], "order": [1]},
    {"id": True, "fields": {"": {}}, "filter": [["id", "between", 1]], "pagination": {"page": -1}, "select": ["."]},
    {
        "id": 1,
        "taskId": 1,
        "fileIds": [[]],
        "fields": {"title": None, "taskId": None, "text": None, "responsibleId": None},
    },
    {"id": 1, "fields": {"auditors": None, "accomplices": [[]], "mark": "x" * 9, "status": None, "priority": "x"}},
    {"id": 1, "fields": {"startPlan": "2026-01-01", "endPlan": None, "crmItemIds": [{}], "estimatedTime": 10**40}},
    {
        "id": 10**40,
        "filter": [["id", "in", []]],
        "select": ["parent.parent.parent.title"],
        "pagination": {"page": 10**9},
    },
]
V3 = "BITRIX_REST_V3_EXCEPTION_"


@pytest.fixture
def v3(portal):
    """Call a method of REST 3 and return the answer: v3("tasks.task.get", {"id": 1}, key="once")."""
    address = portal.webhook_url.replace("/rest/", "/rest/api/")

    def ask(method: str, body: object = None, key: str | None = None) -> requests.Response:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return requests.post(address + method, json=body, headers=headers, timeout=10)

    return ask


@pytest.fixture
def item(v3):
    """The object that a method answers."""
    return lambda method, **params: v3(method, params).json()["result"]["item"]


@pytest.fixture
def refusal(v3):
    """The code of a refusal, without its prefix, and the first fault found."""

    def refused(method: str, **params) -> tuple[str, dict | None]:
        error = v3(method, params).json()["error"]
        return error["code"].removeprefix(V3), next(iter(error["validation"]), None)

    return refused


NEW = {"title": "Отчёт", "creatorId": ADMIN, "responsibleId": 1}


def test_a_task_is_added_with_types_and_read_by_both_versions(item, call):
    fields = {**NEW, "deadline": "2026-12-25T23:00:00+03:00", "needsControl": True, "priority": "high", "auditors": [1]}
    made = item("tasks.task.add", fields={**fields, "crmItemIds": ["D_1"], "requireResult": "Y"})
    shown = (made["id"], made["priority"], made["status"], made["needsControl"], made["deadline"], made["mark"])
    assert shown == (1, "high", "pending", True, "2026-12-25T23:00:00+03:00", "none")
    assert (made["crmItemIds"], made["requireResult"], made["rights"]["edit"]) == (["D_1"], True, True)
    old = call("tasks.task.get", taskId=1)["result"]["task"]
    assert (old["createdBy"], old["responsibleId"], old["priority"], old["taskControl"]) == ("2", "1", "2", "Y")


def test_related_objects_come_by_a_dotted_select(item, refusal, call, task):
    task()
    task(PARENT_ID=1, AUDITORS=[1])
    chosen = ["id", "responsible.name", "parent.title", "auditors.id", "chat.entityType", "neverHeardOf"]
    assert item("tasks.task.get", id=2, select=chosen) == {
        "id": 2,
        "responsible": {"name": "Администратор Портала"},
        "parent": {"title": "Дело"},
        "auditors": [{"id": 1}],
        "chat": {"entityType": "TASKS_TASK"},
    }
    only_related = item("tasks.task.get", id=2, select=["creator.email"])
    assert (only_related["title"], set(only_related["creator"])) == ("Дело", {"email"})
    assert refusal("tasks.task.get", id=2, select=["creator.stageId"])[0] == "UNKNOWNDTOPROPERTYEXCEPTION"
    assert refusal("tasks.task.get", id=2, select="id")[0] == "INVALIDSELECTEXCEPTION"


@pytest.mark.parametrize(
    ("method", "params", "code", "field"),
    [
        ("tasks.task.get", {}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "id"),
        ("tasks.task.get", {"id": "1"}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "id"),
        ("tasks.task.get", {"id": 404}, "ENTITYNOTFOUNDEXCEPTION", None),
        ("tasks.task.add", {}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "fields"),
        ("tasks.task.add", {"fields": {"title": "А"}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "creatorId"),
        ("tasks.task.add", {"fields": {**NEW, "deadline": "вчера"}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "deadline"),
        ("tasks.task.add", {"fields": {**NEW, "responsibleId": 404}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "responsibleId"),
        ("tasks.task.add", {"fields": {**NEW, "colour": 1}}, "UNKNOWNDTOPROPERTYEXCEPTION", None),
        ("tasks.task.add", {"fields": {**NEW, "auditors": ["x"]}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "auditors"),
        ("tasks.task.update", {"id": 1, "fields": {"creatorId": 1}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "creatorId"),
        ("tasks.task.update", {"id": 1, "fields": {"parentId": 1}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "parentId"),
        ("tasks.task.update", {"id": 404, "fields": {"title": "А"}}, "ACCESSDENIEDEXCEPTION", None),
        ("tasks.task.delete", {"id": 404}, "ACCESSDENIEDEXCEPTION", None),
        ("tasks.task.list", {"filter": [["title", "=", "А"]]}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "title"),
        ("tasks.task.list", {"filter": [["id", "~", 1]]}, "UNKNOWNFILTEROPERATOREXCEPTION", None),
        ("tasks.task.list", {"filter": [["id", "=", "x"]]}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "id"),
        ("tasks.task.list", {"filter": [["colour", 1]]}, "UNKNOWNDTOPROPERTYEXCEPTION", None),
        ("tasks.task.list", {"filter": "id"}, "INVALIDFILTEREXCEPTION", None),
        ("tasks.task.list", {"order": {"guid": "ASC"}}, "INVALIDORDEREXCEPTION", None),
        ("tasks.task.list", {"order": {"id": "up"}}, "INVALIDORDEREXCEPTION", None),
        ("tasks.task.list", {"pagination": {"limit": "abc"}}, "INVALIDPAGINATIONEXCEPTION", None),
        ("tasks.task.list", {"pagination": {"limit": 0}}, "INVALIDPAGINATIONEXCEPTION", None),
        ("tasks.task.file.attach", {"taskId": 1}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "fileIds"),
        ("tasks.task.result.list", {}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "filter"),
        ("tasks.task.result.list", {"filter": [["id", 1]]}, "VALIDATION_REQUESTFILTERVALIDATIONEXCEPTION", "filter.taskId"),
        ("tasks.task.result.list", {"filter": [["taskId", 404]]}, "ACCESSDENIEDEXCEPTION", None),
        ("tasks.task.result.add", {"fields": {"taskId": 1}}, "VALIDATION_DTOVALIDATIONEXCEPTION", "text"),
        ("tasks.task.result.add", {"fields": {"taskId": 404, "text": "А"}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "taskId"),
        ("tasks.task.result.add", {"fields": {"fileIds": [1]}}, "VALIDATION_DTOVALIDATIONEXCEPTION", "fileIds"),
        ("tasks.task.result.update", {"fields": {"text": "А"}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", None),
        ("tasks.task.result.delete", {"id": 404}, "ACCESSDENIEDEXCEPTION", None),
        ("tasks.task.field.get", {"name": "colour"}, "BITRIX_REST_V3_REALISATION_EXCEPTION_FIELDNOTFOUNDEXCEPTION", None),
        ("tasks.task.field.list", {"select": ["colour"]}, "UNKNOWNDTOPROPERTYEXCEPTION", None),
        ("tasks.task.chat.message.send", {"fields": {"taskId": "1", "text": "А"}}, "VALIDATION_REQUESTVALIDATIONEXCEPTION", "taskId"),
    ],
)  # fmt: skip
def test_refusals_name_the_rule_and_the_field(refusal, task, method, params, code, field):
    task()
    found, fault = refusal(method, **params)
    assert (found, fault.get("field") if fault else None) == (code, field)


def test_a_task_changes_and_goes_with_its_events(portal, handler, v3, call, task):
    task()
    fields = {"title": "Другое", "status": "in_progress", "accomplices": [1], "deadline": None}
    assert v3("tasks.task.update", {"id": 1, "fields": fields}).json()["result"] == {"result": True}
    changed = call("tasks.task.get", taskId=1)["result"]["task"]
    assert (changed["title"], changed["status"], changed["accomplices"]) == ("Другое", "3", ["1"])
    assert v3("tasks.task.delete", {"id": 1}).json()["result"] == {"result": True}
    assert call("tasks.task.get", taskId=1)["result"] == []
    portal.settle_events()
    assert handler.names() == ["ONTASKADD", "ONTASKUPDATE", "ONTASKDELETE"]


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        ([["id", ">=", 3]], [3, 4, 5]),
        ([["id", [1, 2]]], [1, 2]),
        ([["id", "!=", 2], ["id", "<", 4]], [1, 3]),
        ([["id", "between", [2, 4]]], [2, 3, 4]),
        ([{"logic": "or", "conditions": [["id", 1], ["id", "in", [4, 5]]]}, ["id", "<", 5]], [1, 4]),
    ],
)
def test_tasks_are_filtered_by_triples_and_groups(v3, task, filter_, ids):
    for _ in range(5):
        task()
    assert v3("tasks.task.list", {"filter": filter_}).json()["result"]["items"] == [{"id": number} for number in ids]


def test_tasks_are_sorted_and_paged(v3, task):
    for title in "вгаб":
        task(TITLE=title)

    def listed(**pagination) -> list[str]:
        asked = {"select": ["title"], "order": {"title": "ASC"}, "pagination": pagination}
        return [one["title"] for one in v3("tasks.task.list", asked).json()["result"]["items"]]

    pages = [listed(), listed(page=2, limit=3), listed(limit=2, offset=1)]
    assert pages == [["а", "б", "в", "г"], ["г"], ["б", "в"]]


def results_of(call) -> tuple[str, ...]:
    """What the list of the first REST tells of the task's results: needed, open, any."""
    row = call("tasks.task.list", params={"WITH_RESULT_INFO": True})["result"]["tasks"][0]
    return row["taskRequireResult"], row["taskHasOpenResult"], row["taskHasResult"]


def test_results_are_written_in_the_new_rest_and_seen_in_both(v3, item, call, task):
    task()
    first = item("tasks.task.result.add", fields={"taskId": 1, "text": "Сделано"})
    assert (first["status"], first["authorId"], first["rights"], first["messageId"]) == (
        "open", 1, {"edit": True, "remove": True}, None,
    )  # fmt: skip
    message = call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "И ещё"})["result"]
    second = item("tasks.task.result.addfromchatmessage", fields={"messageId": message})
    assert (second["text"], second["messageId"]) == ("И ещё", message)
    assert item("tasks.task.result.update", id=1, fields={"text": "Сделано всё"})["updatedAt"] is not None
    old = call("tasks.task.result.list", taskId=1)["result"]
    assert [(one["id"], one["commentId"], one["text"], one["status"]) for one in old] == [
        (2, 0, "И ещё", 0),
        (1, 0, "Сделано всё", 0),
    ]
    assert results_of(call) == ("N", "Y", "Y")
    call("tasks.task.complete", taskId=1)
    assert results_of(call) == ("N", "N", "Y")
    asked = {"filter": [["taskId", 1], ["status", "closed"]], "select": ["id", "author.name"], "order": {"id": "DESC"}}
    closed = v3("tasks.task.result.list", asked).json()["result"]["items"]
    assert closed == [{"id": 2, "author": {"name": "Воронка"}}, {"id": 1, "author": {"name": "Воронка"}}]
    assert v3("tasks.task.result.delete", {"id": 1}).json()["result"] == {"result": True}
    assert [one["id"] for one in call("tasks.task.result.list", taskId=1)["result"]] == [2]


def test_a_result_is_its_authors():
    portal = Portal(token="t", seed="bare")

    def ask(user: int, method: str, **params) -> object:
        return rest.perform(portal, Caller(user, via="control"), REST3_METHODS[method], params).result

    ask(1, "tasks.task.add", fields=NEW)
    ask(1, "tasks.task.result.add", fields={"taskId": 1, "text": "Моё"})
    seen = ask(ADMIN, "tasks.task.result.list", filter=[["taskId", 1]])["items"][0]
    assert seen["rights"] == {"edit": False, "remove": False}
    for method, more in (("tasks.task.result.update", {"fields": {"text": "Чужое"}}), ("tasks.task.result.delete", {})):
        with pytest.raises(RestError, match="Access denied"):
            ask(ADMIN, method, id=1, **more)
    assert ask(1, "tasks.task.result.delete", id=1) == {"result": True}
    portal.close()


def test_a_result_is_named_by_its_id_alone_and_made_of_a_tasks_message(v3):
    strange = v3("tasks.task.result.addfromchatmessage", {"fields": {"messageId": 404}}).json()["error"]["validation"]
    assert strange == [{"message": "Message is not from task chat", "field": "messageId"}]
    both = v3("tasks.task.result.delete", {"id": 1, "filter": [["id", 1]]}).json()["error"]["validation"]
    assert both == [{"message": "Only one of the values must be provided: id, filter"}]


@pytest.mark.parametrize("name", sorted(REST3_METHODS))
def test_nonsense_is_answered_in_the_portals_words(v3, task, name):
    task()
    for body in NONSENSE:
        answer = v3(name, body)
        assert answer.status_code < 500, (body, answer.text)
        assert ("error" in answer.json()) == (answer.status_code != 200)


def test_access_and_fields_are_told(v3, item, task):
    task()
    may = v3("tasks.task.access.get", {"id": 1}).json()["result"]
    assert (may["read"], may["complete"], may["renew"], len(may)) == (True, True, False, 45)
    assert v3("tasks.task.access.get", {"id": 404}).status_code == 403
    listed = v3("tasks.task.field.list", {"select": ["name", "filterable"]}).json()["result"]["items"]
    assert [one["name"] for one in listed if one["filterable"]] == ["id"]
    assert item("tasks.task.field.get", name="title", select=["type", "editable"]) == {
        "type": "string",
        "editable": True,
    }
    for family, name in (("access", "complete"), ("file", "fileIds"), ("chat.message", "text")):
        names = [one["name"] for one in v3(f"tasks.task.{family}.field.list", {}).json()["result"]["items"]]
        assert name in names
        assert item(f"tasks.task.{family}.field.get", name=name)["name"] == name


def test_files_are_attached_by_number(v3, call, task):
    task()
    root = call("disk.storage.getlist")["result"][0]["ROOT_OBJECT_ID"]
    uploaded = call("disk.folder.uploadfile", id=root, data={"NAME": "а.txt"}, fileContent=["а.txt", "aGVsbG8="])
    file_id = int(uploaded["result"]["ID"])
    assert v3("tasks.task.file.attach", {"taskId": 1, "fileIds": [file_id]}).json()["result"] == {"result": True}
    shown = v3("tasks.task.get", {"id": 1, "select": ["fileIds"]}).json()["result"]["item"]
    assert shown == {"fileIds": [file_id]}
    refused = v3("tasks.task.file.attach", {"taskId": 1, "fileIds": [404]}).json()["error"]["validation"]
    assert refused == [{"message": "Insufficient permissions"}]


def test_a_batch_is_an_array_and_answers_in_its_order(v3, task):
    task(TITLE="Раз")
    task(TITLE="Два")
    calls = [{"method": "tasks.task.get", "query": {"id": number, "select": ["title"]}} for number in (2, 1)]
    assert v3("batch", calls).json()["result"] == [{"item": {"title": "Два"}}, {"item": {"title": "Раз"}}]
    old_form = v3("batch", {"cmd": {"a": "tasks.task.get?id=1"}})
    assert old_form.json()["error"]["code"] == V3 + "INVALIDSELECTEXCEPTION"
    assert v3("batch", [{"method": "tasks.task.get", "query": {"id": 404}}]).status_code == 400


def test_only_json_in_the_body_is_heard(portal, task):
    task()
    address = portal.webhook_url.replace("/rest/", "/rest/api/") + "tasks.task.get"
    in_query = requests.get(address, params={"id": 1}, timeout=10).json()["error"]
    assert in_query["validation"] == [{"message": "Required field `id` is missing", "field": "id"}]
    for form in (requests.post(address, data={"id": 1}, timeout=10), requests.post(address, data="{", timeout=10)):
        assert form.json()["error"]["code"] == V3 + "INVALIDJSONEXCEPTION"


# -- Idempotency-Key


@pytest.fixture
def made(call):
    """How many tasks there are."""
    return lambda: call("tasks.task.list")["total"]


def test_a_key_makes_one_task_and_is_echoed(v3, made):
    first, second = (v3("tasks.task.add", {"fields": NEW}, "k-1") for _ in range(2))
    assert (first.headers["Idempotency-Key"], second.headers["Idempotency-Key"]) == ("k-1", "k-1")
    assert ("Idempotent-Replayed" in first.headers, second.headers["Idempotent-Replayed"]) == (False, "true")
    assert (second.json(), made()) == (first.json(), 1)


def test_another_body_under_the_same_key_is_refused(v3, made):
    v3("tasks.task.add", {"fields": NEW}, "k-1")
    refused = v3("tasks.task.add", {"fields": {**NEW, "title": "Иное"}}, "k-1")
    code = V3 + "IDEMPOTENCYKEYREUSEDEXCEPTION"
    assert (refused.status_code, refused.json()["error"]["code"], made()) == (422, code, 1)


def test_a_key_belongs_to_one_method_and_lasts_a_day(portal, v3, made):
    v3("tasks.task.add", {"fields": NEW}, "k-1")
    assert v3("tasks.task.update", {"id": 1, "fields": {"title": "Иное"}}, "k-1").status_code == 200
    portal.advance(timedelta(hours=23, minutes=59))
    v3("tasks.task.add", {"fields": NEW}, "k-1")
    assert made() == 1
    portal.advance(timedelta(minutes=2))
    v3("tasks.task.add", {"fields": NEW}, "k-1")
    assert made() == 2


def test_a_refusal_is_not_kept(v3, task):
    body = {"id": 1, "fields": {"title": "Иное"}}
    assert v3("tasks.task.update", body, "k-1").status_code == 403
    task()
    answer = v3("tasks.task.update", body, "k-1")
    assert (answer.status_code, "Idempotent-Replayed" in answer.headers) == (200, False)


@pytest.mark.parametrize("key", ["", "k" * 256, "\xe9"])
def test_a_key_is_printable_and_of_255_characters_at_most(v3, made, key):
    refused = v3("tasks.task.add", {"fields": NEW}, key)
    code = V3 + "INVALIDIDEMPOTENCYKEYEXCEPTION"
    assert (refused.status_code, refused.json()["error"]["code"], made()) == (400, code, 0)


def test_reading_looks_at_no_key(v3, call, task):
    task()
    asked = {"id": 1, "select": ["title"]}
    v3("tasks.task.get", asked, "k-1")
    call("tasks.task.update", taskId=1, fields={"TITLE": "Иное"})
    again = v3("tasks.task.get", asked, "k-1")
    assert (again.json()["result"]["item"], "Idempotency-Key" in again.headers) == ({"title": "Иное"}, False)
