"""What time control notes of a working day while it is on: beginnings, pauses, ends, and what people say of them.

https://apidocs.bitrix24.com/api-reference/timeman/timecontrol/index.html
"""

START, PAUSE, CONTINUE, END = "TM_START", "TM_PAUSE", "TM_CONTINUE", "TM_END"
WORK, PRIVATE, UNSAID = "WORK", "PRIVATE", "NONE"
DEFAULTS = {
    "active": False,
    "minimum_idle_for_report": 15,
    "register_offline": True,
    "register_idle": True,
    "register_desktop": True,
    "report_request_type": "all",
    "report_request_users": [],
    "report_simple_type": "all",
    "report_simple_users": [],
    "report_full_type": "all",
    "report_full_users": [],
}


def settings(portal) -> dict:
    held = portal.store.time_settings.get(1)
    return DEFAULTS | (held["VALUES"] if held else {})


def write_settings(portal, values: dict) -> None:
    kept = settings(portal) | values
    portal.store.time_settings.remove(1)
    portal.store.time_settings.add({"ID": 1, "VALUES": kept})


def note(portal, workday: dict, kind: str, *, active: bool = False) -> None:
    """Only while time control is on; nothing is noted afterwards."""
    if not settings(portal)["active"]:
        return
    now = portal.clock.iso()
    row = {"ID": None, "USER_ID": workday["USER_ID"], "DAY_ID": workday["ID"], "TYPE": kind, "ACTIVE": active}
    portal.store.absences.add(row | {"STARTED": now, "FINISHED": now, "REPORT_TYPE": UNSAID, "TEXT": ""})


def finish(portal, workday: dict) -> None:
    """Whatever still lasted ends now."""
    for row in portal.store.absences.having(DAY_ID=workday["ID"], ACTIVE=True):
        portal.store.absences.update(row["ID"], {"ACTIVE": False, "FINISHED": portal.clock.iso()})
