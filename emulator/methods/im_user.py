"""im.user.*, im.search.user.list: people as chats show them."""

import json

from ..errors import RestError
from ..objects import leaves
from ..objects.chats import COLORS
from ..php import as_list
from ..registry import Page, method, whole
from .user import NAMES, begins, full_name

DOCS = "https://apidocs.bitrix24.com/api-reference/chats/users/im-user-{}.html"
SEARCH_DOCS = "https://apidocs.bitrix24.com/api-reference/chats/search/im-search-user-list.html"
SEARCHED = (*NAMES, "UF_DEPARTMENT_NAME")
SHORTEST, FOUND_AT_ONCE, MOST_AT_ONCE = 2, 10, 50
PHONES = {"WORK_PHONE": "work_phone", "PERSONAL_MOBILE": "personal_mobile", "UF_PHONE_INNER": "inner_phone"}


@method("im.user.get", scope="im", docs=DOCS.format("get"), differs="everybody is online")
def get(portal, caller, params):
    user_id = params.integer("ID", 0) if params.get("ID") is not None else caller.user_id
    if user_id <= 0:
        raise RestError("ID_EMPTY", "User ID can't be empty")
    if user_id not in portal.store.users:
        raise RestError("USER_NOT_EXISTS", "User does not exist")
    return person(portal, user_id)


@method("im.user.list.get", scope="im", docs=DOCS.format("list-get"), differs="an id of nobody is skipped")
def list_get(portal, caller, params):
    """Keyed by id, or a list with RESULT_TYPE=array."""
    found = people(portal, [whole(one) for one in _ids(params.get("ID"))])
    return found if params.get("RESULT_TYPE") == "array" else {str(one["id"]): one for one in found}


@method("im.search.user.list", scope="im", docs=SEARCH_DOCS, differs="BUSINESS is ignored")
def search(portal, caller, params):
    """Working people any of whose names, position or department begins so."""
    words = params.text("FIND").casefold().split()
    if len("".join(words)) < SHORTEST:
        raise RestError("FIND_SHORT", "Too short a search phrase.")
    found = [
        row["ID"]
        for row in portal.store.users.having(ACTIVE=True)
        if row["USER_TYPE"] in ("employee", "extranet") and all(begins(portal, row, SEARCHED, word) for word in words)
    ]
    start, size = max(params.integer("OFFSET", 0), 0), within(params.integer("LIMIT"), FOUND_AT_ONCE, MOST_AT_ONCE)
    shown = {str(one["id"]): one for one in people(portal, found[start : start + size])}
    return Page(shown, len(found), start + size if start + size < len(found) else None)


def within(given: int | None, usual: int, most: int) -> int:
    """A page's size: the usual one unless a sensible one is given."""
    return min(given, most) if given and given > 0 else usual


def people(portal, user_ids: list) -> list[dict]:
    return [person(portal, user_id) for user_id in dict.fromkeys(user_ids) if user_id in portal.store.users]


def person(portal, user_id: int) -> dict:
    row = portal.store.users.get(user_id)
    birthday = row.get("PERSONAL_BIRTHDAY") or ""
    colors = list(COLORS.values())
    phones = {key: row[name] for name, key in PHONES.items() if row.get(name)}
    return {
        "id": row["ID"],
        "active": row["ACTIVE"],
        "name": full_name(row),
        "first_name": row["NAME"],
        "last_name": row["LAST_NAME"],
        "work_position": row["WORK_POSITION"],
        "color": colors[row["ID"] % len(colors)],
        "avatar": "",
        "avatar_hr": "",
        "gender": "F" if row["PERSONAL_GENDER"] == "F" else "M",
        "birthday": f"{birthday[8:10]}-{birthday[5:7]}" if birthday else "",
        "extranet": row["USER_TYPE"] == "extranet",
        "network": False,
        "bot": False,
        "connector": False,
        "external_auth_id": "default",
        "status": "online",
        "idle": False,
        "last_activity_date": row["LAST_LOGIN"],
        "mobile_last_date": False,
        "desktop_last_date": False,
        "absent": leaves.absent(portal, user_id),
        "departments": row["UF_DEPARTMENT"],
        "phones": phones or False,
        "bot_data": None,
        "type": "user",
        "website": row.get("PERSONAL_WWW") or "",
        "email": row["EMAIL"],
    }


def _ids(given: object) -> list:
    try:
        parsed = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        parsed = None
    if not isinstance(parsed, (list, dict)):
        raise RestError("INVALID_FORMAT", "A wrong format for the ID field is passed")
    return as_list(parsed)
