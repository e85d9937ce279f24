"""The elements of universal lists: what a client writes into them and what they hold.

https://apidocs.bitrix24.com/api-reference/lists/elements/lists-element-add.html. An element keeps its properties twice:
value by value with the ids that the portal shows (list_values), and as plain values under their names, where filters
find them.
"""

from .. import files
from ..errors import RestError
from ..php import as_list, as_map
from ..registry import whole
from ..values import BadValue, canonical, in_portal_form
from .list_kinds import FILES, SYSTEM, kind_of, stored_kind
from .tasks import is_file

EMPTY = {"SORT": 500, "ACTIVE_FROM": None, "ACTIVE_TO": None, "PREVIEW_TEXT": "", "DETAIL_TEXT": ""}
PICTURES = ("PREVIEW_PICTURE", "DETAIL_PICTURE")


def read(portal, fields: list[dict], given: dict, held: dict, refusal: str) -> dict[str, object]:
    """Everything that a client writes into an element, by field: a list for each of these properties. What is not given
    is empty; a required property that stays so is refused with that code."""
    values = {name: _system(name, given.get(name)) for name in EMPTY}
    values |= {name: picture(portal, given.get(name), held.get(name)) for name in PICTURES}
    for field in fields:
        name, kind = field["FIELD_ID"], kind_of(field)
        values[name] = _values(portal, field, given.get(name))
        stays = kind == "counter" or (kind in FILES and held.get(name))
        if field["IS_REQUIRED"] == "Y" and not values[name] and not stays:
            raise RestError(refusal, f"Не заполнено обязательное поле «{field['NAME']}».")
    return values


def write(portal, fields: list[dict], element: dict, values: dict, given: dict) -> None:
    """Replace what the element holds; files stay until `PROPERTY_…_DEL` names their values."""
    for field in fields:
        name = field["FIELD_ID"]
        values[name] = _replace(portal, field, element, values[name], as_map(given.get(f"{name}_DEL")))
    portal.store.list_elements.update(element["ID"], values)


def held_values(portal, element: dict, field: dict) -> list[dict]:
    """Each value of a property with its id."""
    return portal.store.list_values.having(ELEMENT_ID=element["ID"], FIELD=field["ID"])


def shown(kind: str, value: object) -> object:
    """A value as the portal answers it: dates in its own form, everything in strings."""
    if kind in ("date", "datetime"):
        return in_portal_form(value, kind)
    return value if kind == "html" else str(value)


def remove(portal, element: dict) -> None:
    for value in portal.store.list_values.having(ELEMENT_ID=element["ID"]):
        remove_value(portal, portal.store.list_fields.get(value["FIELD"]), value)
    portal.store.list_elements.remove(element["ID"])


def remove_value(portal, field: dict, value: dict) -> None:
    if kind_of(field) == "file":
        portal.store.files.remove(value["VALUE"])
    portal.store.list_values.remove(value["ID"])


def picture(portal, value: object, held: int | None) -> int | None:
    """`{"fileData": [name, base64]}`; `{"remove": "Y"}` takes the picture away."""
    given = as_map(value)
    if given.get("remove") == "Y":
        return None
    return files.add(portal, *files.decode(given["fileData"])) if given.get("fileData") else held


# -- what is written


def _system(name: str, given: object) -> object:
    value = _canonical(name, SYSTEM[name][0], given)
    return EMPTY[name] if value is None else value


def _values(portal, field: dict, given: object) -> list:
    entries = [one for one in _entries(kind_of(field), given) if one not in (None, "", [], {})]
    values = [_kept(portal, field, one) for one in (entries if field["MULTIPLE"] == "Y" else entries[:1])]
    return [value for value in values if value is not None]


def _entries(kind: str, given: object) -> list:
    """One value, a list of them, or a map by ids of values; a name and base64 are one file."""
    if kind == "html" and "TEXT" in as_map(given):
        return [given]
    parts = as_list(given)
    if kind == "file" and len(parts) == 2 and all(isinstance(part, str) and not part.isdigit() for part in parts):
        return [parts]
    return parts


def _kept(portal, field: dict, one: object) -> object:
    kind = kind_of(field)
    if kind == "file":
        return _uploaded(portal, one)
    if kind == "html":
        return _html(one)
    value = _canonical(field["NAME"], stored_kind(kind), str(one).removeprefix("n") if kind == "disk" else one)
    if kind == "disk" and not is_file(portal, value):
        raise _bad_value(field["NAME"])
    if kind == "choice":
        option = portal.store.list_options.get(value)
        return value if option is not None and option["FIELD"] == field["ID"] else None
    return value


def _canonical(title: str, kind: str, value: object) -> object:
    try:
        return canonical(kind, value)
    except BadValue:
        raise _bad_value(title) from None


def _uploaded(portal, one: object) -> int:
    if whole(one) is not None:
        raise RestError("ERROR_ELEMENT_FIELD_VALUE", "Writing file values by ID is not supported")
    return files.add(portal, *files.decode(as_map(one).get("fileData", one)))


def _html(one: object) -> dict:
    given = as_map(one)
    text = given.get("TEXT", "") if given else one
    return {"TEXT": str(text), "TYPE": "TEXT" if str(given.get("TYPE")).upper() == "TEXT" else "HTML"}


def _replace(portal, field: dict, element: dict, new: list, deleted: dict) -> list:
    """The plain values of the property afterwards."""
    kind, held = kind_of(field), held_values(portal, element, field)
    if kind == "counter":
        new = [value["VALUE"] for value in held] or [_next_number(portal, field)]
    named = {*map(str, deleted), *(str(one) for one in deleted.values())}
    stay = kind in FILES and (field["MULTIPLE"] == "Y" or not new)
    for value in held:
        if not stay or str(value["ID"]) in named:
            remove_value(portal, field, value)
    for one in new:
        portal.store.list_values.add({"ID": None, "ELEMENT_ID": element["ID"], "FIELD": field["ID"], "VALUE": one})
    return [_plain(value["VALUE"]) for value in held_values(portal, element, field)]


def _next_number(portal, field: dict) -> int:
    settings = field["USER_TYPE_SETTINGS"]
    number = whole(settings.get("VALUE"), 1)
    portal.store.list_fields.update(field["ID"], {"USER_TYPE_SETTINGS": settings | {"VALUE": number + 1}})
    return number


def _plain(value: object) -> object:
    return value["TEXT"] if isinstance(value, dict) else value


def _bad_value(title: str) -> RestError:
    return RestError("ERROR_ELEMENT_FIELD_VALUE", f"Неверное значение поля «{title}»")
