"""crm.type.*: definitions of smart processes."""

import pytest

from emulator.control import Refused


@pytest.fixture
def kind(act):
    """Define a smart process and return it: kind(title="…")."""
    return lambda **fields: act("crm.type.add", fields={"title": "Закупка", **fields})["type"]


@pytest.fixture
def refused(act):
    def ask(method: str, **params) -> tuple:
        with pytest.raises(Refused) as caught:
            act(method, **params)
        return caught.value.code, caught.value.description

    return ask


def test_a_type_is_defined_and_read_back(kind, act):
    made = kind(entityTypeId=2024, isStagesEnabled="Y", code="BUY")
    assert (made["entityTypeId"], made["isStagesEnabled"], made["isClientEnabled"]) == (2024, "Y", "N")
    assert (made["isSetOpenPermissions"], made["createdBy"], made["customSectionId"]) == ("Y", 2, None)
    assert made["relations"] == {"parent": [], "child": []}
    assert act("crm.type.get", id=made["id"])["type"] == made
    assert act("crm.type.getByEntityTypeId", entityTypeId=2024)["type"] == made


def test_relations_and_fields_are_told_with_true_and_false(kind):
    linked = {"TASKS_TASK|UF_CRM_TASK": "true", "CALENDAR_EVENT|UF_CRM_CAL_EVENT": "Y"}
    parents = [{"entityTypeId": 2, "isChildrenListEnabled": "true"}, {"entityTypeId": 4}, {"entityTypeId": 999}]
    children = [{"entityTypeId": 3, "isChildrenListEnabled": "Y"}]
    asked = {"relations": {"parent": parents, "child": children}, "linkedUserFields": linked}
    made = kind(isClientEnabled="Y", isUseInUserfieldEnabled="Y", **asked)
    assert made["relations"] == {
        "parent": [
            {"entityTypeId": 3, "isChildrenListEnabled": "Y", "isPredefined": "Y"},
            {"entityTypeId": 4, "isChildrenListEnabled": "Y", "isPredefined": "Y"},
            {"entityTypeId": 2, "isChildrenListEnabled": "Y", "isPredefined": "N"},
        ],
        "child": [{"entityTypeId": 3, "isChildrenListEnabled": "N", "isPredefined": "N"}],
    }
    assert made["linkedUserFields"] == {
        "CALENDAR_EVENT|UF_CRM_CAL_EVENT": "N",
        "TASKS_TASK|UF_CRM_TASK": "Y",
        "TASKS_TASK_TEMPLATE|UF_CRM_TASK": "N",
    }
    assert kind(**asked)["linkedUserFields"]["TASKS_TASK|UF_CRM_TASK"] == "N"


@pytest.mark.parametrize("number", [127, 193, 1028, 1031, "много"])
def test_a_number_out_of_range_is_refused(refused, number):
    words = ("INVALID_ARG_VALUE", "entityTypeId is out of allowed range")
    assert refused("crm.type.add", fields={"title": "x", "entityTypeId": number}) == words


def test_a_number_is_given_once(kind, refused):
    assert [kind()["entityTypeId"], kind(entityTypeId=129)["entityTypeId"], kind()["entityTypeId"]] == [128, 129, 130]
    assert refused("crm.type.add", fields={"title": "x", "entityTypeId": 129})[0] == "INVALID_ARG_VALUE"
    assert refused("crm.type.add") == ("100", "Could not find value for parameter {fields}")
    outside = {"title": "x", "isExternal": "true"}
    assert refused("crm.type.add", fields=outside) == ("0", "Select a workplace where the SPA will be located")


def test_a_type_changes_and_replaces_its_relations(portal, handler, kind, act):
    made = kind(isClientEnabled="Y", relations={"parent": [{"entityTypeId": 2}], "child": [{"entityTypeId": 1}]})
    portal.advance(60)
    fields = {"title": "Заявка", "entityTypeId": 190, "relations": {"child": [{"entityTypeId": 2}]}}
    changed = act("crm.type.update", id=made["id"], fields=fields)["type"]
    assert (changed["title"], changed["entityTypeId"]) == ("Заявка", made["entityTypeId"])
    assert changed["updatedTime"] > made["updatedTime"]
    assert [one["entityTypeId"] for one in changed["relations"]["parent"]] == [3, 4]
    assert [one["entityTypeId"] for one in changed["relations"]["child"]] == [2]
    bare = act("crm.type.update", id=made["id"], fields={"isClientEnabled": "N"})["type"]["relations"]
    assert bare["parent"] == []
    portal.settle_events()
    assert handler.names() == ["ONCRMTYPEADD", "ONCRMTYPEUPDATE", "ONCRMTYPEUPDATE"]
    assert handler.events[0]["data"]["FIELDS"] == {"ID": str(made["id"])}


def test_types_are_listed_filtered_and_ordered(kind, call, refused):
    for number in range(3):
        kind(title=f"Процесс {number}", isStagesEnabled="Y" if number else "N")
    body = call("crm.type.list", filter={"isStagesEnabled": "Y", "%title": "процесс"}, order={"id": "DESC"})
    assert [row["title"] for row in body["result"]["types"]] == ["Процесс 2", "Процесс 1"]
    assert body["total"] == 2
    assert "relations" not in body["result"]["types"][0]
    assert "'colour' is not allowed in filter" in refused("crm.type.list", filter={"colour": 1})[1]
    assert "'colour' is not allowed in order" in refused("crm.type.list", order={"colour": "ASC"})[1]


def test_a_type_is_deleted_and_then_unknown(kind, call, refused):
    made = kind()
    assert call("crm.type.delete")["result"] is None
    assert call("crm.type.delete", id=made["id"])["result"] == []
    assert refused("crm.type.get", id=made["id"]) == (0, "Smart process not found")
    unknown = ("NOT_FOUND", "Smart process not found")
    assert refused("crm.item.list", entityTypeId=made["entityTypeId"]) == unknown


def test_a_type_with_items_stays(kind, act, refused):
    made = kind()
    item = act("crm.item.add", entityTypeId=made["entityTypeId"], fields={})["item"]
    words = ("BX_ERROR", "You cannot delete an entity type that has elements")
    assert refused("crm.type.delete", id=made["id"]) == words
    act("crm.item.delete", entityTypeId=made["entityTypeId"], id=item["id"])
    assert act("crm.type.delete", id=made["id"]) == []
    assert not act("crm.status.list", filter={"%ENTITY_ID": f"DYNAMIC_{made['entityTypeId']}"})


def test_a_relation_stands_on_both_sides_of_it(kind, act):
    above, below = kind(title="Проект"), kind(title="Этап")
    numbers = [above["entityTypeId"], below["entityTypeId"]]
    child = [{"entityTypeId": numbers[1], "isChildrenListEnabled": "true"}]
    act("crm.type.update", id=above["id"], fields={"relations": {"child": child}})
    relations = act("crm.type.get", id=below["id"])["type"]["relations"]
    assert relations == {
        "parent": [{"entityTypeId": numbers[0], "isChildrenListEnabled": "Y", "isPredefined": "N"}],
        "child": [],
    }
    act("crm.type.delete", id=above["id"])
    assert act("crm.type.get", id=below["id"])["type"]["relations"]["parent"] == []


def test_a_smart_process_is_an_owner_type(kind, act):
    kind(entityTypeId=156)
    assert act("crm.enum.ownertype")[-1] == {
        "ID": 156,
        "NAME": "Закупка",
        "SYMBOL_CODE": "DYNAMIC_156",
        "SYMBOL_CODE_SHORT": "T9c",
    }


def test_the_settings_of_a_type_are_described(act):
    fields = act("crm.type.fields")["fields"]
    assert fields["entityTypeId"] == {
        "type": "integer",
        "isRequired": True,
        "isReadOnly": False,
        "isImmutable": True,
        "isMultiple": False,
        "isDynamic": False,
        "title": "Идентификатор типа",
        "upperName": "ENTITY_TYPE_ID",
    }
    assert fields["isBizProcEnabled"]["upperName"] == "IS_BIZ_PROC_ENABLED"
