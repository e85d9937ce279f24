"""log.blogcomment.*: what people write under the messages of the News Feed."""

from .. import files
from ..errors import RestError
from ..filters import Condition, Where, in_order
from ..objects import drive, feed
from ..registry import method
from .log_blogpost import actor
from .user import full_name

DOCS = "https://apidocs.bitrix24.com/api-reference/log/blogcomment/log-blogcomment-{}.html"
GREATEST_LIMIT = 100
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")


@method("log.blogcomment.add", scope="log", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """The same words twice in a row are refused, unless files come with them."""
    author, row = actor(portal, caller, params), portal.store.feed_posts.get(params.integer("POST_ID"))
    if row is None or not feed.sees(portal, author, row):
        raise RestError("", "No post found")
    text = params.text("TEXT")
    if not text:
        raise RestError("", "Blog comment hasn't been added")
    said = portal.store.feed_comments.having(POST_ID=row["ID"], AUTHOR_ID=author)
    if not params.list("FILES") and said and said[-1]["TEXT"] == text:
        raise RestError("", "Duplicate comment")
    comment = {"ID": None, "POST_ID": row["ID"], "AUTHOR_ID": author, "TEXT": text, "DATE": portal.clock.iso()}
    uploaded = feed.upload(portal, author, params.get("FILES"))
    return portal.store.feed_comments.add(comment | {"FILES": uploaded})["ID"]


@method("log.blogcomment.delete", scope="log", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """Its author, that of the message, administrators."""
    comment, who = portal.store.feed_comments.get(params.integer("COMMENT_ID")), actor(portal, caller, params)
    if params.integer("COMMENT_ID", 0) <= 0:
        raise RestError("", "Wrong comment ID")
    if comment is None:
        raise RestError("", "No comment found")
    if comment["AUTHOR_ID"] != who and not feed.edits(portal, who, portal.store.feed_posts.get(comment["POST_ID"])):
        raise RestError("", "No delete perms")
    portal.store.feed_comments.remove(comment["ID"])
    return True


@method("log.blogcomment.user.get", scope="log", docs=DOCS.format("user-get"), differs="images have no measures")
def of_user(portal, caller, params):
    """The newest first, after FIRST_ID the oldest; the words of others are empty, as they may be."""
    author, limit = actor(portal, caller, params), params.integer("LIMIT", GREATEST_LIMIT)
    conditions = [Condition("=", "AUTHOR_ID", (author,))]
    for name, sign in (("FIRST_ID", ">"), ("LAST_ID", "<")):
        if params.integer(name) is not None:
            conditions.append(Condition(sign, "ID", (params.integer(name),)))
    found = portal.store.feed_comments.find(Where(tuple(conditions)))
    rows = list(in_order(found, [("ID", params.integer("FIRST_ID") is None)], "ID"))
    rows = rows[: limit if 0 < limit <= GREATEST_LIMIT else GREATEST_LIMIT]
    attached = {
        str(one): _file(portal, one) for row in rows for one in row["FILES"] if one in portal.store.disk_objects
    }
    return {"comments": [_show(portal, caller.user_id, row) for row in rows], "files": attached}


def _show(portal, reader: int, row: dict) -> dict:
    entry = portal.store.feed_posts.get(row["POST_ID"])["LOG_ID"]
    text = row["TEXT"] if row["AUTHOR_ID"] == reader else ""
    shown = {"id": row["ID"], "comment_id": row["ID"], "log_id": entry, "date": row["DATE"], "text": text}
    return shown | {"attach": row["FILES"]}


def _file(portal, object_id: int) -> dict:
    row = portal.store.disk_objects.get(object_id)
    author, address = portal.store.users.get(row["CREATED_BY"]), files.show(portal, row["FILE_ID"])["url"]
    described = {"id": object_id, "date": row["CREATE_TIME"], "name": row["NAME"], "authorId": row["CREATED_BY"]}
    described |= {"type": "image" if row["NAME"].lower().endswith(IMAGES) else "file"}
    described |= {"size": len(files.content(portal, row["FILE_ID"])), "authorName": full_name(author)}
    return described | {"urlPreview": address, "urlShow": drive.show(portal, row)["DETAIL_URL"], "urlDownload": address}
