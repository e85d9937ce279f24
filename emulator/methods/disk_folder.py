"""disk.folder.*: folders and what is in them."""

from .. import drive
from ..errors import RestError
from ..filters import Condition, Where, ordering, parse
from ..listing import page
from ..registry import Page, Params, Unchanged, method, whole
from .disk import add_folder, found, new_name, target, upload

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/folder/disk-folder-{}.html"
NOT_FILTERS = ("REAL_OBJECT_ID", "CREATED_BY", "UPDATED_BY", "DELETED_BY")
ROOT_STAYS = RestError("DISK_OBJ_22000", "Could not delete root folder")


@method("disk.folder.getfields", scope="disk", docs=DOCS.format("get-fields"))
def fields(portal, caller, params):
    return described(drive.OBJECT, NOT_FILTERS)


@method("disk.folder.get", scope="disk", docs=DOCS.format("get"))
def get(portal, caller, params):
    return drive.show(portal, found(portal, params, drive.FOLDER))


@method("disk.folder.getchildren", scope="disk", docs=DOCS.format("get-children"))
def children(portal, caller, params):
    return page_of(portal, found(portal, params, drive.FOLDER), params)


@method("disk.folder.addsubfolder", scope="disk", docs=DOCS.format("add-subfolder"), writes=True)
def add_subfolder(portal, caller, params):
    return add_folder(portal, caller, found(portal, params, drive.FOLDER), params)


@method(
    "disk.folder.uploadfile",
    scope="disk",
    docs=DOCS.format("upload-file"),
    writes=True,
    batchable=False,
    differs="`rights` are ignored: everybody may do everything on the Drive",
)
def upload_file(portal, caller, params):
    return upload(portal, caller, found(portal, params, drive.FOLDER), params)


@method("disk.folder.rename", scope="disk", docs=DOCS.format("rename"), writes=True)
def rename(portal, caller, params):
    row = found(portal, params, drive.FOLDER)
    drive.rename(portal, caller.user_id, row, new_name(params))
    return drive.show(portal, row)


@method("disk.folder.copyto", scope="disk", docs=DOCS.format("copy-to"), writes=True)
def copy_to(portal, caller, params):
    row, folder = found(portal, params, drive.FOLDER), target(portal, params)
    return drive.show(portal, drive.copy(portal, caller.user_id, row, folder), drive.FRESH)


@method("disk.folder.moveto", scope="disk", docs=DOCS.format("move-to"), writes=True)
def move_to(portal, caller, params):
    row, folder = found(portal, params, drive.FOLDER), target(portal, params)
    if not row["PARENT_ID"]:
        raise RestError("", "Could not move root folder")
    drive.move(portal, caller.user_id, row, folder)
    return drive.show(portal, row, frozenset({"PARENT_ID"}))


@method("disk.folder.markdeleted", scope="disk", docs=DOCS.format("mark-deleted"), writes=True)
def mark_deleted(portal, caller, params):
    row = _below_root(found(portal, params, drive.FOLDER))
    drive.throw_away(portal, caller.user_id, row)
    return drive.show(portal, row, frozenset({"DELETED_TYPE"}))


@method("disk.folder.restore", scope="disk", docs=DOCS.format("restore"), writes=True)
def restore(portal, caller, params):
    return restored(portal, caller, found(portal, params, drive.FOLDER, in_bin=True))


@method("disk.folder.deletetree", scope="disk", docs=DOCS.format("delete-tree"), writes=True)
def delete_tree(portal, caller, params):
    drive.destroy(portal, _below_root(found(portal, params, drive.FOLDER, in_bin=True)))
    return True


@method(
    "disk.folder.getexternallink",
    scope="disk",
    docs=DOCS.format("get-external-link"),
    differs="the address is that of nothing",
)
def external_link(portal, caller, params):
    return drive.external_link(portal, found(portal, params, drive.FOLDER))


def page_of(portal, folder: dict, params: Params) -> Page:
    """What lies in a folder, the bin aside."""
    inside = (Condition("=", "PARENT_ID", (folder["ID"],)), Condition("=", "DELETED_TYPE", (drive.LIVE,)))
    where = Where(inside, (parse(params.map("filter"), _read),))
    keys = ordering(params.map("order"), drive.OBJECT.name)
    return page(portal, portal.store.disk_objects, params, where, keys, lambda row: drive.show(portal, row))


def _read(name: str, value: object) -> tuple[str, object] | None:
    """A kind of deletion is kept as a number."""
    return ("DELETED_TYPE", whole(value)) if name.upper() == "DELETED_TYPE" else drive.OBJECT.read(name, value)


def restored(portal, caller, row: dict) -> dict | Unchanged:
    """What was never in the bin stays as it is."""
    if row["DELETED_TYPE"] == drive.LIVE:
        return Unchanged(drive.show(portal, row))
    drive.restore(portal, caller.user_id, row)
    return drive.show(portal, row, frozenset({"DELETED_TYPE"}))


def described(filterable: dict, others: tuple[str, ...]) -> dict:
    """The fields of an object: their types, whether they filter."""
    kinds = dict.fromkeys(others, "integer")
    return {
        name: {"TYPE": kind, "USE_IN_FILTER": name in filterable, "USE_IN_SHOW": True}
        for name, kind in (filterable | kinds).items()
    }


def _below_root(row: dict) -> dict:
    if not row["PARENT_ID"]:
        raise ROOT_STAYS
    return row
