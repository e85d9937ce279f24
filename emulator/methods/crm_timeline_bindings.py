"""crm.timeline.bindings.*: in whose timelines a comment or a log entry stands."""

from ..descriptions import described
from ..errors import RestError
from ..filters import parse
from ..listing import Columns, as_text, page
from ..objects import items, timeline
from ..objects.entities import COMPANY, CONTACT, DEAL, LEAD
from ..registry import Params, Unchanged, method, whole

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/bindings/crm-timeline-bindings-{}.html"
COLUMNS = Columns({"OWNER_ID": "integer", "ENTITY_ID": "integer", "ENTITY_TYPE": "string"})
KINDS = {entity.code: entity for entity in (LEAD, DEAL, CONTACT, COMPANY)}
FIELDS = described("""
OWNER_ID integer required fixed | ID записи таймлайна
ENTITY_ID integer required fixed | ID элемента
ENTITY_TYPE string required fixed | Тип элемента
""")


@method("crm.timeline.bindings.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.timeline.bindings.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    given = params.map("filter")
    if timeline.record(portal, whole(given.get("OWNER_ID", given.get("=OWNER_ID")))) is None:
        raise _invalid("OWNER_ID")
    where = parse(given, COLUMNS.read)
    return page(portal, portal.store.timeline_places, params, where, [], _show, readable=timeline.place_rule(portal))


@method("crm.timeline.bindings.bind", scope="crm", docs=DOCS.format("bind"), writes=True)
def bind(portal, caller, params):
    record_id, code, entity_id = _named(portal, params)
    if timeline.place_of(portal, record_id, code, entity_id):
        return Unchanged(True)
    timeline.place(portal, record_id, code, entity_id)
    return True


@method("crm.timeline.bindings.unbind", scope="crm", docs=DOCS.format("unbind"), writes=True)
def unbind(portal, caller, params):
    stood = timeline.place_of(portal, *_named(portal, params))
    if stood is None:
        raise RestError("", "Not found.")
    portal.store.timeline_places.remove(stood["id"])
    return True


def _named(portal, params: Params) -> tuple[int, str, int]:
    given = params.fields()
    record_id = whole(given.get("OWNER_ID"))
    if timeline.record(portal, record_id) is None:
        raise _invalid("OWNER_ID")
    entity, entity_id = KINDS.get(str(given.get("ENTITY_TYPE")).lower()), whole(given.get("ENTITY_ID"))
    if not entity_id:
        raise _invalid("ENTITY_ID")
    if entity is None:
        raise _invalid("ENTITY_TYPE")
    if items.get(portal, entity, entity_id) is None:
        raise RestError("", "Access denied.")
    return record_id, entity.code, entity_id


def _invalid(name: str) -> RestError:
    return RestError("", f"{name} is not defined or invalid.")


def _show(row: dict) -> dict:
    return {name: as_text(row[name]) for name in COLUMNS}
