"""Fields that must be filled: always, and from a stage on."""

import pytest

REQUIRED = "CRM_FIELD_ERROR_REQUIRED"


@pytest.fixture
def write(call):
    """Try an update of a deal by crm.item.* and return its error code, None where there is none."""

    def attempt(deal_id: int, **fields) -> str | None:
        return call("crm.item.update", entityTypeId=2, id=deal_id, useOriginalUfNames="Y", fields=fields).get("error")

    return attempt


def test_a_field_is_required_from_a_stage_on(portal, call, deal, field, write):
    key = field("KEY", "string", LABEL="Ключ")
    portal.require_field(key, "EXECUTING")
    made = deal()["id"]
    assert write(made, stageId="PREPARATION") is None
    body = call("crm.item.update", entityTypeId=2, id=made, fields={"stageId": "FINAL_INVOICE"})
    assert (body["error"], body["error_description"]) == (REQUIRED, 'Field "Ключ" is required')
    assert call("crm.deal.get", ID=made)["result"]["STAGE_ID"] == "PREPARATION"
    assert write(made, stageId="WON") == REQUIRED
    assert write(made, stageId="LOSE") is None
    assert write(made, stageId="EXECUTING", **{key: "х"}) is None
    assert write(made, **{key: ""}) is None
    assert write(made, stageId="PREPARATION") is None


def test_a_new_card_is_asked_for_what_its_stage_requires(portal, call, field):
    portal.require_field("companyId", "PREPARATION")
    add = {"entityTypeId": 2, "fields": {"stageId": "PREPARATION"}}
    assert call("crm.item.add", **add)["error"] == REQUIRED
    assert call("crm.item.import", **add)["error"] == REQUIRED
    assert "result" in call("crm.item.add", entityTypeId=2, fields={})


def test_a_failure_can_ask_for_its_reason(portal, deal, field, write):
    reason = field("REASON", "string")
    portal.require_field(reason, "LOSE")
    made = deal()["id"]
    assert write(made, stageId="WON") is None
    assert write(made, stageId="APOLOGY") is None
    assert write(made, stageId="LOSE") == REQUIRED
    assert write(made, stageId="LOSE", **{reason: "Цена"}) is None


def test_another_funnel_asks_for_its_own_and_a_change_of_funnel_for_nothing(portal, call, deal, field, funnel, write):
    key, prefix = field("KEY", "string"), f"C{funnel['id']}"
    portal.require_field(key, f"{prefix}:PREPARATION", category_id=funnel["id"])
    made = deal()["id"]
    assert write(made, stageId="WON") is None
    assert write(made, categoryId=funnel["id"], stageId=f"{prefix}:EXECUTING") is None
    assert write(made, stageId=f"{prefix}:FINAL_INVOICE") == REQUIRED
    assert write(made, stageId=f"{prefix}:NEW") is None


def test_what_is_always_required_says_so_and_the_older_methods_do_not_ask(portal, call, deal, write):
    portal.require_field("comments")
    assert call("crm.item.fields", entityTypeId=2)["result"]["fields"]["comments"]["isRequired"] is True
    assert call("crm.item.add", entityTypeId=2, fields={})["error"] == REQUIRED
    made = call("crm.deal.add", FIELDS={"TITLE": "х"})["result"]
    assert call("crm.deal.update", ID=made, FIELDS={"STAGE_ID": "WON"})["result"] is True
    assert write(made, title="Новое") is None
    assert write(made, stageId="NEW") == REQUIRED
    assert [rule["field"] for rule in portal.required_fields()] == ["comments"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"field": "UF_CRM_NONE"}, "have no field UF_CRM_NONE"),
        ({"field": "title", "stage_id": "C9:NEW"}, "the funnel 0 has no stage C9:NEW"),
        ({"field": "title", "entity_type_id": 999}, "no objects of the type 999"),
        ({"field": "title", "stage": "NEW"}, "unexpected keyword"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(portal, given, words):
    with pytest.raises(ValueError, match=words):
        portal.require_field(**given)
