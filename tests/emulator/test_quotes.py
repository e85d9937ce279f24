"""Quotes (entityTypeId 7) by crm.item.* and by the older crm.quote.*; invoices (31) by crm.item.*."""

import pytest

QUOTE, INVOICE = 7, 31


@pytest.fixture
def quote(act):
    """Make a quote and return it: quote(title="…")."""
    return lambda **fields: act("crm.item.add", entityTypeId=QUOTE, fields=fields)["item"]


@pytest.fixture
def invoice(act):
    """Make an invoice and return it: invoice(title="…")."""
    return lambda **fields: act("crm.item.add", entityTypeId=INVOICE, fields=fields)["item"]


def invoice_funnel(act) -> int:
    return act("crm.category.list", entityTypeId=INVOICE)["categories"][0]["id"]


def test_a_quote_begins_as_a_draft_for_a_week(quote, act, call):
    made = quote(dealId=5, content="Станки", clientTitle="Ромашка")
    assert (made["title"], made["stageId"], made["quoteNumber"]) == (f"Предложение #{made['id']}", "DRAFT", "1")
    assert (made["closed"], made["dealId"], made["content"]) == ("N", 5, "Станки")
    assert made["actualDate"] == made["closedate"] > made["begindate"]
    assert "categoryId" not in made
    assert call("crm.category.list", entityTypeId=QUOTE)["error_description"] == "Entity type QUOTE is not supported"
    act("crm.item.update", entityTypeId=QUOTE, id=made["id"], fields={"stageId": "APPROVED", "quoteNumber": "7/А"})
    after = act("crm.item.get", entityTypeId=QUOTE, id=made["id"])["item"]
    assert (after["stageId"], after["closed"], after["quoteNumber"]) == ("APPROVED", "Y", "1")
    wrong = call("crm.item.update", entityTypeId=QUOTE, id=made["id"], fields={"stageId": "NEW"})
    assert wrong["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    assert call("crm.stagehistory.list", entityTypeId=QUOTE)["error_description"] == "7 entity is not supported"
    assert act("crm.item.list", entityTypeId=QUOTE, filter={"dealId": 5, "closed": "Y"}, select=["id"])["items"]


def test_stages_of_quotes_are_their_own(quote, act, call):
    codes = [row["STATUS_ID"] for row in act("crm.status.list", filter={"ENTITY_ID": "QUOTE_STATUS"})]
    assert codes == ["DRAFT", "SENT", "APPROVED", "UNANSWERED", "DECLAINED"]
    own = {"ENTITY_ID": "QUOTE_STATUS", "STATUS_ID": "CALLED", "NAME": "Обсудили", "SORT": 15}
    status = act("crm.status.add", fields=own)
    made = quote(stageId="CALLED")
    assert call("crm.status.delete", id=status)["error_description"] == "There are active items in this status."
    act("crm.item.delete", entityTypeId=QUOTE, id=made["id"])
    assert act("crm.status.delete", id=status) is True
    long = call("crm.status.add", fields=own | {"STATUS_ID": "X" * 23})
    assert long["error_description"] == "The field STATUS_ID is invalid."
    assert "QUOTE_STATUS" in [kind["ID"] for kind in act("crm.status.entity.types")]


def test_the_older_methods_see_the_same_quotes(quote, act, call):
    contact = act("crm.contact.add", fields={"NAME": "Пётр"})
    number = act("crm.quote.add", fields={"TITLE": "Станки", "STATUS_ID": "SENT", "CONTACT_IDS": [contact]})
    shown = act("crm.quote.get", id=number)
    assert (shown["ID"], shown["STATUS_ID"], shown["CONTACT_ID"]) == (str(number), "SENT", str(contact))
    assert "CATEGORY_ID" not in shown
    assert "CONTACT_IDS" not in shown
    assert act("crm.item.get", entityTypeId=QUOTE, id=number)["item"]["contactIds"] == [contact]
    assert act("crm.quote.update", id=number, fields={"OPPORTUNITY": "150000", "STATUS_ID": "NO_SUCH"}) is True
    quote()
    body = call("crm.quote.list", filter={">OPPORTUNITY": 100}, select=["TITLE", "OPPORTUNITY", "STATUS_ID"])
    listed = {"ID": str(number), "TITLE": "Станки", "OPPORTUNITY": "150000.00", "STATUS_ID": "SENT"}
    assert (body["result"], body["total"]) == ([listed], 1)
    fields = act("crm.quote.fields")
    assert (fields["QUOTE_NUMBER"]["isReadOnly"], fields["CONTACT_IDS"]["isMultiple"]) == (True, True)
    assert act("crm.quote.delete", id=number) is True
    assert call("crm.quote.get", id=number)["error_description"] == "Not found"
    assert call("crm.quote.update", id=number, fields={})["error_description"] == "Quote is not found"
    gone = call("crm.quote.delete", id=number)
    assert (gone["error"], gone["error_description"]) == ("ERROR_CORE", "Element not found")


def test_quotes_have_rows_contacts_and_custom_fields(portal, handler, quote, act):
    number = quote()["id"]
    act("crm.quote.productrows.set", id=number, rows=[{"PRODUCT_NAME": "Станок", "PRICE": 100, "QUANTITY": 2}])
    rows = act("crm.quote.productrows.get", id=number)
    assert [(row["OWNER_TYPE"], row["PRODUCT_NAME"]) for row in rows] == [("Q", "Станок")]
    assert act("crm.quote.get", id=number)["OPPORTUNITY"] == "200.00"
    people = [act("crm.contact.add", fields={"NAME": name}) for name in ("Пётр", "Анна")]
    assert "CONTACT_ID" in act("crm.quote.contact.fields")
    act("crm.quote.contact.add", id=number, fields={"CONTACT_ID": people[0]})
    act("crm.quote.contact.items.set", id=number, items=[{"CONTACT_ID": one} for one in people])
    act("crm.quote.contact.delete", id=number, fields={"CONTACT_ID": people[0]})
    assert [one["CONTACT_ID"] for one in act("crm.quote.contact.items.get", id=number)] == [people[1]]
    act("crm.quote.contact.items.delete", id=number)
    assert act("crm.quote.contact.items.get", id=number) == []
    portal.settle_events()
    handler.events.clear()
    field = act("crm.quote.userfield.add", fields={"FIELD_NAME": "PLACE", "USER_TYPE_ID": "string"})
    assert act("crm.quote.userfield.get", id=field)["ENTITY_ID"] == "CRM_QUOTE"
    act("crm.quote.userfield.update", id=field, fields={"EDIT_FORM_LABEL": "Цех"})
    act("crm.quote.update", id=number, fields={"UF_CRM_PLACE": "Цех 2"})
    assert act("crm.quote.list", filter={"UF_CRM_PLACE": "Цех 2"}, select=["UF_*"])[0]["UF_CRM_PLACE"] == "Цех 2"
    assert len(act("crm.quote.userfield.list")) == 1
    act("crm.quote.userfield.delete", id=field)
    assert "UF_CRM_PLACE" not in act("crm.quote.get", id=number)
    portal.settle_events()
    assert handler.names() == [
        "ONCRMQUOTEUSERFIELDADD",
        "ONCRMQUOTEUSERFIELDUPDATE",
        "ONCRMQUOTEUPDATE",
        "ONCRMQUOTEUSERFIELDDELETE",
    ]


def test_quotes_and_invoices_ring_their_events(portal, handler, quote, invoice, act):
    made, other = quote(), invoice()
    act("crm.item.delete", entityTypeId=QUOTE, id=made["id"])
    act("crm.item.update", entityTypeId=INVOICE, id=other["id"], fields={"title": "Счёт за станки"})
    portal.settle_events()
    assert [(event["event"], event["data"]["FIELDS"].get("ENTITY_TYPE_ID")) for event in handler.events] == [
        ("ONCRMQUOTEADD", None),
        ("ONCRMDYNAMICITEMADD", "31"),
        ("ONCRMQUOTEDELETE", None),
        ("ONCRMDYNAMICITEMUPDATE", "31"),
    ]


def test_an_invoice_is_written_out_paid_and_found_by_its_deal(invoice, quote, deal, act, call):
    funnel, sold, offered = invoice_funnel(act), deal()["id"], quote()["id"]
    made = invoice(parentId2=sold, parentId7=offered, xmlId="1C-9")
    assert (made["title"], made["accountNumber"]) == (f"Счёт #{made['id']}", "1")
    assert (made["categoryId"], made["stageId"], made["observers"]) == (funnel, f"DT31_{funnel}:N", [])
    rows = [{"productName": "Станок", "price": 500, "quantity": 1}]
    act("crm.item.productrow.set", ownerType="SI", ownerId=made["id"], productRows=rows)
    act("crm.item.update", entityTypeId=INVOICE, id=made["id"], fields={"stageId": f"DT31_{funnel}:P"})
    found = act("crm.item.list", entityTypeId=INVOICE, filter={"parentId2": sold, "parentId7": offered})["items"]
    assert [(one["id"], one["opportunity"], one["previousStageId"]) for one in found] == [
        (made["id"], 500, f"DT31_{funnel}:N")
    ]
    told = act("crm.stagehistory.list", entityTypeId=INVOICE, filter={"STAGE_SEMANTIC_ID": "S"})["items"]
    assert [(one["OWNER_ID"], one["TYPE_ID"]) for one in told] == [(made["id"], 3)]
    act("crm.item.delete", entityTypeId=QUOTE, id=offered)
    assert act("crm.item.get", entityTypeId=INVOICE, id=made["id"])["item"]["parentId7"] is None
    assert call("crm.item.get", entityTypeId=INVOICE, id=404)["error_description"] == "Element not found"


def test_custom_fields_and_comments_of_an_invoice(invoice, act):
    name = "UF_CRM_SMART_INVOICE_1234"
    field = {"entityId": "CRM_SMART_INVOICE", "fieldName": name, "userTypeId": "integer"}
    act("userfieldconfig.add", moduleId="crm", field=field)
    made = invoice(ufCrm_SMART_INVOICE_1234=7)
    assert made["ufCrm_SMART_INVOICE_1234"] == 7
    comment = {"ENTITY_TYPE": "smart_invoice", "ENTITY_ID": made["id"], "COMMENT": "Оплатят завтра"}
    number = act("crm.timeline.comment.add", fields=comment)
    assert act("crm.timeline.comment.get", id=number)["ENTITY_TYPE"] == "smart_invoice"


def test_requisites_of_a_quote_are_those_of_its_client(quote, act):
    company = act("crm.company.add", fields={"TITLE": "Ромашка"})
    preset = act("crm.requisite.preset.list")[0]["ID"]
    fields = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": company, "PRESET_ID": preset, "NAME": "Ромашка"}
    requisite = act("crm.requisite.add", fields=fields)
    made = quote(companyId=company)
    link = {"ENTITY_TYPE_ID": QUOTE, "ENTITY_ID": made["id"], "REQUISITE_ID": requisite}
    act(
        "crm.requisite.link.register", fields=link | {"BANK_DETAIL_ID": 0, "MC_REQUISITE_ID": 0, "MC_BANK_DETAIL_ID": 0}
    )
    held = act("crm.requisite.link.get", entityTypeId=QUOTE, entityId=made["id"])
    assert held["REQUISITE_ID"] == str(requisite)
