"""The settings of the CRM that a Russian portal comes with: templates of requisites, currencies, dictionaries."""

from ..methods.crm_category import add_item
from ..methods.crm_currency import add_currency
from ..methods.crm_requisite_preset import FIELDS, RUSSIA, add_field
from ..objects.requisites import REQUISITE

CREATOR = 1
ADDRESS = "RQ_ADDR RQ_SIGNATURE RQ_STAMP"
NAMES = "RQ_LAST_NAME RQ_FIRST_NAME RQ_SECOND_NAME"
DOCUMENT = (
    "RQ_IDENT_DOC RQ_IDENT_DOC_SER RQ_IDENT_DOC_NUM RQ_IDENT_DOC_ISSUED_BY RQ_IDENT_DOC_DATE RQ_IDENT_DOC_DEP_CODE"
)
# In the order of their ids: 1, 2, 3.
PRESETS = (
    (
        "Организация",
        "COMPANY",
        "RQ_INN RQ_COMPANY_NAME RQ_COMPANY_FULL_NAME RQ_OGRN RQ_KPP RQ_COMPANY_REG_DATE RQ_OKPO RQ_OKTMO RQ_DIRECTOR "
        f"RQ_ACCOUNTANT {ADDRESS}",
    ),
    ("ИП", "INDIVIDUAL", f"RQ_INN {NAMES} RQ_COMPANY_NAME RQ_OGRNIP RQ_OKPO RQ_OKVED {ADDRESS}"),
    ("Физ. лицо", "PERSON", f"{NAMES} {DOCUMENT} RQ_INN RQ_ADDR"),
)
# Code, face value, rate, name in Russian and in English, format in Russian and in English.
CURRENCIES = (
    ("RUB", 1, 1, ("Российский рубль", "# ₽"), ("Russian Ruble", "₽#")),
    ("USD", 1, 68.79, ("Доллар США", "$#"), ("US Dollar", "$#")),
    ("EUR", 1, 78.32, ("Евро", "# €"), ("Euro", "€#")),
    ("BYN", 1, 26.6, ("Белорусский рубль", "# руб."), ("Belarusian Ruble", "# BYN")),
    ("KZT", 100, 15.4, ("Казахстанский тенге", "# ₸"), ("Kazakhstani Tenge", "₸#")),
)
# Code and name; all of them belong to the system.
DICTIONARIES: dict[str, dict[str, str]] = {
    "SOURCE": {
        "CALL": "Звонок",
        "EMAIL": "Электронная почта",
        "WEB": "Веб-сайт",
        "ADVERTISING": "Реклама",
        "PARTNER": "Существующий клиент",
        "RECOMMENDATION": "По рекомендации",
        "TRADE_SHOW": "Выставка",
        "WEBFORM": "CRM-форма",
        "CALLBACK": "Обратный звонок",
        "RC_GENERATOR": "Генератор продаж",
        "STORE": "Интернет-магазин",
        "OTHER": "Другое",
    },
    "CONTACT_TYPE": {"CLIENT": "Клиенты", "SUPPLIER": "Поставщики", "PARTNER": "Партнёры", "OTHER": "Другое"},
    "COMPANY_TYPE": {
        "CUSTOMER": "Клиент",
        "SUPPLIER": "Поставщик",
        "COMPETITOR": "Конкурент",
        "PARTNER": "Партнёр",
        "OTHER": "Другое",
    },
    "EMPLOYEES": {
        "EMPLOYEES_1": "менее 50",
        "EMPLOYEES_2": "50-250",
        "EMPLOYEES_3": "250-500",
        "EMPLOYEES_4": "более 500",
    },
    "INDUSTRY": {
        "IT": "Информационные технологии",
        "TELECOM": "Телекоммуникации и связь",
        "MANUFACTURING": "Производство",
        "BANKING": "Банковские услуги",
        "CONSULTING": "Консалтинг",
        "FINANCE": "Финансы",
        "GOVERNMENT": "Правительство",
        "DELIVERY": "Доставка",
        "ENTERTAINMENT": "Развлечения",
        "NOTPROFIT": "Не для получения прибыли",
        "OTHER": "Другое",
    },
    "DEAL_TYPE": {
        "SALE": "Продажа",
        "COMPLEX": "Комплексная продажа",
        "GOODS": "Продажа товара",
        "SERVICES": "Услуги",
        "SERVICE": "Сервисное обслуживание",
    },
    "HONORIFIC": {"HNR_RU_1": "г-н", "HNR_RU_2": "г-жа"},
}


def plant(portal) -> None:
    for entity_id, names in DICTIONARIES.items():
        for place, (code, name) in enumerate(names.items(), start=1):
            add_item(portal, entity_id, code, name, place * 10, system="Y")
    for place, preset in enumerate(PRESETS):
        _plant_preset(portal, place, *preset)
    for place, currency in enumerate(CURRENCIES, start=1):
        _plant_currency(portal, place, *currency)


def _plant_preset(portal, place: int, name: str, code: str, fields: str) -> None:
    row = {"ENTITY_TYPE_ID": REQUISITE, "COUNTRY_ID": RUSSIA, "NAME": name, "ACTIVE": "Y", "SORT": 500 + place * 10}
    row |= {"XML_ID": f"#CRM_REQUISITE_PRESET_DEF_RU_{code}#", "CREATED_BY_ID": CREATOR}
    row |= {"DATE_CREATE": portal.clock.iso(), "DATE_MODIFY": ""}
    preset = portal.store.requisite_presets.add(dict.fromkeys(FIELDS) | row)
    for field in fields.split():
        add_field(portal, preset, FIELD_NAME=field)


def _plant_currency(portal, place: int, code: str, face: int, rate: float, russian: tuple, english: tuple) -> None:
    values = {"AMOUNT_CNT": face, "AMOUNT": rate, "SORT": place * 100, "BASE": "Y" if code == "RUB" else "N"}
    localizations = {
        "ru": _localization(*russian, "B") | {"DEC_POINT": ","},
        "en": _localization(*english, "C"),
    }
    add_currency(portal, code, values, localizations)


def _localization(name: str, form: str, separator: str) -> dict:
    return {"FULL_NAME": name, "FORMAT_STRING": form, "THOUSANDS_VARIANT": separator, "DECIMALS": 2, "HIDE_ZERO": "Y"}
