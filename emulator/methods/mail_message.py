"""mail.message.* of REST 3: letters are found, read in their threads, written, answered, forwarded and put away."""

from datetime import datetime

from .. import dto, shapes
from ..objects import letters
from ..objects.letters import SPAM, TRASH
from ..registry import Caller, method
from ..values import flag, in_portal_form, moment

DOCS = "https://apidocs.bitrix24.com/api-reference/mail/message/mail-message-{}.html"
USUAL, MOST = 25, 200
THREAD_USUAL, THREAD_MOST = 20, 50
ACTIONS = ("move", "spam", "delete")
BINDINGS = "a binding is {entityType, entityId}: its form is not documented; letters have no attachments"
INSIDE = "nothing leaves the machine: a letter arrives in the mailboxes of this portal, the rest of the world receives nothing"
_COMPUTED = {
    "mailboxEmail": lambda portal, row: portal.store.mailboxes.get(row["mailboxId"])["email"],
    "url": lambda portal, row: f"{portal.base_url}/mail/message/{row['id']}/",
}


def _value(portal, caller, row: dict, prop: dto.Property) -> object:
    return _COMPUTED[prop.name](portal, row) if prop.name in _COMPUTED else row[prop.column]


LETTER = dto.of(
    "MessageDto",
    """
id             int    id
mailboxId      int    mailboxId
mailboxEmail   string -
subject        string subject
from           string from
to             string to
cc             string cc
date           string date
isSeen         bool   isSeen
hasAttachments bool   hasAttachments
url            string -
bindings       array  bindings
body           string body
""",
    _value,
)
IN_THREAD = dto.of(
    "ThreadMessageDto",
    "\n".join(
        f"{name} {'int' if name == 'id' else 'string'} {name}"
        for name in ["id", "subject", "from", "to", "cc", "date", "body"]
    ),
)
GET = shapes.takes("id int! select select")
LIST = shapes.takes(
    "mailboxId int searchQuery string dateFrom string dateTo string isSeen bool hasAttachments bool folder string "
    "pagination pagination"
)
THREAD = shapes.takes("id int! limit int")
CONTENT = "from string! to string[]! subject string! body string! cc string[] bcc string[]"
SEND = shapes.takes(CONTENT)
REPLY = shapes.takes(f"replyToMessageId int! {CONTENT}")
FORWARD = shapes.takes(f"forwardMessageId int! {CONTENT}")
MOVE = shapes.takes("messageIds int[]! action string! folder string")
SENT = shapes.told("success bool to string[]")


# -- reading


@method(
    "mail.message.list",
    scope="mail",
    docs=DOCS.format("list"),
    rest3=True,
    differs=BINDINGS,
    takes=LIST,
    gives=shapes.many(LETTER),
)
def list_(portal, caller, params):
    """Newest first, from all folders unless one is named."""
    given = dto.given(params, LIST)
    boxes = [row["id"] for row in letters.mailboxes(portal, caller.user_id)]
    rows = [row for box in boxes for row in portal.store.letters.having(mailboxId=box)]
    found = [row for row in rows if all(test(row) for test in _tests(given))]
    shown = dto.page(found, [("date", True), ("id", True)], "id", params, USUAL, MOST)
    return {"items": [_show(portal, caller, row) for row in shown]}


@method(
    "mail.message.get",
    scope="mail",
    docs=DOCS.format("get"),
    rest3=True,
    differs=BINDINGS,
    takes=GET,
    gives=shapes.one(LETTER),
)
def get(portal, caller, params):
    row = _by_id(portal, caller, dto.given(params, GET)["id"])
    return {"item": dto.show(portal, caller, LETTER, row, dto.selection(LETTER, params, LETTER.properties))}


@method(
    "mail.message.thread",
    scope="mail",
    docs=DOCS.format("thread"),
    rest3=True,
    takes=THREAD,
    gives=shapes.listing(IN_THREAD),
)
def thread(portal, caller, params):
    """Oldest first; a thread that is longer than `limit` shows its beginning."""
    given = dto.given(params, THREAD)
    row, limit = _by_id(portal, caller, given["id"]), given["limit"] or THREAD_USUAL
    rows = letters.thread_of(portal, row)[: max(min(limit, THREAD_MOST), 1)]
    return [{name: row[name] for name in IN_THREAD.properties} | {"date": _plain_date(row)} for row in rows]


dto.declare_fields("mail.message", LETTER, DOCS, scope="mail")


# -- writing


@method(
    "mail.message.send",
    scope="mail",
    docs=DOCS.format("send"),
    writes=True,
    rest3=True,
    differs=INSIDE,
    takes=SEND,
    gives=SENT,
)
def send(portal, caller, params):
    return _send(portal, caller, dto.given(params, SEND), "MESSAGE_SEND_FAILED")


@method(
    "mail.message.reply",
    scope="mail",
    docs=DOCS.format("reply"),
    writes=True,
    rest3=True,
    differs=INSIDE,
    takes=REPLY,
    gives=SENT,
)
def reply(portal, caller, params):
    """Into the thread of the letter."""
    given = dto.given(params, REPLY)
    row = _named(portal, caller, given, "replyToMessageId", "MESSAGE_REPLY_FAILED")
    return _send(portal, caller, given, "MESSAGE_REPLY_FAILED", row["thread"])


@method(
    "mail.message.forward",
    scope="mail",
    docs=DOCS.format("forward"),
    writes=True,
    rest3=True,
    differs=INSIDE,
    takes=FORWARD,
    gives=SENT,
)
def forward(portal, caller, params):
    """The letter stands below the words that go with it."""
    given = dto.given(params, FORWARD)
    row = _named(portal, caller, given, "forwardMessageId", "MESSAGE_FORWARD_FAILED")
    forwarded = f"{given['body']}\n\n{row['from']}, {in_portal_form(row['date'])}\n{row['body']}"
    return _send(portal, caller, given | {"body": forwarded}, "MESSAGE_FORWARD_FAILED")


@method(
    "mail.message.movetofolder",
    scope="mail",
    docs=DOCS.format("movetofolder"),
    writes=True,
    rest3=True,
    differs=f"the folders are {', '.join(letters.FOLDERS)}; the refusal of one that is not there is worded here",
    takes=MOVE,
    gives=shapes.told("success bool movedCount int action string"),
)
def move_to_folder(portal, caller, params):
    given = dto.given(params, MOVE)
    action = given["action"]
    if action not in ACTIONS:
        raise dto.invalid_value("The action parameter must be move, spam, or delete", "action")
    if action == "move" and not given["folder"]:
        raise dto.invalid_value("The folder parameter is required when action=move", "folder")
    rows = _together(portal, caller, given["messageIds"])
    folder = _folder(portal, rows[0], given["folder"]) if action == "move" else {"spam": SPAM, "delete": TRASH}[action]
    for row in rows:
        letters.move(portal, row, folder)
    return {"success": True, "movedCount": len(rows), "action": action}


def _named(portal, caller, given: dict, name: str, refusal: str) -> dict:
    """The letter that a parameter names."""
    row = letters.readable(portal, caller.user_id, given[name])
    if row is None:
        raise dto.invalid_value(refusal, name)
    return row


def _send(portal, caller: Caller, given: dict, failure: str, thread_id: int | None = None) -> dict:
    mailbox = _own_mailbox(portal, caller, given["from"], failure)
    lists = {name: given[name] or [] for name in ("to", "cc", "bcc")}
    if not any(one.strip() for one in lists["to"]):
        raise dto.invalid_value("NO_RECIPIENTS", "to")
    odd = next((name for name, addresses in lists.items() if not all(map(letters.is_address, addresses))), None)
    if odd is not None:
        raise dto.invalid_value("RESOLVE_RECIPIENTS_ERROR", odd)
    letters.send(portal, mailbox, subject=given["subject"], body=given["body"], thread=thread_id, **lists)
    return {"success": True, "to": lists["to"]}


def _own_mailbox(portal, caller: Caller, sender: str, failure: str) -> dict:
    mailbox = letters.mailbox_of(portal, letters.address_in(sender)) if letters.is_address(sender) else None
    if mailbox is None or mailbox["userId"] != caller.user_id:
        raise dto.invalid_value(failure, "from")
    return mailbox


# -- which letters


def _by_id(portal, caller: Caller, number: int) -> dict:
    row = letters.readable(portal, caller.user_id, number)
    if row is None:
        raise dto.not_found(number)
    return row


def _together(portal, caller: Caller, numbers: list[int]) -> list[dict]:
    """Letters of one folder of one mailbox."""
    found = (letters.readable(portal, caller.user_id, number) for number in dict.fromkeys(numbers))
    rows = [row for row in found if row is not None]
    if not rows:
        raise dto.invalid_value("No accessible messages found", "messageIds")
    if len({row["mailboxId"] for row in rows}) > 1:
        raise dto.invalid_value("All messages must belong to the same mailbox", "messageIds")
    if len({row["folder"] for row in rows}) > 1:
        raise dto.invalid_value("Select emails from a single folder", "messageIds")
    return rows


def _folder(portal, row: dict, named: str) -> str:
    folders = portal.store.mailboxes.get(row["mailboxId"])["folders"]
    found = next((folder for folder in folders if folder.casefold() == named.strip().casefold()), None)
    if found is None:
        raise dto.invalid_value("Folder not found", "folder")
    return found


def _tests(given: dict) -> list:
    """What a letter must pass for the parameters that were given."""
    tests = []
    if given["mailboxId"] is not None:
        tests.append(lambda row: row["mailboxId"] == given["mailboxId"])
    marks = {name: flag(given[name]) == "Y" for name in ("isSeen", "hasAttachments") if given[name] is not None}
    tests.append(lambda row: all(row[name] is asked for name, asked in marks.items()))
    if given["folder"]:
        tests.append(lambda row: row["folder"].casefold() == given["folder"].casefold())
    if given["searchQuery"]:
        tests.append(lambda row: _mentions(row, given["searchQuery"].casefold()))
    first, last = (_bound(name, given[name]) for name in ("dateFrom", "dateTo"))
    if first:
        tests.append(lambda row: row["date"] >= first)
    if last:
        tests.append(lambda row: row["date"] <= last)
    return tests


def _mentions(row: dict, part: str) -> bool:
    return any(part in row[name].casefold() for name in ("subject", "body", "from", "to", "cc"))


def _bound(name: str, given: str | None) -> str | None:
    """A moment with its offset, as moments are kept."""
    if not given:
        return None
    try:
        named = datetime.fromisoformat(given)
        kept = moment(given)
    except (ValueError, OverflowError):
        named = None
    if named is None or named.tzinfo is None:
        words = "must be in ISO 8601 format (DATE_ATOM), for example 2026-01-01T00:00:00+00:00"
        raise dto.invalid_value(f"Parameter `{name}` {words}", name)
    return kept


# -- what is shown


def _show(portal, caller: Caller, row: dict) -> dict:
    return dto.show(portal, caller, LETTER, row, dict.fromkeys(LETTER.properties))


def _plain_date(row: dict) -> str:
    return row["date"][:19].replace("T", " ")
