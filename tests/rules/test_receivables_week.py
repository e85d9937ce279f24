"""The timetable of RECEIVABLES by city and by special week; RC-T1, E-RC-4, E-RC-8."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import company
from rules import deadline
from rules.periods import Week, due_between
from rules.receivables_week import ask_day, last_weeks, of_manager, of_office, report_day
from rules.working_time import WorkingCalendar
from tests.rules.moments import KALININGRAD, KAMCHATKA, MOSCOW, NOVOSIBIRSK, at, shown
from tests.rules.test_debt import day
from tests.rules.test_working_time import CALENDAR, zones

W48 = Week(2026, 48)
BY_CITY = [
    # city, asked on Thursday, deadline on Friday, last chance on Monday: all in Moscow
    ("Калининград", "26.11.2026 10:00", "27.11.2026 13:00", "30.11.2026 13:00"),
    ("Москва", "26.11.2026 09:00", "27.11.2026 12:00", "30.11.2026 12:00"),
    ("Санкт-Петербург", "26.11.2026 09:00", "27.11.2026 12:00", "30.11.2026 12:00"),
    ("Краснодар", "26.11.2026 09:00", "27.11.2026 12:00", "30.11.2026 12:00"),
    ("Казань", "26.11.2026 09:00", "27.11.2026 12:00", "30.11.2026 12:00"),
    ("Самара", "26.11.2026 08:00", "27.11.2026 11:00", "30.11.2026 11:00"),
    ("Екатеринбург", "26.11.2026 07:00", "27.11.2026 10:00", "30.11.2026 10:00"),
    ("Омск", "26.11.2026 06:00", "27.11.2026 09:00", "30.11.2026 09:00"),
    ("Новосибирск", "26.11.2026 05:00", "27.11.2026 08:00", "30.11.2026 08:00"),
    ("Красноярск", "26.11.2026 05:00", "27.11.2026 08:00", "30.11.2026 08:00"),
    ("Иркутск", "26.11.2026 04:00", "27.11.2026 07:00", "30.11.2026 07:00"),
    ("Якутск", "26.11.2026 03:00", "27.11.2026 06:00", "30.11.2026 06:00"),
    ("Владивосток", "26.11.2026 02:00", "27.11.2026 05:00", "30.11.2026 05:00"),
    ("Магадан", "26.11.2026 01:00", "27.11.2026 04:00", "30.11.2026 04:00"),
    ("Петропавловск-Камчатский", "26.11.2026 00:00", "27.11.2026 03:00", "30.11.2026 03:00"),
]
BY_WEEK = [
    # week, S, D, the working day after
    ("2026-W45", "05.11.2026", "06.11.2026", "09.11.2026"),
    ("2026-W48", "26.11.2026", "27.11.2026", "30.11.2026"),
    ("2026-W53", "29.12.2026", "30.12.2026", "11.01.2027"),
    ("2027-W02", "14.01.2027", "15.01.2027", "18.01.2027"),
    ("2027-W07", "18.02.2027", "19.02.2027", "20.02.2027"),
    ("2027-W08", "25.02.2027", "26.02.2027", "01.03.2027"),
    ("2027-W44", "02.11.2027", "03.11.2027", "08.11.2027"),
    ("2027-W52", "29.12.2027", "30.12.2027", "10.01.2028"),
]


def of_city(name: str) -> tuple[ZoneInfo, WorkingCalendar]:
    city, said = company().cities[name], company().calendar
    return ZoneInfo(city.zone), WorkingCalendar(said.short_days, city.extra_days_off, said.overrides)


@pytest.mark.parametrize(("city", "asks", "due", "last"), BY_CITY)
def test_each_city_has_its_own_nine_o_clock(city, asks, due, last):
    week = of_manager(W48, *of_city(city))
    assert [shown(moment, MOSCOW) for moment in (week.asks, week.deadline, week.last_chance)] == [asks, due, last]
    assert [shown(moment)[11:] for moment in (week.asks, week.reminds, week.deadline)] == ["09:00", "10:00", "12:00"]


def test_every_city_is_in_the_table():
    assert {city for city, *_ in BY_CITY} == set(company().cities)


@pytest.mark.parametrize(("week", "asks", "reports", "after"), BY_WEEK)
def test_special_weeks(calendar, week, asks, reports, after):
    found = of_manager(Week.parse(week), MOSCOW, calendar)
    assert (shown(found.asks), found.report_day) == (f"{asks} 09:00", day(reports))
    assert (shown(found.reminds), shown(found.deadline)) == (f"{reports} 10:00", f"{reports} 12:00")
    assert shown(found.last_chance) == f"{after} 12:00"


def test_a_week_without_working_days_is_skipped(calendar):
    skipped = Week(2027, 1)
    assert report_day(skipped, calendar) is ask_day(skipped, calendar) is None
    assert of_manager(skipped, MOSCOW, calendar) is of_office(skipped, MOSCOW, calendar) is None


def test_the_only_working_day_of_a_week_is_both():
    four_off = {date(2026, 11, number): "off" for number in (23, 24, 25, 27)}
    week = of_manager(W48, MOSCOW, WorkingCalendar(overrides=four_off))
    assert (shown(week.asks), shown(week.deadline)) == ("26.11.2026 09:00", "26.11.2026 12:00")


def test_a_holiday_of_the_region_moves_its_week_only():
    """06.11.2026 is День Конституции Республики Татарстан."""
    week = Week(2026, 45)
    found = {city: of_manager(week, *of_city(city)) for city in ("Казань", "Москва")}
    assert (shown(found["Казань"].asks), shown(found["Казань"].deadline)) == ("03.11.2026 09:00", "05.11.2026 12:00")
    assert shown(found["Москва"].deadline) == "06.11.2026 12:00"


@pytest.mark.parametrize(
    ("week", "silent", "reports", "read_by"),
    [
        ("2026-W48", "27.11.2026 14:00", "27.11.2026 16:00", "30.11.2026 12:00"),
        ("2026-W53", "30.12.2026 14:00", "30.12.2026 16:00", "11.01.2027 12:00"),
        ("2027-W07", "19.02.2027 14:00", "19.02.2027 16:00", "20.02.2027 12:00"),
    ],
)
def test_the_office_waits_for_the_last_city(calendar, week, silent, reports, read_by):
    office = of_office(Week.parse(week), MOSCOW, calendar)
    assert [shown(one) for one in (office.lists_silent, office.reports, office.read_by)] == [silent, reports, read_by]
    assert of_manager(Week.parse(week), KALININGRAD, calendar).deadline < office.lists_silent


def test_the_tasks_of_the_process_are_due_when_the_timetable_says(calendar):
    """RC-1 and RC-3 are written in config/processes/receivables.yaml."""
    tasks = company().processes["RECEIVABLES"].tasks
    for name, *_ in BY_WEEK:
        manager, office = (
            of_manager(Week.parse(name), KAMCHATKA, calendar),
            of_office(Week.parse(name), MOSCOW, calendar),
        )
        for code, week, due in (("RC-1", manager, manager.deadline), ("RC-3", office, office.read_by)):
            span = deadline.parse(tasks[code].deadline)
            assert (
                span.count(week.asks if code == "RC-1" else week.reports, due.tzinfo, calendar, week.report_day) == due
            )


# — asked late —


@pytest.mark.parametrize(
    ("asked", "reminds", "due", "last"),
    [
        ("26.11.2026 09:00", "27.11.2026 10:00", "27.11.2026 12:00", "30.11.2026 12:00"),
        ("26.11.2026 17:40", "27.11.2026 10:00", "27.11.2026 12:00", "30.11.2026 12:00"),
        ("27.11.2026 09:45", "27.11.2026 10:00", "27.11.2026 12:00", "30.11.2026 12:00"),
        ("27.11.2026 10:00", None, "27.11.2026 12:00", "30.11.2026 12:00"),
        ("27.11.2026 11:15", None, "27.11.2026 12:00", "30.11.2026 12:00"),
        ("27.11.2026 12:00", None, "27.11.2026 12:00", "30.11.2026 12:00"),
        ("27.11.2026 12:15", None, "27.11.2026 17:15", "30.11.2026 12:00"),
        ("27.11.2026 15:00", None, "30.11.2026 10:00", "01.12.2026 12:00"),
        ("30.11.2026 11:00", None, "30.11.2026 16:00", "01.12.2026 12:00"),
        ("09.12.2026 16:00", None, "10.12.2026 11:00", "11.12.2026 12:00"),
    ],
)
def test_a_report_asked_for_after_its_deadline_has_four_hours(calendar, asked, reminds, due, last):
    """E-RC-8. Whoever was asked late has a last chance after the new deadline, never before it."""
    week = of_manager(W48, NOVOSIBIRSK, calendar, asked=at(asked, NOVOSIBIRSK))
    assert (week.reminds and shown(week.reminds), shown(week.deadline), shown(week.last_chance)) == (reminds, due, last)
    assert shown(week.asks) == "26.11.2026 09:00"


# — which weeks are due —


def asked_between(since: datetime, until: datetime, zone: ZoneInfo) -> list[str]:
    """RC-T1. Weeks whose report is asked for in that time."""

    def asks(week: Week) -> datetime | None:
        planned = of_manager(week, zone, CALENDAR)
        return planned and planned.asks

    return [str(week) for week in due_between(Week, asks, since, until)]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("26.11.2026 04:45", "26.11.2026 05:00", ["2026-W48"]),
        ("26.11.2026 05:00", "26.11.2026 05:15", []),
        ("26.11.2026 04:30", "26.11.2026 04:45", []),
        ("20.12.2026 00:00", "20.01.2027 00:00", ["2026-W52", "2026-W53", "2027-W02"]),
        ("15.02.2027 00:00", "15.03.2027 00:00", ["2027-W07", "2027-W08", "2027-W09", "2027-W10"]),
        ("28.12.2026 12:00", "29.12.2026 05:00", ["2026-W53"]),
    ],
)
def test_weeks_that_are_due_in_novosibirsk(since, until, expected):
    """By Moscow's clock, also after a downtime, through the end of an ISO year."""
    assert asked_between(at(since), at(until), NOVOSIBIRSK) == expected


def test_who_moves_east_on_thursday_morning_is_not_asked_twice():
    """E-RC-4: the week has one name in Moscow and in Vladivostok; its key is already there."""
    vladivostok = ZoneInfo("Asia/Vladivostok")
    moved = at("26.11.2026 10:00")
    assert asked_between(moved - timedelta(days=6), moved, MOSCOW) == ["2026-W48"]
    assert asked_between(moved, moved + timedelta(days=5), vladivostok) == []


def test_the_picture_of_eight_weeks_leaves_out_the_skipped_one(calendar):
    assert list(map(str, last_weeks(Week(2027, 3), 8, calendar))) == [
        "2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52", "2026-W53", "2027-W02", "2027-W03",
    ]  # fmt: skip


weeks = st.dates(date(2026, 1, 1), date(2028, 12, 20)).map(Week.of)


@given(weeks, zones)
def test_a_week_goes_forward_and_only_on_working_days(week, zone):
    found = of_manager(week, zone, CALENDAR)
    if found is None:
        assert not any(CALENDAR.is_working(week.first + timedelta(days=number)) for number in range(5))
        return
    assert found.asks < found.reminds < found.deadline < found.last_chance
    assert all(CALENDAR.is_working(moment.date()) for moment in (found.asks, found.deadline, found.last_chance))
    assert found.asks.date() in week
    assert found.report_day in week


@given(weeks, zones, st.integers(0, 40 * 24 * 4))
def test_whenever_it_is_asked_there_is_time_until_the_deadline(week, zone, quarters):
    start = datetime.combine(week.first, time(0), zone)
    asked = start + timedelta(minutes=15 * quarters)
    found = of_manager(week, zone, CALENDAR, asked=asked)
    if found is not None:
        assert asked <= found.deadline < found.last_chance
