"""im.message.*, im.dialog.*, im.counters.get: what is said in chats and who has read it."""

from datetime import datetime, timedelta

from ..errors import RestError
from ..objects import chats, tasks
from ..registry import Page, Params, Unchanged, method, whole
from ..values import flag
from .im_user import people, within

DOCS = "https://apidocs.bitrix24.com/api-reference/chats/messages/im-{}.html"
CHAT_DOCS = "https://apidocs.bitrix24.com/api-reference/chats/{}.html"
BLOCKS = ("ATTACH", "KEYBOARD", "MENU")
TOO_LATE = timedelta(days=3)
USUAL, MOST = 20, 50
NOT_YOURS = RestError("CANT_EDIT_MESSAGE", "Time has expired for modification or you don't have access", 403)
MEMBER, MANAGER, OWNER = "member", "manager", "owner"
PERMISSIONS = {
    "manage_users_add": MEMBER,
    "manage_users_delete": MANAGER,
    "manage_ui": MEMBER,
    "manage_settings": OWNER,
    "manage_messages": MEMBER,
    "can_post": MEMBER,
}
RESTRICTIONS = ("avatar", "rename", "extend", "call", "mute", "leave", "leave_owner", "send", "user_list")
KINDS = {chats.GROUP: "chat", chats.OPEN: "open", chats.PRIVATE: "private"}


@method("im.message.add", scope="im", docs=DOCS.format("message-add"), writes=True)
def add(portal, caller, params):
    """To a person by id, to a chat as `chatNN`; SYSTEM makes it nobody's."""
    chat = _addressed(portal, caller, params)
    text = params.text("MESSAGE")
    blocks = {name: given for name in BLOCKS if (given := chats.block(params, name)) is not None}
    if not text and "ATTACH" not in blocks:
        raise RestError("MESSAGE_EMPTY", "Message can't be empty")
    reply = _replied(portal, caller, chat, params)
    author = 0 if flag(params.get("SYSTEM")) == "Y" else caller.user_id
    message = chats.post(portal, chat, author, text, blocks | reply)
    tasks.heard(portal, message)
    return message["ID"]


@method(
    "im.message.update",
    scope="im",
    docs=DOCS.format("message-update"),
    writes=True,
    differs="the documentation does not name the time for changes; here it is three days",
)
def update(portal, caller, params):
    """The author's; an empty text deletes."""
    row = _message(portal, params)
    if row is None or row["AUTHOR_ID"] != caller.user_id or _is_old(portal, row):
        raise NOT_YOURS
    if params.get("MESSAGE") is not None and not params.text("MESSAGE"):
        portal.store.messages.remove(row["ID"])
        return True
    given = {name: chats.block(params, name) for name in BLOCKS if params.get(name) is not None}
    kept = {name: value for name, value in (row["PARAMS"] | given).items() if value is not None}
    if params.get("MESSAGE") is not None or flag(params.get("IS_EDITED", "Y")) == "Y":
        kept["IS_EDITED"] = "Y"
    text = row["TEXT"] if params.get("MESSAGE") is None else params.text("MESSAGE")
    portal.store.messages.update(row["ID"], {"TEXT": text, "PARAMS": kept})
    return True


@method(
    "im.message.delete",
    scope="im",
    docs=DOCS.format("message-delete"),
    writes=True,
    differs="three days for it, as for changes; nothing is left of the message",
)
def delete(portal, caller, params):
    """The author's; in a group chat also the owner's."""
    row = _message(portal, params)
    chat = row and portal.store.chats.get(row["CHAT_ID"])
    rules = chat is not None and chat["KIND"] != chats.PRIVATE and chat["OWNER"] == caller.user_id
    if row is None or not (rules or row["AUTHOR_ID"] == caller.user_id) or _is_old(portal, row):
        raise NOT_YOURS
    portal.store.messages.remove(row["ID"])
    return True


@method("im.message.like", scope="im", docs=DOCS.format("message-like"), writes=True)
def like(portal, caller, params):
    row = _message(portal, params)
    chat = row and portal.store.chats.get(row["CHAT_ID"])
    liked = chat is not None and caller.user_id in row["LIKES"]
    wanted = {"plus": True, "minus": False}.get(str(params.get("ACTION") or "auto").lower(), not liked)
    if chat is None or caller.user_id not in chat["MEMBERS"] or wanted == liked:
        raise RestError("WITHOUT_CHANGES", "Action completed without changes")
    likes = [user_id for user_id in row["LIKES"] if user_id != caller.user_id]
    portal.store.messages.update(row["ID"], {"LIKES": likes + [caller.user_id] * wanted})
    return True


@method("im.dialog.messages.get", scope="im", docs=DOCS.format("dialog-messages-get"), differs="no files in chats")
def messages_get(portal, caller, params):
    """The newest first; with FIRST_ID what came after it, oldest first."""
    chat = chats.dialog(portal, caller.user_id, params)
    last, first = _number(params, "LAST_ID", "Last"), _number(params, "FIRST_ID", "First")
    rows, size = chats.messages(portal, chat, caller.user_id), within(params.integer("LIMIT"), USUAL, MOST)
    if any(edge is not None and edge not in {row["ID"] for row in rows} for edge in (last, first)):
        rows = []
    if first is not None:
        chosen = [row for row in rows if row["ID"] > first][:size]
    else:
        chosen = [row for row in reversed(rows) if last is None or row["ID"] < last][:size]
    return {
        "chat_id": chat["ID"],
        "messages": [_show(chat, row, caller.user_id) for row in chosen],
        "users": people(portal, [row["AUTHOR_ID"] for row in chosen]),
        "files": [],
    }


@method("im.dialog.read", scope="im", docs=DOCS.format("dialog-read"), writes=True)
def dialog_read(portal, caller, params):
    """Up to a message, or everything; false of a chat that one may not see."""
    if chats.place(params.get("DIALOG_ID")) is None:
        raise RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty")
    chat = chats.at(portal, caller.user_id, chats.place(params.get("DIALOG_ID")))
    if chat is None or caller.user_id not in chat["MEMBERS"]:
        return Unchanged(False)
    upto = params.integer("MESSAGE_ID") or chats.last_id(portal, chat)
    last = max(chat["READ"].get(caller.user_id, 0), min(upto, chats.last_id(portal, chat)))
    chats.read(portal, chat, caller.user_id, last)
    unread = len(chats.unread(portal, chat, caller.user_id))
    return {"dialogId": str(params.get("DIALOG_ID")), "chatId": chat["ID"], "lastId": last, "counter": unread}


@method("im.dialog.unread", scope="im", docs=DOCS.format("dialog-unread"), writes=True)
def dialog_unread(portal, caller, params):
    """From a message on."""
    chat, first = chats.dialog(portal, caller.user_id, params), params.integer("MESSAGE_ID", 0)
    if first <= 0:
        raise RestError("MESSAGE_ID_ERROR", "First unread message id can't be empty")
    chats.read(portal, chat, caller.user_id, min(first - 1, chat["READ"].get(caller.user_id, 0)))
    return True


@method("im.dialog.get", scope="im", docs=CHAT_DOCS.format("im-dialog-get"))
def dialog_get(portal, caller, params):
    return describe(portal, chats.dialog(portal, caller.user_id, params), caller.user_id, str(params.get("DIALOG_ID")))


@method("im.dialog.users.list", scope="im", docs=CHAT_DOCS.format("chat-users/im-dialog-users-list"))
def dialog_users(portal, caller, params):
    """By OFFSET or after LAST_ID."""
    members = sorted(chats.dialog(portal, caller.user_id, params)["MEMBERS"])
    start, size = max(params.integer("OFFSET", 0), 0), within(params.integer("LIMIT"), 50, 200)
    left = [member for member in members if member > params.integer("LAST_ID", 0)]
    following = start + size
    return Page(people(portal, left[start:following]), len(members), following if following < len(left) else None)


@method("im.counters.get", scope="im", docs=CHAT_DOCS.format("im-counters-get"))
def counters(portal, caller, params):
    """Unread messages by dialog; of chats that are muted they count only there."""
    user_id = caller.user_id
    rows = [row for row in portal.store.chats.having(MEMBERS=user_id) if row["KIND"] in chats.SPEAKING]
    counted = [(row, number) for row in rows if (number := len(chats.unread(portal, row, user_id)))]
    muted = {str(row["ID"]): number for row, number in counted if user_id in row["MUTED"]}
    heard = [(row, number) for row, number in counted if user_id not in row["MUTED"]]
    dialogs = {str(chats.other_than(row, user_id)): number for row, number in heard if row["KIND"] == chats.PRIVATE}
    groups = {str(row["ID"]): number for row, number in heard if row["KIND"] != chats.PRIVATE}
    notices = len(portal.store.notifications.having(USER_ID=user_id, READ="N"))
    messenger = sum(dialogs.values()) + sum(groups.values())
    totals = {"ALL": messenger + notices, "NOTIFY": notices, "CHAT": sum(groups.values()), "LINES": 0}
    return {
        "TYPE": totals | {"DIALOG": sum(dialogs.values()), "MESSENGER": messenger},
        "CHAT": groups,
        "CHAT_MUTED": muted,
        "CHAT_UNREAD": [],
        "LINES": [],
        "DIALOG": dialogs,
        "DIALOG_UNREAD": [],
    }


def describe(portal, chat: dict, user_id: int, dialog_id: str) -> dict:
    """A chat as its members see it."""
    rows, unread = chats.messages(portal, chat, user_id), chats.unread(portal, chat, user_id)
    last, private = rows[-1]["ID"] if rows else 0, chat["KIND"] == chats.PRIVATE
    others = [member for member in people(portal, chat["MEMBERS"]) if member["id"] != user_id]
    seen = {one["id"]: chat["READ"].get(one["id"], 0) for one in others}
    viewers = [one for one in others if last and seen[one["id"]] >= last]
    system = chat["ENTITY_TYPE"] == "SONET_GROUP"
    allowed = {name: not (private or (system and name in ("rename", "leave"))) for name in RESTRICTIONS}
    always = {"call": True, "mute": True, "send": True, "user_list": True, "path": "", "path_title": ""}
    return {
        "id": chat["ID"],
        "parent_chat_id": 0,
        "parent_message_id": 0,
        "name": chats.name_for(portal, chat, user_id),
        "description": chat["DESCRIPTION"],
        "owner": chat["OWNER"],
        "extranet": any(one["extranet"] for one in people(portal, chat["MEMBERS"])),
        "avatar": "",
        "color": chat["COLOR"] or chats.COLORS["AQUA"],
        "type": "crm" if chat["ENTITY_TYPE"] == "CRM" else KINDS[chat["KIND"]],
        "counter": len(unread),
        "user_counter": len(chat["MEMBERS"]),
        "message_count": len(rows),
        "unread_id": unread[0]["ID"] if unread else 0,
        "restrictions": allowed | always,
        "last_message_id": last,
        "last_id": chat["READ"].get(user_id, 0),
        "marked_id": 0,
        "disk_folder_id": 0,
        "entity_type": chat["ENTITY_TYPE"],
        "entity_id": chat["ENTITY_ID"],
        "entity_data_1": "",
        "entity_data_2": "",
        "entity_data_3": "",
        "mute_list": chat["MUTED"],
        "date_create": chat["DATE_CREATE"],
        "message_type": chat["KIND"],
        "public": "",
        "role": "guest" if user_id not in chat["MEMBERS"] else "owner" if chat["OWNER"] == user_id else "member",
        "entity_link": _entity_link(chat),
        "text_field_enabled": True,
        "background_id": None,
        "permissions": PERMISSIONS,
        "is_new": False,
        "readed_list": [_viewer(one) | {"message_id": seen[one["id"]], "date": None} for one in others],
        "manager_list": [] if private else [chat["OWNER"]],
        "last_message_views": {
            "message_id": last,
            "first_viewers": [_viewer(one) for one in viewers[:1]],
            "count_of_viewers": len(viewers),
        },
        "dialog_id": dialog_id,
    }


def _viewer(one: dict) -> dict:
    return {"user_id": one["id"], "user_name": one["name"]}


def _entity_link(chat: dict) -> dict:
    kind, _, number = chat["ENTITY_ID"].partition("|")
    if chat["ENTITY_TYPE"] != "CRM" or not number:
        return {"type": chat["ENTITY_TYPE"], "url": "", "id": chat["ENTITY_ID"]}
    return {"type": kind, "url": f"/crm/{kind.lower()}/details/{number}/", "id": chat["ENTITY_ID"]}


def _show(chat: dict, row: dict, user_id: int) -> dict:
    likes = {"LIKE": row["LIKES"]} if row["LIKES"] else {}
    return {
        "id": row["ID"],
        "chat_id": row["CHAT_ID"],
        "author_id": row["AUTHOR_ID"],
        "date": row["DATE"],
        "text": row["TEXT"],
        "unread": chats.is_unread(chat, row, user_id),
        "uuid": row["UUID"],
        "replaces": [],
        "params": row["PARAMS"] | likes,
        "disappearing_date": None,
    }


def _addressed(portal, caller, params: Params) -> dict:
    """The chat that a message goes to."""
    where = chats.place(params.get("DIALOG_ID"))
    if where is None:
        raise RestError("USER_ID_EMPTY", "User ID can't be empty")
    chat = chats.at(portal, caller.user_id, where)
    if chat is None and not where[0]:
        raise RestError("USER_NOT_FOUND", "User not found")
    if chat is None:
        raise RestError("CHAT_ID", "Error creating message")
    if caller.user_id not in chat["MEMBERS"]:
        raise RestError("ACCESS_ERROR", "Action unavailable")
    return chat


def _replied(portal, caller, chat: dict, params: Params) -> dict:
    if params.get("REPLY_ID") is None:
        return {}
    row = portal.store.messages.get(params.integer("REPLY_ID"))
    other = row and portal.store.chats.get(row["CHAT_ID"])
    if other is None or not chats.may_see(other, caller.user_id):
        raise RestError("REPLY_ACCESS_ERROR", "Action unavailable")
    if other["ID"] != chat["ID"]:
        raise RestError("REPLY_FROM_OTHER_CHAT_ERROR", "You can only reply to a message within the same chat")
    return {"REPLY_ID": row["ID"]}


def _message(portal, params: Params) -> dict | None:
    if params.integer("MESSAGE_ID", 0) <= 0:
        raise RestError("MESSAGE_ID_ERROR", "Message ID can't be empty")
    return portal.store.messages.get(params.integer("MESSAGE_ID"))


def _is_old(portal, row: dict) -> bool:
    return portal.clock.now() - datetime.fromisoformat(row["DATE"]) > TOO_LATE


def _number(params: Params, name: str, word: str) -> int | None:
    if params.get(name) in (None, ""):
        return None
    number = whole(params.get(name))
    if number is None:
        raise RestError(f"{name}_STRING", f"{word} ID can't be string")
    return number or None
