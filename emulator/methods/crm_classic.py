"""crm.lead.*, crm.deal.*, crm.contact.*, crm.company.*, crm.quote.*: the older face of the same objects.

UPPER_CASE names, strings, bare lists. Differences from crm.item.*: a stage of another funnel and a new CATEGORY_ID are
silently ignored in an update, unknown names in a filter are ignored, CONTACT_IDS can only be written, `*` leaves custom
fields out, mandatory custom fields are not asked for.
"""

from .. import files
from ..errors import RestError
from ..filters import ordering, parse
from ..listing import page
from ..objects import items, multifields, rights, userfields
from ..objects.entities import COMPANY, CONTACT, DEAL, LEAD, QUOTE, Entity, parents
from ..objects.native_fields import NativeField
from ..objects.userfields import UserField
from ..php import as_list, as_map
from ..registry import Params, Unchanged, method
from ..values import BadValue, canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/{}/crm-{}-{}.html"
FOLDERS = {LEAD: "leads", DEAL: "deals", CONTACT: "contacts", COMPANY: "companies", QUOTE: "quote"}
# What of the pages of a kind does not hold here.
DIFFERS = {QUOTE: "`params` is not read: nothing is imported, and every change is one"}
# What each method says of an object that is not there.
NOT_THERE = RestError("", "Not found")
NO_QUOTE = {"update": RestError("", "Quote is not found"), "delete": RestError("ERROR_CORE", "Element not found")}
MULTIFIELD = {
    "type": "crm_multifield",
    "isRequired": False,
    "isReadOnly": False,
    "isImmutable": False,
    "isMultiple": True,
    "isDynamic": False,
}
WRITE_ONLY = {"contactIds"}


def _declare(entity: Entity) -> None:
    def docs(verb: str) -> str:
        return DOCS.format(FOLDERS[entity], entity.code, verb)

    @method(f"crm.{entity.code}.fields", scope="crm", docs=docs("fields"))
    def fields(portal, caller, params):
        face = Face(portal, entity)
        described = {field.upper: _describe(field) for field in face.native.values()}
        if entity.has_multifields:
            described |= {kind: MULTIFIELD | {"title": kind} for kind in multifields.KINDS}
        return described | {name: _describe_custom(field) for name, field in face.custom.items()}

    @method(f"crm.{entity.code}.get", scope="crm", docs=docs("get"))
    def get(portal, caller, params):
        face = Face(portal, entity)
        row = face.row(params, "read")
        return face.show(row) | face.multifields(row["id"], multifields.KINDS)

    @method(f"crm.{entity.code}.list", scope="crm", docs=docs("list"))
    def list_(portal, caller, params):
        face = Face(portal, entity)
        if not rights.reads_any(portal, entity):
            raise rights.denied_plainly()
        where = parse(multifields.by_holder(portal, entity, params.map("filter")), face.sought)
        keys = ordering(params.map("order"), face.stored_name)
        select = [str(name).upper() for name in params.list("select")]
        readable = rights.rule(portal, entity)
        return page(
            portal, face.table, params, where, keys, lambda row: face.show_selected(row, select), readable=readable
        )

    @method(f"crm.{entity.code}.add", scope="crm", docs=docs("add"), writes=True, differs=DIFFERS.get(entity, ""))
    def add(portal, caller, params):
        face, given = Face(portal, entity), _fields(params)
        values = face.written(given, {})
        face.check_right("add", items.begun(portal, entity, caller.user_id, values))
        row = items.add(portal, entity, caller.user_id, values)
        multifields.write(portal, entity, row["id"], multifields.by_kind(given))
        return row["id"]

    @method(f"crm.{entity.code}.update", scope="crm", docs=docs("update"), writes=True)
    def update(portal, caller, params):
        face, given = Face(portal, entity), _fields(params)
        row = face.row(params, "update")
        values = face.written(given, row)
        if entity.has_stages:
            values.pop("categoryId", None)
            if not items.can_stand(portal, entity, row, values.get("stageId")):
                values.pop("stageId", None)
        changed = items.update(portal, entity, caller.user_id, row, values)
        changed |= multifields.write(portal, entity, row["id"], multifields.by_kind(given))
        return True if changed else Unchanged(True)

    @method(f"crm.{entity.code}.delete", scope="crm", docs=docs("delete"), writes=True)
    def delete(portal, caller, params):
        items.delete(portal, entity, Face(portal, entity).row(params, "delete"))
        return True


class Face:
    """How the older methods see one kind of object."""

    def __init__(self, portal, entity: Entity):
        self.portal = portal
        self.entity = entity
        self.table = portal.table(entity)
        self.native = entity.older | parents(portal, entity)
        self.by_upper = {field.upper: field for field in self.native.values()}
        self.custom = userfields.definitions(portal, entity.uf_entity)

    def row(self, params: Params, action: str) -> dict:
        """The object that is asked for, if who calls may do this with it."""
        row_id = params.integer("id")
        if not row_id or row_id < 0:
            raise RestError("", "ID is not defined or invalid.")
        row = self.table.get(row_id)
        if row is None:
            raise NO_QUOTE.get(action, NOT_THERE) if self.entity is QUOTE else NOT_THERE
        self.check_right(action, row)
        return row

    def check_right(self, action: str, row: dict) -> None:
        if not rights.may(self.portal, self.entity, action, row):
            raise rights.denied_plainly()

    def field(self, name: str) -> NativeField | UserField | None:
        return self.by_upper.get(name.upper()) or self.custom.get(name.upper())

    def stored_name(self, name: str) -> str | None:
        field = self.field(name)
        return field.name if field else None

    def sought(self, name: str, value: object) -> tuple[str, object] | None:
        field = self.field(name)
        if field is None:
            return None
        try:
            return field.name, field.sought(value) if isinstance(field, UserField) else canonical(field.kind, value)
        except BadValue:
            return field.name, str(value)

    def written(self, given: dict, held: dict) -> dict:
        values = {}
        for name, value in given.items():
            field = self.field(str(name))
            if field is None or getattr(field, "read_only", False):
                continue
            try:
                if isinstance(field, UserField):
                    values[field.name] = field.keep(self.portal, value, held.get(field.name))
                else:
                    kept = canonical(field.kind, value, field.multiple)
                    values[field.name] = 0 if kept is None and field.name in items.ZERO_WHEN_EMPTY else kept
            except BadValue:
                raise RestError("", f"Field '{name}' has an invalid value.") from None
        return values

    def show_selected(self, row: dict, select: list[str]) -> dict:
        """`*` is every native field, `UF_*` every custom one; phones and the like only by name."""
        if not select:
            return self.show(row)
        wanted = set(select) | {"ID"}
        wanted |= set(self.by_upper) if "*" in wanted else set()
        wanted |= set(self.custom) if "UF_*" in wanted else set()
        shown = {name: value for name, value in self.show(row).items() if name in wanted}
        return shown | self.multifields(row["id"], [kind for kind in multifields.KINDS if kind in wanted])

    def show(self, row: dict) -> dict:
        shown = {
            field.upper: _text(field, row.get(name)) for name, field in self.native.items() if name not in WRITE_ONLY
        }
        for name, field in self.custom.items():
            if field.kind == "file":
                shown |= self._files(field, row.get(name))
            else:
                shown[name] = _custom_text(field, row.get(name))
        return shown

    def multifields(self, row_id: int, kinds) -> dict:
        if not self.entity.has_multifields:
            return {}
        shown: dict = {}
        for entry in multifields.show(self.portal, self.entity, row_id):
            if entry["typeId"] in kinds:
                values = {"ID": str(entry["id"]), "VALUE_TYPE": entry["valueType"], "VALUE": entry["value"]}
                shown.setdefault(entry["typeId"], []).append(values | {"TYPE_ID": entry["typeId"]})
        return shown

    def _files(self, field: UserField, held: object) -> dict:
        """An empty single file is left out, an empty multiple one is `[]`."""
        shown = []
        for file_id in as_list(held):
            address = files.show(self.portal, file_id)["url"]
            shown.append({"id": file_id, "showUrl": address, "downloadUrl": address})
        if field.multiple:
            return {field.name: shown}
        return {field.name: shown[0]} if shown else {}


def _fields(params: Params) -> dict:
    given = params.get("fields")
    if not isinstance(given, (dict, list)):
        raise RestError("", "Parameter 'fields' must be array.")
    return as_map(given)


def _text(field: NativeField, value: object) -> object:
    if field.multiple:
        return [str(element) for element in value or []]
    if value is None:
        return "" if field.kind in ("date", "datetime") else None
    return f"{value:.2f}" if field.kind == "double" else str(value)


def _custom_text(field: UserField, value: object) -> object:
    if field.multiple:
        return [str(element) for element in value or []]
    if field.kind == "boolean":
        return "1" if value == "Y" else "0"
    return "" if value is None else str(value)


def _describe(field: NativeField) -> dict:
    return {
        "type": "char" if field.kind == "boolean" else field.kind,
        "isRequired": False,
        "isReadOnly": field.read_only,
        "isImmutable": field.name == "categoryId",
        "isMultiple": field.multiple,
        "isDynamic": False,
        "title": field.title,
    }


def _describe_custom(field: UserField) -> dict:
    return {
        "type": field.kind,
        "isRequired": field.mandatory,
        "isReadOnly": False,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": True,
        "title": field.name,
        "formLabel": field.label or field.name,
    }


for _entity in FOLDERS:
    _declare(_entity)
