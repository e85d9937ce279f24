"""crm.item.*: types, defaults, custom fields, files, what is saved and what is not."""

import base64

import pytest
import requests

HELLO, WORLD = (base64.b64encode(text).decode() for text in (b"hello", b"world"))


def test_a_new_deal_gets_the_portals_defaults(deal):
    made = deal()
    assert made["title"] == f"Сделка #{made['id']}"
    assert (made["categoryId"], made["stageId"], made["stageSemanticId"]) == (0, "NEW", "P")
    assert (made["assignedById"], made["createdBy"], made["movedBy"]) == (2, 2, 2)
    assert (made["opportunity"], made["companyId"], made["closed"]) == (0, 0, "N")
    assert made["begindate"][11:] == "03:00:00+03:00"
    assert made["updatedTime"] == made["createdTime"] == made["movedTime"]


def test_numbers_are_numbers_and_unset_fields_are_null(call, deal):
    deal(opportunity="15.50", isManualOpportunity="Y", probability="70", companyId="")
    item = call("crm.item.get", entityTypeId=2, id="1")["result"]["item"]
    assert (item["id"], item["opportunity"], item["probability"], item["companyId"]) == (1, 15.5, 70, 0)
    assert item["additionalInfo"] is None


def test_unknown_and_read_only_fields_are_silently_ignored(deal):
    made = deal(title="Сделка", colour="red", createdBy=99, UF_CRM_NO_SUCH="x")
    assert made["createdBy"] == 2
    assert "colour" not in made
    assert "UF_CRM_NO_SUCH" not in made


def test_the_first_contact_of_the_list_is_the_main_one(deal, act):
    people = [act("crm.item.add", entityTypeId=3, fields={"name": name})["item"]["id"] for name in ("А", "Б")]
    made = deal(contactIds=people)
    assert (made["contactId"], made["contactIds"]) == (people[0], people)
    changed = act("crm.item.update", entityTypeId=2, id=made["id"], fields={"contactId": people[1]})["item"]
    assert changed["contactIds"] == [people[1]]


def test_an_update_that_changes_nothing_saves_nothing(portal, handler, deal, act):
    made = deal(title="Сделка")
    portal.settle_events()
    portal.advance(5)
    same = act("crm.item.update", entityTypeId=2, id=made["id"], fields={"title": "Сделка"})["item"]
    portal.settle_events()
    assert same["updatedTime"] == made["updatedTime"]
    assert handler.names() == ["ONCRMDEALADD"]
    assert [effect["method"] for effect in portal.log()] == ["crm.item.add"]


def test_an_update_changes_its_time_and_its_author(portal, deal):
    made = deal(title="Сделка")
    portal.advance(5)
    changed = portal.act(1, "crm.item.update", {"entityTypeId": 2, "id": made["id"], "fields": {"title": "Б"}})["item"]
    assert changed["updatedTime"] > made["updatedTime"]
    assert (changed["updatedBy"], changed["movedTime"]) == (1, made["movedTime"])


def test_a_missing_item_and_an_unknown_kind_are_400_not_found(call):
    assert call("crm.item.get", entityTypeId=2, id=404)["error_description"] == "Element not found"
    assert call("crm.item.get", entityTypeId=1038, id=1)["error_description"] == "Smart process not found"


def test_delete_answers_an_empty_list_and_takes_comments_rows_and_history_along(call, deal, act):
    made = deal()
    act("crm.timeline.comment.add", fields={"ENTITY_TYPE": "deal", "ENTITY_ID": made["id"], "COMMENT": "Слово"})
    act("crm.item.productrow.set", ownerType="D", ownerId=made["id"], productRows=[{"productName": "Ткань"}])
    assert call("crm.item.delete", entityTypeId=2, id=made["id"])["result"] == []
    assert call("crm.stagehistory.list", entityTypeId=2, filter={"OWNER_ID": made["id"]})["total"] == 0
    assert call("crm.item.productrow.list", filter={"=ownerId": made["id"]})["total"] == 0
    comments = call("crm.timeline.comment.list", filter={"ENTITY_TYPE": "deal", "ENTITY_ID": made["id"]})
    assert comments["total"] == 0


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("string", "слово", "слово"),
        ("integer", "7", 7),
        ("double", "7.5", 7.5),
        ("boolean", "Y", "Y"),
        ("boolean", 0, "N"),
        ("money", "300|RUB", "300|RUB"),
        ("date", "2026-11-30", "2026-11-30T03:00:00+03:00"),
        ("date", "2026-11-30T03:00:00+03:00", "2026-11-30T03:00:00+03:00"),
        ("datetime", "2026-11-30T10:00:00+07:00", "2026-11-30T06:00:00+03:00"),
        ("employee", "2", 2),
        ("crm", "CO_3", "CO_3"),
        ("url", "https://example.com", "https://example.com"),
        ("address", "Казань, Баумана, 1|55.7;49.1|12", "Казань, Баумана, 1|55.7;49.1|12"),
    ],
)
def test_a_custom_field_keeps_its_type(deal, field, kind, written, kept):
    name = field("SF_X", kind)
    assert deal(**{name: written})[name] == kept


def test_a_custom_field_is_cleared_by_the_empty_text(deal, field, act):
    name = field("SF_X", "money")
    made = deal(**{name: "300|RUB"})
    cleared = act("crm.item.update", entityTypeId=2, id=made["id"], useOriginalUfNames="Y", fields={name: ""})["item"]
    assert cleared[name] is None


def test_an_enumeration_is_written_by_the_id_of_its_option(call, deal, field):
    name = field("SF_GROUP", "enumeration", LIST=[{"VALUE": "Ткани"}, {"VALUE": "Спецодежда"}])
    described = call("crm.item.fields", entityTypeId=2, useOriginalUfNames="Y")["result"]["fields"][name]
    ids = {option["VALUE"]: option["ID"] for option in described["items"]}
    assert deal(**{name: ids["Спецодежда"]})[name] == int(ids["Спецодежда"])


def test_option_ids_come_from_one_counter(call, field):
    for name in ("SF_A", "SF_B"):
        field(name, "enumeration", LIST=[{"VALUE": "да"}, {"VALUE": "нет"}])
    lists = [row["LIST"] for row in call("crm.deal.userfield.list", order={"ID": "ASC"})["result"]]
    assert [[option["ID"] for option in options] for options in lists] == [["1", "2"], ["3", "4"]]


def test_a_boolean_is_filtered_by_one_and_zero_only(call, deal, field):
    name = field("SF_ON", "boolean")
    deal(**{name: "Y"})
    deal()
    totals = [
        call("crm.item.list", entityTypeId=2, useOriginalUfNames="Y", filter={f"={name}": value})["total"]
        for value in (1, 0, "Y")
    ]
    assert totals == [1, 1, 0]


def test_a_link_is_found_in_a_multiple_field(call, deal, field):
    name = field("SF_CHILDREN", "crm", MULTIPLE="Y")
    deal(**{name: ["D_7", "D_8"]})
    assert call("crm.item.list", entityTypeId=2, useOriginalUfNames="Y", filter={f"={name}": "D_8"})["total"] == 1


def test_a_scalar_in_a_multiple_field_is_refused(call, field):
    name = field("SF_CHILDREN", "crm", MULTIPLE="Y")
    body = call("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields={name: "D_1"})
    assert body["error"] == "100"


@pytest.mark.parametrize(
    ("original", "camel"),
    [
        ("UF_CRM_1721244707107", "ufCrm_1721244707107"),
        ("UF_CRM_3_DIGIT", "ufCrm3Digit"),
        ("UF_CRM_3_1747309727", "ufCrm3_1747309727"),
        ("UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"),
        ("UF_CRM_3_DIGIT_10", "ufCrm_3_DIGIT_10"),
        ("UF_CRM_SF_SO_NEED", "ufCrmSfSoNeed"),
    ],
)
def test_custom_names_turn_into_camel_case_as_documented(call, field, original, camel):
    name = field(original.removeprefix("UF_CRM_"), "string")
    made = call("crm.item.add", entityTypeId=2, fields={camel: "слово"})["result"]["item"]
    assert made[camel] == "слово"
    assert call("crm.item.get", entityTypeId=2, id=1, useOriginalUfNames="Y")["result"]["item"][name] == "слово"


def test_a_file_is_downloaded_by_an_address_with_its_own_token(deal, field):
    name = field("SF_SCAN", "file")
    shown = deal(**{name: ["договор.txt", HELLO]})[name]
    answer = requests.get(shown["urlMachine"], timeout=10)
    assert answer.content == b"hello"
    assert "filename" in answer.headers["Content-Disposition"]
    assert requests.get(shown["urlMachine"][:-1] + "?", timeout=10).status_code == 404


def test_files_left_out_of_an_update_are_gone(deal, field, act):
    name = field("SF_FILES", "file", MULTIPLE="Y")
    made = deal(**{name: [["а.txt", HELLO], ["б.txt", WORLD]]})
    first, second = made[name]
    keep_second = {"entityTypeId": 2, "id": made["id"], "useOriginalUfNames": "Y"}
    kept = act("crm.item.update", **keep_second, fields={name: [{"id": second["id"]}, ["в.txt", HELLO]]})["item"][name]
    assert [file["id"] for file in kept] == [second["id"], second["id"] + 1]
    assert act("crm.item.update", **keep_second, fields={name: []})["item"][name] == []


def test_phones_of_a_contact_are_read_and_changed_by_id(act):
    phone = {"typeId": "PHONE", "valueType": "WORK", "value": "+79990000000"}
    made = act("crm.item.add", entityTypeId=3, fields={"name": "Анна", "fm": [phone]})["item"]
    assert made["fm"] == [{"id": 1, **phone}]
    changed = act("crm.item.update", entityTypeId=3, id=made["id"], fields={"fm": [{"id": 1, "value": "+7111"}]})
    assert changed["item"]["fm"][0]["value"] == "+7111"


def test_a_mandatory_field_is_asked_for(call, field):
    field("SF_MUST", "string", MANDATORY="Y", EDIT_FORM_LABEL="Потребность")
    body = call("crm.item.add", entityTypeId=2, fields={"title": "Сделка"})
    assert (body["error"], "Потребность" in body["error_description"]) == ("CRM_FIELD_ERROR_REQUIRED", True)


def test_a_value_that_does_not_fit_is_refused_by_field(call):
    body = call("crm.item.add", entityTypeId=2, fields={"opportunity": "много"})
    assert (body["error"], "opportunity" in body["error_description"]) == ("CRM_FIELD_ERROR_VALUE_NOT_VALID", True)
