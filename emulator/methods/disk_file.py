"""disk.file.*: files, their versions and the search for them; what folders do as well is in disk_object.py."""

from .. import files
from ..errors import RestError
from ..filters import Condition, Where, in_order, parse
from ..listing import Columns, page
from ..objects import drive
from ..php import as_map
from ..registry import Params, method
from .disk import bad_argument, content_of, found, needed, not_found

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/file/disk-file-{}.html"
VERSION = Columns(
    {"ID": "integer", "SIZE": "integer", "NAME": "string", "CREATE_TIME": "datetime", "CREATED_BY": "integer"}
)
NEW_VERSION = frozenset({"GLOBAL_CONTENT_VERSION"})
SHORTEST, LONGEST, FOUND_AT_ONCE, FARTHEST = 3, 255, 50, 1000


@method("disk.file.markdeleted", scope="disk", docs=DOCS.format("mark-deleted"), writes=True)
def mark_deleted(portal, caller, params):
    row = found(portal, params, drive.FILE)
    drive.throw_away(portal, caller.user_id, row)
    return drive.show(portal, row)


@method("disk.file.delete", scope="disk", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    drive.destroy(portal, found(portal, params, drive.FILE, in_bin=True))
    return True


@method("disk.file.uploadversion", scope="disk", docs=DOCS.format("upload-version"), writes=True, batchable=False)
def upload_version(portal, caller, params):
    """The name stays; only the content is new."""
    row = found(portal, params, drive.FILE)
    if params.get("fileContent") is None:
        raise bad_argument(1)
    _, content = content_of(params.get("fileContent"), RestError("DISK_FILE_22002", "Could not save file"))
    drive.add_version(portal, caller.user_id, row, files.add(portal, row["NAME"], content))
    return drive.show(portal, row, NEW_VERSION)


@method("disk.file.getversions", scope="disk", docs=DOCS.format("get-versions"))
def versions(portal, caller, params):
    """Newest first."""
    row = found(portal, params, drive.FILE)
    where = Where((Condition("=", "OBJECT_ID", (row["ID"],)),), (parse(params.map("filter"), VERSION.read),))
    table, newest_first = portal.store.disk_versions, [("ID", True)]
    return page(portal, table, params, where, newest_first, lambda one: drive.show_version(portal, one))


@method("disk.file.restorefromversion", scope="disk", docs=DOCS.format("restore-from-version"), writes=True)
def restore_from_version(portal, caller, params):
    """A new version with the content of an old one."""
    row = found(portal, params, drive.FILE)
    version = portal.store.disk_versions.get(needed(params, "versionId", 1))
    if version is None:
        raise not_found(params.get("versionId"))
    if version["OBJECT_ID"] != row["ID"]:
        raise RestError("DISK_FILE_22004", "Cannot restore version from another file")
    content = files.content(portal, version["FILE_ID"])
    drive.add_version(portal, caller.user_id, row, files.add(portal, row["NAME"], content))
    return drive.show(portal, row, NEW_VERSION)


@method(
    "disk.file.search", scope="disk", docs=DOCS.format("search"), differs="names are searched, not the texts inside"
)
def search(portal, caller, params):
    """Without `total` and `next`; `start` skips objects."""
    words, kinds, place = _query(params), _kinds(params), _place(portal, params)
    where = Where((Condition("=", "DELETED_TYPE", (drive.LIVE,)), Condition("=", "TYPE", kinds), *place))
    folder = _folder(portal, params)
    hits = [
        row
        for row in in_order(portal.store.disk_objects.find(where), [("NAME", False)], "ID")
        if row["PARENT_ID"] and words in row["NAME"].casefold() and (folder is None or _inside(portal, row, folder))
    ]
    start = min(max(params.integer("start", 0), 0), FARTHEST)
    return [drive.show(portal, row) for row in hits[start : start + FOUND_AT_ONCE]]


def _query(params: Params) -> str:
    given = params.get("QUERY")
    if given is None:
        raise RestError("ERROR_ARGUMENT", "Invalid value of parameter { Parameter #0 [ <required> $QUERY ] }.")
    text = " ".join(given.split()) if isinstance(given, str) else ""
    if not SHORTEST <= len(text) <= LONGEST:
        raise RestError("INVALID_QUERY", "Search query is invalid. (INVALID_QUERY).")
    return text.casefold()


def _kinds(params: Params) -> tuple[str, ...]:
    asked = str(params.get("TYPE") or drive.FILE)
    if asked not in (drive.FILE, drive.FOLDER, "all"):
        raise RestError("INVALID_TYPE", "Search result type is invalid. (INVALID_TYPE).")
    return (drive.FILE, drive.FOLDER) if asked == "all" else (asked,)


def _place(portal, params: Params) -> tuple[Condition, ...]:
    """The storage to look in, as a condition."""
    given = params.get("FILTER")
    if given is not None and not isinstance(given, (dict, list)):
        raise _no_place()
    asked = Params(as_map(given))
    if set(map(str, asked)) - {"STORAGE_ID", "FOLDER_ID"}:
        raise RestError("INVALID_FILTER", "Search filter contains an unknown field. (INVALID_FILTER).")
    if asked.get("STORAGE_ID") is None:
        return ()
    if asked.integer("STORAGE_ID") not in portal.store.storages:
        raise _no_place()
    return (Condition("=", "STORAGE_ID", (asked.integer("STORAGE_ID"),)),)


def _folder(portal, params: Params) -> dict | None:
    """The folder to look in, which must be in the storage to look in."""
    asked = Params(params.map("FILTER"))
    if asked.get("FOLDER_ID") is None:
        return None
    row = portal.store.disk_objects.get(asked.integer("FOLDER_ID"))
    if row is None or row["TYPE"] != drive.FOLDER or row["DELETED_TYPE"] != drive.LIVE:
        raise _no_place()
    if asked.integer("STORAGE_ID", row["STORAGE_ID"]) != row["STORAGE_ID"]:
        raise _no_place()
    return row


def _inside(portal, row: dict, folder: dict) -> bool:
    return folder["ID"] in drive.line(portal, row)[1:]


def _no_place() -> RestError:
    return RestError("NOT_FOUND", "Search scope was not found. (NOT_FOUND).")
