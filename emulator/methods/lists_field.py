"""lists.field.*: the fields of a universal list; a property is PROPERTY_<number>, a system field its own name."""

from ..errors import RestError
from ..listing import as_text
from ..objects import universal_lists
from ..objects.list_kinds import CUSTOM, LINKS, SYSTEM, is_custom, kind_of
from ..objects.universal_lists import FULL, READ
from ..php import as_list, as_map
from ..registry import Params, Unchanged, method, whole
from ..values import flag
from .lists import opened

DOCS = "https://apidocs.bitrix24.com/api-reference/lists/fields/lists-field-{}.html"
FORMS_ONLY = "DEFAULT_VALUE and the settings that make a field read-only are kept, but hold in forms only"
TYPES = {name: title for name, (_, title) in {**SYSTEM, **CUSTOM}.items() if name != "NAME"}


@method("lists.field.type.get", scope="lists", docs=DOCS.format("type-get"))
def types(portal, caller, params):
    """Without the system fields that the list already has, but for that of FIELD_ID."""
    row = opened(portal, caller, params, FULL)
    taken = {field["TYPE"] for field in universal_lists.fields_of(portal, row) if not is_custom(field)}
    taken.discard(params.text("FIELD_ID"))
    return {name: title for name, title in TYPES.items() if name not in taken}


@method("lists.field.get", scope="lists", docs=DOCS.format("get"))
def get(portal, caller, params):
    """All fields by their ids; the one of FIELD_ID stands under its type."""
    row = opened(portal, caller, params, READ)
    if not params.text("FIELD_ID"):
        return {field["FIELD_ID"]: show(portal, field) for field in universal_lists.fields_of(portal, row)}
    field = universal_lists.field_named(portal, row, params.text("FIELD_ID"))
    return {field["TYPE"]: show(portal, field)} if field else {}


@method("lists.field.add", scope="lists", docs=DOCS.format("add"), writes=True, differs=FORMS_ONLY)
def add(portal, caller, params):
    row = opened(portal, caller, params, FULL, "FIELDS", "FIELDS.TYPE")
    given = Params(params.map("FIELDS"))
    kind = given.text("TYPE")
    if kind not in TYPES:
        raise RestError("ERROR_SAVE_FIELD", "Error saving the field")
    values = _written(portal, kind, given, "ERROR_SAVE_FIELD")
    _check_code(portal, row, kind, values)
    made = universal_lists.add_field(portal, row, kind, values)
    _write_options(portal, made, given)
    return made["FIELD_ID"]


@method("lists.field.update", scope="lists", docs=DOCS.format("update"), writes=True, differs=FORMS_ONLY)
def update(portal, caller, params):
    """LIST replaces the choices of a list; LIST_TEXT_VALUES adds to them."""
    row = opened(portal, caller, params, FULL, "FIELD_ID", "FIELDS", "FIELDS.TYPE")
    field, given = universal_lists.field_named(portal, row, params.text("FIELD_ID")), Params(params.map("FIELDS"))
    if field is None or given.text("TYPE") != field["TYPE"]:
        raise RestError("ERROR_UPDATE_FIELD", "Error updating the field.")
    portal.store.list_fields.update(field["ID"], _written(portal, field["TYPE"], given, "ERROR_UPDATE_FIELD", field))
    _write_options(portal, field, given)
    return True


@method("lists.field.delete", scope="lists", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """With its values; every list keeps its NAME."""
    row = opened(portal, caller, params, FULL, "FIELD_ID")
    field = universal_lists.field_named(portal, row, params.text("FIELD_ID"))
    if field is None or field["TYPE"] == "NAME":
        return Unchanged(True)
    universal_lists.remove_field(portal, field)
    return True


def show(portal, field: dict) -> dict:
    shown = {
        name: field[name] for name in ("FIELD_ID", "SORT", "NAME", "IS_REQUIRED", "MULTIPLE", "DEFAULT_VALUE", "TYPE")
    }
    if not is_custom(field):
        return shown | {"SETTINGS": field["SETTINGS"]}
    base, _, user_type = field["TYPE"].partition(":")
    described = {"PROPERTY_TYPE": base, "USER_TYPE": user_type, "DESCRIPTION": CUSTOM[field["TYPE"]][1]}
    shown |= {"PROPERTY_TYPE": base, "PROPERTY_USER_TYPE": described if user_type else False, "CODE": field["CODE"]}
    shown |= {name: as_text(field[name]) for name in ("ID", "LINK_IBLOCK_ID", "ROW_COUNT", "COL_COUNT")}
    shown |= {"USER_TYPE_SETTINGS": field["USER_TYPE_SETTINGS"] or None, "SETTINGS": field["SETTINGS"]}
    return shown | _choices(portal, field) if field["TYPE"] == "L" else shown


def _choices(portal, field: dict) -> dict:
    options = _options(portal, field)
    chosen = next((str(option["ID"]) for option in options if option["DEF"] == "Y"), "")
    return {"DEFAULT_VALUE": chosen, "DISPLAY_VALUES_FORM": {str(option["ID"]): option["VALUE"] for option in options}}


def _options(portal, field: dict) -> list[dict]:
    return sorted(portal.store.list_options.having(FIELD=field["ID"]), key=lambda option: option["SORT"])


def _written(portal, kind: str, given: Params, refusal: str, held: dict | None = None) -> dict:
    """What the client says of a field, as it is kept."""
    held = held or {"SETTINGS": universal_lists.FIELD_SETTINGS}
    values: dict[str, object] = {"NAME": given.text("NAME")}
    values |= {name: flag(given.get(name)) for name in ("IS_REQUIRED", "MULTIPLE") if given.get(name) is not None}
    numbers = ("SORT", "ROW_COUNT", "COL_COUNT", "LINK_IBLOCK_ID")
    values |= {name: given.integer(name) for name in numbers if given.integer(name) is not None}
    if given.get("DEFAULT_VALUE") is not None:
        values["DEFAULT_VALUE"] = given.get("DEFAULT_VALUE")
    settings = {name: flag(value) for name, value in given.map("SETTINGS").items() if name in held["SETTINGS"]}
    values["SETTINGS"] = held["SETTINGS"] | settings
    if kind in CUSTOM:
        values |= _of_property(kind, given, held)
    else:
        values["MULTIPLE"] = "N"
    _check(portal, kind, held | values, refusal)
    return values


def _of_property(kind: str, given: Params, held: dict) -> dict:
    values = {"CODE": given.text("CODE")} if given.text("CODE") else {}
    settings = held.get("USER_TYPE_SETTINGS", universal_lists.TYPE_SETTINGS.get(kind, {}))
    return values | {"USER_TYPE_SETTINGS": settings | as_map(given.get("USER_TYPE_SETTINGS"))}


def _check(portal, kind: str, field: dict, refusal: str) -> None:
    if field["SETTINGS"]["ADD_READ_ONLY_FIELD"] == "Y" and field.get("DEFAULT_VALUE") in (None, "", [], {}):
        raise RestError(refusal, f"The default value of the field '{field['NAME']}' is required")
    links = kind in CUSTOM and kind_of({"TYPE": kind}) in LINKS
    if links and field.get("LINK_IBLOCK_ID") not in portal.store.lists:
        raise RestError(refusal, f"Incorrect lists specified for '{field['NAME']}' property")


def _check_code(portal, row: dict, kind: str, values: dict) -> None:
    if kind in CUSTOM and not values.get("CODE"):
        raise RestError("ERROR_SAVE_FIELD", "Please fill the code fields")
    taken = {"CODE": values["CODE"]} if kind in CUSTOM else {"FIELD_ID": kind}
    if portal.store.list_fields.having(LIST_ID=row["ID"], **taken):
        raise RestError("ERROR_SAVE_FIELD", "Property already exists")


def _write_options(portal, field: dict, given: Params) -> None:
    """The choices of a field of the type List: those of LIST by their ids, new ones under ids of nobody."""
    if field["TYPE"] != "L":
        return
    held = {str(option["ID"]): option for option in _options(portal, field)}
    ids = {key: _write_option(portal, field, held.get(str(key)), one) for key, one in given.map("LIST").items()}
    if given.map("LIST"):
        _drop(portal, [option for option in held.values() if option["ID"] not in ids.values()])
    last = max((option["SORT"] for option in _options(portal, field)), default=0)
    for place, text in enumerate(filter(None, given.text("LIST_TEXT_VALUES").split("\n")), start=1):
        _write_option(portal, field, None, {"VALUE": text.strip(), "SORT": last + 10 * place})
    if given.get("LIST_DEF") is not None:
        _choose(portal, field, {ids.get(str(one), whole(one)) for one in as_list(given.get("LIST_DEF"))})


def _choose(portal, field: dict, chosen: set[int | None]) -> None:
    for option in _options(portal, field):
        portal.store.list_options.update(option["ID"], {"DEF": "Y" if option["ID"] in chosen else "N"})


def _write_option(portal, field: dict, held: dict | None, one: object) -> int | None:
    """The id of the choice afterwards; one without a text is none."""
    described = Params(as_map(one))
    text = described.text("VALUE")
    if not text:
        return None
    option = held or {"ID": None, "FIELD": field["ID"], "SORT": 500, "DEF": "N"}
    values = {"VALUE": text, "SORT": described.integer("SORT", option["SORT"])}
    values["DEF"] = flag(described.get("DEF")) if described.get("DEF") is not None else option["DEF"]
    if held is None:
        return portal.store.list_options.add(option | values)["ID"]
    return portal.store.list_options.update(held["ID"], values)["ID"]


def _drop(portal, options: list[dict]) -> None:
    """Choices that are no more; elements that had them have nothing there."""
    for option in options:
        field = portal.store.list_fields.get(option["FIELD"])
        for value in portal.store.list_values.having(FIELD=field["ID"], VALUE=option["ID"]):
            element = portal.store.list_elements.get(value["ELEMENT_ID"])
            left = [one for one in element[field["FIELD_ID"]] if one != option["ID"]]
            portal.store.list_elements.update(element["ID"], {field["FIELD_ID"]: left})
            portal.store.list_values.remove(value["ID"])
        portal.store.list_options.remove(option["ID"])
