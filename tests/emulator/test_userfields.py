"""Custom fields: the events of requisites' fields, lists of options, numbers that are none."""

import pytest


def test_fields_of_requisites_ring_as_those_of_cards_do(portal, handler, act):
    number = act("crm.requisite.userfield.add", fields={"FIELD_NAME": "OLD_ID", "USER_TYPE_ID": "string"})
    act("crm.requisite.userfield.update", id=number, fields={"SORT": 10})
    act("crm.requisite.userfield.delete", id=number)
    portal.settle_events()
    assert handler.names() == [f"ONCRMREQUISITEUSERFIELD{verb}" for verb in ("ADD", "UPDATE", "DELETE")]
    told = {"ID": str(number), "ENTITY_ID": "CRM_REQUISITE", "FIELD_NAME": "UF_CRM_OLD_ID"}
    assert all(event["data"]["FIELDS"] == told for event in handler.events)


def test_an_option_of_another_field_is_not_touched(act, field):
    field("FIRST", "enumeration", LIST=[{"VALUE": "Ткани"}])
    field("SECOND", "enumeration", LIST=[{"VALUE": "Обувь"}])

    def options() -> list[list[str]]:
        return [[one["VALUE"] for one in act("crm.deal.userfield.get", id=number)["LIST"]] for number in (1, 2)]

    act("crm.deal.userfield.update", id=2, fields={"LIST": [{"ID": 1, "VALUE": "Чужое"}]})
    assert options() == [["Ткани"], ["Обувь", "Чужое"]]
    act("crm.deal.userfield.update", id=2, fields={"LIST": [{"ID": 1, "DEL": "Y"}]})
    assert options()[0] == ["Ткани"]


@pytest.mark.parametrize("number", ["inf", "-Infinity", "nan", "1e999"])
def test_what_is_no_finite_number_is_refused(call, deal, field, number):
    key = field("SUM", "double")
    made = deal()["id"]
    for fields in ({"opportunity": number}, {key: number}):
        body = call("crm.item.update", entityTypeId=2, id=made, useOriginalUfNames="Y", fields=fields)
        assert body["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert call("crm.item.list", entityTypeId=2, filter={">opportunity": number})["error"] == "INVALID_ARG_VALUE"
