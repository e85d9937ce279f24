"""calendar.settings.get, calendar.user.settings.*: the settings of the portal's calendar and of one person's."""

from datetime import tzinfo

from ..objects import calendars
from ..php import as_map
from ..registry import method
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/calendar/calendar-{}.html"
SECTIONS = ("meetSection", "crmSection")
MAIN = {
    "work_time_start": str(calendars.WORK_DAY[0]),
    "work_time_end": str(calendars.WORK_DAY[1]),
    "year_holidays": "1.01,2.01,7.01,23.02,8.03,1.05,9.05,12.06,4.11",
    "year_workdays": "31.12",
    "week_holidays": list(calendars.WEEKEND),
    "week_start": "MO",
    "user_name_template": "#NAME# #LAST_NAME#",
    "sync_by_push": False,
    "user_show_login": True,
    "path_to_user": "/company/personal/user/#user_id#/",
    "path_to_user_calendar": "/company/personal/user/#user_id#/calendar/",
    "path_to_group": "/workgroups/group/#group_id#/",
    "path_to_group_calendar": "/workgroups/group/#group_id#/calendar/",
    **dict.fromkeys(("path_to_vr", "path_to_rm", "rm_iblock_type", "rm_iblock_id"), ""),
    "dep_manager_sub": True,
    "denied_superpose_types": [],
    "pathes_for_sites": "",
    "forum_id": "8",
    "rm_for_sites": True,
    **dict.fromkeys(("path_to_type_company_calendar", "path_to_type_location", "path_to_type_open_event"), ""),
}


@method(
    "calendar.settings.get",
    scope="calendar",
    docs=DOCS.format("settings-get"),
    differs="the settings as a registration leaves them: only the administrator changes them, and by hand",
)
def settings_get(portal, caller, params):
    return MAIN


@method("calendar.user.settings.get", scope="calendar", docs=DOCS.format("user-settings-get"))
def user_settings_get(portal, caller, params):
    shown = calendars.settings(portal, caller.user_id)
    own = calendars.of(portal, calendars.USER, caller.user_id)
    first = str(own[0]["ID"]) if own else ""
    zone = calendars.zone_of(portal, caller.user_id)
    return (
        shown
        | {name: shown[name] or first for name in SECTIONS}
        | {"defaultSections": ({f"user{caller.user_id}": first} if own else {}) | shown["defaultSections"]}
        | _time(portal, zone)
    )


@method("calendar.user.settings.set", scope="calendar", docs=DOCS.format("user-settings-set"), writes=True)
def user_settings_set(portal, caller, params):
    """Settings that nobody knows are left out."""
    calendars.needed(params, "settings", "calendar.user.settings.set")
    given = {name: value for name, value in params.map("settings").items() if name in calendars.DEFAULTS}
    held = portal.store.calendar_settings.get(caller.user_id)
    values = (held["VALUES"] if held else {}) | {name: _kept(name, value) for name, value in given.items()}
    portal.store.calendar_settings.remove(caller.user_id)
    portal.store.calendar_settings.add({"ID": caller.user_id, "VALUES": values})
    return True


def _kept(name: str, value: object) -> object:
    """In the type that the setting reads in."""
    default = calendars.DEFAULTS[name]
    if isinstance(default, bool):
        return flag(value) == "Y"
    if isinstance(default, dict):
        return as_map(value)
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def _time(portal, zone: tzinfo) -> dict:
    start, end = calendars.WORK_DAY
    return {
        "timezoneName": str(zone),
        "timezoneOffsetUTC": calendars.offset(zone, int(portal.clock.seconds())),
        "timezoneDefaultName": "",
        "work_time_start": f"{start}.00",
        "work_time_end": f"{end}.00",
    }
