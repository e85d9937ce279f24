"""crm.activity.*: calls, meetings, e-mails and other activities of CRM objects. Everything reads as strings."""

from .. import files
from ..descriptions import described
from ..errors import RestError, not_found
from ..filters import Where, in_order, ordering, parse
from ..listing import as_text, cut, filtered
from ..objects import activities, items, rights, timeline
from ..objects.activities import BY_PROVIDER, CALL, COLUMNS, EMAIL, MEETING
from ..objects.entities import COMPANY, CONTACT, numbered
from ..php import as_list, as_map
from ..registry import Params, method, whole
from ..values import canonical

DOCS = "https://apidocs.bitrix24.com/api-reference/crm/timeline/activities/activity-base/crm-activity-{}.html"
FIELDS = described("""
ID integer ro | ID
OWNER_ID integer fixed | ID владельца
OWNER_TYPE_ID crm_enum_ownertype fixed | Тип владельца
TYPE_ID crm_enum_activitytype required fixed | Тип
PROVIDER_ID string | ID провайдера
PROVIDER_TYPE_ID string | Тип провайдера
PROVIDER_GROUP_ID string | Тип коннектора
ASSOCIATED_ENTITY_ID integer ro | ID связанной сущности
SUBJECT string required | Тема
START_TIME datetime | Начало
END_TIME datetime | Крайний срок
DEADLINE datetime | Срок исполнения
COMPLETED char | Завершено
STATUS crm_enum_activitystatus | Статус
RESPONSIBLE_ID user required | Ответственный
PRIORITY crm_enum_activitypriority | Приоритет
NOTIFY_TYPE crm_enum_activitynotifytype | Тип уведомления
NOTIFY_VALUE integer | Параметр уведомления
DESCRIPTION string | Описание
DESCRIPTION_TYPE crm_enum_contenttype | Тип описания
DIRECTION crm_enum_activitydirection | Направление
LOCATION string | Местоположение
CREATED datetime ro | Дата создания
AUTHOR_ID user ro | Кем создано
LAST_UPDATED datetime ro | Дата последнего обновления
EDITOR_ID user ro | Кем изменено
SETTINGS object | Настройки
ORIGIN_ID string | Внешний код
ORIGINATOR_ID string | Внешний источник
RESULT_STATUS integer | RESULT_STATUS
RESULT_STREAM integer | RESULT_STREAM
RESULT_SOURCE_ID string | RESULT_SOURCE_ID
PROVIDER_PARAMS object | Параметры провайдера
PROVIDER_DATA string | Данные провайдера
RESULT_MARK integer | RESULT_MARK
RESULT_VALUE double | RESULT_VALUE
RESULT_SUM double | RESULT_SUM
RESULT_CURRENCY_ID string | RESULT_CURRENCY_ID
AUTOCOMPLETE_RULE integer | Автозавершение
BINDINGS crm_activity_binding ro multiple | Привязки
COMMUNICATIONS crm_activity_communication required multiple | Канал коммуникации
FILES diskfile multiple | Файлы
WEBDAV_ELEMENTS diskfile multiple | Добавленные файлы
IS_INCOMING_CHANNEL char ro | IS_INCOMING_CHANNEL
""")
FIELDS["WEBDAV_ELEMENTS"]["isDeprecated"] = True
COMMUNICATION_FIELDS = described("""
ID integer ro | ID
ACTIVITY_ID integer ro | Дело
ENTITY_ID integer | ID элемента сущности
ENTITY_TYPE_ID integer | Тип сущности
TYPE string | Тип
VALUE string | Значение
""")
ONLY_WHEN_ASKED = ("COMMUNICATIONS", "FILES")
OBJECTS = ("SETTINGS", "PROVIDER_PARAMS")
NOT_WRITABLE = {"ID", "CREATED", "AUTHOR_ID", "LAST_UPDATED", "EDITOR_ID", *OBJECTS}
FIXED = {"OWNER_ID", "OWNER_TYPE_ID", "TYPE_ID"}
PROVIDERS = {MEETING: ("CRM_MEETING", "MEETING"), CALL: ("VOXIMPLANT_CALL", "CALL"), EMAIL: ("CRM_EMAIL", "EMAIL")}
CHANNELS = {CALL: "PHONE", EMAIL: "EMAIL"}
NO_BINDING = RestError(
    "", "Could not build binding. Please ensure that owner info and communications are defined correctly."
)


@method("crm.activity.fields", scope="crm", docs=DOCS.format("fields"))
def fields(portal, caller, params):
    return FIELDS


@method("crm.activity.communication.fields", scope="crm", docs=DOCS.format("communication-fields"))
def communication_fields(portal, caller, params):
    return COMMUNICATION_FIELDS


@method("crm.activity.list", scope="crm", docs=DOCS.format("list"))
def list_(portal, caller, params):
    """By START_TIME, if nothing else is asked. With BINDINGS an activity comes once for each pair that holds."""
    given, select = params.map("filter"), params.list("select")
    asked = {str(name).upper() for name in select}
    names = COLUMNS.chosen(select) + [name for name in ONLY_WHEN_ASKED if name in asked]
    where = parse({key: value for key, value in given.items() if key != "BINDINGS"}, COLUMNS.read)
    keys = ordering(params.map("order"), COLUMNS.name) or [("START_TIME", False)]
    found = _bound(portal, given["BINDINGS"], where) if "BINDINGS" in given else portal.store.activities.find(where)
    readable = filtered(found, timeline.activity_rule(portal))
    return cut(in_order(readable, keys, "ID"), params, lambda row: _show(portal, row, names))


@method("crm.activity.get", scope="crm", docs=DOCS.format("get"))
def get(portal, caller, params):
    row = _activity(portal, params, "read")
    return _show(portal, row, [*COLUMNS, "FILES"] if row["FILES"] else list(COLUMNS))


@method(
    "crm.activity.add",
    scope="crm",
    docs=DOCS.format("add"),
    writes=True,
    differs="Nothing is sent or dialled: an e-mail or a call is only kept.",
)
def add(portal, caller, params):
    """Meetings (TYPE_ID 1), calls (2), e-mails (4) and those of a provider (6)."""
    given = params.fields()
    values = {"OWNER_TYPE_ID": None, "OWNER_ID": None} | _written(given)
    _check(values)
    entity = numbered(portal, values["OWNER_TYPE_ID"])
    owner = items.get(portal, entity, values["OWNER_ID"]) if entity else None
    if owner is None:
        raise NO_BINDING
    if not rights.may(portal, entity, "update", owner):
        raise rights.denied_plainly()
    communications = _communications(portal, values, given.get("COMMUNICATIONS"))
    provider, provider_type = PROVIDERS.get(values["TYPE_ID"], (None, None))
    values = {"PROVIDER_ID": provider, "PROVIDER_TYPE_ID": provider_type} | values
    values["FILES"] = files.keep(portal, given.get("FILES"), None, multiple=True)
    return activities.add(portal, caller.user_id, values, communications)["ID"]


@method("crm.activity.update", scope="crm", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    """Owner and type stay; FILES and COMMUNICATIONS are replaced whole."""
    row, given = _activity(portal, params, "update"), params.fields()
    values = {name: value for name, value in _written(given).items() if name not in FIXED}
    _check(row | values)
    if "FILES" in given:
        values["FILES"] = files.keep(portal, given["FILES"], row["FILES"], multiple=True)
    if "COMMUNICATIONS" in given:
        activities.communicate(portal, row["ID"], _communications(portal, row, given["COMMUNICATIONS"]))
    activities.change(portal, caller.user_id, row, values)
    return True


@method("crm.activity.delete", scope="crm", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    activities.remove(portal, _activity(portal, params, "update"))
    return True


@method(
    "crm.activity.call.gettranscript",
    scope="crm",
    docs=DOCS.format("call-get-transcript"),
    differs="Always null for a call that is there: nobody transcribes calls here.",
)
def call_transcript(portal, caller, params):
    row = portal.store.activities.get(whole(params.need("activityId")))
    if row is None or row["TYPE_ID"] != CALL:
        raise not_found()
    return None


def _bound(portal, given: object, where: Where) -> list[dict]:
    rows = []
    for pair in map(as_map, as_list(given)):
        named = {"OWNER_TYPE_ID": "entityTypeId", "OWNER_ID": "entityId"}
        equal = {named[name]: whole(value) for name, value in pair.items() if name in named}
        held = portal.store.activity_bindings.having(**equal) if equal else []
        rows += [portal.store.activities.get(number) for number in {binding["activityId"] for binding in held}]
    return sorted(filter(where.holds, rows), key=lambda row: row["ID"])


def _written(given: dict) -> dict:
    values = {
        name: canonical(COLUMNS[name], given[name]) for name in COLUMNS if name in given and name not in NOT_WRITABLE
    }
    return values | {name: as_map(given[name]) for name in OBJECTS if name in given}


def _check(values: dict) -> None:
    if not values.get("SUBJECT"):
        raise RestError("", "The field SUBJECT is not defined or empty.")
    for name in ("RESPONSIBLE_ID", "TYPE_ID"):
        if not values.get(name):
            raise RestError("", f"The field {name} is not defined or invalid.")
    provider = values.get("PROVIDER_ID")
    if values["TYPE_ID"] == BY_PROVIDER and not provider:
        raise RestError("", "The custom activity without provider is not supported in current context.")
    if provider == "CONFIGURABLE_REST_APP":
        raise RestError("", "Use crm.activity.configurable.add for this activity provider.")
    if provider == "REST_APP":
        raise RestError("", "Application context required.")


def _communications(portal, values: dict, given: object) -> list[dict]:
    """Whom the activity is with; what names nobody is with the owner."""
    entries = [as_map(entry) for entry in as_list(given)]
    if not entries or not all(entry.get("VALUE") or entry.get("ENTITY_ID") for entry in entries):
        raise RestError("", "The field COMMUNICATIONS is not defined or invalid.")
    if len(entries) > 1 and values["TYPE_ID"] in (MEETING, CALL):
        raise RestError("", "The only one communication is allowed for activity of specified type.")
    return [_communication(portal, values, entry) for entry in entries]


def _communication(portal, values: dict, entry: dict) -> dict:
    type_id = whole(entry.get("ENTITY_TYPE_ID"), values["OWNER_TYPE_ID"])
    entity_id = whole(entry.get("ENTITY_ID"), values["OWNER_ID"])
    entity = numbered(portal, type_id)
    if entity is None or items.get(portal, entity, entity_id) is None:
        raise NO_BINDING
    channel = str(entry.get("TYPE") or CHANNELS.get(values["TYPE_ID"], ""))
    value = str(entry.get("VALUE") or "")
    return {"TYPE": channel, "VALUE": value, "ENTITY_ID": entity_id, "ENTITY_TYPE_ID": type_id}


def _activity(portal, params: Params, action: str) -> dict:
    row = portal.store.activities.get(params.integer("id"))
    if row is None:
        raise not_found("Activity is not found.")
    may = timeline.activity_rule(portal, action)
    if may is not None and not may(row):
        raise rights.denied_plainly()
    return row


def _show(portal, row: dict, names: list[str]) -> dict:
    shown = {name: _shown(row[name]) for name in names if name not in ONLY_WHEN_ASKED}
    if "COMMUNICATIONS" in names:
        held = portal.store.communications.having(ACTIVITY_ID=row["ID"])
        shown["COMMUNICATIONS"] = [_show_communication(portal, entry) for entry in held]
    if "FILES" in names:
        addresses = (files.show(portal, file_id) for file_id in row["FILES"])
        shown["FILES"] = [{"id": address["id"], "url": address["url"]} for address in addresses]
    return shown


def _shown(value: object) -> object:
    return value if isinstance(value, dict) else as_text(value)


def _show_communication(portal, entry: dict) -> dict:
    shown = {name: as_text(entry[name]) for name in ("ID", "TYPE", "VALUE", "ENTITY_ID", "ENTITY_TYPE_ID")}
    entity = numbered(portal, entry["ENTITY_TYPE_ID"])
    row = items.get(portal, entity, entry["ENTITY_ID"]) or {}
    if entity is CONTACT:
        names = ("honorific", "name", "secondName", "lastName")
        shown["ENTITY_SETTINGS"] = {CONTACT.fields[name].upper: as_text(row.get(name)) for name in names}
    elif entity is COMPANY:
        shown["ENTITY_SETTINGS"] = {"COMPANY_TITLE": row.get("title")}
    return shown
