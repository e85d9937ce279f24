"""The recycle bin of the CRM: what a person deleted and an administrator gives back."""

import pytest


def test_a_deleted_deal_lies_in_the_bin_and_comes_back_as_it_was(portal, handler, act, deal, field):
    key = field("KEY", "string")
    made = deal(title="Каски", opportunity=10, isManualOpportunity="Y", **{key: "х"})["id"]
    act("crm.item.update", entityTypeId=2, id=made, fields={"stageId": "PREPARATION"})
    act("crm.item.productrow.add", fields={"ownerType": "D", "ownerId": made, "productName": "Каска", "price": 5})
    act("crm.timeline.comment.add", fields={"ENTITY_ID": made, "ENTITY_TYPE": "deal", "COMMENT": "Слово"})
    act("crm.activity.todo.add", ownerTypeId=2, ownerId=made, deadline="2030-01-01T10:00:00+03:00")

    def whole() -> list:
        rows = act("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": made})["productRows"]
        comments = act("crm.timeline.comment.list", filter={"ENTITY_ID": made, "ENTITY_TYPE": "deal"})
        card = act("crm.deal.list", filter={"ID": made}, select=["*", "UF_*"])
        history = act("crm.stagehistory.list", entityTypeId=2, filter={"OWNER_ID": made})["items"]
        activities = act("crm.activity.list", filter={"OWNER_TYPE_ID": 2, "OWNER_ID": made})
        return [card, rows, comments, history, activities]

    before = whole()
    assert all(before)
    act("crm.item.delete", entityTypeId=2, id=made)
    assert not any(whole())
    [entry] = portal.recycle_bin()
    assert (entry["entityTypeId"], entry["itemId"], entry["title"], entry["deletedBy"]) == (2, made, "Каски", 2)
    portal.settle_events()
    handler.events.clear()
    portal.restore(2, made)
    assert whole() == before
    assert portal.recycle_bin() == []
    portal.settle_events()
    assert [(one["event"], one["data"]) for one in handler.events] == [("ONCRMDEALADD", {"FIELDS": {"ID": str(made)}})]
    assert deal()["id"] == made + 1


def test_a_company_takes_its_requisites_along_and_brings_them_back_with_its_ties(portal, act, deal, field):
    company = act(
        "crm.company.add", FIELDS={"TITLE": "ООО", "PHONE": [{"VALUE": "+79990000000", "VALUE_TYPE": "WORK"}]}
    )
    contact = act("crm.contact.add", FIELDS={"NAME": "Пётр", "COMPANY_IDS": [company]})
    tied, elsewhere = (deal(companyId=company)["id"] for _ in range(2))
    fields = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": company, "PRESET_ID": 1, "NAME": "Реквизит", "RQ_INN": "5401"}
    requisite = act("crm.requisite.add", fields=fields)
    act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": requisite, "NAME": "Счёт"})
    act("crm.address.add", fields={"TYPE_ID": 1, "ENTITY_TYPE_ID": 8, "ENTITY_ID": requisite, "CITY": "Омск"})
    lists = ("crm.requisite.list", "crm.requisite.bankdetail.list", "crm.address.list")
    before = [act(method) for method in lists]
    act("crm.company.delete", ID=company)
    assert [act(method) for method in lists] == [[], [], []]
    assert act("crm.contact.get", ID=contact)["COMPANY_ID"] == "0"
    other = act("crm.company.add", FIELDS={"TITLE": "Другая"})
    act("crm.item.update", entityTypeId=2, id=elsewhere, fields={"companyId": other})
    portal.restore(4, company)
    assert [act(method) for method in lists] == before
    assert act("crm.company.get", ID=company)["PHONE"][0]["VALUE"] == "+79990000000"
    assert act("crm.contact.get", ID=contact)["COMPANY_ID"] == str(company)
    assert [act("crm.deal.get", ID=one)["COMPANY_ID"] for one in (tied, elsewhere)] == [str(company), str(other)]


def test_an_activity_of_two_cards_belongs_to_the_restored_one_again(portal, act, deal):
    first, second = deal()["id"], deal()["id"]
    number = act("crm.activity.todo.add", ownerTypeId=2, ownerId=first, deadline="2030-01-01T10:00:00+03:00")["id"]
    act("crm.activity.binding.add", activityId=number, entityTypeId=2, entityId=second)
    act("crm.deal.delete", ID=first)
    assert act("crm.activity.get", ID=number)["OWNER_ID"] == str(second)
    portal.restore(2, first)
    assert act("crm.activity.get", ID=number)["OWNER_ID"] == str(first)
    bound = act("crm.activity.binding.list", activityId=number)
    assert sorted(one["entityId"] for one in bound) == [first, second]


@pytest.mark.parametrize("place", [(2, 404), (3, 1), (999, 1)])
def test_what_is_not_in_the_bin_cannot_be_given_back(portal, act, deal, place):
    deal()
    act("crm.deal.delete", ID=1)
    with pytest.raises(ValueError, match="is in the recycle bin"):
        portal.restore(*place)
    portal.restore(2, 1)
    with pytest.raises(ValueError, match="is in the recycle bin"):
        portal.restore(2, 1)


@pytest.mark.parametrize(("switch", "kept"), [("Y", 1), ("N", 0)])
def test_a_smart_process_has_a_bin_if_its_settings_say_so(portal, act, switch, kept):
    kind = act("crm.type.add", fields={"title": "Закупка", "isRecyclebinEnabled": switch})["type"]["entityTypeId"]
    made = act("crm.item.add", entityTypeId=kind, fields={"title": "Ткань"})["item"]
    act("crm.item.delete", entityTypeId=kind, id=made["id"])
    assert len(portal.recycle_bin()) == kept
    if kept:
        portal.restore(kind, made["id"])
        assert act("crm.item.get", entityTypeId=kind, id=made["id"])["item"] == made
