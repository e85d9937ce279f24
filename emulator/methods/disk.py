"""disk.*: storages, folders, files."""

from .. import files
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..php import as_map
from ..registry import method
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/{}.html"
STORAGE = Columns({"ID": "integer", "NAME": "string", "ENTITY_TYPE": "string", "ENTITY_ID": "string"})
OBJECT = Columns(
    {
        "ID": "integer",
        "NAME": "string",
        "TYPE": "string",
        "PARENT_ID": "integer",
        "CREATED_BY": "integer",
        "CREATE_TIME": "datetime",
    }
)


@method("disk.storage.getlist", scope="disk", docs=DOCS.format("storage/disk-storage-get-list"))
def storages(portal, caller, params):
    where = parse(params.map("filter"), STORAGE.read)
    keys = ordering(params.map("order"), STORAGE.name)
    return page(portal, portal.store.storages, params, where, keys, _show_storage)


@method("disk.folder.getchildren", scope="disk", docs=DOCS.format("folder/disk-folder-get-children"))
def children(portal, caller, params):
    folder = _object(portal, params, "folder")
    where = parse(params.map("filter") | {"PARENT_ID": folder["ID"]}, OBJECT.read)
    keys = ordering(params.map("order"), OBJECT.name)
    return page(portal, portal.store.disk_objects, params, where, keys, lambda row: _show(portal, row))


@method("disk.folder.get", scope="disk", docs=DOCS.format("folder/disk-folder-get"))
def folder_get(portal, caller, params):
    return _show(portal, _object(portal, params, "folder"))


@method("disk.folder.addsubfolder", scope="disk", docs=DOCS.format("folder/disk-folder-add-subfolder"), writes=True)
def add_subfolder(portal, caller, params):
    folder, name = _object(portal, params, "folder"), str(as_map(params.get("data")).get("NAME") or "")
    if not name:
        raise RestError("ERROR_ARGUMENT", "Invalid value of parameter {Parameter #1}")
    if _named(portal, folder, name):
        raise RestError("DISK_OBJ_22000", "A folder with this name already exists")
    return _show(portal, _add(portal, caller, folder, "folder", name, None))


@method(
    "disk.folder.uploadfile",
    scope="disk",
    docs=DOCS.format("folder/disk-folder-upload-file"),
    writes=True,
    batchable=False,
)
def upload(portal, caller, params):
    """With fileContent at once; without it the answer names an address for a multipart upload."""
    folder = _object(portal, params, "folder")
    uploaded = params.get("fileContent") or params.get("file")
    if uploaded is None:
        address = f"{portal.base_url}/rest/{caller.user_id}/{portal.token}/disk.folder.uploadfile?id={folder['ID']}"
        return {"field": "file", "uploadUrl": address}
    name, content = files.decode(uploaded)
    if params.get("fileContent") is not None:
        name = str(as_map(params.get("data")).get("NAME") or "")
    if not name:
        raise RestError("DISK_BASE_SERVICE_22001", "Error: required parameter NAME (DISK_BASE_SERVICE_22001)")
    if _named(portal, folder, name):
        if flag(params.get("generateUniqueName")) != "Y":
            raise RestError("DISK_OBJ_22000", "A file with this name already exists")
        name = _unique(portal, folder, name)
    return _show(portal, _add(portal, caller, folder, "file", name, files.add(portal, name, content)))


@method("disk.file.get", scope="disk", docs=DOCS.format("file/disk-file-get"))
def file_get(portal, caller, params):
    return _show(portal, _object(portal, params, "file"))


@method("disk.file.delete", scope="disk", docs=DOCS.format("file/disk-file-delete"), writes=True)
def file_delete(portal, caller, params):
    row = _object(portal, params, "file")
    portal.store.files.remove(row["FILE_ID"])
    portal.store.disk_objects.remove(row["ID"])
    return True


def _object(portal, params, kind: str) -> dict:
    row = portal.store.disk_objects.get(params.integer("id"))
    if row is None or row["TYPE"] != kind:
        raise RestError("ERROR_NOT_FOUND", f"Could not find entity with id `{params.get('id')}`")
    return row


def _named(portal, folder: dict, name: str) -> list[dict]:
    return portal.store.disk_objects.having(PARENT_ID=folder["ID"], NAME=name)


def _unique(portal, folder: dict, name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    candidates = (f"{stem or name} ({number}){dot}{ending if dot else ''}" for number in range(1, 10_000))
    return next(candidate for candidate in candidates if not _named(portal, folder, candidate))


def _add(portal, caller, folder: dict, kind: str, name: str, file_id: int | None) -> dict:
    return add_object(portal, caller.user_id, folder["STORAGE_ID"], folder["ID"], kind, name, file_id)


def add_object(
    portal, user_id: int, storage_id: int, parent_id: int | None, kind: str, name: str, file_id: int | None = None
) -> dict:
    """A folder or file of the Drive."""
    now = portal.clock.iso()
    return portal.store.disk_objects.add(
        {
            "ID": None,
            "NAME": name,
            "STORAGE_ID": storage_id,
            "TYPE": kind,
            "PARENT_ID": parent_id,
            "FILE_ID": file_id,
            "CREATE_TIME": now,
            "UPDATE_TIME": now,
            "CREATED_BY": user_id,
        }
    )


def _show(portal, row: dict) -> dict:
    shown = {
        "ID": row["ID"],
        "NAME": row["NAME"],
        "CODE": None,
        "STORAGE_ID": str(row["STORAGE_ID"]),
        "TYPE": row["TYPE"],
        "PARENT_ID": str(row["PARENT_ID"]) if row["PARENT_ID"] else None,
        "DELETED_TYPE": 0,
        "CREATE_TIME": row["CREATE_TIME"],
        "UPDATE_TIME": row["UPDATE_TIME"],
        "DELETE_TIME": None,
        "CREATED_BY": str(row["CREATED_BY"]),
        "UPDATED_BY": str(row["CREATED_BY"]),
        "DELETED_BY": None,
        "DETAIL_URL": f"{portal.base_url}/docs/path/{row['NAME']}",
    }
    if row["TYPE"] == "folder":
        return shown | {"REAL_OBJECT_ID": row["ID"]}
    size = len(portal.store.files.get(row["FILE_ID"])["content"])
    address = files.show(portal, row["FILE_ID"])["url"]
    return shown | {"FILE_ID": row["FILE_ID"], "SIZE": str(size), "GLOBAL_CONTENT_VERSION": 1, "DOWNLOAD_URL": address}


def _show_storage(row: dict) -> dict:
    return {
        "ID": str(row["ID"]),
        "NAME": row["NAME"],
        "CODE": None,
        "MODULE_ID": "disk",
        "ENTITY_TYPE": row["ENTITY_TYPE"],
        "ENTITY_ID": row["ENTITY_ID"],
        "ROOT_OBJECT_ID": str(row["ROOT_OBJECT_ID"]),
    }
