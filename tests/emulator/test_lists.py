"""Filters, order, pages, selection."""

import pytest


@pytest.fixture
def four_deals(deal):
    deal(title="Альфа", opportunity=100, isManualOpportunity="Y", originId="a-1")
    deal(title="альфа плюс", opportunity=200, isManualOpportunity="Y", originId="a-2")
    deal(title="Бета", opportunity=300, isManualOpportunity="Y", stageId="EXECUTING")
    deal(title="Гамма 100%", opportunity=400, isManualOpportunity="Y", stageId="WON")


@pytest.fixture
def found(call):
    """Ids that a filter finds."""

    def ask(filter_, **more) -> list[int]:
        body = call("crm.item.list", entityTypeId=2, filter=filter_, select=["id"], **more)
        return [item["id"] for item in body["result"]["items"]]

    return ask


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        ({"id": 2}, [2]),
        ({"=id": [2, 3]}, [2, 3]),
        ({"@stageId": ["EXECUTING", "WON"]}, [3, 4]),
        ({"!@stageId": ["EXECUTING", "WON"]}, [1, 2]),
        ({"!stageId": "NEW"}, [3, 4]),
        ({"!=stageId": "NEW"}, [3, 4]),
        ({">opportunity": 200}, [3, 4]),
        ({">=opportunity": "200", "<opportunity": 400}, [2, 3]),
        ({"<=opportunity": 100}, [1]),
        ({"%title": "льфа"}, [1, 2]),
        ({"!%title": "льфа"}, [3, 4]),
        ({"=%title": "А%"}, [1, 2]),
        ({"%=title": "%плюс"}, [2]),
        ({"!=%title": "А%"}, [3, 4]),
        ({"!%=title": "%а"}, [2, 4]),
        ({"=title": "АЛЬФА"}, [1]),
        ({"=originId": ""}, [3, 4]),
        ({"!originId": ""}, [1, 2]),
        ({"originId": "a-2", "stageId": "NEW"}, [2]),
        ({"0": {"logic": "OR", "0": {"id": 1}, "1": {"stageId": "WON"}}}, [1, 4]),
        ({">id": 1, "0": {"logic": "OR", "0": {"id": 1}, "1": {"stageId": "WON"}}}, [4]),
        ([{"logic": "OR", "0": {"=title": "Бета"}, "1": {">opportunity": 300}}], [3, 4]),
    ],
)
def test_a_filter_finds(four_deals, found, filter_, ids):
    assert found(filter_) == ids


def test_a_field_unknown_to_the_filter_is_refused_by_name(call):
    body = call("crm.item.list", entityTypeId=2, filter={"=colour": "red"})
    assert body["error"] == "INVALID_ARG_VALUE"
    assert "'colour' is not allowed" in body["error_description"]


def test_order_may_be_written_in_either_case(four_deals, found):
    assert found({}, order={"opportunity": "desc"}) == [4, 3, 2, 1]
    assert found({}, order={"stageId": "ASC", "id": "DESC"}) == [3, 2, 1, 4]


def test_pages_have_fifty_rows_and_say_where_the_next_begins(call, deal):
    for number in range(120):
        deal(title=f"Сделка {number}")
    first, second, third = (call("crm.item.list", entityTypeId=2, start=start) for start in (0, 50, 100))
    assert [len(page["result"]["items"]) for page in (first, second, third)] == [50, 50, 20]
    assert (first["next"], second["next"], first["total"]) == (50, 100, 120)
    assert "next" not in third


def test_start_minus_one_does_not_count(call, deal):
    for number in range(60):
        deal(title=f"Сделка {number}")
    body = call("crm.item.list", entityTypeId=2, order={"id": "ASC"}, filter={">id": 5}, start=-1)
    assert [item["id"] for item in body["result"]["items"]] == list(range(6, 56))
    assert body["total"] == 0
    assert "next" not in body


def test_select_names_fields_and_always_brings_the_id(call, deal, field):
    name = field("SF_KEY", "string")
    deal(title="Сделка", **{name: "k"})
    ask = {"entityTypeId": 2, "useOriginalUfNames": "Y"}
    assert call("crm.item.list", **ask, select=["title"])["result"]["items"] == [{"id": 1, "title": "Сделка"}]
    assert call("crm.item.list", **ask, select=["UF_*"])["result"]["items"] == [{"id": 1, name: "k"}]
    assert call("crm.item.list", **ask, select=["*"])["result"]["items"][0][name] == "k"


def test_deals_are_found_by_the_time_of_their_update(portal, call, deal, act):
    early, late = deal(title="Раньше"), deal(title="Позже")
    portal.advance(60)
    act("crm.item.update", entityTypeId=2, id=early["id"], fields={"title": "Изменена"})
    items = call("crm.item.list", entityTypeId=2, filter={">updatedTime": late["updatedTime"]})["result"]["items"]
    assert [item["title"] for item in items] == ["Изменена"]
    inside = {">=updatedTime": late["updatedTime"], "<updatedTime": items[0]["updatedTime"]}
    assert [item["title"] for item in call("crm.item.list", entityTypeId=2, filter=inside)["result"]["items"]] == [
        "Позже"
    ]


def test_moments_are_compared_whatever_their_offset(call, deal):
    made = deal(title="Сделка")
    hour = int(made["createdTime"][11:13])
    same = made["createdTime"].replace(f"T{hour:02}", f"T{(hour - 3) % 24:02}").replace("+03:00", "+00:00")
    if hour >= 3:
        assert call("crm.item.list", entityTypeId=2, filter={"=createdTime": same})["total"] == 1


def test_users_are_sorted_and_filtered_by_flat_parameters(call):
    names = [user["ID"] for user in call("user.get", sort="ID", order="DESC")["result"]]
    assert names == ["2", "1"]
    assert call("user.get", EMAIL="admin@sferotek.example")["result"][0]["ID"] == "2"
    assert call("user.get", FILTER={"ACTIVE": False})["result"] == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("crm.stagehistory.list", {"entityTypeId": 2, "filter": {">ID": "много", "CREATED_TIME": "вчера"}}),
        ("tasks.task.list", {"filter": {">DEADLINE": "вчера", "ID": "x"}}),
        ("crm.deal.list", {"filter": {">ID": "x", ">DATE_CREATE": "вчера"}}),
        ("user.get", {"FILTER": {"ID": "x", "ACTIVE": "maybe"}}),
        ("crm.item.productrow.list", {"filter": {">price": "x"}}),
    ],
)
def test_nonsense_in_a_filter_finds_nothing(call, deal, method, params):
    deal()
    body = call(method, **params)
    assert (body["total"], "error" in body) == (0, False)


def test_nonsense_in_a_filter_of_items_is_refused(call):
    body = call("crm.item.list", entityTypeId=2, filter={">updatedTime": "вчера"})
    assert (body["error"], "invalid value" in body["error_description"]) == ("INVALID_ARG_VALUE", True)
    assert (
        "'colour' is not allowed in order"
        in call("crm.item.list", entityTypeId=2, order={"colour": "ASC"})["error_description"]
    )
