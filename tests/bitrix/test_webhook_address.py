"""Where the secret may travel to."""

import pytest

from bitrix.webhook import BadAddress, Webhook


@pytest.mark.parametrize(
    "address",
    [
        "https://company.bitrix24.ru/rest/1/abcdef0123456789/",
        "https://company.bitrix24.ru/rest/1/abcdef0123456789",
        "https://crm.company.ru:8443/rest/17/abcdef0123456789/",
        "https://xn--80aqecdrlilg.xn--p1ai/rest/1/abcdef0123456789/",
        "http://127.0.0.1:8924/rest/1/abcdef0123456789/",
        "http://localhost/rest/1/abcdef0123456789/",
        "http://[::1]:8924/rest/1/abcdef0123456789/",
    ],
)
def test_an_address_copied_from_the_portal_is_taken(address):
    webhook = Webhook(address)

    assert webhook.address("crm.item.add") == address.rstrip("/") + "/crm.item.add"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://company.bitrix24.ru/rest/1/abc/",
        "http://emulator:8924/rest/1/abc/",
        "http://127.0.0.1.nip.io/rest/1/abc/",
        "file:///rest/1/abc/",
        "ftp://company.bitrix24.ru/rest/1/abc/",
        "https://user@company.bitrix24.ru/rest/1/abc/",
        "https://company.bitrix24.ru@evil.ru/rest/1/abc/",
        "https://company.bitrix24.ru:22/rest/1/abc/",
        "https://company.bitrix24.ru:99999/rest/1/abc/",
        "https://10.0.0.1/rest/1/abc/",
        "https://169.254.169.254/rest/1/abc/",
        "https://0x7f.1/rest/1/abc/",
        "https://127.1/rest/1/abc/",
        "https://2130706433/rest/1/abc/",
        "https://[::ffff:127.0.0.1]/rest/1/abc/",
        "https://[2001:db8::1]/rest/1/abc/",
        "https://intranet/rest/1/abc/",
        "https://компания.bitrix24.ru/rest/1/abc/",
        "https://соmpany.ru/rest/1/abc/",
        "https://company.bitrix24.ru/rest/0/abc/",
        "https://company.bitrix24.ru/rest/abc/",
        "https://company.bitrix24.ru/rest/1/abc/crm.deal.list",
        "https://company.bitrix24.ru/rest/1/abc/?x=1",
        "https://company.bitrix24.ru/other/1/abc/",
        "https://company.bitrix24.ru\\@evil.ru/rest/1/abc/",
        "https://company.bitrix24.ru/rest/1/a b/",
        "https://company.bitrix24.ru/rest/1/abc/\r\nX: y",
    ],
)
def test_any_other_address_is_refused_with_the_reason(address):
    with pytest.raises(BadAddress, match="The webhook's address is not usable: .*Copy it from the portal"):
        Webhook(address)


@pytest.mark.parametrize(
    "method", ["", "../../auth", "crm.item.add?x=1", "crm.item.add/", "crm item", "crm..add", "crm.item.add\n"]
)
def test_only_a_name_of_a_method_becomes_part_of_the_address(method):
    with pytest.raises(ValueError, match="nothing was sent"):
        Webhook("https://company.bitrix24.ru/rest/1/abcdef0123456789/").address(method)


def test_rest_3_has_a_root_of_its_own():
    webhook = Webhook("https://company.bitrix24.ru/rest/7/abcdef0123456789/")

    assert (
        webhook.address_v3("tasks.task.get") == "https://company.bitrix24.ru/rest/api/7/abcdef0123456789/tasks.task.get"
    )
