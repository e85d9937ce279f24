"""timeman.record.* of REST 3: working days as records of time."""

from .. import dto, shapes
from ..filters import Condition
from ..objects import structure, workdays
from ..registry import Caller, method

DOCS = "https://apidocs.bitrix24.com/api-reference/timeman/record/timeman-record-{}.html"
RECORD = dto.of(
    "RecordDto",
    """
id          int      ID       S
userId      int      USER_ID  F S
startTime   DateTime STARTED  F S
endTime     DateTime FINISHED S
duration    int      DURATION S
breakLength int      LEAKS
state       object   -
isApproved  bool     ACTIVE
""",
    lambda portal, caller, row, prop: (
        workdays.status(portal, row) if prop.name == "state" else dto.plain(portal, caller, row, prop)
    ),
)


@method(
    "timeman.record.list",
    scope="timeman",
    docs=DOCS.format("list"),
    rest3=True,
    differs="the state reads as the word of timeman.status; without `select` all fields are shown",
    takes=shapes.takes("filter filter! select select order order pagination pagination"),
    gives=shapes.many(RECORD),
)
def list_(portal, caller, params):
    """The filter must name one person."""
    where = dto.where(RECORD, params.get("filter") or [])
    named = {value for condition in where.conditions for value in _people(condition)}
    if not named:
        raise dto.invalid_value("Required field `filter.userId` is not specified", "filter.userId")
    if len(named) > 1:
        raise dto.odd_filter(params.get("filter"))
    _check_access(portal, caller, named.pop())
    tree, keys = dto.selection(RECORD, params, RECORD.properties), dto.order(RECORD, params)
    rows = dto.page(portal.store.workdays.find(where), keys, "ID", params)
    return {"items": [dto.show(portal, caller, RECORD, row, tree) for row in rows]}


dto.declare_fields("timeman.record", RECORD, DOCS, scope="timeman")


def _people(condition: Condition) -> tuple:
    return condition.values if condition.field == "USER_ID" and condition.operation in ("=", "@") else ()


def _check_access(portal, caller: Caller, user_id: object) -> None:
    own = user_id == caller.user_id or portal.is_admin(caller.user_id)
    if not own and user_id not in structure.subordinates(portal, caller.user_id):
        raise dto.access_denied()
