"""disk.storage.*: storages and their roots."""

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, as_text, page
from ..objects import drive
from ..registry import Params, method
from .disk import add_folder, bad_argument, needed, not_found, upload
from .disk_folder import page_of
from .disk_object import described

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/storage/disk-storage-{}.html"
COLUMNS = Columns({"ID": "integer", "NAME": "string", "CODE": "string", "ENTITY_TYPE": "string", "ENTITY_ID": "string"})
SHOWN = ("ID", "NAME", "CODE", "MODULE_ID", "ENTITY_TYPE", "ENTITY_ID", "ROOT_OBJECT_ID")


@method("disk.storage.getfields", scope="disk", docs=DOCS.format("get-fields"))
def fields(portal, caller, params):
    return described(COLUMNS, ("MODULE_ID", "ROOT_OBJECT_ID")) | {
        "MODULE_ID": {"TYPE": "string", "USE_IN_FILTER": False, "USE_IN_SHOW": True}
    }


@method("disk.storage.gettypes", scope="disk", docs=DOCS.format("get-types"))
def types(portal, caller, params):
    return ["user", "common", "group"]


@method("disk.storage.get", scope="disk", docs=DOCS.format("get"))
def get(portal, caller, params):
    return _show(_storage(portal, params))


@method(
    "disk.storage.getlist",
    scope="disk",
    docs=DOCS.format("get-list"),
    differs="only the common storage: people and workgroups have none",
)
def list_(portal, caller, params):
    where = parse(params.map("filter"), COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name)
    return page(portal, portal.store.storages, params, where, keys, _show)


@method("disk.storage.getchildren", scope="disk", docs=DOCS.format("get-children"))
def children(portal, caller, params):
    return page_of(portal, _root(portal, params), params)


@method("disk.storage.addfolder", scope="disk", docs=DOCS.format("add-folder"), writes=True)
def add_to_root(portal, caller, params):
    return add_folder(portal, caller, _root(portal, params), params)


@method("disk.storage.uploadfile", scope="disk", docs=DOCS.format("upload-file"), writes=True, batchable=False)
def upload_to_root(portal, caller, params):
    """Only with fileContent: addresses for uploads are given for folders."""
    root = _root(portal, params)
    if params.get("fileContent") is None:
        raise bad_argument(1)
    return upload(portal, caller, root, params)


@method("disk.storage.getforapp", scope="disk", docs=DOCS.format("get-for-app"))
def get_for_app(portal, caller, params):
    """Applications only; a webhook is told so, with 400 as everything of the Drive."""
    raise RestError("ACCESS_DENIED", "Access denied! Application context required")


@method("disk.storage.rename", scope="disk", docs=DOCS.format("rename"), writes=True)
def rename(portal, caller, params):
    """Only the storage of an application has a name to change, and a webhook has none."""
    _storage(portal, params)
    if params.get("newName") is None:
        raise bad_argument(1)
    raise RestError("", "Access denied (invalid type of storage)")


def _storage(portal, params: Params) -> dict:
    row = portal.store.storages.get(needed(params, "id", 0))
    if row is None:
        raise not_found(params.get("id"))
    return row


def _root(portal, params: Params) -> dict:
    return drive.root_of(portal, _storage(portal, params)["ID"])


def _show(row: dict) -> dict:
    fixed = {"CODE": None, "MODULE_ID": "disk"}
    return {name: as_text((fixed | row)[name]) for name in SHOWN}
