"""What disk.file.* and disk.folder.* have in common: an object is shown, renamed, copied, moved, restored, linked to."""

from ..errors import RestError
from ..objects import drive
from ..registry import Unchanged, method
from .disk import found, new_name, target

DOCS = "https://apidocs.bitrix24.com/api-reference/disk/{0}/disk-{0}-{{}}.html"
NOT_FILTERS = {
    drive.FOLDER: ("REAL_OBJECT_ID", "CREATED_BY", "UPDATED_BY", "DELETED_BY"),
    drive.FILE: ("CREATED_BY", "UPDATED_BY", "DELETED_BY", "GLOBAL_CONTENT_VERSION", "FILE_ID", "SIZE"),
}


def _declare(kind: str) -> None:
    docs, prefix = DOCS.format(kind).format, f"disk.{kind}"

    @method(f"{prefix}.getfields", scope="disk", docs=docs("get-fields"))
    def fields(portal, caller, params):
        return described(drive.OBJECT, NOT_FILTERS[kind])

    @method(f"{prefix}.get", scope="disk", docs=docs("get"))
    def get(portal, caller, params):
        return drive.show(portal, found(portal, params, kind))

    @method(f"{prefix}.rename", scope="disk", docs=docs("rename"), writes=True)
    def rename(portal, caller, params):
        row = found(portal, params, kind)
        drive.rename(portal, caller.user_id, row, new_name(params))
        return drive.show(portal, row)

    @method(f"{prefix}.copyto", scope="disk", docs=docs("copy-to"), writes=True)
    def copy_to(portal, caller, params):
        row, folder = found(portal, params, kind), target(portal, params)
        return drive.show(portal, drive.copy(portal, caller.user_id, row, folder), drive.FRESH)

    @method(f"{prefix}.moveto", scope="disk", docs=docs("move-to"), writes=True)
    def move_to(portal, caller, params):
        row, folder = found(portal, params, kind), target(portal, params)
        if not row["PARENT_ID"]:
            raise RestError("", "Could not move root folder")
        drive.move(portal, caller.user_id, row, folder)
        return drive.show(portal, row, frozenset({"PARENT_ID"}))

    @method(f"{prefix}.restore", scope="disk", docs=docs("restore"), writes=True)
    def restore(portal, caller, params):
        """What was never in the bin stays as it is."""
        row = found(portal, params, kind, in_bin=True)
        if row["DELETED_TYPE"] == drive.LIVE:
            return Unchanged(drive.show(portal, row))
        drive.restore(portal, caller.user_id, row)
        return drive.show(portal, row, frozenset({"DELETED_TYPE"}))

    @method(
        f"{prefix}.getexternallink",
        scope="disk",
        docs=docs("get-external-link"),
        differs="the address is that of nothing",
    )
    def external_link(portal, caller, params):
        return drive.external_link(portal, found(portal, params, kind))


def described(filterable: dict, others: tuple[str, ...]) -> dict:
    """The fields of an object: their types, whether they filter."""
    kinds = dict.fromkeys(others, "integer")
    return {
        name: {"TYPE": kind, "USE_IN_FILTER": name in filterable, "USE_IN_SHOW": True}
        for name, kind in (filterable | kinds).items()
    }


for _kind in NOT_FILTERS:
    _declare(_kind)
