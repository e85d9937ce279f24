"""crm.timeline.comment.*: comments in an object's timeline; one that was bound to more objects is listed with each."""

from .. import files
from ..descriptions import described
from ..errors import RestError, missing
from ..filters import in_order, ordering, parse, split_prefix
from ..listing import Columns, cut, filtered
from ..objects import items, rights, timeline
from ..objects.entities import called
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
FIELDS = described("""
ID integer ro | ID
CREATED datetime ro | Дата добавления
ENTITY_ID integer required fixed | ID элемента, к которому привязан комментарий
ENTITY_TYPE string required fixed | Тип элемента, к которому привязан комментарий
AUTHOR_ID integer fixed | Автор
COMMENT string | Текст комментария
FILES attached_diskfile multiple | Список файлов
""")
PLACE = ("ENTITY_ID", "ENTITY_TYPE")


@method("crm.timeline.comment.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.timeline.comment.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    """The key `fields` must be in lower case."""
    if "fields" not in params:
        raise missing("fields")
    given = as_map(params["fields"])
    entity = called(portal, str(given.get("ENTITY_TYPE")).lower())
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
    timeline.place(portal, row["ID"], entity.code, owner["id"])
    items.note_activity(portal, entity, owner["id"], row["AUTHOR_ID"])
    portal.events.ring("ONCRMTIMELINECOMMENTADD", {"ID": row["ID"]})
    return row["ID"]


@method("crm.timeline.comment.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(portal, _comment(portal, params, "read"), list(COLUMNS))


@method("crm.timeline.comment.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    given = params.map("filter")
    if not given.get("ENTITY_ID") or not given.get("ENTITY_TYPE"):
        raise RestError("", "ENTITY_ID and ENTITY_TYPE are required in filter.")
    names = COLUMNS.chosen(params.list("select"))
    keys = ordering(params.map("order"), COLUMNS.name)
    return cut(in_order(_found(portal, given), keys, "ID"), params, lambda row: _show(portal, row, names))


@method("crm.timeline.comment.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """FILES replaces all files."""
    row, given = _comment(portal, params, "update"), params.fields()
    values = {"COMMENT": str(given["COMMENT"])} if "COMMENT" in given else {}
    values |= {"FILES": _stored(portal, given)} if "FILES" in given else {}
    portal.store.comments.update(row["ID"], values)
    portal.events.ring("ONCRMTIMELINECOMMENTUPDATE", {"ID": row["ID"]})
    return row["ID"]


@method("crm.timeline.comment.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    row = _comment(portal, params, "update")
    timeline.remove_record(portal, row["ID"])
    portal.events.ring("ONCRMTIMELINECOMMENTDELETE", {"ID": row["ID"]})
    return True


def _found(portal, given: dict) -> list[dict]:
    """The comments by ascending id, each as it stands in the timelines asked for."""
    placed = {key: value for key, value in given.items() if split_prefix(key)[1].upper() in PLACE}
    where, rows = parse(given, COLUMNS.read), []
    places = portal.store.timeline_places.find(parse(placed, COLUMNS.read))
    for place in filtered(places, timeline.place_rule(portal)):
        comment = portal.store.comments.get(place["OWNER_ID"])
        if comment is not None:
            rows.append(comment | {name: place[name] for name in PLACE})
    return sorted(filter(where.holds, rows), key=lambda row: row["ID"])


def _stored(portal, given: dict) -> list[int]:
    return [files.add(portal, *files.decode(pair)) for pair in as_list(given.get("FILES"))]


def _comment(portal, params, action: str) -> dict:
    row = portal.store.comments.get(params.integer("id"))
    if row is None:
        raise RestError("NOT_FOUND", "Not found.")
    if not timeline.may_touch(portal, row["ID"], action):
        raise rights.denied_plainly()
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
