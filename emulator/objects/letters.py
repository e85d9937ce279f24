"""Mailboxes and letters. A letter leaves from one of this portal's mailboxes and arrives in those it is addressed to;
the rest of the world receives it unseen. Letters that answer each other have the same thread, in every mailbox.

https://apidocs.bitrix24.com/api-reference/mail/index.html
"""

import re
from collections.abc import Iterable
from email.utils import parseaddr

from ..values import BadValue

INBOX, SENT, SPAM, TRASH = "INBOX", "Отправленные", "Спам", "Корзина"
FOLDERS = (INBOX, SENT, SPAM, TRASH)
_ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>,]+")


def add_mailbox(portal, user: dict) -> dict:
    name = f"{user['NAME']} {user['LAST_NAME']}".strip()
    row = {"id": None, "name": user["EMAIL"], "email": user["EMAIL"], "senderName": name, "userId": user["ID"]}
    return portal.store.mailboxes.add(row | {"folders": list(FOLDERS)})


def mailboxes(portal, user_id: int) -> list[dict]:
    return portal.store.mailboxes.having(userId=user_id)


def mailbox_of(portal, address: str) -> dict | None:
    return next(iter(portal.store.mailboxes.having(email=address)), None)


def readable(portal, user_id: int, letter_id: object) -> dict | None:
    """The letter, if it lies in one of the person's mailboxes."""
    row = portal.store.letters.get(letter_id) if isinstance(letter_id, int) else None
    own = row is not None and portal.store.mailboxes.get(row["mailboxId"])["userId"] == user_id
    return row if own else None


def send(
    portal, mailbox: dict, to: list[str], subject: str, body: str, cc: Iterable[str] = (), bcc: Iterable[str] = (),
    thread: int | None = None,
) -> dict:  # fmt: skip
    """A letter stands among the sent ones, and arrives where it can; its recipients are in the address book."""
    sender = f"{mailbox['senderName']} <{mailbox['email']}>" if mailbox["senderName"] else mailbox["email"]
    content = {"from": sender, "to": ", ".join(to), "cc": ", ".join(cc), "subject": subject, "body": body}
    sent = _put(portal, mailbox, SENT, content, thread, seen=True)
    for recipient in dict.fromkeys([*to, *cc, *bcc]):
        remember(portal, mailbox["userId"], recipient)
    arrive(portal, [*to, *cc, *bcc], content, sent["thread"])
    return sent


def arrive(portal, addresses: Iterable[str], content: dict, thread: int | None = None) -> list[dict]:
    """A letter comes into the mailboxes of this portal among the addresses; its sender is in their address books."""
    boxes = [mailbox_of(portal, address_in(one)) for one in dict.fromkeys(addresses)]
    arrived = []
    for box in filter(None, boxes):
        remember(portal, box["userId"], content["from"])
        arrived.append(_put(portal, box, INBOX, content, thread, seen=False))
    return arrived


def receive(portal, sender: str, to: list[str], subject: str, body: str = "") -> list[dict]:
    """A letter from the outside world; an answer to one of this portal's letters joins its thread."""
    if not all(map(is_address, [sender, *to])):
        raise ValueError("a letter goes from an e-mail address to a list of e-mail addresses")
    content = {"from": sender, "to": ", ".join(to), "cc": "", "subject": subject, "body": body}
    return arrive(portal, to, content, _answered(portal, sender, subject))


def move(portal, row: dict, folder: str) -> None:
    portal.store.letters.update(row["id"], {"folder": folder})


def bind(portal, row: dict, kind: str, number: int) -> None:
    """The letter became something, or something was made of it."""
    portal.store.letters.update(row["id"], {"bindings": [*row["bindings"], {"entityType": kind, "entityId": number}]})


def unbind(portal, row: dict, kind: str) -> None:
    portal.store.letters.update(row["id"], {"bindings": [one for one in row["bindings"] if one["entityType"] != kind]})


def bound(row: dict, kind: str) -> int | None:
    return next((one["entityId"] for one in row["bindings"] if one["entityType"] == kind), None)


def thread_of(portal, row: dict) -> list[dict]:
    """What answers each other in the same mailbox, oldest first."""
    return sorted(portal.store.letters.having(thread=row["thread"], mailboxId=row["mailboxId"]), key=_age)


def remember(portal, user_id: int, address: str) -> None:
    """Into a person's address book, which has every address once."""
    name, email = parseaddr(address)
    if not portal.store.mail_contacts.having(userId=user_id, email=email):
        portal.store.mail_contacts.add({"id": None, "userId": user_id, "email": email, "name": name or email})


def correspondent(portal, row: dict) -> str:
    """Who is at the other end of a letter."""
    own = portal.store.mailboxes.get(row["mailboxId"])["email"]
    sender = address_in(row["from"])
    return sender if sender.casefold() != own.casefold() else address_in(row["to"].partition(", ")[0])


def address_in(text: str) -> str:
    """`Anna <anna@client.example>` → anna@client.example"""
    found = parseaddr(text)[1]
    if not _ADDRESS.fullmatch(found):
        raise BadValue(text)
    return found


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(parseaddr(text)[1]) is not None


def _put(portal, mailbox: dict, folder: str, content: dict, thread: int | None, *, seen: bool) -> dict:
    row = {"id": portal.store.letters.next_id(), "mailboxId": mailbox["id"], "folder": folder, "bindings": []}
    row |= {"isSeen": seen, "hasAttachments": False, "date": portal.clock.iso(), "thread": thread or row["id"]}
    return portal.store.letters.add(row | content)


def _answered(portal, sender: str, subject: str) -> int | None:
    """The thread of the latest letter to this address that `Re: …` answers."""
    answered = subject.partition(":")[2].strip().casefold()
    known = [row for row in portal.store.letters.having(folder=SENT) if row["subject"].casefold() == answered]
    written = [row for row in known if address_in(sender).casefold() in row["to"].casefold()]
    return written[-1]["thread"] if answered and written else None


def _age(row: dict) -> tuple:
    return row["date"], row["id"]
