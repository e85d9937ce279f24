"""crm.requisite.preset.* and crm.requisite.preset.field.*: templates of requisites, and which fields each shows."""

from ..descriptions import columns, described, writable
from ..errors import RestError
from ..php import as_map
from ..registry import Page, Params, method, whole
from ..values import canonical
from . import crm_requisite

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/requisites/presets/crm-requisite-preset-{}.html"
FIELD_DOCS = (
    "https://apidocs.bitrix24.com/api-reference/crm/requisites/presets/fields/crm-requisite-preset-field-{}.html"
)
RUSSIA = 1
FIELDS = described("""
ID integer ro | ID
ENTITY_TYPE_ID integer required fixed | ID типа объекта
COUNTRY_ID integer required fixed | ID страны
NAME string required | Название
DATE_CREATE datetime ro | Дата создания
DATE_MODIFY datetime ro | Дата изменения
CREATED_BY_ID user ro | Создал
MODIFY_BY_ID user ro | Изменил
ACTIVE char | Активен
SORT integer | Сортировка
XML_ID string | Внешний код
""")
SHOWN_FIELD = described("""
ID integer ro | ID
FIELD_NAME string required | Имя
FIELD_TITLE string | Название в шаблоне
SORT integer | Сортировка
IN_SHORT_LIST char | Показывать в кратком списке
""")
SHOWN_COLUMNS = columns(SHOWN_FIELD)
COUNTRIES = (
    (1, "RU", "Россия"),
    (4, "BY", "Беларусь"),
    (6, "KZ", "Казахстан"),
    (14, "UA", "Украина"),
    (34, "BR", "Бразилия"),
    (46, "DE", "Германия"),
    (77, "CO", "Колумбия"),
    (110, "PL", "Польша"),
    (122, "US", "США"),
    (132, "FR", "Франция"),
)
# What a template of Russia can show.
AVAILABLE = (
    "RQ_NAME RQ_FIRST_NAME RQ_LAST_NAME RQ_SECOND_NAME RQ_COMPANY_NAME RQ_COMPANY_FULL_NAME RQ_COMPANY_REG_DATE "
    "RQ_DIRECTOR RQ_ACCOUNTANT RQ_ADDR RQ_CONTACT RQ_EMAIL RQ_PHONE RQ_FAX RQ_IDENT_DOC RQ_IDENT_DOC_SER "
    "RQ_IDENT_DOC_NUM RQ_IDENT_DOC_DATE RQ_IDENT_DOC_ISSUED_BY RQ_IDENT_DOC_DEP_CODE RQ_INN RQ_KPP RQ_IFNS RQ_OGRN "
    "RQ_OGRNIP RQ_OKPO RQ_OKTMO RQ_OKVED RQ_ST_CERT_SER RQ_ST_CERT_NUM RQ_ST_CERT_DATE RQ_SIGNATURE RQ_STAMP"
)
ONLY_RUSSIA = "templates of every country offer the fields of Russia"


@method("crm.requisite.preset.countries", scope="crm", docs=DOCS.format("countries"))
def countries(portal, caller, params):
    return [{"ID": number, "CODE": code, "TITLE": title} for number, code, title in COUNTRIES]


@method("crm.requisite.preset.field.fields", scope="crm", docs=FIELD_DOCS.format("fields"))
def field_fields(portal, caller, params):
    return SHOWN_FIELD


@method(
    "crm.requisite.preset.field.availabletoadd",
    scope="crm",
    docs=FIELD_DOCS.format("available-to-add"),
    differs=ONLY_RUSSIA,
)
def available_to_add(portal, caller, params):
    preset = portal.store.requisite_presets.get(_preset_id(params))
    if preset is None:
        raise RestError("", "Template not found.")
    return _available(portal, preset)


@method("crm.requisite.preset.field.list", scope="crm", docs=FIELD_DOCS.format("list"))
def field_list(portal, caller, params):
    shown = [_show(row) for row in shown_fields(portal, _preset(portal, params))]
    return Page(shown, len(shown))


@method("crm.requisite.preset.field.get", scope="crm", docs=FIELD_DOCS.format("get"))
def field_get(portal, caller, params):
    return _show(_field(portal, params))


@method("crm.requisite.preset.field.add", scope="crm", docs=FIELD_DOCS.format("add"), writes=True, differs=ONLY_RUSSIA)
def field_add(portal, caller, params):
    """The answer is the field's number in its template."""
    preset, values = _preset(portal, params), _written(params.fields())
    if values.get("FIELD_NAME") not in _available(portal, preset):
        raise RestError("", f"The field '{values.get('FIELD_NAME') or ''}' can not be added.")
    return add_field(portal, preset, **values)["FIELD_ID"]


@method("crm.requisite.preset.field.update", scope="crm", docs=FIELD_DOCS.format("update"), writes=True)
def field_update(portal, caller, params):
    preset, row, values = _preset(portal, params), _field(portal, params), _written(params.fields())
    name = values.get("FIELD_NAME")
    if name != row["FIELD_NAME"] and name not in _available(portal, preset):
        raise RestError("", "FIELD_NAME is not defined or invalid.")
    portal.store.preset_fields.update(row["ID"], values)
    return True


@method("crm.requisite.preset.field.delete", scope="crm", docs=FIELD_DOCS.format("delete"), writes=True)
def field_delete(portal, caller, params):
    portal.store.preset_fields.remove(_field(portal, params)["ID"])
    return True


def add_field(portal, preset: dict, **values: object) -> dict:
    """One more field of a template, under the next number in it."""
    held = shown_fields(portal, preset)
    number = max((row["FIELD_ID"] for row in held), default=0) + 1
    fresh = {"FIELD_TITLE": "", "IN_SHORT_LIST": "N", "SORT": 500 + 10 * number}
    return portal.store.preset_fields.add({"ID": None, "PRESET_ID": preset["ID"], "FIELD_ID": number} | fresh | values)


def shown_fields(portal, preset: dict) -> list[dict]:
    """What a template shows, in its order."""
    return sorted(portal.store.preset_fields.having(PRESET_ID=preset["ID"]), key=lambda row: row["SORT"])


def _available(portal, preset: dict) -> list[str]:
    held = {row["FIELD_NAME"] for row in shown_fields(portal, preset)}
    own = [row["FIELD_NAME"] for row in portal.store.userfields.having(ENTITY_ID="CRM_REQUISITE")]
    return [name for name in (*AVAILABLE.split(), *own) if name not in held]


def _preset_id(params: Params) -> int | None:
    return whole(as_map(params.need("preset")).get("ID"))


def _preset(portal, params: Params) -> dict:
    preset = portal.store.requisite_presets.get(_preset_id(params))
    if preset is None:
        raise RestError("", f"The Preset with ID '{as_map(params.get('preset')).get('ID')}' is not found")
    return preset


def _field(portal, params: Params) -> dict:
    preset, number = _preset(portal, params), params.integer("id")
    if not number:
        raise RestError("", "ID is not defined or invalid.")
    found = portal.store.preset_fields.having(PRESET_ID=preset["ID"], FIELD_ID=number)
    if not found:
        raise RestError("", f"The PresetField with ID '{number}' is not found")
    return found[0]


def _written(given: dict) -> dict:
    by_name = {str(name).upper(): value for name, value in given.items()}
    written = {name: canonical(SHOWN_COLUMNS[name], by_name[name]) for name in writable(SHOWN_FIELD) if name in by_name}
    return {name: value for name, value in written.items() if value is not None}


def _show(row: dict) -> dict:
    return {name: row["FIELD_ID"] if name == "ID" else row[name] for name in SHOWN_FIELD}


def _check(portal, values: dict) -> None:
    known = {
        "ENTITY_TYPE_ID": values.get("ENTITY_TYPE_ID") == crm_requisite.REQUISITE,
        "COUNTRY_ID": any(values.get("COUNTRY_ID") == number for number, _, _ in COUNTRIES),
        "NAME": bool(values.get("NAME")),
    }
    for name, fits in known.items():
        if not fits:
            raise RestError("", f"{name} is not defined or invalid")


def _check_delete(portal, preset: dict) -> None:
    """A template in use stays; one that goes takes its fields with it."""
    if portal.store.requisites.having(PRESET_ID=preset["ID"]):
        raise RestError("", "You cannot delete the template because requisites have already been created for it")
    for row in shown_fields(portal, preset):
        portal.store.preset_fields.remove(row["ID"])


crm_requisite.declare(
    "crm.requisite.preset", DOCS, FIELDS, "requisite_presets", "Preset", _check, before_delete=_check_delete
)
