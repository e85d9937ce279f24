"""Time spent on tasks, links between them, stages where they lie, check lists."""

import pytest

from emulator.control import Refused

from .conftest import ADMIN


def spend(call, seconds: int, **more) -> int:
    return call("task.elapseditem.add", TASKID=1, ARFIELDS={"SECONDS": seconds, "COMMENT_TEXT": "дело", **more})[
        "result"
    ]


def test_time_is_spent_corrected_and_taken_back(call, task):
    task()
    first, second = spend(call, 3600), spend(call, 120, CREATED_DATE="2026-01-05T10:00:00+03:00", USER_ID=ADMIN)
    row = call("task.elapseditem.get", TASKID=1, ITEMID=first)["result"]
    assert (row["ID"], row["USER_ID"], row["SECONDS"], row["MINUTES"], row["SOURCE"]) == ("1", "1", "3600", "60", "2")
    spent = {"SECONDS": 60, "COMMENT_TEXT": "меньше"}
    assert call("task.elapseditem.update", TASKID=1, ITEMID=first, ARFIELDS=spent)["result"] is None
    assert call("tasks.task.get", taskId=1)["result"]["task"]["timeSpentInLogs"] == "180"
    assert call("task.elapseditem.delete", TASKID=1, ITEMID=second)["result"] is None
    assert call("tasks.task.get", taskId=1)["result"]["task"]["timeSpentInLogs"] == "60"
    lines = call("tasks.task.history.list", taskId=1, filter={"FIELD": "TIME_SPENT_IN_LOGS"})["result"]["list"]
    assert {one["value"]["to"] for one in lines} == {"3600", "3720", "180", "60"}


def test_records_of_time_are_listed_filtered_and_paged(call, task):
    task()
    for day in range(1, 6):
        spend(call, day * 60, CREATED_DATE=f"2026-01-0{day}T10:00:00+03:00")
    late = {">=CREATED_DATE": "2026-01-04"}
    body = call("task.elapseditem.getlist", TASKID=1, ORDER={"ID": "desc"}, FILTER=late, SELECT=["ID", "MINUTES"])
    assert (body["total"], body["result"]) == (2, [{"ID": "5", "MINUTES": "5"}, {"ID": "4", "MINUTES": "4"}])
    moved_up = call("task.elapseditem.getlist", **{"0": {"ID": "desc"}, "1": late})
    assert [row["ID"] for row in moved_up["result"]] == ["5", "4"]
    nav = {"NAV_PARAMS": {"nPageSize": 2, "iNumPage": 2}}
    paged = call("task.elapseditem.getlist", TASKID=1, PARAMS=nav)
    assert ([row["ID"] for row in paged["result"]], paged["total"]) == (["3", "4"], 5)
    assert call("task.elapseditem.getlist", TASKID=404)["error_description"] == "Task not found<br>"


def test_time_of_others_is_theirs(portal, call, person, task):
    worker = person("worker")
    task(RESPONSIBLE_ID=worker)
    number = spend(call, 60)
    assert "ACTION_NOT_ALLOWED" in call("task.elapseditem.add", TASKID=1, ARFIELDS={"SECONDS": 60})["error_description"]
    allowed = [
        portal.act(worker, "task.elapseditem.isactionallowed", {"TASKID": 1, "ITEMID": number, "ACTIONID": action})
        for action in (1, 2, 3)
    ]
    assert allowed == [True, False, False]
    assert call("task.elapseditem.isactionallowed", TASKID=1, ITEMID=404, ACTIONID=2)["result"] is False
    assert call("task.elapseditem.get", TASKID=404, ITEMID=1)["error_description"] == "Task not found<br>"
    assert "(itemId) expected by method" in call("task.elapseditem.get", TASKID=1)["error_description"]
    assert "add" in call("task.elapseditem.getmanifest")["result"]["REST: available methods"]


def test_tasks_are_linked_once_and_not_in_a_circle(portal, handler, call, task):
    for _ in range(3):
        task()
    assert call("task.dependence.add", taskIdFrom=1, taskIdTo=2, linkType=2)["result"] == []
    call("task.dependence.add", taskIdFrom=2, taskIdTo=3, linkType=0)
    again = call("task.dependence.add", taskIdFrom=1, taskIdTo=2, linkType=2)
    assert (again["error"], again["error_description"]) == ("ILLEGAL_NEW_LINK", "A link between tasks already exists")
    for wrong in (
        {"taskIdFrom": 3, "taskIdTo": 1},
        {"taskIdFrom": 1, "taskIdTo": 404},
        {"taskIdFrom": 1, "taskIdTo": 1},
    ):
        assert call("task.dependence.add", **wrong, linkType=0)["error"] == "ACTION_NOT_ALLOWED"
    assert call("task.dependence.add", taskIdFrom=1, taskIdTo=3, linkType=4)["error"] == "ACTION_NOT_ALLOWED"
    found = call("tasks.task.list", filter={"DEPENDS_ON": 1}, select=["ID"])["result"]["tasks"]
    assert [one["id"] for one in found] == ["2"]
    line = call("tasks.task.history.list", taskId=2)["result"]["list"][0]
    assert (line["field"], line["value"]) == ("DEPENDS_ON", {"from": "", "to": "1"})
    assert call("task.dependence.delete", taskIdFrom=1, taskIdTo=2)["result"] == []
    assert call("task.dependence.delete", taskIdFrom=1, taskIdTo=2)["error"] == "ILLEGAL_NEW_LINK"
    portal.settle_events()
    assert handler.names().count("ONTASKUPDATE") == 3


def titles(call, entity: int = 0) -> list[str]:
    stages = call("task.stages.get", entityId=entity)["result"].values()
    return [one["TITLE"] for one in sorted(stages, key=lambda one: int(one["SORT"]))]


def test_ones_own_plan_has_stages_where_tasks_lie(portal, handler, call, act, task):
    task()
    assert titles(call) == ["Не спланированы", "Сделаю на неделе"]
    first, second = call("task.stages.get", entityId=0)["result"]
    made = call("task.stages.add", fields={"TITLE": "Когда-нибудь", "COLOR": "FF0000", "AFTER_ID": first})["result"]
    assert titles(call) == ["Не спланированы", "Когда-нибудь", "Сделаю на неделе"]
    assert call("task.stages.movetask", id=1, stageId=made)["result"] is True
    on_plan = call("tasks.task.list", filter={"STAGE_ID": made}, select=["ID", "STAGE_ID"])["result"]["tasks"]
    assert [(one["id"], one["stageId"]) for one in on_plan] == [("1", "0")]
    assert act("tasks.task.list", filter={"STAGE_ID": made})["tasks"] == []
    assert call("task.stages.delete", id=made)["error"] == "NOT_EMPTY"
    call("task.stages.movetask", id=1, stageId=second)
    assert call("task.stages.delete", id=made)["result"] is True
    portal.settle_events()
    assert handler.names() == ["ONTASKADD", "ONTASKUPDATE", "ONTASKUPDATE"]


def test_stages_are_renamed_and_moved_and_the_first_stays(call):
    first, second = map(int, call("task.stages.get", entityId=0)["result"])
    assert call("task.stages.delete", id=first)["error"] == "CANT_DELETE_FIRST"
    assert call("task.stages.update", id=second, fields={"TITLE": "Срочно", "AFTER_ID": 0})["result"] is True
    assert titles(call) == ["Срочно", "Не спланированы"]
    assert call("task.stages.delete", id=first)["error"] == "IS_SYSTEM"
    assert call("task.stages.update", id=404, fields={"TITLE": "Ничья"})["error"] == "NOT_FOUND"
    assert call("task.stages.add", fields={"TITLE": ""})["error"] == "EMPTY_TITLE"


def test_anothers_plan_opens_only_to_an_administrator_who_says_so(portal, call, act, person):
    other = int(next(iter(act("task.stages.get", entityId=0))))
    fields = {"TITLE": "Чужая"}
    assert call("task.stages.update", id=other, fields=fields)["error"] == "ACCESS_DENIED"
    assert call("task.stages.update", id=other, fields=fields, isAdmin=True)["result"] is True
    worker = person("worker")
    with pytest.raises(Refused, match="ACCESS_DENIED"):
        portal.act(worker, "task.stages.update", {"id": other, "fields": fields, "isAdmin": True})


def test_a_groups_board_moves_its_own_tasks_only(portal, call, person, task):
    task(GROUP_ID=7)
    task()
    columns = [int(number) for number in call("task.stages.get", entityId=7)["result"]]
    assert titles(call, 7) == ["Новые", "Выполняются", "Сделаны"]
    assert call("task.stages.movetask", id=1, stageId=columns[1])["result"] is True
    assert call("tasks.task.get", taskId=1)["result"]["task"]["stageId"] == str(columns[1])
    assert call("task.stages.movetask", id=2, stageId=columns[1])["error"] == "ACCESS_DENIED_MOVE"
    assert call("task.stages.movetask", id=404, stageId=columns[1])["error"] == "TASK_NOT_FOUND"
    assert call("task.stages.movetask", id=1, stageId=404)["error"] == "NOT_FOUND"
    stranger = person("stranger")
    asked = [("U", 1), ("U", stranger), ("G", 7)]
    can = [call("task.stages.canmovetask", entityId=number, entityType=kind)["result"] for kind, number in asked]
    assert can == [True, False, True]
    assert portal.act(stranger, "task.stages.canmovetask", {"entityId": 7, "entityType": "G"}) is False


@pytest.fixture
def items(call, task):
    """Three items of a task's first list: their ids."""
    task()
    return [call("task.checklistitem.add", TASKID=1, FIELDS={"TITLE": title})["result"] for title in "абв"]


def order_of(call) -> list[str]:
    rows = call("task.checklistitem.getlist", TASKID=1, ORDER={"SORT_INDEX": "asc"})["result"]
    return [row["TITLE"] for row in rows if row["PARENT_ID"]]


def test_an_item_moves_after_another(call, items):
    assert call("task.checklistitem.moveafteritem", TASKID=1, ITEMID=items[0], AFTERITEMID=items[2])["result"] is None
    assert order_of(call) == ["б", "в", "а"]
    refused = call("task.checklistitem.moveafteritem", TASKID=1, ITEMID=items[0], AFTERITEMID=404)
    assert "Moving item: action not allowed" in refused["error_description"]


def test_an_item_changes_whole_and_names_people_who_then_take_part(call, items):
    fields = {"TITLE": "А", "IS_IMPORTANT": "Y", "IS_COMPLETE": "Y", "MEMBERS": {"1": {"TYPE": "A"}}}
    call("task.checklistitem.update", TASKID=1, ITEMID=items[0], FIELDS=fields)
    row = call("task.checklistitem.get", TASKID=1, ITEMID=items[0])["result"]
    assert (row["TITLE"], row["IS_IMPORTANT"], row["IS_COMPLETE"], row["TOGGLED_BY"]) == ("А", "Y", "Y", "1")
    assert [(one["ID"], one["TYPE"]) for one in row["MEMBERS"]] == [("1", "A")]
    assert call("tasks.task.get", taskId=1)["result"]["task"]["accomplices"] == ["1"]
    call("task.checklistitem.update", TASKID=1, ITEMID=items[1], FIELDS={"PARENT_ID": items[0]})
    assert call("task.checklistitem.get", TASKID=1, ITEMID=items[1])["result"]["PARENT_ID"] == str(items[0])
    history = call("tasks.task.history.list", taskId=1, order={"ID": "asc"})["result"]["list"]
    told = [(one["field"], one["value"]["to"]) for one in history if one["field"].startswith("CHECKLIST")]
    renamed_and_checked = [("CHECKLIST_ITEM_RENAME", "А"), ("CHECKLIST_ITEM_CHECK", "а")]
    assert told == [("CHECKLIST_ITEM_CREATE", title) for title in "абв"] + renamed_and_checked


def test_a_tick_is_noted_once_and_of_nothing_it_is_false(portal, call, items):
    assert call("task.checklistitem.complete", TASKID=1, ITEMID=items[0])["result"] is True
    noted = call("task.checklistitem.get", TASKID=1, ITEMID=items[0])["result"]["TOGGLED_DATE"]
    portal.advance(60)
    assert call("task.checklistitem.complete", TASKID=1, ITEMID=items[0])["result"] is True
    assert call("task.checklistitem.get", TASKID=1, ITEMID=items[0])["result"]["TOGGLED_DATE"] == noted
    assert call("task.checklistitem.complete", TASKID=1, ITEMID=404)["result"] is False
    assert (
        call("task.checklistitem.renew", TASKID=1, ITEMID=0)["error_description"] == "TASKS_ERROR_ASSERT_EXCEPTION<br>"
    )


def test_a_changed_task_shows_the_tree_of_its_lists(call, items):
    call("task.checklistitem.update", TASKID=1, ITEMID=items[1], FIELDS={"PARENT_ID": items[0], "IS_COMPLETE": "Y"})
    shown = call("tasks.task.start", taskId=1)["result"]["task"]
    one_list = shown["checkListTree"]["descendants"][0]
    first, last = one_list["descendants"]
    places = [one["fields"]["displaySortIndex"] for one in (one_list, first, first["descendants"][0], last)]
    assert (places, [one["nodeId"] for one in (one_list, first, last)]) == (["", "1", "1.1", "2"], [1, 2, 4])
    assert (first["fields"]["completedCount"], last["action"]["toggle"], shown["checkListCanAdd"]) == (1, True, True)


def test_what_may_be_done_with_an_item_is_told(portal, call, person, items):
    stranger = person("stranger")
    asked = {"TASKID": 1, "ITEMID": items[0], "ACTIONID": 2}
    assert call("task.checklistitem.isactionallowed", **asked)["result"] is True
    assert portal.act(stranger, "task.checklistitem.isactionallowed", asked) is False
    assert call("task.checklistitem.isactionallowed", **asked | {"ITEMID": 404})["result"] is False
    lacking = call("task.checklistitem.isactionallowed", TASKID=1, ITEMID=items[0])["error_description"]
    assert lacking == (
        "TASKS_ERROR_EXCEPTION_#256; Param #2 (actionId) expected by method ctaskchecklistitem::isactionallowed(), "
        "but not given.; 256/TE/WRONG_ARGUMENTS<br>"
    )
    assert "moveafteritem" in call("task.checklistitem.getmanifest")["result"]["REST: available methods"]
    odd = call("task.checklistitem.getlist", TASKID=1, ORDER={"COLOUR": "asc"})["error_description"]
    assert 'must not contain key "COLOUR"' in odd
