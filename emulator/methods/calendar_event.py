"""calendar.event.*, calendar.meeting.status.*, calendar.accessibility.get: what is planned, with whom, who is busy."""

from datetime import UTC, datetime, time, timedelta, tzinfo

from ..errors import RestError
from ..objects import calendar, calendars, event_card, recurrence
from ..objects.calendar import ALL, DAY, FREE, HOST, NEXT, NO, THIS, Period
from ..objects.calendars import USER
from ..php import as_list
from ..registry import Caller, Params, Unchanged, method, whole
from ..values import as_written, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/calendar/calendar-event/calendar-{}.html"
UNLOOKED = "private events and the rights of a calendar are not looked at in reading; groups are not looked up"
CHOICES = {"accessibility": ("busy", "absent", "quest", FREE), "importance": ("high", "normal", "low")}
MEETING = ("notify", "reinvite", "allow_invite", "hide_guests")
STATUSES = "YNQ"
DAYS_AHEAD = 60
HUGE_DAYS = 36_500


@method("calendar.event.add", scope="calendar", docs=DOCS.format("event-add"), writes=True)
def add(portal, caller, params):
    name = "calendar.event.add"
    kind = calendars.kind_of(params, name)
    owner_id = whole(calendars.needed(params, "ownerId", name), 0)
    for needed, instead in (("name", "name"), ("from", "from_ts"), ("to", "to_ts")):
        if not params.get(instead):
            calendars.needed(params, needed, name)
    if not calendars.may_edit(portal, caller.user_id, kind, owner_id):
        raise calendars.denied()
    place = {"CAL_TYPE": kind, "OWNER_ID": owner_id, "HOST": caller.user_id}
    written = _written(portal, caller, params, None)
    section = _section(portal, caller, params, kind, owner_id)
    return calendar.add(portal, caller.user_id, place | section | written)["ID"]


@method(
    "calendar.event.update",
    scope="calendar",
    docs=DOCS.format("event-update"),
    writes=True,
    differs="`this` and `next` answer with the object of the series, `all` with the id",
)
def update(portal, caller, params):
    row = _event_to_change(portal, caller, params)
    values = _written(portal, caller, params, row)
    if params.get("section") is not None:
        values |= _section(portal, caller, params, row["CAL_TYPE"], row["OWNER_ID"])
    mode = params.text("recurrence_mode")
    if mode not in ("", THIS, NEXT, ALL):
        raise RestError("", "An invalid editing type for the recurring event is specified")
    if row["RRULE"] and mode in (THIS, NEXT):
        return _change_part(portal, row, mode, params, values)
    calendar.change(portal, row, values)
    return row["ID"]


def _change_part(portal, row: dict, mode: str, params: Params, values: dict) -> dict:
    """One occurrence, or it and all that follow, become an event of their own."""
    day = as_written(str(calendars.needed(params, "current_date_from", "calendar.event.update"))).date()
    fresh = calendar.split(portal, row, mode, day, _without_times_of_series(row, values))
    if fresh is None:
        raise RestError("", "An error occurred while changing the event")
    return {
        "originalDate": event_card.moment(fresh, "FROM", "TZ_FROM"),
        "originalDavXmlId": row["DAV_XML_ID"],
        "instanceTz": fresh["TZ_FROM"],
        "recEventId": fresh["ID"],
        "id": row["ID"],
    }


@method("calendar.event.delete", scope="calendar", docs=DOCS.format("event-delete"), writes=True)
def delete(portal, caller, params):
    if params.get("id") is None:
        raise RestError("", "Event id not specified")
    row = portal.store.calendar_events.get(params.integer("id"))
    if row is None or not calendars.may_edit(portal, caller.user_id, row["CAL_TYPE"], row["OWNER_ID"]):
        raise RestError("", "An error occurred while deleting the event")
    calendar.remove(portal, row)
    return True


@method("calendar.event.get", scope="calendar", docs=DOCS.format("event-get"), differs=UNLOOKED)
def get(portal, caller, params):
    """Every occurrence of a recurring event by itself, under the event's id."""
    kind = calendars.kind_of(params, "calendar.event.get")
    owner_id = params.integer("ownerId", 0) or (caller.user_id if kind == USER else 0)
    sections = {whole(one) for one in params.list("section")}
    rows = calendar.in_period(portal, kind, owner_id, period(portal, caller, params), sections)
    return [event_card.show(portal, caller, row) for row in rows]


@method(
    "calendar.event.getbyid",
    scope="calendar",
    docs=DOCS.format("event-get-by-id"),
    differs=f"null where there is no such event; {UNLOOKED}",
)
def get_by_id(portal, caller, params):
    row = portal.store.calendar_events.get(whole(calendars.needed(params, "id", "calendar.event.getbyid")))
    return row and event_card.show(portal, caller, row)


@method("calendar.event.get.nearest", scope="calendar", docs=DOCS.format("event-get-nearest"), differs=UNLOOKED)
def get_nearest(portal, caller, params):
    """What is not over yet; a declined meeting is not among them."""
    kind, owner_id = USER, caller.user_id
    if flag(params.get("forCurrentUser", True)) != "Y":
        kind = params.text("type") or USER
        owner_id = params.integer("ownerId", caller.user_id if kind == USER else 0)
    now, days = portal.clock.seconds(), min(max(params.integer("days", DAYS_AHEAD), 0), HUGE_DAYS)
    ahead = Period(now, now + days * DAY, calendars.zone_of(portal, caller.user_id))
    rows = [row for row in calendar.in_period(portal, kind, owner_id, ahead) if row["STATUS"] != NO]
    most = params.integer("maxEventsCount") or len(rows)
    return [event_card.show(portal, caller, row) for row in rows[: max(most, 0)]]


@method(
    "calendar.accessibility.get",
    scope="calendar",
    docs=DOCS.format("accessibility-get"),
    differs="events whose accessibility is `free` and declined meetings keep nobody busy",
)
def accessibility_get(portal, caller, params):
    for name in ("users", "from", "to"):
        calendars.needed(params, name, "calendar.accessibility.get")
    asked = period(portal, caller, params)
    users = [user_id for user_id in map(whole, params.list("users")) if user_id is not None]
    return {str(user_id): [event_card.busy(row) for row in _keeping_busy(portal, user_id, asked)] for user_id in users}


@method("calendar.meeting.status.get", scope="calendar", docs=DOCS.format("meeting-status-get"))
def meeting_status_get(portal, caller, params):
    """H for the organizer."""
    own = _own_row(portal, caller, params, "calendar.meeting.status.get")
    if own is None:
        raise RestError("", "An error occurred while retrieving the status")
    return own["STATUS"]


@method(
    "calendar.meeting.status.set",
    scope="calendar",
    docs=DOCS.format("meeting-status-set"),
    writes=True,
    differs="who does not take part is refused with Access denied; the organizer stays the organizer",
)
def meeting_status_set(portal, caller, params):
    name = "calendar.meeting.status.set"
    calendars.needed(params, "eventId", name)
    status = str(calendars.needed(params, "status", name))
    if status not in list(STATUSES):
        raise RestError("", 'Invalid value for the parameter "status"')
    own = _own_row(portal, caller, params, name)
    if own is None:
        raise calendars.denied()
    if own["STATUS"] == HOST:
        return Unchanged(True)
    calendar.answer(portal, own, status)
    return True


# -- which event


def period(portal, caller: Caller, params: Params) -> Period:
    """From the beginning of `from` to the end of `to` by the caller's clock; a month back and three ahead if not named."""
    zone = calendars.zone_of(portal, caller.user_id)
    today = datetime.fromtimestamp(portal.clock.seconds(), zone).date()
    first = _date(params.get("from")) or today - timedelta(days=30)
    last = _date(params.get("to")) or today + timedelta(days=91)
    low = datetime.combine(first, time(), zone).timestamp()
    return Period(low, datetime.combine(last, time(), zone).timestamp() + DAY, zone)


def _date(given: object):
    return as_written(str(given)).date() if given else None


def _event_to_change(portal, caller: Caller, params: Params) -> dict:
    """The organizer's row of an event that is there and may be changed by who calls."""
    name = "calendar.event.update"
    row_id, kind = whole(calendars.needed(params, "id", name)), calendars.kind_of(params, name)
    owner_id = whole(calendars.needed(params, "ownerId", name))
    row = portal.store.calendar_events.get(row_id)
    if row is None:
        raise RestError("", "An error occurred while changing the event")
    here = (row["CAL_TYPE"], row["OWNER_ID"]) == (kind, owner_id)
    if not here or not calendars.may_edit(portal, caller.user_id, kind, owner_id):
        raise calendars.denied()
    organizes = not row["ATTENDEES"] or row["HOST"] in (caller.user_id, params.integer("host"))
    if not organizes:
        raise calendars.denied()
    return portal.store.calendar_events.get(row["PARENT_ID"])


def _own_row(portal, caller: Caller, params: Params, name: str) -> dict | None:
    row = portal.store.calendar_events.get(whole(calendars.needed(params, "eventId", name)))
    return calendar.of_person(portal, row, caller.user_id) if row and row["ATTENDEES"] else None


def _section(portal, caller: Caller, params: Params, kind: str, owner_id: int) -> dict:
    """The calendar that is named; without a name, or if it says so, the portal finds one itself."""
    auto = params.get("auto_detect_section")
    if params.get("section") is None and auto is not None and flag(auto) != "Y":
        raise calendars.not_set("section", "calendar.event.add")
    if (flag(auto) == "Y" or params.get("section") is None) and kind != calendars.RESOURCE:
        return {}
    row = portal.store.calendar_sections.get(params.integer("section"))
    if row is None or (row["CAL_TYPE"], row["OWNER_ID"]) != (kind, owner_id):
        raise RestError("", "You specified an invalid calendar section ID or the user does not have access to it")
    return {"SECTION_ID": row["ID"]}


def _keeping_busy(portal, user_id: int, asked: Period) -> list[dict]:
    rows = calendar.in_period(portal, USER, user_id, asked)
    return [row for row in rows if row["ACCESSIBILITY"] != FREE and row["STATUS"] != NO]


# -- what is written


def _written(portal, caller: Caller, params: Params, row: dict | None) -> dict:
    values = {name.upper(): calendars.text(params, name) for name in ("name", "description") if params.get(name)}
    plain = {"color": "COLOR", "text_color": "TEXT_COLOR", "location": "LOCATION"}
    values |= {column: params.text(name) for name, column in plain.items() if params.get(name) is not None}
    values |= {name.upper(): params.text(name) for name in CHOICES if params.text(name) in CHOICES[name]}
    if params.get("private_event") is not None:
        values["PRIVATE"] = flag(params.get("private_event"))
    if params.get("remind") is not None:
        values["REMIND"] = [_reminder(Params(one)) for one in params.list("remind") if isinstance(one, dict)]
    if params.get("rrule") is not None:
        values["RRULE"] = recurrence.rule(params.map("rrule"))
    if params.get("crm_fields") is not None:
        values["CRM"] = _links(params.get("crm_fields"))
    return values | _times(portal, caller, params, row) | _people(portal, caller, params, row)


def _reminder(given: Params) -> dict:
    kind = given.text("type")
    return {"type": kind if kind in ("min", "hour", "day") else "min", "count": given.integer("count", 0)}


def _links(given: object) -> list[str]:
    if not isinstance(given, (dict, list)):
        raise RestError("", "The list of event links to CRM must be an array")
    return [str(one) for one in as_list(given) if one and not isinstance(one, (dict, list))]


def _people(portal, caller: Caller, params: Params, row: dict | None) -> dict:
    """Who is invited, the organizer always first. Without is_meeting everything stays as it was."""
    if params.get("is_meeting") is None or params.text("type") == calendars.RESOURCE:
        return {}
    if flag(params.get("is_meeting")) != "Y":
        return {"ATTENDEES": [], "MEETING": None, "STATUS": calendar.YES}
    host = row["HOST"] if row else caller.user_id
    named = [one for one in map(whole, params.list("attendees")) if one in portal.store.users]
    given = Params(params.map("meeting"))
    held = (row and row["MEETING"]) or {"MEETING_CREATOR": host} | dict.fromkeys(map(str.upper, MEETING), False)
    told = {name.upper(): flag(given.get(name)) == "Y" for name in MEETING if given.get(name) is not None}
    return {"ATTENDEES": list(dict.fromkeys([host, *named])), "MEETING": held | told}


def _times(portal, caller: Caller, params: Params, row: dict | None) -> dict:
    """FROM and TO as stamps. A zone in the text comes first, then that of timezone_from and timezone_to, then the
    caller's own. Only one of the two moved in an update: the other follows or stays."""
    zones = _zones(params, row, calendars.zone_of(portal, caller.user_id))
    told = params.get("skip_time")
    skip_time = row["SKIP_TIME"] if row and told is None else flag(told)
    start, end = (_stamp(params, *side, skip_time == "Y") for side in zip(("from", "to"), zones, strict=True))
    if start is None and end is None:
        return {}
    if row:
        start = row["FROM"] if start is None else start
        end = start + row["TO"] - row["FROM"] if end is None else end
    if start is None or end is None or not 0 <= start <= end < calendars.LATEST:
        raise RestError("", f"An error occurred while {'changing' if row else 'creating'} the event")
    return {"FROM": start, "TO": end, "SKIP_TIME": skip_time, "TZ_FROM": str(zones[0]), "TZ_TO": str(zones[1])}


def _zones(params: Params, row: dict | None, own: tzinfo) -> tuple[tzinfo, tzinfo]:
    before = calendars.zone(row["TZ_FROM"]) if row else None
    first = calendars.zone(params.get("timezone_from")) or before or own
    return first, calendars.zone(params.get("timezone_to")) or first


def _stamp(params: Params, name: str, zone: tzinfo, all_day: bool) -> int | None:
    given, stamp = params.get(name), whole(params.get(f"{name}_ts"))
    if not given and stamp is None:
        return None
    if not given:
        when = datetime.fromtimestamp(min(max(stamp, 0), calendars.LATEST), zone)
    else:
        written = as_written(str(given))
        when = written if written.tzinfo else written.replace(tzinfo=zone)
    return int((datetime.combine(when.date(), time(), UTC) if all_day else when).timestamp())


def _without_times_of_series(row: dict, values: dict) -> dict:
    """An occurrence keeps its own times unless others were named."""
    moved = values.get("FROM") is not None and (values["FROM"], values["TO"]) != (row["FROM"], row["TO"])
    return values if moved else {name: value for name, value in values.items() if name not in ("FROM", "TO")}
