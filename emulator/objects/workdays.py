"""Working days of people: begun, interrupted, ended, forgotten; on the portal's clock, in the zone they were begun in.

https://apidocs.bitrix24.com/api-reference/timeman/base/index.html
"""

from datetime import date, datetime, time, timedelta, timezone

from ..clock import iso
from . import absences

OPENED, CLOSED, PAUSED, EXPIRED = "OPENED", "CLOSED", "PAUSED", "EXPIRED"
HOUR = 3600
# The working hours of everybody, in seconds from midnight.
BEGIN, END, LONG, BREAK, TOLERANCE = 9 * HOUR, 18 * HOUR, 8 * HOUR, HOUR, 15 * 60


def current(portal, user_id: int) -> dict | None:
    """The day that was begun last."""
    return max(portal.store.workdays.having(USER_ID=user_id), key=lambda row: row["ID"], default=None)


def status(portal, row: dict | None) -> str:
    if row is None or row["FINISHED"]:
        return CLOSED
    if is_past(portal, row):
        return EXPIRED
    return PAUSED if row["PAUSED"] else OPENED


def begin(portal, user_id: int, at: datetime, *, approved: bool, **place: object) -> dict:
    row = {"ID": None, "USER_ID": user_id, "STARTED": iso(at), "FINISHED": None, "PAUSED": None, "BREAKS": []}
    row |= {"OFFSET": int(at.utcoffset().total_seconds()), "ACTIVE": approved, "DURATION": 0, "LEAKS": 0, "REPORT": ""}
    row |= dict.fromkeys(("LAT_OPEN", "LON_OPEN", "LAT_CLOSE", "LON_CLOSE"), 0)
    row = portal.store.workdays.add(row | place)
    absences.note(portal, row, absences.START)
    return row


def resume(portal, row: dict, at: datetime, **values: object) -> None:
    """After a pause, or after its end: what was between counts as a break."""
    since = row["PAUSED"] or row["FINISHED"]
    breaks = [*row["BREAKS"], [since, iso(at)]] if iso(at) > since else row["BREAKS"]
    _write(portal, row, {"PAUSED": None, "FINISHED": None, "DURATION": 0, "BREAKS": breaks} | values)
    absences.finish(portal, row)
    absences.note(portal, row, absences.CONTINUE)


def pause(portal, row: dict) -> None:
    """A day that had ended goes on, as if it never had, and pauses."""
    _write(portal, row, {"PAUSED": portal.clock.iso(), "FINISHED": None, "DURATION": 0})
    absences.note(portal, row, absences.PAUSE, active=True)


def finish(portal, row: dict, at: datetime, **values: object) -> None:
    ended = iso(at)
    breaks = [*row["BREAKS"], [row["PAUSED"], max(ended, row["PAUSED"])]] if row["PAUSED"] else row["BREAKS"]
    _write(portal, row, {"PAUSED": None, "FINISHED": ended, "BREAKS": breaks} | values)
    worked = seconds_between(row["STARTED"], ended) - row["LEAKS"]
    portal.store.workdays.update(row["ID"], {"DURATION": max(worked, 0)})
    absences.finish(portal, row)
    absences.note(portal, row, absences.END)


def is_past(portal, row: dict) -> bool:
    """Whether the day was begun before today."""
    return date_of(row) < portal.clock.now().astimezone(zone(row)).date()


def date_of(row: dict) -> date:
    return local(row, row["STARTED"]).date()


def zone(row: dict) -> timezone:
    return timezone(timedelta(seconds=row["OFFSET"]))


def local(row: dict, moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(zone(row))


def planned_end(row: dict) -> datetime:
    return datetime.combine(date_of(row), time(), zone(row)) + timedelta(seconds=END)


def seconds_between(start: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


def clock_face(seconds: int) -> str:
    """HH:MM:SS"""
    return f"{seconds // HOUR:02}:{seconds % HOUR // 60:02}:{seconds % 60:02}"


def _write(portal, row: dict, values: dict) -> None:
    leaks = sum(seconds_between(start, end) for start, end in values.get("BREAKS", row["BREAKS"]))
    portal.store.workdays.update(row["ID"], values | {"LEAKS": leaks})
