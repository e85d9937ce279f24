"""crm.activity.badge.*: badges for cards in the kanban, kept by code."""

from ..errors import RestError, not_found
from ..php import as_map
from ..registry import Params, method

DOCS = (
    "https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/configurable/badges/crm-activity-badge-{}.html"
)
NAMES = ("code", "title", "value", "type")
TYPES = {"success", "failure", "warning", "primary", "secondary"}


@method("crm.activity.badge.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    return {"badges": [_show(row) for row in portal.store.badges.all()]}


@method("crm.activity.badge.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"badge": _show(_badge(portal, params))}


@method(
    "crm.activity.badge.add",
    scope="crm",
    docs=DOCS.format("add"),
    writes=True,
    differs="The error of a code that is taken and of an unknown type is INVALID_ARG_VALUE: it is not documented.",
)
def add(portal, caller, params):
    """Title and value in one language or in several, by their codes."""
    for name in NAMES:
        if not params.get(name):
            raise RestError("REQUIRED_ARG_MISSING", f'Argument "{name}" is required')
    code, kind = str(params.get("code")), str(params.get("type"))
    if kind not in TYPES:
        raise RestError("INVALID_ARG_VALUE", f'Wrong badge type "{kind}"')
    if portal.store.badges.having(code=code):
        raise RestError("INVALID_ARG_VALUE", f'Badge with code "{code}" already exists')
    row = {"id": None, "code": code, "title": params.get("title"), "value": params.get("value"), "type": kind}
    return {"badge": _show(portal.store.badges.add(row))}


@method("crm.activity.badge.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    portal.store.badges.remove(_badge(portal, params)["id"])
    return True


def _badge(portal, params: Params) -> dict:
    found = portal.store.badges.having(code=str(params.need("code")))
    if not found:
        raise not_found("Not found.")
    return found[0]


def _show(row: dict) -> dict:
    return {"code": row["code"], "title": _said(row["title"]), "value": _said(row["value"]), "type": row["type"]}


def _said(words: object) -> str:
    """In Russian, the portal's language; else in English; else as it comes first."""
    if not isinstance(words, (dict, list)):
        return str(words)
    known = as_map(words)
    return str(known.get("ru") or known.get("en") or next(iter(known.values()), ""))
