"""Employees: hired, dismissed, named."""


def test_a_person_is_hired_and_dismissed(call):
    number = call("user.add", EMAIL="new@sferotek.example", NAME="Нина", UF_DEPARTMENT=[1])["result"]
    assert call("user.get", FILTER={"ID": number, "ACTIVE": True})["total"] == 1
    call("user.update", ID=number, ACTIVE="N")
    person = call("user.get", ID=number)["result"][0]
    assert (person["ACTIVE"], person["NAME"], person["UF_DEPARTMENT"]) == (False, "Нина", [1])
    assert call("user.get", ACTIVE=True, ADMIN_MODE=True)["total"] == 2


def test_an_address_is_taken_once(call):
    assert call("user.add", EMAIL="admin@sferotek.example")["error"] == "ERROR_ARGUMENT"
    assert call("user.add", EMAIL="nobody")["error_description"] == "wrong_email"


def test_the_webhook_acts_as_its_owner(call):
    assert call("user.current")["result"]["ID"] == "1"
    assert call("profile")["result"]["ADMIN"] is True


def test_departments_name_parent_and_head(call):
    assert call("department.get", ID=1)["result"] == [{"ID": "1", "NAME": "Сферотек", "SORT": 500, "UF_HEAD": "2"}]
