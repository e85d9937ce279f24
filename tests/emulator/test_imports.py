"""Objects from another system; mandatory fields; definitions of custom fields of every kind of object."""

import pytest

from emulator.control import Refused

PAST = "2026-01-10T12:00:00+03:00"


def test_an_import_keeps_the_history_and_tells_nobody(portal, handler, call):
    fields = {"title": "Из старой базы", "createdTime": PAST, "updatedTime": PAST, "createdBy": 1, "observers": [2]}
    body = call("crm.item.import", entityTypeId=2, fields=fields)
    assert body["result"] == {"item": {"id": 1}}
    item = call("crm.item.get", entityTypeId=2, id=1)["result"]["item"]
    assert (item["title"], item["createdTime"], item["updatedTime"]) == ("Из старой базы", PAST, PAST)
    assert (item["movedTime"], item["createdBy"], item["stageId"]) == (PAST, 1, "NEW")
    portal.settle_events()
    assert handler.names() == []


def test_phones_come_along_in_the_older_form(call):
    phone = [{"VALUE": "+7999", "VALUE_TYPE": "WORK"}]
    number = call("crm.item.import", entityTypeId=3, fields={"name": "Анна", "PHONE": phone})["result"]["item"]["id"]
    item = call("crm.item.get", entityTypeId=3, id=number)["result"]["item"]
    assert item["fm"] == [{"id": 1, "typeId": "PHONE", "valueType": "WORK", "value": "+7999"}]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"createdTime": "2099-01-01T00:00:00+03:00"}, "createdTime"),
        ({"createdTime": PAST, "updatedTime": "2026-01-09T12:00:00+03:00"}, "updatedTime"),
        ({"createdTime": PAST, "updatedTime": PAST, "movedTime": "2026-01-11T12:00:00+03:00"}, "movedTime"),
        ({"opportunity": "много"}, "opportunity"),
    ],
)
def test_moments_that_cannot_have_been_are_refused(call, fields, field):
    body = call("crm.item.import", entityTypeId=2, fields=fields)
    refused = ("CRM_FIELD_ERROR_VALUE_NOT_VALID", f'Invalid value for field "{field}"')
    assert (body["error"], body["error_description"]) == refused


def test_only_an_administrator_tells_the_history(portal, act):
    employee = int(act("user.add", EMAIL="petrov@sferotek.example", NAME="Пётр", UF_DEPARTMENT=[1]))
    assert portal.act(employee, "crm.item.import", {"entityTypeId": 2, "fields": {}}) == {"item": {"id": 1}}
    with pytest.raises(Refused, match="createdBy"):
        portal.act(employee, "crm.item.import", {"entityTypeId": 2, "fields": {"createdBy": 1}})


def test_older_objects_come_first(call, deal):
    deal()
    assert "createdTime" in call("crm.item.import", entityTypeId=2, fields={"createdTime": PAST})["error_description"]


def test_a_batch_makes_what_it_can(call, field):
    field("SF_MUST", "string", MANDATORY="Y", EDIT_FORM_LABEL="Потребность")
    data = [{"title": "А", "UF_CRM_SF_MUST": "ткань"}, {"title": "Б"}]
    items = call("crm.item.batchImport", entityTypeId=2, useOriginalUfNames="Y", data=data)["result"]["items"]
    assert items[0] == {"item": {"id": 1}}
    assert items[1]["error"] == "CRM_FIELD_ERROR_REQUIRED"
    assert [row["title"] for row in call("crm.item.list", entityTypeId=2)["result"]["items"]] == ["А"]
    body = call("crm.item.batchImport", entityTypeId=2, data=[{}] * 21)
    assert (body["error"], body["error_description"]) == (
        "MAX_IMPORT_BATCH_SIZE_EXCEEDED",
        "You cannot import more than 20 items",
    )


def test_a_mandatory_field_is_asked_for_when_the_stage_changes(call, field):
    number = call("crm.item.add", entityTypeId=2, fields={})["result"]["item"]["id"]
    field("SF_MUST", "string", MANDATORY="Y", EDIT_FORM_LABEL="Потребность")
    changed = {"entityTypeId": 2, "id": number, "useOriginalUfNames": "Y"}
    assert "result" in call("crm.item.update", **changed, fields={"title": "Сделка"})
    body = call("crm.item.update", **changed, fields={"stageId": "PREPARATION"})
    assert (body["error"], "Потребность" in body["error_description"]) == ("CRM_FIELD_ERROR_REQUIRED", True)
    both = call("crm.item.update", **changed, fields={"stageId": "PREPARATION", "UF_CRM_SF_MUST": "ткань"})
    assert both["result"]["item"]["stageId"] == "PREPARATION"
    assert call("crm.deal.add", fields={"TITLE": "Сделка"})["result"] == number + 1


# -- definitions of custom fields


@pytest.mark.parametrize("kind", ["lead", "deal", "contact", "company", "requisite"])
def test_a_custom_field_is_defined_found_changed_and_removed(call, kind):
    prefix = f"crm.{kind}.userfield"
    given = {"FIELD_NAME": "UF_MANAGER_NOTE", "USER_TYPE_ID": "string", "LABEL": "Заметка"}
    number = call(f"{prefix}.add", fields=given)["result"]
    row = call(f"{prefix}.get", id=number)["result"]
    assert (row["ID"], row["FIELD_NAME"]) == (str(number), "UF_CRM_MANAGER_NOTE")
    assert row["LIST_COLUMN_LABEL"]["ru"] == "Заметка"
    assert call(f"{prefix}.update", id=number, fields={"MANDATORY": "Y", "SORT": 7})["result"] is True
    body = call(f"{prefix}.list", filter={"MANDATORY": "Y", "LANG": "ru"})
    assert [(one["SORT"], one["EDIT_FORM_LABEL"]) for one in body["result"]] == [("7", "Заметка")]
    assert call(f"{prefix}.delete", id=number)["result"] is True
    gone = call(f"{prefix}.get", id=number)
    assert (gone["error"], gone["error_description"]) == (
        "ERROR_NOT_FOUND",
        f"The entity with ID '{number}' is not found.",
    )
    assert call(f"{prefix}.get", id=0)["error_description"] == "ID is not defined or invalid."


def test_a_custom_field_of_leads_holds_values_of_its_own(call, act, field):
    field("SF_GROUP", "enumeration", LIST=[{"VALUE": "сделки"}])
    fields = {"FIELD_NAME": "SF_GROUP", "USER_TYPE_ID": "enumeration", "LIST": [{"VALUE": "лиды"}]}
    number = act("crm.lead.userfield.add", fields=fields)
    call("crm.lead.add", fields={"UF_CRM_SF_GROUP": 2})
    assert call("crm.lead.get", id=1)["result"]["UF_CRM_SF_GROUP"] == "2"
    of_deals, of_leads = (
        call(f"crm.{kind}.userfield.list")["result"][0]["LIST"] for kind in ("deal", "lead")
    )  # fmt: skip
    assert ([one["VALUE"] for one in of_deals], [one["VALUE"] for one in of_leads]) == (["сделки"], ["лиды"])
    foreign = call("crm.deal.userfield.delete", id=number)
    assert foreign["error_description"] == "Access denied."
    act("crm.lead.userfield.delete", id=number)
    assert len(call("crm.deal.userfield.list")["result"][0]["LIST"]) == 1


def test_definitions_are_told_of_with_their_names(portal, handler, act):
    fields = {"FIELD_NAME": "SF_GROUP", "USER_TYPE_ID": "enumeration", "LIST": [{"VALUE": "А"}]}
    number = act("crm.lead.userfield.add", fields=fields)
    act("crm.lead.userfield.update", id=number, fields={"LIST": [{"VALUE": "Б"}]})
    act("crm.lead.userfield.delete", id=number)
    portal.settle_events()
    assert handler.names() == [f"ONCRMLEADUSERFIELD{verb}" for verb in ("ADD", "UPDATE", "SETENUMVALUES", "DELETE")]
    told = {"ID": str(number), "ENTITY_ID": "CRM_LEAD", "FIELD_NAME": "UF_CRM_SF_GROUP"}
    assert handler.events[0]["data"] == {"FIELDS": told}


def test_two_options_with_one_code_are_refused(call):
    options = [{"VALUE": "А", "XML_ID": "x"}, {"VALUE": "Б", "XML_ID": "x"}]
    fields = {"FIELD_NAME": "SF_GROUP", "USER_TYPE_ID": "enumeration", "LIST": options}
    body = call("crm.lead.userfield.add", fields=fields)
    assert (body["error"], body["error_description"]) == (
        "ERROR_CORE",
        "List item with XML_ID=x already exists.<br>",
    )
    body = call("crm.requisite.userfield.add", fields={"FIELD_NAME": "X", "USER_TYPE_ID": "file"})
    assert body["error"] == "ERROR_CORE"
