"""im.chat.*: group chats and who is in them."""

from ..errors import RestError
from ..objects import chats
from ..registry import Params, Unchanged, method, whole
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/chats/{}.html"
FORBIDDEN = RestError("ACCESS_ERROR", "It is forbidden to delete users of this chat", 403)
UNAVAILABLE = RestError("ACCESS_ERROR", "Action unavailable", 403)


@method("im.chat.add", scope="im", docs=DOCS.format("im-chat-add"), writes=True, differs="AVATAR is not kept")
def add(portal, caller, params):
    """The caller owns it; people who do not exist are left out."""
    others = _people(portal, params)
    kind = chats.OPEN if params.get("TYPE") == "OPEN" else chats.GROUP
    row = chats.add_chat(portal, kind, (caller.user_id, *others))
    color = str(params.get("COLOR") or "").upper()
    words = {name: params.text(name) for name in ("TITLE", "DESCRIPTION", "ENTITY_TYPE", "ENTITY_ID")}
    words["TITLE"] = words["TITLE"] or _title(portal, row, others)
    portal.store.chats.update(row["ID"], words | {"COLOR": chats.COLORS.get(color, chats.COLORS["MINT"])})
    if params.text("MESSAGE"):
        chats.post(portal, row, caller.user_id, params.text("MESSAGE"))
    return row["ID"]


@method("im.chat.get", scope="im", docs=DOCS.format("im-chat-get"))
def get(portal, caller, params):
    """The chat of an object, null if it has none."""
    kind, number = params.text("ENTITY_TYPE"), params.text("ENTITY_ID")
    held = portal.store.chats.having(ENTITY_TYPE=kind, ENTITY_ID=number) if kind and number else []
    return {"ID": held[0]["ID"]} if held else None


@method("im.chat.updatetitle", scope="im", docs=DOCS.format("chat-update/im-chat-update-title"), writes=True)
def update_title(portal, caller, params):
    row, title = _own_chat(portal, caller, params), " ".join(params.text("TITLE").split())
    if not title:
        raise RestError("TITLE_EMPTY", "Title can't be empty")
    if _is_of_group(row):
        raise RestError("ACCESS_ERROR", "This chat cannot be renamed", 403)
    portal.store.chats.update(row["ID"], {"TITLE": title})
    return True


@method("im.chat.setowner", scope="im", docs=DOCS.format("chat-update/im-chat-set-owner"), writes=True)
def set_owner(portal, caller, params):
    row, user_id = _own_chat(portal, caller, params), _user_id(params)
    if row["OWNER"] != caller.user_id or user_id not in row["MEMBERS"]:
        raise RestError("WRONG_REQUEST", "Change owner can only owner and user must be member in chat", 403)
    portal.store.chats.update(row["ID"], {"OWNER": user_id})
    return True


@method("im.chat.mute", scope="im", docs=DOCS.format("special-operations/im-chat-mute"), writes=True)
def mute(portal, caller, params):
    row = _chat(portal, caller, params, private_too=True)
    if row is None or caller.user_id not in row["MEMBERS"]:
        raise RestError("ACCESS_ERROR", "This chat cannot be muted", 403)
    others = [user_id for user_id in row["MUTED"] if user_id != caller.user_id]
    muted = flag(params.get("MUTE", "Y")) == "Y"
    portal.store.chats.update(row["ID"], {"MUTED": others + [caller.user_id] * muted})
    return True


@method("im.chat.user.list", scope="im", docs=DOCS.format("chat-users/im-chat-user-list"))
def user_list(portal, caller, params):
    """Empty for who may not look into the chat."""
    row = _chat(portal, caller, params)
    if row is None:
        raise UNAVAILABLE
    return row["MEMBERS"] if chats.may_see(row, caller.user_id) else []


@method("im.chat.user.add", scope="im", docs=DOCS.format("chat-users/im-chat-user-add"), writes=True)
def user_add(portal, caller, params):
    """Who comes later does not see what was said before, unless HIDE_HISTORY is N."""
    row = _own_chat(portal, caller, params)
    if _is_of_group(row):
        raise RestError("ACCESS_ERROR", "It is forbidden to add users to this chat", 403)
    fresh = [user_id for user_id in _people(portal, params) if user_id not in row["MEMBERS"]]
    if not fresh:
        return Unchanged(True)
    chats.join(portal, caller.user_id, row, fresh, hide_history=flag(params.get("HIDE_HISTORY", "Y")) == "Y")
    return True


@method("im.chat.user.delete", scope="im", docs=DOCS.format("chat-users/im-chat-user-delete"), writes=True)
def user_delete(portal, caller, params):
    """The owner's right; everybody may take away themselves."""
    row, user_id = _own_chat(portal, caller, params), _user_id(params)
    if _is_of_group(row):
        raise FORBIDDEN
    if caller.user_id not in (row["OWNER"], user_id):
        raise RestError("ACCESS_DENIED_KICK", "Insufficient rights to exclude participants from the chat", 403)
    if user_id not in row["MEMBERS"]:
        raise RestError("USER_NOT_FOUND", "The specified user is not in the chat")
    chats.leave(portal, caller.user_id, row, user_id)
    return True


@method("im.chat.leave", scope="im", docs=DOCS.format("chat-users/im-chat-leave"), writes=True)
def leave(portal, caller, params):
    row = _chat(portal, caller, params)
    if row is None:
        raise UNAVAILABLE
    if _is_of_group(row):
        raise FORBIDDEN
    if caller.user_id not in row["MEMBERS"]:
        raise RestError("ACCESS_DENIED_KICK", "Access denied to kick user from chat", 403)
    chats.leave(portal, caller.user_id, row, caller.user_id)
    return True


def _chat(portal, caller, params: Params, private_too: bool = False) -> dict | None:
    """The chat that CHAT_ID (a number) or DIALOG_ID (chatNN) names."""
    if params.get("CHAT_ID") is not None or params.get("DIALOG_ID") is None:
        number = params.integer("CHAT_ID", 0)
        if number <= 0:
            raise RestError("CHAT_ID_EMPTY", "Chat ID can't be empty")
        where = ("chat", number)
    else:
        where = chats.place(params.get("DIALOG_ID"))
        if where is None or not (where[0] or private_too):
            raise RestError("DIALOG_ID_EMPTY", "Dialog ID can't be empty")
    row = chats.at(portal, caller.user_id, where)
    return row if row is None or private_too or row["KIND"] != chats.PRIVATE else None


def _own_chat(portal, caller, params: Params) -> dict:
    row = _chat(portal, caller, params)
    if row is None or caller.user_id not in row["MEMBERS"]:
        raise UNAVAILABLE
    return row


def _is_of_group(row: dict) -> bool:
    return row["ENTITY_TYPE"] == "SONET_GROUP"


def _user_id(params: Params) -> int:
    if params.integer("USER_ID", 0) <= 0:
        raise RestError("USER_ID_EMPTY", "User ID can't be empty")
    return params.integer("USER_ID")


def _people(portal, params: Params) -> list[int]:
    return [user_id for user_id in map(whole, params.list("USERS")) if user_id in portal.store.users]


def _title(portal, row: dict, others: list[int]) -> str:
    names = ", ".join(portal.store.users.get(user_id)["NAME"] for user_id in others)
    return f"Чат с {names}" if names else f"Мятный чат №{row['ID']}"
