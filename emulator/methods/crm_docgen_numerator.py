"""crm.documentgenerator.numerator.*: how the documents of a template are numbered."""

from ..errors import RestError
from ..filters import Where
from ..listing import page
from ..objects import numbering
from ..registry import Params, method
from .crm_docgen_template import fields_of, refuse_empty

PAGES = "https://apidocs.bitrix24.com/api-reference/crm/document-generator/numerator/"
DOCS = PAGES + "crm-document-generator-numerator-{}.html"
DIFFERS = "Of the variables of a number only {NUMBER}, {DAY}, {MONTH} and {YEAR} are filled."


@method("crm.documentgenerator.numerator.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    return page(portal, portal.store.numerators, params, Where(), [], _show_in_list, wrap="numerators")


@method("crm.documentgenerator.numerator.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    return {"numerator": _show(_numerator(portal, params))}


@method("crm.documentgenerator.numerator.add", scope="crm", docs=DOCS.format("add"), writes=True, differs=DIFFERS)
def add(portal, caller, params):
    """The id is a number here and a string everywhere else."""
    given = fields_of(params)
    refuse_empty(given, ("name", "template"))
    row = {"id": None, "name": str(given["name"]), "template": str(given["template"]), "code": None}
    row |= {"settings": numbering.settings(given.get("settings"), numbering.UNSET), "last": None, "period": ""}
    row = portal.store.numerators.add(row)
    return {"numerator": _show(row) | {"id": row["id"]}}


@method("crm.documentgenerator.numerator.update", scope="crm", docs=DOCS.format("update"), writes=True, differs=DIFFERS)
def update(portal, caller, params):
    """Another start begins the counter anew. The answer has no wrapping."""
    row, given = _numerator(portal, params), fields_of(params)
    changed = {name: str(given[name]) for name in ("name", "template") if given.get(name)}
    changed["settings"] = numbering.settings(given.get("settings"), row["settings"])
    if changed["settings"]["start"] != row["settings"]["start"]:
        changed |= {"last": None}
    return _show(portal.store.numerators.update(row["id"], changed))


@method("crm.documentgenerator.numerator.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    portal.store.numerators.remove(_numerator(portal, params)["id"])
    return None


def _numerator(portal, params: Params) -> dict:
    if params.get("id") is None:
        raise RestError("100", r"Bitrix\Main\Numerator\Numerator constructor must be is public")
    row = portal.store.numerators.get(params.integer("id"))
    if row is None:
        raise RestError("100", "Could not construct parameter {numerator}")
    return row


def _show(row: dict) -> dict:
    return {
        "name": row["name"],
        "template": row["template"],
        "id": str(row["id"]),
        "code": row["code"],
        "settings": {numbering.GENERATOR: row["settings"]},
    }


def _show_in_list(row: dict) -> dict:
    return {name: value for name, value in _show(row).items() if name != "code"}
