"""disk.folder.*: folders and what is in them; what files do as well is in disk_object.py."""

from ..errors import RestError
from ..filters import Condition, Where, ordering, parse
from ..listing import page
from ..objects import drive
from ..registry import Page, Params, method, whole
from .disk import add_folder, found, upload

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/folder/disk-folder-{}.html"
ROOT_STAYS = RestError("DISK_OBJ_22000", "Could not delete root folder")


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


@method("disk.folder.markdeleted", scope="disk", docs=DOCS.format("mark-deleted"), writes=True)
def mark_deleted(portal, caller, params):
    row = _below_root(found(portal, params, drive.FOLDER))
    drive.throw_away(portal, caller.user_id, row)
    return drive.show(portal, row, frozenset({"DELETED_TYPE"}))


@method("disk.folder.deletetree", scope="disk", docs=DOCS.format("delete-tree"), writes=True)
def delete_tree(portal, caller, params):
    drive.destroy(portal, _below_root(found(portal, params, drive.FOLDER, in_bin=True)))
    return True


def page_of(portal, folder: dict, params: Params) -> Page:
    """What lies in a folder, the bin aside."""
    inside = (Condition("=", "PARENT_ID", (folder["ID"],)), Condition("=", "DELETED_TYPE", (drive.LIVE,)))
    where = Where(inside, (parse(params.map("filter"), _read),))
    keys = ordering(params.map("order"), drive.OBJECT.name)
    return page(portal, portal.store.disk_objects, params, where, keys, lambda row: drive.show(portal, row))


def _read(name: str, value: object) -> tuple[str, object] | None:
    """A kind of deletion is kept as a number."""
    return ("DELETED_TYPE", whole(value)) if name.upper() == "DELETED_TYPE" else drive.OBJECT.read(name, value)


def _below_root(row: dict) -> dict:
    if not row["PARENT_ID"]:
        raise ROOT_STAYS
    return row
