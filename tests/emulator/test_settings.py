"""Settings of the CRM: templates of requisites and their links, currencies, constants, custom fields by either face."""

import pytest

from emulator.control import Refused

RQ = {"ENTITY_TYPE_ID": 4, "PRESET_ID": 1, "NAME": "Организация"}


@pytest.fixture
def refused(portal):
    """The code and the words of a refusal: refused("crm.type.get", id=7)."""

    def ask(method: str, user: int = 2, **params) -> tuple:
        with pytest.raises(Refused) as caught:
            portal.act(user, method, params)
        return caught.value.code, caught.value.description

    return ask


@pytest.fixture
def company(act):
    return lambda **fields: act("crm.company.add", fields={"TITLE": "Фирма", **fields})


@pytest.fixture
def clerk(act):
    """A person without rights to settings."""
    return act("user.add", EMAIL="clerk@sferotek.example", NAME="Анна", UF_DEPARTMENT=[1])


# -- templates of requisites


def test_a_portal_comes_with_three_russian_templates(call, act):
    body = call("crm.requisite.preset.list", select=["ID", "NAME"], order={"ID": "ASC"})
    assert body["result"] == [
        {"ID": "1", "NAME": "Организация"},
        {"ID": "2", "NAME": "ИП"},
        {"ID": "3", "NAME": "Физ. лицо"},
    ]
    assert body["total"] == 3
    held = act("crm.requisite.preset.get", id=1)
    assert (held["ENTITY_TYPE_ID"], held["COUNTRY_ID"], held["DATE_MODIFY"]) == ("8", "1", "")
    names = [row["FIELD_NAME"] for row in act("crm.requisite.preset.field.list", preset={"ID": 1})]
    assert names[:2] == ["RQ_INN", "RQ_COMPANY_NAME"]
    assert {"ID": 1, "CODE": "RU", "TITLE": "Россия"} in act("crm.requisite.preset.countries")


def test_a_template_is_made_changed_and_deleted_unless_it_is_in_use(call, act, refused, company):
    fields = {"ENTITY_TYPE_ID": 8, "COUNTRY_ID": 4, "NAME": "Беларусь", "XML_ID": "sf-by"}
    number = act("crm.requisite.preset.add", fields=fields)
    assert act("crm.requisite.preset.update", id=number, fields={"NAME": "Фирма Беларуси", "COUNTRY_ID": 1}) is True
    row = call("crm.requisite.preset.list", filter={"=XML_ID": "sf-by"})["result"][0]
    assert (row["NAME"], row["COUNTRY_ID"], row["MODIFY_BY_ID"]) == ("Фирма Беларуси", "4", "2")
    requisite = act("crm.requisite.add", fields={**RQ, "ENTITY_ID": company(), "PRESET_ID": number})
    assert refused("crm.requisite.preset.delete", id=number)[1].startswith("You cannot delete the template")
    act("crm.requisite.delete", id=requisite)
    assert act("crm.requisite.preset.delete", id=number) is True
    assert refused("crm.requisite.preset.get", id=number) == ("", f"The Preset with ID '{number}' is not found")
    wrong = {"ENTITY_TYPE_ID": 4, "COUNTRY_ID": 1, "NAME": "x"}
    assert refused("crm.requisite.preset.add", fields=wrong) == ("", "ENTITY_TYPE_ID is not defined or invalid")


def test_a_requisite_needs_a_template_that_exists(company, refused):
    fields = {**RQ, "ENTITY_ID": company(), "PRESET_ID": 77}
    assert refused("crm.requisite.add", fields=fields) == ("", "PRESET_ID is not defined or invalid.")


def test_a_template_shows_the_fields_that_are_added_to_it(act, refused):
    preset = {"ID": 1}
    assert "RQ_EMAIL" in act("crm.requisite.preset.field.availabletoadd", preset=preset)
    fields = {"FIELD_NAME": "RQ_EMAIL", "FIELD_TITLE": "Почта", "SORT": 5}
    number = act("crm.requisite.preset.field.add", preset=preset, fields=fields)
    assert act("crm.requisite.preset.field.list", preset=preset)[0] == {
        "ID": number,
        "FIELD_NAME": "RQ_EMAIL",
        "FIELD_TITLE": "Почта",
        "IN_SHORT_LIST": "N",
        "SORT": 5,
    }
    again = refused("crm.requisite.preset.field.add", preset=preset, fields=fields)
    assert again == ("", "The field 'RQ_EMAIL' can not be added.")
    assert "RQ_EMAIL" not in act("crm.requisite.preset.field.availabletoadd", preset=preset)
    changed = {"FIELD_NAME": "RQ_EMAIL", "FIELD_TITLE": "E-mail"}
    assert act("crm.requisite.preset.field.update", id=number, preset=preset, fields=changed) is True
    assert act("crm.requisite.preset.field.get", id=number, preset=preset)["FIELD_TITLE"] == "E-mail"
    assert act("crm.requisite.preset.field.delete", id=number, preset=preset) is True
    lost = refused("crm.requisite.preset.field.get", id=number, preset=preset)
    assert lost == ("", f"The PresetField with ID '{number}' is not found")
    assert refused("crm.requisite.preset.field.list", preset={"ID": 9})[1] == "The Preset with ID '9' is not found"


def test_a_requisite_tells_of_itself_and_takes_its_details_with_it(portal, handler, call, act, company):
    owner = company()
    portal.settle_events()
    handler.events.clear()
    number = act("crm.requisite.add", fields={**RQ, "ENTITY_ID": owner})
    act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": number, "NAME": "Счёт"})
    act("crm.address.add", fields={"TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": number, "CITY": "Москва"})
    act("crm.requisite.update", id=number, fields={"NAME": "ООО", "ENTITY_ID": 77})
    assert act("crm.requisite.get", id=number)["ENTITY_ID"] == str(owner)
    act("crm.requisite.delete", id=number)
    assert (call("crm.requisite.bankdetail.list")["total"], call("crm.address.list")["total"]) == (0, 0)
    portal.settle_events()
    told = ["REQUISITEADD", "BANKDETAILADD", "ADDRESSREGISTER", "REQUISITEUPDATE", "REQUISITEDELETE"]
    assert handler.names() == [f"ONCRM{name}" for name in told]
    assert handler.events[0]["data"]["FIELDS"] == {"ID": str(number)}
    address = {"TYPE_ID": "6", "ENTITY_TYPE_ID": "8", "ENTITY_ID": str(number)}
    assert handler.events[2]["data"]["FIELDS"] == address | {"ANCHOR_ID": str(owner), "ANCHOR_TYPE_ID": "4"}


def test_bank_details_and_addresses_change_and_go(portal, handler, call, act, refused, company):
    number = act("crm.requisite.add", fields={**RQ, "ENTITY_ID": company()})
    account = act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": number, "NAME": "Счёт", "RQ_BIK": "044525225"})
    assert act("crm.requisite.bankdetail.update", id=account, fields={"NAME": "Главный", "ENTITY_ID": 5}) is True
    held = act("crm.requisite.bankdetail.get", id=account)
    assert (held["NAME"], held["ENTITY_ID"], held["RQ_BIK"]) == ("Главный", str(number), "044525225")
    assert act("crm.requisite.bankdetail.delete", id=account) is True
    lost = f"The BankDetail with ID '{account}' is not found"
    assert refused("crm.requisite.bankdetail.get", id=account) == ("", lost)
    place = {"TYPE_ID": 6, "ENTITY_TYPE_ID": 8, "ENTITY_ID": number}
    act("crm.address.add", fields={**place, "CITY": "Москва"})
    assert act("crm.address.update", fields={**place, "CITY": "Тверь", "ANCHOR_ID": 99}) is True
    (address,) = call("crm.address.list", select=["CITY", "ANCHOR_ID"])["result"]
    assert address == {"CITY": "Тверь", "ANCHOR_ID": "1"}
    assert act("crm.address.delete", fields=place) is True
    assert refused("crm.address.update", fields=place) == ("", "TypeAddress not found.")
    portal.settle_events()
    assert handler.names()[-1] == "ONCRMADDRESSUNREGISTER"


# -- links of requisites


def test_a_deal_is_linked_with_requisites_of_its_client(call, act, refused, deal, company):
    client, other, own = company(), company(), company(IS_MY_COMPANY="Y")
    client_rq, other_rq, own_rq = (
        act("crm.requisite.add", fields={**RQ, "ENTITY_ID": firm}) for firm in (client, other, own)
    )
    account = act("crm.requisite.bankdetail.add", fields={"ENTITY_ID": client_rq, "NAME": "Счёт"})
    card = deal(companyId=client)["id"]
    place = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": card}
    link = place | {"REQUISITE_ID": client_rq, "BANK_DETAIL_ID": account}
    link |= {"MC_REQUISITE_ID": own_rq, "MC_BANK_DETAIL_ID": 0}
    register = "crm.requisite.link.register"
    assert refused("crm.requisite.link.get", entityTypeId=2, entityId=card) == ("", "Not found")
    assert act(register, fields=link) is True
    assert act("crm.requisite.link.get", entityTypeId=2, entityId=card) == place | {
        "REQUISITE_ID": str(client_rq),
        "BANK_DETAIL_ID": str(account),
        "MC_REQUISITE_ID": str(own_rq),
        "MC_BANK_DETAIL_ID": "0",
    }
    words = f"The Requisite with ID '{other_rq}' is not assigned to Company with ID '{client}'"
    assert refused(register, fields={**link, "REQUISITE_ID": other_rq}) == ("", words)
    assert "of your company" in refused(register, fields={**link, "MC_REQUISITE_ID": other_rq})[1]
    assert "is not assigned to Requisite" in refused(register, fields={**link, "REQUISITE_ID": 0})[1]
    assert refused(register, fields={**link, "ENTITY_ID": 999}) == ("", "Entity is not found")
    assert refused(register, fields=place) == ("", "REQUISITE_ID is not defined or invalid")
    assert act(register, fields={**link, "BANK_DETAIL_ID": 0}) is True
    body = call("crm.requisite.link.list", filter={"REQUISITE_ID": client_rq}, select=["ENTITY_ID", "BANK_DETAIL_ID"])
    assert (body["result"], body["total"]) == ([{"ENTITY_ID": str(card), "BANK_DETAIL_ID": "0"}], 1)
    assert act("crm.requisite.link.unregister", entityTypeId=2, entityId=card) is True
    assert act("crm.requisite.link.unregister", entityTypeId=2, entityId=card) is False


def test_the_link_of_a_deal_goes_with_the_deal(call, act, deal):
    card = deal()["id"]
    nothing = dict.fromkeys(("REQUISITE_ID", "BANK_DETAIL_ID", "MC_REQUISITE_ID", "MC_BANK_DETAIL_ID"), 0)
    act("crm.requisite.link.register", fields={"ENTITY_TYPE_ID": 2, "ENTITY_ID": card, **nothing})
    act("crm.item.delete", entityTypeId=2, id=card)
    assert call("crm.requisite.link.list")["total"] == 0


# -- descriptions


@pytest.mark.parametrize(
    ("method", "name", "kind", "marks"),
    [
        ("crm.requisite.fields", "RQ_INN", "string", ""),
        ("crm.requisite.fields", "ENTITY_ID", "integer", "isRequired isImmutable"),
        ("crm.requisite.bankdetail.fields", "RQ_BIK", "string", ""),
        ("crm.requisite.preset.fields", "DATE_CREATE", "datetime", "isReadOnly"),
        ("crm.requisite.preset.field.fields", "FIELD_NAME", "string", "isRequired"),
        ("crm.requisite.link.fields", "MC_REQUISITE_ID", "integer", "isRequired"),
        ("crm.address.fields", "ANCHOR_ID", "integer", "isReadOnly"),
        ("crm.currency.fields", "LANG", "currency_localization", "isMultiple"),
        ("crm.currency.localizations.fields", "DECIMALS", "int", ""),
        ("crm.enum.fields", "SYMBOL_CODE", "string", "isReadOnly"),
        ("crm.multifield.fields", "TYPE_ID", "string", "isReadOnly"),
        ("crm.status.fields", "STATUS_ID", "string", "isRequired isImmutable"),
    ],
)
def test_fields_are_described(act, method, name, kind, marks):
    field = act(method)[name]
    assert field["type"] == kind
    assert {mark for mark in field if mark.startswith("is") and field[mark]} == set(marks.split())


def test_every_column_of_a_requisite_that_is_described_is_kept(act, company):
    fields = {**RQ, "ENTITY_ID": company(), "RQ_FAX": "123", "RQ_ST_CERT_NUM": "77"}
    held = act("crm.requisite.get", id=act("crm.requisite.add", fields=fields))
    assert (held["RQ_FAX"], held["RQ_ST_CERT_NUM"], held.keys()) == ("123", "77", act("crm.requisite.fields").keys())


# -- currencies


def test_a_portal_comes_with_roubles_and_their_neighbours(call, act):
    body = call("crm.currency.list")
    assert [row["CURRENCY"] for row in body["result"]] == ["RUB", "USD", "EUR", "BYN", "KZT"]
    assert body["total"] == 0
    rouble = act("crm.currency.get", id="RUB")
    assert (rouble["BASE"], rouble["AMOUNT"], rouble["AMOUNT_CNT"]) == ("Y", "1.0000", "1")
    assert rouble["LANG"]["en"]["FULL_NAME"] == "Russian Ruble"
    assert act("crm.currency.base.get") == "RUB"
    assert call("crm.currency.list", order={"CURRENCY": "desc"})["result"][0]["CURRENCY"] == "USD"


def test_a_currency_is_added_changed_and_deleted(portal, handler, act, refused):
    fields = {"CURRENCY": "CNY", "AMOUNT_CNT": 1, "AMOUNT": 12.2251, "LANG": {"ru": {"FULL_NAME": "Юань"}}}
    assert act("crm.currency.add", fields=fields) == "CNY"
    yuan = act("crm.currency.get", id="CNY")
    assert (yuan["FULL_NAME"], yuan["AMOUNT"], yuan["SORT"], yuan["BASE"]) == ("Юань", "12.2251", "100", "N")
    assert yuan["LANG"]["en"] == {
        "FULL_NAME": "CNY",
        "FORMAT_STRING": "#",
        "DEC_POINT": ".",
        "THOUSANDS_SEP": " ",
        "THOUSANDS_VARIANT": "S",
        "DECIMALS": "2",
        "HIDE_ZERO": "N",
    }
    assert act("crm.currency.update", id="CNY", fields={"AMOUNT": "13,5", "AMOUNT_CNT": 1}) is True
    assert act("crm.currency.get", id="CNY")["AMOUNT"] == "13.5000"
    assert refused("crm.currency.add", fields=fields)[0] == "ERROR_CORE"
    assert refused("crm.currency.add", fields={"CURRENCY": "JPY"})[1] == 'Undefined array key "AMOUNT_CNT"'
    assert act("crm.currency.delete", id="CNY") is True
    assert refused("crm.currency.get", id="CNY") == ("", "Not found")
    assert refused("crm.currency.delete", id="RUB") == ("", "Cannot delete base currency.")
    portal.settle_events()
    told = [(event["event"], event["data"]["FIELDS"]["ID"]) for event in handler.events]
    assert told == [(f"ONCRMCURRENCY{verb}", "CNY") for verb in ("ADD", "UPDATE", "DELETE")]


def test_there_is_one_base_currency(act, refused):
    assert act("crm.currency.base.set", id="USD") is True
    assert act("crm.currency.base.get") == "USD"
    assert [row["CURRENCY"] for row in act("crm.currency.list") if row["BASE"] == "Y"] == ["USD"]
    assert act("crm.currency.base.set", id="XXX") is False
    assert act("crm.currency.delete", id="RUB") is True


def test_currencies_have_localizations(act, refused):
    german = {"de": {"FULL_NAME": "US-Dollar", "THOUSANDS_VARIANT": "D", "THOUSANDS_SEP": "x"}}
    assert act("crm.currency.localizations.set", id="USD", localizations=german) is True
    assert act("crm.currency.localizations.set", id="USD", localizations=german) is False
    held = act("crm.currency.localizations.get", id="USD")
    assert (held["de"]["THOUSANDS_SEP"], held["en"]["FULL_NAME"]) == (".", "US Dollar")
    assert act("crm.currency.localizations.delete", id="USD", lids=["de", "fr"]) is True
    assert act("crm.currency.localizations.delete", id="USD", lids=["de"]) is False
    assert "de" not in act("crm.currency.localizations.get", id="USD")
    assert refused("crm.currency.localizations.get") == ("", "The parameter id is invalid or not defined.")


def test_currencies_and_types_are_the_administrators_business(refused, clerk):
    assert refused("crm.currency.base.set", user=clerk, id="USD") == ("", "Access denied.")
    assert refused("crm.type.add", user=clerk, fields={"title": "Закупка"}) == ("ACCESS_DENIED", "Access denied")


# -- constants


@pytest.mark.parametrize(
    ("name", "size", "number", "title"),
    [
        ("contenttype", 4, 3, "HTML"),
        ("activitytype", 7, 2, "Звонок"),
        ("activitypriority", 4, 3, "высокая"),
        ("activitydirection", 3, 1, "Входящее"),
        ("activitynotifytype", 4, 1, "мин."),
        ("activitystatus", 4, 2, "Завершено"),
        ("addresstype", 6, 6, "Юридический адрес"),
        ("settings.mode", 2, 1, "Классическая CRM"),
        ("ownertype", 10, 2, "Сделка"),
    ],
)
def test_numbers_have_meanings(act, name, size, number, title):
    elements = act(f"crm.enum.{name}")
    assert (len(elements), next(one["NAME"] for one in elements if one["ID"] == number)) == (size, title)


def test_orders_belong_to_deals(act):
    assert [one["code"] for one in act("crm.enum.getorderownertypes")] == ["DEAL"]


def test_stages_are_the_items_of_a_dictionary(act, refused):
    assert act("crm.status.entity.items", entityId="DEAL_STAGE")[0] == {"NAME": "Новая", "SORT": 10, "STATUS_ID": "NEW"}
    assert refused("crm.status.entity.items", entityId="NONE")[0].startswith("The parameter entityId is not defined")


def test_a_dictionary_takes_any_code_but_each_once(call, act, refused):
    fields = {"ENTITY_ID": "SOURCE", "STATUS_ID": "выставка 2026", "NAME": "Выставка 2026", "SORT": 5}
    number = act("crm.status.add", fields=fields)
    assert act("crm.status.entity.items", entityId="SOURCE")[0]["STATUS_ID"] == "выставка 2026"
    (row,) = call("crm.status.list", filter={"ENTITY_ID": "SOURCE", "SYSTEM": "N"})["result"]
    assert (row["ID"], row["COLOR"], row["SEMANTICS"]) == (str(number), "", None)
    assert "EXTRA" not in row
    assert refused("crm.status.add", fields=fields) == ("ERROR_CORE", "The specified status ID already exists.")
    long = {**fields, "STATUS_ID": "x" * 51}
    assert refused("crm.status.add", fields=long) == ("", "The field STATUS_ID is invalid.")
    assert refused("crm.status.add", fields="x") == ("", "Parameter 'fields' must be array.")
    assert act("crm.status.delete", id=number) is True
    assert "DEAL_TYPE" in {kind["ID"] for kind in act("crm.status.entity.types")}


def test_a_stage_of_leads_keeps_to_the_order_of_stages(act, refused):
    fields = {"ENTITY_ID": "STATUS", "STATUS_ID": "WAITING", "NAME": "Ждёт", "SORT": 25}
    assert act("crm.status.get", id=act("crm.status.add", fields=fields))["EXTRA"]["SEMANTICS"] == "process"
    assert "final stage" in refused("crm.status.add", fields={**fields, "STATUS_ID": "LATE", "SORT": 99})[1]
    assert refused("crm.status.add", fields={**fields, "STATUS_ID": "x" * 22})[1] == "The field STATUS_ID is invalid."


# -- what custom fields are made of


def test_custom_fields_describe_themselves(act, refused):
    assert {"ID": "enumeration", "title": "Список"} in act("crm.userfield.types")
    assert act("crm.userfield.fields")["LIST"]["type"] == "uf_enum_element"
    assert act("crm.userfield.enumeration.fields")["DEL"]["type"] == "string"
    assert act("crm.userfield.settings.fields", type="double").keys() == {"DEFAULT_VALUE", "PRECISION"}
    assert refused("crm.userfield.settings.fields") == ("", "Parameter 'type' is not specified or empty.")


def test_a_field_can_be_of_every_type_that_is_offered(act):
    for kind in act("userfieldconfig.getTypes", moduleId="crm")["types"]:
        field = {"entityId": "CRM_DEAL", "fieldName": f"UF_CRM_DEAL_{kind.upper()}", "userTypeId": kind}
        assert act("userfieldconfig.add", moduleId="crm", field=field)["field"]["userTypeId"] == kind
