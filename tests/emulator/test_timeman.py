"""Working days on the portal's clock: begun, paused, ended, forgotten; what time control notes of them."""

from datetime import datetime, timedelta

import pytest
import requests

from emulator.clock import SERVER_ZONE
from emulator.control import Refused

from .conftest import ADMIN

MORNING = datetime(2026, 12, 1, 9, 0, tzinfo=SERVER_ZONE)
CONTROL = "timeman.timecontrol."


@pytest.fixture(autouse=True)
def _a_morning(portal):
    portal.set_time(MORNING)


@pytest.fixture
def records(portal):
    """Ask REST 3 for records of time."""
    address = portal.webhook_url.replace("/rest/", "/rest/api/")
    return lambda method="list", **body: requests.post(
        f"{address}timeman.record.{method}", json=body, timeout=10
    ).json()


def later(portal, **by) -> None:
    portal.advance(timedelta(**by))


def refusal(portal, method: str, user_id: int = ADMIN, **params) -> tuple:
    with pytest.raises(Refused) as refused:
        portal.act(user_id, method, params)
    return refused.value.code, refused.value.description, refused.value.status


# -- the day


def test_a_day_is_begun_paused_continued_and_ended(portal, act):
    assert act("timeman.status") == {"STATUS": "CLOSED"}
    begun = act("timeman.open", LAT=53.5, LON="9.9")
    assert (begun["STATUS"], begun["TIME_START"][:16], begun["TIME_FINISH"]) == ("OPENED", "2026-12-01T09:00", None)
    assert (begun["LAT_OPEN"], begun["LON_OPEN"], begun["TZ_OFFSET"], begun["ACTIVE"]) == (53.5, 9.9, 10800, True)
    later(portal, hours=3)
    assert act("timeman.pause")["STATUS"] == act("timeman.status")["STATUS"] == "PAUSED"
    later(portal, hours=1)
    assert act("timeman.open")["TIME_LEAKS"][:5] == "01:00"
    later(portal, hours=5)
    ended = act("timeman.close")
    assert (ended["STATUS"], ended["DURATION"][:5], ended["TIME_LEAKS"][:5]) == ("CLOSED", "08:00", "01:00")
    assert act("timeman.status") == ended


def test_a_day_that_ended_goes_on_and_what_was_between_is_a_break_unless_it_pauses(portal, act):
    act("timeman.open")
    later(portal, hours=2)
    act("timeman.close")
    later(portal, hours=1)
    assert act("timeman.open")["TIME_LEAKS"][:5] == "01:00"
    act("timeman.close")
    later(portal, hours=1)
    paused = act("timeman.pause")
    assert (paused["STATUS"], paused["TIME_FINISH"], paused["TIME_LEAKS"][:5]) == ("PAUSED", None, "01:00")
    assert act("timeman.close")["DURATION"][:5] == "03:00"


def test_a_forgotten_day_expires_and_is_closed_with_its_own_date_and_a_reason(portal, act):
    act("timeman.open")
    later(portal, days=1)
    forgotten = act("timeman.status")
    assert (forgotten["STATUS"], forgotten["TIME_FINISH_DEFAULT"]) == ("EXPIRED", "2026-12-01T18:00:00+03:00")
    assert refusal(portal, "timeman.open")[0] == "WD_EXPIRED"
    words = ("WRONG_DATETIME", "Day close date should correspond to the day open date", 400)
    assert refusal(portal, "timeman.close") == words
    assert refusal(portal, "timeman.close", TIME=forgotten["TIME_FINISH_DEFAULT"])[0] == "REPORT_NEEDED"
    closed = act("timeman.close", TIME="2026-12-01T17:00:00+02:00", REPORT="Забыл")
    assert (closed["TIME_FINISH"], closed["ACTIVE"], closed["STATUS"]) == ("2026-12-01T18:00:00+03:00", False, "CLOSED")
    assert act("timeman.open")["TIME_START"][:10] == "2026-12-02"


def test_the_time_of_a_beginning_is_of_today_and_in_its_own_zone(portal, act):
    words = ("WRONG_DATETIME", "Day open date should correspond to the current date", 400)
    assert refusal(portal, "timeman.open", TIME="2026-11-30T09:00:00+03:00", REPORT="Раньше") == words
    begun = act("timeman.open", TIME="2026-12-01T13:00:00+09:00", REPORT="Выехал раньше")
    assert (begun["TIME_START"], begun["TZ_OFFSET"], begun["ACTIVE"]) == ("2026-12-01T13:00:00+09:00", 32400, False)
    act("timeman.pause")
    paused = ("TIME", "Unable to set time, work day is paused", 400)
    assert refusal(portal, "timeman.open", TIME="2026-12-01T14:00:00+09:00", REPORT="Ещё") == paused


def test_days_of_others_are_for_heads_and_administrators(portal, act, person):
    worker = person("worker")
    assert act("timeman.open", USER_ID=worker)["STATUS"] == "OPENED"
    assert portal.act(worker, "timeman.status", {})["STATUS"] == "OPENED"
    assert refusal(portal, "timeman.status", worker, USER_ID=ADMIN)[0] == "ACCESS_DENIED"
    assert refusal(portal, "timeman.status", USER_ID=404) == ("", "User not found", 400)
    act("department.update", ID=1, UF_HEAD=worker)
    assert portal.act(worker, "timeman.status", {"USER_ID": ADMIN}) == {"STATUS": "CLOSED"}


def test_the_hours_of_the_settings_follow_from_the_schedule(act, person):
    own, other = act("timeman.settings"), act("timeman.settings", USER_ID=person("worker"))
    rules = act("timeman.schedule.get", id=1)["SCHEDULE_VIOLATION_RULES"]
    assert (own["UF_TM_MAX_START"], own["UF_TM_MIN_FINISH"]) == ("09:15:00", "17:45:00")
    assert (rules["MAX_EXACT_START"], rules["MIN_EXACT_END"]) == (9 * 3600 + 900, 18 * 3600 - 900)
    assert (own["ADMIN"], "ADMIN" in other) == (True, False)
    assert act("timeman.schedule.get", id=2) == []


# -- records of REST 3


def test_days_are_records_of_time(portal, act, records, person):
    worker = person("worker")
    for _ in range(2):
        act("timeman.open", USER_ID=worker)
        later(portal, hours=4)
        act("timeman.close", USER_ID=worker)
        later(portal, hours=20)
    act("timeman.open", USER_ID=worker)
    found = records(filter=[["userId", worker]], order={"startTime": "DESC"}, select=["startTime", "duration", "state"])
    assert [(one["startTime"][:10], one["state"]) for one in found["result"]["items"]] == [
        ("2026-12-03", "OPENED"), ("2026-12-02", "CLOSED"), ("2026-12-01", "CLOSED"),
    ]  # fmt: skip
    assert found["result"]["items"][1]["duration"] == 4 * 3600
    first = records(filter=[["userId", worker], ["startTime", "<", "2026-12-02T00:00:00+03:00"]])["result"]["items"]
    assert [(one["userId"], one["breakLength"], one["isApproved"]) for one in first] == [(worker, 0, True)]
    assert (
        records(filter=[["startTime", ">", "2026-12-02T00:00:00+03:00"]])["error"]["validation"][0]["field"]
        == "filter.userId"
    )
    assert records(filter=[["userId", "in", [1, 2]]])["error"]["code"].endswith("INVALIDFILTEREXCEPTION")
    assert records(filter=[["userId", 1], ["duration", 1]])["error"]["validation"][0]["field"] == "duration"


def test_records_describe_their_fields(records):
    flags = {
        one["name"]: (one["type"], one["filterable"], one["sortable"])
        for one in records("field.list")["result"]["items"]
    }
    assert flags["startTime"] == ("object", True, True)
    assert (flags["state"], flags["duration"]) == (("object", False, False), ("int", False, True))
    assert records("field.get", name="isApproved", select=["type"])["result"] == {"item": {"type": "bool"}}
    assert records("field.get", name="odd")["error"]["code"].endswith("FIELDNOTFOUNDEXCEPTION")


# -- time control


@pytest.fixture
def noted(portal, act, person):
    """A worker's day with a pause of an hour, noted; the worker's id."""
    worker = person("worker")
    act(CONTROL + "settings.set", ACTIVE=True)
    for method, hours in (("open", 3), ("pause", 1), ("open", 4), ("close", 0)):
        portal.act(worker, f"timeman.{method}", {})
        later(portal, hours=hours)
    return worker


def month(portal, worker: int, as_user: int = ADMIN, **more) -> list[dict]:
    asked = {"USER_ID": worker, "MONTH": 12, "YEAR": 2026, **more}
    return portal.act(as_user, CONTROL + "reports.get", asked)["report"]["days"]


def test_time_control_notes_nothing_until_it_is_switched_on(portal, act):
    act("timeman.open")
    act("timeman.close")
    assert month(portal, ADMIN) == []
    act(
        CONTROL + "settings.set",
        ACTIVE=1,
        MINIMUM_IDLE_FOR_REPORT=5,
        REPORT_SIMPLE_TYPE="user",
        REPORT_SIMPLE_USERS=[7],
    )
    act(CONTROL + "settings.set", ACTIVE=False, REPORT_FULL_TYPE="odd")
    settings = act(CONTROL + "settings.get")
    assert (settings["active"], settings["minimum_idle_for_report"]) == (True, 5)
    assert (settings["report_simple_users"], settings["report_full_type"]) == ([7], "all")
    act(CONTROL + "settings.set", ACTIVE=0)
    assert act(CONTROL + "settings.get")["active"] is False


def test_a_day_is_reported_with_what_was_noted_of_it(portal, noted):
    day = month(portal, noted)[0]
    kinds = ["TM_START", "TM_PAUSE", "TM_CONTINUE", "TM_END"]
    assert [one["type"] for one in day["reports"]] == kinds
    assert (day["index"], day["workday_complete"], day["workday_time_leaks_real"] // 60) == ("20261201", True, 60)
    assert (day["workday_duration"] // 60, day["workday_duration_final"] // 60) == (480, 420)
    assert day["reports"][1]["duration"] // 60 == 60
    assert month(portal, noted, IDLE_MINUTES=90)[0]["workday_time_leaks_real"] == 0
    assert "ip_start" not in month(portal, noted, as_user=noted)[0]["reports"][0]
    assert month(portal, noted, MONTH=11) == []


def test_an_absence_for_work_counts_as_work_and_stands_in_the_calendar(portal, act, noted):
    pause = month(portal, noted)[0]["reports"][1]["id"]
    report = {"REPORT_ID": pause, "TYPE": "WORK"}
    assert refusal(portal, CONTROL + "report.add", noted, **report) == ("TEXT_EMPTY", "Text can't be empty", 400)
    words = ("ACCESS_ERROR", "You don't have access for this report", 400)
    assert refusal(portal, CONTROL + "report.add", 1, **report, TEXT="Чужое") == words
    assert portal.act(noted, CONTROL + "report.add", {**report, "TEXT": "Был у клиента"}) is True
    day = month(portal, noted)[0]
    assert (day["workday_time_leaks_real"], day["reports"][1]["report_text"]) == (0, "Был у клиента")
    busy = act("calendar.accessibility.get", users=[noted], **{"from": "2026-12-01", "to": "2026-12-01"})[str(noted)]
    assert [(one["NAME"], one["ACCESSIBILITY"]) for one in busy] == [("Отсутствие на рабочем месте", "absent")]


def test_who_sees_whose_reports(portal, act, noted, person):
    other = person("other")
    denied = ("USER_ACCESS_ERROR", "You don't have access to report for this user", 400)
    assert refusal(portal, CONTROL + "reports.get", other, USER_ID=noted, MONTH=12, YEAR=2026) == denied
    assert refusal(portal, CONTROL + "settings.get", other)[0] == "ACCESS_ERROR"
    people = lambda user_id, **params: [one["id"] for one in portal.act(user_id, CONTROL + "reports.users.get", params)]  # noqa: E731
    assert people(other, DEPARTMENT_ID=1) == [other]
    assert people(ADMIN, DEPARTMENT_ID=1) == [1, ADMIN, noted, other]
    seen, own = (portal.act(one, CONTROL + "reports.settings.get", {}) for one in (ADMIN, other))
    assert (seen["report_view_type"], seen["user_head"], seen["departments"]) == (
        "head",
        True,
        [{"id": "1", "name": "Сферотек"}],
    )
    assert (own["report_view_type"], own["user_admin"], own["departments"]) == ("full", False, [])
    act(CONTROL + "settings.set", REPORT_FULL_TYPE="none", REPORT_SIMPLE_TYPE="user", REPORT_SIMPLE_USERS=[noted])
    assert month(portal, noted, as_user=noted)[0]["reports"] == []
    assert refusal(portal, CONTROL + "reports.get", other, USER_ID=other, MONTH=12, YEAR=2026)[0] == "ACCESS_ERROR"


# -- the addresses of the office


def test_the_office_knows_its_addresses(portal, act, person):
    ranges = [{"ip_range": "10.0.0.0-10.255.255.255", "name": "Офис"}, {"ip_range": "192.168.0.7", "name": "Склад"}]
    assert act("timeman.networkrange.set", RANGES=ranges) == {"result": True}
    assert act("timeman.networkrange.get") == ranges
    assert act("timeman.networkrange.check", IP="10.1.2.3") == {
        "ip": "10.1.2.3",
        "range": ranges[0]["ip_range"],
        "name": "Офис",
    }
    assert (act("timeman.networkrange.check", IP="192.168.0.8"), act("timeman.networkrange.check")) == (False, False)
    odd = [{"ip_range": "a172.16.0.0", "name": "Нет"}]
    assert act("timeman.networkrange.set", RANGES=[*ranges, *odd]) == {"result": False, "error_ranges": odd}
    assert act("timeman.networkrange.get") == ranges
    words = ("INVALID_FORMAT", "A wrong format for the RANGES field is passed", 400)
    assert refusal(portal, "timeman.networkrange.set", RANGES="10.0.0.1") == words
    assert refusal(portal, "timeman.networkrange.get", person("worker"))[0] == "ACCESS_ERROR"
