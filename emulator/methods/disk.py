"""disk.*: what its families share, and access levels, versions, attachments."""

from .. import files
from ..errors import RestError
from ..objects import drive
from ..registry import Params, Unchanged, method
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/{}.html"
# https://apidocs.bitrix24.com/api-reference/disk/rights/disk-rights-get-tasks.html
ACCESS_LEVELS = (
    ("79", "disk_access_full", "Полный доступ"),
    ("75", "disk_access_edit", "Редактирование"),
    ("71", "disk_access_read", "Чтение"),
)


@method("disk.rights.gettasks", scope="disk", docs=DOCS.format("rights/disk-rights-get-tasks"))
def access_levels(portal, caller, params):
    return [{"ID": number, "NAME": name, "TITLE": title} for number, name, title in ACCESS_LEVELS]


@method("disk.version.get", scope="disk", docs=DOCS.format("version/disk-version-get"))
def version_get(portal, caller, params):
    if params.integer("id") is None:
        raise RestError("ERROR_ARGUMENT", "Invalid value of parameter `id`")
    version = portal.store.disk_versions.get(params.integer("id"))
    if version is None:
        raise not_found(params.get("id"))
    return drive.show_version(portal, version)


@method("disk.attachedobject.get", scope="disk", docs=DOCS.format("attached-object/disk-attached-object-get"))
def attached_object_get(portal, caller, params):
    """A file where it hangs on a task or on a message of the feed."""
    attached = portal.store.task_files.get(params.integer("id"))
    row = attached and portal.store.disk_objects.get(attached["OBJECT_ID"])
    owner = attached and _owner(portal, attached)
    if not row or not owner:
        raise not_found(params.get("id"))
    return {
        "ID": str(attached["ID"]),
        "OBJECT_ID": str(row["ID"]),
        **owner,
        "DOWNLOAD_URL": files.show(portal, row["FILE_ID"])["url"],
        "NAME": row["NAME"],
        "SIZE": str(len(files.content(portal, row["FILE_ID"]))),
    }


def _owner(portal, attached: dict) -> dict | None:
    """What the file hangs on, since when and by whom."""
    if attached.get("POST_ID"):
        post = portal.store.feed_posts.get(attached["POST_ID"])
        place = {"MODULE_ID": "blog", "ENTITY_TYPE": "blog_post", "ENTITY_ID": str(post["ID"])}
        return place | {"CREATE_TIME": post["DATE_PUBLISH"], "CREATED_BY": str(post["AUTHOR_ID"])}
    task = portal.store.tasks.get(attached["TASK_ID"])
    place = {"MODULE_ID": "tasks", "ENTITY_TYPE": "tasks_task", "ENTITY_ID": str(attached["TASK_ID"])}
    return task and place | {"CREATE_TIME": task["createdDate"], "CREATED_BY": str(task["createdBy"])}


def found(portal, params: Params, kind: str, name: str = "id", position: int = 0, in_bin: bool = False) -> dict:
    """The folder or file that a parameter names; what is in the bin only for those who look there."""
    row = portal.store.disk_objects.get(needed(params, name, position))
    if row is None or row["TYPE"] != kind or (row["DELETED_TYPE"] != drive.LIVE and not in_bin):
        raise not_found(params.get(name))
    return row


def needed(params: Params, name: str, position: int) -> int | None:
    if params.get(name) in (None, ""):
        raise bad_argument(position)
    return params.integer(name)


def target(portal, params: Params) -> dict:
    return found(portal, params, drive.FOLDER, "targetFolderId", 1)


def new_name(params: Params) -> str:
    if params.get("newName") is None:
        raise bad_argument(1)
    name = params.text("newName")
    if not name:
        raise RestError("0", "Empty name")
    return name


def name_of(params: Params) -> str:
    return Params(params.map("data")).text("NAME")


def add_folder(portal, caller, folder: dict, params: Params) -> dict:
    if not name_of(params):
        raise bad_argument(1)
    made = drive.put(portal, caller.user_id, folder, drive.FOLDER, name_of(params))
    return drive.show(portal, made, drive.FRESH)


def upload(portal, caller, folder: dict, params: Params) -> dict | Unchanged:
    """With fileContent at once; without it the answer names an address for a multipart upload."""
    unique = flag(params.get("generateUniqueName")) == "Y"
    uploaded = params.get("fileContent") or params.get("file")
    if uploaded is None:
        return Unchanged({"field": "file", "uploadUrl": _upload_url(portal, caller, folder, unique)})
    name, content = content_of(uploaded, RestError("ERROR_COULD_NOT_SAVE_FILE", "Could not save file"))
    name = name if params.get("fileContent") is None else name_of(params)
    if not name:
        raise RestError("DISK_BASE_SERVICE_22001", "Error: required parameter NAME (DISK_BASE_SERVICE_22001)")
    if unique:
        name = drive.unique(portal, folder["ID"], drive.FILE, name)
    drive.check_name(portal, folder["ID"], drive.FILE, name)
    made = drive.put(portal, caller.user_id, folder, drive.FILE, name, files.add(portal, name, content))
    return drive.show(portal, made, drive.FRESH)


def content_of(uploaded: object, unsaved: RestError) -> tuple[str, bytes]:
    try:
        return files.decode(uploaded)
    except RestError:
        raise unsaved from None


def bad_argument(position: int) -> RestError:
    return RestError("ERROR_ARGUMENT", f"Invalid value of parameter {{Parameter #{position}}}")


def not_found(asked: object) -> RestError:
    return RestError("ERROR_NOT_FOUND", f"Could not find entity with id `{asked}`")


def _upload_url(portal, caller, folder: dict, unique: bool) -> str:
    address = f"{portal.base_url}/rest/{caller.user_id}/{portal.token}/disk.folder.uploadfile"
    return f"{address}?id={folder['ID']}&generateUniqueName={int(unique)}"
