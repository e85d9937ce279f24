"""Workflows: templates, what runs by them, what they ask of people, what only applications may."""

import pytest
import requests

from emulator.control import Refused

ADMIN = 2


@pytest.fixture
def holiday(act):
    """An application for leave: the template for it and the document."""
    [row] = act("lists.get", IBLOCK_TYPE_ID="bitrix_processes", IBLOCK_CODE="bitrix_holiday")
    named = {"IBLOCK_TYPE_ID": "bitrix_processes", "IBLOCK_ID": row["ID"]}
    element = act("lists.element.add", **named, ELEMENT_CODE="leave", FIELDS={"NAME": "Отпуск"})
    [template] = act("bizproc.workflow.template.list", filter={"DOCUMENT_TYPE": f"iblock_{row['ID']}"})
    return {"TEMPLATE_ID": template["ID"], "DOCUMENT_ID": ["lists", "BizprocDocument", str(element)]}


@pytest.fixture
def for_deal(act, deal):
    """The template for deals and a deal."""
    [template] = act("bizproc.workflow.template.list", filter={"ENTITY": "CCrmDocumentDeal"})
    number = deal(title="Сделка")["id"]
    return {"TEMPLATE_ID": template["ID"], "DOCUMENT_ID": ["crm", "CCrmDocumentDeal", f"DEAL_{number}"]}


@pytest.fixture
def running(act):
    """The ids of what runs."""
    return lambda **more: [row["ID"] for row in act("bizproc.workflow.instances", **more)]


def test_a_fresh_portal_has_templates_of_processes(call):
    body = call(
        "bizproc.workflow.template.list", select=["id", "NAME", "PARAMETERS", "user_id"], filter={"MODULE_ID": "lists"}
    )
    assert (body["total"], body["result"][0]["NAME"], body["result"][0]["USER_ID"]) == (6, "Заявление на отпуск", "2")
    assert body["result"][0]["PARAMETERS"]["Approver"]["Type"] == "user"
    descending = call("bizproc.workflow.template.list", order={"ID": "desc"})["result"]
    assert [row["ID"] for row in descending] == ["7", "6", "5", "4", "3", "2", "1"]


def test_a_started_workflow_is_listed_until_it_is_stopped(portal, act, running, for_deal):
    first = act("bizproc.workflow.start", **for_deal)
    portal.advance(60)
    second = act("bizproc.workflow.start", **for_deal)
    assert running() == [second, first]
    assert running(order={"STARTED": "asc"}) == [first, second]
    [row] = act("bizproc.workflow.instance.list", filter={"ID": first}, select=["ID", "DOCUMENT_ID", "STARTED_BY"])
    assert row == {"ID": first, "DOCUMENT_ID": for_deal["DOCUMENT_ID"][2], "STARTED_BY": "2"}
    started = act("bizproc.workflow.instances", filter={"ID": second}, select=["STARTED"])[0]["STARTED"]
    assert running(filter={"<STARTED": started}) == [first]
    assert act("bizproc.workflow.terminate", ID=first, STATUS="Не нужно") is True
    assert act("bizproc.workflow.kill", ID=second) is True
    assert running() == []
    with pytest.raises(Refused):
        act("bizproc.workflow.terminate", ID=first)


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({}, "ERROR_WRONG_WORKFLOW_ID", "Empty TEMPLATE_ID"),
        ({"TEMPLATE_ID": 404}, "ERROR_WRONG_WORKFLOW_ID", "Template not found"),
        ({"TEMPLATE_ID": 1}, "", "Wrong DOCUMENT_ID!"),
        ({"TEMPLATE_ID": 1, "DOCUMENT_ID": ["crm", "CCrmDocumentDeal", "LEAD_1"]}, "", "Incorrect document type!"),
        ({"TEMPLATE_ID": 1, "DOCUMENT_ID": ["lists", "BizprocDocument", "404"]}, "", "Incorrect document type!"),
        ({"TEMPLATE_ID": 1, "DOCUMENT_ID": ["crm", "CCrmDocumentDeal", "DEAL_404"]}, "", "Wrong DOCUMENT_ID!"),
        ({"TEMPLATE_ID": 1, "DOCUMENT_ID": ["crm", "CCrmDocumentDeal", "DEAL_1"]}, "",
         "Template type and DOCUMENT_ID mismatch!"),
    ],
)  # fmt: skip
def test_a_workflow_is_not_started(call, deal, params, code, words):
    deal(title="Сделка")
    answer = call("bizproc.workflow.start", **params)
    assert (answer["error"], answer["error_description"]) == (code, words)


def test_workflows_are_for_administrators(portal, person, for_deal):
    worker = person("worker")
    for verb in ("start", "instances", "terminate", "kill", "template.list"):
        with pytest.raises(Refused, match="Access denied!"):
            portal.act(worker, f"bizproc.workflow.{verb}", for_deal)


def test_an_empty_id_stops_nothing(call):
    for verb in ("terminate", "kill"):
        answer = call(f"bizproc.workflow.{verb}")
        assert answer["error"] == "ERROR_WRONG_WORKFLOW_ID"
    assert call("bizproc.workflow.kill", ID="66e81a641752f8.56521481")["result"] is True


def test_a_process_asks_its_approver_and_ends_with_the_answer(portal, act, running, holiday, person):
    boss = person("boss")
    workflow = act("bizproc.workflow.start", **holiday, PARAMETERS={"Approver": f"user_{boss}"})
    [task] = portal.act(
        boss, "bizproc.task.list", {"SELECT": ["ID", "workflow_id", "STATUS", "DOCUMENT_NAME", "PARAMETERS"]}
    )
    assert (task["WORKFLOW_ID"], task["STATUS"], task["DOCUMENT_NAME"]) == (workflow, "0", "Отпуск")
    assert task["PARAMETERS"]["StatusYesLabel"] == "Согласовать"
    with pytest.raises(Refused, match="Task not found"):
        act("bizproc.task.complete", TASK_ID=task["ID"], STATUS=1)
    for status in (None, 3, "ok"):
        with pytest.raises(Refused, match="incorrect STATUS"):
            portal.act(boss, "bizproc.task.complete", {"TASK_ID": task["ID"], "STATUS": status})
    with pytest.raises(Refused, match="empty TASK_ID"):
        portal.act(boss, "bizproc.task.complete", {"STATUS": 1})
    assert portal.act(boss, "bizproc.task.complete", {"TASK_ID": task["ID"], "STATUS": "no"}) is True
    assert running() == []
    [answered] = act("bizproc.task.list", filter={"USER_ID": boss}, select=["STATUS", "USER_STATUS"])
    assert answered == {"STATUS": "2", "USER_STATUS": "2"}
    with pytest.raises(Refused, match="Task already completed"):
        portal.act(boss, "bizproc.task.complete", {"TASK_ID": task["ID"], "STATUS": 1})
    portal.advance(25 * 3600)
    assert act("bizproc.task.list") == []


def test_people_see_their_own_tasks_and_administrators_all(portal, act, holiday, person):
    boss, other = person("boss"), person("other")
    act("bizproc.workflow.start", **holiday, PARAMETERS={"Approver": f"user_{boss}"})
    act("bizproc.workflow.start", **holiday)
    assert len(act("bizproc.task.list")) == 2
    assert len(act("bizproc.task.list", filter={"USER_ID": ADMIN})) == 1
    assert len(portal.act(boss, "bizproc.task.list")) == 1
    assert portal.act(other, "bizproc.task.list") == []
    with pytest.raises(Refused, match="Access denied!"):
        portal.act(other, "bizproc.task.list", {"filter": {"USER_ID": boss}})
    act("department.update", ID=1, UF_HEAD=other)
    assert len(portal.act(other, "bizproc.task.list", {"filter": {"USER_ID": boss}})) == 1
    with pytest.raises(Refused, match="Invalid data in SELECT parameter"):
        act("bizproc.task.list", select=["COLOUR"])


def test_a_task_is_handed_on_and_goes_with_its_workflow(portal, act, holiday, person):
    worker = person("worker")
    workflow = act("bizproc.workflow.start", **holiday)
    [task] = act("bizproc.task.list")
    handed = {"TASK_IDS": [task["ID"]], "FROM_USER_ID": ADMIN, "TO_USER_ID": worker}
    assert act("bizproc.task.delegate", **handed) is True
    assert [row["ID"] for row in portal.act(worker, "bizproc.task.list")] == [task["ID"]]
    for wrong, words in (
        ({}, "User is not responsible for the task"),
        ({"TASK_IDS": []}, "Invalid TASK_IDS"),
        ({"FROM_USER_ID": 404}, "Invalid FROM_USER_ID"),
        ({"TO_USER_ID": 404}, "Invalid TO_USER_ID"),
    ):
        with pytest.raises(Refused, match=words):
            act("bizproc.task.delegate", **handed | wrong)
    act("bizproc.workflow.terminate", ID=workflow)
    assert act("bizproc.task.list") == []


@pytest.mark.parametrize(
    "name",
    [
        *(f"bizproc.{kind}.{verb}" for kind in ("activity", "robot") for verb in ("add", "update", "delete", "list")),
        *(f"bizproc.workflow.template.{verb}" for verb in ("add", "update", "delete")),
    ],
)
def test_an_application_is_needed(portal, name):
    answer = requests.post(portal.webhook_url + name, json={}, timeout=10)
    assert answer.status_code == 403
    assert answer.json()["error_description"] == "Access denied! Application context required"


def test_no_event_token_is_valid(call):
    assert call("bizproc.activity.log", EVENT_TOKEN="x")["error"] == "ERROR_EMPTY_LOG_MESSAGE"
    assert call("bizproc.activity.log", EVENT_TOKEN="x", LOG_MESSAGE="Слово")["error"] == "ACCESS_DENIED"
    assert call("bizproc.event.send", EVENT_TOKEN="x", RETURN_VALUES={})["error_description"] == "Access denied!"
