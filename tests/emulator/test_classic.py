"""crm.deal.* and its siblings: the same objects, told in strings."""

import base64

import pytest


def test_everything_reads_as_text(call, act, field):
    name, flag = field("SF_DAYS", "integer"), field("SF_ON", "boolean")
    fields = {"TITLE": "Сделка", "OPPORTUNITY": 1000000, name: 7, flag: "Y"}
    number = call("crm.deal.add", fields=fields)["result"]
    row = call("crm.deal.get", ID=number)["result"]
    assert number == 1
    assert (row["ID"], row["OPPORTUNITY"], row["CATEGORY_ID"]) == ("1", "1000000.00", "0")
    assert (row[name], row[flag], row["LEAD_ID"]) == ("7", "1", None)
    assert "CONTACT_IDS" not in row


def test_a_stage_of_another_funnel_is_silently_ignored(call, deal, funnel):
    deal(title="Сделка")
    answer = call("crm.deal.update", id=1, fields={"STAGE_ID": f"C{funnel['id']}:NEW", "CATEGORY_ID": funnel["id"]})
    row = call("crm.deal.get", id=1)["result"]
    assert answer["result"] is True
    assert (row["STAGE_ID"], row["CATEGORY_ID"]) == ("NEW", "0")


def test_a_list_is_bare_and_leaves_unknown_filters_alone(call, deal):
    deal(title="Сделка")
    filter_ = {"=%TITLE": "%делка", "NO_SUCH": 1}
    body = call("crm.deal.list", FILTER=filter_, SELECT=["ID", "TITLE"], ORDER={"ID": "ASC"})
    assert (body["result"], body["total"]) == ([{"ID": "1", "TITLE": "Сделка"}], 1)


def test_refusals_have_an_empty_code(call):
    assert call("crm.deal.get", id=0)["error_description"] == "ID is not defined or invalid."
    body = call("crm.deal.get", id=404)
    assert (body["error"], body["error_description"]) == ("", "Not found")
    assert call("crm.deal.add")["error_description"] == "Parameter 'fields' must be array."


def test_files_are_written_as_fileData(call, field):
    single, several = field("SF_ONE", "file"), field("SF_MANY", "file", MULTIPLE="Y")
    data = {"fileData": ["а.txt", base64.b64encode(b"hello").decode()]}
    call("crm.deal.add", fields={several: [data]})
    row = call("crm.deal.get", id=1)["result"]
    assert single not in row
    assert set(row[several][0]) == {"id", "showUrl", "downloadUrl"}


def test_phones_of_a_company_come_by_name(call):
    call("crm.company.add", fields={"TITLE": "ООО «Ромашка»", "PHONE": [{"VALUE": "+7", "VALUE_TYPE": "WORK"}]})
    phone = [{"ID": "1", "VALUE_TYPE": "WORK", "VALUE": "+7", "TYPE_ID": "PHONE"}]
    assert call("crm.company.get", id=1)["result"]["PHONE"] == phone
    assert "PHONE" not in call("crm.company.list")["result"][0]
    assert call("crm.company.list", select=["TITLE", "PHONE"])["result"][0]["PHONE"] == phone


def test_both_faces_see_the_same_object(call, deal):
    deal(title="Сделка")
    call("crm.deal.update", id=1, fields={"TITLE": "Другая"})
    assert call("crm.item.get", entityTypeId=2, id=1)["result"]["item"]["title"] == "Другая"
    assert call("crm.deal.delete", id=1)["result"] is True
    assert call("crm.item.get", entityTypeId=2, id=1)["error"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("kind", "first", "then"),
    [
        ("company", {"TITLE": "ООО «Заря»", "COMPANY_TYPE": "CUSTOMER"}, {"TITLE": "ООО «Рассвет»", "COMMENTS": "Звонить утром"}),
        ("contact", {"NAME": "Пётр", "LAST_NAME": "Ильин"}, {"LAST_NAME": "Ильин-Гуров", "POST": "Мастер"}),
    ],
)  # fmt: skip
def test_companies_and_contacts_live_as_deals_do(call, portal, handler, kind, first, then):
    number = call(f"crm.{kind}.add", fields=first)["result"]
    assert call(f"crm.{kind}.update", id=number, fields=then)["result"] is True
    row = call(f"crm.{kind}.get", id=number)["result"]
    assert {name: row[name] for name in first | then} == first | then

    described = call(f"crm.{kind}.fields")["result"]
    assert first.keys() | then.keys() <= described.keys()
    assert described["ID"]["isReadOnly"] is True

    assert call(f"crm.{kind}.delete", id=number)["result"] is True
    assert call(f"crm.{kind}.get", id=number)["error_description"] == "Not found"
    assert call(f"crm.{kind}.update", id=number, fields=then)["error_description"] == "Not found"
    portal.settle_events()
    assert handler.names() == [f"ONCRM{kind.upper()}{what}" for what in ("ADD", "UPDATE", "DELETE")]
