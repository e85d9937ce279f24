"""What happens to the events of calendars, whichever method or person does it; rings ONCALENDARENTRY….

Moments are kept as Unix stamps; an event of whole days begins at midnight UTC of the first and "ends" at midnight of the
last. A meeting lies in the calendar of every attendee as a row of its own, whose PARENT_ID is the organizer's.
https://apidocs.bitrix24.com/api-reference/calendar/calendar-event/index.html
"""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import calendars, recurrence
from .calendars import RESOURCE, USER, ring

DAY = 86400
HOST, YES, NO, ASKED = "H", "Y", "N", "Q"
THIS, NEXT, ALL = "this", "next", "all"
FREE = "free"
BOOKING = "#resourcebooking#"
# What an attendee's row does not take over from the organizer's.
_OWN = ("ID", "PARENT_ID", "CAL_TYPE", "OWNER_ID", "SECTION_ID", "STATUS", "BOOKING_ID", "EVENT_TYPE")


def add(portal, user_id: int, values: dict) -> dict:
    """A new event in a calendar; its attendees are invited. `values` has at least CAL_TYPE, OWNER_ID, NAME, FROM, TO."""
    row = _blank(portal, user_id) | values | {"ID": portal.store.calendar_events.next_id()}
    if "SECTION_ID" not in values:
        row["SECTION_ID"] = calendars.default(portal, user_id, row["CAL_TYPE"], row["OWNER_ID"])["ID"]
    if row["CAL_TYPE"] == RESOURCE:
        row |= {"EVENT_TYPE": BOOKING, "HOST": 0, "ATTENDEES": [], "BOOKING_ID": row["ID"]}
    row = portal.store.calendar_events.add(row | {"PARENT_ID": row["ID"]})
    _invite(portal, row, again=False)
    ring(portal, "ENTRYADD", row["ID"])
    return row


def change(portal, row: dict, values: dict) -> None:
    """Every attendee's row follows."""
    again = bool((values.get("MEETING") or row["MEETING"] or {}).get("REINVITE"))
    portal.store.calendar_events.update(row["ID"], values | _changed(portal, row))
    _invite(portal, row, again=again)
    ring(portal, "ENTRYUPDATE", row["ID"])


def split(portal, row: dict, mode: str, day: date, values: dict) -> dict | None:
    """Change one occurrence (`this`), or it and all that follow (`next`), of a recurring event: the new event that
    stands for them; None if nothing happens on that day."""
    start = next((low for low, _ in occurrences(row) if _day(row, low) == day), None)
    if start is None:
        return None
    fresh = {name: value for name, value in row.items() if name not in ("ID", "PARENT_ID", "CREATED", "CHANGED")}
    fresh |= {"FROM": start, "TO": start + row["TO"] - row["FROM"], "RECURRENCE_ID": row["ID"], "DAV_XML_ID": _xml_id()}
    fresh |= _taken_out(portal, row, day, start) if mode == THIS else _cut_off(portal, row, day)
    ring(portal, "ENTRYUPDATE", row["ID"])
    return add(portal, row["CREATED_BY"], fresh | values)


def _taken_out(portal, row: dict, day: date, start: int) -> dict:
    """The series passes this day over."""
    _write(portal, row, {"EXDATES": [*row["EXDATES"], day.isoformat()]})
    relations = {"COMMENT_XML_ID": f"EVENT_{row['ID']}_{day:%d.%m.%Y}"}
    return {"RRULE": None, "EXDATES": [], "ORIGINAL_FROM": start, "RELATIONS": relations}


def _cut_off(portal, row: dict, day: date) -> dict:
    """The series ends on the day before; what was counted off already is not counted again."""
    rule = row["RRULE"]
    past = sum(1 for one in recurrence.days(rule, _day(row, row["FROM"])) if one < day)
    rest = rule | {"COUNT": rule["COUNT"] - past if rule["COUNT"] else None}
    _write(portal, row, {"RRULE": rule | {"UNTIL": (day - timedelta(days=1)).isoformat(), "COUNT": None}})
    return {"RRULE": rest, "RELATIONS": {"ORIGINAL_RECURSION_ID": row["ID"]}}


def remove(portal, row: dict) -> None:
    """From all calendars; an attendee who deletes his row declines."""
    if row["PARENT_ID"] != row["ID"]:
        answer(portal, row, NO)
    else:
        portal.store.calendar_events.remove_having(PARENT_ID=row["ID"])
    ring(portal, "ENTRYDELETE", row["ID"])


def answer(portal, row: dict, status: str) -> None:
    """An attendee accepts, declines or thinks again."""
    portal.store.calendar_events.update(row["ID"], {"STATUS": status})


def of_person(portal, row: dict, user_id: int) -> dict | None:
    """An event as it lies in that person's calendar, whichever row of it is named."""
    rows = portal.store.calendar_events.having(PARENT_ID=row["PARENT_ID"])
    own = [one for one in rows if one["CAL_TYPE"] == USER and one["OWNER_ID"] == user_id]
    return own[0] if own else next((one for one in rows if one["HOST"] == user_id and one["STATUS"] == HOST), None)


def attendees(portal, row: dict) -> list[dict]:
    """Who takes part, the organizer first: id, row, status."""
    rows = portal.store.calendar_events.having(PARENT_ID=row["PARENT_ID"])
    held = {one["OWNER_ID"] if one["CAL_TYPE"] == USER else one["HOST"]: one for one in reversed(rows)}
    return [
        {"id": one, "row": held[one]["ID"], "status": held[one]["STATUS"]} for one in row["ATTENDEES"] if one in held
    ]


# -- when


class Period(NamedTuple):
    """Between two moments, for whoever's clock is in this zone: whole days are days of that clock."""

    low: float
    high: float
    zone: tzinfo


def in_period(portal, kind: str, owner_id: int, period: Period, sections: set[int] = frozenset()) -> list[dict]:
    """Everything in these calendars that touches the period, each occurrence by itself, in the order of time."""
    rows = portal.store.calendar_events.having(CAL_TYPE=kind, OWNER_ID=owner_id)
    found = [
        {**row, "FROM": start, "TO": end}
        for row in rows
        if not sections or row["SECTION_ID"] in sections
        for start, end in _between(row, period)
    ]
    return sorted(found, key=lambda one: (one["FROM"], one["ID"]))


def occurrences(row: dict) -> Iterator[tuple[int, int]]:
    """(FROM, TO) of each, without the exceptions."""
    if not row["RRULE"]:
        yield row["FROM"], row["TO"]
        return
    zone, length = own_zone(row), row["TO"] - row["FROM"]
    first = datetime.fromtimestamp(row["FROM"], zone)
    for day in recurrence.days(row["RRULE"], first.date()):
        if day.isoformat() not in row["EXDATES"]:
            start = int(datetime.combine(day, first.time(), zone).timestamp())
            yield start, start + length


def own_zone(row: dict, column: str = "TZ_FROM") -> tzinfo:
    """Whole days have none."""
    return UTC if row["SKIP_TIME"] == "Y" else ZoneInfo(row[column])


def _between(row: dict, period: Period) -> Iterator[tuple[int, int]]:
    whole_days = row["SKIP_TIME"] == "Y"
    for start, end in occurrences(row):
        shift = calendars.offset(period.zone, start) if whole_days else 0
        if start - shift >= period.high:
            return
        if end - shift + (DAY if whole_days else 0) > period.low or start >= period.low:
            yield start, end


def _day(row: dict, seconds: int) -> date:
    return datetime.fromtimestamp(seconds, own_zone(row)).date()


def _blank(portal, user_id: int) -> dict:
    now, zone = portal.clock.iso(), str(calendars.zone_of(portal, user_id))
    texts = dict.fromkeys(("DESCRIPTION", "LOCATION", "COLOR", "TEXT_COLOR"), "")
    none = ("ORIGINAL_FROM", "MEETING", "RRULE", "EVENT_TYPE", "BOOKING_ID", "RECURRENCE_ID", "RELATIONS")
    lists = {"REMIND": [], "EXDATES": [], "CRM": [], "ATTENDEES": []}
    people = {"HOST": user_id, "STATUS": YES, "CREATED_BY": user_id, "CREATED": now, "CHANGED": now}
    ways = {"PRIVATE": "N", "ACCESSIBILITY": "busy", "IMPORTANCE": "normal", "VERSION": 1, "DAV_XML_ID": _xml_id()}
    return texts | dict.fromkeys(none) | lists | people | ways | {"SKIP_TIME": "N", "TZ_FROM": zone, "TZ_TO": zone}


# -- the rows of a meeting


def _invite(portal, row: dict, *, again: bool) -> None:
    """Whoever takes part has a row that says what the organizer's says; whoever does no longer has none."""
    table = portal.store.calendar_events
    shared = {name: value for name, value in row.items() if name not in _OWN}
    if row["ATTENDEES"]:
        organizes = row["CAL_TYPE"] != USER or row["OWNER_ID"] == row["HOST"]
        table.update(row["ID"], {"STATUS": HOST if organizes else ASKED})
    held = {one["OWNER_ID"]: one for one in table.having(PARENT_ID=row["ID"]) if one["ID"] != row["ID"]}
    for user_id in held.keys() - set(row["ATTENDEES"]):
        table.remove(held[user_id]["ID"])
    for user_id in row["ATTENDEES"]:
        if user_id in held:
            fresh = {"STATUS": ASKED} if again and held[user_id]["STATUS"] != HOST else {}
            table.update(held[user_id]["ID"], shared | fresh)
        elif (row["CAL_TYPE"], row["OWNER_ID"]) != (USER, user_id):
            status = HOST if user_id == row["HOST"] else ASKED
            section = calendars.default(portal, user_id, USER, user_id)["ID"]
            own = {"ID": None, "PARENT_ID": row["ID"], "CAL_TYPE": USER, "OWNER_ID": user_id, "SECTION_ID": section}
            table.add(shared | own | {"STATUS": status, "BOOKING_ID": None, "EVENT_TYPE": None})


def _write(portal, row: dict, values: dict) -> None:
    """A change of a series without a sound."""
    portal.store.calendar_events.update(row["ID"], values | _changed(portal, row))
    _invite(portal, row, again=False)


def _changed(portal, row: dict) -> dict:
    return {"CHANGED": portal.clock.iso(), "VERSION": row["VERSION"] + 1}


def _xml_id() -> str:
    return f"{uuid.uuid4().hex}@bitrix24"
