"""user.*: employees. Ids are strings, ACTIVE is a boolean; TIME_ZONE is empty when it is found automatically."""

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..registry import Params, method
from ..values import canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/user/user-{}.html"
NOT_FILTERS = {"sort", "order", "admin_mode", "select", "start", "filter", "auth"}
TEXTS = (
    "NAME LAST_NAME SECOND_NAME EMAIL PERSONAL_CITY PERSONAL_GENDER WORK_POSITION WORK_PHONE PERSONAL_MOBILE USER_TYPE"
)
COLUMNS = Columns({"ID": "integer", "UF_DEPARTMENT": "integer"} | dict.fromkeys(TEXTS.split(), "string"))
HIDDEN = {"IS_ADMIN"}


@method("user.current", scope="user", docs=DOCS.format("current"))
def current(portal, caller, params):
    return show(portal.store.users.get(caller.user_id))


@method("user.get", scope="user", docs=DOCS.format("get"))
def get(portal, caller, params):
    """Filters under FILTER or at the top level; `sort` and `order` are flat."""
    at_top = {name: value for name, value in params.items() if str(name).lower() not in NOT_FILTERS}
    where = parse(params.map("filter") | at_top, _read)
    keys = ordering({str(params.get("sort") or "ID"): params.get("order") or "ASC"}, COLUMNS.name)
    return page(portal, portal.store.users, params, where, keys, show)


@method("user.add", scope="user", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    email = str(params.get("EMAIL") or "")
    if "@" not in email:
        raise RestError("ERROR_ARGUMENT", "wrong_email")
    if portal.store.users.having(EMAIL=email):
        raise RestError("ERROR_ARGUMENT", "A user with this email already exists")
    return employ(portal, **_written(params))["ID"]


@method("user.update", scope="user", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """ACTIVE N dismisses."""
    row = portal.store.users.get(params.integer("ID"))
    if row is None:
        raise RestError("ERROR_CORE", "access_denied")
    portal.store.users.update(row["ID"], _written(params))
    return True


def employ(portal, **fields: object) -> dict:
    """A new user with the columns that user.get answers."""
    texts = dict.fromkeys(TEXTS.split(), "") | {"USER_TYPE": "employee", "TIME_ZONE": ""}
    row = {"ID": None, "ACTIVE": True, **texts, "UF_DEPARTMENT": [], "IS_ADMIN": False}
    return portal.store.users.add(row | {"DATE_REGISTER": portal.clock.iso()} | fields)


def _written(params: Params) -> dict:
    given = {name: str(params.get(name) or "") for name in TEXTS.split() if params.get(name) is not None}
    if params.get("ACTIVE") is not None:
        given["ACTIVE"] = flag(params.get("ACTIVE")) == "Y"
    if params.get("UF_DEPARTMENT") is not None:
        given["UF_DEPARTMENT"] = canonical("integer", params.get("UF_DEPARTMENT"), multiple=True)
    return given


def show(row: dict) -> dict:
    shown = {name: value for name, value in row.items() if name not in HIDDEN}
    return shown | {"ID": str(row["ID"]), "LAST_LOGIN": row["DATE_REGISTER"], "IS_ONLINE": "N"}


def card(portal, user_id: int | None) -> dict | list:
    """A person as tasks show them."""
    row = portal.store.users.get(user_id)
    if row is None:
        return []
    return {
        "id": str(row["ID"]),
        "name": f"{row['NAME']} {row['LAST_NAME']}".strip(),
        "link": f"/company/personal/user/{row['ID']}/",
        "icon": "/bitrix/images/tasks/default_avatar.png",
        "workPosition": row["WORK_POSITION"],
    }


def _read(name: str, value: object) -> tuple[str, object] | None:
    if name.upper() == "ACTIVE":
        return "ACTIVE", value in (True, 1, "1", "Y", "y", "true", "True")
    return COLUMNS.read(name, value)
