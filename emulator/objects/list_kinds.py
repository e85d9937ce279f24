"""The kinds of fields that a universal list can have, and as what their values are kept.

https://apidocs.bitrix24.com/api-reference/lists/fields/lists-field-add.html
"""

_SYSTEM = """
NAME            string   Название
SORT            integer  Сортировка
ACTIVE_FROM     datetime Начало активности
ACTIVE_TO       datetime Окончание активности
PREVIEW_PICTURE file     Картинка для анонса
PREVIEW_TEXT    string   Описание для анонса
DETAIL_PICTURE  file     Детальная картинка
DETAIL_TEXT     string   Детальное описание
DATE_CREATE     datetime Дата создания
CREATED_BY      user     Кем создан
TIMESTAMP_X     datetime Дата изменения
MODIFIED_BY     user     Кем изменен
"""
_CUSTOM = """
S          string   Строка
N          double   Число
L          choice   Список
F          file     Файл
G          section  Привязка к разделам
E          element  Привязка к элементам
S:Date     date     Дата
S:DateTime datetime Дата/Время
S:HTML     html     HTML/текст
E:EList    element  Привязка к элементам в виде списка
N:Sequence counter  Счетчик
S:ECrm     string   Привязка к элементам CRM
S:Money    money    Деньги
S:DiskFile disk     Файл (Диск)
S:employee user     Привязка к сотруднику
"""
NUMBERS = frozenset({"choice", "file", "section", "element", "counter", "disk"})
FILES = frozenset({"file", "disk"})
LINKS = frozenset({"section", "element"})


def _kinds(table: str) -> dict[str, tuple[str, str]]:
    return {
        name: (kind, title) for name, kind, title in (line.split(maxsplit=2) for line in table.strip().splitlines())
    }


SYSTEM, CUSTOM = _kinds(_SYSTEM), _kinds(_CUSTOM)


def is_custom(field: dict) -> bool:
    return field["TYPE"] in CUSTOM


def kind_of(field: dict) -> str:
    return (CUSTOM if is_custom(field) else SYSTEM)[field["TYPE"]][0]


def stored_kind(kind: str) -> str:
    """As which type of values.py a kind is kept and compared."""
    return "integer" if kind in NUMBERS else "string" if kind == "html" else kind
