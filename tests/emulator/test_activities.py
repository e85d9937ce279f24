"""Activities: calls and e-mails, to-dos, bindings, badges."""

import base64

import pytest
import requests

HELLO = base64.b64encode(b"hello").decode()
WHEN = "2026-12-01T15:00:00+03:00"


@pytest.fixture
def dial(call, deal):
    """A call of a deal; return its id."""

    def make(**fields) -> int:
        owner = {"OWNER_TYPE_ID": 2, "OWNER_ID": fields.pop("OWNER_ID", None) or deal()["id"]}
        known = {"TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 2, "START_TIME": WHEN}
        known["COMMUNICATIONS"] = [{"VALUE": "+79990001122"}]
        return call("crm.activity.add", fields=owner | known | fields)["result"]

    return make


@pytest.fixture
def todo(call, deal):
    """A to-do of a deal; return what names it to the methods that change it."""

    def make(**params) -> dict:
        named = {"ownerTypeId": 2, "ownerId": deal()["id"]}
        return named | {"id": call("crm.activity.todo.add", **named, deadline=WHEN, **params)["result"]["id"]}

    return make


@pytest.fixture
def read(call):
    return lambda number: call("crm.activity.get", id=number)["result"]


def test_a_call_keeps_its_communication_files_and_deadline(call, act, read, dial):
    contact = act("crm.item.add", entityTypeId=3, fields={"name": "Анна", "lastName": "Ли"})["item"]["id"]
    with_whom = [{"VALUE": "+79991112233", "ENTITY_TYPE_ID": 3, "ENTITY_ID": contact}]
    number = dial(COMMUNICATIONS=with_whom, FILES=[{"fileData": ["запись.txt", HELLO]}], SETTINGS={"a": "b"})
    row = call("crm.activity.list", filter={"ID": number}, select=["ID", "COMMUNICATIONS", "FILES"])["result"][0]
    told = row["COMMUNICATIONS"][0]
    assert (told["TYPE"], told["VALUE"], told["ENTITY_ID"]) == ("PHONE", "+79991112233", str(contact))
    assert (told["ENTITY_SETTINGS"]["NAME"], told["ENTITY_SETTINGS"]["LAST_NAME"]) == ("Анна", "Ли")
    assert requests.get(row["FILES"][0]["url"], timeout=10).content == b"hello"
    held = read(number)
    assert (held["DEADLINE"], held["PROVIDER_ID"], held["SETTINGS"]) == (WHEN, "VOXIMPLANT_CALL", {"a": "b"})
    assert (held["STATUS"], held["PROVIDER_PARAMS"]) == ("1", [])
    call("crm.activity.update", id=number, fields={"COMPLETED": "Y", "OWNER_ID": 404, "FILES": []})
    after = read(number)
    assert (after["STATUS"], after["OWNER_ID"], "FILES" in after) == ("2", held["OWNER_ID"], False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"SUBJECT": ""}, "The field SUBJECT is not defined or empty."),
        ({"RESPONSIBLE_ID": 0}, "The field RESPONSIBLE_ID is not defined or invalid."),
        ({"COMMUNICATIONS": []}, "The field COMMUNICATIONS is not defined or invalid."),
        ({"COMMUNICATIONS": [{"VALUE": "1"}, {"VALUE": "2"}]}, "The only one communication is allowed"),
        ({"OWNER_ID": 404}, "Could not build binding."),
        ({"TYPE_ID": 6}, "The custom activity without provider is not supported"),
        ({"PROVIDER_ID": "CONFIGURABLE_REST_APP"}, "Use crm.activity.configurable.add"),
        ({"PROVIDER_ID": "REST_APP"}, "Application context required."),
    ],
)
def test_an_activity_that_lacks_something_is_refused_in_words(call, deal, fields, said):
    known = {"OWNER_TYPE_ID": 2, "OWNER_ID": deal()["id"], "TYPE_ID": 2, "SUBJECT": "Звонок", "RESPONSIBLE_ID": 2}
    body = call("crm.activity.add", fields=known | {"COMMUNICATIONS": [{"VALUE": "1"}]} | fields)
    assert body["error"] == ""
    assert body["error_description"].startswith(said)


def test_activities_are_found_by_what_they_are_bound_to(call, deal, dial):
    first, second = deal()["id"], deal()["id"]
    number, other = dial(OWNER_ID=first), dial(OWNER_ID=second, START_TIME="2026-11-01T10:00:00+03:00")
    call("crm.activity.binding.add", activityId=number, entityTypeId=2, entityId=second)
    both = [{"OWNER_TYPE_ID": 2, "OWNER_ID": first}, {"OWNER_TYPE_ID": 2, "OWNER_ID": second}]
    body = call("crm.activity.list", filter={"BINDINGS": both}, order={"ID": "ASC"}, select=["ID"])
    assert [row["ID"] for row in body["result"]] == [str(number), str(number), str(other)], "once for each pair"
    found = call("crm.activity.list", filter={"BINDINGS": both[1:], "OWNER_ID": first})
    assert [row["ID"] for row in found["result"]] == [str(number)]
    by_start = call("crm.activity.list", select=["ID"])["result"]
    assert [row["ID"] for row in by_start] == [str(other), str(number)]


def test_fields_of_activities_are_described(call):
    fields = call("crm.activity.fields")["result"]
    assert (fields["TYPE_ID"]["isRequired"], fields["OWNER_ID"]["isImmutable"]) == (True, True)
    assert fields["COMMUNICATIONS"]["type"] == "crm_activity_communication"
    assert fields["WEBDAV_ELEMENTS"]["isDeprecated"] is True
    assert list(call("crm.activity.communication.fields")["result"])[-2:] == ["TYPE", "VALUE"]


def test_a_call_here_is_never_transcribed(call, dial, todo):
    assert call("crm.activity.call.getTranscript", activityId=dial())["result"] is None
    assert call("crm.activity.call.getTranscript", activityId=todo()["id"])["error"] == "NOT_FOUND"


def test_a_to_do_is_changed_piece_by_piece_and_rings(portal, handler, call, read, todo):
    named = todo(title="Позвонить", colorId="2")
    portal.settle_events()
    handler.events.clear()
    later = "2026-12-05T10:00:00+03:00"
    assert call("crm.activity.todo.updateDeadline", **named, value=later)["result"] == {"id": named["id"]}
    call("crm.activity.todo.updateDescription", **named, value="Уточнить размер")
    call("crm.activity.todo.updateColor", **named, colorId="7")
    call("crm.activity.todo.updateResponsibleUser", **named, responsibleId=1)
    row = read(named["id"])
    assert (row["DEADLINE"], row["DESCRIPTION"], row["RESPONSIBLE_ID"]) == (later, "Уточнить размер", "1")
    assert (row["SETTINGS"], row["SUBJECT"]) == ({"COLOR": "7"}, "Позвонить")
    portal.settle_events()
    assert handler.names() == ["ONCRMACTIVITYUPDATE"] * 4
    assert handler.events[0]["data"] == {"FIELDS": {"ID": str(named["id"])}}


def test_a_to_do_is_changed_in_one_call_and_keeps_what_is_not_named(call, read, todo):
    named = todo(title="Позвонить", description="Размер")
    call("crm.activity.todo.update", **named, deadline="2026-12-07T10:00:00+03:00", title="Написать")
    row = read(named["id"])
    assert (row["SUBJECT"], row["DESCRIPTION"], row["DEADLINE"][:10]) == ("Написать", "Размер", "2026-12-07")
    wrong = call("crm.activity.todo.update", **named, deadline="вчера")
    assert wrong["error"] == "WRONG_DATETIME_FORMAT"


def test_what_is_wrong_with_a_to_do_is_said(call, todo):
    named = todo()
    assert call("crm.activity.todo.updateColor", **named, colorId="9")["error"] == "CAN_NOT_UPDATE_WRONG_COLOR_TODO"
    assert call("crm.activity.todo.updateColor", **named)["error"] == "100"
    nobody = call("crm.activity.todo.updateResponsibleUser", **named, responsibleId=0)
    assert nobody["error"] == "INVALID_ARG_VALUE"
    assert (
        call("crm.activity.todo.updateColor", **(named | {"ownerId": 404}), colorId="1")["error"] == "OWNER_NOT_FOUND"
    )
    assert call("crm.activity.todo.updateColor", **(named | {"id": 404}), colorId="1")["error"] == "NOT_FOUND"


def test_a_completed_to_do_stays_as_it_is(call, todo):
    named = todo()
    call("crm.activity.update", id=named["id"], fields={"COMPLETED": "Y"})
    parts = {"value": WHEN, "deadline": WHEN, "colorId": "1", "responsibleId": 1}
    verbs = ("update", "updateDeadline", "updateDescription", "updateColor", "updateResponsibleUser")
    refused = [call(f"crm.activity.todo.{verb}", **named, **parts)["error"] for verb in verbs]
    usual = ["CAN_NOT_UPDATE_COMPLETED_TODO"] * 3
    special = ["CAN_NOT_UPDATE_COLOR_COMPLETED_TODO", "CAN_NOT_UPDATE_RESPONSIBLE_USER_COMPLETED_TODO"]
    assert refused == usual + special
    under_it = call("crm.activity.todo.add", ownerTypeId=2, ownerId=1, deadline=WHEN, parentActivityId=named["id"])
    assert under_it["error"] == "ERROR_PARENT_ACTIVITY_RESTRICT"


def test_an_activity_moves_between_objects_of_one_kind(call, read, deal, act, dial):
    first, second, third = (deal()["id"] for _ in range(3))
    firm = act("crm.item.add", entityTypeId=4, fields={"title": "Ромашка"})["item"]["id"]
    number = dial(OWNER_ID=first)
    assert call("crm.activity.binding.add", activityId=number, entityTypeId=4, entityId=firm)["result"] is True
    source = {"activityId": number, "sourceEntityTypeId": 2, "sourceEntityId": first}
    assert call("crm.activity.binding.move", **source, targetEntityTypeId=2, targetEntityId=second)["result"] is True
    listed = call("crm.activity.binding.list", activityId=number)["result"]
    assert listed == [{"entityTypeId": 2, "entityId": second}, {"entityTypeId": 4, "entityId": firm}]
    assert read(number)["OWNER_ID"] == str(second)
    to = {"targetEntityTypeId": 2, "targetEntityId": third}
    assert call("crm.activity.binding.move", **source, **to)["error"] == "BINDING_NOT_FOUND"
    assert call("crm.activity.binding.move", **source, **(to | {"targetEntityId": first}))["error"] == (
        "SOURCE_AND_TARGET_ENTITY_ID_ARE_EQUAL_ERROR"
    )
    assert call("crm.activity.binding.move", **source, **(to | {"targetEntityTypeId": 4}))["error"] == (
        "SOURCE_AND_TARGET_ENTITY_TYPES_ARE_NOT_EQUAL_ERROR"
    )


def test_the_last_binding_stays_and_the_owner_follows_what_is_left(call, read, act, dial):
    firm = act("crm.item.add", entityTypeId=4, fields={"title": "Ромашка"})["item"]["id"]
    number = dial()
    of_deal, of_firm = ({"activityId": number, "entityTypeId": kind, "entityId": 1} for kind in (2, 4))
    assert call("crm.activity.binding.delete", **of_deal)["error"] == "LAST_BINDING_CANNOT_BE_DELETED"
    assert call("crm.activity.binding.delete", **of_firm)["error"] == "BINDING_NOT_FOUND"
    call("crm.activity.binding.add", **of_firm)
    assert call("crm.activity.binding.add", **of_firm)["error"] == "ACTIVITY_IS_ALREADY_BOUND"
    assert call("crm.activity.binding.delete", **of_deal)["result"] is True
    assert (read(number)["OWNER_TYPE_ID"], read(number)["OWNER_ID"]) == ("4", str(firm))
    act("crm.item.delete", entityTypeId=4, id=firm)
    assert call("crm.activity.binding.list", activityId=number)["error"] == "NOT_FOUND"


def test_badges_are_kept_by_code_in_the_language_of_the_portal(call):
    said = {"title": {"en": "Call status", "ru": "Статус звонка"}, "value": {"de": "Verpasst", "en": "Missed"}}
    made = call("crm.activity.badge.add", code="missedCall", type="failure", **said)["result"]["badge"]
    assert made == {"code": "missedCall", "title": "Статус звонка", "value": "Missed", "type": "failure"}
    assert call("crm.activity.badge.get", code="missedCall")["result"] == {"badge": made}
    assert call("crm.activity.badge.list")["result"] == {"badges": [made]}
    assert call("crm.activity.badge.add", code="x", type="failure", title="x")["error"] == "REQUIRED_ARG_MISSING"
    assert "error" in call("crm.activity.badge.add", code="missedCall", type="failure", **said)
    assert call("crm.activity.badge.delete", code="missedCall")["result"] is True
    assert call("crm.activity.badge.get", code="missedCall")["error"] == "NOT_FOUND"


@pytest.mark.parametrize("verb", ["add", "list", "delete"])
def test_types_of_activities_are_for_applications(call, verb):
    assert call(f"crm.activity.type.{verb}") == {
        "error": "ACCESS_DENIED",
        "error_description": "Access denied! Application context required",
    }


@pytest.mark.parametrize("verb", ["add", "get", "update"])
def test_configurable_activities_are_for_applications(call, verb):
    assert call(f"crm.activity.configurable.{verb}", id=1)["error"] == "ERROR_WRONG_CONTEXT"
