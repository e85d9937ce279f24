"""Funnels, stages and the history of stages."""

import pytest


@pytest.fixture
def history(call):
    """(type, category, stage, semantics) of every record, in order."""

    def ask(**filter_) -> list[tuple]:
        body = call("crm.stagehistory.list", entityTypeId=2, order={"ID": "ASC"}, filter=filter_)
        return [
            (one["TYPE_ID"], one["CATEGORY_ID"], one["STAGE_ID"], one["STAGE_SEMANTIC_ID"])
            for one in body["result"]["items"]
        ]

    return ask


def test_every_move_leaves_one_record(deal, act, history):
    made = deal()
    for stage in ("PREPARATION", "PREPARATION", "WON", "NEW"):
        act("crm.item.update", entityTypeId=2, id=made["id"], fields={"stageId": stage})
    assert history(OWNER_ID=made["id"]) == [
        (1, 0, "NEW", "P"),
        (2, 0, "PREPARATION", "P"),
        (3, 0, "WON", "S"),
        (2, 0, "NEW", "P"),
    ]


def test_a_move_is_kept_on_the_card(portal, deal, act):
    made = deal()
    portal.advance(60)
    moved = portal.act(1, "crm.item.update", {"entityTypeId": 2, "id": made["id"], "fields": {"stageId": "LOSE"}})
    item = moved["item"]
    assert (item["previousStageId"], item["stageSemanticId"], item["closed"]) == ("NEW", "F", "Y")
    assert (item["movedBy"], item["movedTime"]) == (1, item["updatedTime"])


def test_changing_the_funnel_needs_the_category_and_rings_nothing(portal, handler, deal, act, funnel, history):
    made = deal()
    portal.settle_events()
    moved = act("crm.item.update", entityTypeId=2, id=made["id"], fields={"categoryId": funnel["id"]})["item"]
    portal.settle_events()
    assert moved["stageId"] == f"C{funnel['id']}:NEW"
    assert history() == [(1, 0, "NEW", "P"), (5, funnel["id"], f"C{funnel['id']}:NEW", "P")]
    assert handler.names() == ["ONCRMDEALADD"]


def test_a_stage_of_another_funnel_alone_is_refused(call, deal, funnel):
    made = deal()
    body = call("crm.item.update", entityTypeId=2, id=made["id"], fields={"stageId": f"C{funnel['id']}:NEW"})
    assert body["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"


def test_history_ids_only_grow_and_serve_as_a_cursor(call, deal, act):
    first = deal()
    act("crm.item.delete", entityTypeId=2, id=first["id"])
    second = deal()
    items = call("crm.stagehistory.list", entityTypeId=2, filter={">ID": 1})["result"]["items"]
    assert [(one["ID"], one["OWNER_ID"]) for one in items] == [(2, second["id"])]


def test_history_can_be_asked_by_moment_and_stage(portal, call, deal, act):
    made = deal()
    portal.advance(3600)
    act("crm.item.update", entityTypeId=2, id=made["id"], fields={"stageId": "EXECUTING"})
    since = portal.time().isoformat()
    assert call("crm.stagehistory.list", entityTypeId=2, filter={">=CREATED_TIME": since[:19] + "+03:00"})["total"] == 1
    assert call("crm.stagehistory.list", entityTypeId=2, filter={"@STAGE_ID": ["EXECUTING"]})["total"] == 1


def test_an_unsupported_kind_has_no_history(call):
    assert call("crm.stagehistory.list", entityTypeId=4)["error"] == 0


def test_a_new_funnel_comes_with_stages_of_which_three_belong_to_the_system(call, funnel):
    rows = call("crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{funnel['id']}"}, order={"SORT": "ASC"})["result"]
    system = [row["STATUS_ID"] for row in rows if row["SYSTEM"] == "Y"]
    assert system == [f"C{funnel['id']}:{code}" for code in ("NEW", "WON", "LOSE")]
    assert rows[0]["EXTRA"] == {"SEMANTICS": "process", "COLOR": "#39A8EF"}


def test_a_stage_is_added_with_the_funnels_prefix(call, funnel):
    fields = {"ENTITY_ID": f"DEAL_STAGE_{funnel['id']}", "STATUS_ID": "OFFER", "NAME": "КП", "SORT": 15}
    number = call("crm.status.add", fields=fields)["result"]
    row = call("crm.status.list", filter={"ID": number})["result"][0]
    assert (row["STATUS_ID"], row["SORT"], row["SYSTEM"]) == (f"C{funnel['id']}:OFFER", "15", "N")
    assert call("crm.status.add", fields=fields)["error"] == "ERROR_CORE"
    assert "final stage" in call("crm.status.add", fields=fields | {"STATUS_ID": "X", "SORT": 99})["error_description"]


def test_a_stage_with_deals_and_a_system_stage_stay(call, deal):
    deal(stageId="EXECUTING")
    ids = {row["STATUS_ID"]: row["ID"] for row in call("crm.status.list")["result"]}
    assert "active items" in call("crm.status.delete", id=ids["EXECUTING"])["error_description"]
    assert "FORCED" in call("crm.status.delete", id=ids["NEW"])["error_description"]
    assert call("crm.status.delete", id=ids["FINAL_INVOICE"])["result"] is True


def test_a_stage_may_be_renamed_but_keeps_its_meaning(call):
    ids = {row["STATUS_ID"]: row["ID"] for row in call("crm.status.list")["result"]}
    call("crm.status.update", id=ids["WON"], fields={"NAME": "Сделка завершена", "SEMANTICS": "F"})
    row = call("crm.status.list", filter={"ID": ids["WON"]})["result"][0]
    assert (row["NAME"], row["SEMANTICS"]) == ("Сделка завершена", "S")


def test_funnels_are_kept_with_the_key_of_who_made_them(call, act):
    fields = {"name": "Логистика", "sort": 130, "originatorId": "voronka", "originId": "LOGISTICS"}
    made = call("crm.category.add", entityTypeId=2, fields=fields)["result"]["category"]
    assert made["isDefault"] == "N"
    call("crm.category.update", entityTypeId=2, id=made["id"], fields={"name": "Логистика и склад"})
    listed = call("crm.category.list", entityTypeId=2)["result"]["categories"]
    assert [(one["id"], one["name"], one.get("originId")) for one in listed] == [
        (made["id"], "Логистика и склад", "LOGISTICS"),
        (0, "Общая", ""),
    ]
    got = call("crm.category.get", entityTypeId=2, id=made["id"])["result"]["category"]
    assert (got["name"], got["originatorId"], got["sort"]) == ("Логистика и склад", "voronka", 130)
    described = call("crm.category.fields", entityTypeId=2)["result"]["fields"]
    assert got.keys() <= described.keys()
    assert described["name"]["isRequired"] is True
    assert "error" in call("crm.category.get", entityTypeId=2, id=404)


def test_a_funnel_with_deals_and_the_general_one_cannot_be_deleted(call, deal, funnel):
    deal(categoryId=funnel["id"])
    assert "error" in call("crm.category.delete", entityTypeId=2, id=funnel["id"])
    assert "error" in call("crm.category.delete", entityTypeId=2, id=0)
    call("crm.item.delete", entityTypeId=2, id=1)
    assert call("crm.category.delete", entityTypeId=2, id=funnel["id"])["result"] is None


def test_the_dictionary_of_dictionaries_knows_the_funnel(call, funnel):
    types = {one["ID"]: one for one in call("crm.status.entity.types")["result"]}
    assert types[f"DEAL_STAGE_{funnel['id']}"]["SEMANTIC_INFO"]["FINAL_SUCCESS_FIELD"] == f"C{funnel['id']}:WON"


def test_of_several_failures_the_later_ones_are_an_apology(call, funnel):
    rows = call("crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{funnel['id']}"})["result"]
    told = [(row["STATUS_ID"].rpartition(":")[2], row["SEMANTICS"], row["EXTRA"]["SEMANTICS"]) for row in rows[-3:]]
    assert told == [("WON", "S", "success"), ("LOSE", "F", "failure"), ("APOLOGY", "F", "apology")]
    assert call("crm.status.get", id=rows[-1]["ID"])["result"]["EXTRA"]["SEMANTICS"] == "apology"
