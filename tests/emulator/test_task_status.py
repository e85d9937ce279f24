"""What tasks go through and who may do it; a person's own marks; history; results of the first REST."""

import pytest

from emulator.control import Refused

from .conftest import ADMIN

NOT_ALLOWED = "Action on the task is not allowed"


@pytest.fixture
def refusal(portal):
    """What the portal says when that person tries."""

    def attempt(user_id: int, method: str, **params) -> tuple[str, str]:
        with pytest.raises(Refused) as refused:
            portal.act(user_id, method, params)
        return refused.value.code, refused.value.description

    return attempt


def status(answer: dict) -> str:
    return answer["result"]["task"]["status"]


def test_a_task_is_started_paused_deferred_and_renewed(portal, handler, call, task):
    task()
    started = call("tasks.task.start", taskId=1)["result"]["task"]
    assert (started["status"], started["action"]["pause"], started["action"]["start"]) == ("3", True, False)
    portal.advance(60)
    paused = call("tasks.task.pause", taskId=1)["result"]["task"]
    assert (paused["status"], paused["changedDate"] > started["changedDate"]) == ("2", True)
    assert status(call("tasks.task.defer", taskId=1)) == "6"
    assert call("tasks.task.start", taskId=1)["error_description"] == NOT_ALLOWED
    assert status(call("tasks.task.renew", taskId=1)) == "2"
    portal.settle_events()
    assert handler.names() == ["ONTASKADD"] + ["ONTASKUPDATE"] * 4


@pytest.mark.parametrize("action", ["pause", "approve", "disapprove", "renew"])
def test_a_status_that_cannot_follow_is_refused(call, task, action):
    task()
    body = call(f"tasks.task.{action}", taskId=1)
    assert (body["error"], body["error_description"]) == ("1048582", NOT_ALLOWED)
    assert call(f"tasks.task.{action}", taskId=404)["error_description"] == NOT_ALLOWED
    assert call(f"tasks.task.{action}", taskId="x")["error_description"] == "wrong task id"
    assert call(f"tasks.task.{action}")["error"] == "100"


def test_only_the_creator_or_an_administrator_approves(portal, act, task, person, refusal):
    worker, stranger = person("worker"), person("stranger")
    task(RESPONSIBLE_ID=worker, TASK_CONTROL="Y")
    assert portal.act(worker, "tasks.task.complete", {"taskId": 1})["task"]["status"] == "4"
    assert refusal(worker, "tasks.task.approve", taskId=1) == ("1048582", NOT_ALLOWED)
    assert act("tasks.task.disapprove", taskId=1)["task"]["status"] == "2"
    assert refusal(stranger, "tasks.task.defer", taskId=1) == ("1048582", NOT_ALLOWED)
    portal.act(worker, "tasks.task.complete", {"taskId": 1})
    assert act("tasks.task.approve", taskId=1)["task"]["status"] == "5"


def test_access_is_told_of_each_person(call, task, person):
    worker, stranger = person("worker"), person("stranger")
    task(RESPONSIBLE_ID=worker)
    allowed = call("tasks.task.getaccess", taskId=1, users=[1, worker, stranger, 404])["result"]["allowedActions"]
    assert [allowed[str(who)]["START"] for who in (1, worker, stranger, 404)] == [True, True, False, False]
    assert [allowed[str(who)]["REMOVE"] for who in (1, worker)] == [True, False]
    assert (len(allowed["404"]), any(allowed["404"].values())) == (27, False)
    assert list(call("tasks.task.getaccess", taskId=1)["result"]["allowedActions"]) == ["1"]
    assert call("tasks.task.getaccess", taskId=404)["result"] == {"allowedActions": []}
    assert call("tasks.task.getaccess", taskId=1, users="x")["error"] == "100"


def test_who_watches_is_an_observer(portal, handler, call, task):
    task(AUDITORS=[ADMIN])
    assert call("tasks.task.startwatch", taskId=1)["result"]["task"]["auditors"] == ["2", "1"]
    assert [one["id"] for one in call("tasks.task.list", filter={"AUDITOR": 1})["result"]["tasks"]] == ["1"]
    assert call("tasks.task.stopwatch", taskId=1)["result"]["task"]["auditors"] == ["2"]
    assert call("tasks.task.startwatch", taskId=404)["error"] == "1048584"
    portal.settle_events()
    assert handler.names() == ["ONTASKADD", "ONTASKUPDATE", "ONTASKUPDATE"]


def test_favorites_are_ones_own_and_found_and_sorted(call, act, task):
    for title in "абв":
        task(TITLE=title)
    assert call("tasks.task.favorite.add", taskId=2)["result"] is True
    favorites = {"::SUBFILTER-PARAMS": {"FAVORITE": "Y"}}
    found = call("tasks.task.list", filter=favorites, select=["ID", "FAVORITE"])["result"]["tasks"]
    assert [(one["id"], one["favorite"]) for one in found] == [("2", "Y")]
    assert act("tasks.task.list", filter=favorites)["tasks"] == []
    in_order = call("tasks.task.list", order={"FAVORITE": "desc", "ID": "asc"})["result"]["tasks"]
    assert [one["id"] for one in in_order] == ["2", "1", "3"]
    assert call("tasks.task.getaccess", taskId=2)["result"]["allowedActions"]["1"]["FAVORITE.DELETE"] is True
    call("tasks.task.favorite.remove", taskId=2)
    assert call("tasks.task.get", taskId=2)["result"]["task"]["favorite"] == "N"
    assert call("tasks.task.favorite.add", taskId=404)["error"] == "1"


@pytest.mark.parametrize(("method", "undone", "name"), [("mute", "unmute", "isMuted"), ("pin", "unpin", "isPinned")])
def test_a_mark_is_set_and_taken_away(call, act, task, method, undone, name):
    task()
    assert call(f"tasks.task.{method}", id=1)["result"]["task"][name] == "Y"
    assert act("tasks.task.get", taskId=1)["task"][name] == "N"
    assert call(f"tasks.task.{undone}", id=1)["result"]["task"][name] == "N"
    assert call(f"tasks.task.{method}", id=404)["result"] == []
    assert call(f"tasks.task.{method}", id="x")["error_description"] == "wrong task id"


def test_history_tells_what_changed_from_what_by_whom(portal, call, act, task):
    task()
    portal.advance(60)
    call("tasks.task.update", taskId=1, fields={"DEADLINE": "2026-12-02T10:00:00+03:00", "AUDITORS": [1]})
    portal.advance(60)
    call("tasks.task.complete", taskId=1)
    message = act("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Сделано"})
    lines = call("tasks.task.history.list", taskId=1, order={"id": "asc"})["result"]["list"]
    told = [(one["field"], one["value"]["from"], one["value"]["to"], one["user"]["id"]) for one in lines]
    assert told == [
        ("NEW", None, None, 2),
        ("AUDITORS", "", "1", 1),
        ("DEADLINE", None, "2026-12-02T10:00:00+03:00", 1),
        ("STATUS", "2", "5", 1),
        ("COMMENT", None, str(message), 2),
    ]
    assert lines[1]["createdDate"] > lines[0]["createdDate"]
    newest = call("tasks.task.history.list", taskId=1)["result"]["list"]
    assert [one["field"] for one in newest] == ["COMMENT", "STATUS", "DEADLINE", "AUDITORS", "NEW"]
    statuses = call("tasks.task.history.list", taskId=1, filter={"FIELD": "STATUS"})["result"]["list"]
    assert [one["value"]["to"] for one in statuses] == ["5"]
    assert call("tasks.task.history.list", taskId=404)["result"] == {"list": []}
    assert call("tasks.task.history.list")["error"] == "100"


def test_counters_count_what_is_late_and_what_is_unread(portal, call, act, task):
    task(DEADLINE="2020-01-01T10:00:00+03:00")
    task(CREATED_BY=1)
    call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Где?"})

    def counted(**params) -> tuple[int, int]:
        result = call("tasks.task.counters.get", userId=ADMIN, **params)["result"]
        return result["expired"]["counter"], result["new_comments"]["counter"]

    assert (counted(), counted(type="view_role_auditor")) == ((1, 1), (0, 0))
    act("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Здесь"})
    assert (counted(), call("tasks.task.counters.get")["total"]) == ((1, 0), 1)
    assert call("tasks.task.counters.get", userId=404)["result"] == []
    assert call("tasks.task.counters.get", userId="x")["error"] == "0"
    assert "Group not found" in call("tasks.task.counters.get", groupId=7)["error_description"]


def test_a_file_of_the_drive_hangs_on_the_task(portal, handler, call, task):
    task()
    root = call("disk.storage.getlist")["result"][0]["ROOT_OBJECT_ID"]
    uploaded = call("disk.folder.uploadfile", id=root, data={"NAME": "а.txt"}, fileContent=["а.txt", "aGVsbG8="])
    file_id = uploaded["result"]["ID"]
    attachment = call("tasks.task.files.attach", taskId=1, fileId=file_id)["result"]["attachmentId"]
    assert call("tasks.task.files.attach", taskId=1, fileId=file_id)["result"]["attachmentId"] == attachment
    held = call("tasks.task.get", taskId=1, select=["UF_TASK_WEBDAV_FILES"])["result"]["task"]
    assert held["ufTaskWebdavFiles"] == [int(file_id)]
    assert call("disk.attachedObject.get", id=attachment)["result"]["OBJECT_ID"] == str(file_id)
    assert call("tasks.task.files.attach", taskId=1, fileId=404)["error"] == "ERROR_CORE"
    assert (
        call("tasks.task.files.attach", taskId=1)["error_description"] == "Could not find value for parameter {fileId}"
    )
    assert call("tasks.task.files.attach", taskId=404, fileId=file_id)["error"] == "0"


def test_fields_are_described(call):
    fields = call("tasks.task.getFields")["result"]["fields"]
    assert fields["ID"] == {"title": "ID", "type": "integer", "primary": True}
    assert (fields["TITLE"]["required"], fields["STATUS"]["values"]["6"]) == (True, "Отложена")
    assert (fields["UF_CRM_TASK"]["type"], fields["PRIORITY"]["default"]) == ("crm", 1)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"RESPONSIBLE_ID": 404}, 'User specified in the "Responsible" field not found<br>'),
        ({"STATUS": 9}, "Invalid status<br>"),
        ({"PARENT_ID": 404}, 'Task specified in the "Parent Task" field not found<br>'),
        ({"PARENT_ID": 1}, "Cannot bind the node to itself<br>"),
        ({"PARENT_ID": 2}, "Creating cyclic links in tasks is prohibited<br>"),
        (
            {"START_DATE_PLAN": "2026-12-02", "END_DATE_PLAN": "2026-12-01"},
            "The end date specified in the scheduling is earlier than the start date<br>",
        ),
    ],
)
def test_a_task_is_not_changed_into_nonsense(call, task, fields, words):
    before = task()
    task(PARENT_ID=1)
    body = call("tasks.task.update", taskId=1, fields=fields)
    assert (body["error"], body["error_description"]) == ("ERROR_CORE", words)
    after = call("tasks.task.get", taskId=1)["result"]["task"]
    assert (after["parentId"], after["changedDate"]) == (before["parentId"], before["changedDate"])
    assert call("tasks.task.update", taskId=1, fields={})["error"] == "100"


def test_a_task_that_needs_a_result_waits_for_one(portal, call, task):
    task(SE_PARAMETER=[{"CODE": 3, "VALUE": "Y"}])
    assert call("tasks.task.complete", taskId=1)["error_description"] == NOT_ALLOWED
    call("tasks.task.update", taskId=1, fields={"SE_PARAMETER": [{"CODE": 3, "VALUE": "N"}]})
    assert status(call("tasks.task.complete", taskId=1)) == "5"


def test_a_closed_task_is_not_delegated(call, task):
    task()
    call("tasks.task.complete", taskId=1)
    assert call("tasks.task.delegate", taskId=1, userId=1)["error_description"] == NOT_ALLOWED
    assert call("tasks.task.get", taskId=1)["result"]["task"]["responsibleId"] == str(ADMIN)


def test_comments_of_the_old_card_are_dead(call, act, task):
    task()
    number = call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Раз"})["result"]
    assert call("task.commentitem.getlist", TASKID=1)["result"] == []
    assert "512" in call("task.commentitem.get", TASKID=1, ITEMID=number)["error_description"]
    changed = call("task.commentitem.update", TASKID=1, ITEMID=number, FIELDS={"POST_MESSAGE": "Два"})
    assert "ACTION_NOT_ALLOWED" in changed["error_description"]
    assert "ACTION_NOT_ALLOWED" in call("task.commentitem.delete", TASKID=1, ITEMID=number)["error_description"]
    allowed = [
        call("task.commentitem.isactionallowed", TASKID=1, ITEMID=0, ACTIONID=one)["result"] for one in (1, 2, 3)
    ]
    assert allowed == [True, False, False]
    assert "isactionallowed" in call("task.commentitem.getmanifest")["result"]["REST: available methods"]
    odd = call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Раз", "COLOUR": 1})
    assert 'must not contain key "COLOUR"' in odd["error_description"]
    assert [one["POST_MESSAGE"] for one in act("task.commentitem.getlist", TASKID=1)] == ["Раз"]


def test_a_message_rings_with_its_own_id_and_stands_in_the_tasks_chat(portal, handler, call, act, task):
    made = task()
    message = call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Раз"})["result"]
    portal.settle_events()
    assert handler.events[-1]["data"]["FIELDS_AFTER"] == {"ID": "0", "TASK_ID": "1", "MESSAGE_ID": str(message)}
    said = act("im.dialog.messages.get", DIALOG_ID=f"chat{made['chatId']}")["messages"]
    assert [(one["id"], one["text"]) for one in said] == [(message, "Раз")]


def test_a_message_of_the_messenger_is_the_tasks_as_well(portal, handler, call, act, task):
    made = task()
    message = act("im.message.add", DIALOG_ID=f"chat{made['chatId']}", MESSAGE="Из чата")
    portal.settle_events()
    assert handler.names() == ["ONTASKADD", "ONTASKCOMMENTADD"]
    assert call("tasks.task.get", taskId=1)["result"]["task"]["commentsCount"] == "1"
    line = call("tasks.task.history.list", taskId=1)["result"]["list"][0]
    assert (line["field"], line["value"]["to"], line["user"]["id"]) == ("COMMENT", str(message), ADMIN)


def test_results_from_comments_are_dead(call, task):
    task()
    number = call("task.commentitem.add", TASKID=1, FIELDS={"POST_MESSAGE": "Раз"})["result"]
    for method in ("addFromComment", "deleteFromComment"):
        body = call(f"tasks.task.result.{method}", commentId=number)
        assert (body["error"], body["error_description"]) == ("0", "Comment not found.")
        assert call(f"tasks.task.result.{method}", commentId="x")["error"] == "100"
    assert call("tasks.task.result.list", taskId=1)["result"] == []
    assert call("tasks.task.result.list", taskId=404)["error_description"] == "Access denied."
