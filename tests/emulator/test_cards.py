"""What hangs on cards: product rows, requisites, comments, activities."""

import base64

import requests

HELLO = base64.b64encode(b"hello").decode()


def test_product_rows_are_replaced_whole_and_drive_the_sum(portal, handler, call, deal):
    made = deal()
    portal.settle_events()
    portal.advance(60)
    rows = [
        {"productName": "Ткань", "price": 348, "quantity": 10},
        {"productName": "Нить", "price": 0.1, "quantity": 3},
    ]
    call("crm.item.productrow.set", ownerType="D", ownerId=made["id"], productRows=rows)
    item = call("crm.item.get", entityTypeId=2, id=made["id"])["result"]["item"]
    portal.settle_events()
    assert item["opportunity"] == 3480.3
    assert item["updatedTime"] > made["updatedTime"]
    assert handler.names() == ["ONCRMDEALADD", "ONCRMDEALUPDATE"]
    call("crm.item.productrow.set", ownerType="D", ownerId=made["id"], productRows=rows[:1])
    listed = call("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": made["id"]})["result"]
    assert [row["productName"] for row in listed["productRows"]] == ["Ткань"]


def test_a_sum_held_by_hand_stays(call, deal):
    made = deal(opportunity=5000, isManualOpportunity="Y")
    call("crm.item.productrow.set", ownerType="D", ownerId=made["id"], productRows=[{"price": 10, "quantity": 2}])
    assert call("crm.item.get", entityTypeId=2, id=1)["result"]["item"]["opportunity"] == 5000
    released = call("crm.item.update", entityTypeId=2, id=1, fields={"isManualOpportunity": "N"})
    assert released["result"]["item"]["opportunity"] == 20
    kept = call("crm.item.update", entityTypeId=2, id=1, fields={"opportunity": 7})
    assert kept["result"]["item"]["opportunity"] == 20


def test_rows_are_added_changed_and_deleted_one_by_one(call, deal):
    deal()
    fields = {"ownerType": "D", "ownerId": 1, "productName": "Каска", "price": 3120, "taxRate": 20, "taxIncluded": "Y"}
    row = call("crm.item.productrow.add", fields=fields)["result"]["productRow"]
    assert (row["price"], row["priceExclusive"], row["quantity"]) == (3120, 2600, 1)
    call("crm.item.productrow.update", id=row["id"], fields={"quantity": 3, "ownerId": 404})
    row = call("crm.item.productrow.get", id=row["id"])["result"]["productRow"]
    assert (row["quantity"], row["ownerId"], row["price"]) == (3, 1, 3120)
    assert call("crm.item.get", entityTypeId=2, id=1)["result"]["item"]["opportunity"] == 9360
    call("crm.item.productrow.delete", id=row["id"])
    assert "error" in call("crm.item.productrow.get", id=row["id"])
    assert call("crm.item.get", entityTypeId=2, id=1)["result"]["item"]["opportunity"] == 0


def test_rows_of_nobody_are_refused(call):
    body = call("crm.item.productrow.set", ownerType="D", ownerId=404, productRows=[])
    assert body["error"] == "OWNER_NOT_FOUND"


def test_requisites_hang_on_the_company_and_bank_details_on_them(call, act):
    firm = act("crm.item.add", entityTypeId=4, fields={"title": "ООО «Ромашка»"})["item"]["id"]
    owner = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": firm}
    number = call("crm.requisite.add", fields={**owner, "PRESET_ID": 1, "NAME": "Организация", "RQ_INN": "7707083893"})
    row = call("crm.requisite.list", filter={**owner}, select=["ID", "RQ_INN", "ENTITY_ID"])["result"][0]
    assert row == {"ID": str(number["result"]), "RQ_INN": "7707083893", "ENTITY_ID": str(firm)}
    bank = {"ENTITY_ID": number["result"], "NAME": "Основной", "RQ_BIK": "044525225"}
    call("crm.requisite.bankdetail.add", fields=bank)
    assert call("crm.requisite.bankdetail.list", filter={"ENTITY_ID": row["ID"]})["result"][0]["RQ_BIK"] == "044525225"
    assert call("crm.requisite.list", filter={"RQ_INN": "7707083893"})["total"] == 1


def test_requisites_without_an_owner_are_refused(call):
    body = call("crm.requisite.add", fields={"ENTITY_TYPE_ID": 2, "ENTITY_ID": 1, "PRESET_ID": 1, "NAME": "x"})
    assert body["error_description"] == "ENTITY_TYPE_ID is not defined or invalid."
    assert call("crm.requisite.get", id=27)["error_description"] == "The Requisite with ID '27' is not found"


def test_a_comment_keeps_its_files(portal, handler, call, deal):
    deal()
    portal.settle_events()
    fields = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "Образец согласован", "FILES": [["а.txt", HELLO]]}
    number = call("crm.timeline.comment.add", fields=fields)["result"]
    comment = call("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "deal"})["result"][0]
    assert (comment["ID"], comment["COMMENT"], comment["AUTHOR_ID"]) == (str(number), "Образец согласован", "1")
    file = next(iter(comment["FILES"].values()))
    assert requests.get(file["urlDownload"], timeout=10).content == b"hello"
    portal.settle_events()
    assert handler.events[-1]["data"] == {"ID": str(number)}


def test_an_update_of_a_comments_files_drops_the_old_ones(call, deal):
    deal()
    fields = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x", "FILES": [["а.txt", HELLO]]}
    number = call("crm.timeline.comment.add", fields=fields)["result"]
    assert call("crm.timeline.comment.update", id=number, fields={"FILES": []})["result"] == number
    assert call("crm.timeline.comment.get", id=number)["result"]["FILES"] == []
    assert call("crm.timeline.comment.delete", id=number)["result"] is True
    assert call("crm.timeline.comment.get", id=number)["error"] == "NOT_FOUND"


def test_comments_want_their_key_in_lower_case(call, deal):
    deal()
    body = call("crm.timeline.comment.add", FIELDS={"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x"})
    assert body["error"] == "100"


def test_a_to_do_is_an_activity_of_the_deal(portal, handler, call, deal):
    deal()
    portal.settle_events()
    when = "2026-12-01T15:00:00+07:00"
    number = call("crm.activity.todo.add", ownerTypeId=2, ownerId=1, deadline=when, title="Позвонить")["result"]["id"]
    row = call("crm.activity.list", filter={"OWNER_TYPE_ID": 2, "OWNER_ID": 1, "COMPLETED": "N"})["result"][0]
    assert (row["ID"], row["SUBJECT"], row["DEADLINE"]) == (str(number), "Позвонить", "2026-12-01T11:00:00+03:00")
    call("crm.activity.update", id=number, fields={"COMPLETED": "Y"})
    assert call("crm.activity.list", filter={"COMPLETED": "Y"})["total"] == 1
    portal.settle_events()
    assert handler.names()[-2:] == ["ONCRMACTIVITYADD", "ONCRMACTIVITYUPDATE"]
    assert call("crm.activity.todo.add", ownerTypeId=2, ownerId=404, deadline=when)["error"] == "OWNER_NOT_FOUND"


def test_goods_stand_in_sections_of_the_catalogue_and_read_as_strings(call):
    section = call("crm.productsection.add", fields={"NAME": "Спецодежда"})["result"]
    product = call("crm.product.add", fields={"NAME": "Костюм", "PRICE": 3850, "SECTION_ID": section})["result"]
    call("crm.product.add", fields={"NAME": "Каска", "PRICE": 900})
    [found] = call("crm.product.list", filter={"ID": [product]}, select=["ID", "SECTION_ID"])["result"]
    assert found == {"ID": str(product), "SECTION_ID": str(section)}
    [named] = call("crm.productsection.list", filter={"ID": [section]}, select=["ID", "NAME"])["result"]
    assert named == {"ID": str(section), "NAME": "Спецодежда"}
    assert call("crm.productsection.get", id=section)["result"]["NAME"] == "Спецодежда"
    assert "error" in call("crm.productsection.get", id=404)
    assert call("crm.product.get", id=product)["result"]["CURRENCY_ID"] == "RUB"
    assert call("crm.product.add", fields={"PRICE": 1})["error_description"] == "The field NAME is required."
