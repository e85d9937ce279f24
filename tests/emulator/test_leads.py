"""Leads: the same two faces as deals, stages of their own, product rows that make their sum."""

import pytest


@pytest.fixture
def lead(act):
    """Make a lead and return it: lead(title="…")."""
    return lambda **fields: act("crm.item.add", entityTypeId=1, fields=fields)["item"]


def test_a_new_lead_stands_on_the_first_stage_and_is_told_of(portal, handler, call, lead):
    made = lead(name="Анна", companyTitle="ООО «Ромашка»")
    portal.settle_events()
    assert (made["title"], made["stageId"], made["stageSemanticId"]) == (f"Лид #{made['id']}", "NEW", "P")
    assert (made["isReturnCustomer"], made["dateClosed"], made["entityTypeId"]) == ("N", None, 1)
    assert [(event["event"], event["data"]["FIELDS"]) for event in handler.events] == [("ONCRMLEADADD", {"ID": "1"})]
    row = call("crm.lead.get", id=made["id"])["result"]
    assert (row["STATUS_ID"], row["COMPANY_TITLE"], row["BIRTHDATE"]) == ("NEW", "ООО «Ромашка»", "")


def test_the_older_methods_write_find_change_and_delete_a_lead(portal, handler, call):
    phone = [{"VALUE": "+79990000000", "VALUE_TYPE": "WORK"}]
    number = call("crm.lead.add", fields={"TITLE": "Сайт", "ADDRESS_CITY": "Казань", "PHONE": phone})["result"]
    call("crm.lead.add", fields={"TITLE": "Выставка"})
    body = call("crm.lead.list", filter={"HAS_PHONE": "Y"}, select=["ID", "TITLE", "PHONE"])
    assert body["total"] == 1
    assert (body["result"][0]["TITLE"], body["result"][0]["PHONE"][0]["VALUE"]) == ("Сайт", "+79990000000")
    assert call("crm.lead.update", id=number, fields={"STATUS_ID": "IN_PROCESS", "OPPORTUNITY": 100})["result"] is True
    row = call("crm.lead.get", id=number)["result"]
    assert (row["STATUS_ID"], row["OPPORTUNITY"], row["ADDRESS_CITY"]) == ("IN_PROCESS", "100.00", "Казань")
    assert call("crm.lead.delete", id=number)["result"] is True
    assert call("crm.lead.get", id=number)["error_description"] == "Not found"
    portal.settle_events()
    assert sorted(handler.names()) == ["ONCRMLEADADD", "ONCRMLEADADD", "ONCRMLEADDELETE", "ONCRMLEADUPDATE"]


def test_each_face_of_a_lead_has_fields_of_its_own(call):
    older = call("crm.lead.fields")["result"]
    newer = call("crm.item.fields", entityTypeId=1)["result"]["fields"]
    assert {"STATUS_ID", "ADDRESS_CITY", "PHONE", "DATE_CLOSED"} <= older.keys()
    assert "OBSERVERS" not in older
    assert "addressCity" not in newer
    assert (newer["stageId"]["upperName"], newer["hasPhone"]["isReadOnly"]) == ("STATUS_ID", True)


def test_the_way_of_a_lead_is_remembered_in_statuses(call, act, lead):
    made = lead()
    for stage in ("IN_PROCESS", "CONVERTED", "NEW"):
        moved = act("crm.item.update", entityTypeId=1, id=made["id"], fields={"stageId": stage})["item"]
        assert bool(moved["dateClosed"]) == (stage == "CONVERTED")
    body = call("crm.stagehistory.list", entityTypeId=1, order={"ID": "ASC"}, filter={"OWNER_ID": made["id"]})
    told = [(one["TYPE_ID"], one["STATUS_ID"], one["STATUS_SEMANTIC_ID"]) for one in body["result"]["items"]]
    assert told == [(1, "NEW", "P"), (2, "IN_PROCESS", "P"), (3, "CONVERTED", "S"), (2, "NEW", "P")]
    assert call("crm.stagehistory.list", entityTypeId=2)["total"] == 0


def test_a_lead_cannot_stand_on_a_stage_of_deals(call, lead):
    made = lead()
    body = call("crm.item.update", entityTypeId=1, id=made["id"], fields={"stageId": "PREPARATION"})
    assert body["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert call("crm.lead.update", id=made["id"], fields={"STATUS_ID": "PREPARATION"})["result"] is True
    assert call("crm.lead.get", id=made["id"])["result"]["STATUS_ID"] == "NEW"


def test_a_stage_with_leads_stays(call, lead):
    stages = call("crm.status.list", filter={"ENTITY_ID": "STATUS"})["result"]
    assert [one["STATUS_ID"] for one in stages] == ["NEW", "IN_PROCESS", "PROCESSED", "CONVERTED", "JUNK"]
    assert "STATUS" in {kind["ID"] for kind in call("crm.status.entity.types")["result"]}
    lead(stageId="PROCESSED")
    taken, free = stages[2]["ID"], stages[1]["ID"]
    assert call("crm.status.delete", id=taken)["error_description"] == "There are active items in this status."
    assert call("crm.status.delete", id=free)["result"] is True


def test_a_lead_of_a_client_is_a_repeated_one(act, lead):
    firm = act("crm.item.add", entityTypeId=4, fields={"title": "ООО «Ромашка»"})["item"]["id"]
    assert lead(companyId=firm)["isReturnCustomer"] == "Y"


# -- product rows


@pytest.mark.parametrize(("kind", "short", "type_id"), [("lead", "L", 1), ("deal", "D", 2)])
def test_rows_of_the_older_methods_make_the_sum(call, act, kind, short, type_id):
    number = act("crm.item.add", entityTypeId=type_id, fields={})["item"]["id"]
    act("crm.product.add", fields={"NAME": "Ткань"})
    rows = [{"PRODUCT_ID": 1, "PRICE": 100, "QUANTITY": 3, "SORT": 20}, {"PRICE": 5.5, "SORT": 10}]
    assert call(f"crm.{kind}.productrows.set", id=number, rows=rows)["result"] is True
    shown = call(f"crm.{kind}.productrows.get", id=number)["result"]
    assert [(row["ID"], row["PRODUCT_NAME"], row["QUANTITY"]) for row in shown] == [("2", "[2]", 1), ("1", "Ткань", 3)]
    assert (shown[1]["OWNER_TYPE"], shown[1]["OWNER_ID"], shown[1]["PRICE_ACCOUNT"]) == (short, str(number), "100.00")
    assert call(f"crm.{kind}.get", id=number)["result"]["OPPORTUNITY"] == "305.50"
    call(f"crm.{kind}.productrows.set", id=number, rows=[{"ID": 1, "QUANTITY": 1}])
    listed = call("crm.item.productrow.list", filter={"=ownerType": short, "=ownerId": number})["result"]
    assert [(row["id"], row["price"], row["quantity"]) for row in listed["productRows"]] == [(1, 100, 1)]
    call(f"crm.{kind}.productrows.set", id=number, rows=[])
    assert call(f"crm.{kind}.productrows.get", id=number)["result"] == []


def test_a_row_of_a_lead_is_added_by_the_universal_method(call, lead):
    made = lead()
    call("crm.item.productrow.add", fields={"ownerType": "L", "ownerId": made["id"], "price": 70, "quantity": 2})
    assert call("crm.item.get", entityTypeId=1, id=made["id"])["result"]["item"]["opportunity"] == 140
    fields = call("crm.item.productrow.fields")["result"]["fields"]
    assert (fields["ownerId"]["isImmutable"], fields["priceNetto"]["isReadOnly"]) == (True, True)


def test_rows_of_a_deal_outlive_the_lead_of_the_same_number(call, deal, lead):
    row = [{"PRICE": 10}]
    for kind, made in (("deal", deal()), ("lead", lead())):
        assert call(f"crm.{kind}.productrows.set", id=made["id"], rows=row)["result"] is True
    call("crm.lead.delete", id=1)
    assert len(call("crm.deal.productrows.get", id=1)["result"]) == 1


def test_tax_and_discount_are_in_the_price(call, deal):
    deal()
    given = {"ownerType": "D", "ownerId": 1, "price": 80000, "discountTypeId": 2, "discountRate": 20, "taxRate": 20}
    row = call("crm.item.productrow.add", fields=given)["result"]["productRow"]
    assert (row["priceExclusive"], row["priceNetto"], row["priceBrutto"]) == (66666.67, 83333.34, 100000.01)
    assert row["discountSum"] == 16666.67


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("x", "The parameter rows must be array."),
        ([{"DISCOUNT_TYPE_ID": 2}], "Discount Rate (DISCOUNT_RATE) is required if Percentage"),
        ([{"DISCOUNT_TYPE_ID": 2, "DISCOUNT_RATE": 100}], "and Discount Rate (DISCOUNT_RATE) is 100%"),
        ([{"DISCOUNT_TYPE_ID": 1}], "Discount Sum (DISCOUNT_SUM) is required if Monetary"),
    ],
)
def test_rows_that_do_not_add_up_are_refused(call, deal, rows, words):
    deal()
    assert words in call("crm.deal.productrows.set", id=1, rows=rows)["error_description"]
    assert call("crm.deal.productrows.get", id=0)["error_description"] == "The parameter id is invalid or not defined."
    assert call("crm.deal.productrows.get", id=404)["error_description"] == "Not found"
