"""The Drive: storages, the tree of folders and files, the recycle bin, versions.

Kinds of deletion and forms: https://apidocs.bitrix24.com/api-reference/disk/file/disk-file-get.html. A file's content
is its newest version; in the bin an object keeps its place and its name is free for others.
"""

import hashlib

from .. import files
from ..errors import RestError
from ..listing import Columns

FOLDER, FILE = "folder", "file"
LIVE, IN_BIN, WITH_PARENT = 0, 3, 4
OBJECT = Columns(
    {
        "ID": "integer",
        "NAME": "string",
        "TYPE": "enum",
        "CODE": "string",
        "STORAGE_ID": "integer",
        "PARENT_ID": "integer",
        "CREATE_TIME": "datetime",
        "UPDATE_TIME": "datetime",
        "DELETE_TIME": "datetime",
        "DELETED_TYPE": "enum",
    }
)
FRESH = frozenset({"ID", "FILE_ID", "REAL_OBJECT_ID", "GLOBAL_CONTENT_VERSION", "DELETED_TYPE"})
TITLES = {FOLDER: "A folder", FILE: "A file"}


def add_object(
    portal, user_id: int, storage_id: int, parent_id: int | None, kind: str, name: str, file_id: int | None = None
) -> dict:
    """A folder, or a file with its first version."""
    now = portal.clock.iso()
    row = {"ID": None, "NAME": name, "CODE": None, "STORAGE_ID": storage_id, "TYPE": kind, "PARENT_ID": parent_id}
    row |= {"FILE_ID": None, "VERSION": 0, "CREATE_TIME": now, "UPDATE_TIME": now, "CREATED_BY": user_id}
    row |= {"UPDATED_BY": user_id, "DELETED_TYPE": LIVE, "DELETE_TIME": None, "DELETED_BY": None}
    portal.store.disk_objects.add(row)
    if file_id is not None:
        add_version(portal, user_id, row, file_id)
    return row


def add_version(portal, user_id: int, row: dict, file_id: int) -> None:
    """The file has this content from now on."""
    now, number = portal.clock.iso(), row["VERSION"] + 1
    version = {"ID": None, "OBJECT_ID": row["ID"], "NAME": row["NAME"], "FILE_ID": file_id, "CREATED_BY": user_id}
    version |= {"SIZE": len(files.content(portal, file_id)), "GLOBAL_CONTENT_VERSION": number, "CREATE_TIME": now}
    portal.store.disk_versions.add(version)
    changes = {"FILE_ID": file_id, "VERSION": number, "UPDATE_TIME": now, "UPDATED_BY": user_id}
    portal.store.disk_objects.update(row["ID"], changes)


def put(portal, user_id: int, folder: dict, kind: str, name: str, file_id: int | None = None) -> dict:
    """A new object in a folder where nothing has its name."""
    check_name(portal, folder["ID"], kind, name)
    return add_object(portal, user_id, folder["STORAGE_ID"], folder["ID"], kind, name, file_id)


def copy(portal, user_id: int, row: dict, folder: dict) -> dict:
    """The object with everything below it; a file's copy begins with one version."""
    check_name(portal, folder["ID"], row["TYPE"], row["NAME"])
    return _copy(portal, user_id, _tree(portal, row), folder)


def move(portal, user_id: int, row: dict, folder: dict) -> None:
    """Into a folder of the same storage that is not inside the object itself."""
    if row["ID"] in line(portal, folder):
        raise RestError("", "Could not move folder into itself")
    if folder["STORAGE_ID"] != row["STORAGE_ID"]:
        raise RestError("", "Could not move object to another storage")
    check_name(portal, folder["ID"], row["TYPE"], row["NAME"], row["ID"])
    _change(portal, user_id, row, PARENT_ID=folder["ID"])


def rename(portal, user_id: int, row: dict, name: str) -> None:
    check_name(portal, row["PARENT_ID"], row["TYPE"], name, row["ID"])
    _change(portal, user_id, row, NAME=name)


def throw_away(portal, user_id: int, row: dict) -> None:
    """Into the bin, with everything below it."""
    now, deleted = portal.clock.iso(), IN_BIN
    for one in _flat(_tree(portal, row)):
        changes = {"DELETED_TYPE": deleted, "DELETE_TIME": now, "DELETED_BY": user_id}
        portal.store.disk_objects.update(one["ID"], changes)
        deleted = WITH_PARENT


def restore(portal, user_id: int, row: dict) -> None:
    """Out of the bin to its place, or to the root of the storage if the place is gone; a taken name gets a number."""
    place = portal.store.disk_objects.get(row["PARENT_ID"])
    if place is None or place["DELETED_TYPE"] != LIVE:
        place = root_of(portal, row["STORAGE_ID"])
    name = unique(portal, place["ID"], row["TYPE"], row["NAME"])
    for one in _flat(_tree(portal, row, WITH_PARENT)):
        portal.store.disk_objects.update(one["ID"], {"DELETED_TYPE": LIVE})
    _change(portal, user_id, row, NAME=name, PARENT_ID=place["ID"])


def destroy(portal, row: dict) -> None:
    """Without return, with everything below it, binned or not."""
    for child in portal.store.disk_objects.having(PARENT_ID=row["ID"]):
        destroy(portal, child)
    for version in portal.store.disk_versions.having(OBJECT_ID=row["ID"]):
        portal.store.files.remove(version["FILE_ID"])
        portal.store.disk_versions.remove(version["ID"])
    portal.store.disk_objects.remove(row["ID"])


def check_name(portal, folder_id: int | None, kind: str, name: str, own_id: int | None = None) -> None:
    if any(row["ID"] != own_id for row in _named(portal, folder_id, name)):
        raise RestError("DISK_OBJ_22000", f"{TITLES[kind]} with this name already exists")


def unique(portal, folder_id: int | None, kind: str, name: str) -> str:
    """The name, or with a number before the ending if it is taken."""
    stem, dot, ending = name.rpartition(".") if kind == FILE and "." in name else (name, "", "")
    number, candidate = 0, name
    while _named(portal, folder_id, candidate):
        number += 1
        candidate = f"{stem} ({number}){dot}{ending}"
    return candidate


def root_of(portal, storage_id: int) -> dict:
    return portal.store.disk_objects.get(portal.store.storages.get(storage_id)["ROOT_OBJECT_ID"])


def line(portal, row: dict | None) -> list[int]:
    """An object and every folder above it."""
    ids = []
    while row is not None:
        ids.append(row["ID"])
        row = portal.store.disk_objects.get(row["PARENT_ID"])
    return ids


def path(portal, row: dict) -> str:
    """Names from below the root down."""
    names = [portal.store.disk_objects.get(one)["NAME"] for one in line(portal, row)]
    return "/".join(reversed(names[:-1]))


def external_link(portal, row: dict) -> str:
    """The public address of an object, the same at every question."""
    code = hashlib.sha256(f"link {row['ID']}".encode()).hexdigest()[:5]
    return f"{portal.base_url}/~{code}"


def show(portal, row: dict, numbers: frozenset[str] = frozenset()) -> dict:
    """Everything in strings, but for the names that the answer of a method gives as numbers."""
    shown = {name: row[name] for name in ("ID", "NAME", "CODE", "STORAGE_ID", "TYPE")}
    if row["TYPE"] == FOLDER:
        shown["REAL_OBJECT_ID"] = row["ID"]
    shown |= {"PARENT_ID": row["PARENT_ID"], "DELETED_TYPE": row["DELETED_TYPE"]}
    if row["TYPE"] == FILE:
        shown |= {"GLOBAL_CONTENT_VERSION": row["VERSION"], "FILE_ID": row["FILE_ID"]}
        shown["SIZE"] = len(files.content(portal, row["FILE_ID"]))
    shown |= {name: row[name] for name in ("CREATE_TIME", "UPDATE_TIME", "DELETE_TIME", "CREATED_BY", "UPDATED_BY")}
    shown["DELETED_BY"] = row["DELETED_BY"] if row["DELETED_BY"] or numbers == FRESH else 0
    shown = {name: value if name in numbers or value is None else str(value) for name, value in shown.items()}
    if row["TYPE"] == FILE:
        shown["DOWNLOAD_URL"] = files.show(portal, row["FILE_ID"])["url"]
    return shown | {"DETAIL_URL": _detail_url(portal, row)}


def show_version(portal, row: dict) -> dict:
    names = ("ID", "OBJECT_ID", "SIZE", "NAME", "GLOBAL_CONTENT_VERSION", "CREATE_TIME", "CREATED_BY")
    return {name: str(row[name]) for name in names} | {"DOWNLOAD_URL": files.show(portal, row["FILE_ID"])["url"]}


def _detail_url(portal, row: dict) -> str:
    storage = portal.store.storages.get(row["STORAGE_ID"])
    personal = storage["ENTITY_TYPE"] == "user"
    drive = f"/company/personal/user/{storage['ENTITY_ID']}/disk" if personal else "/docs"
    return f"{portal.base_url}{drive}/{'path' if row['TYPE'] == FOLDER else 'file'}/{path(portal, row)}"


def _named(portal, folder_id: int | None, name: str) -> list[dict]:
    return portal.store.disk_objects.having(PARENT_ID=folder_id, NAME=name, DELETED_TYPE=LIVE)


def _change(portal, user_id: int, row: dict, **changes: object) -> None:
    stamps = {"UPDATE_TIME": portal.clock.iso(), "UPDATED_BY": user_id}
    portal.store.disk_objects.update(row["ID"], changes | stamps)


def _tree(portal, row: dict, deleted: int = LIVE) -> tuple[dict, list]:
    """(object, trees of its children), only children that are deleted in this way."""
    children = portal.store.disk_objects.having(PARENT_ID=row["ID"], DELETED_TYPE=deleted)
    return row, [_tree(portal, child, deleted) for child in children]


def _flat(tree: tuple[dict, list]) -> list[dict]:
    row, children = tree
    return [row, *(one for child in children for one in _flat(child))]


def _copy(portal, user_id: int, tree: tuple[dict, list], folder: dict) -> dict:
    row, children = tree
    content = None
    if row["TYPE"] == FILE:
        content = files.add(portal, row["NAME"], files.content(portal, row["FILE_ID"]))
    made = add_object(portal, user_id, folder["STORAGE_ID"], folder["ID"], row["TYPE"], row["NAME"], content)
    for child in children:
        _copy(portal, user_id, child, made)
    return made
