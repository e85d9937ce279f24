"""crm.userfield.*: what a custom field is made of, and of which types it can be. Constant by nature."""

from ..errors import RestError
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/user-defined-fields/crm-userfield-{}.html"
TYPES = {
    "string": "Строка",
    "integer": "Целое число",
    "double": "Число",
    "boolean": "Да/Нет",
    "enumeration": "Список",
    "datetime": "Дата/Время",
    "date": "Дата",
    "money": "Деньги",
    "url": "Ссылка",
    "address": "Адрес Google карты",
    "file": "Файл",
    "employee": "Привязка к пользователю",
    "crm_status": "Привязка к справочникам CRM",
    "iblock_section": "Привязка к разделам инф. блоков",
    "iblock_element": "Привязка к элементам инфоблоков",
    "crm": "Привязка к элементам CRM",
}
FIELDS = {
    "ID": {"type": "int", "title": "Ид", "isReadOnly": True},
    "ENTITY_ID": {"type": "string", "title": "Объект", "isImmutable": True},
    "FIELD_NAME": {"type": "string", "title": "Код", "isImmutable": True},
    "USER_TYPE_ID": {"type": "string", "title": "Тип данных", "isImmutable": True},
    "XML_ID": {"type": "string", "title": "Внешний Ид (XML ID)"},
    "SORT": {"type": "int", "title": "Сортировка"},
    "MULTIPLE": {"type": "char", "title": "Множественное"},
    "MANDATORY": {"type": "char", "title": "Обязательное"},
    "SHOW_FILTER": {"type": "char", "title": "Показывать в фильтре списка"},
    "SHOW_IN_LIST": {"type": "char", "title": "Показывать в списке"},
    "EDIT_IN_LIST": {"type": "char", "title": "Разрешать редактирование пользователем"},
    "IS_SEARCHABLE": {"type": "char", "title": "Значения поля участвуют в поиске"},
    "EDIT_FORM_LABEL": {"type": "string", "title": "Подпись в форме редактирования"},
    "LIST_COLUMN_LABEL": {"type": "string", "title": "Заголовок в списке"},
    "LIST_FILTER_LABEL": {"type": "string", "title": "Подпись фильтра в списке"},
    "ERROR_MESSAGE": {"type": "string", "title": "Сообщение об ошибке"},
    "HELP_MESSAGE": {"type": "string", "title": "Помощь"},
    "LIST": {"type": "uf_enum_element", "title": "Элементы списка", "isMultiple": True},
    "SETTINGS": {"type": "object", "title": "Дополнительные настройки (зависят от типа)"},
}
OPTION_FIELDS = {
    "ID": {"type": "int", "title": "Ид", "isReadOnly": True},
    "SORT": {"type": "int", "title": "Сортировка"},
    "VALUE": {"type": "string", "title": "Значение"},
    "DEF": {"type": "string", "title": "Значение по умолчанию"},
    "DEL": {"type": "string", "title": "Флаг удаления элемента"},
}
DEFAULT_VALUE, DISPLAY = "Значение по умолчанию", "Внешний вид"
LIST_SETTINGS = {"DISPLAY": ("string", DISPLAY), "LIST_HEIGHT": ("int", "Высота списка")}
BLOCK_SETTINGS = {
    "IBLOCK_ID": ("int", "Инфоблок"),
    "DEFAULT_VALUE": ("string", DEFAULT_VALUE),
    **LIST_SETTINGS,
    "ACTIVE_FILTER": ("char", "Только активные"),
}
SETTINGS: dict[str, dict[str, tuple[str, str]]] = {
    "string": {"DEFAULT_VALUE": ("string", DEFAULT_VALUE), "ROWS": ("int", "Количество строчек поля ввода")},
    "integer": {"DEFAULT_VALUE": ("int", DEFAULT_VALUE)},
    "double": {"DEFAULT_VALUE": ("double", DEFAULT_VALUE), "PRECISION": ("int", "Точность")},
    "boolean": {"DEFAULT_VALUE": ("int", DEFAULT_VALUE), "DISPLAY": ("string", DISPLAY)},
    "date": {"DEFAULT_VALUE": ("object", DEFAULT_VALUE)},
    "datetime": {"DEFAULT_VALUE": ("object", DEFAULT_VALUE)},
    "enumeration": LIST_SETTINGS,
    "iblock_section": BLOCK_SETTINGS,
    "iblock_element": BLOCK_SETTINGS,
    "crm_status": {"ENTITY_TYPE": ("string", "Тип справочника")},
    "crm": {
        "LEAD": ("char", "Лид"),
        "CONTACT": ("char", "Контакт"),
        "COMPANY": ("char", "Компания"),
        "DEAL": ("char", "Сделка"),
    },
}


@method("crm.userfield.types", scope="crm", docs=DOCS.format("types"))
def types(portal, caller, params):
    return [{"ID": kind, "title": title} for kind, title in TYPES.items()]


@method("crm.userfield.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.userfield.enumeration.fields", scope="crm", docs=DOCS.format("enumeration-fields"))
def enumeration_fields(portal, caller, params):
    return OPTION_FIELDS


@method(
    "crm.userfield.settings.fields",
    scope="crm",
    docs=DOCS.format("settings-fields"),
    differs="the documentation shows only the settings of double; the others are those of crm.deal.userfield.add",
)
def settings_fields(portal, caller, params):
    kind = params.get("type")
    if not kind:
        raise RestError("", "Parameter 'type' is not specified or empty.")
    described = SETTINGS.get(str(kind), {})
    return {name: {"type": type_, "title": title} for name, (type_, title) in described.items()}
