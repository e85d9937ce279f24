"""fast-bitrix24, as its README uses it. https://github.com/leshchenko1979/fast_bitrix24"""

import asyncio
from base64 import b64encode

from aiohttp import ClientResponseError
from fast_bitrix24 import Bitrix, BitrixAsync
from fast_bitrix24.server_response import ErrorInServerResponseException

from conformance.scenarios import play, raised, scenario, webhook

DEAL, COMPANY = 2, 4
portal = Bitrix(webhook(), verbose=False)


@scenario
def deals_are_made_changed_and_deleted():
    deal_id = portal.call("crm.deal.add", {"fields": {"TITLE": "Быстрая сделка", "OPPORTUNITY": 1500.5}})
    assert isinstance(deal_id, int)
    portal.call("crm.deal.update", {"ID": deal_id, "fields": {"TITLE": "Другая сделка"}})
    deal = portal.get_by_ID("crm.deal.get", [deal_id])
    assert deal["TITLE"] == "Другая сделка"
    assert deal["OPPORTUNITY"] == "1500.50"
    assert portal.call("crm.deal.delete", {"ID": deal_id}) is True
    assert portal.get_all("crm.deal.list", {"filter": {"ID": deal_id}}) == []


@scenario
def many_deals_are_added_at_once_in_batches():
    titles = [f"Пакетная {number}" for number in range(70)]
    made = list(portal.call("crm.deal.add", [{"fields": {"TITLE": title}} for title in titles]))
    assert len(set(made)) == 70
    found = portal.get_by_ID("crm.deal.get", made)
    assert {found[str(deal_id)]["TITLE"] for deal_id in made} == set(titles)
    portal.call("crm.deal.update", [{"ID": deal_id, "fields": {"COMMENTS": "изменено"}} for deal_id in made])
    listed = portal.get_all("crm.deal.list", {"select": ["ID", "COMMENTS"], "filter": {"@ID": made}})
    assert {deal["COMMENTS"] for deal in listed} == {"изменено"}
    assert len(listed) == 70


@scenario
def items_are_made_listed_and_deleted():
    item = portal.call("crm.item.add", {"entityTypeId": DEAL, "fields": {"title": "Элемент & Ко"}})
    item_id = (item.get("item") or item)["id"]
    found = portal.get_all("crm.item.list", {"entityTypeId": DEAL, "filter": {"=%title": "Элемент &%"}})
    assert [one["id"] for one in found] == [item_id]
    portal.call("crm.item.delete", {"entityTypeId": DEAL, "id": item_id})


@scenario
def companies_longer_than_a_page_come_whole():
    companies = portal.get_all("crm.company.list", {"select": ["ID", "TITLE"]})
    assert len({company["ID"] for company in companies}) == len(companies) > 50
    items = portal.get_all("crm.item.list", {"entityTypeId": COMPANY, "select": ["id"]})
    assert {str(item["id"]) for item in items} == {company["ID"] for company in companies}


@scenario
def contacts_are_found_by_their_telephone():
    phone = {"VALUE": "+7 900 123-45-67", "VALUE_TYPE": "WORK"}
    contact_id = portal.call("crm.contact.add", {"fields": {"NAME": "Анна", "PHONE": [phone]}})
    found = portal.get_all("crm.contact.list", {"filter": {"PHONE": phone["VALUE"]}, "select": ["ID", "PHONE"]})
    assert [contact["ID"] for contact in found] == [str(contact_id)]
    assert found[0]["PHONE"][0]["VALUE"] == phone["VALUE"]


@scenario
def many_contacts_are_read_by_their_ids():
    contacts = portal.get_by_ID("crm.contact.get", range(1, 61))
    assert len(contacts) == 60
    assert all(contact["ID"] == contact_id for contact_id, contact in contacts.items())


@scenario
def tasks_are_made_read_and_completed():
    fields = {"TITLE": "Позвонить", "RESPONSIBLE_ID": 1, "DEADLINE": "2026-12-01T18:00:00+03:00"}
    made = portal.call("tasks.task.add", {"fields": fields})
    task_id = made.get("task", made)["id"]
    portal.call("tasks.task.complete", {"taskId": task_id})
    tasks = portal.get_all("tasks.task.list", {"filter": {"ID": task_id}, "select": ["ID", "TITLE", "STATUS"]})
    assert [(task["title"], task["status"]) for task in tasks] == [("Позвонить", "5")]


@scenario
def users_longer_than_a_page_come_whole():
    users = portal.get_all("user.get", {"FILTER": {"ACTIVE": True}})
    assert len({user["ID"] for user in users}) == len(users) > 50


@scenario
def departments_have_parents_among_themselves():
    departments = portal.get_all("department.get")
    ids = {department["ID"] for department in departments}
    assert {department["PARENT"] for department in departments if "PARENT" in department} < ids


@scenario
def a_file_is_put_on_the_drive():
    storage = portal.get_all("disk.storage.getlist")[0]
    content = b64encode("Договор".encode()).decode()
    data = {"id": storage["ROOT_OBJECT_ID"], "data": {"NAME": "Договор.txt"}, "fileContent": ["Договор.txt", content]}
    made = portal.call("disk.folder.uploadfile", data, raw=True)["result"]
    children = portal.call("disk.folder.getchildren", {"id": storage["ROOT_OBJECT_ID"]}, raw=True)["result"]
    assert int(made["ID"]) in [int(child["ID"]) for child in children]


@scenario
def a_batch_passes_results_on():
    deal = "crm.deal.add?fields[TITLE]=Сделка%20из%20пакета"
    results = portal.call_batch({"halt": 0, "cmd": {"deal": deal, "read": "crm.deal.get?ID=$result[deal]"}})
    assert results["read"]["ID"] == str(results["deal"])


@scenario
def lists_are_read_at_once():
    async def read() -> list[list]:
        client = BitrixAsync(webhook(), verbose=False)
        methods = ("crm.company.list", "crm.contact.list", "crm.deal.list", "user.get")
        return await asyncio.gather(*(client.get_all(method) for method in methods))

    assert all(asyncio.run(read()))


@scenario
def an_error_inside_a_batch_is_told():
    cmd = {"bad": "crm.deal.get?ID=999999", "good": "server.time"}
    error = raised(lambda: portal.call_batch({"halt": 0, "cmd": cmd}), ErrorInServerResponseException)
    assert "Not found" in str(error)


@scenario
def errors_have_their_status():
    for method, status in (("crm.deal.get", 400), ("no.such.method", 404)):
        refusal = raised(lambda method=method: portal.call(method, {"ID": 999_999}, raw=True), ClientResponseError)
        assert refusal.status == status


if __name__ == "__main__":
    play()
