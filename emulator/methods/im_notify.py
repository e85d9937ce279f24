"""im.notify.*: notifications to people. The same tag to the same person replaces the earlier ones."""

from ..errors import RestError
from ..registry import Params, method

DOCS = "https://apidocs.bitrix24.com/api-reference/chats/notifications/im-notify-{}.html"
PERSONAL, SYSTEM = 1, 2


@method("im.notify.system.add", scope="im", docs=DOCS.format("system-add"), writes=True)
def system_add(portal, caller, params):
    return _add(portal, params, author_id=0, kind=SYSTEM)


@method("im.notify.personal.add", scope="im", docs=DOCS.format("personal-add"), writes=True)
def personal_add(portal, caller, params):
    return _add(portal, params, author_id=caller.user_id, kind=PERSONAL)


@method("im.notify.get", scope="im", docs=DOCS.format("get"))
def get(portal, caller, params):
    """The caller's notifications, newest first."""
    shown = of_user(portal, caller.user_id)
    return {
        "total_count": len(shown),
        "total_unread_count": len(shown),
        "chat_id": 0,
        "notifications": shown,
        "users": [],
    }


def of_user(portal, user_id: int) -> list[dict]:
    return [_show(row) for row in reversed(portal.store.notifications.having(USER_ID=user_id))]


def _add(portal, params: Params, author_id: int, kind: int) -> int | bool:
    user_id, text = params.integer("USER_ID"), str(params.get("MESSAGE") or "").strip()
    if not user_id:
        raise RestError("USER_ID_EMPTY", "User ID can't be empty")
    if not text:
        raise RestError("MESSAGE_EMPTY", "Message can't be empty")
    if params.get("TAG") and not params.get("CLIENT_ID"):
        raise RestError("CLIENT_ID_EMPTY", "CLIENT_ID can't be empty when TAG is passed by a webhook")
    if user_id not in portal.store.users:
        return False
    tag = f"MP|{params.get('CLIENT_ID')}|{params.get('TAG')}" if params.get("TAG") else ""
    if tag:
        for earlier in portal.store.notifications.having(USER_ID=user_id, TAG=tag):
            portal.store.notifications.remove(earlier["ID"])
    row = {"ID": None, "USER_ID": user_id, "AUTHOR_ID": author_id, "KIND": kind, "TAG": tag, "MESSAGE": text}
    row |= {"SUB_TAG": str(params.get("SUB_TAG") or ""), "DATE": portal.clock.iso()}
    return portal.store.notifications.add(row)["ID"]


def _show(row: dict) -> dict:
    return {
        "id": row["ID"],
        "chat_id": 0,
        "author_id": row["AUTHOR_ID"],
        "date": row["DATE"],
        "notify_type": row["KIND"],
        "notify_module": "rest",
        "notify_event": "rest_notify",
        "notify_tag": row["TAG"],
        "notify_sub_tag": row["SUB_TAG"],
        "notify_title": "",
        "setting_name": "rest|rest_notify",
        "text": row["MESSAGE"],
        "notify_read": "N",
        "params": None,
    }
