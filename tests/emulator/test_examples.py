"""The documentation's own examples (examples/, one file a method): the emulator's answers have their shape.

Every file has a call of CALLS that makes what it needs and asks; compared are the keys of the envelope, the keys of the
result and their JSON types. What the emulator does not answer stands in MISSING, what nobody has written in NOT_YET:
both must shrink, what is no longer true in them fails.
"""

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import docx
import pytest
import requests

from emulator.methods import METHODS, REST3_METHODS

ROOM = Path(__file__).parent
EXAMPLES = {path.stem: json.loads(path.read_text()) for path in (ROOM / "examples").glob("[!_]*.json")}
EVENTS = json.loads((ROOM / "examples" / "_events.json").read_text())
SYSTEM_ERRORS = {
    one["error"]: one for one in json.loads((ROOM / "examples" / "_system_errors.json").read_text())["errors"]
}
DEAL, COMPANY = 2, 4
EMPTY = (None, [], {})
# Fields that exist on one portal only.
OF_ONE_PORTAL = re.compile(r"uf_?crm_?\w*\d|parent_?id_?\d+|property_\d+|DocumentNumber", re.IGNORECASE)

# Methods of the examples that are not emulated yet.
NOT_YET: set[str] = set()

# Keys that the documentation shows and the emulator does not answer, by method.
MISSING = json.loads((ROOM / "examples_missing.json").read_text())


def documented() -> dict:
    return {name: example for name, example in EXAMPLES.items() if is_declared(name)}


def is_declared(name: str) -> bool:
    return name == "batch" or name.lower() in METHODS or is_rest3(name)


def is_rest3(name: str) -> bool:
    return name.lower() in REST3_METHODS and name.lower() not in METHODS


@pytest.fixture
def make(portal, act) -> Callable:
    """`act`, for the methods of REST 3 as well."""

    def do(name: str, /, **params) -> object:
        return ask(portal, name, params).json()["result"] if is_rest3(name) else act(name, **params)

    return do


def ask(portal, name: str, params: dict) -> requests.Response:
    address = portal.webhook_url.replace("/rest/", "/rest/api/") if is_rest3(name) else portal.webhook_url
    return requests.post(address + name, json=params, timeout=10)


# -- what the calls need


def smart_process(act) -> int:
    """The number of a type with every field that can be switched on."""
    switches = [name for name, field in act("crm.type.fields")["fields"].items() if field["type"] == "boolean"]
    return act("crm.type.add", fields={"title": "Закупка", **dict.fromkeys(switches, "Y")})["type"]["entityTypeId"]


def deal(act, **fields) -> int:
    return act("crm.item.add", entityTypeId=DEAL, fields={"title": "Сделка", **fields})["item"]["id"]


def company(act) -> int:
    return act("crm.company.add", fields={"TITLE": "Сферотек", "PHONE": [{"VALUE": "5", "VALUE_TYPE": "WORK"}]})


def contact(act) -> int:
    multifields = {kind: [{"VALUE": "a@b.example", "VALUE_TYPE": "WORK"}] for kind in ("PHONE", "EMAIL")}
    return act("crm.contact.add", fields={"NAME": "Анна", **multifields})


def task(act, **fields) -> int:
    given = {"TITLE": "Дело", "RESPONSIBLE_ID": 1, "AUDITORS": [2], "DEADLINE": "2027-01-01T10:00:00+03:00"}
    return int(act("tasks.task.add", fields=given | fields)["task"]["id"])


def task_with_checklist(act) -> int:
    task_id = task(act)
    act("task.checklistitem.add", TASKID=task_id, FIELDS={"TITLE": "Пункт"})
    return task_id


def task_with_result(act) -> int:
    task_id = task(act)
    act("tasks.task.result.add", fields={"taskId": task_id, "text": "Подписано"})
    return task_id


def requisite(act) -> int:
    fields = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": company(act), "PRESET_ID": 1, "NAME": "Реквизиты"}
    return act("crm.requisite.add", fields=fields)


def requisite_with_address(act) -> int:
    requisite_id = requisite(act)
    act("crm.address.add", fields={"TYPE_ID": 1, "ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite_id, "CITY": "Москва"})
    return requisite_id


def requisite_with_bank(act) -> int:
    requisite_id = requisite(act)
    act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": requisite_id, "NAME": "Банк"})
    return requisite_id


def deal_with_rows(act) -> int:
    deal_id = deal(act)
    rows = [{"productName": "Костюм", "price": 100, "quantity": 2}]
    act("crm.item.productrow.set", ownerType="D", ownerId=deal_id, productRows=rows)
    return deal_id


def deal_with_comment(act) -> int:
    deal_id = deal(act)
    fields = {"ENTITY_ID": deal_id, "ENTITY_TYPE": "deal", "COMMENT": "Слово", "FILES": [["a.txt", "YQ=="]]}
    act("crm.timeline.comment.add", fields=fields)
    return deal_id


def field(act) -> int:
    return act("crm.deal.userfield.add", fields={"FIELD_NAME": "HELLO", "USER_TYPE_ID": "string", "MULTIPLE": "Y"})


def field_of_choices(act) -> dict:
    example = EXAMPLES["userfieldconfig.add"]["params"]["field"]
    return example | {"entityId": "CRM_DEAL", "fieldName": "UF_CRM_DEAL_CHOICE"}


def root(act) -> int:
    return int(act("disk.storage.getlist")[0]["ROOT_OBJECT_ID"])


def numerator(act) -> int:
    params = EXAMPLES["crm.documentgenerator.numerator.add"]["params"]
    return act("crm.documentgenerator.numerator.add", **params)["numerator"]["id"]


def template_fields(act) -> dict:
    example = EXAMPLES["crm.documentgenerator.template.add"]["params"]["fields"]
    written = io.BytesIO()
    docx.Document().save(written)
    file = ["template.docx", base64.b64encode(written.getvalue()).decode()]
    return example | {"file": file, "numeratorId": numerator(act)}


def document_params(act) -> dict:
    template = act("crm.documentgenerator.template.add", fields=template_fields(act))["template"]
    return {"templateId": template["id"], "entityTypeId": DEAL, "entityId": deal(act), "values": {}}


def document(act) -> int:
    return act("crm.documentgenerator.document.add", **document_params(act))["document"]["id"]


def event_of_calendar(act) -> dict:
    section = act("calendar.section.get", type="user", ownerId=1)
    times = {"from": "2026-12-01T10:00:00", "to": "2026-12-01T11:00:00"}
    return {"type": "user", "ownerId": 1, "name": "Встреча", "section": section[0]["ID"] if section else None, **times}


def own_letter(act) -> dict:
    address = act("mail.mailbox.list")["items"][0]["email"]
    return {"from": address, "to": [address], "subject": "Договор", "body": "Проект"}


def element_of_list(act) -> dict:
    list_id = act("lists.add", IBLOCK_TYPE_ID="lists", IBLOCK_CODE="examples", FIELDS={"NAME": "Примеры"})
    return {"IBLOCK_TYPE_ID": "lists", "IBLOCK_ID": list_id, "ELEMENT_CODE": "one", "FIELDS": {"NAME": "Элемент"}}


def with_element(act) -> dict:
    params = element_of_list(act)
    act("lists.element.add", **params)
    return {name: params[name] for name in ("IBLOCK_TYPE_ID", "IBLOCK_ID")}


def as_documented(name: str) -> Callable:
    """The parameters of the example itself."""
    return lambda act: EXAMPLES[name]["params"]


def after(made: Callable, act, name: str, **params) -> dict:
    act(name, **made(act), **params)
    return {}


CALLS: dict[str, Callable] = {
    "batch": as_documented("batch"),
    "calendar.accessibility.get": lambda act: {
        "from": "2026-11-01", "to": "2027-01-01", "users": [1],
        **after(lambda act: event_of_calendar(act) | {"accessibility": "busy"}, act, "calendar.event.add"),
    },
    "calendar.event.add": event_of_calendar,
    "crm.activity.todo.add": lambda act: {
        "ownerTypeId": DEAL, "ownerId": deal(act), "deadline": "2026-12-03T15:00:00+00:00", "title": "Позвонить",
    },
    "crm.address.list": lambda act: {"filter": {"ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite_with_address(act)}},
    "crm.automation.trigger": lambda act: {"target": f"DEAL_{deal(act)}", "code": "c5u4m"},
    "crm.category.add": lambda act: {"entityTypeId": DEAL, "fields": {"name": "Воронка", "sort": 50}},
    "crm.category.delete": lambda act: {
        "entityTypeId": DEAL, "id": act("crm.category.add", entityTypeId=DEAL, fields={"name": "X"})["category"]["id"],
    },
    "crm.category.list": lambda act: {"entityTypeId": DEAL, **after(CALLS["crm.category.add"], act, "crm.category.add")},
    "crm.company.add": as_documented("crm.company.add"),
    "crm.company.get": lambda act: {"ID": company(act)},
    "crm.contact.add": lambda act: {"FIELDS": {"NAME": "John", "LAST_NAME": "Smith"}},
    "crm.contact.get": lambda act: {"ID": contact(act)},
    "crm.deal.add": lambda act: {"FIELDS": {"TITLE": "New Deal #1", "OPPORTUNITY": 1_000_000}},
    "crm.deal.contact.items.get": lambda act: {"id": deal(act, contactIds=[contact(act)])},
    "crm.deal.contact.items.set": lambda act: {
        "id": deal(act), "items": [{"CONTACT_ID": contact(act), "IS_PRIMARY": "Y", "SORT": 100}],
    },
    "crm.deal.delete": lambda act: {"ID": deal(act)},
    "crm.deal.fields": as_documented("crm.deal.fields"),
    "crm.deal.get": lambda act: {"ID": deal(act)},
    "crm.deal.list": lambda act: {"SELECT": EXAMPLES["crm.deal.list"]["params"]["SELECT"], "FILTER": {"ID": deal(act)}},
    "crm.deal.productrows.get": lambda act: {"id": deal_with_rows(act)},
    "crm.deal.productrows.set": lambda act: {"id": deal(act), "rows": [{"PRODUCT_NAME": "Костюм", "PRICE": 500}]},
    "crm.deal.update": lambda act: {"ID": deal(act), "FIELDS": {"TITLE": "New Deal Title!"}},
    "crm.deal.userfield.add": as_documented("crm.deal.userfield.add"),
    "crm.deal.userfield.list": lambda act: {
        "filter": {"ID": act("crm.deal.userfield.add", fields={"FIELD_NAME": "INDUSTRY", "USER_TYPE_ID": "crm_status",
                                                             "SETTINGS": {"ENTITY_TYPE": "INDUSTRY"}}), "LANG": "ru"},
    },
    "crm.deal.userfield.update": lambda act: {"id": field(act), "fields": {"MANDATORY": "N"}},
    "crm.documentgenerator.document.add": document_params,
    "crm.documentgenerator.document.get": lambda act: {"id": document(act)},
    "crm.documentgenerator.numerator.add": as_documented("crm.documentgenerator.numerator.add"),
    "crm.documentgenerator.template.add": lambda act: {"fields": template_fields(act)},
    "crm.item.add": lambda act: {"entityTypeId": DEAL, "fields": {"title": "New deal", "observers": [1], "contactIds": [contact(act)]}},
    "crm.item.delete": lambda act: {"entityTypeId": DEAL, "id": deal(act)},
    "crm.item.details.configuration.set": as_documented("crm.item.details.configuration.set"),
    "crm.item.fields": lambda act: {"entityTypeId": smart_process(act)},
    "crm.item.get": lambda act: {
        "entityTypeId": 1,
        "id": act("crm.item.add", entityTypeId=1, fields={"fm": [{"typeId": "PHONE", "value": "5"}]})["item"]["id"],
    },
    "crm.item.list": lambda act: {
        "entityTypeId": 1, "select": EXAMPLES["crm.item.list"]["params"]["select"],
        "filter": {"id": act("crm.item.add", entityTypeId=1, fields={"opportunity": 5})["item"]["id"]},
    },
    "crm.item.productrow.list": lambda act: {"filter": {"=ownerType": "D", "=ownerId": deal_with_rows(act)}},
    "crm.item.productrow.set": lambda act: {
        "ownerType": "D", "ownerId": deal(act), "productRows": [{"productName": "Костюм", "price": 1.5, "quantity": 2}],
    },
    "crm.item.update": lambda act: {"entityTypeId": DEAL, "id": deal(act, observers=[1]), "fields": {"title": "New title"}},
    "crm.requisite.add": lambda act: {
        "fields": {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": company(act), "PRESET_ID": 1, "NAME": "Реквизиты"},
    },
    "crm.requisite.bankdetail.add": lambda act: {"fields": {"ENTITY_ID": requisite(act), "NAME": "Банк"}},
    "crm.requisite.bankdetail.list": lambda act: {
        "filter": {"ENTITY_ID": requisite_with_bank(act)}, "select": ["ENTITY_ID", "ID", "NAME"],
    },
    "crm.requisite.get": lambda act: {"id": requisite(act)},
    "crm.stagehistory.list": lambda act: {"entityTypeId": DEAL, "filter": {"OWNER_ID": deal(act)}},
    "crm.status.add": lambda act: {
        "fields": {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "FAIR", "NAME": "Выставка", "SORT": 15},
    },
    "crm.status.entity.types": as_documented("crm.status.entity.types"),
    "crm.status.list": lambda act: {"filter": {"ENTITY_ID": "DEAL_STAGE"}},
    "crm.status.update": lambda act: {"id": act("crm.status.list")[0]["ID"], "fields": {"NAME": "Другая"}},
    "crm.timeline.comment.add": lambda act: {"fields": {"ENTITY_ID": deal(act), "ENTITY_TYPE": "deal", "COMMENT": "Слово"}},
    "crm.timeline.comment.list": lambda act: {"filter": {"ENTITY_ID": deal_with_comment(act), "ENTITY_TYPE": "deal"}},
    "crm.timeline.logmessage.add": lambda act: {
        "fields": {"entityTypeId": DEAL, "entityId": deal(act), "title": "Заголовок", "text": "Текст", "iconCode": "info"},
    },
    "crm.type.add": as_documented("crm.type.add"),
    "department.get": lambda act: {"ID": act("department.add", NAME="Отдел", PARENT=1)},
    "disk.folder.addSubFolder": lambda act: {"id": root(act), "data": {"NAME": "Договоры"}},
    "disk.folder.uploadFile": lambda act: {
        "id": root(act), "data": {"NAME": "a.txt"}, "fileContent": ["a.txt", "YQ=="],
    },
    "disk.storage.getList": lambda act: {},
    "im.message.add": lambda act: {"DIALOG_ID": "2", "MESSAGE": "Слово"},
    "im.notify.personal.add": lambda act: {"USER_ID": 1, "MESSAGE": "Слово"},
    "im.notify.system.add": lambda act: {"USER_ID": 1, "MESSAGE": "Слово"},
    "lists.element.add": element_of_list,
    "lists.element.get": with_element,
    "log.blogpost.add": lambda act: {"POST_TITLE": "Regulation", "POST_MESSAGE": "From November 1", "DEST": ["UA"]},
    "mail.message.list": lambda act: {"mailboxId": 1, **after(own_letter, act, "mail.message.send")},
    "task.checklistitem.add": lambda act: {"TASKID": task(act), "FIELDS": {"TITLE": "Пункт"}},
    "task.checklistitem.getlist": lambda act: {"TASKID": task_with_checklist(act), "ORDER": {"ID": "desc"}},
    "task.commentitem.add": lambda act: {"TASKID": task(act), "FIELDS": {"POST_MESSAGE": "Слово"}},
    "tasks.task.add": lambda act: {"fields": {"TITLE": "Task Title", "RESPONSIBLE_ID": 1}},
    "tasks.task.chat.message.send": lambda act: {"fields": {"taskId": task(act), "text": "Слово"}},
    "tasks.task.complete": lambda act: {"taskId": task(act)},
    "tasks.task.get": lambda act: {
        "taskId": task(act, UF_CRM_TASK=[f"D_{deal(act)}"]), "select": EXAMPLES["tasks.task.get"]["params"]["select"],
    },
    "tasks.task.list": lambda act: {
        "filter": {"ID": task(act)}, "select": EXAMPLES["tasks.task.list"]["params"]["select"],
    },
    "tasks.task.result.list": lambda act: {"taskId": task_with_result(act)},
    "tasks.task.update": lambda act: {"taskId": task(act), "fields": {"RESPONSIBLE_ID": 2}},
    "timeman.status": lambda act: {"USER_ID": 2, **after(lambda act: {}, act, "timeman.open", USER_ID=2)},
    "user.current": as_documented("user.current"),
    "user.get": lambda act: {"ID": 1},
    "userfieldconfig.add": lambda act: {"moduleId": "crm", "field": field_of_choices(act)},
    "userfieldconfig.list": lambda act: {
        "moduleId": "crm", "select": {"0": "*", "language": "de"}, "filter": {"entityId": "CRM_DEAL"},
        **after(CALLS["userfieldconfig.add"], act, "userfieldconfig.add"),
    },
    "userfieldconfig.update": lambda act: {
        "moduleId": "crm", "field": {"mandatory": "Y"},
        "id": act("userfieldconfig.add", moduleId="crm", field=field_of_choices(act))["field"]["id"],
    },
}  # fmt: skip


# -- shapes


def differences(shown: object, answered: object, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, what differs) of an answer from the example. What either side leaves empty says nothing of its type."""
    if shown in EMPTY or answered in EMPTY:
        return
    shown, answered = (list(one.values()) if by_ids(one) else one for one in (shown, answered))
    if kind(shown) != kind(answered):
        yield path, f"{kind(answered)} instead of {kind(shown)}"
    elif isinstance(shown, list):
        yield from differences(shown[0], answered[0], path)
    elif isinstance(shown, dict):
        for name, value in shown.items():
            place = f"{path}.{name}".lstrip(".")
            if OF_ONE_PORTAL.fullmatch(name):
                continue
            if name not in answered:
                yield place, "missing"
            else:
                yield from differences(value, answered[name], place)


def is_bare(result: object) -> bool:
    """Nothing, or nothing in a wrapper."""
    wrapped = next(iter(result.values())) if isinstance(result, dict) and len(result) == 1 else result
    return wrapped in EMPTY


def by_ids(value: object) -> bool:
    return isinstance(value, dict) and all(str(name).isdigit() for name in value)


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, (int, float)) else type(value).__name__


@pytest.mark.parametrize("name", sorted(documented()))
def test_an_answer_has_the_shape_of_the_documentations_example(portal, make, name):
    answer = ask(portal, name, CALLS[name](make))
    shown, body = EXAMPLES[name]["response"], answer.json()
    assert answer.status_code == 200, body
    assert set(body) - {"next"} == set(shown) - {"next"} | {"time"}
    assert is_bare(body["result"]) == is_bare(shown["result"])
    found = dict(differences(shown["result"], body["result"]))
    assert sorted(place for place, what in found.items() if what == "missing") == MISSING.get(name, [])
    assert {place: what for place, what in found.items() if what != "missing"} == {}


def test_methods_that_nobody_has_written_yet_are_known():
    assert {name for name in EXAMPLES if not is_declared(name)} == NOT_YET


def test_every_example_has_its_call():
    assert set(CALLS) == set(EXAMPLES)
    assert set(MISSING) <= set(EXAMPLES)


# -- events and system errors


def test_events_have_the_layout_of_the_examples(portal, handler, act):
    deal(act)
    act("tasks.task.update", taskId=task(act), fields={"TITLE": "Другое"})
    portal.settle_events()
    rung = {event["event"]: event for event in handler.events}
    by_webhook = EVENTS["ONCRMDEALADD.outgoing_webhook"]
    assert set(rung["ONCRMDEALADD"]) == set(by_webhook)
    assert set(rung["ONCRMDEALADD"]["auth"]) == set(by_webhook["auth"])
    for name in ("ONCRMDEALADD.application", "ONTASKADD.application", "ONTASKUPDATE.application"):
        assert layout(rung[name.partition(".")[0]]["data"]) == layout(EVENTS[name]["data"])


def layout(value: object) -> object:
    """Names and words without the numbers, which are texts on the wire."""
    if isinstance(value, dict):
        return {name: layout(part) for name, part in value.items()}
    return "a number" if str(value).isdigit() else value


@pytest.mark.parametrize(
    ("code", "method", "params"),
    [
        ("NO_AUTH_FOUND", "../wrong/server.time", {}),
        ("ERROR_METHOD_NOT_FOUND", "no.such.method", {}),
        ("ERROR_BATCH_METHOD_NOT_ALLOWED", "batch", {"cmd": {"a": "batch"}}),
        ("ERROR_BATCH_LENGTH_EXCEEDED", "batch", {"cmd": {f"c{number}": "server.time" for number in range(51)}}),
    ],
)
def test_system_errors_have_their_documented_words(portal, code, method, params):
    answer = requests.post(urljoin(portal.webhook_url, method), json=params, timeout=10)
    body, shown = answer.json(), SYSTEM_ERRORS[code]
    refusal = list(body["result"]["result_error"].values())[-1] if method == "batch" else body
    assert refusal["error"] == code
    assert shown["error_description"] in (refusal["error_description"], None)
    assert answer.status_code == (200 if method == "batch" else shown["http_status"])
