"""What the seeds plant: a portal that config/ describes, the company's people, its clients, its deals."""

import gc
from collections import Counter
from datetime import datetime

import pytest
from stdnum.ru import inn, ogrn

from config import company
from emulator.clock import SERVER_ZONE
from emulator.control import running
from emulator.seed import large
from emulator.seed.demo import OPEN_DEALS
from emulator.seed.requisites import account_fits


@pytest.fixture(scope="module")
def demo():
    with running(seed="demo") as control:
        yield control


@pytest.fixture(scope="module")
def ask(demo):
    """Every row of a list method."""

    def read(method: str, key: str | None = None, **params) -> list[dict]:
        rows, start = [], 0
        while start is not None:
            body = demo.act_fully(1, method, {**params, "start": start})
            rows += body["result"][key] if key else body["result"]
            start = body.get("next")
        return rows

    return read


@pytest.fixture(scope="module")
def soft_deals(ask):
    categories = {one["originId"]: one["id"] for one in ask("crm.category.list", "categories", entityTypeId=2)}
    filter_ = {"=categoryId": categories["SOFT"]}
    return ask("crm.item.list", "items", entityTypeId=2, useOriginalUfNames="Y", filter=filter_)


def test_funnels_stand_as_config_says(ask):
    by_name = {one["name"]: one for one in ask("crm.category.list", "categories", entityTypeId=2)}
    for process in company().processes.values():
        category = by_name[process.funnel]
        assert (category["originatorId"], category["sort"]) == ("voronka", process.sort)
        stages = ask("crm.status.list", filter={"ENTITY_ID": f"DEAL_STAGE_{category['id']}"}, order={"SORT": "ASC"})
        expected = [(f"C{category['id']}:{stage.code}", stage.title) for stage in process.stages.values()]
        assert [(one["STATUS_ID"], one["NAME"]) for one in stages] == expected


def test_fields_and_options_stand_as_config_says(ask):
    fields = {one["FIELD_NAME"]: one for one in ask("crm.deal.userfield.list", filter={"LANG": "ru"})}
    need, group = fields["UF_CRM_SF_SO_NEED"], fields["UF_CRM_SF_SO_GROUP"]
    assert need["EDIT_FORM_LABEL"] == company().processes["SOFT"].fields["so_need"].label
    assert [option["VALUE"] for option in group["LIST"]] == list(company().processes["SOFT"].fields["so_group"].options)
    assert fields["UF_CRM_SF_CHILDREN"]["MULTIPLE"] == "Y"
    assert "UF_CRM_SF_SIGN_FIO" in {one["FIELD_NAME"] for one in ask("crm.company.userfield.list")}


def test_everybody_whom_config_names_is_employed(ask):
    mails = {one["EMAIL"] for one in ask("user.get")}
    for role in company().roles.values():
        named = {*role.users, *(mail for users in role.users_by_city.values() for mail in users)}
        assert named | ({role.deputy} if role.deputy else set()) <= mails, role.code


def test_twenty_four_managers_sit_in_all_the_cities(ask):
    managers = [one for one in ask("user.get") if one["WORK_POSITION"] == "Менеджер по продажам"]
    assert len(managers) == 24
    assert {one["PERSONAL_CITY"] for one in managers} == set(company().cities)
    assert {True, False} == {bool(one["TIME_ZONE"]) for one in managers}
    for one in managers:
        assert one["TIME_ZONE"] in ("", company().cities[one["PERSONAL_CITY"]].zone)


def test_every_department_has_a_head_who_exists(ask):
    users = {one["ID"] for one in ask("user.get")}
    departments = ask("department.get")
    assert len(departments) > 15
    assert {one["UF_HEAD"] for one in departments} <= users


def test_sixty_clients_have_requisites_that_pass_their_checksums(ask):
    requisites = ask("crm.requisite.list", filter={"ENTITY_TYPE_ID": 4})
    details = {one["ENTITY_ID"]: one for one in ask("crm.requisite.bankdetail.list")}
    assert len(ask("crm.item.list", "items", entityTypeId=4)) == len(requisites) == 60
    assert len({one["RQ_INN"] for one in requisites}) == 60
    for one in requisites:
        bank = details[one["ID"]]
        inn.validate(one["RQ_INN"])
        ogrn.validate(one["RQ_OGRN"] or one["RQ_OGRNIP"])
        assert bool(one["RQ_KPP"]) == bool(one["RQ_OGRN"])
        assert account_fits(bank["RQ_BIK"][-3:], bank["RQ_ACC_NUM"])
        assert account_fits("0" + bank["RQ_BIK"][4:6], bank["RQ_COR_ACC_NUM"])
        assert bank["RQ_COR_ACC_NUM"].endswith(bank["RQ_BIK"][-3:])


def test_the_control_key_of_an_account_is_the_banks():
    """Sberbank's published correspondent account, and one with a digit changed."""
    assert account_fits("025", "30101810400000000225")
    assert not account_fits("025", "30101810400000000235")


def test_forty_open_deals_are_spread_over_the_stages(soft_deals):
    stages = Counter(one["stageId"].partition(":")[2] for one in soft_deals)
    assert stages == OPEN_DEALS
    assert sum(stages.values()) == 40


def test_what_the_passed_stages_ask_for_is_filled_in(ask, soft_deals):
    process = company().processes["SOFT"]
    native = {"COMPANY_ID": "companyId", "CONTACT_ID": "contactId"}
    codes = list(process.stages)
    for deal in soft_deals:
        passed = codes[: codes.index(deal["stageId"].partition(":")[2]) + 1]
        passed = {stage for stage in passed if not process.stages[stage].optional}
        for field in (one for one in process.fields.values() if passed & set(one.required_on)):
            if field.type == "rows":
                owner = {"=ownerType": "D", "=ownerId": deal["id"]}
                assert ask("crm.item.productrow.list", "productRows", filter=owner)
            else:
                assert deal[native.get(field.code, field.code)], (deal["title"], field.label)


def test_rows_drive_the_sums_of_offered_deals(soft_deals):
    offered = [one for one in soft_deals if one["stageId"].endswith(("OFFER", "CONTRACT", "SUPPLY", "SHIPPING"))]
    assert all(one["opportunity"] > 0 for one in offered)


def test_every_deal_has_its_way_in_the_history(ask, soft_deals):
    history = ask("crm.stagehistory.list", "items", entityTypeId=2, order={"ID": "ASC"})
    moments = [one["CREATED_TIME"] for one in history]
    assert moments == sorted(moments)
    for deal in soft_deals:
        way = [one for one in history if one["OWNER_ID"] == deal["id"]]
        assert way[0]["TYPE_ID"] == 1
        assert (way[-1]["STAGE_ID"], way[-1]["CREATED_TIME"]) == (deal["stageId"], deal["movedTime"])
        assert deal["movedBy"] == deal["assignedById"]


def test_the_demo_begins_on_a_monday_morning_with_a_clean_record(demo):
    assert abs((demo.time() - datetime(2026, 11, 23, 10, tzinfo=SERVER_ZONE)).total_seconds()) < 60
    assert (demo.log(), demo.event_queue()) == ([], [])


def test_two_plantings_are_equal(demo, ask):
    before = ask("crm.item.list", "items", entityTypeId=2), ask("crm.requisite.list")
    demo.reset("demo")
    assert (ask("crm.item.list", "items", entityTypeId=2), ask("crm.requisite.list")) == before


def test_empty_has_the_people_but_no_customers():
    with running(seed="empty") as control:
        assert control.act_fully(1, "user.get", {})["total"] > 50
        assert control.act_fully(1, "crm.item.list", {"entityTypeId": 2})["total"] == 0
        assert control.act_fully(1, "crm.item.list", {"entityTypeId": 4})["total"] == 0


def test_the_portal_starts_when_it_is_told():
    moment = datetime(2027, 2, 19, 17, tzinfo=SERVER_ZONE)
    with running(seed="demo", now=moment) as control:
        assert (control.time() - moment).total_seconds() < 60
        created = [one["createdTime"] for one in control.act(1, "crm.item.list", {"entityTypeId": 2})["items"]]
        assert max(created) < moment.isoformat()


def test_a_portal_of_years_is_what_the_calls_of_years_would_have_left(monkeypatch):
    monkeypatch.setattr(large, "DEALS", 150)
    threshold = gc.get_threshold()
    with running(seed="large") as portal:
        ask = portal.act_fully
        deals = {
            deal["id"]: deal
            for start in (0, 50, 100)
            for deal in ask(1, "crm.item.list", {"entityTypeId": 2, "start": start})["result"]["items"]
        }
        pages = [ask(1, "crm.stagehistory.list", {"entityTypeId": 2, "start": start}) for start in range(0, 1500, 50)]
    gc.set_threshold(*threshold)
    gc.unfreeze()
    records = [record for page in pages for record in page["result"]["items"]]
    assert (len(deals), len(records), pages[0]["total"]) == (150, 1500, 1500)
    assert [record["ID"] for record in records] == sorted(record["ID"] for record in records)
    assert [record["CREATED_TIME"] for record in records] == sorted(record["CREATED_TIME"] for record in records)
    for deal in deals.values():
        first, *_, last = [record for record in records if record["OWNER_ID"] == deal["id"]]
        assert (first["TYPE_ID"], first["CREATED_TIME"]) == (1, deal["createdTime"])
        assert (last["STAGE_ID"], last["CREATED_TIME"]) == (deal["stageId"], deal["movedTime"])
        assert (deal["closed"] == "Y") == (last["STAGE_SEMANTIC_ID"] in ("S", "F"))


@pytest.fixture(scope="module")
def year():
    with running(seed="year", now=datetime(2026, 11, 23, 10, tzinfo=SERVER_ZONE)) as control:
        yield control


@pytest.fixture(scope="module")
def cards_of(year):
    """Cards of a process of the portal with a year behind it, every page."""

    def read(process: str, **filter_) -> list[dict]:
        categories = year.act(1, "crm.category.list", {"entityTypeId": 2})["categories"]
        category = next(one["id"] for one in categories if one["name"] == company().processes[process].funnel)
        params = {"entityTypeId": 2, "useOriginalUfNames": "Y", "filter": {"=categoryId": category, **filter_}}
        rows, start = [], 0
        while start is not None:
            body = year.act_fully(1, "crm.item.list", {**params, "start": start})
            rows += body["result"]["items"]
            start = body.get("next")
        return rows

    return read


def test_most_managers_have_debts_of_every_age(year, cards_of):
    late = [one for one in cards_of("SOFT_SHIPMENT") if one["stageId"].endswith("OVERDUE")]
    orders = {one["id"]: one for one in cards_of("SOFT")}
    today = year.time().date()
    ages = [(today - datetime.fromisoformat(one["UF_CRM_SF_SH_DUE"]).date()).days for one in late]
    buckets = Counter(next(edge for edge in (30, 60, 90, 9999) if age <= edge) for age in ages)
    assert set(buckets) == {30, 60, 90, 9999}
    assert min(buckets.values()) >= 4
    managers = {orders[int(one["UF_CRM_SF_PARENT"].removeprefix("D_"))]["assignedById"] for one in late}
    assert 18 <= len(managers) <= 22
    for one in late:
        total, paid = (float(one[f"UF_CRM_SF_{name}"].partition("|")[0]) for name in ("SH_SUM", "SH_PAID"))
        assert (one["opportunity"], one["UF_CRM_SF_SH_DEBT"]) == (total, f"{total - paid:.2f}|RUB")


def test_every_representative_has_closed_months_and_some_go_on_with_a_balance(cards_of):
    last = [one for one in cards_of("REP_REPORT") if one["UF_CRM_SF_RP_MONTH"] == "2026-10"]
    assert len(last) == len({one["UF_CRM_SF_RP_WHO"] for one in last}) == 15
    assert "-1200.00|RUB" in {one["UF_CRM_SF_RP_CARRYOUT"] for one in last}
    assert {one["stageId"].partition(":")[2] for one in last} == {"WON"}


def test_the_distributor_has_fifty_six_branches_and_nine_months_behind_it(year, cards_of):
    rows = [one for start in (0, 50, 100) for one in year.act_fully(
        1, "crm.item.list", {"entityTypeId": 4, "useOriginalUfNames": "Y", "start": start})["result"]["items"]]  # fmt: skip
    assert len([one for one in rows if one["UF_CRM_SF_BRANCH_ON"]]) == 56
    months = Counter(one["UF_CRM_SF_DB_MONTH"] for one in cards_of("DISTRIBUTOR"))
    assert (len(months), months["2026-10"]) == (9, 58)
    assert {one["closed"] for one in cards_of("DISTRIBUTOR")} == {"Y"}
