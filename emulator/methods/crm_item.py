"""crm.item.*: leads (1), deals (2), contacts (3), companies (4), quotes (7), invoices (31) and smart processes (128 and
more) by one form."""

from collections.abc import Collection

from ..errors import RestError, not_found
from ..filters import ordering, parse
from ..listing import page
from ..objects import items, multifields, required_fields, rights, userfields
from ..objects.entities import Entity, numbered, parents
from ..objects.native_fields import NativeField
from ..objects.userfields import UserField
from ..registry import Params, Unchanged, method, whole
from ..values import BadValue, canonical, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/universal/crm-item-{}.html"
OLD_INVOICE = 5
# Fields with values of a dictionary → the dictionary.
STATUS_TYPES = {"sourceId": "SOURCE", "honorific": "HONORIFIC", "industry": "INDUSTRY", "employees": "EMPLOYEES"}
SETTINGS = {
    "companyId": {"parentEntityTypeId": 4},
    "mycompanyId": {"isMyCompany": True, "parentEntityTypeId": 4, "isEmbeddedEditorEnabled": True},
}


@method("crm.item.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    face = Face(portal, params)
    described = {name: _describe_native(face, field) for name, field in face.native.items()}
    described |= {face.name_of(field): _describe_custom(portal, field) for field in face.custom.values()}
    for name in required_fields.always(portal, face.entity):
        described[face.name_of(face.custom[name]) if name in face.custom else name]["isRequired"] = True
    return {"fields": described}


@method("crm.item.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    face = Face(portal, params)
    return {"item": face.show(face.row("read"))}


@method("crm.item.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    face = Face(portal, params)
    keys = ordering(params.map("order"), face.ordered)
    where = parse(params.map("filter"), face.sought)
    select = face.selection(params.list("select"))
    readable = rights.rule(portal, face.entity)
    return page(portal, face.table, params, where, keys, lambda row: face.show(row, select), "items", readable)


@method("crm.item.add", scope="crm", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    face = Face(portal, params)
    given = params.fields()
    values = face.written(given, {})
    begun = items.begun(portal, face.entity, caller.user_id, values)
    face.check_right("add", begun)
    required_fields.check(portal, face.entity, begun)
    row = items.add(portal, face.entity, caller.user_id, values)
    multifields.write(portal, face.entity, row["id"], given.get("fm"))
    return {"item": face.show(row)}


@method("crm.item.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    face = Face(portal, params)
    row, given = face.row("update"), params.fields()
    values = face.written(given, row)
    if _moves(row, values):
        required_fields.check(portal, face.entity, {**row, **values})
    changed = items.update(portal, face.entity, caller.user_id, row, values)
    changed |= multifields.write(portal, face.entity, row["id"], given.get("fm"))
    shown = {"item": face.show(row)}
    return shown if changed else Unchanged(shown)


@method("crm.item.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    face = Face(portal, params)
    items.delete(portal, face.entity, face.row("delete"))
    return []


class Face:
    """How one request sees one kind of object: its fields by the names that the request uses."""

    def __init__(self, portal, params: Params):
        self.portal = portal
        self.entity = _entity(portal, params)
        self.native = self.entity.universal | parents(portal, self.entity)
        self.by_upper = {field.upper: field for field in self.native.values()}
        self.table = portal.table(self.entity)
        self.original_names = flag(params.get("useOriginalUfNames")) == "Y"
        self.custom = userfields.definitions(portal, self.entity.uf_entity)
        self.custom_by_name = {self.name_of(field): field for field in self.custom.values()}
        self._id = params.get("id")
        self._columns: list[tuple] | None = None

    def name_of(self, field: UserField) -> str:
        return field.name if self.original_names else field.camel

    def row(self, action: str) -> dict:
        """The object that is asked for, if who calls may do this with it."""
        row = self.table.get(whole(self._id))
        if row is None:
            raise not_found()
        self.check_right(action, row)
        return row

    def check_right(self, action: str, row: dict) -> None:
        if not rights.may(self.portal, self.entity, action, row):
            raise rights.denied(action)

    def field(self, name: str) -> NativeField | UserField | None:
        return self.native.get(name) or self.custom_by_name.get(name)

    def ordered(self, name: str) -> str:
        """An order's field, also by its UPPER_CASE name; an unknown one is refused."""
        field = self.field(name) or self.by_upper.get(name)
        if field is None:
            raise RestError("INVALID_ARG_VALUE", f"Invalid order: field '{name}' is not allowed in order")
        return field.name

    def sought(self, name: str, value: object) -> tuple[str, object]:
        """A filter's field, also by its UPPER_CASE name, and value; an unknown field is refused."""
        field = self.field(name) or self.by_upper.get(name)
        if field is None:
            raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' is not allowed in filter")
        try:
            return field.name, field.sought(value) if isinstance(field, UserField) else canonical(field.kind, value)
        except BadValue:
            raise RestError("INVALID_ARG_VALUE", f"Invalid filter: field '{name}' has invalid value") from None

    def written(self, given: dict, held: dict, also: Collection[str] = ()) -> dict:
        """The canonical values of what may be written, and of what is written `also`; unknown and read-only fields are
        silently ignored."""
        values = {}
        for name, value in given.items():
            field = self.field(name)
            if field is None or (getattr(field, "read_only", False) and field.name not in also):
                continue
            try:
                values[field.name] = self._kept(field, value, held.get(field.name))
            except BadValue:
                raise items.not_valid(name) from None
        return values

    def _kept(self, field: NativeField | UserField, value: object, held: object) -> object:
        if field.multiple and not isinstance(value, (list, dict)) and value not in ("", None):
            got = type(value).__name__
            raise RestError("100", f"Expected iterable value for multiple field, but got `{got}` instead")
        if isinstance(field, UserField):
            return field.keep(self.portal, value, held)
        kept = canonical(field.kind, value, field.multiple)
        return 0 if kept is None and field.name in items.ZERO_WHEN_EMPTY else kept

    def selection(self, select: list) -> set[str] | None:
        """The names asked for, or None for all; `*` is everything, `UF_*` the custom fields."""
        names = {str(name) for name in select}
        if not names or "*" in names:
            return None
        return names | (set(self.custom_by_name) if "UF_*" in names else set()) | {"id"}

    def _custom_columns(self, select: set[str] | None) -> list[tuple]:
        """(name, where it is kept, what an empty one reads as, the field if its values read otherwise than they are kept),
        made once for all rows of an answer: a portal has hundreds of custom fields, and a card has few of them."""
        if self._columns is None:
            self._columns = [
                (name, field.name, field.show(self.portal, None), field if field.kind == "file" else None)
                for name, field in self.custom_by_name.items()
                if select is None or name in select
            ]
        return self._columns

    def show(self, row: dict, select: set[str] | None = None) -> dict:
        """One row; every row of an answer is shown with the same `select`."""
        shown = {
            name: row.get(name, [] if field.multiple else None)
            for name, field in self.native.items()
            if select is None or name in select
        }
        for name, stored, empty, field in self._custom_columns(select):
            value = row.get(stored)
            shown[name] = empty if value is None else value if field is None else field.show(self.portal, value)
        if select is None:
            shown["entityTypeId"] = self.entity.type_id
            if self.entity.has_multifields:
                shown["fm"] = multifields.show(self.portal, self.entity, row["id"])
        return shown


def _moves(row: dict, values: dict) -> bool:
    """Whether an update takes the object to another stage of its own funnel."""
    stays = values.get("categoryId", row.get("categoryId")) == row.get("categoryId")
    return stays and values.get("stageId", row.get("stageId")) != row.get("stageId")


def _entity(portal, params: Params) -> Entity:
    type_id = whole(params.need("entityTypeId"))
    entity = numbered(portal, type_id)
    if entity is not None:
        return entity
    if type_id == OLD_INVOICE:
        raise RestError("ENTITY_TYPE_NOT_SUPPORTED", "Entity type INVOICE is not supported")
    raise not_found("Smart process not found")


def _describe_native(face: Face, field: NativeField) -> dict:
    settings = {"parentEntityTypeId": field.parent} if field.parent else SETTINGS.get(field.name)
    own = {"settings": settings} if settings else {}
    own |= {"statusType": _status_type(face, field)} if field.kind == "crm_status" else {}
    own |= {"isDeprecated": True} if field.name == "contactId" else {}
    return own | {
        "type": field.kind,
        "isRequired": False,
        "isReadOnly": field.read_only,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": False,
        "title": field.title,
        "upperName": field.upper,
    }


def _status_type(face: Face, field: NativeField) -> str:
    """The dictionary of a field's values; of stages, that of the first funnel."""
    entity = face.entity
    if field.name in ("stageId", "previousStageId"):
        first = items.first_funnel(face.portal, entity) if entity.has_funnels else {}
        return entity.stages_of(first.get("id"))
    return f"{entity.code}_TYPE".upper() if field.name == "typeId" else STATUS_TYPES.get(field.name, "")


def _describe_custom(portal, field: UserField) -> dict:
    described = {
        "type": field.kind,
        "isRequired": field.mandatory,
        "isReadOnly": False,
        "isImmutable": False,
        "isMultiple": field.multiple,
        "isDynamic": True,
        "title": field.label or field.name,
        "listLabel": field.label or field.name,
        "formLabel": field.label or field.name,
        "filterLabel": field.label or field.name,
        "upperName": field.name,
    }
    if field.kind == "enumeration":
        described["items"] = [
            {"ID": str(option["ID"]), "VALUE": option["VALUE"]}
            for option in userfields.options(portal, field.entity, field.name)
        ]
    return described
