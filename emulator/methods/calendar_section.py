"""calendar.section.*: the calendars of people, groups and the company."""

from ..errors import RestError
from ..objects import calendars
from ..php import as_map
from ..registry import Caller, Params, method
from ..values import flag

DOCS = "https://apidocs.bitrix24.com/api-reference/calendar/calendar-section-{}.html"
TEXTS = {"name": "NAME", "description": "DESCRIPTION", "color": "COLOR", "text_color": "TEXT_COLOR"}
RIGHTS = ("view_time", "view_title", "view_full", "add", "edit", "edit_section", "access")
SEEN_BY_ALL = RIGHTS[:3]
FULL, VIEW = 19, 13


@method("calendar.section.add", scope="calendar", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    name = "calendar.section.add"
    kind, owner_id = _place(portal, caller, params, name)
    calendars.needed(params, "name", name)
    return calendars.add(portal, caller.user_id, kind, owner_id, **_written(params))["ID"]


@method(
    "calendar.section.get",
    scope="calendar",
    docs=DOCS.format("get"),
    differs="a person's first calendar is made with the first event; there are no meeting rooms",
)
def get(portal, caller, params):
    name = "calendar.section.get"
    kind = calendars.kind_of(params, name)
    rows = calendars.of(portal, kind, calendars.owner_of(params, name, kind, caller.user_id))
    return [_show(portal, caller, row) for row in rows]


@method("calendar.section.update", scope="calendar", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row = _section(portal, caller, params, "calendar.section.update")
    calendars.change(portal, row, _written(params))
    return row["ID"]


@method("calendar.section.delete", scope="calendar", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    calendars.remove(portal, _section(portal, caller, params, "calendar.section.delete"))
    return True


def _place(portal, caller: Caller, params: Params, name: str) -> tuple[str, int]:
    kind = calendars.kind_of(params, name)
    owner_id = calendars.owner_of(params, name, kind, caller.user_id)
    if kind == calendars.RESOURCE or not calendars.may_edit(portal, caller.user_id, kind, owner_id):
        raise calendars.denied()
    return kind, owner_id


def _section(portal, caller: Caller, params: Params, name: str) -> dict:
    place = _place(portal, caller, params, name)
    if params.get("id") is None:
        raise RestError("", "Section ID is not set")
    row = portal.store.calendar_sections.get(params.integer("id"))
    if row is None or (row["CAL_TYPE"], row["OWNER_ID"]) != place:
        raise calendars.denied()
    return row


def _written(params: Params) -> dict:
    values = {column: calendars.text(params, name) for name, column in TEXTS.items() if params.get(name) is not None}
    if params.get("export") is not None:
        values["EXPORT"] = {"ALLOW": flag(as_map(params.get("export")).get("ALLOW")) == "Y"}
    return values


def _show(portal, caller: Caller, row: dict) -> dict:
    may = calendars.may_edit(portal, caller.user_id, row["CAL_TYPE"], row["OWNER_ID"])
    everybody = {} if row["CAL_TYPE"] == calendars.USER else {"G2": FULL}
    return {
        "ID": str(row["ID"]),
        "NAME": row["NAME"],
        "GAPI_CALENDAR_ID": None,
        "DESCRIPTION": row["DESCRIPTION"],
        "COLOR": row["COLOR"],
        "TEXT_COLOR": row["TEXT_COLOR"],
        "EXPORT": row["EXPORT"],
        "CAL_TYPE": row["CAL_TYPE"],
        "OWNER_ID": str(row["OWNER_ID"]),
        "CREATED_BY": str(row["CREATED_BY"]),
        "DATE_CREATE": row["CREATED"][:19].replace("T", " "),
        "TIMESTAMP_X": row["CHANGED"][:19].replace("T", " "),
        **dict.fromkeys(("CAL_DAV_CON", "SYNC_TOKEN", "PAGE_TOKEN")),
        "EXTERNAL_TYPE": "local",
        "ACCESS": {"G2": VIEW, f"U{row['CREATED_BY']}": FULL} | everybody,
        "IS_COLLAB": False,
        "PERM": {right: may or right in SEEN_BY_ALL for right in RIGHTS},
    }
