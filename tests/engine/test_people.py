"""Who fills a role: cities, load, turns, deputies, heads, the sales deal above, and in whose time."""

from decimal import Decimal

import pytest

from engine.deal import Deal
from engine.people import NobodyInRole


@pytest.fixture
def fills(company):
    """`fills("LOGIST", deal)`: the login of whoever fills the role for the card."""

    def who(role: str, deal: int | None = None) -> str:
        card = Deal.of_item(company.dictionary, company.card(deal)) if deal else None
        return company.engine.people.in_role(role, card).email.partition("@")[0]

    return who


def transport(company, **fields: object) -> int:
    """A new estimate card, whose first task is a logist's (LG-T1)."""
    deal = company.new_deal("LOGISTICS", by=company.holder("HEAD_LOGIST"), **fields)
    company.settle()
    return deal


def doer(company, deal: int) -> str:
    user = company.portal.act(1, "user.get", {"FILTER": {"ID": company.tasks(deal)[-1]["responsibleId"]}})[0]
    return user["EMAIL"].partition("@")[0]


def test_the_people_of_the_cards_city_come_first(company):
    assert doer(company, transport(company, city="Новосибирск")) == "komarova"
    assert doer(company, transport(company, city="Иркутск")) == "komarova"
    assert doer(company, transport(company, city="Казань")) in ("rybakov", "gusev")
    assert doer(company, transport(company)) in ("rybakov", "gusev")


def test_of_several_the_one_with_the_fewest_open_tasks_and_at_a_tie_the_lower_id(company):
    lower, higher = sorted(("rybakov", "gusev"), key=company.user)
    for deal in [card["id"] for card in cards_of(company, "LOGISTICS")]:
        for task in company.tasks(deal):
            company.acts(1, "tasks.task.complete", {"taskId": int(task["id"])})
    company.settle()
    first = transport(company, city="Омск")
    second = transport(company, city="Омск")
    third = transport(company, city="Омск")
    assert [doer(company, deal) for deal in (first, second, third)] == [lower, higher, lower]
    for deal in (first, third):
        company.fill(deal, lg_cost=Decimal(48000))
        company.close_task(deal, "Оцените")
    company.settle()
    assert doer(company, transport(company, city="Омск")) == lower


def cards_of(company, process: str) -> list[dict]:
    params = {"entityTypeId": 2, "filter": {"=categoryId": company.dictionary.category(process)}}
    return company.portal.act(1, "crm.item.list", params)["items"]


def test_turns_go_round(fills):
    turns = [fills("TENDER") for _ in range(4)]
    assert set(turns) == {"efimova", "sidorov"}
    assert turns[0] == turns[2] != turns[1] == turns[3]


def test_who_is_dismissed_is_stood_in_for_by_the_deputy_then_the_head_then_the_administrator(company, fills):
    """R-11."""
    assert fills("LAWYER") == "semenov"
    company.dismiss(company.user("semenov"))
    assert fills("LAWYER") == "orlova", "the deputy"
    company.dismiss(company.user("antonov"))
    company.dismiss(company.user("vinogradov"))
    assert fills("WAREHOUSE") not in ("antonov", "vinogradov"), "the head of the department"
    assert fills("HEAD_LOGIST") == "rybakov"


def test_one_of_several_who_is_dismissed_is_passed_over(company, fills):
    company.dismiss(company.user("sidorov"))
    assert {fills("TENDER") for _ in range(3)} == {"efimova"}


def test_the_head_of_a_role_and_of_a_head(company, fills):
    assert fills("H-DESIGN") == "baranov"
    assert fills("H-HEAD_SOFT") == "orlova"
    assert fills("H-COMMERCIAL_DIRECTOR") == "lebedev"


def test_nobody_above_the_top_is_the_commercial_director(company, fills):
    assert fills("H-CEO") == "orlova"


def test_sales_of_a_child_is_the_responsible_of_the_sales_deal_above(company, fills):
    """DESIGN §3, however deep."""
    manager = company.manager_of("Омск")
    deal = company.new_deal(by=manager)
    company.settle()
    shipment = company.new_deal("SOFT_SHIPMENT", parent=deal, by=company.user("zaytseva"))
    company.settle()
    transport = company.new_deal("LOGISTICS", parent=shipment, by=company.user("gusev"))
    company.settle()
    assert company.user(fills("SALES", transport)) == manager
    assert company.user(fills("SALES", deal)) == manager
    other = company.manager_of("Казань")
    company.acts(1, "crm.item.update", {"entityTypeId": 2, "id": deal, "fields": {"assignedById": other}})
    company.settle()
    assert company.user(fills("SALES", transport)) == other


def test_cards_that_are_each_others_parents_end_the_search(company, fills):
    first = company.new_deal("LOGISTICS", by=company.user("gusev"))
    company.settle()
    second = company.new_deal("LOGISTICS", parent=first, by=company.user("rybakov"))
    company.settle()
    company.fill(first, parent=second)
    company.settle()
    assert fills("SALES", first) == "gusev"
    assert company.failures() == []


def test_the_users_own_zone_rules_over_that_of_the_city(company):
    """Spec §2.2: of the seed's people some have a zone of their own, of others only the city tells."""
    people = company.engine.people
    own, of_city = people.user(company.user("kovalev")), people.user(company.user("zhukova"))
    assert own.zone.key == of_city.zone.key == "Asia/Novosibirsk"
    for person in (own, of_city):
        company.acts(1, "user.update", {"ID": person.id, "PERSONAL_CITY": "Владивосток"})
    assert people.user(own.id).zone.key == "Asia/Novosibirsk"
    assert people.user(of_city.id).zone.key == "Asia/Vladivostok"
    company.acts(1, "user.update", {"ID": of_city.id, "PERSONAL_CITY": "Урюпинск"})
    assert people.user(of_city.id).zone.key == "Europe/Moscow"


@pytest.mark.parametrize("unknown", ["Mars/Phobos", "../etc/passwd", "UTC+25", "\x00"])
def test_one_person_in_an_unknown_zone_does_not_stop_the_others(company, unknown):
    """The portal may know newer zones than this machine."""
    user = {"ID": "7", "EMAIL": "a@b.c", "ACTIVE": True, "TIME_ZONE": unknown, "PERSONAL_CITY": "Самара"}
    assert company.engine.people._person(user).zone.key == "Europe/Samara"


def test_a_portal_without_its_administrator_is_told_to_it(company, fills):
    """The last test of the file: nobody is left to be told."""
    for login in ("semenov", "orlova", "lebedev"):
        company.dismiss(company.user(login))
    company.acts(1, "user.update", {"ID": company.user("admin"), "EMAIL": "gone@sferotek.example"})
    with pytest.raises(NobodyInRole, match="ADMIN"):
        company.engine.people.administrator()
