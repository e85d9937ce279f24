"""mailservice.*: the services that a mailbox can be connected at; their logos are files."""

from .. import files
from ..errors import RestError
from ..listing import as_text
from ..registry import Caller, Params, method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/mailservice/mailservice-{}.html"
TITLES = {
    "ID": "ID",
    "SITE_ID": "Сайт",
    "ACTIVE": "Активность",
    "NAME": "Название",
    "SERVER": "Адрес сервера",
    "PORT": "Порт",
    "ENCRYPTION": "Безопасное соединение",
    "LINK": "Адрес веб-интерфейса",
    "ICON": "Логотип",
    "SORT": "Сортировка",
}
# Sending is not described by these methods: it reads as it is born.
SMTP = dict.fromkeys(("SMTP_SERVER", "SMTP_PORT", "SMTP_ENCRYPTION", "UPLOAD_OUTGOING")) | dict.fromkeys(
    ("SMTP_LOGIN_AS_IMAP", "SMTP_PASSWORD_AS_IMAP"), "N"
)
DEFAULTS = {
    "SITE_ID": "s1",
    "ACTIVE": "Y",
    "SERVER": None,
    "PORT": None,
    "ENCRYPTION": None,
    "LINK": None,
    "ICON": None,
}
ACTIVE = ("Y", "N")
PORTS = range(1, 65_536)


@method("mailservice.fields", scope="mailservice", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return TITLES


@method("mailservice.list", scope="mailservice", docs=DOCS.format("list"), differs="a fresh portal has no services")
def list_(portal, caller, params):
    rows = sorted(portal.store.mail_services.having(ACTIVE="Y"), key=lambda row: row["SORT"])
    if not rows:
        raise RestError("ERROR_CORE", "No mail services found")
    return [_show(portal, row) for row in rows]


@method("mailservice.get", scope="mailservice", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(portal, _service(portal, params))


@method("mailservice.add", scope="mailservice", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    _check_admin(portal, caller)
    if not params.text("NAME"):
        raise RestError("ERROR_CORE", 'Required field "Name" not filled')
    values = _written(portal, params)
    return portal.store.mail_services.add({"ID": None, "SORT": 100, **DEFAULTS, **values})["ID"]


@method("mailservice.update", scope="mailservice", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    _check_admin(portal, caller)
    row = _service(portal, params)
    portal.store.mail_services.update(row["ID"], _written(portal, params))
    return True


@method("mailservice.delete", scope="mailservice", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    _check_admin(portal, caller)
    portal.store.mail_services.remove(_service(portal, params)["ID"])
    return True


def _check_admin(portal, caller: Caller) -> None:
    if not portal.is_admin(caller.user_id):
        raise RestError("ERROR_CORE", "Access denied")


def _service(portal, params: Params) -> dict:
    if not params.get("ID"):
        raise RestError("ERROR_CORE", "Mail service ID not specified")
    row = portal.store.mail_services.get(params.integer("ID"))
    if row is None:
        raise RestError("ERROR_CORE", "Mail service not found")
    return row


def _written(portal, params: Params) -> dict:
    values = {name: params.text(name) for name in ("NAME", "LINK") if params.text(name)}
    if params.text("SERVER"):
        values["SERVER"] = params.text("SERVER").lower()
    for name in ("ACTIVE", "ENCRYPTION"):
        if params.get(name) is not None:
            values[name] = _flag(name, params.get(name))
    for name, allowed in (("PORT", PORTS), ("SORT", range(1_000_000))):
        if params.get(name) is not None:
            values[name] = _number(name, params.get(name), allowed)
    return values | _icon(portal, params)


def _icon(portal, params: Params) -> dict:
    """A file, or the id of one that is there already."""
    given = params.get("ICON")
    if given is None:
        return {}
    if isinstance(given, (dict, list)):
        return {"ICON": files.add(portal, *files.decode(given))}
    if whole(given) not in portal.store.files:
        raise _invalid("ICON")
    return {"ICON": whole(given)}


def _flag(name: str, given: object) -> str:
    if given not in [*ACTIVE, True, False]:
        raise _invalid(name)
    return flag(given)


def _number(name: str, given: object, allowed: range) -> int:
    number = whole(given)
    if number is None or number not in allowed:
        raise _invalid(name)
    return number


def _invalid(name: str) -> RestError:
    return RestError("ERROR_CORE", f'Invalid value for "{TITLES[name]}"')


def _show(portal, row: dict) -> dict:
    icon = {"ICON": files.show(portal, row["ICON"])["url"] if row["ICON"] else None}
    names = ("ID", "SITE_ID", "ACTIVE", "SORT", "NAME", "SERVER", "PORT", "ENCRYPTION", "LINK")
    return {name: as_text(row[name]) for name in names} | icon | SMTP
