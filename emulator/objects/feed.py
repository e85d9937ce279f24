"""The News Feed: messages with recipients and files, and what people write under them.

https://apidocs.bitrix24.com/api-reference/log/index.html. A message has two numbers: its own, and that of its entry in
the feed, by which the feed is paged. Files go to the Drive and hang on the message.
"""

import re

from .. import files
from ..php import as_list, as_map
from ..registry import whole
from . import drive, structure
from .tasks import is_file

RECIPIENT = re.compile(r"UA|(U|DR|SG)(\d+)")
TITLE_LENGTH = 100


def publish(portal, author_id: int, values: dict) -> dict:
    row = {"ID": None, "AUTHOR_ID": author_id, "DATE_PUBLISH": portal.clock.iso(), "FILES": [], "READ_BY": []}
    made = portal.store.feed_posts.add(row | values)
    entry = portal.store.feed_entries.add({"ID": None, "POST_ID": made["ID"]})
    portal.store.feed_posts.update(made["ID"], {"LOG_ID": entry["ID"]})
    return made


def remove(portal, row: dict) -> None:
    """With the comments; its files stay on the Drive."""
    for attachment_id in row["FILES"]:
        portal.store.task_files.remove(attachment_id)
    portal.store.feed_comments.remove_having(POST_ID=row["ID"])
    portal.store.feed_entries.remove(row["LOG_ID"])
    portal.store.feed_posts.remove(row["ID"])


def sees(portal, user_id: int, row: dict) -> bool:
    """Its author and whom it is addressed to."""
    return row["AUTHOR_ID"] == user_id or not structure.codes_of(portal, user_id).isdisjoint(row["DEST"])


def edits(portal, user_id: int, row: dict) -> bool:
    return row["AUTHOR_ID"] == user_id or portal.is_admin(user_id)


def recipients(portal, given: object) -> list[str]:
    """The codes that mean somebody: UA, U2, DR5, SG7."""
    codes = [str(code).strip().upper() for code in as_list(given) if not isinstance(code, (dict, list))]
    return list(dict.fromkeys(code for code in codes if _is_somebody(portal, code)))


def titled(title: str, text: str) -> dict:
    """A message without a title is called by its beginning."""
    return {"TITLE": title or " ".join(text.split())[:TITLE_LENGTH], "MICRO": "N" if title else "Y"}


def upload(portal, user_id: int, given: object) -> list[int]:
    """Put `[[name, base64], …]` on the person's Drive, or on the common one; the ids of the files there."""
    pairs = [files.decode(pair) for pair in as_list(given)]
    owned = portal.store.storages.having(ENTITY_TYPE="user", ENTITY_ID=str(user_id))
    storage = (owned or portal.store.storages.having(ENTITY_TYPE="common"))[0]
    folder = drive.root_of(portal, storage["ID"])
    return [_put(portal, user_id, folder, name, content) for name, content in pairs]


def attach(portal, row: dict, object_ids: list[int]) -> None:
    """Files of the Drive hang on the message from now on."""
    hanging = {portal.store.task_files.get(one)["OBJECT_ID"] for one in row["FILES"]}
    new = [one for one in dict.fromkeys(object_ids) if one not in hanging]
    made = [
        portal.store.task_files.add({"ID": None, "OBJECT_ID": one, "TASK_ID": None, "POST_ID": row["ID"]})
        for one in new
    ]
    portal.store.feed_posts.update(row["ID"], {"FILES": row["FILES"] + [one["ID"] for one in made]})


def detach(portal, row: dict, attachment_ids: list[int | None]) -> None:
    gone = [one for one in row["FILES"] if one in attachment_ids]
    for attachment_id in gone:
        portal.store.task_files.remove(attachment_id)
    portal.store.feed_posts.update(row["ID"], {"FILES": [one for one in row["FILES"] if one not in gone]})


def change_files(portal, user_id: int, row: dict, uploaded: object, on_drive: object) -> None:
    """What FILES and UF_BLOG_POST_FILE say; the second counts only where the first is absent."""
    if uploaded is not None:
        given = as_map(uploaded)
        detach(portal, row, [whole(key) for key, one in given.items() if one == "del"])
        attach(portal, row, upload(portal, user_id, [one for one in given.values() if one != "del"]))
    elif on_drive is not None:
        if "empty" in as_list(on_drive):
            detach(portal, row, row["FILES"])
        named = [whole(str(one).removeprefix("n")) for one in as_list(on_drive)]
        attach(portal, row, [one for one in named if is_file(portal, one)])


def tags(portal, text: str) -> list[int]:
    """The numbers of the tags, which are made when nobody used them before."""
    names = dict.fromkeys(name.strip() for name in text.split(",") if name.strip())
    found = {name: portal.store.feed_tags.having(NAME=name) for name in names}
    return [(rows or [portal.store.feed_tags.add({"ID": None, "NAME": name})])[0]["ID"] for name, rows in found.items()]


def _is_somebody(portal, code: str) -> bool:
    match = RECIPIENT.fullmatch(code)
    if match is None:
        return False
    tables = {"U": portal.store.users, "DR": portal.store.departments}
    return match[1] not in tables or int(match[2]) in tables[match[1]]


def _put(portal, user_id: int, folder: dict, name: str, content: bytes) -> int:
    free = drive.unique(portal, folder["ID"], drive.FILE, name)
    return drive.put(portal, user_id, folder, drive.FILE, free, files.add(portal, free, content))["ID"]
