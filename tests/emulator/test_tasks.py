"""tasks.task.*, check lists, comments."""

import pytest


def test_a_task_reads_as_strings(task):
    made = task(DEADLINE="2026-12-01T10:00:00+07:00", UF_CRM_TASK=["D_1"], AUDITORS=[1], XML_ID="k-1")
    assert (made["id"], made["status"], made["responsibleId"], made["createdBy"]) == ("1", "2", "2", "2")
    assert (made["deadline"], made["xmlId"], made["auditors"]) == ("2026-12-01T06:00:00+03:00", "k-1", ["1"])
    assert (made["group"], made["checklist"], made["accomplicesData"]) == ([], [], [])
    assert made["responsible"]["name"] == "Администратор Портала"


def test_a_task_without_title_or_responsible_is_refused_in_html(call):
    body = call("tasks.task.add", fields={"RESPONSIBLE_ID": 1})
    assert (body["error"], body["error_description"]) == ("ERROR_CORE", "Task title is not specified<br>")
    assert call("tasks.task.add", fields={"TITLE": "Дело", "RESPONSIBLE_ID": 404})["error"] == "ERROR_CORE"
    assert call("tasks.task.add")["error"] == "100"


def test_a_missing_task_is_an_empty_answer(call):
    assert call("tasks.task.get", taskId=404)["result"] == []


def test_custom_fields_come_only_when_asked_for(call, task):
    task(UF_CRM_TASK=["D_1"], UF_TASK_WEBDAV_FILES=["n12"])
    assert "ufCrmTask" not in call("tasks.task.get", taskId=1)["result"]["task"]
    asked = call("tasks.task.get", taskId=1, select=["ID", "UF_CRM_TASK", "UF_TASK_WEBDAV_FILES"])["result"]["task"]
    assert (asked["ufCrmTask"], asked["ufTaskWebdavFiles"]) == (["D_1"], [12])


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        ({"ID": 1}, ["1"]),
        ({"ID": [1, 3]}, ["3", "1"]),
        ({"UF_CRM_TASK": "D_7"}, ["2", "1"]),
        ({"REAL_STATUS": 5}, ["3"]),
        ({"!REAL_STATUS": 5}, ["2", "1"]),
        ({"STATUS": [2, 3]}, ["2"]),
        ({"STATUS": -1}, ["1"]),
        ({"RESPONSIBLE_ID": 1}, ["2"]),
        ({"AUDITOR": 1}, ["3"]),
        ({"<DEADLINE": "2026-11-01"}, ["1"]),
        ({">CREATED_DATE": "2020-01-01", "<=ID": 1}, ["1"]),
        ({"XML_ID": "k-1"}, ["3", "2", "1"]),
    ],
)
def test_tasks_are_found(call, task, filter_, ids):
    task(DEADLINE="2020-01-01T10:00:00+03:00", UF_CRM_TASK=["D_7", "CO_1"], XML_ID="k-1")
    task(RESPONSIBLE_ID=1, UF_CRM_TASK=["D_7"])
    task(AUDITORS=[1])
    call("tasks.task.complete", taskId=3)
    assert [one["id"] for one in call("tasks.task.list", filter=filter_, select=["ID"])["result"]["tasks"]] == ids


def test_tasks_are_sorted_and_a_wrong_key_is_error_zero(call, task):
    for title in ("Б", "А"):
        task(TITLE=title)
    titles = [one["title"] for one in call("tasks.task.list", order={"TITLE": "asc"})["result"]["tasks"]]
    assert titles == ["А", "Б"]
    assert call("tasks.task.list", order={"COLOUR": "asc"})["error"] == "0"


def test_a_task_is_completed_renewed_and_completed_again(portal, call, task):
    task()
    portal.advance(60)
    done = call("tasks.task.complete", taskId=1)["result"]["task"]
    assert (done["status"], done["closedBy"], done["closedDate"]) == ("5", "1", done["changedDate"])
    assert call("tasks.task.complete", taskId=1)["error_description"] == "Action on the task is not allowed"
    renewed = call("tasks.task.renew", taskId=1)["result"]["task"]
    assert (renewed["status"], renewed["closedDate"]) == ("2", None)
    assert call("tasks.task.complete", taskId=1)["result"]["task"]["status"] == "5"


def test_a_controlled_task_waits_for_its_creator(portal, call, task):
    task(TASK_CONTROL="Y")
    assert call("tasks.task.complete", taskId=1)["result"]["task"]["status"] == "4"
    assert portal.act(2, "tasks.task.complete", {"taskId": 1})["task"]["status"] == "5"


def test_a_delegated_task_keeps_its_deadline_and_its_former_owner_watches(call, task):
    task(DEADLINE="2026-12-01T10:00:00+03:00")
    moved = call("tasks.task.delegate", taskId=1, userId=1)["result"]["task"]
    assert (moved["responsibleId"], moved["auditors"], moved["deadline"][:10]) == ("1", ["2"], "2026-12-01")


def test_a_deleted_task_is_gone(call, task):
    task()
    assert call("tasks.task.delete", taskId=1)["result"] == {"task": True}
    assert call("tasks.task.get", taskId=1)["result"] == []
    assert call("tasks.task.delete", taskId=1)["error"] == "1048582"


def test_a_change_moves_the_tasks_date(portal, call, task):
    made = task()
    portal.advance(90)
    changed = call("tasks.task.update", taskId=1, fields={"DEADLINE": "2026-12-02T10:00:00+03:00"})["result"]["task"]
    assert changed["changedDate"] > made["changedDate"]
    found = call("tasks.task.list", filter={">=CHANGED_DATE": changed["changedDate"]}, select=["ID"])["result"]["tasks"]
    assert [one["id"] for one in found] == ["1"]


def test_a_check_list_is_made_ticked_and_read(call, task):
    task()
    item = call("task.checklistitem.add", TASKID=1, FIELDS={"TITLE": "реквизиты"})["result"]
    call("task.checklistitem.complete", TASKID=1, ITEMID=item)
    rows = call("task.checklistitem.getlist", TASKID=1)["result"]
    assert [(row["TITLE"], row["PARENT_ID"], row["IS_COMPLETE"]) for row in rows] == [
        ("BX_CHECKLIST_1", 0, "N"),
        ("реквизиты", "1", "Y"),
    ]
    call("task.checklistitem.renew", TASKID=1, ITEMID=item)
    assert call("tasks.task.get", taskId=1)["result"]["task"]["checklist"][str(item)]["isComplete"] == "N"
    call("task.checklistitem.delete", TASKID=1, ITEMID=item)
    assert len(call("task.checklistitem.getlist", TASKID=1)["result"]) == 1


def test_old_methods_take_their_arguments_by_place(call, act, task):
    task()
    number = call("task.commentitem.add", **{"0": 1, "1": {"POST_MESSAGE": "Сделано"}})["result"]
    comments = act("task.commentitem.getlist", TASKID=1)
    assert [(one["ID"], one["POST_MESSAGE"], one["AUTHOR_ID"]) for one in comments] == [(str(number), "Сделано", "1")]


def test_binding_a_task_is_activity_on_the_deal(portal, call, deal, task):
    made = deal()
    portal.advance(60)
    task(UF_CRM_TASK=[f"D_{made['id']}"])
    item = call("crm.item.get", entityTypeId=2, id=made["id"])["result"]["item"]
    assert item["lastActivityTime"] > made["lastActivityTime"]
    assert item["updatedTime"] == made["updatedTime"]
