"""mail.mailbox.* of REST 3: the mailboxes that are connected, and in whose name letters may leave."""

from .. import dto, shapes
from ..objects import letters
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/mail/mailbox/mail-mailbox-{}.html"
MAILBOX = dto.of("MailboxDto", "id int id\nname string name\nemail string email\nsenderName string senderName")
SENDER = dto.of("SenderDto", "email string email\nname string name\nsender string sender")
USUAL, MOST = 25, 100
PLANTED = "every person that the portal starts with has one mailbox; no method connects another"
GET = shapes.takes("id int! select select")
LIST = shapes.takes("name string email string pagination pagination")
SENDERS = shapes.takes("pagination pagination")


@method(
    "mail.mailbox.list",
    scope="mail",
    docs=DOCS.format("list"),
    rest3=True,
    differs=PLANTED,
    takes=LIST,
    gives=shapes.many(MAILBOX),
)
def list_(portal, caller, params):
    """The filters compare a part of the text."""
    given = dto.given(params, LIST)
    parts = {name: (given[name] or "").casefold() for name in ("name", "email")}
    rows = [
        row
        for row in letters.mailboxes(portal, caller.user_id)
        if all(part in row[name].casefold() for name, part in parts.items())
    ]
    shown = dto.page(rows, [], "id", params, USUAL, MOST)
    return {"items": [dto.show(portal, caller, MAILBOX, row, dict.fromkeys(MAILBOX.properties)) for row in shown]}


@method(
    "mail.mailbox.get", scope="mail", docs=DOCS.format("get"), rest3=True, takes=GET, gives=shapes.one(MAILBOX)
)  # fmt: skip
def get(portal, caller, params):
    number = dto.given(params, GET)["id"]
    row = portal.store.mailboxes.get(number)
    if row is None or row["userId"] != caller.user_id:
        raise dto.not_found(number)
    return {"item": dto.show(portal, caller, MAILBOX, row, dto.selection(MAILBOX, params, MAILBOX.properties))}


@method(
    "mail.mailbox.senders",
    scope="mail",
    docs=DOCS.format("senders"),
    rest3=True,
    takes=SENDERS,
    gives=shapes.many(SENDER),
)
def senders(portal, caller, params):
    """Every mailbox under its sender's name and under its own."""
    rows = [
        {"email": row["email"], "name": name, "sender": f"{name} <{row['email']}>"}
        for row in letters.mailboxes(portal, caller.user_id)
        for name in dict.fromkeys((row["senderName"], row["name"]))
    ]
    return {"items": dto.page(rows, [], "email", params, USUAL, MOST)}


dto.declare_fields("mail.mailbox", MAILBOX, DOCS, scope="mail")
