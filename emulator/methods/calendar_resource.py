"""calendar.resource.*: what can be booked, each a calendar of its own kind, and the bookings."""

from ..objects import calendar, calendars, event_card
from ..registry import Params, method, whole
from .calendar_event import period

DOCS = "https://apidocs.bitrix24.com/api-reference/calendar/resource/calendar-resource-{}.html"
RESOURCE = calendars.RESOURCE
BY_EVENTS = (
    "bookings are made by calendar.event.add with the type `resource`; there are no fields of type resourcebooking"
)


@method("calendar.resource.add", scope="calendar", docs=DOCS.format("add"), writes=True)
def add(portal, caller, params):
    name = str(calendars.needed(params, "name", "calendar.resource.add"))
    return calendars.add(portal, caller.user_id, RESOURCE, 0, NAME=name)["ID"]


@method("calendar.resource.list", scope="calendar", docs=DOCS.format("list"))
def list_(portal, caller, params):
    rows = calendars.of(portal, RESOURCE, 0)
    return [{"ID": str(row["ID"]), "NAME": row["NAME"], "CREATED_BY": str(row["CREATED_BY"])} for row in rows]


@method("calendar.resource.update", scope="calendar", docs=DOCS.format("update"), writes=True)
def update(portal, caller, params):
    row = _resource(portal, params, "calendar.resource.update")
    calendars.change(portal, row, {"NAME": str(calendars.needed(params, "name", "calendar.resource.update"))})
    return row["ID"]


@method("calendar.resource.delete", scope="calendar", docs=DOCS.format("delete"), writes=True)
def delete(portal, caller, params):
    """With its bookings."""
    calendars.remove(portal, _resource(portal, params, "calendar.resource.delete"))
    return True


@method("calendar.resource.booking.list", scope="calendar", docs=DOCS.format("booking-list"), differs=BY_EVENTS)
def booking_list(portal, caller, params):
    given = Params(params.map("filter"))
    resources = {whole(one) for one in given.list("resourceTypeIdList")}
    bookings = {whole(one) for one in given.list("resourceIdList")}
    if not resources and not bookings:
        raise calendars.not_set("filter['resourceTypeIdList']", "calendar.resource.booking.list")
    rows = calendar.in_period(portal, RESOURCE, 0, period(portal, caller, given), resources)
    chosen = [row for row in rows if not bookings or row["BOOKING_ID"] in bookings]
    return [event_card.show(portal, caller, row) | {"RESOURCE_BOOKING_ID": str(row["BOOKING_ID"])} for row in chosen]


def _resource(portal, params: Params, name: str) -> dict:
    row = portal.store.calendar_sections.get(whole(calendars.needed(params, "resourceId", name)))
    if row is None or row["CAL_TYPE"] != RESOURCE:
        raise calendars.denied()
    return row
