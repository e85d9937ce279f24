"""log.blogpost.*: messages of the News Feed."""

from ..errors import RestError
from ..filters import Condition, Where, in_order
from ..listing import as_text, cut
from ..objects import feed
from ..registry import Page, Params, method, whole
from ..values import asked, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/log/log-blogpost-{}.html"
BLOG = "1"
DEFAULT_LIMIT, GREATEST_LIMIT = 50, 200
GREATEST_READERS = 500
ADD_ERROR = "SONET_CONTROLLER_LIVEFEED_BLOGPOST_ADD_ERROR"
UPDATE_ERROR = "SONET_CONTROLLER_LIVEFEED_BLOGPOST_UPDATE_ERROR"
UNKEPT = "gratitudes, polls, backgrounds and previews of links are not kept; members of workgroups are not known"
# Number, name, type, multiple, handler, title and base type of the custom fields of a message.
_CUSTOM = r"""
1   UF_BLOG_POST_DOC      file         Y Bitrix\Main\UserField\Types\FileType     Файл                 file
5   UF_BLOG_POST_URL_PRV  url_preview  N Bitrix\Main\UrlPreview\UrlPreviewUserType Содержимое_ссылки   int
9   UF_GRATITUDE          integer      N Bitrix\Main\UserField\Types\IntegerType  Целое_число          int
19  UF_BLOG_POST_FILE     disk_file    Y Bitrix\Disk\Uf\FileUserType              Файл_(Диск)          int
83  UF_BLOG_POST_IMPRTNT  integer      N Bitrix\Main\UserField\Types\IntegerType  Целое_число          int
85  UF_IMPRTANT_DATE_END  datetime     N Bitrix\Main\UserField\Types\DateTimeType Дата_со_временем     datetime
131 UF_BLOG_POST_VOTE     vote         N Bitrix\Vote\Uf\VoteUserType              Опрос                int
439 UF_MAIL_MESSAGE       mail_message N Bitrix\Mail\MessageUserType              Письмо_(email)       int
"""
CUSTOM = [line.split() for line in _CUSTOM.strip().splitlines()]


@method("log.blogpost.add", scope="log", docs=DOCS.format("add"), writes=True, differs=UNKEPT)
def add(portal, caller, params):
    """Without DEST for everybody; an administrator may write in the name of USER_ID."""
    text, author = params.text("POST_MESSAGE"), actor(portal, caller, params)
    if not text:
        raise RestError(ADD_ERROR, "Blog post hasn't been added")
    given = _destination(params)
    to = ["UA"] if given is None else feed.recipients(portal, given)
    if not to:
        raise RestError(ADD_ERROR, "No destination specified")
    values = feed.titled(params.text("POST_TITLE"), text) | {"DETAIL_TEXT": text, "DEST": to}
    values |= {"TAGS": feed.tags(portal, params.text("TAGS")), "IMPORTANT": "N", "IMPORTANT_DATE_END": None}
    row = feed.publish(portal, author, values | _importance(params))
    feed.change_files(portal, author, row, params.get("FILES"), params.get("UF_BLOG_POST_FILE"))
    _ring(portal, "ADD", row)
    return row["ID"]


@method(
    "log.blogpost.get",
    scope="log",
    docs=DOCS.format("get"),
    differs="settings and handlers of the custom fields are short",
)
def get(portal, caller, params) -> Page:
    """The newest first; FIRST_ID goes forward by the entries of the feed, LAST_ID back. An administrator, too, sees only
    what is addressed to him."""
    found = portal.store.feed_posts.find(_where(params))
    seen = (row for row in found if feed.sees(portal, caller.user_id, row))
    forward, back = params.integer("FIRST_ID"), params.integer("LAST_ID")
    if forward is None and back is None:
        return cut(in_order(seen, [("ID", True)], "ID"), params, lambda row: show(portal, row))
    rows = in_order(seen, [("LOG_ID", forward is None)], "ID")
    return Page([show(portal, row) for row in rows[: _limit(params)]], len(rows))


@method("log.blogpost.update", scope="log", docs=DOCS.format("update"), writes=True, differs=UNKEPT)
def update(portal, caller, params):
    """A text without a title takes the old title away."""
    editor = actor(portal, caller, params)
    row, title, text = _editable(portal, editor, params), params.text("POST_TITLE"), params.text("POST_MESSAGE")
    if not title and not text:
        raise RestError("EMPTY_TITLE", "Message title is not specified.")
    values = feed.titled(title, text or row["DETAIL_TEXT"]) | {"DETAIL_TEXT": text or row["DETAIL_TEXT"]}
    to = feed.recipients(portal, _destination(params))
    portal.store.feed_posts.update(row["ID"], values | ({"DEST": to} if to else {}) | _importance(params))
    feed.change_files(portal, editor, row, params.get("FILES"), params.get("UF_BLOG_POST_FILE"))
    _ring(portal, "UPDATE", row)
    return row["ID"]


@method("log.blogpost.delete", scope="log", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = portal.store.feed_posts.get(params.integer("POST_ID"))
    if row is None:
        raise RestError("100", "Wrong post ID")
    if not feed.edits(portal, caller.user_id, row):
        raise RestError("403", "You do not have permission to delete this message")
    feed.remove(portal, row)
    _ring(portal, "DELETE", row)
    return True


@method("log.blogpost.share", scope="log", docs=DOCS.format("share"), writes=True)
def share(portal, caller, params):
    row = post(portal, params)
    to = feed.recipients(portal, params.get("DEST"))
    if not to:
        raise RestError("", "Wrong destinations")
    if not feed.edits(portal, actor(portal, caller, params), row):
        raise RestError("", "No read perms")
    portal.store.feed_posts.update(row["ID"], {"DEST": list(dict.fromkeys(row["DEST"] + to))})
    return True


@method(
    "log.blogpost.getusers.important",
    scope="log",
    docs=DOCS.format("getusers-important"),
    differs="only people mark a message as read, in the feed; here nobody does",
)
def readers(portal, caller, params):
    row = post(portal, params)
    seen = row["READ_BY"] if feed.sees(portal, caller.user_id, row) else []
    return [str(user_id) for user_id in seen[:GREATEST_READERS]]


def post(portal, params: Params) -> dict:
    row = portal.store.feed_posts.get(params.integer("POST_ID"))
    if row is None:
        raise RestError("", "Wrong post ID")
    return row


def actor(portal, caller, params: Params) -> int:
    """In whose name: an administrator may say so, others are themselves."""
    named = params.integer("USER_ID")
    return named if named in portal.store.users and portal.is_admin(caller.user_id) else caller.user_id


def _editable(portal, editor: int, params: Params) -> dict:
    row = portal.store.feed_posts.get(params.integer("POST_ID"))
    if params.integer("POST_ID", 0) <= 0:
        raise RestError(UPDATE_ERROR, "Wrong post ID")
    if row is None:
        raise RestError(UPDATE_ERROR, "No post found")
    if not feed.edits(portal, editor, row):
        raise RestError(UPDATE_ERROR, "No write perms")
    return row


def show(portal, row: dict) -> dict:
    comments = portal.store.feed_comments.having(POST_ID=row["ID"])
    shown = {"ID": str(row["ID"]), "BLOG_ID": BLOG, "PUBLISH_STATUS": "P", "TITLE": row["TITLE"]}
    shown |= {"AUTHOR_ID": str(row["AUTHOR_ID"]), "ENABLE_COMMENTS": "Y", "NUM_COMMENTS": str(len(comments))}
    shown |= {"CODE": None} | {name: row[name] for name in ("MICRO", "DETAIL_TEXT", "DATE_PUBLISH")}
    custom = {field[1]: _show_custom(row, *field) for field in CUSTOM}
    return shown | {"CATEGORY_ID": ",".join(map(str, row["TAGS"]))} | _marks(row) | custom | {"FILES": row["FILES"]}


def _marks(row: dict) -> dict:
    """What a message has, as Y or N."""
    has = {"SOCNET_ALL": "UA" in row["DEST"], "TAGS": row["TAGS"], "IMAGES": False}
    has |= {"PROPS": row["FILES"] or row["IMPORTANT"] == "Y"}
    return {f"HAS_{name}": "Y" if held else "N" for name, held in has.items()} | {"HAS_COMMENT_IMAGES": None}


def _show_custom(
    row: dict, number: str, name: str, kind: str, multiple: str, handler: str, title: str, base: str
) -> dict:
    values = {"UF_BLOG_POST_FILE": row["FILES"], "UF_BLOG_POST_DOC": False}
    values |= {"UF_BLOG_POST_IMPRTNT": 1 if row["IMPORTANT"] == "Y" else None}
    values |= {"UF_IMPRTANT_DATE_END": row["IMPORTANT_DATE_END"] or ""}
    described = {"ID": number, "ENTITY_ID": "BLOG_POST", "FIELD_NAME": name, "USER_TYPE_ID": kind, "XML_ID": name}
    described |= {"SORT": "100", "MULTIPLE": multiple, "MANDATORY": "N", "SHOW_FILTER": "N", "SHOW_IN_LIST": "N"}
    described |= {"EDIT_IN_LIST": "Y", "IS_SEARCHABLE": "N", "SETTINGS": [], "EDIT_FORM_LABEL": None}
    described |= dict.fromkeys(("LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE"))
    user_type = {"USER_TYPE_ID": kind, "CLASS_NAME": handler, "DESCRIPTION": title.replace("_", " "), "BASE_TYPE": base}
    value = values.get(name)
    described |= {"USER_TYPE": user_type, "VALUE": value, "ENTITY_VALUE_ID": row["ID"], "VALUE_EXISTS": True}
    return described | {
        "VALUE_RAW": as_text(value) if value and not isinstance(value, list) else None,
        "CUSTOM_DATA": [],
    }


def _where(params: Params) -> Where:
    if params.get("POST_ID") is not None:
        return Where((Condition("=", "ID", (params.integer("POST_ID", 0),)),))
    conditions = []
    if params.list("LOG_RIGHTS"):
        conditions.append(Condition("@", "DEST", tuple(str(code).casefold() for code in params.list("LOG_RIGHTS"))))
    for name, sign in (("LOG_DATE_FROM", ">="), ("LOG_DATE_TO", "<=")):
        if params.text(name):
            conditions.append(Condition(sign, "DATE_PUBLISH", (asked("datetime", params.text(name)).casefold(),)))
    if params.integer("FIRST_ID") is not None:
        conditions.append(Condition(">", "LOG_ID", (params.integer("FIRST_ID"),)))
    elif params.integer("LAST_ID") is not None:
        conditions.append(Condition("<", "LOG_ID", (params.integer("LAST_ID"),)))
    return Where(tuple(conditions))


def _limit(params: Params) -> int:
    limit = whole(params.get("LIMIT"), 0)
    return min(limit, GREATEST_LIMIT) if limit > 0 else DEFAULT_LIMIT


def _destination(params: Params) -> object:
    return params.get("DEST", params.get("SPERM"))


def _importance(params: Params) -> dict:
    values = {"IMPORTANT": flag(params.get("IMPORTANT"))} if params.get("IMPORTANT") is not None else {}
    if params.text("IMPORTANT_DATE_END"):
        values["IMPORTANT_DATE_END"] = asked("datetime", params.text("IMPORTANT_DATE_END"))
    return values


def _ring(portal, verb: str, row: dict) -> None:
    portal.events.ring(f"ONLIVEFEEDPOST{verb}", {"FIELDS": {"POST_ID": row["ID"]}})
