"""mail.message.create…, removecrmactivity of REST 3: what becomes of a letter elsewhere in the portal."""

from datetime import datetime

from .. import dto, shapes
from ..objects import activities, calendar, calendars, chats, feed, items, letters, multifields, tasks
from ..objects.entities import COMPANY, CONTACT, LEAD
from ..registry import Caller, Unchanged, method
from .mail_message import BINDINGS, DOCS

TASK, EVENT, CHAT, POST, ACTIVITY = "TASKS_TASK", "CALENDAR_EVENT", "IM_CHAT", "BLOG_POST", "CRM_ACTIVITY"
INCOMING, OUTGOING = 1, 2
WITHOUT_SUBJECT = "(Без темы)"
FORM = "%Y-%m-%d %H:%M:%S"
OF_LETTER = shapes.takes("messageId int!")
OF_TASK = shapes.takes("messageId int! title string responsibleId int description string")
OF_EVENT = shapes.takes("messageId int! dateFrom string! dateTo string! name string description string")
OF_POST = shapes.takes("messageId int! title string")


@method(
    "mail.message.createtask",
    scope="mail",
    docs=DOCS.format("createtask"),
    writes=True,
    rest3=True,
    differs=BINDINGS,
    takes=OF_TASK,
    gives=shapes.told("success bool taskId int messageId int"),
)
def create_task(portal, caller, params):
    given = dto.given(params, OF_TASK)
    row, responsible = _letter(portal, caller, given), given["responsibleId"] or caller.user_id
    if responsible not in portal.store.users:
        raise dto.invalid({"message": "Failed to create task"})
    values = {"title": given["title"] or _subject(row), "responsibleId": responsible}
    text = row["body"] if given["description"] is None else given["description"]
    return _made(portal, row, "taskId", TASK, tasks.add(portal, caller.user_id, values | {"description": text})["id"])


@method(
    "mail.message.createcalendarevent",
    scope="mail",
    docs=DOCS.format("createcalendarevent"),
    writes=True,
    rest3=True,
    differs=BINDINGS,
    takes=OF_EVENT,
    gives=shapes.told("success bool eventId int messageId int"),
)
def create_calendar_event(portal, caller, params):
    """In the caller's calendar, by the caller's clock."""
    given = dto.given(params, OF_EVENT)
    row = _letter(portal, caller, given)
    start, end = (_stamp(portal, caller, given, name) for name in ("dateFrom", "dateTo"))
    if end < start:
        raise dto.invalid({"message": "Failed to create calendar event"})
    values = {"CAL_TYPE": calendars.USER, "OWNER_ID": caller.user_id, "NAME": given["name"] or _subject(row)}
    values |= {"FROM": start, "TO": end, "DESCRIPTION": given["description"] or ""}
    return _made(portal, row, "eventId", EVENT, calendar.add(portal, caller.user_id, values)["ID"])


@method(
    "mail.message.createchat",
    scope="mail",
    docs=DOCS.format("createchat"),
    writes=True,
    rest3=True,
    differs=BINDINGS,
    takes=OF_LETTER,
    gives=shapes.told("success bool chatId int messageId int existing bool"),
)
def create_chat(portal, caller, params):
    """One chat for a letter, with its text; asked again, the same one."""
    row = _letter(portal, caller, dto.given(params, OF_LETTER))
    held = letters.bound(row, CHAT)
    if held is not None:
        return Unchanged({"success": True, "chatId": held, "messageId": row["id"], "existing": True})
    place = {"TITLE": _subject(row), "ENTITY_TYPE": "MAIL", "ENTITY_ID": str(row["id"])}
    chat = chats.add_chat(portal, chats.GROUP, (caller.user_id,), **place)
    chats.post(portal, chat, caller.user_id, row["body"])
    return _made(portal, row, "chatId", CHAT, chat["ID"]) | {"existing": False}


@method(
    "mail.message.createfeedpost",
    scope="mail",
    docs=DOCS.format("createfeedpost"),
    writes=True,
    rest3=True,
    differs=f"the message is for everybody; {BINDINGS}",
    takes=OF_POST,
    gives=shapes.told("success bool postId int messageId int"),
)
def create_feed_post(portal, caller, params):
    given = dto.given(params, OF_POST)
    row = _letter(portal, caller, given)
    title = given["title"] or _subject(row)
    values = feed.titled(title, row["body"]) | {"DETAIL_TEXT": row["body"] or title, "DEST": ["UA"], "TAGS": []}
    values |= {"IMPORTANT": "N", "IMPORTANT_DATE_END": None}
    return _made(portal, row, "postId", POST, feed.publish(portal, caller.user_id, values)["ID"])


@method(
    "mail.message.createcrmactivity",
    scope="mail",
    docs=DOCS.format("createcrmactivity"),
    writes=True,
    rest3=True,
    differs=f"an address that no contact, company or lead has becomes a contact; {BINDINGS}",
    takes=OF_LETTER,
    gives=shapes.OK,
)
def create_crm_activity(portal, caller, params):
    """With whom the letter was exchanged; a letter has one activity."""
    row = _letter(portal, caller, dto.given(params, OF_LETTER))
    if letters.bound(row, ACTIVITY) is not None:
        return Unchanged(True)
    address = letters.correspondent(portal, row)
    type_id, owner_id = _holder(portal, address) or (CONTACT.type_id, _new_contact(portal, caller, address))
    values = {"OWNER_TYPE_ID": type_id, "OWNER_ID": owner_id, "TYPE_ID": activities.EMAIL, "PROVIDER_ID": "CRM_EMAIL"}
    values |= {"PROVIDER_TYPE_ID": "EMAIL", "SUBJECT": _subject(row), "DESCRIPTION": row["body"]}
    values |= {"RESPONSIBLE_ID": caller.user_id, "START_TIME": row["date"], "END_TIME": row["date"]}
    values |= {"DIRECTION": OUTGOING if row["folder"] == letters.SENT else INCOMING}
    whom = {"TYPE": "EMAIL", "VALUE": address, "ENTITY_TYPE_ID": type_id, "ENTITY_ID": owner_id}
    letters.bind(portal, row, ACTIVITY, activities.add(portal, caller.user_id, values, [whom])["ID"])
    return True


@method(
    "mail.message.removecrmactivity",
    scope="mail",
    docs=DOCS.format("removecrmactivity"),
    writes=True,
    rest3=True,
    takes=OF_LETTER,
    gives=shapes.OK,
)
def remove_crm_activity(portal, caller, params):
    """The activity is gone; of a letter that has none nothing changes."""
    row = _letter(portal, caller, dto.given(params, OF_LETTER))
    held = letters.bound(row, ACTIVITY)
    if held is None:
        return Unchanged(True)
    letters.unbind(portal, row, ACTIVITY)
    activity = portal.store.activities.get(held)
    if activity is not None:
        activities.remove(portal, activity)
    return True


def _letter(portal, caller: Caller, given: dict) -> dict:
    if given["messageId"] <= 0:
        raise dto.invalid_value("Field `messageId` must be a positive integer", "messageId")
    row = letters.readable(portal, caller.user_id, given["messageId"])
    if row is None:
        raise dto.invalid_value("Message deleted or moved to another folder", "messageId")
    return row


def _subject(row: dict) -> str:
    return row["subject"].strip() or WITHOUT_SUBJECT


def _made(portal, row: dict, name: str, kind: str, number: int) -> dict:
    letters.bind(portal, row, kind, number)
    return {"success": True, name: number, "messageId": row["id"]}


def _stamp(portal, caller: Caller, given: dict, name: str) -> int:
    try:
        written = datetime.strptime(given[name], FORM)
    except ValueError:
        raise dto.invalid_value("Invalid date format", name) from None
    stamp = int(written.replace(tzinfo=calendars.zone_of(portal, caller.user_id)).timestamp())
    if not 0 <= stamp < calendars.LATEST:
        raise dto.invalid_value("Invalid date format", name)
    return stamp


def _holder(portal, address: str) -> tuple[int, int] | None:
    """The contact, else the company, else the lead with this address."""
    rows = portal.store.multifields.having(typeId="EMAIL", value=address)
    found = {row["entityTypeId"]: row["entityId"] for row in reversed(rows)}
    return next(((one.type_id, found[one.type_id]) for one in (CONTACT, COMPANY, LEAD) if one.type_id in found), None)


def _new_contact(portal, caller: Caller, address: str) -> int:
    row = items.add(portal, CONTACT, caller.user_id, {"name": address})
    multifields.write(portal, CONTACT, row["id"], [{"typeId": "EMAIL", "valueType": "WORK", "value": address}])
    return row["id"]
