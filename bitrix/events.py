"""What an outgoing webhook posts: a doorbell that names an entity, never its values.

Pure functions: nothing here decides whether the bell may be trusted. Layout of the bodies:
https://apidocs.bitrix24.com/api-reference/events/index.html
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

MOST_FIELDS = 1000
LONGEST_NAME = 64
TOKEN = "auth[application_token]"
# Where the id stands, best first: a deleted task is named by what it was before.
_ID_KEYS = ("data[FIELDS][ID]", "data[ID]", "data[FIELDS_AFTER][ID]", "data[FIELDS_BEFORE][ID]")
_EVENT = re.compile(r"ON(?:CRM(DEAL|COMPANY|CONTACT|ACTIVITY|TIMELINECOMMENT)|(TASK))(ADD|UPDATE|DELETE)")
_ENTITIES = {"TIMELINECOMMENT": "comment"}


class Malformed(ValueError):
    """The body is not an event of the portal; the text says what is wrong with it, without its content."""


@dataclass(frozen=True)
class Ring:
    """An entity was added, changed or deleted; entity, id and kind are None for an event that does not concern us.

    `entity` is deal, task, company, contact, activity or comment, `kind` add, update or delete. `token` is what the
    sender knows, or empty: compare it before anything else. `domain` and `member_id` say of which portal the sender
    claims to be; they are never an address to ask.
    """

    event: str
    entity: str | None
    id: int | None
    kind: str | None
    token: str = field(repr=False)
    domain: str
    member_id: str


def parse(body: bytes) -> Ring:
    """Read an event's form body (at most 64 KB: the receiver looks first). Raises Malformed.

    A token that is given twice counts as none.
    """
    fields = _fields(body)
    name = fields.get("event", "")
    if not name:
        raise Malformed("it names no event")
    known = _EVENT.fullmatch(name.upper())
    common = (fields.get(TOKEN, ""), fields.get("auth[domain]", ""), fields.get("auth[member_id]", ""))
    if known is None:
        return Ring(_shown(name), None, None, None, *common)
    entity = known[1] or known[2]
    return Ring(known[0], _ENTITIES.get(entity, entity.lower()), _id(fields), known[3].lower(), *common)


def _fields(body: bytes) -> dict[str, str]:
    pairs = list(_pairs(body))
    times = Counter(name for name, _ in pairs)
    if any(count > 1 for name, count in times.items() if name != TOKEN):
        raise Malformed("it gives a field twice")
    return {name: value for name, value in pairs if times[name] == 1}


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    parts = [part for part in body.split(b"&", MOST_FIELDS) if part]
    if len(parts) > MOST_FIELDS:
        raise Malformed("it has too many fields")
    for part in parts:
        name, _, value = part.partition(b"=")
        yield _text(name), _text(value)


def _text(raw: bytes) -> str:
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Malformed("it is not text in UTF-8")
    return text


def _id(fields: dict[str, str]) -> int:
    given = next((fields[key] for key in _ID_KEYS if key in fields), "")
    if not re.fullmatch(r"[1-9][0-9]{0,18}", given, re.ASCII):
        raise Malformed("its id is not a whole number above 0")
    return int(given)


def _shown(name: str) -> str:
    """An unknown name as it may stand in a log: one short line of plain characters."""
    return re.sub(r"[^A-Z0-9_]", "?", name.upper()[:LONGEST_NAME])
