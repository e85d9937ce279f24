"""Employees and departments: hired, dismissed, named, found, moved."""

import base64

import pytest
import requests

from emulator.control import Refused
from emulator.methods.user import employ
from emulator.portal import Portal
from emulator.registry import Caller
from emulator.rest import run


@pytest.fixture
def hire(call):
    """Hire somebody and return the id: hire("nina", NAME="Нина")."""
    return lambda login, **more: call("user.add", EMAIL=f"{login}@x.example", **{"UF_DEPARTMENT": [1], **more})[
        "result"
    ]


@pytest.fixture
def names(call):
    """First names that a list of people finds."""
    return lambda method, **params: [user["NAME"] for user in call(method, **params)["result"]]


def test_a_person_is_hired_and_dismissed(call):
    number = call("user.add", EMAIL="new@sferotek.example", NAME="Нина", UF_DEPARTMENT=[1])["result"]
    assert call("user.get", FILTER={"ID": number, "ACTIVE": True})["total"] == 1
    call("user.update", ID=number, ACTIVE="N")
    person = call("user.get", ID=number)["result"][0]
    assert (person["ACTIVE"], person["NAME"], person["UF_DEPARTMENT"]) == (False, "Нина", [1])
    assert call("user.get", ACTIVE=True, ADMIN_MODE=True)["total"] == 2


def test_an_address_is_taken_once(call, hire):
    assert call("user.add", EMAIL="admin@sferotek.example")["error"] == "ERROR_ARGUMENT"
    assert call("user.add", EMAIL="nobody")["error_description"] == "wrong_email"
    number = hire("nina")
    assert call("user.update", ID=number, EMAIL="admin@sferotek.example")["error"] == "ERROR_CORE"
    assert call("user.update", ID=number, EMAIL="nina@x.example")["result"] is True


def test_an_employee_needs_a_department_and_a_guest_a_group(call):
    assert call("user.add", EMAIL="a@x.example")["error_description"] == "no_extranet_field"
    assert call("user.add", EMAIL="a@x.example", EXTRANET="Y")["error"] == "ERROR_GROUPID"
    guest = call("user.add", EMAIL="a@x.example", EXTRANET="Y", SONET_GROUP_ID=[1])["result"]
    assert [user["ID"] for user in call("user.get", USER_TYPE="extranet")["result"]] == [str(guest)]


def test_only_an_administrator_hires_and_changes_people(portal, hire):
    nina = hire("nina")
    for method in ("user.add", "user.update"):
        with pytest.raises(Refused, match="access_denied"):
            portal.act(nina, method, {"ID": nina, "EMAIL": "b@x.example", "UF_DEPARTMENT": [1]})


def test_nobody_is_not_changed(call):
    assert call("user.update", ID=404, NAME="x") == {"error": "ERROR_CORE", "error_description": "access_denied"}


def test_what_is_written_about_a_person_is_read_back(call, hire):
    photo = ["я.png", base64.b64encode(b"png").decode()]
    about = {"WORK_COMPANY": "Сферотек", "UF_PHONE_INNER": "21", "PERSONAL_BIRTHDAY": "1990-01-15"}
    number = hire("nina", PERSONAL_PHOTO=photo, USER_TYPE="bot", **about)
    person = call("user.get", ID=number)["result"][0]
    assert {name: person[name] for name in about} == about | {"PERSONAL_BIRTHDAY": "1990-01-15T03:00:00+03:00"}
    assert requests.get(person["PERSONAL_PHOTO"], timeout=10).content == b"png"
    assert person["USER_TYPE"] == "employee"
    assert person.keys() - {"PERSONAL_PHOTO"} <= call("user.fields")["result"].keys()


def test_people_are_found_by_prefixes_words_and_dates(portal, call, hire, names):
    hire("nina", NAME="Нина", LAST_NAME="Петрова", PERSONAL_CITY="Пермь", PERSONAL_BIRTHDAY="1990-05-15")
    portal.advance(3600)
    oleg = hire("oleg", NAME="Олег", LAST_NAME="Петров", PERSONAL_CITY="Уфа", PERSONAL_BIRTHDAY="1980-01-01")
    hired = call("user.get", ID=oleg)["result"][0]["DATE_REGISTER"]
    assert names("user.get", FILTER={"%LAST_NAME": "етров"}) == ["Нина", "Олег"]
    assert names("user.get", FILTER={"=%NAME": "Н%"}) == ["Нина"]
    assert names("user.get", FILTER={"@PERSONAL_CITY": ["Уфа", "Омск"]}) == ["Олег"]
    assert names("user.get", FILTER={"!PERSONAL_CITY": "Пермь", ">ID": 2}) == ["Олег"]
    assert names("user.get", FILTER={"NAME_SEARCH": "петр ол"}) == ["Олег"]
    assert names("user.get", FILTER={">=PERSONAL_BIRTHDAY": "1985-01-01"}) == ["Нина"]
    assert names("user.get", FILTER={">=DATE_REGISTER": hired}) == ["Олег"]
    assert call("user.get", FILTER={"!=DATE_REGISTER": "вчера"})["total"] == 0
    assert names("user.get", FILTER={">ID": 2}, sort="NAME", order="DESC") == ["Олег", "Нина"]


def test_changes_of_people_are_found_by_their_time(portal, call, hire, names):
    nina, _ = hire("nina", NAME="Нина"), hire("oleg", NAME="Олег")
    before = call("server.time")["result"]
    portal.advance(60)
    call("user.update", ID=nina, PERSONAL_CITY="Уфа")
    assert names("user.get", FILTER={">TIMESTAMP_X": before}) == ["Нина"]
    assert call("user.get", ID=nina)["result"][0]["TIMESTAMP_X"] == {}


def test_a_selection_names_what_is_read(call, hire):
    call("user.userfield.add", fields={"FIELD_NAME": "GRADE", "USER_TYPE_ID": "string"})
    number = hire("nina", NAME="Нина", UF_USR_GRADE="старший")
    assert call("user.get", ID=number, select=["NAME", "NOSUCH"])["result"] == [{"NAME": "Нина"}]
    customs = {"UF_DEPARTMENT": [1], "UF_EMPLOYMENT_DATE": "", "UF_USR_GRADE": "старший"}
    assert call("user.get", ID=number, select=["UF_*"])["result"] == [customs]
    assert call("user.get", ID=number, select=["*"])["result"] == call("user.get", ID=number)["result"]


def test_people_come_in_pages(call, hire):
    for number in range(60):
        hire(f"n{number}")
    first, second = call("user.get"), call("user.get", start=50)
    assert (len(first["result"]), first["next"], first["total"], len(second["result"])) == (50, 50, 62, 12)


def test_bots_integrators_and_mail_users_are_not_people():
    portal = Portal(token="t", seed="bare")
    for kind in ("bot", "integrator", "imconnector", "email"):
        employ(portal, NAME=kind, EMAIL=f"{kind}@x.example", USER_TYPE=kind)
    assert run(portal, Caller(1), "user.get", {}).marks["total"] == 2
    mail = run(portal, Caller(1), "user.get", {"FILTER": {"USER_TYPE": "email"}})
    assert [user["NAME"] for user in mail.result] == ["email"]


def test_a_search_looks_at_beginnings(call, hire, names):
    sales = call("department.add", NAME="Отдел продаж", PARENT=1)["result"]
    hire("nina", NAME="Нина", LAST_NAME="Волкова", WORK_POSITION="Старший менеджер", UF_DEPARTMENT=[sales])
    hire("anton", NAME="Антонина", LAST_NAME="Орлова")
    assert names("user.search", FILTER={"NAME": "нин"}) == ["Нина"]
    assert names("user.search", FILTER={"UF_DEPARTMENT_NAME": "Отдел", "WORK_POSITION": "менедж"}) == ["Нина"]
    assert names("user.search", FILTER={"FIND": "волк продаж"}) == ["Нина"]
    assert names("user.search", FILTER={"FIND": "орлова", "NAME": "Нина"}) == ["Антонина"]


def test_a_custom_field_of_people_lives_and_dies(call, hire):
    made = call("user.userfield.add", fields={"FIELD_NAME": "UF_skill", "USER_TYPE_ID": "string", "MULTIPLE": "Y"})
    number = hire("nina", UF_USR_SKILL=["сварка", "пайка"])
    [listed] = call("user.userfield.list", filter={"USER_TYPE_ID": "string"})["result"]
    assert (listed["ID"], listed["FIELD_NAME"], listed["ENTITY_ID"]) == (str(made["result"]), "UF_USR_SKILL", "USER")
    call("user.userfield.update", id=made["result"], fields={"SORT": 7})
    assert call("user.userfield.list", order={"ID": "desc"})["result"][0]["SORT"] == "7"
    assert call("user.get", UF_USR_SKILL="пайка")["result"][0]["UF_USR_SKILL"] == ["сварка", "пайка"]
    call("user.update", ID=number, UF_USR_SKILL=[])
    assert call("user.get", ID=number)["result"][0]["UF_USR_SKILL"] is False
    call("user.update", ID=number, UF_USR_SKILL=["пайка"])
    call("user.userfield.delete", id=made["result"])
    assert "UF_USR_SKILL" not in call("user.get", ID=number)["result"][0]
    call("user.userfield.add", fields={"FIELD_NAME": "SKILL", "USER_TYPE_ID": "string"})
    assert call("user.current")["result"]["UF_USR_SKILL"] is None
    assert call("user.get", ID=number)["result"][0]["UF_USR_SKILL"] is None


def test_custom_fields_of_people_are_refused_by_name(portal, call, hire):
    assert call("user.userfield.add", fields={"FIELD_NAME": "X"})["error_description"].startswith("The 'USER_TYPE_ID'")
    given = {"fields": {"FIELD_NAME": "X", "USER_TYPE_ID": "string"}}
    call("user.userfield.add", **given)
    assert "UF_USR_X for object USER already exists" in call("user.userfield.add", **given)["error_description"]
    assert call("user.userfield.update", fields={})["error_description"] == "ID is not defined or invalid"
    assert call("user.userfield.delete", id=404)["error_description"] == "Access denied."
    nina = hire("nina")
    with pytest.raises(Refused, match="Access denied"):
        portal.act(nina, "user.userfield.list")


def test_options_of_applications_are_not_for_webhooks(call):
    assert {call(f"user.option.{verb}")["error"] for verb in ("get", "set")} == {"AccessException"}


def test_the_webhook_acts_as_its_owner(call):
    assert call("user.current")["result"]["ID"] == "1"
    assert call("profile")["result"]["ADMIN"] is True


def test_departments_name_parent_and_head(call):
    assert call("department.get", ID=1)["result"] == [{"ID": "1", "NAME": "Сферотек", "SORT": 500, "UF_HEAD": "2"}]
    assert set(call("department.fields")["result"]) == {"ID", "NAME", "SORT", "PARENT", "UF_HEAD"}


def test_a_department_is_made_changed_and_found(call):
    sales = call("department.add", NAME="Продажи", PARENT=1, UF_HEAD=2, SORT=100)["result"]
    store = call("department.add", NAME="Склад", PARENT=1)["result"]
    call("department.update", ID=store, NAME="Главный склад", PARENT=sales)
    shown = {"ID": str(store), "NAME": "Главный склад", "SORT": 500, "PARENT": str(sales)}
    assert call("department.get", PARENT=sales)["result"] == [shown]
    assert [row["NAME"] for row in call("department.get", sort="NAME", order="DESC")["result"]][0] == "Сферотек"
    assert [row["ID"] for row in call("department.get", SORT=100)["result"]] == [str(sales)]
    assert [row["ID"] for row in call("department.get", UF_HEAD=2)["result"]] == ["1", str(sales)]


def test_the_structure_has_one_root_and_no_circles(call):
    assert call("department.add", PARENT=1)["error_description"] == "Department name not provided.<br>"
    for parent in (None, 0, 404):
        assert "only be one top-level" in call("department.add", NAME="Второй", PARENT=parent)["error_description"]
    sales = call("department.add", NAME="Продажи", PARENT=1)["result"]
    region = call("department.add", NAME="Регион", PARENT=sales)["result"]
    for parent in (0, region, sales):
        assert "only be one top-level" in call("department.update", ID=sales, PARENT=parent)["error_description"]
    assert call("department.update", ID=404)["error_description"] == "Department not found"


def test_who_worked_in_a_deleted_department_works_above_it(call, hire):
    sales = call("department.add", NAME="Продажи", PARENT=1)["result"]
    region = call("department.add", NAME="Регион", PARENT=sales)["result"]
    nina = hire("nina", UF_DEPARTMENT=[sales])
    assert call("department.delete", ID=sales)["result"] is True
    assert call("department.get", ID=region)["result"][0]["PARENT"] == "1"
    assert call("user.get", ID=nina)["result"][0]["UF_DEPARTMENT"] == [1]
    assert call("department.delete", ID=sales)["error_description"] == "Department not found"
    assert call("department.delete", ID=1)["error_description"] == "Access denied"


def test_only_an_administrator_changes_the_structure(portal, hire):
    nina = hire("nina")
    for verb in ("add", "update", "delete"):
        with pytest.raises(Refused, match="Access denied"):
            portal.act(nina, f"department.{verb}", {"ID": 1, "NAME": "x", "PARENT": 1})
