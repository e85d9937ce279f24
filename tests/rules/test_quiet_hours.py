"""When a notification may leave (spec R-13): 08:00–20:00 of the recipient's zone on working days."""

from datetime import UTC, time, timedelta

import pytest
from hypothesis import given

from config import company
from rules.quiet_hours import next_allowed
from tests.rules.moments import KAMCHATKA, MOSCOW, at, shown
from tests.rules.test_working_time import CALENDAR, starts, zones


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("24.11.2026 08:00", "24.11.2026 08:00"),
        ("24.11.2026 12:34", "24.11.2026 12:34"),
        ("24.11.2026 13:30", "24.11.2026 13:30"),
        ("24.11.2026 19:59", "24.11.2026 19:59"),
        ("24.11.2026 20:00", "25.11.2026 08:00"),
        ("24.11.2026 23:59", "25.11.2026 08:00"),
        ("25.11.2026 00:00", "25.11.2026 08:00"),
        ("25.11.2026 07:59", "25.11.2026 08:00"),
        ("27.11.2026 20:00", "30.11.2026 08:00"),
        ("28.11.2026 12:00", "30.11.2026 08:00"),
        ("30.11.2026 05:00", "30.11.2026 08:00"),
        ("03.11.2026 19:00", "03.11.2026 19:00"),
        ("03.11.2026 21:00", "05.11.2026 08:00"),
        ("31.12.2026 10:00", "11.01.2027 08:00"),
        ("20.02.2027 12:00", "20.02.2027 12:00"),
    ],
)
def test_a_notification_waits_for_the_recipients_morning(calendar, moment, expected):
    assert shown(next_allowed(at(moment), MOSCOW, calendar)) == expected


def test_the_hours_are_those_of_the_recipient(calendar):
    moment = at("26.11.2026 12:00")  # 21:00 in Kamchatka
    assert shown(next_allowed(moment, KAMCHATKA, calendar), KAMCHATKA) == "27.11.2026 08:00"


def test_the_company_may_have_other_hours(calendar):
    allowed = next_allowed(at("24.11.2026 08:30"), MOSCOW, calendar, opens=time(9), closes=time(18))
    assert shown(allowed) == "24.11.2026 09:00"


def test_the_hours_that_the_company_has_set():
    hours = company().limits.quiet_hours
    assert (hours.opens, hours.closes) == (time(8), time(20))


@given(starts, zones)
def test_it_leaves_in_the_allowed_hours_never_early_and_waits_only_once(moment, zone):
    moment = moment.replace(tzinfo=UTC)
    allowed = next_allowed(moment, zone, CALENDAR)
    local = allowed.astimezone(zone)
    assert allowed >= moment
    assert CALENDAR.is_working(local.date())
    assert time(8) <= local.time() < time(20)
    assert next_allowed(allowed, zone, CALENDAR) == allowed
    assert allowed == moment or next_allowed(moment + timedelta(seconds=1), zone, CALENDAR) == allowed
