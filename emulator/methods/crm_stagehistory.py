"""crm.stagehistory.list: when which deal or lead stood where. Integers, ids only grow."""

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..registry import method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/crm-stage-history-list.html"
COLUMNS = Columns(
    {
        "ID": "integer",
        "TYPE_ID": "integer",
        "OWNER_ID": "integer",
        "CREATED_TIME": "datetime",
        "CATEGORY_ID": "integer",
        "STAGE_SEMANTIC_ID": "string",
        "STAGE_ID": "string",
    }
)
LEAD_COLUMNS = Columns(
    {
        "ID": "integer",
        "TYPE_ID": "integer",
        "OWNER_ID": "integer",
        "CREATED_TIME": "datetime",
        "STATUS_SEMANTIC_ID": "string",
        "STATUS_ID": "string",
    }
)


@method("crm.stagehistory.list", scope="crm", docs=DOCS)
def list_(portal, caller, params):
    """Leads tell it in words of their own: statuses, and no funnel."""
    kinds = {1: (LEAD_COLUMNS, portal.store.lead_history), 2: (COLUMNS, portal.store.stage_history)}
    kind = whole(params.get("entityTypeId"))
    if kind not in kinds:
        raise RestError(0, f"{params.get('entityTypeId')} entity is not supported")
    columns, table = kinds[kind]
    names = columns.chosen(params.list("select"))
    keys = ordering(params.map("order"), columns.name)
    where = parse(params.map("filter"), columns.read)
    return page(portal, table, params, where, keys, lambda row: {name: row[name] for name in names}, "items")
