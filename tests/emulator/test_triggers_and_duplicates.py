"""Triggers that move cards, and the search for the same phone or e-mail."""

import pytest
import requests


@pytest.fixture
def trigger(portal):
    """Pull a trigger by the webhook: its status and body."""

    def pull(**params) -> tuple[int, dict]:
        answer = requests.post(portal.webhook_url + "crm.automation.trigger", json=params, timeout=10)
        return answer.status_code, answer.json()

    return pull


@pytest.fixture
def stage_of(act):
    return lambda card: act("crm.item.get", entityTypeId=2, id=card["id"])["item"]["stageId"]


def test_a_trigger_moves_the_card_to_its_stage(portal, handler, trigger, deal, stage_of):
    portal.add_trigger("nwly5", "EXECUTING")
    card = deal(title="Сделка")
    portal.settle_events()
    handler.events.clear()
    assert trigger(target=f"DEAL_{card['id']}", code="nwly5")[1]["result"] is True
    assert stage_of(card) == "EXECUTING"
    portal.settle_events()
    assert handler.names() == ["ONCRMDEALUPDATE"]
    assert [effect["method"] for effect in portal.log()][-1] == "crm.automation.trigger"
    assert portal.triggers() == [
        {
            "id": 1,
            "code": "nwly5",
            "entityTypeId": 2,
            "categoryId": 0,
            "stageId": "EXECUTING",
            "allowBackwards": "Y",
        }
    ]


def test_a_trigger_waits_for_its_own_code_funnel_and_direction(portal, trigger, deal, stage_of, funnel):
    portal.add_trigger("late", "FINAL_INVOICE", back=False)
    portal.add_trigger("late", f"C{funnel['id']}:EXECUTING", category_id=funnel["id"])
    here, there = deal(stageId="WON"), deal(categoryId=funnel["id"])
    for card, code in ((here, "late"), (there, "other")):
        assert trigger(target=f"DEAL_{card['id']}", code=code)[1]["result"] is True
    assert (stage_of(here), stage_of(there)) == ("WON", f"C{funnel['id']}:NEW")
    trigger(target=f"DEAL_{there['id']}", code="late")
    assert stage_of(there) == f"C{funnel['id']}:EXECUTING"


def test_of_two_triggers_with_one_code_the_earlier_stage_wins(portal, trigger, deal, stage_of):
    portal.add_trigger("same", "FINAL_INVOICE")
    portal.add_trigger("same", "PREPARATION")
    card = deal()
    trigger(target=f"DEAL_{card['id']}", code="same")
    assert stage_of(card) == "PREPARATION"


@pytest.mark.parametrize(
    ("target", "status", "code", "words"),
    [
        (None, 400, "", "Target is not set."),
        ("DEAL", 400, "", "Incorrect target format."),
        ("DEAL_x", 400, "", "Incorrect target format."),
        ("HOUSE_5", 400, "", "Target is not found."),
        ("DEAL_999", 403, "ACCESS_DENIED", "Access denied! There are no permissions to update the entity."),
    ],
)
def test_a_target_is_refused(trigger, target, status, code, words):
    answered, body = trigger(target=target, code="nwly5")
    assert (answered, body["error"], body["error_description"]) == (status, code, words)


@pytest.mark.parametrize("verb", ["add", "list", "execute", "delete"])
def test_triggers_of_applications_are_not_for_webhooks(call, verb):
    body = call(f"crm.automation.trigger.{verb}", CODE="t", NAME="T", OWNER_TYPE_ID=2, OWNER_ID=1)
    assert body["error_description"] == "Access denied! Application context required"


def test_a_trigger_needs_a_stage_that_exists(portal):
    with pytest.raises(ValueError, match="has no stage NOWHERE"):
        portal.add_trigger("x", "NOWHERE")
    with pytest.raises(ValueError, match="have no stages"):
        portal.add_trigger("x", "NEW", entity_type_id=4)


# -- duplicates


@pytest.fixture
def person(act):
    return lambda **fields: act("crm.contact.add", fields={"NAME": "Анна", **fields})


@pytest.fixture
def find(call):
    return lambda **params: call("crm.duplicate.findbycomm", **params)["result"]


def test_people_and_firms_are_found_by_their_phone(person, act, find):
    anna = person(PHONE=[{"VALUE": "+7 (912) 345-67-89", "VALUE_TYPE": "WORK"}])
    firm = act("crm.company.add", fields={"TITLE": "Фирма", "PHONE": [{"VALUE": "8 912 345 67 89 доб. 12"}]})
    person(PHONE=[{"VALUE": "+7 912 000-00-00"}])
    assert find(type="PHONE", values=["79123456789"]) == {"CONTACT": [anna], "COMPANY": [firm]}
    assert find(type="PHONE", values=["89123456789;77"], entity_type="COMPANY") == {"COMPANY": [firm]}
    assert find(type="PHONE", values=["1234567"]) == []


def test_e_mails_are_found_whatever_their_case(person, find):
    anna = person(EMAIL=[{"VALUE": "Anna@Example.com", "VALUE_TYPE": "WORK"}])
    assert find(type="EMAIL", values=["none@example.com", "ANNA@example.COM"]) == {"CONTACT": [anna]}
    assert find(type="EMAIL", values=["anna@example.co"]) == []


def test_twenty_duplicates_of_a_kind_hide_the_kinds_after_it(person, act, find):
    for _ in range(20):
        person(EMAIL=[{"VALUE": "one@example.com"}])
    act("crm.company.add", fields={"TITLE": "Фирма", "EMAIL": [{"VALUE": "one@example.com"}]})
    assert find(type="EMAIL", values=["one@example.com"]).keys() == {"CONTACT"}


def test_doubles_are_sought_by_seven_more_fields(call, act, portal):
    register = "crm.duplicate.volatileType.register"
    offered = [row["fieldCode"] for row in act("crm.duplicate.volatileType.fields", entityTypeId=3)]
    assert {"NAME", "LAST_NAME"} < set(offered)
    numbers = [act(register, entityTypeId=3, fieldCode=code)["id"] for code in offered[:7]]
    assert act(register, entityTypeId=3, fieldCode=offered[0])["id"] == numbers[0]
    assert call(register, entityTypeId=4, fieldCode="TITLE")["error"] == "MAX_TYPES_COUNT_EXCEEDED"
    assert act("crm.duplicate.volatileType.unregister", id=numbers[0]) is True
    assert call("crm.duplicate.volatileType.unregister", id=numbers[0])["error"] == "TYPE_IS_NOT_ASSIGNED"
    last = act(register, entityTypeId=4, fieldCode="TITLE")["id"]
    listed = act("crm.duplicate.volatileType.list")
    assert listed[-1] == {"id": last, "entityTypeId": 4, "fieldCode": "TITLE"}
    assert call(register, entityTypeId=2, fieldCode="TITLE")["error"] == "FIELD_NOT_FOUND"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"values": ["1"]}, "Communication type is not defined"),
        ({"type": "WEB", "values": ["1"]}, "Communication type 'WEB' is not supported in current context"),
        ({"type": "PHONE"}, "Communication values is not defined"),
    ],
)
def test_a_search_is_refused(call, params, code):
    assert call("crm.duplicate.findbycomm", **params)["error"] == code
