"""b24pysdk, as its README uses it. https://github.com/bitrix24/b24pysdk"""

from urllib.parse import urlsplit

import requests
from b24pysdk import BitrixWebhook, Client
from b24pysdk.errors import BitrixAPIBadRequest, BitrixAPIError, BitrixAPINotFound
from b24pysdk.errors.oauth import BitrixOAuthNoAuthFound
from b24pysdk.errors.v3 import BitrixAPIError as BitrixAPIErrorV3

from conformance.scenarios import play, raised, scenario, webhook

DEAL, COMPANY = 2, 4
ADDRESS = urlsplit(webhook())
TOKEN = ADDRESS.path.removeprefix("/rest/")
hook = BitrixWebhook(domain=ADDRESS.netloc, webhook_token=TOKEN)
client = Client(hook)


@scenario
def deals_are_made_changed_and_deleted():
    deal_id = client.crm.deal.add({"TITLE": "Сделка SDK", "OPPORTUNITY": 1500.5, "OPENED": True}).result
    assert client.crm.deal.update(deal_id, {"TITLE": "Другая сделка"}).result is True
    deal = client.crm.deal.get(deal_id).result
    assert (deal["ID"], deal["TITLE"], deal["OPPORTUNITY"]) == (str(deal_id), "Другая сделка", "1500.50")
    assert client.crm.deal.delete(deal_id).result is True
    assert client.crm.deal.list(filter={"ID": deal_id}).result == []


@scenario
def the_fields_of_deals_are_described():
    fields = client.crm.deal.fields().result
    assert fields["TITLE"]["type"] == "string"
    assert client.crm.deal.fields().response.value["ID"].is_read_only


@scenario
def items_are_made_changed_listed_and_deleted():
    item_id = client.crm.item.add(DEAL, {"title": "Элемент SDK"}).result["item"]["id"]
    changed = client.crm.item.update(DEAL, item_id, {"opportunity": 10, "isManualOpportunity": "Y"}).result["item"]
    assert (changed["id"], changed["opportunity"]) == (item_id, 10)
    listed = client.crm.item.list(DEAL, select=["id"], filter={"=%title": "Элемент%"}, order={"ID": "desc"}).result
    assert listed["items"][0]["id"] == item_id
    assert client.crm.item.delete(DEAL, item_id).result == []


@scenario
def companies_longer_than_a_page_come_whole():
    whole = client.crm.company.list(select=["ID"]).as_list().result
    fast = list(client.crm.company.list(select=["ID"]).as_list_fast().result)
    backwards = list(client.crm.company.list(select=["ID"]).as_list_fast(descending=True).result)
    assert len({company["ID"] for company in whole}) == len(whole) > 50
    assert whole == fast == backwards[::-1]


@scenario
def items_longer_than_a_page_come_whole():
    whole = client.crm.item.list(COMPANY, select=["id"]).as_list().result
    fast = list(client.crm.item.list(COMPANY, select=["id"]).as_list_fast().result)
    assert [item["id"] for item in whole] == [item["id"] for item in fast]
    assert len(whole) > 50


@scenario
def a_page_says_how_many_rows_there_are_and_where_the_next_begins():
    answer = client.crm.company.list(select=["ID"]).response
    assert (answer.next, answer.total > 50) == (50, True)
    uncounted = client.crm.company.list(select=["ID"], start=-1).response
    assert uncounted.next is None


@scenario
def contacts_keep_their_telephones():
    phone = {"VALUE": "+7 900 765-43-21", "VALUE_TYPE": "MOBILE"}
    contact_id = client.crm.contact.add({"NAME": "Пётр", "PHONE": [phone]}).result
    contact = client.crm.contact.get(contact_id).result
    assert (contact["PHONE"][0]["VALUE"], contact["HAS_PHONE"]) == (phone["VALUE"], "Y")


@scenario
def tasks_are_made_changed_and_completed():
    task = client.tasks.task.add({"TITLE": "Дело SDK", "RESPONSIBLE_ID": 1}).result["task"]
    client.tasks.task.update(int(task["id"]), {"TITLE": "Другое дело"})
    assert client.tasks.task.complete(int(task["id"])).result
    read = client.tasks.task.get(int(task["id"]), select=["ID", "TITLE", "STATUS"]).result["task"]
    assert read["status"] == "5"
    client.task.checklistitem.add(int(task["id"]), {"TITLE": "Пункт"}).result  # noqa: B018 - reading it makes the call


@scenario
def many_tasks_come_whole():
    client.call_batches([client.tasks.task.add({"TITLE": f"Дело {n}", "RESPONSIBLE_ID": 1}) for n in range(60)]).call()
    whole = client.tasks.task.list(select=["ID"], filter={"RESPONSIBLE_ID": 1}).as_list().result
    fast = list(client.tasks.task.list(select=["ID"], filter={"RESPONSIBLE_ID": 1}).as_list_fast().result)
    assert sorted(int(task["id"]) for task in whole) == sorted(int(task["id"]) for task in fast)
    assert len(whole) > 60 - 1


@scenario
def users_are_read_as_objects():
    me = client.user.current().response.value
    assert me.bitrix_pk == 1
    users = client.user.get(filter={"ACTIVE": True}).as_list().result
    assert len({user["ID"] for user in users}) == len(users) > 50


@scenario
def departments_are_read_as_objects():
    departments = client.department.get(sort="ID", order="ASC").response.values
    assert departments[0].bitrix_pk == 1
    assert client.department.get(bitrix_id=[1, 2]).response.total == 2


@scenario
def files_are_put_on_the_drive_and_downloaded():
    root = client.disk.storage.get_list().result[0]["ROOT_OBJECT_ID"]
    folder = client.disk.folder.add_sub_folder(int(root), {"NAME": "Договоры SDK"}).result
    content = ["Договор.txt", "0JTQvtCz0L7QstC+0YA="]
    made = client.disk.folder.upload_file(folder["ID"], file_content=content, data={"NAME": "Договор.txt"}).result
    address = client.disk.file.get(made["ID"]).result["DOWNLOAD_URL"]
    assert requests.get(address, timeout=10).text == "Договор"
    assert client.disk.folder.get_children(folder["ID"]).response.total == 1


@scenario
def a_named_batch_answers_by_name():
    calls = {"me": client.user.current(), "deals": client.crm.deal.list(select=["ID"]), "time": client.server.time()}
    result = client.call_batch(calls).result
    assert (result.result["me"]["ID"], list(result.result_time)) == ("1", ["me", "deals", "time"])
    assert result.result_total["deals"] > 0


@scenario
def an_unnamed_batch_answers_by_place_and_more_than_fifty_calls_are_split():
    result = client.call_batch([client.user.current(), client.server.time()]).result
    assert result.result[0]["ID"] == "1"
    many = client.call_batches([client.server.time() for _ in range(120)]).result
    assert len(many.result) == 120


@scenario
def an_error_inside_a_batch_stays_with_its_command():
    result = client.call_batch({"bad": client.crm.deal.get(999_999), "good": client.server.time()}).result
    assert list(result.result_error) == ["bad"]
    assert "good" in result.result


@scenario
def an_empty_batch_answers_empty_lists():
    result = client.call_batch({}).result
    assert (result.result, result.result_error) == ([], [])


@scenario
def errors_become_exceptions_of_their_kind():
    for call, kind in (
        (client.crm.deal.get(999_999), BitrixAPIBadRequest),
        (client.crm.item.get(DEAL, 999_999), BitrixAPINotFound),
        (Client(BitrixWebhook(domain=ADDRESS.netloc, webhook_token="1/wrong")).server.time(), BitrixOAuthNoAuthFound),
    ):
        assert isinstance(raised(call.call, BitrixAPIError), kind)


@scenario
def rest_3_speaks_of_tasks():
    tasks = hook.get_client(prefer_version=3).tasks.task
    made = tasks.add({"title": "Дело REST 3", "creatorId": 1, "responsibleId": 1}).result["item"]
    assert tasks.get(made["id"], select=["id", "title"]).result["item"] == {"id": made["id"], "title": "Дело REST 3"}
    assert isinstance(raised(tasks.get(999_999).call, BitrixAPIErrorV3), BitrixAPIErrorV3)


@scenario
def the_server_tells_its_time_and_its_methods():
    assert client.server.time().response.value.tzinfo is not None
    assert client.method.get("crm.deal.add").result == {"isExisting": True, "isAvailable": True}
    assert client.profile().result["ID"] == "1"
    assert "crm" in client.scope().result


if __name__ == "__main__":
    play()
