"""department.*: the company's structure."""

from ..filters import ordering, parse
from ..listing import Columns, page
from ..registry import method

DOCS = "https://apidocs.bitrix24.com/api-reference/departments/department-{}.html"
COLUMNS = Columns({"ID": "integer", "NAME": "string", "SORT": "integer", "PARENT": "integer", "UF_HEAD": "integer"})


@method("department.get", scope="department", docs=DOCS.format("get"))
def get(portal, caller, params):
    """Filters stand at the top level; `sort` and `order` are flat."""
    where = parse({name: value for name, value in params.items() if str(name).upper() in COLUMNS}, COLUMNS.read)
    keys = ordering({str(params.get("sort") or "ID"): params.get("order") or "ASC"}, COLUMNS.name)
    return page(portal, portal.store.departments, params, where, keys, _show)


def _show(row: dict) -> dict:
    """The top department has no PARENT, one without a head no UF_HEAD."""
    texts = {name: str(row[name]) for name in ("PARENT", "UF_HEAD") if row[name]}
    return {"ID": str(row["ID"]), "NAME": row["NAME"], "SORT": row["SORT"], **texts}
