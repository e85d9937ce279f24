"""crm.stagehistory.list: when which lead, deal, invoice or item of a smart process stood where. Integers, ids only grow."""

from ..errors import RestError
from ..filters import ordering, parse
from ..listing import Columns, page
from ..objects import rights
from ..objects.entities import LEAD, numbered
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
    kind = whole(params.get("entityTypeId"))
    entity = numbered(portal, kind)
    if entity is None or not entity.history or "stageId" not in entity.fields:
        raise RestError(0, f"{params.get('entityTypeId')} entity is not supported")
    columns, table = LEAD_COLUMNS if entity is LEAD else COLUMNS, getattr(portal.store, entity.history)
    names = columns.chosen(params.list("select"))
    keys = ordering(params.map("order"), columns.name)
    where = parse(params.map("filter"), columns.read)
    may_read = rights.rule_of_cards(portal)
    readable = may_read and (lambda row: may_read(kind, row["OWNER_ID"]))
    return page(portal, table, params, where, keys, lambda row: {name: row[name] for name in names}, "items", readable)
