"""crm.item.* of smart processes: items of the types that crm.type.add makes, with their funnels, stages and relations."""

import pytest
import requests

from emulator.control import Refused
from emulator.events import Subscription
from emulator.portal import Portal
from emulator.registry import Caller
from emulator.rest import run

EVERYTHING = {
    "isStagesEnabled": "Y",
    "isCategoriesEnabled": "Y",
    "isBeginCloseDatesEnabled": "Y",
    "isClientEnabled": "Y",
    "isObserversEnabled": "Y",
    "isSourceEnabled": "Y",
    "isLinkWithProductsEnabled": "Y",
    "isMycompanyEnabled": "Y",
}


@pytest.fixture
def kind(act):
    """Define a smart process with everything switched on and return its entityTypeId: kind(title="…")."""

    def make(**fields) -> int:
        made = act("crm.type.add", fields={"title": "Закупка", **EVERYTHING, **fields})["type"]
        return made["entityTypeId"]

    return make


@pytest.fixture
def item(act):
    """Make an item and return it: item(number, title="…")."""
    return lambda number, **fields: act("crm.item.add", entityTypeId=number, fields=fields)["item"]


def stages_of(act, number: int, category_id: int) -> list[str]:
    rows = act("crm.status.list", filter={"ENTITY_ID": f"DYNAMIC_{number}_STAGE_{category_id}"})
    return [row["STATUS_ID"].partition(":")[2] for row in rows]


def default_funnel(act, number: int) -> int:
    return act("crm.category.list", entityTypeId=number)["categories"][0]["id"]


def test_an_item_is_made_read_changed_listed_and_deleted(kind, item, act, call):
    number = kind()
    company = act("crm.company.add", fields={"TITLE": "Наша", "IS_MY_COMPANY": "Y"})
    made = item(number, xmlId="1C-7", opportunity=100)
    funnel = default_funnel(act, number)
    assert (made["title"], made["entityTypeId"]) == ("Закупка #1", number)
    assert (made["categoryId"], made["stageId"]) == (funnel, f"DT{number}_{funnel}:NEW")
    assert (made["mycompanyId"], made["sourceId"], made["opportunity"]) == (company, "CALL", 100)
    assert made["closedate"] > made["begindate"]
    assert act("crm.item.get", entityTypeId=number, id=made["id"])["item"] == made
    act("crm.item.update", entityTypeId=number, id=made["id"], fields={"title": "Станки", "createdBy": 1})
    changed = act("crm.item.get", entityTypeId=number, id=made["id"])["item"]
    assert (changed["title"], changed["createdBy"]) == ("Станки", made["createdBy"])
    item(number)
    body = call("crm.item.list", entityTypeId=number, filter={"xmlId": "1C-7"}, select=["title"])
    assert (body["result"]["items"], body["total"]) == ([{"id": 1, "title": "Станки"}], 1)
    assert act("crm.item.delete", entityTypeId=number, id=made["id"]) == []
    assert call("crm.item.get", entityTypeId=number, id=made["id"])["error"] == "NOT_FOUND"


def test_every_process_counts_its_items_by_itself(kind, item, act):
    first, second = kind(), kind()
    assert [item(first)["id"], item(second)["id"], item(first)["id"]] == [1, 1, 2]
    assert len(act("crm.item.list", entityTypeId=second)["items"]) == 1


def test_settings_of_the_type_switch_fields_on(act, item):
    bare = act("crm.type.add", fields={"title": "Пусто"})["type"]
    number = bare["entityTypeId"]
    fields = act("crm.item.fields", entityTypeId=number)["fields"]
    switched = {"stageId", "begindate", "companyId", "observers", "sourceId", "opportunity", "mycompanyId"}
    assert not switched & fields.keys()
    assert {"id", "title", "xmlId", "categoryId", "assignedById"} < fields.keys()
    made = item(number, opportunity=100)
    act("crm.type.update", id=bare["id"], fields=EVERYTHING)
    assert switched < act("crm.item.fields", entityTypeId=number)["fields"].keys()
    shown = act("crm.item.get", entityTypeId=number, id=made["id"])["item"]
    assert (shown["opportunity"], shown["stageId"].partition(":")[2]) == (0, "NEW")


def test_an_item_walks_its_stages_and_leaves_a_history(kind, item, act, call):
    number = kind()
    made, funnel = item(number), default_funnel(act, number)
    assert stages_of(act, number, funnel) == ["NEW", "PREPARATION", "CLIENT", "SUCCESS", "FAIL"]
    for code in ("CLIENT", "SUCCESS"):
        fields = {"stageId": f"DT{number}_{funnel}:{code}"}
        moved = act("crm.item.update", entityTypeId=number, id=made["id"], fields=fields)["item"]
    assert moved["previousStageId"] == f"DT{number}_{funnel}:CLIENT"
    told = act("crm.stagehistory.list", entityTypeId=number, filter={"OWNER_ID": made["id"]})["items"]
    assert [(one["TYPE_ID"], one["STAGE_SEMANTIC_ID"], one["CATEGORY_ID"]) for one in told] == [
        (1, "P", funnel),
        (2, "P", funnel),
        (3, "S", funnel),
    ]
    wrong = call("crm.item.update", entityTypeId=number, id=made["id"], fields={"stageId": "WON"})
    assert wrong["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert call("crm.stagehistory.list", entityTypeId=3)["error_description"] == "3 entity is not supported"


def test_another_funnel_has_stages_of_its_own(kind, item, act, call):
    number = kind()
    first = default_funnel(act, number)
    second = act("crm.category.add", entityTypeId=number, fields={"name": "Срочные", "sort": -5})["category"]
    assert (second["sort"], second["isDefault"], second["entityTypeId"]) == (0, "N", number)
    entity_id = f"DYNAMIC_{number}_STAGE_{second['id']}"
    own = {"ENTITY_ID": entity_id, "STATUS_ID": "PAY", "NAME": "Оплата", "SORT": 35}
    status = act("crm.status.add", fields=own)
    assert act("crm.status.get", id=status)["STATUS_ID"] == f"DT{number}_{second['id']}:PAY"
    made = item(number, categoryId=second["id"], stageId=f"DT{number}_{second['id']}:PAY")
    assert call("crm.status.delete", id=status)["error_description"] == "There are active items in this status."
    back = act("crm.item.update", entityTypeId=number, id=made["id"], fields={"categoryId": first})["item"]
    assert back["stageId"] == f"DT{number}_{first}:NEW"
    history = act("crm.stagehistory.list", entityTypeId=number)["items"]
    assert [one["TYPE_ID"] for one in history] == [1, 5]
    assert act("crm.status.delete", id=status) is True
    kinds = {one["ID"]: one for one in act("crm.status.entity.types")}
    assert (kinds[entity_id]["PREFIX"], kinds[entity_id]["NAME"]) == (f"DT{number}_{second['id']}", "Закупка (Срочные)")
    wrong = call("crm.item.add", entityTypeId=number, fields={"categoryId": 1})
    assert wrong["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"  # the funnel of invoices


def test_one_funnel_is_the_first_and_an_empty_other_one_can_go(kind, item, act, call):
    number = kind()
    first = default_funnel(act, number)
    second = act("crm.category.add", entityTypeId=number, fields={"name": "Новая", "isDefault": "Y"})["category"]["id"]
    assert act("crm.category.get", entityTypeId=number, id=first)["category"]["isDefault"] == "N"
    assert item(number)["categoryId"] == second
    act("crm.category.update", entityTypeId=number, id=second, fields={"isDefault": "N", "name": "Другая"})
    kept = act("crm.category.get", entityTypeId=number, id=second)["category"]
    assert (kept["isDefault"], kept["name"]) == ("Y", "Другая")
    refused = call("crm.category.delete", entityTypeId=number, id=second)
    assert (refused["error"], refused["error_description"]) == ("BX_ERROR", "This funnel is the default funnel")
    held = item(number, categoryId=first)
    refused = call("crm.category.delete", entityTypeId=number, id=first)
    assert refused["error_description"] == "Elements related to the funnel found"
    act("crm.item.delete", entityTypeId=number, id=held["id"])
    assert act("crm.category.delete", entityTypeId=number, id=first) is None
    assert stages_of(act, number, first) == []
    system = call("crm.category.add", entityTypeId=number, fields={"name": "x", "isSystem": "Y"})
    assert system["error"] == "ADDING_DISABLED"
    assert "isSystem" in act("crm.category.fields", entityTypeId=number)["fields"]
    assert call("crm.category.list", entityTypeId=1)["error"] == "ENTITY_TYPE_NOT_SUPPORTED"
    assert call("crm.category.list", entityTypeId=1040)["error"] == "NOT_FOUND"


def test_relations_give_fields_of_parents(kind, item, act, deal):
    above = {"parent": [{"entityTypeId": 2, "isChildrenListEnabled": "true"}], "child": [{"entityTypeId": 31}]}
    number = kind(relations=above)
    fields = act("crm.item.fields", entityTypeId=number)["fields"]
    assert fields["stageId"]["statusType"] == f"DYNAMIC_{number}_STAGE_{default_funnel(act, number)}"
    described = fields["parentId2"]
    assert (described["type"], described["upperName"], described["title"]) == ("crm_entity", "PARENT_ID_2", "Сделка")
    assert described["settings"] == {"parentEntityTypeId": 2}
    parent = deal()["id"]
    made = item(number, parentId2=parent)
    item(number)
    listed = act("crm.item.list", entityTypeId=number, filter={"parentId2": parent}, select=["parentId2"])["items"]
    assert listed == [{"id": made["id"], "parentId2": parent}]
    invoice = item(31, **{f"parentId{number}": made["id"], "parentId2": parent})
    assert (invoice[f"parentId{number}"], invoice["parentId2"], invoice["parentId7"]) == (made["id"], parent, None)
    act("crm.deal.delete", id=parent)
    assert act("crm.item.get", entityTypeId=number, id=made["id"])["item"]["parentId2"] is None
    assert f"parentId{number}" not in act("crm.item.fields", entityTypeId=2)["fields"]


def test_contacts_and_companies_are_linked_and_let_go(kind, item, act):
    number = kind()
    contact = act("crm.contact.add", fields={"NAME": "Пётр"})
    company = act("crm.company.add", fields={"TITLE": "Ромашка"})
    made = item(number, contactIds=[contact], companyId=company)
    assert (made["contactId"], made["companyId"]) == (contact, company)
    act("crm.contact.delete", id=contact)
    act("crm.company.delete", id=company)
    left = act("crm.item.get", entityTypeId=number, id=made["id"])["item"]
    assert (left["contactIds"], left["contactId"], left["companyId"]) == ([], 0, 0)


def test_product_rows_make_the_sum(kind, item, act, call):
    number = kind()
    made, short = item(number), f"T{number:x}"
    rows = [{"productName": "Станок", "price": 150, "quantity": 2}]
    act("crm.item.productrow.set", ownerType=short, ownerId=made["id"], productRows=rows)
    assert act("crm.item.get", entityTypeId=number, id=made["id"])["item"]["opportunity"] == 300
    listed = act("crm.item.productrow.list", filter={"=ownerType": short, "=ownerId": made["id"]})["productRows"]
    assert [row["productName"] for row in listed] == ["Станок"]
    unpaid = act("crm.item.productrow.getAvailableForPayment", ownerType=short, ownerId=made["id"])
    assert unpaid["productRows"] == listed
    act("crm.item.delete", entityTypeId=number, id=made["id"])
    assert act("crm.item.productrow.list", filter={"=ownerType": short})["productRows"] == []
    without = act("crm.type.add", fields={"title": "Без товаров"})["type"]["entityTypeId"]
    other = {"ownerType": f"T{without:x}", "ownerId": item(without)["id"], "productRows": rows}
    assert call("crm.item.productrow.set", **other)["error"] == "ENTITY_TYPE_NOT_SUPPORTED"


def test_custom_fields_are_those_of_the_type(kind, item, act, call):
    number = kind()
    entity_id = f"CRM_{act('crm.type.getByEntityTypeId', entityTypeId=number)['type']['id']}"
    name = f"UF_{entity_id}_PLACE"
    field = {"entityId": entity_id, "fieldName": name, "userTypeId": "string", "mandatory": "Y"}
    act("userfieldconfig.add", moduleId="crm", field=field)
    assert call("crm.item.add", entityTypeId=number, fields={})["error"] == "CRM_FIELD_ERROR_REQUIRED"
    camel = f"ufCrm{entity_id.removeprefix('CRM_')}Place"
    assert item(number, **{camel: "Цех"})[camel] == "Цех"
    listed = act("crm.item.list", entityTypeId=number, filter={name: "Цех"}, useOriginalUfNames="Y")["items"]
    assert [one[name] for one in listed] == ["Цех"]


def test_what_hangs_on_an_item_hangs_on_it(kind, item, act, call, task):
    number = kind()
    made = item(number)
    comment = {"ENTITY_TYPE": f"dynamic_{number}", "ENTITY_ID": made["id"], "COMMENT": "Ждём счёт"}
    act("crm.timeline.comment.add", fields=comment)
    place = {"ENTITY_TYPE": f"dynamic_{number}", "ENTITY_ID": made["id"]}
    assert [one["COMMENT"] for one in act("crm.timeline.comment.list", filter=place)] == ["Ждём счёт"]
    todo = {"ownerTypeId": number, "ownerId": made["id"], "deadline": "2026-12-03T15:00:00+03:00"}
    act("crm.activity.todo.add", **todo)
    owned = {"OWNER_TYPE_ID": number, "OWNER_ID": made["id"]}
    assert len(act("crm.activity.list", filter=owned)) == 1
    card = [{"name": "main", "title": "О заявке", "type": "section", "elements": [{"name": "TITLE"}]}]
    act("crm.item.details.configuration.set", entityTypeId=number, data=card, extras={"categoryId": 9})
    assert act("crm.item.details.configuration.get", entityTypeId=number) is None
    held = act("crm.item.details.configuration.get", entityTypeId=number, extras={"categoryId": 9})
    assert held[0]["title"] == "О заявке"
    task(UF_CRM_TASK=[f"T{number:x}_{made['id']}"])
    act("crm.item.delete", entityTypeId=number, id=made["id"])
    assert act("crm.timeline.comment.list", filter=place) == []
    assert act("crm.activity.list", filter=owned) == []


def test_items_are_imported_in_batches_without_a_sound(portal, handler, kind, act):
    number = kind()
    portal.settle_events()
    handler.events.clear()
    data = [{"title": "Старая", "createdTime": "2020-01-01T10:00:00+03:00"}, {"categoryId": 999}]
    good, bad = act("crm.item.batchImport", entityTypeId=number, data=data)["items"]
    assert bad["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    made = act("crm.item.get", entityTypeId=number, id=good["item"]["id"])["item"]
    assert (made["title"], made["createdTime"][:10], made["movedTime"][:10]) == ("Старая", "2020-01-01", "2020-01-01")
    portal.settle_events()
    assert handler.names() == []


def test_events_say_whose_item_it_is(portal, handler, kind, item, act):
    number = kind()
    made = item(number)
    act("crm.item.update", entityTypeId=number, id=made["id"], fields={"title": "Другая"})
    act("crm.item.delete", entityTypeId=number, id=made["id"])
    portal.settle_events()
    rung = [event for event in handler.events if event["event"].startswith("ONCRMDYNAMIC")]
    assert [event["event"].removeprefix("ONCRMDYNAMICITEM") for event in rung] == ["ADD", "UPDATE", "DELETE"]
    assert rung[0]["data"]["FIELDS"] == {"ID": str(made["id"]), "ENTITY_TYPE_ID": str(number)}


def test_a_webhook_can_ask_for_one_process_only(handler):
    portal, caller = Portal(token="t", seed="bare"), Caller(2, via="control")
    numbers = [
        run(portal, caller, "crm.type.add", {"fields": {"title": title}}).result["type"]["entityTypeId"]
        for title in ("Заявки", "Проекты")
    ]
    portal.events.subscribe(Subscription(handler.url, "t", frozenset({f"ONCRMDYNAMICITEMADD_{numbers[1]}"})))
    for number in numbers:
        run(portal, caller, "crm.item.add", {"entityTypeId": number, "fields": {}})
    portal.events.settle(5)
    portal.close()
    assert [event["data"]["FIELDS"]["ENTITY_TYPE_ID"] for event in handler.events] == [str(numbers[1])]


def test_a_trigger_moves_an_item(portal, kind, item, act):
    number = kind()
    made, funnel = item(number), default_funnel(act, number)
    portal.add_trigger("paid", f"DT{number}_{funnel}:SUCCESS", funnel, entity_type_id=number)
    act("crm.automation.trigger", target=f"DYNAMIC_{number}_{made['id']}", code="paid")
    stage = act("crm.item.get", entityTypeId=number, id=made["id"])["item"]["stageId"]
    assert stage == f"DT{number}_{funnel}:SUCCESS"


def test_roles_reach_items_of_a_process(portal, kind, item, person):
    number, worker = kind(), person("worker")
    mine = portal.act(worker, "crm.item.add", {"entityTypeId": number, "fields": {"title": "Моя"}})["item"]["id"]
    other = item(number, title="Чужая")["id"]
    portal.give_role("Работник", users=[worker], rights={str(number): "own"})
    listed = portal.act(worker, "crm.item.list", {"entityTypeId": number})["items"]
    assert [one["id"] for one in listed] == [mine]
    with pytest.raises(Refused) as caught:
        portal.act(worker, "crm.item.delete", {"entityTypeId": number, "id": other})
    assert caught.value.code == "ACCESS_DENIED"
    with pytest.raises(Refused):
        portal.act(worker, "crm.item.get", {"entityTypeId": 31, "id": item(31)["id"]})


def test_a_type_that_is_gone_has_no_items(portal, kind, act):
    number = kind()
    act("crm.type.delete", id=act("crm.type.getByEntityTypeId", entityTypeId=number)["type"]["id"])
    with pytest.raises(Refused, match="Smart process not found"):
        act("crm.item.add", entityTypeId=number, fields={})
    old = requests.post(f"{portal.webhook_url}crm.item.list", json={"entityTypeId": 5}, timeout=10)
    assert (old.status_code, old.json()["error"]) == (400, "ENTITY_TYPE_NOT_SUPPORTED")
