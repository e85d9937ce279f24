"""user.userfield.*: definitions of the custom fields of employees (UF_USR_…); administrators only."""

from ..errors import RestError
from ..registry import method
from .crm_userfield import change_field, check_required, define_field, remove_field, shown_fields
from .user import UF_ENTITY

DOCS = "https://apidocs.bitrix24.com/api-reference/user/userfields/user-userfield-{}.html"
SCOPE = "user.userfield"
TYPES_DIFFER = "no iblock_section, iblock_element and no types of applications; MANDATORY is kept but not demanded"


@method("user.userfield.list", scope=SCOPE, docs=DOCS.format("list"))
def list_(portal, caller, params):
    _check_rights(portal, caller)
    return shown_fields(portal, UF_ENTITY, params)


@method("user.userfield.add", scope=SCOPE, docs=DOCS.format("add"), writes=True, differs=TYPES_DIFFER)
def add(portal, caller, params):
    """`DEALS` and `UF_DEALS` become `UF_USR_DEALS`."""
    _check_rights(portal, caller)
    given = params.fields()
    check_required(given)
    name = str(given["FIELD_NAME"]).upper().removeprefix("UF_USR_").removeprefix("UF_")
    return define_field(portal, UF_ENTITY, f"UF_USR_{name}", given)


@method("user.userfield.update", scope=SCOPE, docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    change_field(portal, _held(portal, caller, params), params.map("fields"))
    return True


@method("user.userfield.delete", scope=SCOPE, docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """The values go with the definition."""
    row = _held(portal, caller, params)
    remove_field(portal, row)
    for user in portal.store.users.all():
        portal.store.users.update(user["ID"], {row["FIELD_NAME"]: None})
    return True


def _held(portal, caller, params) -> dict:
    _check_rights(portal, caller)
    if (field_id := params.integer("id", 0)) <= 0:
        raise RestError("", "ID is not defined or invalid")
    row = portal.store.userfields.get(field_id)
    if row is None or row["ENTITY_ID"] != UF_ENTITY:
        raise RestError("", "Access denied.")
    return row


def _check_rights(portal, caller) -> None:
    if not portal.is_admin(caller.user_id):
        raise RestError("", "Access denied.")
