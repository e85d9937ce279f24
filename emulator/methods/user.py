"""user.*: employees. Ids are strings, ACTIVE is a boolean; TIME_ZONE is empty when it is found automatically.

Who may see what by scope: https://apidocs.bitrix24.com/api-reference/user/user-scope.html (a webhook here has `user`
and `user.userfield`).
"""

from functools import partial

from .. import files
from ..errors import RestError
from ..filters import Condition, Where, in_order, ordering, parse, split_prefix
from ..listing import Columns, cut
from ..objects import userfields
from ..objects.userfields import UserField
from ..php import as_list
from ..registry import Page, Params, method
from ..values import BadValue, asked, canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/user/user-{}.html"
OPTION_DOCS = "https://apidocs.bitrix24.com/api-reference/common/settings/user-option-{}.html"
NOT_FILTERS = {"sort", "order", "admin_mode", "select", "start", "filter", "auth", "image_resize"}
UF_ENTITY = "USER"
TEXTS = (
    "NAME LAST_NAME SECOND_NAME EMAIL PERSONAL_CITY PERSONAL_GENDER WORK_POSITION WORK_PHONE PERSONAL_MOBILE USER_TYPE "
    "PERSONAL_WWW PERSONAL_BIRTHDAY UF_EMPLOYMENT_DATE TIME_ZONE"
)
# Title by field, in the order of user.fields; of the rest that is not in TEXTS a user shows what was ever written.
FIELDS = {
    "ID": "ID",
    "XML_ID": "Внешний код",
    "ACTIVE": "Активность",
    "NAME": "Имя",
    "LAST_NAME": "Фамилия",
    "SECOND_NAME": "Отчество",
    "TITLE": "Список пользователей",
    "EMAIL": "E-Mail",
    "LAST_LOGIN": "Последняя авторизация",
    "DATE_REGISTER": "Дата регистрации",
    "TIME_ZONE": "TIME_ZONE",
    "IS_ONLINE": "IS_ONLINE",
    "TIMESTAMP_X": "TIMESTAMP_X",
    "LAST_ACTIVITY_DATE": "LAST_ACTIVITY_DATE",
    "PERSONAL_GENDER": "Пол",
    "PERSONAL_PROFESSION": "Профессия",
    "PERSONAL_WWW": "Домашняя страница",
    "PERSONAL_BIRTHDAY": "Дата рождения",
    "PERSONAL_PHOTO": "Фотография",
    "PERSONAL_ICQ": "ICQ",
    "PERSONAL_PHONE": "Личный телефон",
    "PERSONAL_FAX": "Факс",
    "PERSONAL_MOBILE": "Личный мобильный",
    "PERSONAL_PAGER": "Пейджер",
    "PERSONAL_STREET": "Улица проживания",
    "PERSONAL_CITY": "Город проживания",
    "PERSONAL_STATE": "Область / край",
    "PERSONAL_ZIP": "Почтовый индекс",
    "PERSONAL_COUNTRY": "Страна",
    "PERSONAL_MAILBOX": "Почтовый ящик",
    "PERSONAL_NOTES": "Дополнительные заметки",
    "WORK_PHONE": "Телефон компании",
    "WORK_COMPANY": "Компания",
    "WORK_POSITION": "Должность",
    "WORK_DEPARTMENT": "Департамент",
    "WORK_WWW": "Сайт компании",
    "WORK_FAX": "WORK_FAX",
    "WORK_PAGER": "WORK_PAGER",
    "WORK_STREET": "WORK_STREET",
    "WORK_MAILBOX": "WORK_MAILBOX",
    "WORK_CITY": "Город работы",
    "WORK_STATE": "WORK_STATE",
    "WORK_ZIP": "WORK_ZIP",
    "WORK_COUNTRY": "WORK_COUNTRY",
    "WORK_PROFILE": "WORK_PROFILE",
    "WORK_LOGO": "WORK_LOGO",
    "WORK_NOTES": "WORK_NOTES",
    "UF_SKYPE_LINK": "Ссылка на чат в Skype",
    "UF_ZOOM": "Zoom",
    "UF_EMPLOYMENT_DATE": "Дата принятия на работу",
    "UF_TIMEMAN": "Учёт рабочего времени",
    "UF_DEPARTMENT": "Подразделения",
    "UF_INTERESTS": "Интересы",
    "UF_SKILLS": "Навыки",
    "UF_WEB_SITES": "Другие сайты",
    "UF_XING": "Xing",
    "UF_LINKEDIN": "LinkedIn",
    "UF_TWITTER": "Twitter",
    "UF_SKYPE": "Skype",
    "UF_DISTRICT": "Район",
    "UF_PHONE_INNER": "Внутренний телефон",
    "USER_TYPE": "USER_TYPE",
}
KINDS = {
    "ID": "integer",
    "ACTIVE": "truth",
    "UF_DEPARTMENT": "integer",
    "PERSONAL_PHOTO": "file",
    "WORK_LOGO": "file",
    "PERSONAL_BIRTHDAY": "date",
    "UF_EMPLOYMENT_DATE": "date",
    **dict.fromkeys(("LAST_LOGIN", "DATE_REGISTER", "TIMESTAMP_X", "LAST_ACTIVITY_DATE"), "datetime"),
}
COLUMNS = Columns({name: KINDS.get(name, "string") for name in FIELDS})
READ_ONLY = {"ID", "LAST_LOGIN", "DATE_REGISTER", "IS_ONLINE", "TIMESTAMP_X", "LAST_ACTIVITY_DATE", "USER_TYPE"}
OUTSIDERS = ("bot", "imconnector", "replica", "email", "integrator", "controller", "system")
NAMES = ("NAME", "LAST_NAME", "SECOND_NAME", "EMAIL", "WORK_POSITION")
SEARCHED = ("NAME", "LAST_NAME", "WORK_POSITION", "UF_DEPARTMENT_NAME")
NOBODY = Where((Condition("=", "ID", (0,)),))
LIST_DIFFERS = "nobody is ever online or active after the registration; IMAGE_RESIZE gives the original"
ACCESS_DENIED = RestError("ERROR_CORE", "access_denied")


class Unspoken(dict):
    """A moment that lists of people fail to put into JSON: `{}`, as documented, where an empty map would be `[]`."""


@method("user.current", scope="user", docs=DOCS.format("current"))
def current(portal, caller, params):
    row = portal.store.users.get(caller.user_id)
    moments = {name: row[name][:19].replace("T", " ") for name in ("TIMESTAMP_X", "LAST_ACTIVITY_DATE")}
    return show_fully(portal, row) | moments


@method("user.fields", scope="user", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("user.get", scope="user", docs=DOCS.format("get"), differs=LIST_DIFFERS)
def get(portal, caller, params):
    """Filters under FILTER or at the top level; `sort` and `order` are flat. Without bots and mail users."""
    return _page(portal, params, _asked(params))


@method("user.search", scope="user", docs=DOCS.format("search"), differs=LIST_DIFFERS)
def search(portal, caller, params):
    """As user.get; names match from their beginning. FIND looks everywhere and lets no other condition count."""
    given = {name.upper(): value for name, value in _asked(params).items()}
    if "FIND" in given:
        words = str(given["FIND"]).casefold().split()
        return _page(portal, params, {}, lambda row: all(begins(portal, row, SEARCHED, word) for word in words))
    begun = {name: str(given.pop(name)).casefold() for name in SEARCHED if name in given}
    return _page(
        portal, params, given, lambda row: all(begins(portal, row, (name,), text) for name, text in begun.items())
    )


@method(
    "user.add",
    scope="user",
    docs=DOCS.format("add"),
    writes=True,
    differs="workgroups of an extranet user are not kept",
)
def add(portal, caller, params):
    """An employee needs UF_DEPARTMENT, an extranet user EXTRANET and SONET_GROUP_ID."""
    _check_rights(portal, caller)
    _check_email(portal, params.text("EMAIL"), "ERROR_ARGUMENT")
    extranet = flag(params.get("EXTRANET")) == "Y"
    if extranet and not params.list("SONET_GROUP_ID"):
        raise RestError("ERROR_GROUPID", "Group code not specified")
    if not extranet and not _departments(params.get("UF_DEPARTMENT")):
        raise RestError("ERROR_ARGUMENT", "no_extranet_field")
    return employ(portal, **_written(portal, params) | {"USER_TYPE": "extranet" if extranet else "employee"})["ID"]


@method("user.update", scope="user", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """ACTIVE N dismisses."""
    _check_rights(portal, caller)
    row = portal.store.users.get(params.integer("ID"))
    if row is None:
        raise ACCESS_DENIED
    if params.get("EMAIL") is not None:
        _check_email(portal, params.text("EMAIL"), "ERROR_CORE", row["ID"])
    portal.store.users.update(row["ID"], _written(portal, params, row) | {"TIMESTAMP_X": portal.clock.iso()})
    return True


@method("user.option.get", scope="basic", docs=OPTION_DOCS.format("get"))
def option_get(portal, caller, params):
    """Applications only; a webhook is told so."""
    raise RestError("AccessException", "Application context required")


@method("user.option.set", scope="basic", docs=OPTION_DOCS.format("set"))
def option_set(portal, caller, params):
    """Applications only; a webhook is told so."""
    raise RestError("AccessException", "Application context required")


def employ(portal, **fields: object) -> dict:
    """A new user with the columns that user.get answers."""
    now = portal.clock.iso()
    texts = dict.fromkeys(TEXTS.split(), "") | {"USER_TYPE": "employee"}
    row = {"ID": None, "ACTIVE": True, **texts, "UF_DEPARTMENT": [], "IS_ADMIN": False, "IS_ONLINE": "N"}
    row |= {"DATE_REGISTER": now, "LAST_LOGIN": now, "TIMESTAMP_X": now, "LAST_ACTIVITY_DATE": now}
    return portal.store.users.add(row | userfields.defaults(portal, UF_ENTITY) | fields)


def show(row: dict) -> dict:
    """Everything but files and custom fields."""
    shown = {name: value for name, value in row.items() if name in COLUMNS and COLUMNS[name] != "file"}
    return shown | {"ID": str(row["ID"]), "TIMESTAMP_X": Unspoken(), "LAST_ACTIVITY_DATE": Unspoken()}


def show_fully(portal, row: dict) -> dict:
    pictures = {name: row[name] for name, kind in COLUMNS.items() if kind == "file" and row.get(name)}
    customs = userfields.definitions(portal, UF_ENTITY).values()
    return (
        show(row)
        | {name: files.show(portal, file_id)["url"] for name, file_id in pictures.items()}
        | {field.name: _show_custom(portal, field, row) for field in customs}
    )


def card(portal, user_id: int | None) -> dict | list:
    """A person as tasks show them."""
    row = portal.store.users.get(user_id)
    if row is None:
        return []
    return {
        "id": str(row["ID"]),
        "name": full_name(row),
        "link": f"/company/personal/user/{row['ID']}/",
        "icon": "/bitrix/images/tasks/default_avatar.png",
        "workPosition": row["WORK_POSITION"],
    }


def full_name(row: dict) -> str:
    return f"{row['NAME']} {row['LAST_NAME']}".strip()


def _people(portal, where: Where, with_mail_users: bool) -> list[dict]:
    """Users of the kinds that lists show."""
    outsiders = [kind for kind in OUTSIDERS if not (with_mail_users and kind == "email")]
    return [row for row in portal.store.users.find(where) if row["USER_TYPE"] not in outsiders]


# -- what is asked


def _asked(params: Params) -> dict:
    at_top = {name: value for name, value in params.items() if str(name).lower() not in NOT_FILTERS}
    return params.map("filter") | at_top


def _page(portal, params: Params, given: dict, also=lambda row: True) -> Page:
    by_name = {split_prefix(str(name))[1].upper(): value for name, value in given.items()}
    words = str(by_name.get("NAME_SEARCH") or "").casefold().split()
    try:
        where = parse(given, partial(_read, portal))
    except BadValue:  # a date that is none: "the condition retrieves no records"
        where = NOBODY
    found = (
        row
        for row in _people(portal, where, "USER_TYPE" in by_name)
        if also(row) and all(begins(portal, row, NAMES, word) for word in words)
    )
    keys = ordering({str(params.get("sort") or "ID"): params.get("order") or "ASC"}, partial(_column, portal))
    names = params.list("select")
    return cut(in_order(found, keys, "ID"), params, lambda row: _selected(show_fully(portal, row), names))


def _selected(shown: dict, names: list) -> dict:
    if not names or "*" in names:
        return shown
    wanted = {str(name).upper() for name in names}
    return {
        name: value for name, value in shown.items() if name in wanted or ("UF_*" in wanted and name.startswith("UF_"))
    }


def _column(portal, name: str) -> str | None:
    known = COLUMNS.name(name)
    return known or (name.upper() if name.upper() in userfields.definitions(portal, UF_ENTITY) else None)


def _read(portal, name: str, value: object) -> tuple[str, object] | None:
    column = _column(portal, name)
    if column is None:
        return None
    if column not in COLUMNS:
        return column, userfields.definitions(portal, UF_ENTITY)[column].sought(value)
    kind = COLUMNS[column]
    if kind == "truth":
        return column, value in (True, 1, "1", "Y", "y", "true", "True")
    return column, (canonical if kind in ("date", "datetime") else asked)(kind, value)


def begins(portal, row: dict, names: tuple[str, ...], beginning: str) -> bool:
    """Whether a text, or a word in it, of one of these fields begins so."""
    texts = [str(row.get(name) or "") for name in names if name != "UF_DEPARTMENT_NAME"]
    if "UF_DEPARTMENT_NAME" in names:
        departments = map(portal.store.departments.get, row["UF_DEPARTMENT"])
        texts += [department["NAME"] for department in departments if department]
    beginnings = [text for text in map(str.casefold, texts) for text in (text, *text.split())]
    return any(text.startswith(beginning) for text in beginnings)


# -- what is written


def _check_rights(portal, caller) -> None:
    if not portal.is_admin(caller.user_id):
        raise ACCESS_DENIED


def _check_email(portal, email: str, code: str, own_id: int | None = None) -> None:
    if "@" not in email.strip("@"):
        raise RestError(code, "wrong_email")
    if any(row["ID"] != own_id for row in portal.store.users.having(EMAIL=email)):
        raise RestError(code, "A user with this email already exists")


def _written(portal, params: Params, held: dict | None = None) -> dict:
    held = held or {}
    given = {name: params.get(name) for name in COLUMNS if name not in READ_ONLY and params.get(name) is not None}
    values = {name: _kept(portal, name, value) for name, value in given.items()}
    for field in userfields.definitions(portal, UF_ENTITY).values():
        if params.get(field.name) is not None:
            values[field.name] = field.keep(portal, params.get(field.name), held.get(field.name))
    return values


def _kept(portal, name: str, value: object) -> object:
    kind = COLUMNS[name]
    if name == "UF_DEPARTMENT":
        return _departments(value)
    if kind == "truth":
        return flag(value) == "Y"
    if kind == "file":
        return files.add(portal, *files.decode(value)) if value else None
    if kind == "date":
        return canonical(kind, value) or ""
    return "" if isinstance(value, (list, dict)) else str(value)


def _departments(given: object) -> list[int]:
    return canonical("integer", as_list(given), multiple=True)


def _show_custom(portal, field: UserField, row: dict) -> object:
    """As the older lists of the portal: texts, 1 and 0, false where several values are none."""
    held = row.get(field.name)
    if field.kind == "file":
        shown = [_show_file(portal, field, row, file_id) for file_id in as_list(held)]
        return (shown or False) if field.multiple else (shown[0] if shown else None)
    if field.multiple:
        return [str(element) for element in held or []] or False
    if field.kind == "boolean":
        return "1" if held == "Y" else "0"
    return None if held is None else str(held)


def _show_file(portal, field: UserField, row: dict, file_id: int) -> dict:
    return {
        "id": file_id,
        "showUrl": files.show(portal, file_id)["url"],
        "downloadData": {"id": row["ID"], "field": field.name, "value": file_id},
    }
