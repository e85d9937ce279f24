"""An event of a calendar as the portal shows it.

https://apidocs.bitrix24.com/api-reference/calendar/calendar-event/calendar-event-get-by-id.html
"""

from datetime import UTC, date, datetime, time

from ..listing import as_text
from ..registry import Caller
from ..values import in_portal_form
from . import calendar, calendars, recurrence
from .calendar import DAY


def show(portal, caller: Caller, row: dict) -> dict:
    host = portal.store.users.get(row["HOST"])
    meeting = row["MEETING"] and {
        "HOST_NAME": f"{host['NAME']} {host['LAST_NAME']}".strip() if host else "",
        **row["MEETING"],
        "LANGUAGE_ID": "ru",
        "MAIL_FROM": "",
    }
    return {
        "ID": str(row["ID"]),
        "PARENT_ID": str(row["PARENT_ID"]),
        "DELETED": "N",
        "CAL_TYPE": row["CAL_TYPE"],
        "OWNER_ID": str(row["OWNER_ID"]),
        "NAME": row["NAME"],
        **_shown_times(row),
        "EVENT_TYPE": row["EVENT_TYPE"],
        "CREATED_BY": str(row["CREATED_BY"]),
        "DATE_CREATE": in_portal_form(row["CREATED"]),
        "TIMESTAMP_X": in_portal_form(row["CHANGED"]),
        "DESCRIPTION": row["DESCRIPTION"],
        "PRIVATE_EVENT": "Y" if row["PRIVATE"] == "Y" else "",
        "ACCESSIBILITY": row["ACCESSIBILITY"],
        "IMPORTANCE": row["IMPORTANCE"],
        "IS_MEETING": bool(row["ATTENDEES"]),
        "MEETING_STATUS": row["STATUS"],
        "MEETING_HOST": str(row["HOST"]),
        "MEETING": meeting,
        "LOCATION": row["LOCATION"],
        "REMIND": row["REMIND"],
        "COLOR": row["COLOR"],
        **_shown_rule(row),
        "DAV_XML_ID": row["DAV_XML_ID"],
        **dict.fromkeys(("G_EVENT_ID", "DAV_EXCH_LABEL", "CAL_DAV_LABEL"), ""),
        "VERSION": str(row["VERSION"]),
        "RECURRENCE_ID": row["RECURRENCE_ID"],
        "RELATIONS": row["RELATIONS"],
        "SECTION_ID": str(row["SECTION_ID"]),
        "SYNC_STATUS": None,
        "UF_CRM_CAL_EVENT": row["CRM"] or False,
        "UF_WEBDAV_CAL_EVENT": False,
        "SECTION_DAV_XML_ID": None,
        "SECT_ID": str(row["SECTION_ID"]),
        "COLLAB_ID": None,
        **_shown_people(portal, caller, row),
        "~DESCRIPTION": row["DESCRIPTION"],
        **_user_offsets(portal, caller, row),
    }


def _shown_times(row: dict) -> dict:
    whole_days, original = row["SKIP_TIME"] == "Y", row["ORIGINAL_FROM"]
    form = "%a %b %d %Y" if whole_days else "%a %b %d %Y %H:%M:%S"
    formatted = {f"DATE_{side}_FORMATTED": _local(row, side, f"TZ_{side}").strftime(form) for side in ("FROM", "TO")}
    return {
        "DATE_FROM": moment(row, "FROM", "TZ_FROM"),
        "DATE_TO": moment(row, "TO", "TZ_TO"),
        "ORIGINAL_DATE_FROM": None if original is None else moment(row, "ORIGINAL_FROM", "TZ_FROM"),
        "TZ_FROM": row["TZ_FROM"],
        "TZ_TO": row["TZ_TO"],
        "TZ_OFFSET_FROM": str(_offset(row, "FROM")),
        "TZ_OFFSET_TO": str(_offset(row, "TO")),
        "DATE_FROM_TS_UTC": str(row["FROM"]),
        "DATE_TO_TS_UTC": str(row["TO"]),
        "DT_SKIP_TIME": row["SKIP_TIME"],
        "DT_LENGTH": row["TO"] - row["FROM"] + (DAY if whole_days else 0),
        **formatted,
    }


def _shown_rule(row: dict) -> dict:
    """Dates in the portal's form; the days of a week as a map; COUNT is told by UNTIL."""
    shown = {"RRULE": "", "EXDATE": ";".join(f"{date.fromisoformat(day):%d.%m.%Y}" for day in row["EXDATES"])}
    if not row["RRULE"]:
        return shown
    first = _local(row, "FROM", "TZ_FROM").date()
    last = recurrence.last_day(row["RRULE"], first)
    rule = {"FREQ": row["RRULE"]["FREQ"], "INTERVAL": row["RRULE"]["INTERVAL"]}
    days = row["RRULE"]["BYDAY"]
    rule |= {"BYDAY": {day: day for day in days}} if days else {}
    rule |= dict.fromkeys(("UNTIL", "~UNTIL"), f"{last:%d.%m.%Y}")
    rule |= {"UNTIL_TS": int(datetime.combine(last, time(), UTC).timestamp())}
    return shown | {"RRULE": rule, "~RRULE_DESCRIPTION": recurrence.describe(row["RRULE"], first)}


def _shown_people(portal, caller: Caller, row: dict) -> dict:
    """A list of guests that is hidden shows the organizer and oneself only."""
    there = calendar.attendees(portal, row) if row["ATTENDEES"] else []
    if row["MEETING"] and row["MEETING"]["HIDE_GUESTS"] and caller.user_id != row["HOST"]:
        there = [one for one in there if one["id"] in (caller.user_id, row["HOST"])]
    return {
        "ATTENDEES_CODES": [f"U{one['id']}" for one in there],
        "ATTENDEE_LIST": [{"id": one["id"], "entryId": str(one["row"]), "status": one["status"]} for one in there],
        "attendeesEntityList": [{"entityId": "user", "id": one["id"]} for one in there],
    }


def _user_offsets(portal, caller: Caller, row: dict) -> dict:
    """How far the event's wall clock is from that of who looks."""
    own = calendars.zone_of(portal, caller.user_id)
    return {f"~USER_OFFSET_{side}": _offset(row, side) - calendars.offset(own, row[side]) for side in ("FROM", "TO")}


def busy(row: dict) -> dict:
    times = _shown_times(row)
    return {
        "ID": as_text(row["ID"]),
        "NAME": row["NAME"],
        **{name: times[name] for name in ("DATE_FROM", "DATE_TO", "DATE_FROM_TS_UTC", "DATE_TO_TS_UTC")},
        "~USER_OFFSET_FROM": _offset(row, "FROM"),
        "~USER_OFFSET_TO": _offset(row, "TO"),
        **{name: times[name] for name in ("DT_SKIP_TIME", "TZ_FROM", "TZ_TO")},
        "ACCESSIBILITY": row["ACCESSIBILITY"],
        "IMPORTANCE": row["IMPORTANCE"],
        "EVENT_TYPE": row["EVENT_TYPE"],
    }


def _local(row: dict, column: str, zone: str) -> datetime:
    return datetime.fromtimestamp(row[column], calendar.own_zone(row, zone))


def moment(row: dict, column: str, zone: str) -> str:
    return f"{_local(row, column, zone):%d.%m.%Y %H:%M:%S}"


def _offset(row: dict, side: str) -> int:
    return calendars.offset(calendar.own_zone(row, f"TZ_{side}"), row[side])
