"""Chats, private dialogs and their messages, whoever speaks in them.

A private dialog is a chat of two, named by the other's id; `chatNN` names a group chat, `sgNN` the chat of a workgroup.
https://apidocs.bitrix24.com/api-reference/chats/messages/im-message-add.html
"""

import json
import re
import uuid
from collections.abc import Iterable

from ..errors import RestError
from ..filters import Condition, Where
from ..registry import Params

GROUP, OPEN, PRIVATE, NOTICES = "C", "O", "P", "S"
SPEAKING = (GROUP, OPEN, PRIVATE)
MAX_BLOCK = 60_000
COLORS = {
    "RED": "#df532d",
    "GREEN": "#64a513",
    "MINT": "#4ba984",
    "LIGHT_BLUE": "#4ba5c3",
    "DARK_BLUE": "#3e99ce",
    "PURPLE": "#8474c8",
    "AQUA": "#1eb4aa",
    "PINK": "#f76187",
    "LIME": "#58cc47",
    "BROWN": "#ab7761",
    "AZURE": "#29619b",
    "KHAKI": "#728f7a",
    "SAND": "#ba9c7b",
    "MARENGO": "#556574",
    "GRAY": "#909090",
    "GRAPHITE": "#5e5f5e",
}


def add_chat(portal, kind: str, members: Iterable[int], **more: object) -> dict:
    """The first member is the owner of a group chat."""
    members = list(dict.fromkeys(members))
    row = {"ID": None, "KIND": kind, "TITLE": "", "DESCRIPTION": "", "MEMBERS": members, "OWNER": members[0]}
    row |= {"COLOR": "", "ENTITY_TYPE": "", "ENTITY_ID": "", "PAIR": "", "DATE_CREATE": portal.clock.iso()}
    row |= {"READ": dict.fromkeys(members, 0), "SINCE": dict.fromkeys(members, 0), "MUTED": []}
    return portal.store.chats.add(row | more)


def private(portal, one: int, other: int) -> dict:
    """The dialog of two people, begun by whoever first looks into it."""
    pair = "-".join(str(user_id) for user_id in sorted((one, other)))
    held = portal.store.chats.having(KIND=PRIVATE, PAIR=pair)
    return held[0] if held else add_chat(portal, PRIVATE, (one, other), PAIR=pair)


def notices(portal, user_id: int) -> dict | None:
    """The chat of a person's notifications."""
    held = portal.store.chats.having(KIND=NOTICES, MEMBERS=user_id)
    return held[0] if held else None


def place(dialog_id: object) -> tuple[str, int] | None:
    """`chat12` → ("chat", 12), `7` → ("", 7); None for what names no dialog."""
    match = re.fullmatch(r"(chat|sg)?([1-9]\d{0,17})", str(dialog_id))
    return (match.group(1) or "", int(match.group(2))) if match else None


def at(portal, user_id: int, where: tuple[str, int]) -> dict | None:
    """The chat at a place, as that person sees it; None if there is none."""
    prefix, number = where
    if prefix == "sg":
        return next(iter(portal.store.chats.having(ENTITY_TYPE="SONET_GROUP", ENTITY_ID=str(number))), None)
    if prefix == "chat":
        row = portal.store.chats.get(number)
        return row if row is not None and row["KIND"] in SPEAKING else None
    return private(portal, user_id, number) if number in portal.store.users else None


def dialog(portal, user_id: int, params: Params) -> dict:
    """The chat that DIALOG_ID names, if this person may look into it."""
    where = place(params.get("DIALOG_ID"))
    if where is None:
        raise RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty")
    row = at(portal, user_id, where)
    if row is None or not may_see(row, user_id):
        raise RestError("ACCESS_ERROR", "You do not have access to the specified dialog", 403)
    return row


def may_see(chat: dict, user_id: int) -> bool:
    return user_id in chat["MEMBERS"] or chat["KIND"] == OPEN


def name_for(portal, chat: dict, user_id: int) -> str:
    """A private dialog is called by the other person."""
    if chat["KIND"] != PRIVATE:
        return chat["TITLE"]
    other = portal.store.users.get(other_than(chat, user_id))
    return f"{other['NAME']} {other['LAST_NAME']}".strip()


def other_than(chat: dict, user_id: int) -> int:
    return next((member for member in chat["MEMBERS"] if member != user_id), user_id)


# -- members


def join(portal, by: int, chat: dict, user_ids: Iterable[int], *, hide_history: bool) -> None:
    last = last_id(portal, chat)
    fresh = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in chat["MEMBERS"]]
    changes = {
        "MEMBERS": chat["MEMBERS"] + fresh,
        "READ": chat["READ"] | dict.fromkeys(fresh, last),
        "SINCE": chat["SINCE"] | dict.fromkeys(fresh, last if hide_history else 0),
    }
    portal.store.chats.update(chat["ID"], changes)
    for user_id in fresh:
        _announce(portal, chat, "CHAT_JOIN", f"{_tag(portal, by)} пригласил в чат {_tag(portal, user_id)}")


def leave(portal, by: int, chat: dict, user_id: int) -> None:
    """An owner who leaves is followed by the eldest member."""
    members = [member for member in chat["MEMBERS"] if member != user_id]
    owner = chat["OWNER"] if chat["OWNER"] in members else next(iter(members), 0)
    portal.store.chats.update(chat["ID"], {"MEMBERS": members, "OWNER": owner})
    gone = f"{_tag(portal, user_id)} покинул чат"
    excluded = f"{_tag(portal, by)} исключил из чата {_tag(portal, user_id)}"
    _announce(portal, chat, "CHAT_LEAVE", gone if by == user_id else excluded)


def _announce(portal, chat: dict, code: str, text: str) -> None:
    post(portal, chat, 0, text, {"CODE": [code], "NOTIFY": "N"})


def _tag(portal, user_id: int) -> str:
    row = portal.store.users.get(user_id)
    return f"[USER={user_id} REPLACE]{row['NAME']} {row['LAST_NAME']}".strip() + "[/USER]"


# -- messages


def post(portal, chat: dict, author_id: int, text: str, params: dict | None = None) -> dict:
    """A message; whoever writes has read everything before. Author 0 is the system."""
    row = {"ID": None, "CHAT_ID": chat["ID"], "AUTHOR_ID": author_id, "DATE": portal.clock.iso(), "TEXT": text}
    row |= {"PARAMS": params or {}, "LIKES": [], "UUID": str(uuid.uuid4()) if author_id else None}
    portal.store.messages.add(row)
    if author_id in chat["MEMBERS"]:
        read(portal, chat, author_id, row["ID"])
    return row


def messages(portal, chat: dict, user_id: int) -> list[dict]:
    """What this person sees of a chat, oldest first."""
    since = chat["SINCE"].get(user_id, 0)
    where = Where((Condition("=", "CHAT_ID", (chat["ID"],)), Condition(">", "ID", (since,))))
    return list(portal.store.messages.find(where))


def last_id(portal, chat: dict) -> int:
    return max((row["ID"] for row in portal.store.messages.having(CHAT_ID=chat["ID"])), default=0)


def read(portal, chat: dict, user_id: int, message_id: int) -> None:
    """Everything up to this message is read, what is after it is not."""
    portal.store.chats.update(chat["ID"], {"READ": chat["READ"] | {user_id: message_id}})


def is_unread(chat: dict, row: dict, user_id: int) -> bool:
    news = row["AUTHOR_ID"] != user_id and row["PARAMS"].get("NOTIFY") != "N"
    return user_id in chat["MEMBERS"] and news and row["ID"] > chat["READ"].get(user_id, 0)


def unread(portal, chat: dict, user_id: int) -> list[dict]:
    return [row for row in messages(portal, chat, user_id) if is_unread(chat, row, user_id)]


def block(params: Params, name: str) -> dict | list | None:
    """ATTACH, KEYBOARD or MENU: an array or its JSON; nothing, the empty text and N stand for none."""
    given = params.get(name)
    if given in (None, "", "N"):
        return None
    try:
        given = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        given = None
    if not isinstance(given, (dict, list)) or not given:
        raise RestError(f"{name}_ERROR", f"Incorrect {name.lower()} params")
    if len(json.dumps(given, ensure_ascii=False)) > MAX_BLOCK:
        word = name.lower()
        raise RestError(f"{name}_OVERSIZE", f"You have exceeded the maximum allowable size of {word}")
    return given
