"""department.*: the company's structure, a tree with one root."""

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..objects.structure import line
from ..registry import Params, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/departments/department-{}.html"
COLUMNS = Columns({"ID": "integer", "NAME": "string", "SORT": "integer", "PARENT": "integer", "UF_HEAD": "integer"})
TITLES = {
    "ID": "ID",
    "NAME": "Название подразделения",
    "SORT": "Порядок сортировки",
    "PARENT": "Родительское подразделение",
    "UF_HEAD": "Руководитель",
}


@method("department.fields", scope="department", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return TITLES


@method("department.get", scope="department", docs=DOCS.format("get"))
def get(portal, caller, params):
    """Filters stand at the top level; `sort` and `order` are flat. SORT is a filter when it is a number."""
    at_top = {name: value for name, value in params.items() if str(name).upper() in COLUMNS}
    where = parse({name: value for name, value in at_top.items() if not _is_sort(name, value)}, COLUMNS.read)
    keys = ordering({str(params.get("sort") or "ID"): params.get("order") or "ASC"}, COLUMNS.name)
    return page(portal, portal.store.departments, params, where, keys, _show)


@method("department.add", scope="department", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    _check_rights(portal, caller)
    values = {"SORT": 500, "PARENT": None, "UF_HEAD": None} | _written(params)
    _check_name(values.get("NAME"))
    if values["PARENT"] not in portal.store.departments:
        raise one_root()
    return portal.store.departments.add({"ID": None} | values)["ID"]


@method("department.update", scope="department", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """A department stays in the tree: under a parent that is neither itself nor below it."""
    _check_rights(portal, caller)
    row, values = _department(portal, params), _written(params)
    _check_name(values.get("NAME", row["NAME"]))
    parent = values.get("PARENT", row["PARENT"])
    if parent != row["PARENT"] and (parent not in portal.store.departments or row["ID"] in line(portal, parent)):
        raise one_root()
    portal.store.departments.update(row["ID"], values)
    return True


@method(
    "department.delete",
    scope="department",
    docs=DOCS.format("delete"),
    writes=True,
    differs="what is below a deleted department, and who works there, moves to its parent; the root is not deleted",
)
def delete(portal, caller, params):
    _check_rights(portal, caller)
    row = _department(portal, params)
    if not row["PARENT"]:
        raise RestError("ERROR_CORE", "Access denied")
    for child in portal.store.departments.having(PARENT=row["ID"]):
        portal.store.departments.update(child["ID"], {"PARENT": row["PARENT"]})
    for user in portal.store.users.having(UF_DEPARTMENT=row["ID"]):
        others = [one for one in user["UF_DEPARTMENT"] if one != row["ID"]]
        portal.store.users.update(user["ID"], {"UF_DEPARTMENT": others or [row["PARENT"]]})
    portal.store.departments.remove(row["ID"])
    return True


def one_root() -> RestError:
    return RestError("ERROR_CORE", "There can only be one top-level department in the company structure")


def _is_sort(name: object, value: object) -> bool:
    return str(name).upper() == "SORT" and whole(value) is None


def _check_rights(portal, caller) -> None:
    if not portal.is_admin(caller.user_id):
        raise RestError("ERROR_CORE", "Access denied")


def _check_name(name: str | None) -> None:
    if not name:
        raise RestError("ERROR_CORE", "Department name not provided.<br>")


def _department(portal, params: Params) -> dict:
    row = portal.store.departments.get(params.integer("ID"))
    if row is None:
        raise RestError("ERROR_CORE", "Department not found")
    return row


def _written(params: Params) -> dict:
    values = {name: params.integer(name) for name in ("SORT", "PARENT", "UF_HEAD") if params.get(name) is not None}
    if values.get("SORT", 0) is None:
        values["SORT"] = 500
    if params.get("NAME") is not None:
        values["NAME"] = params.text("NAME")
    return values


def _show(row: dict) -> dict:
    """The top department has no PARENT, one without a head no UF_HEAD."""
    texts = {name: str(row[name]) for name in ("PARENT", "UF_HEAD") if row[name]}
    return {"ID": str(row["ID"]), "NAME": row["NAME"], "SORT": row["SORT"], **texts}
