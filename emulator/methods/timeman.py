"""timeman.*: the working day of a person, and the hours that everybody should keep."""

from datetime import datetime
from math import isfinite

from ..errors import RestError
from ..objects import calendars, structure, workdays
from ..objects.workdays import BREAK, CLOSED, END, EXPIRED, LONG, OPENED, TOLERANCE
from ..registry import Caller, Params, Unchanged, method
from ..values import as_written, flag

DOCS = "https://apidocs.bitrix24.com/api-reference/timeman/base/timeman-{}.html"
SCHEDULE_DOCS = "https://apidocs.bitrix24.com/api-reference/timeman/schedule/timeman-schedule-get.html"
OUTSIDERS = "addresses are not noted; who is neither administrator nor head is refused other people's days"
GUESSED = f"{OUTSIDERS}; the refusals without REPORT and of a new day before an expired one is closed are worded here"
SCHEDULE_ID = 1
ATOM_YEARS = range(1971, 2100)


@method("timeman.status", scope="timeman", docs=DOCS.format("status"), differs=OUTSIDERS)
def status(portal, caller, params):
    """Of whoever never began a day only that it is closed."""
    return _show(portal, workdays.current(portal, _user(portal, caller, params)))


@method("timeman.open", scope="timeman", docs=DOCS.format("open"), writes=True, differs=GUESSED)
def open_(portal, caller, params):
    """A new day, or the day of today goes on after a pause or its end."""
    user_id = _user(portal, caller, params)
    row, at = workdays.current(portal, user_id), _time(portal, params, user_id)
    now = portal.clock.now().astimezone(calendars.zone_of(portal, user_id))
    held = workdays.status(portal, row)
    _check_beginning(params, held, now, at)
    if held == OPENED:
        return Unchanged(_show(portal, row))
    if row is not None and not workdays.is_past(portal, row):
        workdays.resume(portal, row, at or now)
    else:
        row = workdays.begin(portal, user_id, at or now, approved=_approved(now, at), **_place(params, "OPEN"))
    return _show(portal, row)


@method("timeman.pause", scope="timeman", docs=DOCS.format("pause"), writes=True, differs=OUTSIDERS)
def pause(portal, caller, params):
    """A day that ended today goes on and pauses; of an older one nothing changes."""
    row = workdays.current(portal, _user(portal, caller, params))
    if row is None or row["PAUSED"] or workdays.is_past(portal, row):
        return Unchanged(_show(portal, row))
    workdays.pause(portal, row)
    return _show(portal, row)


@method("timeman.close", scope="timeman", docs=DOCS.format("close"), writes=True, differs=GUESSED)
def close(portal, caller, params):
    user_id = _user(portal, caller, params)
    row, at = workdays.current(portal, user_id), _time(portal, params, user_id)
    if workdays.status(portal, row) == CLOSED:
        return Unchanged(_show(portal, row))
    now = portal.clock.now()
    ended = (at or now).astimezone(workdays.zone(row))
    if ended.date() != workdays.date_of(row) or ended < workdays.local(row, row["STARTED"]):
        raise RestError("WRONG_DATETIME", "Day close date should correspond to the day open date")
    _check_report(params, at)
    approved = row["ACTIVE"] and _approved(now, at)
    workdays.finish(portal, row, ended, ACTIVE=approved, REPORT=params.text("REPORT"), **_place(params, "CLOSE"))
    return _show(portal, row)


@method("timeman.settings", scope="timeman", docs=DOCS.format("settings"), differs=OUTSIDERS)
def settings(portal, caller, params):
    """The same hours for everybody; whether one may manage others is told to oneself only."""
    user_id = _user(portal, caller, params)
    shown = {
        "UF_TIMEMAN": flag(portal.store.users.get(user_id).get("UF_TIMEMAN") or "Y") == "Y",
        "UF_TM_FREE": False,
        "UF_TM_MAX_START": workdays.clock_face(workdays.BEGIN + TOLERANCE),
        "UF_TM_MIN_FINISH": workdays.clock_face(END - TOLERANCE),
        "UF_TM_MIN_DURATION": workdays.clock_face(LONG),
        "UF_TM_ALLOWED_DELTA": workdays.clock_face(TOLERANCE),
    }
    return shown | ({"ADMIN": portal.is_admin(user_id)} if user_id == caller.user_id else {})


@method(
    "timeman.schedule.get",
    scope="timeman",
    docs=SCHEDULE_DOCS,
    differs="there is the one schedule of a fresh registration, for all employees",
)
def schedule_get(portal, caller, params):
    if params.integer("id") != SCHEDULE_ID:
        return []
    return {
        "ID": SCHEDULE_ID,
        "NAME": "Для всех сотрудников",
        "SCHEDULE_TYPE": "FIXED",
        "REPORT_PERIOD": "MONTH",
        "REPORT_PERIOD_OPTIONS": {"START_WEEK_DAY": 0},
        "CALENDAR_ID": 1,
        "ALLOWED_DEVICES": {"browser": True},
        "DELETED": "0",
        "IS_FOR_ALL_USERS": True,
        "WORKTIME_RESTRICTIONS": ["[]"],
        "CONTROLLED_ACTIONS": 3,
        **dict.fromkeys(("UPDATED_BY", "DELETED_BY", "CREATED_BY"), 0),
        "DELETED_AT": "",
        "CREATED_AT": min(row["DATE_REGISTER"] for row in portal.store.users.all()),
        "SHIFTS": [SHIFT],
        "CALENDAR": {"ID": 1, "NAME": "", "PARENT_CALENDAR_ID": 0, "SYSTEM_CODE": "", "EXCLUSIONS": []},
        "SCHEDULE_VIOLATION_RULES": RULES,
    }


SHIFT = {
    "ID": 1,
    "NAME": "",
    "BREAK_DURATION": BREAK,
    "WORK_TIME_START": workdays.BEGIN,
    "WORK_TIME_END": END,
    "WORK_DAYS": "12345",
    "SCHEDULE_ID": SCHEDULE_ID,
    "DELETED": False,
}
UNLIMITED = (
    "MAX_OFFSET_START MIN_OFFSET_END RELATIVE_START_FROM RELATIVE_START_TO RELATIVE_END_FROM RELATIVE_END_TO "
    "MAX_WORK_TIME_LACK_FOR_PERIOD MAX_SHIFT_START_DELAY"
)
TOLD = (
    "FIXED_START_END",
    "FIXED_PER_RECORD",
    "FIXED_EDIT_WORKTIME",
    "FIXED_PERIODIC",
    "SHIFT_DELAY",
    "SHIFT_MISSED_START",
)
RULES = {
    "ID": 1,
    "SCHEDULE_ID": SCHEDULE_ID,
    "ENTITY_CODE": "UA",
    "MAX_EXACT_START": workdays.BEGIN + TOLERANCE,
    "MIN_EXACT_END": END - TOLERANCE,
    **dict.fromkeys(UNLIMITED.split(), -1),
    "MIN_DAY_DURATION": LONG,
    "MAX_ALLOWED_TO_EDIT_WORK_TIME": TOLERANCE,
    "PERIOD_TIME_LACK_AGENT_ID": 0,
    "MISSED_SHIFT_START": 0,
    "USERS_TO_NOTIFY": {kind: [] for kind in TOLD},
}


def _user(portal, caller: Caller, params: Params) -> int:
    user_id = params.integer("USER_ID") or caller.user_id
    if user_id == caller.user_id:
        return user_id
    if not portal.is_admin(caller.user_id) and user_id not in structure.subordinates(portal, caller.user_id):
        raise RestError("ACCESS_DENIED", "Access denied!", 403)
    if user_id not in portal.store.users:
        raise RestError("", "User not found")
    return user_id


def _time(portal, params: Params, user_id: int) -> datetime | None:
    """TIME in the zone it was written in, else in the person's own."""
    if not params.get("TIME"):
        return None
    written = as_written(str(params.get("TIME")))
    if written.year not in ATOM_YEARS:
        raise RestError("WRONG_DATETIME", "Day open date should correspond to the current date")
    return written if written.tzinfo else written.replace(tzinfo=calendars.zone_of(portal, user_id))


def _check_beginning(params: Params, held: str, now: datetime, at: datetime | None) -> None:
    if at is not None and held != CLOSED:
        raise RestError("TIME", f"Unable to set time, work day is {held.lower()}")
    if held == EXPIRED:
        raise RestError("WD_EXPIRED", "The previous work day is not closed")
    if at is not None and at.date() != now.astimezone(at.tzinfo).date():
        raise RestError("WRONG_DATETIME", "Day open date should correspond to the current date")
    _check_report(params, at)


def _check_report(params: Params, at: datetime | None) -> None:
    if at is not None and not params.text("REPORT"):
        raise RestError("REPORT_NEEDED", "Reason for the change of the work day is required")


def _approved(now: datetime, at: datetime | None) -> bool:
    """A change within the tolerance needs no supervisor."""
    return at is None or abs((now - at).total_seconds()) <= TOLERANCE


def _place(params: Params, end: str) -> dict:
    return {f"{name}_{end}": _coordinate(params.get(name)) for name in ("LAT", "LON")}


def _coordinate(given: object) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        return 0
    return number if isfinite(number) else 0


def _show(portal, row: dict | None) -> dict:
    held = workdays.status(portal, row)
    if row is None:
        return {"STATUS": held}
    default = {"TIME_FINISH_DEFAULT": workdays.planned_end(row).isoformat()} if held == EXPIRED else {}
    return {
        "STATUS": held,
        "TIME_START": workdays.local(row, row["STARTED"]).isoformat(),
        "TIME_FINISH": workdays.local(row, row["FINISHED"]).isoformat() if row["FINISHED"] else None,
        "DURATION": workdays.clock_face(row["DURATION"]),
        "TIME_LEAKS": workdays.clock_face(row["LEAKS"]),
        "ACTIVE": row["ACTIVE"],
        "IP_OPEN": "",
        "IP_CLOSE": "",
        **{name: row[name] for name in ("LAT_OPEN", "LON_OPEN", "LAT_CLOSE", "LON_CLOSE")},
        "TZ_OFFSET": row["OFFSET"],
    } | default
