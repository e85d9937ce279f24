"""crm.stagehistory.list: when which deal stood where. Integers, ids only grow."""

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


@method("crm.stagehistory.list", scope="crm", docs=DOCS)
def list_(portal, caller, params):
    if whole(params.get("entityTypeId")) != 2:
        raise RestError(0, f"{params.get('entityTypeId')} entity is not supported")
    names = COLUMNS.chosen(params.list("select"))
    keys = ordering(params.map("order"), COLUMNS.name)
    where = parse(params.map("filter"), COLUMNS.read)
    return page(
        portal,
        portal.store.stage_history,
        params,
        where,
        keys,
        lambda row: {name: row[name] for name in names},
        "items",
    )
