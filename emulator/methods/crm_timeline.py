"""crm.timeline.comment.*: comments in an object's timeline."""

from .. import files, items
from ..entities import BY_CODE
from ..errors import RestError, missing
from ..filters import ordering, parse
from ..listing import Columns, page
from ..php import as_list, as_map
from ..registry import method, whole
from .user import card

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/comments/crm-timeline-comment-{}.html"
COLUMNS = Columns(
    {
        "ID": "integer",
        "ENTITY_ID": "integer",
        "ENTITY_TYPE": "string",
        "CREATED": "datetime",
        "COMMENT": "string",
        "AUTHOR_ID": "integer",
        "FILES": "file",
    }
)


@method("crm.timeline.comment.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """The key `fields` must be in lower case."""
    if "fields" not in params:
        raise missing("fields")
    given = as_map(params["fields"])
    entity = BY_CODE.get(str(given.get("ENTITY_TYPE")).lower())
    owner = items.get(portal, entity, whole(given.get("ENTITY_ID"))) if entity else None
    if owner is None:
        raise RestError("OWNER_NOT_FOUND", "Owner of the item not found")
    if not given.get("COMMENT") and not given.get("FILES"):
        raise RestError("INVALID_ARG_VALUE", "Empty comment")
    row = portal.store.comments.add(
        {
            "ID": None,
            "ENTITY_ID": owner["id"],
            "ENTITY_TYPE": entity.code,
            "CREATED": portal.clock.iso(),
            "COMMENT": str(given.get("COMMENT") or ""),
            "AUTHOR_ID": whole(given.get("AUTHOR_ID"), caller.user_id),
            "FILES": _stored(portal, given),
        }
    )
    items.note_activity(portal, entity, owner["id"], row["AUTHOR_ID"])
    portal.events.ring("ONCRMTIMELINECOMMENTADD", {"ID": row["ID"]})
    return row["ID"]


@method("crm.timeline.comment.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(portal, _comment(portal, params), list(COLUMNS))


@method("crm.timeline.comment.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    given = params.map("filter")
    if not given.get("ENTITY_ID") or not given.get("ENTITY_TYPE"):
        raise RestError("", "ENTITY_ID and ENTITY_TYPE are required in filter.")
    names = COLUMNS.chosen(params.list("select"))
    where = parse(given, COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name)
    return page(portal, portal.store.comments, params, where, keys, lambda row: _show(portal, row, names))


@method("crm.timeline.comment.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """FILES replaces all files."""
    row, given = _comment(portal, params), params.fields()
    values = {"COMMENT": str(given["COMMENT"])} if "COMMENT" in given else {}
    values |= {"FILES": _stored(portal, given)} if "FILES" in given else {}
    portal.store.comments.update(row["ID"], values)
    portal.events.ring("ONCRMTIMELINECOMMENTUPDATE", {"ID": row["ID"]})
    return row["ID"]


@method("crm.timeline.comment.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _comment(portal, params)
    portal.store.comments.remove(row["ID"])
    portal.events.ring("ONCRMTIMELINECOMMENTDELETE", {"ID": row["ID"]})
    return True


def _stored(portal, given: dict) -> list[int]:
    return [files.add(portal, *files.decode(pair)) for pair in as_list(given.get("FILES"))]


def _comment(portal, params) -> dict:
    row = portal.store.comments.get(params.integer("id"))
    if row is None:
        raise RestError("NOT_FOUND", "Not found.")
    return row


def _show(portal, row: dict, names: list[str]) -> dict:
    shown = {name: str(row[name]) for name in names if name != "FILES"}
    if "FILES" in names:
        shown["FILES"] = {str(file_id): _file(portal, row, file_id) for file_id in row["FILES"]}
    return shown


def _file(portal, row: dict, file_id: int) -> dict:
    stored, address = portal.store.files.get(file_id), files.show(portal, file_id)["url"]
    author = card(portal, row["AUTHOR_ID"]) or {"name": ""}
    return {
        "id": file_id,
        "date": row["CREATED"],
        "type": "file",
        "name": stored["name"],
        "size": len(stored["content"]),
        "authorId": row["AUTHOR_ID"],
        "authorName": author["name"],
        "urlShow": address,
        "urlDownload": address,
    }
