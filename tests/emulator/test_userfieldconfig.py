"""userfieldconfig.*: the fields of crm.*.userfield.* by their other face."""

import pytest
import requests

FIELD = {
    "entityId": "CRM_DEAL",
    "fieldName": "UF_CRM_DEAL_MODE",
    "userTypeId": "enumeration",
    "multiple": "Y",
    "editFormLabel": {"ru": "Режим", "en": "Mode"},
    "listColumnLabel": {"ru": "не берётся"},
    "enum": [{"value": "Первый", "sort": 10, "xmlId": "one"}, {"value": "Второй", "def": "Y", "sort": 20}],
}


@pytest.fixture
def add(act):
    return lambda **field: act("userfieldconfig.add", moduleId="crm", field={**FIELD, **field})["field"]


@pytest.fixture
def refused(portal):
    def ask(method: str, **params) -> str:
        answer = requests.post(f"{portal.webhook_url}userfieldconfig.{method}", json=params, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (400, "")
        return answer.json()["error_description"]

    return ask


def test_a_field_is_made_with_options_and_labels(add, act):
    made = add()
    assert made["id"].isdigit()
    assert (made["sort"], made["multiple"], made["showInList"]) == ("100", "Y", "Y")
    assert made["editFormLabel"] == {"ru": "Режим", "en": "Mode"}
    assert made["listColumnLabel"] == {"ru": None, "en": None}
    assert made["languageId"] == {"ru": "ru", "en": "en"}
    assert made["settings"]["LIST_HEIGHT"] == 1
    assert [(one["value"], one["def"], one["sort"]) for one in made["enum"]] == [
        ("Первый", "N", "10"),
        ("Второй", "Y", "20"),
    ]
    assert made["enum"][0]["xmlId"] == "one"
    assert made["enum"][1]["userFieldId"] == made["id"]
    assert act("userfieldconfig.get", moduleId="crm", id=made["id"])["field"] == made


def test_both_faces_show_one_field(add, act, deal):
    made = add()
    held = act("crm.deal.userfield.get", id=made["id"])
    assert (held["FIELD_NAME"], held["EDIT_FORM_LABEL"]["ru"]) == ("UF_CRM_DEAL_MODE", "Режим")
    assert [one["ID"] for one in held["LIST"]] == [one["id"] for one in made["enum"]]
    act("crm.deal.userfield.update", id=made["id"], fields={"EDIT_FORM_LABEL": "Иначе"})
    again = act("userfieldconfig.get", moduleId="crm", id=made["id"])["field"]
    assert again["editFormLabel"] == {"ru": "Иначе", "en": "Mode"}
    option = int(made["enum"][1]["id"])
    assert deal(UF_CRM_DEAL_MODE=[option])["UF_CRM_DEAL_MODE"] == [option]


def test_a_field_changes_and_keeps_what_cannot_change(add, act):
    made = add()
    first, second = made["enum"]
    options = [{"id": first["id"], "value": "Главный"}, {"id": second["id"], "del": "Y"}, {"value": "Третий"}]
    field = {"mandatory": "Y", "multiple": "N", "editFormLabel": "Вид", "sort": 7, "enum": options}
    kept = act("userfieldconfig.update", moduleId="crm", id=made["id"], field=field)["field"]
    assert (kept["mandatory"], kept["multiple"], kept["sort"]) == ("Y", "Y", "7")
    assert kept["editFormLabel"] == {"ru": "Вид", "en": "Вид"}
    assert [one["value"] for one in kept["enum"]] == ["Первый", "Второй"]
    field = {"userTypeId": "enumeration", "enum": options}
    changed = act("userfieldconfig.update", moduleId="crm", id=made["id"], field=field)["field"]["enum"]
    assert [(one["value"], one["xmlId"] == "one") for one in changed] == [("Главный", True), ("Третий", False)]


def test_fields_are_listed_by_filter_order_and_page(add, call):
    for number in range(51):
        add(fieldName=f"UF_CRM_DEAL_T{number}", userTypeId="string", sort=number)
    made = add()
    first = call("userfieldconfig.list", moduleId="crm", filter={"userTypeId": "string"})
    assert (len(first["result"]["fields"]), first["next"], first["total"]) == (50, 50, 51)
    assert [row["fieldName"] for row in first["result"]["fields"][:2]] == ["UF_CRM_DEAL_T0", "UF_CRM_DEAL_T1"]
    rest = call("userfieldconfig.list", moduleId="crm", filter={"userTypeId": "string"}, start=50)
    assert len(rest["result"]["fields"]) == 1
    ask = {"moduleId": "crm", "filter": {"multiple": "Y", ">=id": made["id"]}, "order": {"id": "DESC"}}
    (row,) = call("userfieldconfig.list", **ask, select={"0": "*", "language": "en"})["result"]["fields"]
    assert (row["id"], row["editFormLabel"], row["helpMessage"]) == (made["id"], {"en": "Mode"}, None)
    assert "enum" not in row
    few = call("userfieldconfig.list", **ask, select=["fieldName"])["result"]["fields"]
    assert few == [{"id": made["id"], "fieldName": "UF_CRM_DEAL_MODE"}]


def test_a_field_of_deals_tells_of_itself_as_any_field_of_deals(portal, handler, add):
    made = add()
    portal.settle_events()
    assert handler.names() == ["ONCRMDEALUSERFIELDADD", "ONCRMDEALUSERFIELDSETENUMVALUES"]
    assert handler.events[0]["data"]["FIELDS"]["ID"] == made["id"]


def test_a_deleted_field_is_gone_from_both_faces(add, call, refused):
    made = add()
    assert call("userfieldconfig.delete", moduleId="crm", id=made["id"])["result"] is None
    assert call("crm.deal.userfield.list")["total"] == 0
    assert refused("delete", moduleId="crm", id=made["id"]) == "You cannot delete the user field"
    words = "You do not have permission to view user field settings"
    assert refused("get", moduleId="crm", id=made["id"]) == words
    assert refused("update", moduleId="crm", id=made["id"]) == "You cannot change the settings of the user field"


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"fieldName": "UF_CRM_MODE"}, "You cannot create custom fields"),
        ({"entityId": "CRM_9", "fieldName": "UF_CRM_9_MODE"}, "You cannot create custom fields"),
        ({"userTypeId": ""}, "The 'USER_TYPE_ID' field is not found."),
        ({"userTypeId": "colour"}, "Fail to create new user field"),
        ({"fieldName": ""}, "The 'FIELD_NAME' field is not found."),
    ],
)
def test_a_field_is_refused(refused, field, words):
    assert refused("add", moduleId="crm", field={**FIELD, **field}) == words


def test_a_name_is_taken_once(add, refused):
    add()
    words = "Field UF_CRM_DEAL_MODE for object CRM_DEAL already exists."
    assert refused("add", moduleId="crm", field=FIELD) == words


def test_fields_of_users_are_none_of_the_crm(act, call, refused):
    number = act("user.userfield.add", fields={"FIELD_NAME": "BADGE", "USER_TYPE_ID": "string"})
    assert call("userfieldconfig.list", moduleId="crm")["total"] == 0
    assert refused("delete", moduleId="crm", id=number) == "You cannot delete the user field"


def test_only_the_crm_has_fields(refused):
    assert refused("getTypes", moduleId="tasks") == "No settings for UserFieldAccess"


def test_a_smart_process_has_fields_by_its_id_and_tells_of_them(portal, handler, add, act, call):
    made = act("crm.type.add", fields={"title": "Закупка", "entityTypeId": 1030})["type"]
    owner = f"CRM_{made['id']}"
    portal.settle_events()
    handler.events.clear()
    field = add(entityId=owner, fieldName=f"UF_{owner}_MODE")
    act("userfieldconfig.update", moduleId="crm", id=field["id"], field={"sort": 5})
    act("userfieldconfig.delete", moduleId="crm", id=field["id"])
    portal.settle_events()
    assert handler.names() == [f"ONCRMTYPEUSERFIELD{verb}" for verb in ("ADD", "SETENUMVALUES", "UPDATE", "DELETE")]
    assert handler.events[0]["data"]["FIELDS"] == {
        "ID": field["id"],
        "ENTITY_ID": owner,
        "FIELD_NAME": f"UF_{owner}_MODE",
    }
    add(entityId=owner, fieldName=f"UF_{owner}_MODE")
    act("crm.type.delete", id=made["id"])
    assert call("userfieldconfig.list", moduleId="crm")["total"] == 0
