"""Calendars, events, meetings, who is busy, resources."""

from datetime import datetime

import pytest

from emulator.clock import SERVER_ZONE
from emulator.control import Refused

from .conftest import ADMIN

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=SERVER_ZONE)
TIMES = {"from": "2026-12-01T10:00:00", "to": "2026-12-01T11:00:00"}
MONTH = {"from": "2026-12-01", "to": "2026-12-31"}


@pytest.fixture(autouse=True)
def _december(portal):
    portal.set_time(NOON)


@pytest.fixture
def event(act):
    """Plan something in the administrator's calendar and return its id: event(name="…")."""
    return lambda **more: act(
        "calendar.event.add", **{"type": "user", "ownerId": ADMIN, "name": "Встреча"} | TIMES | more
    )


@pytest.fixture
def planned(portal):
    """Names and beginnings of what a person has in December."""

    def look(user_id: int = ADMIN, kind: str = "user") -> list[tuple]:
        owner = user_id if kind == "user" else 0
        rows = portal.act(user_id, "calendar.event.get", {"type": kind, "ownerId": owner, **MONTH})
        return [(row["NAME"], row["DATE_FROM"]) for row in rows]

    return look


def read(act, event_id: int) -> dict:
    return act("calendar.event.getbyid", id=event_id)


def refusal(portal, method: str, user_id: int = ADMIN, **params) -> tuple:
    with pytest.raises(Refused) as refused:
        portal.act(user_id, method, params)
    return refused.value.code, refused.value.description, refused.value.status


# -- events


def test_an_event_reads_back_as_it_was_planned(act, event):
    reminder, color = {"type": "min", "count": 20}, "#9cbe1c"
    more = {"description": "О поставке", "location": "Офис", "importance": "high", "accessibility": "absent"}
    shown = read(act, event(**more, remind=[reminder], color=color, crm_fields=["C_5", "L_11"], private_event="Y"))
    assert (shown["NAME"], shown["DATE_FROM"], shown["DATE_TO"]) == (
        "Встреча",
        "01.12.2026 10:00:00",
        "01.12.2026 11:00:00",
    )
    assert (shown["DESCRIPTION"], shown["LOCATION"], shown["IMPORTANCE"]) == ("О поставке", "Офис", "high")
    assert (shown["ACCESSIBILITY"], shown["COLOR"], shown["PRIVATE_EVENT"]) == ("absent", color, "Y")
    assert (shown["REMIND"], shown["UF_CRM_CAL_EVENT"]) == ([reminder], ["C_5", "L_11"])
    assert (shown["DT_LENGTH"], shown["TZ_FROM"], shown["TZ_OFFSET_FROM"]) == (3600, "Europe/Moscow", "10800")
    assert shown["DATE_FROM_TS_UTC"] == str(int(NOON.timestamp()) - 7200)
    assert (shown["IS_MEETING"], shown["MEETING"], shown["RRULE"]) == (False, None, "")


def test_the_zone_of_a_moment_is_that_of_its_text_then_the_named_one_then_ones_own(act, event):
    yakutsk = {"timezone_from": "Asia/Yakutsk"}
    by_text = read(act, event(**yakutsk | {"from": "2026-12-01T10:00:00+00:00", "to": "2026-12-01T11:00:00Z"}))
    by_name = read(act, event(**yakutsk))
    assert by_text["DATE_FROM_TS_UTC"] == str(int(NOON.timestamp()) + 3600)
    assert (by_name["DATE_FROM"], by_name["TZ_TO"]) == ("01.12.2026 10:00:00", "Asia/Yakutsk")
    assert int(by_name["DATE_FROM_TS_UTC"]) == int(NOON.timestamp()) - 7200 - 6 * 3600
    assert by_name["~USER_OFFSET_FROM"] == 6 * 3600


def test_an_event_of_whole_days_ends_with_its_last_day(act, event, planned):
    days = {"from": "2026-12-20", "to": "2026-12-21", "skip_time": "Y"}
    shown = read(act, event(**days))
    assert (shown["DT_SKIP_TIME"], shown["DT_LENGTH"], shown["DATE_FROM_FORMATTED"]) == ("Y", 172800, "Sun Dec 20 2026")
    held = act("calendar.event.get", type="user", ownerId=ADMIN, **{"from": "2026-12-21", "to": "2026-12-21"})
    assert [row["ID"] for row in held] == [shown["ID"]]
    assert act("calendar.event.get", type="user", ownerId=ADMIN, **{"from": "2026-12-22", "to": "2026-12-23"}) == []


def test_an_event_is_updated_moved_and_deleted(act, event, planned):
    event_id = event()
    assert (
        act(
            "calendar.event.update",
            id=event_id,
            type="user",
            ownerId=ADMIN,
            name="Звонок",
            from_ts=int(NOON.timestamp()),
        )
        == event_id
    )
    shown = read(act, event_id)
    assert (shown["NAME"], shown["DATE_FROM"], shown["DATE_TO"]) == (
        "Звонок",
        "01.12.2026 12:00:00",
        "01.12.2026 13:00:00",
    )
    assert shown["VERSION"] == "2"
    assert act("calendar.event.delete", id=event_id) is True
    assert (planned(), read(act, event_id)) == ([], None)


def test_events_ring(portal, act, event, handler):
    section = act("calendar.section.add", type="user", ownerId=ADMIN, name="Поездки")
    event_id = event(section=section)
    act("calendar.event.update", id=event_id, type="user", ownerId=ADMIN, name="Иное")
    act("calendar.event.delete", id=event_id)
    act("calendar.section.delete", type="user", ownerId=ADMIN, id=section)
    portal.settle_events()
    rung = [(one["event"], one["data"]) for one in handler.events]
    assert rung[0] == ("ONCALENDARSECTIONADD", {"id": str(section)})
    assert rung[1:4] == [(f"ONCALENDARENTRY{what}", {"id": str(event_id)}) for what in ("ADD", "UPDATE", "DELETE")]
    assert rung[4] == ("ONCALENDARSECTIONDELETE", {"id": str(section)})


@pytest.mark.parametrize(
    ("lacking", "given"),
    [
        ("type", {}),
        ("ownerId", {"type": "user"}),
        ("name", {"type": "user", "ownerId": 2}),
        ("from", {"type": "user", "ownerId": 2, "name": "А"}),
        ("to", {"type": "user", "ownerId": 2, "name": "А", "from": "2026-12-01"}),
    ],
)
def test_what_an_event_lacks_is_named(portal, lacking, given):
    words = f'The required parameter "{lacking}" for the method "calendar.event.add" is not set'
    assert refusal(portal, "calendar.event.add", **given) == ("", words, 400)


def test_an_event_is_refused_in_the_portals_words(portal, act, event, person):
    place = {"type": "user", "ownerId": ADMIN, "name": "А", **TIMES}
    worker, foreign = person("worker"), act("calendar.section.add", type="user", ownerId=1, name="Чужой")
    section = "You specified an invalid calendar section ID or the user does not have access to it"
    assert refusal(portal, "calendar.event.add", **place, section=foreign)[1] == section
    assert refusal(portal, "calendar.event.add", worker, **place)[1] == "Access denied"
    assert refusal(portal, "calendar.event.add", **place | {"ownerId": 404})[1] == "Access denied"
    links = "The list of event links to CRM must be an array"
    assert refusal(portal, "calendar.event.add", **place, crm_fields="C_5")[1] == links
    assert (
        refusal(portal, "calendar.event.add", **place | {"name": ["А"]})[1] == 'Invalid value for the parameter "name"'
    )
    backwards = {"from": "2026-12-02", "to": "2026-12-01"}
    assert refusal(portal, "calendar.event.add", **place | backwards)[1] == "An error occurred while creating the event"
    assert refusal(portal, "calendar.event.delete")[1] == "Event id not specified"
    assert (
        refusal(portal, "calendar.event.delete", worker, id=event())[1] == "An error occurred while deleting the event"
    )


# -- what recurs


def test_an_event_recurs_on_its_days_until_it_ends(act, event, planned):
    shown = read(act, event(rrule={"FREQ": "WEEKLY", "BYDAY": ["TU", "FR"], "COUNT": 4, "INTERVAL": 2}))
    days = ("01", "04", "15", "18")
    assert planned() == [("Встреча", f"{day}.12.2026 10:00:00") for day in days]
    assert (shown["RRULE"]["BYDAY"], shown["RRULE"]["UNTIL"]) == ({"TU": "TU", "FR": "FR"}, "18.12.2026")
    assert shown["~RRULE_DESCRIPTION"] == "каждую 2-ю неделю по: Вт, Пт, с 01.12.2026 по 18.12.2026"


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"FREQ": "DAILY", "INTERVAL": 10}, ["01.12", "11.12", "21.12", "31.12"]),
        ({"FREQ": "DAILY", "UNTIL": "2026-12-03"}, ["01.12", "02.12", "03.12"]),
        ({"FREQ": "MONTHLY"}, ["01.12"]),
        ({"FREQ": "HOURLY"}, ["01.12"]),
    ],
)
def test_rules_of_recurrence(event, planned, rule, days):
    event(rrule=rule)
    assert [begin[:5] for _, begin in planned()] == days


def test_the_hour_stays_where_the_clocks_change(act, event):
    times = {"from": "2027-03-27 10:00:00", "to": "2027-03-27 11:00:00", "timezone_from": "Europe/Berlin"}
    event(**times, rrule={"FREQ": "DAILY", "COUNT": 2})
    rows = act("calendar.event.get", type="user", ownerId=ADMIN, **{"from": "2027-03-01", "to": "2027-03-31"})
    assert [(row["DATE_FROM"][11:], row["TZ_OFFSET_FROM"]) for row in rows] == [
        ("10:00:00", "3600"),
        ("10:00:00", "7200"),
    ]


def test_one_occurrence_is_changed_alone(act, event, planned):
    place = {"id": event(rrule={"FREQ": "DAILY", "COUNT": 3}), "type": "user", "ownerId": ADMIN}
    answer = act("calendar.event.update", **place, recurrence_mode="this", current_date_from="2026-12-02", name="Иное")
    assert (answer["id"], answer["originalDate"], answer["instanceTz"]) == (
        place["id"],
        "02.12.2026 10:00:00",
        "Europe/Moscow",
    )
    assert [(name, begin[:2]) for name, begin in planned()] == [("Встреча", "01"), ("Иное", "02"), ("Встреча", "03")]
    assert read(act, place["id"])["EXDATE"] == "02.12.2026"
    moved = read(act, answer["recEventId"])
    assert (moved["RECURRENCE_ID"], moved["ORIGINAL_DATE_FROM"]) == (place["id"], "02.12.2026 10:00:00")


def test_an_occurrence_and_all_that_follow_become_a_series_of_their_own(portal, act, event, planned):
    place = {"id": event(rrule={"FREQ": "DAILY", "COUNT": 4}), "type": "user", "ownerId": ADMIN}
    answer = act("calendar.event.update", **place, recurrence_mode="next", current_date_from="2026-12-03", name="Иное")
    assert [name for name, _ in planned()] == ["Встреча", "Встреча", "Иное", "Иное"]
    assert read(act, answer["recEventId"])["RELATIONS"] == {"ORIGINAL_RECURSION_ID": place["id"]}
    assert act("calendar.event.update", **place, recurrence_mode="all", name="Всё") == place["id"]
    assert [name for name, _ in planned()] == ["Всё", "Всё", "Иное", "Иное"]
    words = "An invalid editing type for the recurring event is specified"
    assert refusal(portal, "calendar.event.update", **place, recurrence_mode="some")[1] == words


# -- meetings


@pytest.fixture
def meeting(event):
    return lambda *people, **more: event(is_meeting="Y", attendees=list(people), **more)


def test_a_meeting_lies_in_every_attendees_calendar(portal, act, meeting, planned, person):
    worker = person("worker")
    meeting_id = meeting(worker, meeting={"notify": True})
    shown = read(act, meeting_id)
    assert [(one["id"], one["status"]) for one in shown["ATTENDEE_LIST"]] == [(ADMIN, "H"), (worker, "Q")]
    assert (shown["MEETING_STATUS"], shown["MEETING_HOST"], shown["ATTENDEES_CODES"]) == (
        "H",
        "2",
        ["U2", f"U{worker}"],
    )
    assert (shown["MEETING"]["HOST_NAME"], shown["MEETING"]["NOTIFY"]) == ("Администратор Портала", True)
    assert planned(worker) == planned() == [("Встреча", "01.12.2026 10:00:00")]
    act("calendar.event.update", id=meeting_id, type="user", ownerId=ADMIN, name="Совет")
    assert planned(worker)[0][0] == "Совет"
    act("calendar.event.delete", id=meeting_id)
    assert planned(worker) == []


def test_an_attendee_answers_an_invitation(portal, act, meeting, person):
    worker = person("worker")
    meeting_id = meeting(worker)
    assert portal.act(worker, "calendar.meeting.status.get", {"eventId": meeting_id}) == "Q"
    assert portal.act(worker, "calendar.meeting.status.set", {"eventId": meeting_id, "status": "Y"}) is True
    assert portal.act(worker, "calendar.meeting.status.get", {"eventId": meeting_id}) == "Y"
    assert act("calendar.meeting.status.get", eventId=meeting_id) == "H"
    assert read(act, meeting_id)["ATTENDEE_LIST"][1]["status"] == "Y"
    change = {"id": meeting_id, "type": "user", "ownerId": ADMIN}
    act("calendar.event.update", **change, name="Совет", meeting={"reinvite": True}, is_meeting="Y", attendees=[worker])
    assert portal.act(worker, "calendar.meeting.status.get", {"eventId": meeting_id}) == "Q"
    act("calendar.event.update", **change, is_meeting="Y")
    assert [one["id"] for one in read(act, meeting_id)["ATTENDEE_LIST"]] == [ADMIN]
    odd = refusal(portal, "calendar.meeting.status.set", worker, eventId=meeting_id, status="H")
    assert odd[1] == 'Invalid value for the parameter "status"'
    lost = "An error occurred while retrieving the status"
    assert refusal(portal, "calendar.meeting.status.get", worker, eventId=meeting_id)[1] == lost


def test_a_meeting_is_changed_by_whoever_names_its_organizer(portal, act, meeting):
    change = {"id": meeting(1), "type": "user", "ownerId": ADMIN, "name": "Совет"}
    assert refusal(portal, "calendar.event.update", 1, **change)[1] == "Access denied"
    assert refusal(portal, "calendar.event.update", 1, **change, host=1)[1] == "Access denied"
    assert portal.act(1, "calendar.event.update", {**change, "host": ADMIN}) == change["id"]


def test_hidden_guests_see_the_organizer_only(portal, act, meeting, person):
    first, second = person("first"), person("second")
    meeting_id = meeting(first, second, meeting={"hide_guests": True})
    seen = portal.act(first, "calendar.event.getbyid", {"id": meeting_id})["ATTENDEE_LIST"]
    assert [one["id"] for one in seen] == [ADMIN, first]


# -- who is busy, what is next


def test_events_keep_people_busy_unless_they_are_free_or_declined(portal, act, event, meeting, person):
    worker = person("worker")
    event(name="Свободно", accessibility="free")
    event(name="Отпуск", accessibility="absent", rrule={"FREQ": "DAILY", "COUNT": 2})
    declined = meeting(worker, name="Совет")
    portal.act(worker, "calendar.meeting.status.set", {"eventId": declined, "status": "N"})
    busy = act("calendar.accessibility.get", users=[ADMIN, worker], **MONTH)
    assert [(one["NAME"], one["DATE_FROM"][:2]) for one in busy["2"]] == [
        ("Отпуск", "01"),
        ("Совет", "01"),
        ("Отпуск", "02"),
    ]
    assert (busy[str(worker)], busy["2"][0]["~USER_OFFSET_FROM"]) == ([], 10800)
    words = 'The required parameter "from" for the method "calendar.accessibility.get" is not set'
    assert refusal(portal, "calendar.accessibility.get", users=[1]) == ("", words, 400)


def test_the_nearest_events_are_not_over(act, event):
    event(name="Прошло")
    event(name="Идёт", **{"from": "2026-12-01T11:00:00", "to": "2026-12-01T13:00:00"})
    event(name="Завтра", **{"from": "2026-12-02", "to": "2026-12-02", "skip_time": "Y"})
    event(name="Нескоро", **{"from": "2027-01-15T11:00:00", "to": "2027-01-15T13:00:00"})
    act(
        "calendar.event.add",
        type="company_calendar",
        ownerId=0,
        name="Праздник",
        **{"from": "2026-12-05", "to": "2026-12-05", "skip_time": "Y"},
    )
    nearest = lambda **params: [one["NAME"] for one in act("calendar.event.get.nearest", **params)]  # noqa: E731
    assert nearest(days=10) == ["Идёт", "Завтра"]
    assert nearest() == ["Идёт", "Завтра", "Нескоро"]
    assert nearest(maxEventsCount=1) == ["Идёт"]
    assert nearest(type="company_calendar", ownerId=0, forCurrentUser=False) == ["Праздник"]


# -- calendars and settings


def test_a_calendar_is_made_read_changed_and_deleted_with_its_events(portal, act, event, planned, person):
    section = act(
        "calendar.section.add", type="user", ownerId=ADMIN, name="Поездки", color="#9cbeee", export={"ALLOW": False}
    )
    shown = act("calendar.section.get", type="user")[0]
    assert (shown["ID"], shown["NAME"], shown["COLOR"], shown["EXPORT"]) == (
        str(section),
        "Поездки",
        "#9cbeee",
        {"ALLOW": False},
    )
    assert act("calendar.section.update", type="user", ownerId=ADMIN, id=section, name="Выезды") == section
    event(section=section)
    assert [row["NAME"] for row in act("calendar.section.get", type="user", ownerId=ADMIN)] == ["Выезды"]
    worker, place = person("worker"), {"type": "user", "ownerId": ADMIN, "id": section}
    assert portal.act(worker, "calendar.section.get", {"type": "user", "ownerId": ADMIN})[0]["PERM"]["edit"] is False
    assert refusal(portal, "calendar.section.delete", worker, **place)[1] == "Access denied"
    assert refusal(portal, "calendar.section.update", type="user", ownerId=ADMIN)[1] == "Section ID is not set"
    assert act("calendar.section.delete", **place) is True
    assert (planned(), act("calendar.section.get", type="user", ownerId=ADMIN)) == ([], [])


def test_an_event_without_a_calendar_goes_where_the_person_last_was(act, event):
    act("calendar.section.add", type="user", ownerId=ADMIN, name="Первый")
    second = act("calendar.section.add", type="user", ownerId=ADMIN, name="Второй")
    act(
        "calendar.user.settings.set",
        settings={"lastUsedSection": second, "view": "week", "showDeclined": "Y", "odd": 1},
    )
    event_id = event()
    assert read(act, event_id)["SECTION_ID"] == str(second)
    held = act("calendar.event.get", type="user", ownerId=ADMIN, section=[second], **MONTH)
    assert [row["ID"] for row in held] == [str(event_id)]
    settings = act("calendar.user.settings.get")
    assert (settings["view"], settings["showDeclined"], settings["lastUsedSection"]) == ("week", True, str(second))
    assert (settings["timezoneName"], settings["timezoneOffsetUTC"], "odd" in settings) == (
        "Europe/Moscow",
        10800,
        False,
    )


def test_the_settings_of_the_portal_say_when_it_works(portal, act):
    settings = act("calendar.settings.get")
    own = act("calendar.user.settings.get")
    assert (settings["work_time_start"], settings["week_holidays"], own["work_time_start"]) == (
        "9",
        ["SA", "SU"],
        "9.00",
    )
    words = 'The required parameter "settings" for the method "calendar.user.settings.set" is not set'
    assert refusal(portal, "calendar.user.settings.set") == ("", words, 400)


# -- resources


def test_a_resource_is_made_booked_renamed_and_deleted(portal, act):
    car, hall = (act("calendar.resource.add", name=name) for name in ("Машина", "Зал"))
    book = {"type": "resource", "ownerId": 0, "name": "Бронь", **TIMES}
    booking = act("calendar.event.add", **book, section=car)
    act("calendar.event.add", **book, section=hall)
    rows = act("calendar.resource.booking.list", filter={"resourceTypeIdList": [car], **MONTH})
    assert [(row["ID"], row["SECT_ID"], row["EVENT_TYPE"]) for row in rows] == [
        (str(booking), str(car), "#resourcebooking#")
    ]
    assert (rows[0]["MEETING_STATUS"], rows[0]["MEETING_HOST"], rows[0]["IS_MEETING"]) == ("Y", "0", False)
    by_number = act("calendar.resource.booking.list", filter={"resourceIdList": [rows[0]["RESOURCE_BOOKING_ID"]]})
    assert [row["ID"] for row in by_number] == [str(booking)]
    assert act("calendar.resource.update", resourceId=car, name="Автомобиль") == car
    assert [(row["ID"], row["NAME"]) for row in act("calendar.resource.list")] == [
        (str(car), "Автомобиль"),
        (str(hall), "Зал"),
    ]
    assert act("calendar.resource.delete", resourceId=car) is True
    assert [row["NAME"] for row in act("calendar.resource.list")] == ["Зал"]
    assert act("calendar.resource.booking.list", filter={"resourceTypeIdList": [car]}) == []
    words = 'The required parameter "filter[\'resourceTypeIdList\']" for the method "calendar.resource.booking.list" is not set'
    assert refusal(portal, "calendar.resource.booking.list")[1] == words
    assert refusal(portal, "calendar.resource.delete", resourceId=car)[1] == "Access denied"
