"""crm.enum.*: numbers of the CRM and what they mean. Constant by nature; only the smart processes come from the portal."""

from ..descriptions import described
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/auxiliary/enum/crm-enum-{}.html"
OUTDATED = "https://apidocs.bitrix24.com/api-reference/crm/auxiliary/enum/outdated/crm-enum-{}.html"
FIELDS = described("""
ID int ro | ID
NAME string ro | Название
SYMBOL_CODE string ro | Символьный код
SYMBOL_CODE_SHORT string ro | Краткий символьный код
""")
OWNER_TYPES = (
    (1, "Лид", "LEAD", "L"),
    (2, "Сделка", "DEAL", "D"),
    (3, "Контакт", "CONTACT", "C"),
    (4, "Компания", "COMPANY", "CO"),
    (5, "Счёт (старая версия)", "INVOICE", "I"),
    (31, "Счёт", "SMART_INVOICE", "SI"),
    (7, "Предложение", "QUOTE", "Q"),
    (8, "Реквизиты", "REQUISITE", "RQ"),
    (36, "Документ", "SMART_DOCUMENT", "DO"),
    (39, "Документ компании", "SMART_B2E_DOC", "SBD"),
)
ADDRESS_TYPES = {
    11: "Адрес доставки",
    1: "Фактический адрес",
    6: "Юридический адрес",
    4: "Адрес регистрации",
    8: "Адрес для корреспонденции",
    9: "Адрес бенефициара",
}
# Method → its page and what it lists by number; the outdated lists begin with an unnamed 0.
LISTS = {
    "addresstype": (DOCS.format("address-type"), ADDRESS_TYPES),
    "settings.mode": (DOCS.format("settings-mode"), {1: "Классическая CRM", 2: "Простая CRM"}),
}
OUTDATED_LISTS = {
    "contenttype": ("content-type", "Plain text", "bbCode", "HTML"),
    "activitytype": (
        "activity-type",
        *("Встреча", "Звонок", "Задача", "Письмо", "Действие", "Пользовательское действие"),
    ),
    "activitypriority": ("activity-priority", "низкая", "средняя", "высокая"),
    "activitydirection": ("activity-direction", "Входящее", "Исходящее"),
    "activitynotifytype": ("activity-notify-type", "мин.", "ч.", "дн."),
    "activitystatus": ("activity-status", "Ожидается", "Завершено", "Завершено автоматически"),
}


@method("crm.enum.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.enum.ownertype", scope="crm", docs=DOCS.format("owner-type"))
def owner_types(portal, caller, params):
    """The kinds of objects, then the smart processes of this portal."""
    own = [
        _element(row["entityTypeId"], row["title"], f"DYNAMIC_{row['entityTypeId']}", f"T{row['entityTypeId']:x}")
        for row in portal.store.types.all()
    ]
    return [_element(*element) for element in OWNER_TYPES] + own


@method("crm.enum.getorderownertypes", scope="crm", docs=DOCS.format("get-order-owner-types"))
def order_owner_types(portal, caller, params):
    return [{"attribute": "DYN", "code": "DEAL", "id": 2, "name": "Сделка"}]


def _element(number: int, name: str, code: str | None = None, short: str | None = None) -> dict:
    return {"ID": number, "NAME": name, "SYMBOL_CODE": code, "SYMBOL_CODE_SHORT": short}


def _declare(name: str, docs: str, named: dict[int, str]) -> None:
    @method(f"crm.enum.{name}", scope="crm", docs=docs)
    def elements(portal, caller, params):
        return [_element(number, title) for number, title in named.items()]


for _name, (_docs, _named) in LISTS.items():
    _declare(_name, _docs, _named)
for _name, (_page, *_titles) in OUTDATED_LISTS.items():
    _declare(_name, OUTDATED.format(_page), dict(enumerate(["", *_titles])))
