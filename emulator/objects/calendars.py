"""Calendars (sections) of people, groups and the company; a resource is a calendar too. Rings ONCALENDARSECTION….

https://apidocs.bitrix24.com/api-reference/calendar/index.html
"""

from datetime import datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from ..clock import SERVER_ZONE
from ..errors import RestError
from ..registry import Params, whole

USER, GROUP, COMPANY, RESOURCE = "user", "group", "company_calendar", "resource"
KINDS = (USER, GROUP, COMPANY, RESOURCE)
DEFAULT_NAME = "Мой календарь"
DEFAULT_COLOR = "#9DCF00"
# The main settings; the administrator changes them by hand only.
WORK_DAY = (9, 19)
WEEKEND = ("SA", "SU")
# Stamps that a calendar can show: until the year 2100.
LATEST = 4_102_444_800


def add(portal, user_id: int, kind: str, owner_id: int, **values: object) -> dict:
    now = portal.clock.iso()
    row = {"ID": None, "CAL_TYPE": kind, "OWNER_ID": owner_id, "CREATED_BY": user_id, "CREATED": now, "CHANGED": now}
    row |= {"NAME": "", "DESCRIPTION": "", "COLOR": DEFAULT_COLOR, "TEXT_COLOR": "", "EXPORT": {"ALLOW": True}}
    row = portal.store.calendar_sections.add(row | values)
    ring(portal, "SECTIONADD", row["ID"])
    return row


def change(portal, row: dict, values: dict) -> None:
    portal.store.calendar_sections.update(row["ID"], values | {"CHANGED": portal.clock.iso()})
    ring(portal, "SECTIONUPDATE", row["ID"])


def remove(portal, row: dict) -> None:
    """With everything that is planned in it."""
    held = portal.store.calendar_events.having(SECTION_ID=row["ID"])
    for event in held:
        portal.store.calendar_events.remove_having(PARENT_ID=event["ID"])
        portal.store.calendar_events.remove(event["ID"])
    portal.store.calendar_sections.remove(row["ID"])
    ring(portal, "SECTIONDELETE", row["ID"])


def of(portal, kind: str, owner_id: int) -> list[dict]:
    return portal.store.calendar_sections.having(CAL_TYPE=kind, OWNER_ID=owner_id)


def default(portal, user_id: int, kind: str, owner_id: int) -> dict:
    """Where an event goes that names no calendar: the owner's last used one, else the first; made if there is none."""
    held = of(portal, kind, owner_id)
    last_used = whole(settings(portal, user_id)["lastUsedSection"])
    chosen = next((row for row in held if row["ID"] == last_used), held[0] if held else None)
    return chosen or add(portal, user_id, kind, owner_id, NAME=DEFAULT_NAME)


def may_edit(portal, user_id: int, kind: str, owner_id: int) -> bool:
    """A person's calendars are edited by their owner and by administrators, the others by everybody."""
    if kind == USER:
        return owner_id == user_id or (portal.is_admin(user_id) and owner_id in portal.store.users)
    return kind in KINDS


def settings(portal, user_id: int) -> dict:
    """A person's settings of the calendar, as far as they were written; their names and defaults."""
    held = portal.store.calendar_settings.get(user_id)
    return DEFAULTS | (held["VALUES"] if held else {})


DEFAULTS = {
    "view": "month",
    "meetSection": "",
    "crmSection": "",
    "showDeclined": False,
    "denyBusyInvitation": False,
    "collapseOffHours": "Y",
    "showWeekNumbers": "N",
    "showTasks": "Y",
    "syncTasks": "N",
    "showCompletedTasks": "N",
    "lastUsedSection": "false",
    "sendFromEmail": "",
    "defaultSections": {},
    "syncPeriodPast": "3",
    "syncPeriodFuture": "12",
    "defaultReminders": {"fullDay": [{"type": "min", "count": 15}], "withTime": [{"type": "min", "count": 15}]},
}


# -- whose calendar a call is about


def kind_of(params: Params, method: str) -> str:
    return str(needed(params, "type", method))


def owner_of(params: Params, method: str, kind: str, user_id: int) -> int:
    """A person may leave himself out."""
    given = params.get("ownerId")
    if given is None and kind != USER:
        raise not_set("ownerId", method)
    return whole(given, 0) or (user_id if kind == USER else 0)


def needed(params: Params, name: str, method: str) -> object:
    value = params.get(name)
    if value is None or value == "":
        raise not_set(name, method)
    return value


def text(params: Params, name: str) -> str:
    value = params.get(name)
    if isinstance(value, (dict, list)):
        raise RestError("", f'Invalid value for the parameter "{name}"')
    return str(value).strip()


def not_set(name: str, method: str) -> RestError:
    return RestError("", f'The required parameter "{name}" for the method "{method}" is not set')


def denied() -> RestError:
    return RestError("", "Access denied")


# -- time


def zone_of(portal, user_id: int) -> tzinfo:
    """A person's own time zone, the server's for whoever has none."""
    row = portal.store.users.get(user_id)
    return zone(row["TIME_ZONE"] if row else None) or SERVER_ZONE


def zone(name: object) -> ZoneInfo | None:
    return ZoneInfo(name) if isinstance(name, str) and name in _zones() else None


def offset(zone: tzinfo, seconds: int) -> int:
    """How far the zone is from UTC at that moment, in seconds."""
    return int(datetime.fromtimestamp(seconds, zone).utcoffset().total_seconds())


def ring(portal, what: str, row_id: int) -> None:
    portal.events.ring(f"ONCALENDAR{what}", {"id": str(row_id)})


@cache
def _zones() -> set[str]:
    return available_timezones()
