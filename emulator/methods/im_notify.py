"""im.notify.*: notifications to people. The same tag to the same person replaces the earlier ones.

By a webhook tags belong to the application that CLIENT_ID names: `MP|CLIENT_ID|TAG`.
"""

from ..errors import RestError
from ..objects import chats
from ..registry import Params, Unchanged, method, whole
from ..values import BadValue, flag, moment
from .im_user import people, within

DOCS = "https://apidocs.bitrix24.com/api-reference/chats/notifications/im-notify{}.html"
PERSONAL, SYSTEM = 2, 4
SETTING = "rest|rest_notify"
MOST, SHORTEST = 50, 3
SEARCHES = ("SEARCH_TYPE", "SEARCH_DATE", "SEARCH_TYPES", "SEARCH_AUTHORS")
NO_HANDLER = "notifications by REST have no buttons and no quick answers: nobody hears it, the result is false"


@method("im.notify", scope="im", docs=DOCS.format(""), writes=True)
def notify(portal, caller, params):
    """TYPE is USER (by default) or SYSTEM."""
    system = params.text("TYPE").upper() == "SYSTEM"
    return _add(portal, caller, params, SYSTEM if system else PERSONAL)


@method("im.notify.system.add", scope="im", docs=DOCS.format("-system-add"), writes=True)
def system_add(portal, caller, params):
    return _add(portal, caller, params, SYSTEM)


@method("im.notify.personal.add", scope="im", docs=DOCS.format("-personal-add"), writes=True)
def personal_add(portal, caller, params):
    return _add(portal, caller, params, PERSONAL)


@method("im.notify.get", scope="im", docs=DOCS.format("-get"), differs="CONVERT_TEXT is ignored")
def get(portal, caller, params):
    """The caller's notifications, newest first, at most 50."""
    if (params.get("LAST_ID") is None) != (params.get("LAST_TYPE") is None):
        raise RestError("LAST_ID_AND_LAST_TYPE", "Parameters LAST_ID and LAST_TYPE should be used together.")
    rows = _newest_first(portal, caller.user_id)
    chat, last = chats.notices(portal, caller.user_id), _last_id(params)
    shown = _part(rows, last, params)
    answer = {"notifications": [_show(chat, row) for row in shown], "users": _authors(portal, shown)}
    if not rows:
        return answer
    unread = sum(row["READ"] == "N" for row in rows)
    return {"total_count": len(rows), "total_unread_count": unread, "chat_id": chat["ID"]} | answer


@method(
    "im.notify.history.search",
    scope="im",
    docs=DOCS.format("-history-search"),
    differs="CONVERT_TEXT and GROUP_TAG are ignored",
)
def search(portal, caller, params):
    """The caller's notifications by words, kind, author and date, newest first."""
    words, given = params.text("SEARCH_TEXT").casefold(), [params.get(name) for name in SEARCHES]
    between = [params.get(name) for name in ("SEARCH_DATE_FROM", "SEARCH_DATE_TO")]
    if len(words) < SHORTEST and not any(given) and not all(between):
        raise RestError("SEARCH_TEXT_ERROR", "SEARCH_TEXT can't be less than 3 symbols")
    last = _last_id(params)
    tests = (_dates(params), _kinds(params), _authors_asked(params), lambda row: words in row["MESSAGE"].casefold())
    rows = [row for row in _newest_first(portal, caller.user_id) if all(test(row) for test in tests)]
    chat, shown = chats.notices(portal, caller.user_id), _part(rows, last, params)
    answer = {"chat_id": chat["ID"] if chat else 0} | ({} if last else {"total_results": len(rows)})
    return answer | {"notifications": [_show(chat, row) for row in shown], "users": _authors(portal, shown)}


@method("im.notify.delete", scope="im", docs=DOCS.format("-delete"), writes=True)
def delete(portal, caller, params):
    """By ID, or by a tag of the application that CLIENT_ID names, whoever was notified."""
    table = portal.store.notifications
    if params.get("ID") is not None:
        return True if table.remove(params.integer("ID")) else Unchanged(False)
    tag = next((name for name in ("TAG", "SUB_TAG") if params.get(name)), None)
    if tag is None:
        raise RestError("PARAMS_ERROR", "Incorrect params")
    table.remove_having(**{tag: _tag(params, tag)})
    return True


@method("im.notify.read", scope="im", docs=DOCS.format("-read"), writes=True)
def read(portal, caller, params):
    """This one (ONLY_CURRENT=Y), or it and all that came after it."""
    number, only = params.integer("ID"), flag(params.get("ONLY_CURRENT")) == "Y"
    if number is None or number < 0:
        return Unchanged(True)
    rows = _newest_first(portal, caller.user_id)
    chosen = [row for row in rows if row["ID"] == number or (row["ID"] > number and not only)]
    _mark(portal, chosen, params.get("ACTION", "Y"))
    return True


@method("im.notify.read.list", scope="im", docs=DOCS.format("-read-list"), writes=True)
def read_list(portal, caller, params):
    """Up to the first id that is none."""
    if not isinstance(params.get("IDS"), (list, dict)):
        raise RestError("PARAMS_ERROR", "No IDS param or it is not an array")
    rows = {row["ID"]: row for row in _newest_first(portal, caller.user_id)}
    for number in (whole(one, 0) for one in params.list("IDS")):
        if number <= 0:
            break
        _mark(portal, [rows[number]] if number in rows else [], params.get("ACTION", "Y"))
    return True


@method("im.notify.read.all", scope="im", docs=DOCS.format("-read-all"), writes=True)
def read_all(portal, caller, params):
    _mark(portal, _newest_first(portal, caller.user_id), "Y")
    return {"result": True, "newCounter": 0}


@method("im.notify.answer", scope="im", docs=DOCS.format("-answer"), differs=NO_HANDLER)
def answer(portal, caller, params):
    _check_id(params)
    if not params.text("ANSWER_TEXT"):
        raise RestError("ANSWER_TEXT_ERROR", "ANSWER_TEXT can't be empty")
    return {"result_message": False}


@method("im.notify.confirm", scope="im", docs=DOCS.format("-confirm"), differs=NO_HANDLER)
def confirm(portal, caller, params):
    _check_id(params)
    if not params.text("NOTIFY_VALUE"):
        raise RestError("NOTIFY_VALUE_ERROR", "Notification Value can't be empty")
    return {"result_message": False}


def _add(portal, caller, params: Params, kind: int) -> int | Unchanged:
    """The id; false if there is no such person."""
    user_id, text = params.integer("USER_ID", 0), params.text("MESSAGE")
    if user_id <= 0:
        raise RestError("USER_ID_EMPTY", "User ID can't be empty")
    if not text:
        raise RestError("MESSAGE_EMPTY", "Message can't be empty")
    attach = chats.block(params, "ATTACH")
    tags = {name: _tag(params, name) for name in ("TAG", "SUB_TAG")}
    if user_id not in portal.store.users:
        return Unchanged(False)
    if tags["TAG"]:
        portal.store.notifications.remove_having(USER_ID=user_id, TAG=tags["TAG"])
    if chats.notices(portal, user_id) is None:
        chats.add_chat(portal, chats.NOTICES, [user_id])
    row = {"ID": None, "USER_ID": user_id, "AUTHOR_ID": 0 if kind == SYSTEM else caller.user_id, "KIND": kind}
    row |= tags | {"MESSAGE": text, "READ": "N", "DATE": portal.clock.iso()}
    return portal.store.notifications.add(row | {"PARAMS": {"ATTACH": attach} if attach else None})["ID"]


def _tag(params: Params, name: str) -> str:
    """The tag inside the application's own space; a webhook has to name the application."""
    if not params.get(name):
        return ""
    if not params.get("CLIENT_ID"):
        raise RestError("ACCESS_DENIED", "Access denied! Client ID not specified", 403)
    return f"MP|{params.get('CLIENT_ID')}|{params.get(name)}"


def _check_id(params: Params) -> None:
    if params.integer("NOTIFY_ID", 0) <= 0:
        raise RestError("ID_ERROR", "Notification ID can't be empty")


def _mark(portal, rows: list[dict], action: object) -> None:
    for row in rows:
        portal.store.notifications.update(row["ID"], {"READ": flag(action)})


def _newest_first(portal, user_id: int) -> list[dict]:
    rows = portal.store.notifications.having(USER_ID=user_id)
    return sorted(rows, key=lambda row: (row["DATE"], row["ID"]), reverse=True)


def _last_id(params: Params) -> int | None:
    if params.get("LAST_ID") is None:
        return None
    if whole(params.get("LAST_ID")) is None:
        raise RestError("LAST_ID_STRING", "Last notification ID can't be string")
    return params.integer("LAST_ID")


def _part(rows: list[dict], last: int | None, params: Params) -> list[dict]:
    place = next((number for number, row in enumerate(rows, 1) if row["ID"] == last), 0)
    later = rows[place:] if place or last is None else [row for row in rows if row["ID"] < last]
    return later[: within(params.integer("LIMIT"), MOST, MOST)]


def _dates(params: Params):
    """On the day of SEARCH_DATE, or between two moments; a date that is none finds nothing."""
    day, low, high = (params.get(name) for name in ("SEARCH_DATE", "SEARCH_DATE_FROM", "SEARCH_DATE_TO"))
    try:
        date, edges = day and moment(day)[:10], low and high and (moment(low), moment(high))
    except BadValue:
        return lambda row: False
    return lambda row: (not date or row["DATE"][:10] == date) and (not edges or edges[0] <= row["DATE"] <= edges[1])


def _kinds(params: Params):
    asked = [str(one) for one in (*params.list("SEARCH_TYPE"), *params.list("SEARCH_TYPES"))]
    return lambda row: not asked or SETTING in asked or SETTING.partition("|")[0] in asked


def _authors_asked(params: Params):
    asked = [whole(one) for one in params.list("SEARCH_AUTHORS")]
    return lambda row: not asked or row["AUTHOR_ID"] in asked


def _authors(portal, rows: list[dict]) -> list[dict]:
    return people(portal, [row["AUTHOR_ID"] for row in rows])


def _show(chat: dict, row: dict) -> dict:
    module, _, event = SETTING.partition("|")
    return {
        "id": row["ID"],
        "chat_id": chat["ID"],
        "author_id": row["AUTHOR_ID"],
        "date": row["DATE"],
        "notify_type": row["KIND"],
        "notify_module": module,
        "notify_event": event,
        "notify_tag": row["TAG"],
        "notify_sub_tag": row["SUB_TAG"],
        "notify_title": "",
        "setting_name": SETTING,
        "text": row["MESSAGE"],
        "notify_read": row["READ"],
        "params": row["PARAMS"],
    }
