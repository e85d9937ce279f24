"""Who is linked to whom: contacts of deals, leads and companies, companies of contacts."""

import pytest


@pytest.fixture
def people(act):
    return [act("crm.item.add", entityTypeId=3, fields={"name": name})["item"]["id"] for name in ("А", "Б", "В")]


@pytest.fixture
def firms(act):
    return [act("crm.item.add", entityTypeId=4, fields={"title": name})["item"]["id"] for name in ("А", "Б", "В")]


@pytest.fixture
def owner(act):
    return lambda type_id: act("crm.item.add", entityTypeId=type_id, fields={})["item"]["id"]


def links(call, method: str, number: int) -> list[tuple]:
    rows = call(method, id=number)["result"]
    assert all(row["ROLE_ID"] == 0 for row in rows)
    return [(row.get("CONTACT_ID", row.get("COMPANY_ID")), row["SORT"], row["IS_PRIMARY"]) for row in rows]


@pytest.mark.parametrize(("kind", "type_id"), [("deal", 2), ("lead", 1), ("company", 4)])
def test_contacts_are_added_and_removed_one_by_one(call, owner, people, kind, type_id):
    first, second, _ = people
    prefix, number = f"crm.{kind}.contact", owner(type_id)
    assert call(f"{prefix}.add", id=number, fields={"CONTACT_ID": first})["result"] is True
    assert call(f"{prefix}.add", id=number, fields={"CONTACT_ID": first})["result"] is False
    assert call(f"{prefix}.add", id=number, fields={"CONTACT_ID": second, "IS_PRIMARY": "Y"})["result"] is True
    assert links(call, f"{prefix}.items.get", number) == [(first, 10, "N"), (second, 20, "Y")]
    item = call("crm.item.get", entityTypeId=type_id, id=number)["result"]["item"]
    assert item["contactIds"] == [second, first]
    assert call(f"{prefix}.delete", id=number, fields={"CONTACT_ID": second})["result"] is True
    assert call(f"{prefix}.delete", id=number, fields={"CONTACT_ID": second})["result"] is False
    assert links(call, f"{prefix}.items.get", number) == [(first, 10, "Y")]


def test_a_set_replaces_all_contacts_of_a_deal_and_is_its_update(portal, handler, call, deal, people):
    first, second, third = people
    deal(contactIds=[third])
    portal.settle_events()
    handler.events.clear()
    items = [{"CONTACT_ID": first, "SORT": 300}, {"CONTACT_ID": second, "SORT": 100, "IS_PRIMARY": "Y"}]
    for _ in range(2):
        assert call("crm.deal.contact.items.set", id=1, items=items)["result"] is True
    portal.settle_events()
    assert handler.names() == ["ONCRMDEALUPDATE"]
    assert links(call, "crm.deal.contact.items.get", 1) == [(second, 100, "Y"), (first, 300, "N")]
    assert call("crm.deal.get", id=1)["result"]["CONTACT_ID"] == str(second)
    assert call("crm.deal.contact.items.delete", id=1)["result"] is True
    assert links(call, "crm.deal.contact.items.get", 1) == []


def test_contacts_of_a_lead_are_numbered_in_the_order_of_the_set(call, owner, people):
    number = owner(1)
    call("crm.lead.contact.items.set", id=number, items=[{"CONTACT_ID": one} for one in people])
    expected = [(one, place * 10, "Y" if place == 1 else "N") for place, one in enumerate(people, start=1)]
    assert links(call, "crm.lead.contact.items.get", number) == expected
    assert call("crm.lead.contact.items.delete", id=number)["result"] is True
    assert call("crm.item.get", entityTypeId=1, id=number)["result"]["item"]["contactId"] == 0


def test_contacts_and_companies_know_each_other_from_both_sides(call, act, people, firms):
    person, (first, second, third) = people[0], firms
    call("crm.contact.company.items.set", id=person, items=[{"COMPANY_ID": first, "SORT": 100}, {"COMPANY_ID": second}])
    call("crm.contact.company.add", id=person, fields={"COMPANY_ID": third})
    expected = [(first, 100, "Y"), (second, 110, "N"), (third, 120, "N")]
    assert links(call, "crm.contact.company.items.get", person) == expected
    assert links(call, "crm.company.contact.items.get", second) == [(person, 10, "Y")]
    call("crm.company.contact.items.delete", id=first)
    assert links(call, "crm.contact.company.items.get", person)[0][0] == second
    assert call("crm.contact.get", id=person)["result"]["COMPANY_ID"] == str(second)
    call("crm.company.contact.items.set", id=first, items=[{"CONTACT_ID": person}])
    found = act("crm.item.list", entityTypeId=3, filter={"=companyIds": first})["items"]
    assert [one["id"] for one in found] == [person]
    assert call("crm.contact.company.delete", id=person, fields={"COMPANY_ID": first})["result"] is True
    assert links(call, "crm.company.contact.items.get", first) == []
    assert call("crm.contact.company.items.delete", id=person)["result"] is True
    assert links(call, "crm.company.contact.items.get", third) == []


def test_a_deleted_contact_leaves_no_links(call, act, deal, people, firms):
    first, second, _ = people
    deal(contactIds=[first, second])
    act("crm.item.update", entityTypeId=3, id=first, fields={"companyId": firms[0]})
    assert links(call, "crm.company.contact.items.get", firms[0]) == [(first, 10, "Y")]
    act("crm.item.delete", entityTypeId=3, id=first)
    assert links(call, "crm.deal.contact.items.get", 1) == [(second, 10, "Y")]
    assert links(call, "crm.company.contact.items.get", firms[0]) == []


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        ("crm.deal.contact", "CONTACT_ID"),
        ("crm.lead.contact", "CONTACT_ID"),
        ("crm.company.contact", "CONTACT_ID"),
        ("crm.contact.company", "COMPANY_ID"),
    ],
)
def test_a_link_is_described_and_nonsense_is_refused(call, owner, prefix, key):
    number = owner({"deal": 2, "lead": 1, "company": 4, "contact": 3}[prefix.split(".")[1]])
    described = call(f"{prefix}.fields")["result"]
    assert {name: field["isRequired"] for name, field in described.items()} == {
        "SORT": False,
        "IS_PRIMARY": False,
        key: True,
    }
    refused = call(f"{prefix}.add", id=0, fields={key: 1})
    assert refused["error_description"] == "The parameter 'ownerEntityID' is invalid or not defined."
    unread = call(f"{prefix}.items.get", id=0)
    assert unread["error_description"] == "The parameter ownerEntityID is invalid or not defined."
    assert call(f"{prefix}.add", id=number, fields="x")["error_description"] == "The parameter 'fields' must be array."
    assert call(f"{prefix}.add", id=number, fields={})["error_description"] == "The parameter 'fields' is not valid."
    assert call(f"{prefix}.items.set", id=number, items=1)["error_description"] == "The parameter items must be array."
    unknown = call(f"{prefix}.add", id=404, fields={key: 1})
    code = "NOT_FOUND" if prefix == "crm.lead.contact" else ""
    assert (unknown["error"], unknown["error_description"]) == (code, "Not found.")
