"""timeman.timecontrol.*: what was noted of working days, what people say of their absences, the settings of it all."""

from datetime import date

from .. import files
from ..errors import RestError
from ..objects import absences, calendar, structure, workdays
from ..registry import Caller, Params, method, whole
from ..values import BadValue, flag
from .timeman_network import check_admin
from .user import full_name

DOCS = "https://apidocs.bitrix24.com/api-reference/timeman/timecontrol/timeman-timecontrol-{}.html"
MONTHS = [
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
]
TYPES = ("all", "user", "none")
ABSENCE = "Отсутствие на рабочем месте"
OF_DAYS = "only the records of working days: nobody is online or offline here, and addresses are not noted"


# -- settings


@method("timeman.timecontrol.settings.get", scope="timeman", docs=DOCS.format("settings-get"))
def settings_get(portal, caller, params):
    check_admin(portal, caller)
    return absences.settings(portal)


@method("timeman.timecontrol.settings.set", scope="timeman", docs=DOCS.format("settings-set"), writes=True)
def settings_set(portal, caller, params):
    """`ACTIVE: false` does not switch it off, 0 does."""
    check_admin(portal, caller)
    given = {name: params.get(name) for name in absences.DEFAULTS if params.get(name) is not None}
    if given.get("active") is False:
        del given["active"]
    kept = {name: _kept(name, value) for name, value in given.items()}
    absences.write_settings(portal, {name: value for name, value in kept.items() if value is not None})
    return True


@method("timeman.timecontrol.reports.settings.get", scope="timeman", docs=DOCS.format("reports-settings-get"))
def reports_settings_get(portal, caller, params):
    settings, admin = absences.settings(portal), portal.is_admin(caller.user_id)
    own = _headed(portal, caller)
    shown = list(portal.store.departments.all()) if admin else own
    return {
        "active": settings["active"],
        "user_id": caller.user_id,
        "user_admin": admin,
        "user_head": bool(own),
        "departments": [{"id": str(row["ID"]), "name": row["NAME"]} for row in shown],
        "minimum_idle_for_report": settings["minimum_idle_for_report"],
        "report_view_type": _view(portal, caller, settings),
    }


@method("timeman.timecontrol.reports.users.get", scope="timeman", docs=DOCS.format("reports-users-get"))
def reports_users_get(portal, caller, params):
    """An employee sees himself, a head the own department, an administrator any."""
    asked = params.integer("DEPARTMENT_ID")
    headed = [row["ID"] for row in _headed(portal, caller)]
    own = headed or portal.store.users.get(caller.user_id)["UF_DEPARTMENT"]
    may = asked is not None and (portal.is_admin(caller.user_id) or asked in headed)
    chosen = [asked] if may else own if headed or portal.is_admin(caller.user_id) else []
    rows = {row["ID"]: row for one in chosen for row in portal.store.users.having(UF_DEPARTMENT=one)}
    people = rows.values() if chosen else [portal.store.users.get(caller.user_id)]
    return [_person(portal, row) for row in people]


# -- reports


@method(
    "timeman.timecontrol.report.add",
    scope="timeman",
    docs=DOCS.format("report-add"),
    writes=True,
    differs="the event of the calendar is called «Отсутствие на рабочем месте»",
)
def report_add(portal, caller, params):
    number = params.integer("REPORT_ID") or params.integer("ID")
    row, text = portal.store.absences.get(number), params.text("TEXT")
    user_id = params.integer("USER_ID", caller.user_id) if portal.is_admin(caller.user_id) else caller.user_id
    if row is None or row["USER_ID"] != user_id:
        raise RestError("ACCESS_ERROR", "You don't have access for this report")
    if not text:
        raise RestError("TEXT_EMPTY", "Text can't be empty")
    kind = absences.WORK if params.text("TYPE").upper() == absences.WORK else absences.PRIVATE
    portal.store.absences.update(row["ID"], {"TEXT": text, "REPORT_TYPE": kind})
    if flag(params.get("CALENDAR", "Y")) == "Y":
        _plan(portal, row)
    return True


@method("timeman.timecontrol.reports.get", scope="timeman", docs=DOCS.format("reports-get"), differs=OF_DAYS)
def reports_get(portal, caller, params):
    """Only days on which something was noted."""
    user_id, month = whole(params.need("USER_ID")), _month(params)
    row, view = portal.store.users.get(user_id), _view(portal, caller, absences.settings(portal))
    if view == "none":
        raise RestError("ACCESS_ERROR", "You don't have access to this method")
    leads = portal.is_admin(caller.user_id) or user_id in structure.subordinates(portal, caller.user_id)
    if row is None or not (leads or user_id == caller.user_id):
        raise RestError("USER_ACCESS_ERROR", "You don't have access to report for this user")
    held = [
        day for day in portal.store.workdays.having(USER_ID=user_id) if workdays.date_of(day).replace(day=1) == month
    ]
    noted = [day for day in held if portal.store.absences.having(DAY_ID=day["ID"])]
    days = [_day(portal, day, params, full=leads or view == "full", manager=leads) for day in noted]
    person = {"id": row["ID"], "active": row["ACTIVE"]} | _person(portal, row)
    return {"report": {"month_title": MONTHS[month.month - 1], "days": days}, "user": person}


def _month(params: Params) -> date:
    try:
        return date(whole(params.need("YEAR"), 0), whole(params.need("MONTH"), 0), 1)
    except (ValueError, OverflowError):
        raise BadValue("MONTH, YEAR") from None


def _day(portal, row: dict, params: Params, *, full: bool, manager: bool) -> dict:
    complete, finish = row["FINISHED"] is not None, row["FINISHED"] or portal.clock.iso()
    needed = params.integer("WORKDAY_HOURS", workdays.LONG // workdays.HOUR) * workdays.HOUR
    records = portal.store.absences.having(DAY_ID=row["ID"])
    idle = _idle_minutes(portal, params, manager) * 60
    private = [one for one in records if one["TYPE"] == absences.PAUSE and one["REPORT_TYPE"] != absences.WORK]
    leaks = sum(length for length in (_length(portal, one) for one in private) if length > idle)
    lasted = workdays.seconds_between(row["STARTED"], finish)
    started = workdays.local(row, row["STARTED"])
    return {
        "index": f"{started:%Y%m%d}",
        "day_title": f"{started:%d.%m.%Y}",
        "workday_date_start": started.isoformat(),
        "workday_date_finish": workdays.local(row, finish).isoformat(),
        "workday_complete": complete,
        "workday_time_leaks_user": row["LEAKS"],
        "workday_time_leaks_final": needed - (lasted - leaks),
        "workday_duration": lasted,
        "workday_duration_final": lasted - leaks,
        "workday_duration_config": needed,
        "reports": [_record(portal, one, manager) for one in records] if full else [],
        "workday_time_leaks_real": leaks,
    }


def _idle_minutes(portal, params: Params, manager: bool) -> int:
    """Shorter absences are none; only a manager may say what is short."""
    usual = absences.settings(portal)["minimum_idle_for_report"]
    return params.integer("IDLE_MINUTES", usual) if manager else usual


def _record(portal, row: dict, manager: bool) -> dict:
    shown = {
        "id": str(row["ID"]),
        "user_id": str(row["USER_ID"]),
        "type": row["TYPE"],
        "date_start": row["STARTED"],
        "date_finish": portal.clock.iso() if row["ACTIVE"] else row["FINISHED"],
        "duration": _length(portal, row),
        "active": row["ACTIVE"],
        "entry_id": str(row["DAY_ID"]),
        "report_type": row["REPORT_TYPE"],
        "report_text": row["TEXT"],
        "source_start": "TM_EVENT",
        "source_finish": "TM_EVENT",
    }
    unknown = {
        "system_text": None,
        "ip_start": "",
        "ip_finish": "",
        "ip_start_network": False,
        "ip_finish_network": False,
    }
    return shown | (unknown if manager else {})


def _length(portal, row: dict) -> int:
    return workdays.seconds_between(row["STARTED"], portal.clock.iso() if row["ACTIVE"] else row["FINISHED"])


def _plan(portal, row: dict) -> None:
    """The absence stands in the person's calendar."""
    day = portal.store.workdays.get(row["DAY_ID"])
    start = int(workdays.local(day, row["STARTED"]).timestamp())
    values = {"CAL_TYPE": "user", "OWNER_ID": row["USER_ID"], "NAME": ABSENCE, "DESCRIPTION": row["TEXT"]}
    times = {"FROM": start, "TO": start + _length(portal, row), "ACCESSIBILITY": "absent"}
    calendar.add(portal, row["USER_ID"], values | times)


# -- who sees what


def _headed(portal, caller: Caller) -> list[dict]:
    return portal.store.departments.having(UF_HEAD=caller.user_id)


def _view(portal, caller: Caller, settings: dict) -> str:
    if portal.is_admin(caller.user_id) or _headed(portal, caller):
        return "head"
    kinds = ("full", "simple")
    return next((kind for kind in kinds if _is_among(settings, f"report_{kind}", caller.user_id)), "none")


def _is_among(settings: dict, name: str, user_id: int) -> bool:
    kind = settings[f"{name}_type"]
    return kind == "all" or (kind == "user" and user_id in settings[f"{name}_users"])


def _person(portal, row: dict) -> dict:
    photo = row.get("PERSONAL_PHOTO")
    return {
        "id": row["ID"],
        "name": full_name(row),
        "first_name": row["NAME"],
        "last_name": row["LAST_NAME"],
        "work_position": row["WORK_POSITION"],
        "avatar": files.show(portal, photo)["url"] if photo else "",
        "personal_gender": row["PERSONAL_GENDER"],
        "last_activity_date": row["LAST_ACTIVITY_DATE"],
    }


def _kept(name: str, value: object) -> object:
    """In the type that the setting reads in; None for what it cannot be."""
    default = absences.DEFAULTS[name]
    if isinstance(default, bool):
        return flag(value) == "Y"
    if isinstance(default, int):
        return whole(value)
    if isinstance(default, list):
        return [user_id for user_id in map(whole, Params({"users": value}).list("users")) if user_id is not None]
    return value if value in list(TYPES) else None
