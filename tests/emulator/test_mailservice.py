"""The services of mail: made by administrators, listed while they are active."""

import pytest
import requests

from emulator.control import Refused

from .conftest import ADMIN

YANDEX = {
    "NAME": "Почта",
    "SERVER": "IMAP.Mail.Example",
    "PORT": 993,
    "ENCRYPTION": "Y",
    "LINK": "https://mail.example/",
}


def refusal(portal, method: str, user_id: int = ADMIN, **params) -> str:
    with pytest.raises(Refused) as refused:
        portal.act(user_id, method, params)
    assert (refused.value.code, refused.value.status) == ("ERROR_CORE", 400)
    return refused.value.description


def test_a_service_is_made_read_changed_and_deleted(portal, act):
    service = act("mailservice.add", **YANDEX)
    shown = act("mailservice.get", ID=service)
    assert (shown["ID"], shown["SERVER"], shown["PORT"], shown["SORT"]) == (
        str(service),
        "imap.mail.example",
        "993",
        "100",
    )
    assert (shown["ENCRYPTION"], shown["ACTIVE"], shown["ICON"], shown["SMTP_SERVER"]) == ("Y", "Y", None, None)
    assert act("mailservice.update", ID=service, NAME="Иная", SORT=5, ICON=["logo.png", "YQ=="]) is True
    changed = act("mailservice.get", ID=service)
    assert (changed["NAME"], changed["SORT"], changed["LINK"]) == ("Иная", "5", YANDEX["LINK"])
    assert requests.get(changed["ICON"], timeout=10).content == b"a"
    assert act("mailservice.delete", ID=service) is True
    assert refusal(portal, "mailservice.get", ID=service) == "Mail service not found"


def test_active_services_are_listed_in_their_order(portal, act):
    assert refusal(portal, "mailservice.list") == "No mail services found"
    for name, sort, active in (("Вторая", 20, "Y"), ("Первая", 10, "Y"), ("Спит", 1, "N")):
        act("mailservice.add", NAME=name, SORT=sort, ACTIVE=active)
    assert [one["NAME"] for one in act("mailservice.list")] == ["Первая", "Вторая"]
    assert act("mailservice.fields")["SERVER"] == "Адрес сервера"


def test_a_service_is_refused_in_the_portals_words(portal, act, person):
    assert refusal(portal, "mailservice.add", person("worker"), **YANDEX) == "Access denied"
    assert refusal(portal, "mailservice.add", PORT=1) == 'Required field "Name" not filled'
    assert refusal(portal, "mailservice.add", **YANDEX | {"PORT": "порт"}) == 'Invalid value for "Порт"'
    assert refusal(portal, "mailservice.update") == "Mail service ID not specified"
    assert refusal(portal, "mailservice.delete", ID=404) == "Mail service not found"
